package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

// frozen makes the agenda of the given items; the first of them stands in
// tier 1.
func frozen(items ...burnlist.Item) burnlist.Agenda {
	a := burnlist.Agenda{Entries: []burnlist.AgendaEntry{}, Services: json.RawMessage(`{"budgets":[1e-05,0.10]}`)}
	for n, i := range items {
		a.Entries = append(a.Entries, burnlist.AgendaEntry{
			Position: n + 1, Item: i.ID, Service: i.Service, Rank: n + 1, Jump: n == 0, Due: i.Due,
			Shown: json.RawMessage(fmt.Sprintf(`{"score":%d.50,"title":"ünïcode ✓"}`, n)),
		})
	}
	return a
}

// opens makes a review of the given items.
func opens(by burnlist.Author, items ...burnlist.Item) func(burnlist.Product, []burnlist.Review) (burnlist.Review, burnlist.Agenda, error) {
	return func(p burnlist.Product, _ []burnlist.Review) (burnlist.Review, burnlist.Agenda, error) {
		return burnlist.Review{
			Product: p.Name, State: burnlist.ReviewOpen, OpenedAt: &by.At, OpenedBy: burnlist.NullString(by.Actor), FrozenAt: &by.At,
			Date: p.Today(by.At), Zone: p.Zone, PolicyVersion: 1, States: map[string]burnlist.State{"checkout": burnlist.Burning},
			Entries: len(items), Jump: min(1, len(items)),
		}, frozen(items...), nil
	}
}

func openShop(t *testing.T, s *Store, by burnlist.Author, items ...burnlist.Item) burnlist.Review {
	t.Helper()
	r, _, err := s.OpenReview(t.Context(), by, "shop", opens(by, items...))
	ok(t, err)
	return r
}

// concludes ends a review in a state, and finds nothing.
func concludes(by burnlist.Author, state burnlist.ReviewState) func(burnlist.Meeting) (burnlist.Conclusion, error) {
	return func(m burnlist.Meeting) (burnlist.Conclusion, error) {
		r := m.Review
		r.State, r.ConcludedAt, r.ConcludedBy, r.Tally = state, &by.At, burnlist.NullString(by.Actor), &burnlist.Tally{Open: len(m.Items)}
		return burnlist.Conclusion{Review: r, Digest: json.RawMessage(`{"text":"all is well"}`)}, nil
	}
}

func conclude(t *testing.T, s *Store, by burnlist.Author, id int64, state burnlist.ReviewState) burnlist.Review {
	t.Helper()
	r, _, err := s.Conclude(t.Context(), by, id, concludes(by, state))
	ok(t, err)
	return r
}

func twoItems(t *testing.T, s *Store) (first, second burnlist.Item) {
	t.Helper()
	fill(t, s)
	first = newItem(t, s, burnlist.ItemFields{Service: "checkout", Owner: "ana", Due: burnlist.NewDate(2026, 12, 1)})
	second = newItem(t, s, burnlist.ItemFields{Service: "search"})
	return first, second
}

func TestReviewsAreReadAsTheyWereOpened(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, second := twoItems(t, s)
		by := burnlist.Author{Actor: "ana", At: monday.Add(456_789).In(time.FixedZone("west", -9*3600))}
		r, revision, err := s.OpenReview(t.Context(), by, "shop", opens(by, first, second))
		ok(t, err)
		want, agenda, err := opens(ana, first, second)(shop(), nil)
		ok(t, err)
		want.ID, want.Version, want.Updated = 1, 1, monday
		if diff := cmp.Diff(want, r); diff != "" || revision != 8 {
			t.Errorf("revision %d, opened (-want +got):\n%s", revision, diff)
		}
		read, err := s.Review(t.Context(), r.ID)
		ok(t, err)
		if diff := cmp.Diff(want, read); diff != "" {
			t.Errorf("read (-want +got):\n%s", diff)
		}
		got, err := s.Agenda(t.Context(), r.ID)
		ok(t, err)
		if diff := cmp.Diff(agenda, got); diff != "" {
			t.Errorf("agenda (-want +got):\n%s", diff)
		}
		changes, err := s.Changes(t.Context(), 7, 0)
		ok(t, err)
		change := burnlist.Change{
			Revision: 8, At: monday, Actor: "ana", Kind: burnlist.ReviewOpened, Review: 1,
			Subjects: []string{"review/1", "product/shop"}, After: burnlist.After{Reviews: []*burnlist.Review{&want}},
		}
		if diff := cmp.Diff([]burnlist.Change{change}, changes); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
	})
}

func TestAProductHasOneOpenReview(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, second := twoItems(t, s)
		var wg sync.WaitGroup
		var mu sync.Mutex
		codes := map[burnlist.Code]int{}
		for range 8 {
			wg.Go(func() {
				_, _, err := s.OpenReview(t.Context(), ana, "shop", opens(ana, first, second))
				mu.Lock()
				defer mu.Unlock()
				codes[burnlist.CodeOf(err)]++
			})
		}
		wg.Wait()
		if codes[""] != 1 || codes[burnlist.Conflict] != 7 {
			t.Errorf("eight openers end with %v", codes)
		}
		_, _, err := s.OpenReview(t.Context(), ana, "shop", opens(ana))
		refusedAs(t, err, burnlist.Conflict, "review 1 of shop is open")
		_, _, err = s.OpenReview(t.Context(), ana, "nothing", opens(ana))
		refusedAs(t, err, burnlist.NotFound, "nothing")
		conclude(t, s, later(9), 1, burnlist.ReviewSkipped)
		if r := openShop(t, s, later(10)); r.ID != 2 {
			t.Errorf("the next one has id %d", r.ID)
		}
		enough := errors.New("enough")
		_, _, err = s.CreateProduct(t.Context(), ana, burnlist.Product{Name: "bank", Zone: "UTC", Slot: burnlist.DefaultSlot})
		ok(t, err)
		_, _, err = s.OpenReview(t.Context(), ana, "bank", func(burnlist.Product, []burnlist.Review) (burnlist.Review, burnlist.Agenda, error) {
			return burnlist.Review{}, burnlist.Agenda{}, enough
		})
		if !errors.Is(err, enough) {
			t.Errorf("an opener's own error becomes %v", err)
		}
		_, _, err = s.UpdateProduct(t.Context(), ana, "bank", retireProduct)
		ok(t, err)
		_, _, err = s.OpenReview(t.Context(), ana, "bank", opens(ana))
		refusedAs(t, err, burnlist.Conflict, "bank is retired")
	})
}

func TestAnAgendaIsRefrozenUntilTheFirstDecision(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, second := twoItems(t, s)
		r := openShop(t, s, ana, first)
		again := func(by burnlist.Author, items ...burnlist.Item) (burnlist.Review, error) {
			r, _, err := s.Refreeze(t.Context(), by, r.ID, func(r burnlist.Review, p burnlist.Product) (burnlist.Review, burnlist.Agenda, error) {
				if p.Name != "shop" {
					t.Errorf("it is given the product %+v", p)
				}
				r.FrozenAt, r.Entries = &by.At, len(items)
				return r, frozen(items...), nil
			})
			return r, err
		}
		refrozen, err := again(later(60), second, first)
		ok(t, err)
		want := r
		want.FrozenAt, want.Entries, want.Version, want.Updated = new(later(60).At), 2, 2, later(60).At
		if diff := cmp.Diff(want, refrozen); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		agenda, err := s.Agenda(t.Context(), r.ID)
		ok(t, err)
		if diff := cmp.Diff(frozen(second, first), agenda); diff != "" {
			t.Errorf("agenda (-want +got):\n%s", diff)
		}

		_, d, err := decideIn(t, s, later(61), r.ID, first.ID, burnlist.Decision{Kind: burnlist.DecideCarry}, false)
		ok(t, err)
		_, err = again(later(62), first)
		refusedAs(t, err, burnlist.Conflict, "decided already")
		_, _, err = s.UndoDecision(t.Context(), later(63), r.ID, d.ID)
		ok(t, err)
		_, err = again(later(64), first)
		refusedAs(t, err, burnlist.Conflict, "decided already")
		conclude(t, s, later(65), r.ID, burnlist.ReviewSkipped)
		_, err = again(later(66), first)
		refusedAs(t, err, burnlist.Conflict, "is skipped")
		r.ID = 99
		_, err = again(later(67), first)
		refusedAs(t, err, burnlist.NotFound, "99")
	})
}

func TestAnItemIsAddedBehindTheOthersOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, second := twoItems(t, s)
		_, _, err := s.CreateProduct(t.Context(), ana, burnlist.Product{Name: "bank", Zone: "UTC", Slot: burnlist.DefaultSlot})
		ok(t, err)
		_, _, err = s.CreateService(t.Context(), ana, burnlist.Service{Name: "ledger", Product: "bank"})
		ok(t, err)
		foreign := newItem(t, s, burnlist.ItemFields{Service: "ledger"})
		done := newItem(t, s, burnlist.ItemFields{Service: "search"})
		_, err = decide(t, s, ana, done.ID, burnlist.Decision{Kind: burnlist.DecideDone})
		ok(t, err)
		r := openShop(t, s, ana, first)
		add := func(review, item int64) (burnlist.Review, error) {
			r, _, _, err := s.AddEntry(t.Context(), later(5), review, item, func(_ burnlist.Review, i burnlist.Item) (burnlist.AgendaEntry, error) {
				return burnlist.AgendaEntry{Item: i.ID, Service: i.Service, Jump: true, Rank: 7, Shown: json.RawMessage(`{}`)}, nil
			})
			return r, err
		}
		longer, err := add(r.ID, second.ID)
		ok(t, err)
		if longer.Entries != 2 || longer.Jump != 2 || longer.Version != 2 {
			t.Errorf("the review is %+v", longer)
		}
		agenda, err := s.Agenda(t.Context(), r.ID)
		ok(t, err)
		want := burnlist.AgendaEntry{Position: 2, Item: second.ID, Service: "search", Rank: 7, Jump: true, Added: true, Shown: json.RawMessage(`{}`)}
		if diff := cmp.Diff(want, agenda.Entries[1]); diff != "" || len(agenda.Entries) != 2 {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for name, c := range map[string]struct {
			review, item int64
			code         burnlist.Code
			word         string
		}{
			"an item that is there":       {r.ID, second.ID, burnlist.Conflict, "position 2"},
			"an item that is closed":      {r.ID, done.ID, burnlist.Conflict, "is done"},
			"an item of another product":  {r.ID, foreign.ID, burnlist.Conflict, "of product bank"},
			"an item that does not exist": {r.ID, 99, burnlist.NotFound, "no item 99"},
			"to no review":                {99, second.ID, burnlist.NotFound, "no review 99"},
		} {
			_, err := add(c.review, c.item)
			if got := burnlist.CodeOf(err); got != c.code {
				t.Errorf("%s: got %v", name, err)
				continue
			}
			refusedAs(t, err, c.code, c.word)
		}
		conclude(t, s, later(6), r.ID, burnlist.ReviewSkipped)
		late := newItem(t, s, burnlist.ItemFields{Service: "search"})
		_, err = add(r.ID, late.ID)
		refusedAs(t, err, burnlist.Conflict, "is skipped")
	})
}

func TestReviewsAreFilteredNewestFirst(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		twoItems(t, s)
		_, _, err := s.CreateProduct(t.Context(), ana, burnlist.Product{Name: "bank", Zone: "UTC", Slot: burnlist.DefaultSlot})
		ok(t, err)
		for n, product := range []string{"shop", "bank", "shop", "bank", "shop"} {
			r, _, err := s.OpenReview(t.Context(), later(10*n), product, opens(later(10*n)))
			ok(t, err)
			if n < 3 {
				conclude(t, s, later(10*n+1), r.ID, []burnlist.ReviewState{burnlist.ReviewAttended, burnlist.ReviewSkipped}[n%2])
			}
		}
		for name, c := range map[string]struct {
			filter ReviewFilter
			want   []int64
		}{
			"all":                {ReviewFilter{}, []int64{5, 4, 3, 2, 1}},
			"of a product":       {ReviewFilter{Product: "shop"}, []int64{5, 3, 1}},
			"in a state":         {ReviewFilter{State: burnlist.ReviewOpen}, []int64{5, 4}},
			"before an id":       {ReviewFilter{Before: 3}, []int64{2, 1}},
			"the newest":         {ReviewFilter{Limit: 2}, []int64{5, 4}},
			"everything at once": {ReviewFilter{Product: "shop", State: burnlist.ReviewAttended, Before: 5, Limit: 1}, []int64{3}},
			"none":               {ReviewFilter{Product: "nothing"}, nil},
		} {
			all, err := s.Reviews(t.Context(), c.filter)
			ok(t, err)
			var got []int64
			for _, r := range all {
				got = append(got, r.ID)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		_, err = s.Review(t.Context(), 99)
		refusedAs(t, err, burnlist.NotFound, "no review 99")
		_, err = s.Agenda(t.Context(), 99)
		refusedAs(t, err, burnlist.NotFound, "no review 99")
		_, err = s.Digest(t.Context(), 99)
		refusedAs(t, err, burnlist.NotFound, "no review 99")
		_, err = s.Digest(t.Context(), 5)
		refusedAs(t, err, burnlist.NotFound, "conclude it first")
		digest, err := s.Digest(t.Context(), 1)
		ok(t, err)
		if string(digest) != `{"text":"all is well"}` {
			t.Errorf("the digest is %s", digest)
		}
	})
}

func TestTheWorldHoldsTheNewestReviewsOfEachProduct(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		_, _, err := s.CreateProduct(t.Context(), ana, burnlist.Product{Name: "bank", Zone: "UTC", Slot: burnlist.DefaultSlot})
		ok(t, err)
		slot := func(product string, n int) burnlist.Review {
			date := burnlist.NewDate(2026, 1, 5) + burnlist.Date(7*n)
			return burnlist.Review{Product: product, State: burnlist.ReviewSkipped, Slot: date, Date: date, Zone: "UTC"}
		}
		for product, count := range map[string]int{"shop": burnlist.RecentReviews + 3, "bank": 2} {
			_, _, err := s.RecordSlots(t.Context(), ana, product, func(burnlist.Product, []burnlist.Review) ([]burnlist.Review, error) {
				var all []burnlist.Review
				for n := range count {
					all = append(all, slot(product, n))
				}
				return all, nil
			})
			ok(t, err)
		}
		_, err = s.Observe(t.Context(), ana, 99, map[string]burnlist.State{"checkout": burnlist.Burning})
		ok(t, err)
		w, err := s.World(t.Context())
		ok(t, err)
		if shop := w.Reviews["shop"]; len(shop) != burnlist.RecentReviews || len(w.Reviews["bank"]) != 2 || shop[0].Slot != slot("", burnlist.RecentReviews+2).Slot {
			t.Errorf("there are %d of shop, %d of bank", len(w.Reviews["shop"]), len(w.Reviews["bank"]))
		}
		changes, err := s.Changes(t.Context(), 0, 0)
		ok(t, err)
		replayed := burnlist.NewWorld()
		for _, c := range changes {
			replayed.Apply(c)
		}
		if diff := cmp.Diff(replayed, w, asMaps); diff != "" {
			t.Errorf("the log makes another world (-log +read):\n%s", diff)
		}
	})
}
