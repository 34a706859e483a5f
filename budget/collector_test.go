package budget_test

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/internal/promengine"
)

// memory is a store in memory. It does not check that slices lie on the grid
// of a ledger that exists, nor what budgets refer to.
type memory struct {
	mu      sync.Mutex
	slices  map[int64]map[int64]burnlist.Slice  // by ledger and start, those that were rolled up or forgotten too
	rolled  map[int64]map[int64]burnlist.Rolled // by ledger and start
	marks   map[int64]burnlist.Reread
	oldest  int64 // what starts before was forgotten
	budgets burnlist.Budgets
	puts    int   // of slices
	broken  error // what writing fails with
}

func newMemory() *memory {
	return &memory{
		slices: map[int64]map[int64]burnlist.Slice{}, rolled: map[int64]map[int64]burnlist.Rolled{},
		marks: map[int64]burnlist.Reread{},
	}
}

func (m *memory) Ledger(_ context.Context, ledger int64) (burnlist.Ledger, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := burnlist.Ledger{Reread: m.marks[ledger]}
	for _, r := range m.rolled[ledger] {
		if r.Start >= m.oldest {
			kept.Rolled = append(kept.Rolled, r)
		}
	}
	for _, s := range m.slices[ledger] {
		hour, day := m.rolled[ledger][s.Start/3600*3600], m.rolled[ledger][s.Start/86400*86400]
		if s.Start >= m.oldest && hour.Width == 0 && day.Width != 86400 {
			kept.Slices = append(kept.Slices, s)
		}
	}
	slices.SortFunc(kept.Rolled, func(a, b burnlist.Rolled) int { return cmp.Compare(a.Start, b.Start) })
	slices.SortFunc(kept.Slices, func(a, b burnlist.Slice) int { return cmp.Compare(a.Start, b.Start) })
	return kept, nil
}

func (m *memory) PutSlices(_ context.Context, all []burnlist.Slice) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.puts++
	for _, s := range all {
		if m.slices[s.Ledger] == nil {
			m.slices[s.Ledger] = map[int64]burnlist.Slice{}
		}
		m.slices[s.Ledger][s.Start] = s
	}
	return m.broken
}

func (m *memory) RollUp(_ context.Context, rows []burnlist.Rolled) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range rows {
		if m.rolled[r.Ledger] == nil {
			m.rolled[r.Ledger] = map[int64]burnlist.Rolled{}
		}
		maps.DeleteFunc(m.rolled[r.Ledger], func(start int64, _ burnlist.Rolled) bool {
			return start >= r.Start && start < r.Start+r.Width
		})
		m.rolled[r.Ledger][r.Start] = r
	}
	return m.broken
}

func (m *memory) PutReread(_ context.Context, marks []burnlist.Reread) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range marks {
		m.marks[r.Ledger] = r
	}
	return m.broken
}

func (m *memory) Forget(_ context.Context, before int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.oldest = max(m.oldest, before)
	return m.broken
}

func (m *memory) PutBudgets(_ context.Context, _ burnlist.Author, b burnlist.Budgets) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.budgets = b
	return 1, m.broken
}

// of returns the slices of a ledger in order, whatever became of them since.
func (m *memory) of(ledger int64) []burnlist.Slice {
	return slices.SortedFunc(maps.Values(m.slices[ledger]), func(a, b burnlist.Slice) int { return cmp.Compare(a.Start, b.Start) })
}

// collect refreshes once, a minute after at, and returns the slices of the SLO
// that were stored.
func collect(t *testing.T, slo burnlist.SLO, all []promengine.Series, at time.Time) []burnlist.Slice {
	t.Helper()
	store := newMemory()
	refresh(t, collector(t, store, serve(t, promengine.New(all).Handler()), worldOf(slo)), at.Add(time.Minute))
	if said := store.budgets.Figures[slo.Name].Error; said != "" {
		t.Fatalf("%s cannot be collected: %s", slo.Name, said)
	}
	return store.of(slo.Ledger)
}

func worldOf(slos ...burnlist.SLO) *burnlist.World {
	w := burnlist.NewWorld()
	for i := range slos {
		w.SLOs[slos[i].Name] = &slos[i]
	}
	return w
}

func collector(t *testing.T, store budget.Ledgers, url string, world *burnlist.World) *budget.Collector {
	t.Helper()
	source, err := budget.NewSource(budget.SourceConfig{Name: burnlist.DefaultSource, URL: url}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := budget.NewCollector([]*budget.Source{source}, store, func() *burnlist.World { return world }, quiet())
	return c
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func refresh(t *testing.T, c *budget.Collector, now time.Time) {
	t.Helper()
	if err := c.Refresh(t.Context(), now); err != nil {
		t.Fatal(err)
	}
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// counted counts the queries that reach a handler.
func counted(h http.Handler, n *atomic.Int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		h.ServeHTTP(w, r)
	})
}

// shop returns a world's SLO number n over the counters that series makes.
func shop(n int, name string) burnlist.SLO {
	return burnlist.SLO{
		Name: name, Service: "shop", Source: burnlist.DefaultSource, Objective: 0.99, Ledger: int64(n),
		Window: burnlist.Duration(burnlist.Day), Slice: burnlist.DefaultSlice,
		Indicator: burnlist.Indicator{Events: &burnlist.Events{Total: `requests_total{job="shop"}`, Bad: `errors_total{job="shop"}`}},
	}
}

func shops(n int) []burnlist.SLO {
	var all []burnlist.SLO
	for i := range n {
		all = append(all, shop(i+1, "slo-"+string(rune('a'+i/26))+string(rune('a'+i%26))))
	}
	return all
}

// busy is a day and a half of traffic until half a day after at.
func busy() []promengine.Series {
	all := series(2, func(ago time.Duration) (float64, float64, bool) {
		return 100, float64(int64(ago/time.Minute) % 3), true
	})
	for i, s := range all {
		samples := s.Samples
		shift := (12 * time.Hour).Milliseconds()
		all[i].Samples = func(from, to int64) []promengine.Sample {
			found := slices.Clone(samples(from-shift, to-shift))
			for j := range found {
				found[j].T += shift
			}
			return found
		}
	}
	return all
}

func TestOneQueryPerRefreshOnceTheLedgerIsFull(t *testing.T) {
	var queries atomic.Int64
	store := newMemory()
	url := serve(t, counted(promengine.New(busy()).Handler(), &queries))
	c := collector(t, store, url, worldOf(shops(200)...))
	now := at.Add(time.Minute)
	refresh(t, c, now)
	if got := queries.Load(); got != 1 {
		t.Errorf("the backfill of a day took %d queries, want 1", got)
	}
	for i := range 5 {
		queries.Store(0)
		now = now.Add(5 * time.Minute)
		refresh(t, c, now)
		if got := queries.Load(); got != 1 {
			t.Errorf("refresh %d took %d queries, want 1", i, got)
		}
	}
	queries.Store(0)
	refresh(t, c, now.Add(4*time.Minute+59*time.Second))
	if got := queries.Load(); got != 0 {
		t.Errorf("a refresh with no slice due took %d queries, want 0", got)
	}
	for _, slo := range shops(200) {
		if n := len(store.of(slo.Ledger)); n != 288+5 {
			t.Fatalf("%s has %d slices, want %d", slo.Name, n, 288+5)
		}
	}
	if got := c.LastSuccess()[burnlist.DefaultSource]; !got.Equal(now) {
		t.Errorf("the last success was at %v, want %v", got, now)
	}
}

func TestARestartedCollectorAsksOnlyForWhatIsMissing(t *testing.T) {
	var queries atomic.Int64
	store := newMemory()
	url := serve(t, counted(promengine.New(busy()).Handler(), &queries))
	now := at.Add(time.Minute)
	refresh(t, collector(t, store, url, worldOf(shops(3)...)), now)
	before := *store.budgets.Figures["slo-aa"]
	queries.Store(0)
	refresh(t, collector(t, store, url, worldOf(shops(3)...)), now)
	if got := queries.Load(); got != 0 {
		t.Errorf("%d queries after a restart, want 0", got)
	}
	if diff := gocmp.Diff(*store.budgets.Figures["slo-aa"], before); diff != "" {
		t.Errorf("the figures differ after a restart: %s", diff)
	}
}

func TestAnOutageOfTheSourceLeavesNoTraceInTheLedger(t *testing.T) {
	steady, interrupted := newMemory(), newMemory()
	engine := promengine.New(busy()).Handler()
	var away atomic.Bool
	flaky := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if away.Load() {
			http.Error(w, "no upstream", http.StatusBadGateway)
			return
		}
		engine.ServeHTTP(w, r)
	})
	a := collector(t, steady, serve(t, engine), worldOf(shops(3)...))
	b := collector(t, interrupted, serve(t, flaky), worldOf(shops(3)...))
	for minutes := 0; minutes <= 180; minutes += 5 {
		now := at.Add(time.Duration(minutes+1) * time.Minute)
		away.Store(minutes > 30 && minutes <= 150)
		refresh(t, a, now)
		refresh(t, b, now)
		said := interrupted.budgets.Figures["slo-ab"].Error
		if away.Load() != strings.Contains(said, "502 Bad Gateway: no upstream") {
			t.Fatalf("after %d minutes the error is %q", minutes, said)
		}
	}
	if diff := gocmp.Diff(interrupted.slices, steady.slices); diff != "" {
		t.Errorf("the ledgers differ: %s", diff)
	}
	value := gocmp.Comparer(burnlist.Value.Equal)
	if diff := gocmp.Diff(interrupted.budgets.Figures, steady.budgets.Figures, value); diff != "" {
		t.Errorf("the figures differ: %s", diff)
	}
}

func TestTimeInWhichTheSourceDidNotScrapeIsDead(t *testing.T) {
	all := busy()
	samples := all[0].Samples
	from, to := at.Add(-2*time.Hour).UnixMilli(), at.Add(-time.Hour).UnixMilli()
	gap := func(s func(int64, int64) []promengine.Sample) func(int64, int64) []promengine.Sample {
		return func(a, b int64) []promengine.Sample {
			return slices.DeleteFunc(slices.Clone(s(a, b)), func(p promengine.Sample) bool { return p.T > from && p.T <= to })
		}
	}
	all[0].Samples = gap(samples)
	dead := map[burnlist.SliceState]int{}
	for _, s := range collect(t, shop(1, "a"), all, at) {
		dead[s.State]++
	}
	// What counts is whether the source was alive at the end of a slice.
	if want := map[burnlist.SliceState]int{burnlist.SliceDead: 12, burnlist.SliceData: 276}; !maps.Equal(dead, want) {
		t.Errorf("states %v, want %v", dead, want)
	}
}

func TestGoodEventsMustBeSeenOnceBeforeTheirAbsenceCounts(t *testing.T) {
	store := newMemory()
	slo := shop(1, "a")
	slo.Indicator.Events = &burnlist.Events{Total: `requests_total`, Good: `good_total`}
	all := busy()
	engine := promengine.New(all)
	c := collector(t, store, serve(t, engine.Handler()), worldOf(slo))
	now := at.Add(time.Minute)
	refresh(t, c, now)
	if said := store.budgets.Figures["a"].Error; !strings.Contains(said, "good_total") || len(store.of(1)) != 0 {
		t.Fatalf("%d slices without good events, and the error %q", len(store.of(1)), said)
	}

	with := append(slices.Clone(all), promengine.Series{
		Labels: map[string]string{"__name__": "good_total", "job": "shop"}, Samples: all[1].Samples,
	})
	engine.Set(with)
	now = now.Add(5 * time.Minute)
	refresh(t, c, now)
	if f := store.budgets.Figures["a"]; f.Error != "" || f.BadWindow != 0 || f.TotalWindow == 0 {
		t.Fatalf("with good events: error %q, %v bad of %v", f.Error, f.BadWindow, f.TotalWindow)
	}

	engine.Set(all)
	for range 3 {
		now = now.Add(5 * time.Minute)
		refresh(t, c, now)
	}
	if f := store.budgets.Figures["a"]; f.Error != "" || f.BadWindow != 1500 {
		t.Errorf("when good events cease: error %q, %v bad events, want 1500", f.Error, f.BadWindow)
	}
}

func TestGoodEventsWithoutATotalAreNoEmptySlice(t *testing.T) {
	store := newMemory()
	slo := shop(1, "a")
	slo.Indicator.Events = &burnlist.Events{Total: `renamed_total`, Good: `requests_total`}
	refresh(t, collector(t, store, serve(t, promengine.New(busy()).Handler()), worldOf(slo)), at.Add(time.Minute))
	want := "no series matches the selector of all events, renamed_total, while 500 good events were counted: correct the selector"
	if said := store.budgets.Figures["a"].Error; said != want || len(store.of(1)) != 0 {
		t.Errorf("%d slices, error %q; want none, and %q", len(store.of(1)), said, want)
	}
}

func TestBadBeyondTotalIsCutAndCounted(t *testing.T) {
	store := newMemory()
	slo := shop(1, "a")
	slo.Indicator.Events = &burnlist.Events{Total: `errors_total`, Bad: `requests_total`}
	refresh(t, collector(t, store, serve(t, promengine.New(busy()).Handler()), worldOf(slo)), at.Add(time.Minute))
	f := store.budgets.Figures["a"]
	if f.BadWindow != f.TotalWindow || f.TotalWindow == 0 || f.Violations != 288 {
		t.Errorf("%v bad of %v, %d violations, want all bad and 288", f.BadWindow, f.TotalWindow, f.Violations)
	}
}

func TestAnIncidentCostsTheWorstOfTheServicesSLOs(t *testing.T) {
	strict, loose, advisory := shop(1, "strict"), shop(2, "loose"), shop(3, "advisory")
	strict.Objective, loose.Objective, advisory.Objective, advisory.Advisory = 0.999, 0.9, 0.9999, true
	world := worldOf(strict, loose, advisory)
	incident := func(slo string, from, to time.Duration) *burnlist.Item {
		start, end := at.Add(-from), at.Add(-to)
		return &burnlist.Item{Status: burnlist.Open, ItemFields: burnlist.ItemFields{
			Service: "shop", SLO: burnlist.NullString(slo), Source: &burnlist.Source{Start: &start, End: &end},
		}}
	}
	for i, item := range []*burnlist.Item{
		incident("", 3*time.Hour, 2*time.Hour),
		incident("loose", 3*time.Hour, 2*time.Hour),
		incident("advisory", 3*time.Hour, 2*time.Hour),
		incident("", 90*burnlist.Day, 89*burnlist.Day),
		{Status: burnlist.Open, ItemFields: burnlist.ItemFields{Service: "shop"}},
	} {
		item.ID = int64(i + 1)
		world.Items.Put(item.ID, item)
	}
	store := newMemory()
	refresh(t, collector(t, store, serve(t, promengine.New(busy()).Handler()), world), at.Add(time.Minute))
	got := map[int64]string{}
	for id, cost := range store.budgets.Costs {
		got[id] = cost.SLO
	}
	if want := map[int64]string{1: "strict", 2: "loose", 3: "strict"}; !maps.Equal(got, want) {
		t.Fatalf("costs of %v, want %v", got, want)
	}
	ratio := store.budgets.Costs[1].Share / store.budgets.Costs[2].Share
	if ratio < 99.9 || ratio > 100.1 {
		t.Errorf("the strict SLO's share is %v of the loose one's, want 100", ratio)
	}
}

func TestWhatTheStoreDidNotTakeIsAskedForAgain(t *testing.T) {
	store := newMemory()
	store.broken = errors.New("disk full")
	c := collector(t, store, serve(t, promengine.New(busy()).Handler()), worldOf(shop(1, "a")))
	if err := c.Refresh(t.Context(), at.Add(time.Minute)); !errors.Is(err, store.broken) {
		t.Fatalf("Refresh: %v, want %v", err, store.broken)
	}
	store.broken, store.puts = nil, 0
	refresh(t, c, at.Add(time.Minute))
	if store.puts != 1 || len(store.of(1)) != 288 {
		t.Errorf("%d writes, %d slices; want 1 and 288", store.puts, len(store.of(1)))
	}
}

func TestRetiredSLOsAreNotAsked(t *testing.T) {
	retired := shop(2, "b")
	retired.RetiredAt = new(at)
	store := newMemory()
	refresh(t, collector(t, store, serve(t, promengine.New(busy()).Handler()), worldOf(shop(1, "a"), retired)), at.Add(time.Minute))
	if got := slices.Sorted(maps.Keys(store.budgets.Figures)); !slices.Equal(got, []string{"a"}) {
		t.Errorf("figures of %v, want those of a", got)
	}
	if len(store.of(2)) != 0 {
		t.Errorf("%d slices of a retired SLO", len(store.of(2)))
	}
}

func TestAnSLOWhoseSourceIsNotConfiguredSaysSo(t *testing.T) {
	slo := shop(1, "a")
	slo.Source = "elsewhere"
	store := newMemory()
	refresh(t, collector(t, store, serve(t, promengine.New(busy()).Handler()), worldOf(slo)), at.Add(time.Minute))
	if said := store.budgets.Figures["a"].Error; !strings.Contains(said, `"elsewhere" is not configured`) {
		t.Errorf("the error is %q", said)
	}
}
