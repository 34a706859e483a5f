package budget_test

import (
	"context"
	"errors"
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

func (*failing) Slices(context.Context, int64, int64, int64) ([]burnlist.Slice, error) {
	return nil, nil
}
func (*failing) PutSlices(context.Context, []burnlist.Slice) error { return nil }

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
			c.Run(ctx, time.Now, 0)
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
		go c.Run(ctx, time.Now, time.Hour)
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

func TestManyWakesAreOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &failing{}
		c := budget.NewCollector(nil, store, burnlist.NewWorld, quiet())
		for range 100 {
			c.Wake()
		}
		ctx, cancel := context.WithCancel(t.Context())
		go c.Run(ctx, time.Now, time.Hour)
		synctest.Wait()
		if got := store.count(); got != 2 {
			t.Errorf("%d refreshes, want one at the start and one more", got)
		}
		cancel()
		synctest.Wait()
	})
}

func TestAnErrorIsLoggedWhenItBeginsChangesAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines atomic.Int64
		store := &failing{broken: errors.New("disk full")}
		c := budget.NewCollector(nil, store, burnlist.NewWorld, slog.New(tally{slog.DiscardHandler, &lines}))
		ctx, cancel := context.WithCancel(t.Context())
		go c.Run(ctx, time.Now, time.Minute)
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
