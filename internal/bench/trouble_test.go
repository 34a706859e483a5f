package bench

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/store"
)

const (
	goodSLOs  = 1000
	otherSLOs = 20
	samples   = 9 // slices of which each variant is measured; the first warms up
)

// BenchmarkBesideABadSource measures how long it takes from the moment at which
// a slice is due until the figures of 1,000 SLOs of a good source are stored,
// alone and beside another source that has 20 SLOs. An operation is one slice
// of each, in turns, so that what else the machine does meets both.
func BenchmarkBesideABadSource(b *testing.B) {
	s := serve(b, goodSLOs+otherSLOs, 2*burnlist.Day, false)
	through := func(wait time.Duration) http.Handler { return after(b, wait, s.URL) }
	kept := keep(b, s)
	for _, v := range []struct {
		name  string
		other http.Handler
	}{
		{"well", through(0)},
		{"refuses with 503", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "gone for lunch", http.StatusServiceUnavailable)
		})},
		{"hangs", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // or its end is not noticed
			<-r.Context().Done()
		})},
		{"answers after a second", through(time.Second)},
		{"answers with a million series", millions(through(0))},
	} {
		b.Run(v.name, func(b *testing.B) {
			alone := run(b, kept, s.URL, "")
			watched := &activity{Handler: v.other}
			other := httptest.NewServer(watched)
			b.Cleanup(other.CloseClientConnections) // before it waits for what hangs
			beside := run(b, kept, s.URL, other.URL)
			var a, o []time.Duration
			for b.Loop() {
				for range samples {
					a, o = append(a, alone.slice(b)), append(o, beside.slice(b))
					watched.calm(b)
				}
			}
			b.ReportMetric(median(a[1:]).Seconds()*1000, "alone-ms")
			b.ReportMetric(median(o[1:]).Seconds()*1000, "beside-ms")
			b.ReportMetric(median(o[1:]).Seconds()/median(a[1:]).Seconds(), "beside/alone")
			b.Logf("alone %v, beside %v", a[1:], o[1:])
		})
	}
}

// activity is a source that notices when something happens at it.
type activity struct {
	http.Handler
	latest atomic.Int64 // Unix nanoseconds
}

func (a *activity) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.latest.Store(time.Now().UnixNano())
	a.Handler.ServeHTTP(w, r)
	a.latest.Store(time.Now().UnixNano())
}

// calm waits until nothing has happened for a second: what a bad source still
// keeps the machine busy with must not meet who is measured alone.
func (a *activity) calm(b *testing.B) {
	b.Helper()
	for time.Since(time.Unix(0, a.latest.Load())) < time.Second {
		wait(b, 100*time.Millisecond)
	}
}

// median returns the one in the middle.
func median(all []time.Duration) time.Duration { return slices.Sorted(slices.Values(all))[len(all)/2] }

// copied is a database whose ledgers were filled while all was well.
type copied struct {
	file  string
	begin time.Time
}

const otherSource = "other"

func keep(b *testing.B, s *server) copied {
	b.Helper()
	k := copied{file: filepath.Join(b.TempDir(), "kept.db"), begin: s.begin}
	slos := slosOf(goodSLOs)
	for i := range otherSLOs {
		slos = append(slos, slo(goodSLOs+i, otherSource))
	}
	kept := settle(b, "sqlite:"+k.file, s.begin, slos)
	fill(b, kept, s.begin, window)
	c, _ := besides(b, kept, kept.Ledgers(store.Lease{}), s.URL, s.URL)
	if err := c.Refresh(b.Context(), s.begin.Add(time.Minute)); err != nil {
		b.Fatal(err)
	}
	if err := kept.Close(); err != nil {
		b.Fatal(err)
	}
	return k
}

// besides returns a collector over the good source, and over another one unless
// that has no address: then it does not know of its SLOs either.
func besides(b *testing.B, s *store.Store, ledgers budget.Ledgers, good, other string) (*budget.Collector, *burnlist.World) {
	b.Helper()
	w, err := s.World(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	var sources []*budget.Source
	for name, address := range map[string]string{burnlist.DefaultSource: good, otherSource: other} {
		if address == "" {
			for slo, o := range w.SLOs {
				if o.Source == name {
					delete(w.SLOs, slo)
				}
			}
			continue
		}
		source, err := budget.NewSource(budget.SourceConfig{Name: name, URL: address}, nil)
		if err != nil {
			b.Fatal(err)
		}
		sources = append(sources, source)
	}
	return budget.NewCollector(sources, ledgers, func() *burnlist.World { return w }, slog.New(slog.DiscardHandler)), w
}

// running is a collector that runs over a copy of the database.
type running struct {
	*budget.Collector
	clock atomic.Int64 // Unix seconds
	good  *stored
}

func run(b *testing.B, kept copied, good, other string) *running {
	b.Helper()
	file := filepath.Join(b.TempDir(), "burnlist.db")
	content, err := os.ReadFile(kept.file)
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		b.Fatal(err)
	}
	s := open(b, "sqlite:"+file)
	r := &running{good: &stored{Ledgers: s.Ledgers(store.Lease{}), complete: make(chan time.Time, 1)}}
	r.clock.Store(kept.begin.Add(time.Minute).Unix())
	r.good.due.Store(kept.begin.Unix())
	r.Collector, r.good.world = besides(b, s, r.good, good, other)
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx, func() time.Time { return time.Unix(r.clock.Load(), 0).UTC() }, time.Hour) }()
	b.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	r.good.wait(b)
	return r
}

// slice makes a slice due, and returns how long it took until the figures of
// the good source were stored with it.
func (r *running) slice(b *testing.B) time.Duration {
	b.Helper()
	r.good.due.Add(300)
	r.clock.Add(300)
	began := time.Now()
	r.Wake()
	took := r.good.wait(b).Sub(began)
	wait(b, 500*time.Millisecond) // so that writing to disk, and cleaning up memory, end
	return took
}

// stored is a store that notices when all figures of the good source are
// complete in it.
type stored struct {
	*store.Ledgers
	world    *burnlist.World
	due      atomic.Int64
	told     atomic.Int64
	complete chan time.Time
}

func (s *stored) PutBudgets(ctx context.Context, by burnlist.Author, b burnlist.Budgets) (int64, error) {
	revision, err := s.Ledgers.PutBudgets(ctx, by, b)
	at := time.Now()
	if err != nil {
		return revision, err
	}
	due := s.due.Load()
	for name, o := range s.world.SLOs {
		f := b.Figures[name]
		if o.Source == burnlist.DefaultSource && (f == nil || f.KnownUntil == nil || f.KnownUntil.Unix() != due) {
			return revision, nil
		}
	}
	if s.told.Swap(due) != due {
		s.complete <- at
	}
	return revision, nil
}

func (s *stored) wait(b *testing.B) time.Time {
	b.Helper()
	select {
	case at := <-s.complete:
		return at
	case <-time.After(2 * time.Minute):
		b.Fatal("the figures of the good source are not stored")
		return time.Time{}
	}
}

// after answers as the server does, but later.
func after(b *testing.B, wait time.Duration, server string) http.Handler {
	b.Helper()
	to, err := url.Parse(server)
	if err != nil {
		b.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(wait):
			proxy.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
}

// millions is a source in which each SLO's expression has a million series, as
// one that forgot to sum has. Whether it is alive it says as it should.
func millions(well http.Handler) http.Handler {
	var series strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&series, `,{"metric":{"burnlist":"one/total","instance":"10.0.0.%d:8080"},"value":[1,"1"]}`, i)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if !strings.Contains(string(body), url.QueryEscape("/total")) {
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			well.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, err = io.WriteString(w, `{"status":"success","data":{"resultType":"vector","result":[`+series.String()[1:])
		for i := 0; i < 1000 && err == nil; i++ {
			_, err = io.WriteString(w, series.String())
		}
		_, _ = io.WriteString(w, "]}}") // to whoever still listens
	})
}
