package budget_test

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
)

// hourly is traffic that is another one each hour, with one bad hour in seven.
func hourly(part string, t int64) float64 {
	hour := (t - 1) / 3600
	switch part {
	case "total":
		return float64(100 + hour*hour%89)
	case "bad":
		return float64(max(0, hour%7-5) * (1 + hour%5))
	}
	return 1
}

// TestRollingUpAndForgettingChangeNoFigure collects for a hundred days, and
// holds the figures against those of a ledger in which every slice is kept.
func TestRollingUpAndForgettingChangeNoFigure(t *testing.T) {
	quarter, month := shop(1, "quarter"), shop(2, "month")
	quarter.Window, month.Window = burnlist.Duration(90*burnlist.Day), burnlist.Duration(30*burnlist.Day)
	store, world := newMemory(), worldOf(quarter, month)
	var past []burnlist.Rolled // days that no window reaches
	midnight := at.Truncate(burnlist.Day)
	for days := 390; days > 95; days-- {
		past = append(past, burnlist.Rolled{Ledger: 1, Start: midnight.AddDate(0, 0, -days).Unix(), Width: 86400, Data: 86400, Total: 1000, Bad: 1000})
	}
	if err := store.RollUp(t.Context(), past); err != nil {
		t.Fatal(err)
	}
	url := serve(t, quick(hourly))
	c := collector(t, store, url, world)
	equal := gocmp.Options{
		gocmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(b)) }),
		gocmp.Comparer(func(a, b burnlist.Value) bool {
			x, known := a.Get()
			y, alsoKnown := b.Get()
			return known == alsoKnown && math.Abs(x-y) <= 1e-9*max(1, math.Abs(y))
		}),
		gocmp.Comparer(func(a, b time.Time) bool { return a.Sub(b).Abs() < time.Second }),
		cmpopts.IgnoreFields(burnlist.Figures{}, "FirstData"),
	}
	compare := func(now time.Time) {
		t.Helper()
		for _, slo := range []burnlist.SLO{quarter, month} {
			whole := budget.NewLedger(slo.Slice)
			whole.Put(store.of(slo.Ledger))
			want := whole.Figures(slo, now.Add(-time.Minute))
			if diff := gocmp.Diff(want, *store.budgets.Figures[slo.Name], equal); diff != "" {
				t.Fatalf("%s at %s (-all slices +rolled up):\n%s", slo.Name, now, diff)
			}
		}
	}
	end := 100 * burnlist.Day
	if testing.Short() {
		end = 20 * burnlist.Day // what was filled in is rolled up into days by then
	}
	for after := time.Duration(0); after <= end; after += 30 * time.Minute {
		now := at.Add(after + time.Minute)
		refresh(t, c, now)
		if after%(10*burnlist.Day) == 0 {
			compare(now)
		}
	}
	now := at.Add(end + time.Minute)
	refresh(t, collector(t, store, url, world), now)
	compare(now)

	kept, _ := store.Ledger(t.Context(), 1)
	hours, days := 0, 0
	for _, r := range kept.Rolled {
		if r.Width == 3600 {
			hours++
		} else {
			days++
		}
	}
	if n := len(kept.Slices); n < 3*288 || n > 3*288+4*12 {
		t.Errorf("%d slices are kept, want those of three days", n)
	}
	if hours < 94*24 || hours > 95*24 {
		t.Errorf("%d hours are kept, want those of 94 days", hours)
	}
	if days < 295 || days > 304 {
		t.Errorf("%d days are kept, want about 300", days)
	}
	if oldest := time.Unix(kept.Rolled[0].Start, 0); now.Sub(oldest) > burnlist.RetainedHistory+2*burnlist.Day {
		t.Errorf("the oldest day kept is of %s, want it forgotten", oldest)
	}
}

// refusing is a memory that refuses one kind of write, as if somebody else had
// come to collect.
type refusing struct {
	*memory
	what string
}

var errLost = burnlist.Errorf(burnlist.Conflict, "the lease is another's")

func (r refusing) unless(what string, do func() error) error {
	if r.what == what {
		return errLost
	}
	return do()
}

func (r refusing) PutSlices(ctx context.Context, all []burnlist.Slice) error {
	return r.unless("slices", func() error { return r.memory.PutSlices(ctx, all) })
}

func (r refusing) RollUp(ctx context.Context, rows []burnlist.Rolled) error {
	return r.unless("rolling up", func() error { return r.memory.RollUp(ctx, rows) })
}

func (r refusing) PutReread(ctx context.Context, marks []burnlist.Reread) error {
	return r.unless("reading again", func() error { return r.memory.PutReread(ctx, marks) })
}

func (r refusing) Forget(ctx context.Context, before int64) error {
	return r.unless("forgetting", func() error { return r.memory.Forget(ctx, before) })
}

func (r refusing) PutBudgets(ctx context.Context, by burnlist.Author, b burnlist.Budgets) (revision int64, err error) {
	err = r.unless("budgets", func() error {
		revision, err = r.memory.PutBudgets(ctx, by, b)
		return err
	})
	return revision, err
}

func TestEveryWriteThatIsRefusedEndsRun(t *testing.T) {
	slo := shop(1, "a")
	slo.Window = burnlist.Duration(7 * burnlist.Day)
	for _, what := range []string{"slices", "rolling up", "reading again", "forgetting", "budgets"} {
		t.Run(what, func(t *testing.T) {
			c := collector(t, refusing{newMemory(), what}, serve(t, quick(hourly)), worldOf(slo))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := c.Run(ctx, func() time.Time { return at.Add(time.Minute) }, time.Hour); !errors.Is(err, errLost) {
				t.Errorf("Run: %v, want that the lease is lost", err)
			}
		})
	}
}
