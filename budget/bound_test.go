package budget_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/internal/promengine"
)

// bounded returns a collector that asks for one chunk in each refresh, of 250
// SLOs, which are too many for one.
func bounded(t *testing.T, store budget.Ledgers, queries *atomic.Int64) (*budget.Collector, []burnlist.SLO) {
	t.Helper()
	slos := shops(250)
	c := collector(t, store, serve(t, counted(promengine.New(busy()).Handler(), queries)), worldOf(slos...))
	c.SetBound(time.Nanosecond)
	return c, slos
}

func TestALongBackfillDoesNotHoldUpTheFigures(t *testing.T) {
	var queries atomic.Int64
	store := newMemory()
	c, slos := bounded(t, store, &queries)
	now := at.Add(time.Minute)
	for i, want := range []struct {
		queries int64
		filled  int
	}{{1, 200}, {1, 250}, {0, 250}} {
		queries.Store(0)
		if err := c.RefreshBounded(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		filled := 0
		for _, slo := range slos {
			f := store.budgets.Figures[slo.Name]
			if f == nil || f.Error != "" {
				t.Fatalf("%s: figures %+v, want some without an error", slo.Name, f)
			}
			if f.Coverage == 1 {
				filled++
			}
		}
		if filled != want.filled || queries.Load() != want.queries {
			t.Errorf("refresh %d: %d queries, %d SLOs complete; want %d and %d", i, queries.Load(), filled, want.queries, want.filled)
		}
	}
}

// announcing is a memory that tells of the budgets that it takes.
type announcing struct {
	*memory
	took chan burnlist.Budgets
}

func (a announcing) PutBudgets(_ context.Context, _ burnlist.Author, b burnlist.Budgets) (int64, error) {
	a.took <- b
	return 1, nil
}

func TestRunGoesOnAtOnceWithWhatARoundLeft(t *testing.T) {
	var queries atomic.Int64
	store := announcing{newMemory(), make(chan burnlist.Budgets)}
	c, slos := bounded(t, store, &queries)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- c.Run(ctx, func() time.Time { return at.Add(time.Minute) }, time.Hour) }()
	first, last := slos[0].Name, slos[249].Name
	for filled := false; !filled; {
		select {
		case b := <-store.took:
			if got := b.Figures[first].Coverage; got != 1 {
				t.Errorf("figures were stored before the first round was over: coverage %v", got)
			}
			filled = b.Figures[last].Coverage == 1
		case <-time.After(time.Minute):
			t.Fatal("Run waits for its next turn")
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v, want nil when its context ends", err)
	}
}
