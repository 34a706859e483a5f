package main

import (
	"log/slog"
	"maps"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/internal/demo"
	"github.com/burnlist/burnlist/internal/pgtest"
	"github.com/burnlist/burnlist/internal/promengine"
	"github.com/burnlist/burnlist/store"
)

// TestBothDatabasesKeepTheSameLedgerAndFigures measures the same 30 days into
// SQLite and PostgreSQL, and reads back what a restarted server would.
func TestBothDatabasesKeepTheSameLedgerAndFigures(t *testing.T) {
	at := time.Date(2026, 11, 20, 9, 1, 0, 0, time.UTC)
	world := demo.Build(at)
	metrics := httptest.NewServer(promengine.New(world.Series).Handler())
	t.Cleanup(metrics.Close)

	type kept struct {
		Figures map[string]*burnlist.Figures
		Costs   map[int64]burnlist.IncidentCost
		Ledgers map[string]burnlist.Ledger
	}
	var got []kept
	for _, url := range []string{"sqlite:" + filepath.Join(t.TempDir(), "burnlist.db"), pgtest.Database(t)} {
		s := filled(t, url, world, at)
		measure(t, s, world, metrics.URL, at)
		w, err := s.World(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		k := kept{Figures: w.Budgets.Figures, Costs: w.Budgets.Costs, Ledgers: map[string]burnlist.Ledger{}}
		for name, slo := range w.SLOs {
			k.Ledgers[name] = ledger(t, s, slo.Ledger)
		}
		// A second collector knows nothing but what is stored, and has nothing to
		// ask for.
		metricsAway := httptest.NewServer(nil)
		metricsAway.Close()
		measure(t, s, world, metricsAway.URL, at)
		again, err := s.World(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range slices.Sorted(maps.Keys(k.Figures)) {
			a, b := *k.Figures[name], *again.Budgets.Figures[name]
			a.Error, b.Error = "", ""
			if diff := cmp.Diff(a, b, cmp.Comparer(burnlist.Value.Equal)); diff != "" {
				t.Errorf("%s: figures after a restart differ:\n%s", name, diff)
			}
		}
		got = append(got, k)
	}
	if diff := cmp.Diff(got[0], got[1], cmp.Comparer(burnlist.Value.Equal)); diff != "" {
		t.Errorf("PostgreSQL differs from SQLite:\n%s", diff)
	}
	total := 0
	for _, l := range got[0].Ledgers {
		total += len(l.Slices) + len(l.Rolled)*12
	}
	if total < 100_000 {
		t.Errorf("only %d slices were compared", total)
	}
}

func filled(t *testing.T, url string, world demo.World, at time.Time) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := demo.Fill(t.Context(), s, world, at); err != nil {
		t.Fatal(err)
	}
	return s
}

// measure refreshes the budgets of the store's world: once for what is missing,
// and once more for the figures of what was rolled up by that.
func measure(t *testing.T, s *store.Store, world demo.World, metrics string, at time.Time) {
	t.Helper()
	w, err := s.World(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := budget.NewCollector(sourcesOf(t, world, metrics), s.Ledgers(store.Lease{}), func() *burnlist.World { return w }, slog.New(slog.DiscardHandler))
	for range 2 {
		if err := c.Refresh(t.Context(), at); err != nil {
			t.Fatal(err)
		}
	}
}

func sourcesOf(t *testing.T, world demo.World, url string) []*budget.Source {
	t.Helper()
	var sources []*budget.Source
	for _, s := range world.Sources {
		source, err := budget.NewSource(budget.SourceConfig{Name: s.Name, URL: url, Liveness: s.Liveness}, nil)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, source)
	}
	return sources
}
