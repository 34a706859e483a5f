package store

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/burnlist/burnlist"
)

func TestSlicesAreReplacedAndReadInOrder(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		slice := func(start int64, bad, total float64) burnlist.Slice {
			return burnlist.Slice{Ledger: 1, Start: start, State: burnlist.SliceData, Bad: bad, Total: total}
		}
		first := []burnlist.Slice{
			slice(900, 1, 100), slice(300, 0.1, 0.3), slice(600, 5, 5),
			{Ledger: 1, Start: 1200, State: burnlist.SliceEmpty},
			{Ledger: 1, Start: 1500, State: burnlist.SliceDead},
			{Ledger: 2, Start: 300, State: burnlist.SliceData, Total: 7},
		}
		ok(t, s.Ledgers(Lease{}).PutSlices(t.Context(), first))
		ok(t, s.Ledgers(Lease{}).PutSlices(t.Context(), first))
		ok(t, s.Ledgers(Lease{}).PutSlices(t.Context(), nil))
		ok(t, s.Ledgers(Lease{}).PutSlices(t.Context(), []burnlist.Slice{slice(600, 9, 10), slice(1200, 1, 2), slice(600, 6, 10)}))
		marked := slice(1800, 1, 1)
		marked.Violated = true
		ok(t, s.Ledgers(Lease{}).PutSlices(t.Context(), []burnlist.Slice{marked}))
		marked.Violated, marked.Corrected = false, true // the numbers are the same
		ok(t, s.Ledgers(Lease{}).PutSlices(t.Context(), []burnlist.Slice{marked}))
		got, err := s.Ledger(t.Context(), 1)
		ok(t, err)
		want := burnlist.Ledger{
			Slices: []burnlist.Slice{
				slice(300, 0.1, 0.3), slice(600, 6, 10), slice(900, 1, 100), slice(1200, 1, 2), {Ledger: 1, Start: 1500, State: burnlist.SliceDead}, marked,
			},
			Reread: burnlist.Reread{Ledger: 1},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if got, err := s.Ledger(t.Context(), 99); err != nil || len(got.Slices) != 0 {
			t.Errorf("an unknown ledger has %v, %v", got, err)
		}
		refusedAs(t, s.Ledgers(Lease{}).PutSlices(t.Context(), []burnlist.Slice{{Ledger: 99, Start: 300}}), burnlist.NotFound, "99")
		for name, bad := range map[string]burnlist.Slice{
			"more bad than all": slice(0, 2, 1), "less than none": slice(0, -1, 1), "not a number": slice(0, 0, math.NaN()),
			"no end": slice(0, 0, math.Inf(1)), "no state": {Ledger: 1, State: 3},
		} {
			if code := burnlist.CodeOf(s.Ledgers(Lease{}).PutSlices(t.Context(), []burnlist.Slice{bad})); code != burnlist.Invalid {
				t.Errorf("%s: the code is %q", name, code)
			}
		}
		if changes, err := s.Changes(t.Context(), 5, 0); err != nil || len(changes) != 0 {
			t.Errorf("slices made changes: %v, %v", changes, err)
		}
	})
}

func TestManySlicesAtOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		many := make([]burnlist.Slice, 2*slicesPerTransaction+rowsPerStatement+1)
		for i := range many {
			many[len(many)-1-i] = burnlist.Slice{Ledger: int64(i%2 + 1), Start: int64(i/2) * 300, State: burnlist.SliceData, Bad: float64(i), Total: float64(2 * i)}
		}
		ok(t, s.Ledgers(Lease{}).PutSlices(t.Context(), many))
		count := 0
		for ledger := range int64(2) {
			got, err := s.Ledger(t.Context(), ledger+1)
			ok(t, err)
			for k, g := range got.Slices {
				if i := float64(k*2) + float64(ledger); g.Start != int64(k)*300 || g.Bad != i || g.Total != 2*i {
					t.Fatalf("slice %d of ledger %d is %+v", k, ledger+1, g)
				}
			}
			count += len(got.Slices)
		}
		if count != len(many) {
			t.Errorf("%d slices are there, want %d", count, len(many))
		}
	})
}

func TestNumbersComeBackExactly(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		rapid.Check(t, func(r *rapid.T) {
			total := rapid.OneOf(rapid.Float64Range(0, 1e18), rapid.SampledFrom([]float64{0.1, 1.0 / 3, 5e-324, math.MaxFloat64, 1<<53 + 2})).Draw(r, "total")
			bad := total * rapid.Float64Range(0, 1).Draw(r, "share")
			objective := 1 - rapid.Float64Range(1e-9, 0.999).Draw(r, "allowed")
			want := burnlist.Slice{Ledger: 1, Start: 300, State: burnlist.SliceData, Bad: min(bad, total), Total: total}
			if err := s.Ledgers(Lease{}).PutSlices(t.Context(), []burnlist.Slice{want}); err != nil {
				r.Fatal(err)
			}
			got, err := s.Ledger(t.Context(), 1)
			if err != nil || len(got.Slices) != 1 || got.Slices[0] != want {
				r.Fatalf("got %+v, %v, want %+v", got, err, want)
			}
			_, _, err = s.UpdateSLO(t.Context(), ana, "search-availability", func(o burnlist.SLO) (burnlist.SLO, error) {
				o.Objective = objective
				return o, nil
			})
			if err != nil {
				r.Fatal(err)
			}
			if o, err := s.SLO(t.Context(), "search-availability"); err != nil || o.Objective != objective {
				r.Fatalf("the objective is %v, %v, want %v", o.Objective, err, objective)
			}
		})
	})
}

func figuresOf(slo string, consumed float64) *burnlist.Figures {
	f := &burnlist.Figures{
		SLO: slo, Ledger: 1, Objective: 0.999, Window: burnlist.DefaultWindow, At: monday, FirstData: new(monday.Add(-time.Hour)),
		Coverage: 1.0 / 3, Consumed: burnlist.Known(consumed), Unreachable: []string{"1h/5m"}, Error: "",
	}
	f.Burn[burnlist.Span1h] = burnlist.Known(14.4)
	return f
}

func TestBudgetsAreReplacedAsAWhole(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		_, _, err := s.CreateSLO(t.Context(), ana, func() burnlist.SLO { o := availability("search"); o.Name = "search-latency"; return o }())
		ok(t, err)
		item := newItem(t, s, burnlist.ItemFields{Service: "checkout"})
		at := func(minute int) burnlist.Author {
			return burnlist.System(monday.Add(time.Duration(minute) * time.Minute))
		}
		budgets := burnlist.Budgets{
			RefreshedAt: at(1).At,
			Figures: map[string]*burnlist.Figures{
				"checkout-availability": figuresOf("checkout-availability", 0.5), "search-availability": figuresOf("search-availability", 0.1),
				"search-latency": figuresOf("search-latency", 0.2),
			},
			Costs: map[int64]burnlist.IncidentCost{item.ID: {Item: item.ID, SLO: "checkout-availability", Share: 0.1 + 0.2}},
		}
		put := func(step string, minute int, want int64) {
			t.Helper()
			budgets.RefreshedAt = at(minute).At
			revision, err := s.Ledgers(Lease{}).PutBudgets(t.Context(), at(minute), budgets)
			ok(t, err)
			if revision != want {
				t.Fatalf("%s: the revision is %d, want %d", step, revision, want)
			}
			w, err := s.World(t.Context())
			ok(t, err)
			if diff := cmp.Diff(budgets, w.Budgets); diff != "" || w.Revision != want {
				t.Fatalf("%s: the world is at %d, its budgets (-want +got):\n%s", step, w.Revision, diff)
			}
			changes, err := s.Changes(t.Context(), want-1, 0)
			ok(t, err)
			last := changes[len(changes)-1]
			if len(last.Subjects) != 0 || last.Kind != burnlist.BudgetsRefreshed {
				t.Errorf("%s: %s of %v, want refreshed budgets without subjects", step, last.Kind, last.Subjects)
			}
			if diff := cmp.Diff(&budgets, last.After.Budgets); diff != "" {
				t.Errorf("%s: in the log (-want +got):\n%s", step, diff)
			}
		}
		put("first", 1, 8)
		put("the same again", 2, 8)
		budgets.Figures["search-availability"] = figuresOf("search-availability", 0.15)
		delete(budgets.Figures, "search-latency")
		put("one changed, one gone", 3, 9)
		budgets.Costs = map[int64]burnlist.IncidentCost{}
		put("a cost gone", 4, 10)
		put("the same again", 5, 10)

		// The next write goes on after the revision that was given back.
		_, revision, err := s.CreateProduct(t.Context(), ana, burnlist.Product{Name: "bank", Zone: "UTC", Slot: burnlist.DefaultSlot})
		ok(t, err)
		if revision != 11 {
			t.Errorf("the revision is %d, want 11", revision)
		}
		budgets.Figures["nothing"] = figuresOf("nothing", 1)
		_, err = s.Ledgers(Lease{}).PutBudgets(t.Context(), at(6), budgets)
		refusedAs(t, err, burnlist.NotFound, "does not exist")
		budgets.Figures = map[string]*burnlist.Figures{"search-latency": figuresOf("search-availability", 1)}
		_, err = s.Ledgers(Lease{}).PutBudgets(t.Context(), at(6), budgets)
		refusedAs(t, err, burnlist.Invalid, "search-latency")
	})
}

func TestOnlyTheLastRefreshOfABatchHoldsBudgets(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		for i := range 3 {
			_, err := s.Ledgers(Lease{}).PutBudgets(t.Context(), ana, burnlist.Budgets{
				RefreshedAt: later(i).At,
				Figures:     map[string]*burnlist.Figures{"search-availability": figuresOf("search-availability", float64(i))},
			})
			ok(t, err)
		}
		newItem(t, s, burnlist.ItemFields{Service: "search"})
		changes, err := s.Changes(t.Context(), 5, 0)
		ok(t, err)
		for i, c := range changes {
			if held := c.After.Budgets != nil; held != (i == 2) {
				t.Errorf("change %d, %s, holds budgets: %v", i, c.Kind, held)
			}
		}
		if got := changes[2].After.Budgets.Figures["search-availability"].Consumed; got != burnlist.Known(2) {
			t.Errorf("consumed is %s, want 2", got)
		}
	})
}
