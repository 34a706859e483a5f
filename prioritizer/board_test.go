package prioritizer_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestApplyingChangesEqualsRankingAnew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		board := prioritizer.NewBoard(func() time.Time { return now })
		board.Load(clone(w))
		for range rapid.IntRange(1, 5).Draw(t, "batches") {
			var batch []burnlist.Change
			for n := range rapid.IntRange(1, 4).Draw(t, "changes") {
				c := drawChange(t, w, w.Revision+1)
				w.Apply(c)
				batch = append(batch, c)
				if n > 0 && rapid.Bool().Draw(t, "told twice") {
					batch = slices.Insert(batch, n, batch[n-1])
				}
			}
			before := board.Queue()
			kept := render(before)
			board.Apply(batch)
			if diff := cmp.Diff(render(prioritizer.Rank(w, now)), render(board.Queue())); diff != "" {
				t.Fatalf("the board's queue (-fresh +board):\n%s", diff)
			}
			if diff := cmp.Diff(kept, render(before)); diff != "" {
				t.Fatalf("a published queue was modified (-before +after):\n%s", diff)
			}
		}
	})
}

func drawChange(t *rapid.T, w *burnlist.World, revision int64) burnlist.Change {
	c := burnlist.Change{Revision: revision, At: now}
	switch rapid.IntRange(0, 4).Draw(t, "kind of change") {
	case 0, 1:
		scratch := clone(w)
		id := rapid.Int64Range(1, 15).Draw(t, "item")
		item := *drawItem(t, scratch, id)
		item.Status = rapid.SampledFrom([]burnlist.Status{burnlist.Open, burnlist.Done, burnlist.Deprioritised}).Draw(t, "new status")
		c.After.Items = []*burnlist.Item{&item}
	case 2:
		p := w.Policy
		p.Weights, p.OverdueAlarmedDays, p.Version = drawWeights(t), rapid.IntRange(1, 60).Draw(t, "days"), p.Version+1
		c.After.Policy = &p
	case 3:
		b := burnlist.Budgets{RefreshedAt: now, Figures: map[string]*burnlist.Figures{}, Costs: w.Budgets.Costs}
		for name, f := range clone(w).Budgets.Figures {
			b.Figures[name] = drawWorse(t, *f)
		}
		c.After.Budgets = &b
	case 4:
		scratch := clone(w)
		addService(scratch, "service-9", "product-0", "payments")
		slo := addSLO(scratch, "service-9", "service-9-slo", nil)
		c.After.Services, c.After.SLOs = []*burnlist.Service{scratch.Services["service-9"]}, []*burnlist.SLO{slo}
	}
	return c
}

func TestTheBoardIsEmptyUntilLoaded(t *testing.T) {
	board := prioritizer.NewBoard(time.Now)
	board.Apply([]burnlist.Change{{Revision: 1}})
	if q := board.Queue(); q != nil {
		t.Errorf("the board has a queue of revision %d", q.Revision)
	}
	board.Load(shop())
	if q := board.Queue(); q == nil || q.Revision != 4711 {
		t.Errorf("the loaded board has the queue %v", q)
	}
}

func TestChangesThatTheWorldHasSeenPublishNothing(t *testing.T) {
	board := prioritizer.NewBoard(time.Now)
	board.Load(shop())
	loaded := board.Queue()
	board.Apply([]burnlist.Change{{Revision: 4710}, {Revision: 4711}})
	if board.Queue() != loaded {
		t.Error("another queue was published")
	}
}

func TestWaitReturnsOnceTheRevisionIsPublished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		board := prioritizer.NewBoard(time.Now)
		var group sync.WaitGroup
		var mu sync.Mutex
		var seen []int64
		for _, revision := range []int64{4711, 4712, 4713} {
			group.Go(func() {
				if err := board.Wait(t.Context(), revision); err != nil {
					t.Error(err)
				}
				if got := board.Queue().Revision; got < revision {
					t.Errorf("waited for %d, the queue has %d", revision, got)
				}
				mu.Lock()
				defer mu.Unlock()
				seen = append(seen, revision)
			})
		}
		woken := func(want ...int64) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			slices.Sort(seen)
			if diff := cmp.Diff(want, seen); diff != "" {
				t.Errorf("woken (-want +got):\n%s", diff)
			}
		}
		woken()
		board.Load(shop())
		woken(4711)
		board.Apply([]burnlist.Change{{Revision: 4712}, {Revision: 4713}})
		woken(4711, 4712, 4713)
		group.Wait()
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		board := prioritizer.NewBoard(time.Now)
		board.Load(shop())
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if err := board.Wait(ctx, 9999); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait returned %v", err)
		}
	})
}

func TestABoardKnowsForHowLongTheStoreIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		board := prioritizer.NewBoard(time.Now)
		if got := board.Behind(); got != 0 {
			t.Errorf("%s behind before there is anything", got)
		}
		board.Load(shop())
		time.Sleep(90 * time.Second) //nolint:forbidigo // the time of the test's own bubble
		if got := board.Behind(); got != 90*time.Second {
			t.Errorf("%s behind after 90 s of silence", got)
		}
		board.Apply(nil)
		if got := board.Behind(); got != 0 {
			t.Errorf("%s behind after hearing that there is nothing new", got)
		}
	})
}

func TestRunRanksAgainWhenADayEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // begins at midnight UTC on 2000-01-01
		w := burnlist.NewWorld()
		addProduct(w, "shop", "America/New_York") // where it is 19:00 on 1999-12-31
		addService(w, "checkout", "shop", "")
		addItem(w, 1, "checkout", func(i *burnlist.Item) { i.Due = burnlist.NewDate(1999, time.December, 31) })
		board := prioritizer.NewBoard(time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var group sync.WaitGroup
		group.Go(func() { board.Run(ctx) })
		later := func(d time.Duration) {
			<-time.After(d)
			synctest.Wait()
		}
		later(90 * time.Second) // nothing is loaded yet
		board.Load(w)

		overdue := func() int { return board.Queue().Totals().Products[0].Overdue }
		later(5*time.Hour - 91*time.Second)
		if n := overdue(); n != 0 {
			t.Errorf("a second before midnight %d items are overdue", n)
		}
		later(time.Second)
		if n := overdue(); n != 1 {
			t.Errorf("at midnight %d items are overdue, want 1", n)
		}
		if at := board.Queue().At; !at.Equal(time.Now()) {
			t.Errorf("the queue is as of %s, want now, %s", at, time.Now())
		}

		cancel()
		group.Wait()
		last := board.Queue()
		later(10 * time.Minute)
		if board.Queue() != last {
			t.Error("Run ranked after its context ended")
		}
	})
}

// TestReadersAndWritersDoNotMeet is for the race detector.
func TestReadersAndWritersDoNotMeet(t *testing.T) {
	board := prioritizer.NewBoard(func() time.Time { return now })
	board.Load(contract())
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for revision := int64(4712); revision < 4730; revision++ {
				if err := board.Wait(t.Context(), revision); err != nil {
					t.Error(err)
				}
				q := board.Queue()
				if q.Len() < 2 || len(q.Warnings()) == 0 || len(q.Budgets()) == 0 {
					t.Errorf("the queue of revision %d lost something", q.Revision)
				}
			}
		})
	}
	group.Go(func() {
		for revision := int64(4712); revision < 4730; revision++ {
			scratch := burnlist.NewWorld()
			board.Apply([]burnlist.Change{{Revision: revision, After: burnlist.After{Items: []*burnlist.Item{addItem(scratch, revision, "checkout", nil)}}}})
		}
	})
	group.Wait()
	if n := board.Queue().Len(); n != 20 {
		t.Errorf("the board has %d entries, want 20", n)
	}
}
