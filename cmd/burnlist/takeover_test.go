package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/pgtest"
	"github.com/burnlist/burnlist/internal/promengine"
	"github.com/burnlist/burnlist/store"
)

// ticking returns counters that go on: perMinute events a minute, one in a
// hundred of them bad, scraped every 15 s from two days ago on.
func ticking(perMinute float64) []promengine.Series {
	began := time.Now().Add(-2 * burnlist.Day).Truncate(time.Minute).UnixMilli()
	counter := func(rate float64) func(from, to int64) []promengine.Sample {
		return func(from, to int64) []promengine.Sample {
			var all []promengine.Sample
			from, to = max(from, began), min(to, time.Now().UnixMilli())
			for at := (from + 14_999) / 15_000 * 15_000; at <= to; at += 15_000 {
				all = append(all, promengine.Sample{T: at, V: float64(int64(rate * float64(at-began) / 60_000))})
			}
			return all
		}
	}
	series := func(name string, samples func(from, to int64) []promengine.Sample) promengine.Series {
		return promengine.Series{Labels: map[string]string{"__name__": name, "job": "shop"}, Samples: samples}
	}
	return []promengine.Series{
		series("requests_total", counter(perMinute)), series("errors_total", counter(perMinute/100)),
		series("up", func(from, to int64) []promengine.Sample {
			all := counter(1)(from, to)
			for i := range all {
				all[i].V = 1
			}
			return all
		}),
	}
}

// gate answers PromQL, and holds the answers to one replica while it is shut.
type gate struct {
	mu      sync.Mutex
	shut    string // the replica whose answers are held
	opened  chan struct{}
	held    chan struct{} // closed when the first answer is held
	honest  http.Handler
	twisted http.Handler // what held answers are made of: they must not be stored
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	hold := g.shut != "" && r.Header.Get("X-Replica") == g.shut
	opened := g.opened
	if hold && g.held != nil {
		close(g.held)
		g.held = nil
	}
	g.mu.Unlock()
	if !hold {
		g.honest.ServeHTTP(w, r)
		return
	}
	<-opened
	g.twisted.ServeHTTP(w, r)
}

func (g *gate) hold(replica string) (held chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut, g.opened, g.held = replica, make(chan struct{}), make(chan struct{})
	return g.held
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.opened)
}

// replicas starts burnlists over one database, that ask one source under their
// own names.
func replicas(t *testing.T, database, source string, names ...string) map[string]*process {
	t.Helper()
	all := map[string]*process{}
	for _, name := range names {
		file := filepath.Join(t.TempDir(), name+".yaml")
		settings := fmt.Sprintf("refresh: 1s\nsources:\n  - name: default\n    url: %s\n    headers: [{name: X-Replica, value: %s}]\n", source, name)
		if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
			t.Fatal(err)
		}
		all[name] = start(t, "serve", "--config", file, "--listen", "127.0.0.1:0", "--database", database)
	}
	return all
}

// collecting waits until one of the replicas says that it collects, and returns
// its name.
func collecting(ctx context.Context, t *testing.T, all map[string]*process, but string) string {
	t.Helper()
	for ; ctx.Err() == nil; pause(ctx) {
		for name, p := range all {
			if name == but {
				continue
			}
			said, err := text(ctx, p.url+"/metrics")
			if err == nil && strings.Contains(said, "\nburnlist_collecting 1\n") {
				return name
			}
		}
	}
	t.Fatal("no replica collects")
	return ""
}

// pause lets others work before the next look.
func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(50 * time.Millisecond):
	}
}

func text(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}

// kept returns the ledger of the one SLO as it is stored.
func kept(t *testing.T, database string) burnlist.Ledger {
	t.Helper()
	s, err := store.Open(t.Context(), database, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	slo, err := s.SLO(t.Context(), "shop-availability")
	if err != nil {
		t.Fatal(err)
	}
	return ledger(t, s, slo.Ledger)
}

// TestAnotherReplicaCollectsWhenOneDies kills the collecting replica, and
// pauses the next one beyond its lease, in the middle of a question.
func TestAnotherReplicaCollectsWhenOneDies(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	g := &gate{honest: promengine.New(ticking(600)).Handler(), twisted: promengine.New(ticking(6000)).Handler()}
	metrics := httptest.NewServer(g)
	t.Cleanup(metrics.Close)
	database := pgtest.Database(t)
	all := replicas(t, database, metrics.URL, "a", "b", "c")
	for _, p := range all {
		shop(t, p.url)
		post(t, p.url+"/api/v1/slos", object{
			"name": "shop-availability", "service": "checkout", "objective": 0.99, "window": "1d",
			"indicator": object{"events": object{"total": "requests_total", "bad": "errors_total"}},
		})
		break
	}

	first := collecting(ctx, t, all, "")
	killed := time.Now()
	all[first].kill()
	delete(all, first)
	second := collecting(ctx, t, all, "")
	t.Logf("kill -9: another replica collects after %s", time.Since(killed).Round(100*time.Millisecond))

	// The next question of the second is under way when it is paused. A new
	// indicator makes it ask for a whole day.
	held := g.hold(second)
	for name, p := range all {
		if name != second { // whose own probe of the new indicator would be held
			recount(t, p.url)
		}
	}
	select {
	case <-held:
	case <-ctx.Done():
		t.Fatal("the collecting replica asks nothing")
	}
	paused := time.Now()
	if err := all[second].cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	third := collecting(ctx, t, all, second)
	t.Logf("SIGSTOP: another replica collects after %s", time.Since(paused).Round(100*time.Millisecond))
	awaitSlices(ctx, t, database, 287)
	want := kept(t, database)

	g.open() // the paused one finds the answer to its question when it goes on
	if err := all[second].cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	for ; !strings.Contains(all[second].stderr.String(), "its lease was lost"); pause(ctx) {
		if ctx.Err() != nil {
			t.Fatalf("the replica that was paused does not notice:\n%s", all[second].stderr.String())
		}
	}
	got := kept(t, database)
	got.Slices = got.Slices[:min(len(got.Slices), len(want.Slices))] // time goes on
	want.Reread, got.Reread = burnlist.Reread{}, burnlist.Reread{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what was paused wrote into the ledger of %s (-before +after):\n%s", third, diff)
	}
	for _, s := range got.Slices {
		if s.State == burnlist.SliceData && s.Total > 3010 {
			t.Errorf("the slice at %d has %v events, want 3000: it was counted twice, or by a stale answer", s.Start, s.Total)
		}
	}
}

// recount gives the SLO another indicator.
func recount(t *testing.T, url string) {
	t.Helper()
	body := `{"indicator": {"events": {"total": "requests_total", "bad": "errors_total{job=\"shop\"}"}}}`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, url+"/api/v1/slos/shop-availability", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Burnlist-Actor", "ana@example.org")
	req.Header.Set("If-Match", `"1"`)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(resp.Body)
		t.Fatalf("the indicator cannot be changed: %s\n%s", resp.Status, b)
	}
}

// awaitSlices waits until the ledger is as long as that.
func awaitSlices(ctx context.Context, t *testing.T, database string, n int) {
	t.Helper()
	s, err := store.Open(ctx, database, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for ; ; pause(ctx) {
		slo, err := s.SLO(ctx, "shop-availability")
		if err != nil {
			t.Fatal(err)
		}
		if k, err := s.Ledger(ctx, slo.Ledger); err != nil {
			t.Fatal(err)
		} else if len(k.Slices) >= n {
			return
		}
	}
}
