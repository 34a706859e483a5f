package bench

import (
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/store"
)

// desk is burnlist with the SLOs of so many services over one server: the real
// collector over the real store.
type desk struct {
	database  string
	store     *store.Store
	world     *burnlist.World
	collector *budget.Collector
	queries   atomic.Int64
}

func slo(i int, source string) burnlist.SLO {
	return burnlist.SLO{
		Name: serviceName(i) + "-availability", Service: serviceName(i), Source: source,
		Objective: 0.999, Window: burnlist.DefaultWindow, Slice: burnlist.DefaultSlice,
		Indicator: burnlist.Indicator{Events: &burnlist.Events{Total: total(i), Bad: bad(i)}},
	}
}

// settle creates SLOs in a new database, each with its service.
func settle(b *testing.B, database string, now time.Time, slos []burnlist.SLO) *store.Store {
	b.Helper()
	s := open(b, database)
	by := burnlist.System(now)
	product := burnlist.Product{Name: "bench", Zone: "UTC", Slot: burnlist.DefaultSlot}
	if _, _, err := s.CreateProduct(b.Context(), by, product); err != nil {
		b.Fatal(err)
	}
	for _, o := range slos {
		if _, _, err := s.CreateService(b.Context(), by, burnlist.Service{Name: o.Service, Product: "bench"}); err != nil {
			b.Fatal(err)
		}
		if _, _, err := s.CreateSLO(b.Context(), by, o); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

func open(b *testing.B, database string) *store.Store {
	b.Helper()
	s, err := store.Open(b.Context(), database, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

// collect returns burnlist over the store of a database that was settled.
func collect(b *testing.B, database string, s *store.Store, source *server) *desk {
	b.Helper()
	d := &desk{database: database, store: s}
	var err error
	if d.world, err = s.World(b.Context()); err != nil {
		b.Fatal(err)
	}
	// What is measured is work; on a busy machine that must not be given up.
	asked, err := budget.NewSource(budget.SourceConfig{Name: burnlist.DefaultSource, URL: source.URL, Timeout: 5 * time.Minute},
		func(string, string, time.Duration, error) { d.queries.Add(1) })
	if err != nil {
		b.Fatal(err)
	}
	d.collector = budget.NewCollector([]*budget.Source{asked}, s.Ledgers(store.Lease{}),
		func() *burnlist.World { return d.world }, slog.New(slog.DiscardHandler))
	return d
}

// refresh refreshes all budgets as of now, and returns how many queries that
// took.
func (d *desk) refresh(b *testing.B, now time.Time) int64 {
	b.Helper()
	before := d.queries.Load()
	if err := d.collector.Refresh(b.Context(), now); err != nil {
		b.Fatal(err)
	}
	return d.queries.Load() - before
}

// mustKnow fails unless the figures in the store are complete as of an instant.
func (d *desk) mustKnow(b *testing.B, at time.Time) {
	b.Helper()
	w, err := d.store.World(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if len(w.Budgets.Figures) != len(d.world.SLOs) {
		b.Fatalf("there are figures of %d SLOs, not of %d", len(w.Budgets.Figures), len(d.world.SLOs))
	}
	for _, f := range w.Budgets.Figures {
		if f.Error != "" || f.Coverage < 0.999 || f.KnownUntil == nil || !f.KnownUntil.Equal(at) {
			b.Fatalf("the figures of %s at %s: known until %v, coverage %v, error %q", f.SLO, at, f.KnownUntil, f.Coverage, f.Error)
		}
	}
}
