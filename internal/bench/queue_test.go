package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/api"
	"github.com/burnlist/burnlist/internal/pgtest"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/review"
	"github.com/burnlist/burnlist/store"
)

// How the queue is read.
const (
	queries   = 1000 // different ones
	readers   = 8    // at once, each as fast as it is answered
	rounds    = 3    // of each kind, by turns
	roundTime = 8 * time.Second
	writeGap  = 50 * time.Millisecond
)

// BenchmarkQueue reads the queues of organisations of several sizes, while 20
// writes a second change them; and compares that with an Echo handler that
// gives out bytes of the same sizes from memory, by turns in the same run. The
// readers run in the same process. A million items need BENCH_LARGE=1.
func BenchmarkQueue(b *testing.B) {
	file := func() string { return "sqlite:" + filepath.Join(b.TempDir(), "burnlist.db") }
	sizes := []struct {
		items    int
		database func() string
	}{{1_000, file}, {100_000, file}, {100_000, func() string { return pgtest.Database(b) }}}
	if large() {
		sizes = append(sizes, struct {
			items    int
			database func() string
		}{1_000_000, func() string { return pgtest.Database(b) }})
	}
	for _, size := range sizes {
		database := size.database()
		kind, _, _ := strings.Cut(database, ":")
		b.Run(fmt.Sprintf("items=%d/%s", size.items, kind), func(b *testing.B) { readQueue(b, database, kind, size.items) })
	}
}

func readQueue(b *testing.B, database, kind string, items int) {
	began := time.Now()
	filled := fillCrowd(b, database, items)
	vacuum(b.Context(), b, database)
	b.Logf("%d items, %d services and SLOs, %d products, %d teams, %d owners, written in %s",
		items, crowdServices, crowdProducts, crowdTeams, crowdOwners, time.Since(began).Round(time.Second))

	before := inUse()
	r := replica(b, filled)
	b.ReportMetric(r.started.Seconds(), "s-start")
	b.ReportMetric(r.ranked.Seconds()*1000, "ms-rank-all")
	b.ReportMetric(float64(inUse()-before)/float64(1<<20), "MB-loaded")

	paths := drawQueries(b, r)
	sizes := make([]int, len(paths))
	for i, path := range paths {
		sizes[i] = len(r.get(b, path))
	}
	floor := memoryServer(b, paths, sizes)
	var ours, theirs []pass
	var writes []time.Duration
	for range rounds {
		theirs = append(theirs, read(b, floor, paths))
		writing, stop := context.WithCancel(b.Context())
		var writer sync.WaitGroup
		writer.Go(func() { writes = append(writes, r.write(writing, b, items)...) })
		ours = append(ours, read(b, r.url, paths))
		stop()
		writer.Wait()
	}
	slices.Sort(writes)
	mean := 0
	for _, size := range sizes {
		mean += size / len(sizes)
	}
	b.Logf("answers of %d kB on average; %d writes", mean/1000, len(writes))
	report := func(name string, p pass) {
		b.ReportMetric(p.rate, name+"-req/s")
		b.ReportMetric(p.p50.Seconds()*1000, name+"-p50-ms")
		b.ReportMetric(p.p99.Seconds()*1000, name+"-p99-ms")
	}
	our, their := middle(ours), middle(theirs)
	report("queue", our)
	report("floor", their)
	b.ReportMetric(our.rate/their.rate, "x-floor")
	b.ReportMetric(writes[len(writes)/2].Seconds()*1000, "write-to-order-p50-ms")
	b.ReportMetric(writes[len(writes)*99/100].Seconds()*1000, "write-to-order-p99-ms")
	b.ReportMetric(float64(inUse()-before)/float64(1<<20), "MB-serving")
	if kind != "sqlite" {
		b.ReportMetric(r.elsewhere(b, database, items).Seconds()*1000, "other-replica-ms")
	}
	b.ReportMetric(r.refresh(b).Seconds()*1000, "refresh-to-order-ms")
}

// served is a replica of burnlist.
type served struct {
	store           *store.Store
	board           *prioritizer.Board
	url             string
	started, ranked time.Duration
}

// replica serves the API over a store.
func replica(b *testing.B, s *store.Store) *served {
	b.Helper()
	began := time.Now()
	world, err := s.World(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	r := &served{store: s, board: prioritizer.NewBoard(func() time.Time { return burnlist.Instant(time.Now()) })}
	r.board.Load(world)
	r.started = time.Since(began)
	began = time.Now()
	prioritizer.Rank(world, began)
	r.ranked = time.Since(began)

	log := slog.New(slog.DiscardHandler)
	ctx, stop := context.WithCancel(b.Context())
	var loops sync.WaitGroup
	loops.Go(func() { r.board.Run(ctx) })
	loops.Go(func() {
		_ = s.Tail(ctx, world.Revision, 0, func(changes []burnlist.Change) error { r.board.Apply(changes); return nil })
	})
	server := httptest.NewServer(api.New(api.Options{
		Store: s, Board: r.board, Keeper: review.NewKeeper(s, r.board, nil, "", log), Log: log, Version: "bench", Metrics: api.NewMetrics(r.board, nil, nil),
	}))
	r.url = server.URL
	b.Cleanup(func() { server.Close(); stop(); loops.Wait() })
	return r
}

// drawQueries returns different queries of all kinds, some of them for later
// pages, as people and dashboards may ask them.
func drawQueries(b *testing.B, r *served) []string {
	b.Helper()
	rnd := rand.New(rand.NewPCG(5, 6))
	seen := map[string]bool{}
	var paths []string
	for len(paths) < queries {
		var with []string
		add := func(form string, args ...any) { with = append(with, fmt.Sprintf(form, args...)) }
		switch rnd.IntN(10) {
		case 0:
		case 1, 2, 3:
			add("product=product-%d", rnd.IntN(crowdProducts))
		case 4, 5:
			add("service=service-%d", rnd.IntN(crowdServices))
		case 6:
			add("team=team-%d", rnd.IntN(crowdTeams))
		case 7:
			add("owner=person-%d@example.org", rnd.IntN(crowdOwners))
		case 8:
			add("product=product-%d", rnd.IntN(crowdProducts))
			add("per_service=%d", 1+rnd.IntN(5))
		case 9:
			add("product=product-%d", rnd.IntN(crowdProducts))
			add("team=team-%d", rnd.IntN(crowdTeams))
		}
		if rnd.IntN(3) == 0 {
			add("tier=%s", []string{"jump", "watch", "within_budget"}[rnd.IntN(3)])
		}
		if rnd.IntN(4) == 0 {
			add("warning=%s", []string{"no_owner", "overdue", "rolled_over", "no_ticket"}[rnd.IntN(4)])
		}
		if rnd.IntN(2) == 0 {
			add("limit=%d", []int{10, 20, 100}[rnd.IntN(3)])
		}
		path := "/api/v1/queue?" + strings.Join(with, "&")
		if rnd.IntN(4) == 0 {
			var page struct {
				Next *string `json:"next_cursor"`
			}
			if err := json.Unmarshal(r.get(b, path), &page); err != nil {
				b.Fatal(err)
			}
			if page.Next != nil {
				path += "&cursor=" + *page.Next
			}
		}
		if !seen[path] {
			seen[path] = true
			paths = append(paths, path)
		}
	}
	return paths
}

func (r *served) get(b *testing.B, path string) []byte {
	b.Helper()
	text, err := fetch(b.Context(), http.DefaultClient, r.url+path)
	if err != nil {
		b.Fatal(err)
	}
	return text
}

func fetch(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s: %s", url, resp.Status, text)
	}
	return text, err
}

// memoryServer is the floor: an Echo handler that gives out as many bytes for
// each query, from memory.
func memoryServer(b *testing.B, paths []string, sizes []int) string {
	b.Helper()
	text := bytes.Repeat([]byte("x"), slices.Max(sizes))
	size := map[string]int{}
	for i, path := range paths {
		size[path] = sizes[i]
	}
	e := echo.New()
	e.GET("/api/v1/queue", func(c echo.Context) error {
		return c.Blob(http.StatusOK, "application/json", text[:size[c.Request().URL.RequestURI()]])
	})
	server := httptest.NewServer(e)
	b.Cleanup(server.Close)
	return server.URL
}

// pass is how fast queries were answered.
type pass struct {
	rate     float64 // per second
	p50, p99 time.Duration
}

func middle(passes []pass) pass {
	slices.SortFunc(passes, func(a, b pass) int { return int(a.rate - b.rate) })
	return passes[len(passes)/2]
}

// read asks queries at random for a while.
func read(b *testing.B, url string, paths []string) pass {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: readers}}
	defer client.CloseIdleConnections()
	took := make([][]time.Duration, readers)
	began := time.Now()
	var group sync.WaitGroup
	for n := range readers {
		group.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(n), 7))
			for time.Since(began) < roundTime {
				start := time.Now()
				req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url+paths[rnd.IntN(len(paths))], http.NoBody)
				if err != nil {
					b.Error(err)
					return
				}
				resp, err := client.Do(req)
				if err != nil {
					b.Error(err)
					return
				}
				_, err = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				if err != nil || resp.StatusCode != http.StatusOK {
					b.Errorf("%s: %v", resp.Status, err)
					return
				}
				took[n] = append(took[n], time.Since(start))
			}
		})
	}
	group.Wait()
	spent := time.Since(began)
	all := slices.Concat(took...)
	slices.Sort(all)
	if len(all) == 0 {
		b.Fatal("nothing was answered")
	}
	return pass{float64(len(all)) / spent.Seconds(), all[len(all)/2], all[len(all)*99/100]}
}

// write carries items on, one after the other, until ctx ends, and returns how
// long each took until the queue showed it: a write answers then.
func (r *served) write(ctx context.Context, b *testing.B, items int) (took []time.Duration) {
	tick := time.NewTicker(writeGap)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return took
		case <-tick.C:
		}
		start := time.Now()
		if err := r.carry(context.WithoutCancel(ctx), 1+rand.IntN(items)); err != nil {
			b.Error(err)
			return took
		}
		took = append(took, time.Since(start))
	}
}

func (r *served) carry(ctx context.Context, item int) error {
	body := fmt.Sprintf(`{"kind":"reassign","owner":"person-%d@example.org"}`, rand.IntN(crowdOwners))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, fmt.Sprintf("%s/api/v1/items/%d/decisions", r.url, item), strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Burnlist-Actor", "bench")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, text)
	}
	return err
}

// elsewhere returns how much later than the writer another replica has its
// writes, on the median of 50.
func (r *served) elsewhere(b *testing.B, database string, items int) time.Duration {
	b.Helper()
	other := replica(b, open(b, database))
	var took []time.Duration
	for range 50 {
		if err := r.carry(b.Context(), 1+rand.IntN(items)); err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		if err := other.board.Wait(b.Context(), r.board.Queue().Revision); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)-1].Seconds()*1000, "other-replica-max-ms")
	return took[len(took)/2]
}

// refresh returns how long it takes from new figures of all SLOs to the order
// that they make.
func (r *served) refresh(b *testing.B) time.Duration {
	b.Helper()
	start := time.Now()
	revision := measureCrowd(b, r.store)
	if err := r.board.Wait(b.Context(), revision); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// inUse returns the bytes that are in use.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
