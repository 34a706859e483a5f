package budget_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
)

// failing is a store that is empty and takes budgets unless it is broken. It
// counts them.
type failing struct {
	mu     sync.Mutex
	broken error
	puts   int
}

func (*failing) Ledger(context.Context, int64) (burnlist.Ledger, error) {
	return burnlist.Ledger{}, nil
}
func (*failing) PutSlices(context.Context, []burnlist.Slice) error  { return nil }
func (*failing) RollUp(context.Context, []burnlist.Rolled) error    { return nil }
func (*failing) PutReread(context.Context, []burnlist.Reread) error { return nil }
func (*failing) Forget(context.Context, int64) error                { return nil }

func (f *failing) PutBudgets(context.Context, burnlist.Author, burnlist.Budgets) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.puts++
	return 0, f.broken
}

func (f *failing) breaks(with error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken = with
}

func (f *failing) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.puts
}

// tally counts what is logged.
type tally struct {
	slog.Handler
	lines *atomic.Int64
}

func (tally) Enabled(context.Context, slog.Level) bool { return true }

func (c tally) Handle(context.Context, slog.Record) error {
	c.lines.Add(1)
	return nil
}

func TestRunRefreshesAtOnceAndThenRegularlyUntilItsContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &failing{}
		c := budget.NewCollector(nil, store, burnlist.NewWorld, quiet())
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			if err := c.Run(ctx, time.Now, 0); err != nil {
				t.Errorf("Run: %v, want nil when its context ends", err)
			}
			close(ended)
		}()
		synctest.Wait()
		if got := store.count(); got != 1 {
			t.Errorf("%d refreshes at once, want 1", got)
		}
		<-time.After(5*time.Minute + time.Second)
		synctest.Wait()
		if got := store.count(); got != 11 {
			t.Errorf("%d refreshes within 5 minutes, want 11", got)
		}
		cancel()
		<-ended // synctest fails the test if Run goes on
	})
}

func TestWakingBringsTheNextRefreshForward(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &failing{}
		c := budget.NewCollector(nil, store, burnlist.NewWorld, quiet())
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _ = c.Run(ctx, time.Now, time.Hour) }()
		synctest.Wait()
		for i := range 3 {
			c.Wake()
			synctest.Wait()
			if got, want := store.count(), i+2; got != want {
				t.Errorf("%d refreshes after %d calls, want %d", got, i+1, want)
			}
		}
		cancel()
		synctest.Wait()
	})
}

// slowly is a store that takes budgets one at a time, when it is told to.
type slowly struct {
	*failing
	take chan struct{}
}

func (s slowly) PutBudgets(ctx context.Context, by burnlist.Author, b burnlist.Budgets) (int64, error) {
	<-s.take
	return s.failing.PutBudgets(ctx, by, b)
}

func TestManyWakesAreOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := slowly{&failing{}, make(chan struct{})}
		c := budget.NewCollector(nil, store, burnlist.NewWorld, quiet())
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _ = c.Run(ctx, time.Now, time.Hour) }()
		synctest.Wait()
		for range 100 {
			c.Wake()
		}
		synctest.Wait()
		close(store.take)
		synctest.Wait()
		if got := store.count(); got != 2 {
			t.Errorf("%d refreshes, want the one under way and one more", got)
		}
		cancel()
		synctest.Wait()
	})
}

func TestWhatWasWokenForBeforeRunIsInItsFirstRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &failing{}
		c := budget.NewCollector(nil, store, burnlist.NewWorld, quiet())
		c.Wake()
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _ = c.Run(ctx, time.Now, time.Hour) }()
		synctest.Wait()
		if got := store.count(); got != 1 {
			t.Errorf("%d refreshes, want 1", got)
		}
		cancel()
		synctest.Wait()
	})
}

func TestRunEndsWhenSomebodyElseCollects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines atomic.Int64
		store := &failing{}
		c := budget.NewCollector(nil, store, burnlist.NewWorld, slog.New(tally{slog.DiscardHandler, &lines}))
		ended := make(chan error, 1)
		go func() { ended <- c.Run(t.Context(), time.Now, time.Minute) }()
		<-time.After(5 * time.Second)
		lost := burnlist.Errorf(burnlist.Conflict, "the lease is another's")
		store.breaks(fmt.Errorf("put: %w", lost))
		<-time.After(time.Minute)
		synctest.Wait()
		select {
		case err := <-ended:
			if !errors.Is(err, lost) {
				t.Errorf("Run: %v, want that the lease is lost", err)
			}
		default:
			t.Error("Run goes on without its lease")
		}
		if lines.Load() != 1 {
			t.Errorf("%d lines logged, want 1", lines.Load())
		}
	})
}

func TestAnErrorIsLoggedWhenItBeginsChangesAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines atomic.Int64
		store := &failing{broken: errors.New("disk full")}
		c := budget.NewCollector(nil, store, burnlist.NewWorld, slog.New(tally{slog.DiscardHandler, &lines}))
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _ = c.Run(ctx, time.Now, time.Minute) }()
		for _, test := range []struct {
			what   string
			broken error
			want   int64
		}{{"begins", store.broken, 1}, {"goes on", store.broken, 0}, {"changes", errors.New("disk gone"), 1}, {"ends", nil, 1}, {"is over", nil, 0}} {
			store.breaks(test.broken)
			<-time.After(5*time.Minute + time.Second)
			synctest.Wait()
			if got := lines.Swap(0); got != test.want {
				t.Errorf("%d lines while it %s, want %d", got, test.what, test.want)
			}
		}
		cancel()
		synctest.Wait()
	})
}

func TestARefreshEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := collector(t, newMemory(), "http://127.0.0.1:1", worldOf(shop(1, "a")))
	if err := c.Refresh(ctx, at); !errors.Is(err, context.Canceled) {
		t.Errorf("Refresh: %v, want that its context was cancelled", err)
	}
}
