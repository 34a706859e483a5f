package demo

import (
	"context"
	"log/slog"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/internal/promengine"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/store"
)

// company is a demo world at work: stored, played by an engine over loopback,
// measured by a collector.
type company struct {
	store     *store.Store
	engine    *promengine.Engine
	collector *budget.Collector
	series    []promengine.Series
}

// forgetful is a store that keeps no slices, which a collector reads only after
// a restart. It does not check that they could be kept.
type forgetful struct{ *store.Ledgers }

func (forgetful) PutSlices(context.Context, []burnlist.Slice) error { return nil }
func (forgetful) RollUp(context.Context, []burnlist.Rolled) error   { return nil }

// complete is the store itself.
func complete(s *store.Store) budget.Ledgers { return s.Ledgers(store.Lease{}) }

func withoutSlices(s *store.Store) budget.Ledgers { return forgetful{s.Ledgers(store.Lease{})} }

func atWork(t testing.TB, now time.Time, kept func(*store.Store) budget.Ledgers) *company {
	t.Helper()
	w := Build(now)
	c := &company{store: openStore(t), engine: promengine.New(w.Series), series: w.Series}
	if err := Fill(t.Context(), c.store, w, now); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(c.engine.Handler())
	t.Cleanup(server.Close)
	var sources []*budget.Source
	for _, s := range w.Sources {
		source, err := budget.NewSource(budget.SourceConfig{Name: s.Name, URL: server.URL, Liveness: s.Liveness},
			func(string, string, time.Duration, error) {})
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, source)
	}
	world, err := c.store.World(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.collector = budget.NewCollector(sources, kept(c.store), func() *burnlist.World { return world }, slog.New(slog.DiscardHandler))
	return c
}

// queue measures everything as of now and ranks it.
func (c *company) queue(ctx context.Context, t testing.TB, now time.Time) *prioritizer.Queue {
	t.Helper()
	if err := c.collector.Refresh(ctx, now); err != nil {
		t.Fatal(err)
	}
	w, err := c.store.World(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return prioritizer.Rank(w, now)
}

// TestEverySLOIsInTheStateOfTheStory is what the numbers of the story are
// tuned by. It looks at three moments at different times of day; the company
// at noon is looked at more closely below.
func TestEverySLOIsInTheStateOfTheStory(t *testing.T) {
	want := map[string]string{
		"checkout-availability":        "exhausted",
		"checkout-latency":             "healthy",
		"payments-authorisation":       "burning",
		"payments-refunds":             "at_risk by low traffic",
		"search-availability":          "healthy",
		"search-latency":               "exhausted, advisory",
		"catalog-availability":         "healthy",
		"catalog-reachable":            "healthy",
		"catalog-images":               "healthy, advisory",
		"recommendations-availability": "unknown: no_data",
		"inventory-availability":       "at_risk",
		"inventory-reservations":       "healthy",
		"shipping-labels":              "exhausted, recovering",
		"depot-gateway-availability":   "unknown: stale",
		"invoicing-availability":       "healthy",
		"invoicing-documents":          "healthy",
		"login-success":                "burning",
		"login-latency":                "healthy",
		"notifications-delivery":       "at_risk by fast burn",
		"helpdesk-replies":             "unknown: error",
		"wishlist-availability":        "unknown: insufficient_history",
	}
	for n, name := range []string{"in the gap of Berlin's clocks", "in the fold of New York's clocks", "minutes before the year ends"} {
		if testing.Short() && n > 0 {
			break // the others are measured without the race detector
		}
		t.Run(name, func(t *testing.T) {
			now := instants[name]
			t.Parallel()
			q := atWork(t, now, withoutSlices).queue(t.Context(), t, now)
			thePastLeadsUpTo(t, q, now)
			everyKindOfIndicatorCounts(t, q)
			anAnnouncedMoveIsNoFault(t, q)
			got := map[string]string{}
			for _, s := range q.Budgets() {
				for _, o := range s.SLOs {
					got[string(o.SLO)] = describe(o)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("states (-want +got):\n%s", diff)
			}
			if b := budgetOf(t, q, "inventory-availability"); !b.Spent7d.AtLeast(0.2) || b.Forecast.AtLeast(0.75) || b.Consumed.AtLeast(0.75) {
				t.Errorf("inventory is at risk with spent %s, forecast %s: want it by what went in a week alone", b.Spent7d, b.Forecast)
			}
			if b := budgetOf(t, q, "notifications-delivery"); b.Forecast.AtLeast(0.75) || b.Consumed.AtLeast(0.75) {
				t.Errorf("notifications is at risk with forecast %s: want it by its burn rate alone", b.Forecast)
			}
		})
	}
}

func budgetOf(t *testing.T, q *prioritizer.Queue, slo burnlist.NullString) prioritizer.SLOBudget {
	t.Helper()
	for _, s := range q.Budgets() {
		for _, o := range s.SLOs {
			if o.SLO == slo {
				return o
			}
		}
	}
	t.Fatalf("there is no budget of %s", slo)
	return prioritizer.SLOBudget{}
}

func describe(o prioritizer.SLOBudget) string {
	s := string(o.State)
	if o.Reason != "" {
		s += ": " + string(o.Reason)
	}
	if o.LowTraffic {
		s += " by low traffic"
	}
	if o.FastBurn && o.State == burnlist.AtRisk {
		s += " by fast burn"
	}
	if o.Advisory {
		s += ", advisory"
	} else if o.RecoversAt != nil && o.Pace.Or(1) < 0.75 {
		s += ", recovering"
	}
	return s
}

// TestTheQueueTellsTheStory looks at one company from several sides; its parts
// share the company, as measuring a month takes a second or two.
func TestTheQueueTellsTheStory(t *testing.T) {
	now := instants["a Saturday at noon"]
	c := atWork(t, now, complete)
	q := c.queue(t.Context(), t, now)
	t.Run("the quiet burn comes before the loud outage", func(t *testing.T) { quietBeforeLoud(t, q) })
	t.Run("every warning appears", func(t *testing.T) { everyWarning(t, q) })
	t.Run("a service that starts to fail moves its items up", func(t *testing.T) { startsToFail(t, c, q, now) })
}

func quietBeforeLoud(t *testing.T, q *prioritizer.Queue) {
	tiers := map[string][]prioritizer.Tier{} // of the items of each service, without repeats
	places := map[string]int{}               // in the product's queue, by key
	costs := 0
	for e := range q.All() {
		if s := e.Item.Service; !slices.Contains(tiers[s], e.Tier) {
			tiers[s] = append(tiers[s], e.Tier)
		}
		places[string(e.Item.Key)] = q.Rank(e)
		if e.Parts[2] > 0 {
			costs++
		}
	}
	wantTiers := map[string][]prioritizer.Tier{
		"checkout":        {prioritizer.Jump, prioritizer.WithinBudget}, // within budget: one about latency
		"payments":        {prioritizer.Jump, prioritizer.Watch},
		"search":          {prioritizer.WithinBudget},
		"catalog":         {prioritizer.WithinBudget},
		"recommendations": {prioritizer.UnknownTier},
		"inventory":       {prioritizer.Watch},
		"shipping":        {prioritizer.Jump},
		"depot-gateway":   {prioritizer.UnknownTier},
		"invoicing":       {prioritizer.WithinBudget},
		"login":           {prioritizer.WithinBudget}, // about latency; login-success burns
		"profile":         {prioritizer.UnknownTier},
		"notifications":   {prioritizer.Watch},
		"helpdesk":        {prioritizer.UnknownTier},
		"wishlist":        {prioritizer.UnknownTier},
	}
	if diff := cmp.Diff(wantTiers, tiers); diff != "" {
		t.Errorf("tiers (-want +got):\n%s", diff)
	}
	for _, old := range []string{"PM-31/1", "PM-31/2", "PM-31/3", "PM-33/1", "PM-33/3", "PM-35/2"} {
		for _, loud := range []string{"PM-49/1", "PM-49/2"} {
			if places[old] >= places[loud] {
				t.Errorf("%s is in place %d, after %s in place %d", old, places[old], loud, places[loud])
			}
		}
	}
	if first := slices.Collect(q.All())[0].Item.Service; first != "checkout" {
		t.Errorf("the queue begins with %s, want checkout", first)
	}
	if costs < 15 {
		t.Errorf("%d items have points for what their incident cost, want at least 15", costs)
	}
}

// everyWarning looks for each code, and for those of services and products
// where the story has them.
func everyWarning(t *testing.T, q *prioritizer.Queue) {
	seen := map[prioritizer.Code]int{}
	about := map[prioritizer.Code][]string{} // services and products
	alarms := 0
	for _, w := range q.Warnings() {
		seen[w.Code]++
		if strings.HasPrefix(w.Subject, "service/") {
			about[w.Code] = append(about[w.Code], w.Service)
		} else if !strings.HasPrefix(w.Subject, "item/") {
			about[w.Code] = append(about[w.Code], w.Product)
		}
		if w.Code == prioritizer.Overdue && w.Level == prioritizer.Alarm {
			alarms++
		}
	}
	for _, d := range prioritizer.Definitions() {
		if seen[d.Code] == 0 {
			t.Errorf("nothing shows %s", d.Code)
		}
	}
	want := map[prioritizer.Code][]string{
		prioritizer.BudgetIgnored:       {"checkout"},
		prioritizer.BurningWithoutItems: {"login"},
		prioritizer.AlwaysExhausted:     {"shipping"},
		prioritizer.NoSLO:               {"profile"},
		prioritizer.ReviewSkipped:       {"accounts"},
		prioritizer.NoDecisions:         {"accounts", "logistics"},
		prioritizer.NothingClosed:       {"accounts"},
		prioritizer.QueueOverload:       {"accounts", "shop"},
	}
	if diff := cmp.Diff(want, about); diff != "" {
		t.Errorf("services and products warned about (-want +got):\n%s", diff)
	}
	if alarms == 0 || alarms == seen[prioritizer.Overdue] {
		t.Errorf("%d of %d overdue items are alarmed, want some but not all", alarms, seen[prioritizer.Overdue])
	}
}

func startsToFail(t *testing.T, c *company, before *prioritizer.Queue, now time.Time) {
	first := func(q *prioritizer.Queue, service string) int {
		return slices.IndexFunc(slices.Collect(q.All()), func(e *prioritizer.Ranked) bool { return e.Item.Service == service })
	}

	// From now on a third of catalog's requests fail; the day goes on.
	changed := slices.Clone(c.series)
	for i, s := range changed {
		if s.Labels["service"] != "catalog" || s.Labels["code"] != "500" {
			continue
		}
		changed[i] = promengine.Series{Labels: maps.Clone(s.Labels), Samples: func(from, to int64) []promengine.Sample {
			samples := slices.Clone(s.Samples(from, to))
			for i, p := range samples {
				samples[i].V += max(0, float64(p.T-now.UnixMilli())/60_000*100)
			}
			return samples
		}}
	}
	c.engine.Set(changed)
	later := now.Add(4 * time.Hour)
	after := c.queue(t.Context(), t, later)

	if b := budgetOf(t, before, "catalog-availability"); b.State != burnlist.Healthy {
		t.Errorf("catalog was %s before, want healthy", b.State)
	}
	if b := budgetOf(t, after, "catalog-availability"); b.State != burnlist.Exhausted && b.State != burnlist.Burning {
		t.Errorf("catalog is %s after four hours of errors", b.State)
	}
	if was, is := first(before, "catalog"), first(after, "catalog"); is >= was {
		t.Errorf("catalog's first item went from %d to %d", was, is)
	}
	if first(after, "catalog") > first(after, "search") {
		t.Error("catalog's items are behind those of search")
	}
}

// BenchmarkFromNothingToAQueue is the time that a user of the demo waits.
func BenchmarkFromNothingToAQueue(b *testing.B) {
	now := instants["a Saturday at noon"]
	for b.Loop() {
		atWork(b, now, complete).queue(b.Context(), b, now)
	}
}
