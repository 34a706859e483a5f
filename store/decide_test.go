package store

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

func itemOf(t *testing.T, s *Store, id int64) burnlist.Item {
	t.Helper()
	i, err := s.Item(t.Context(), id)
	ok(t, err)
	return i
}

func TestADecisionIsGivenItsWholeCase(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, second := twoItems(t, s)
		_, _, err := s.UpdatePolicy(t.Context(), ana, func(p burnlist.Policy) (burnlist.Policy, error) { p.DeprioritisedDays = 7; return p, nil })
		ok(t, err)
		// Reviews: one attended before the item was closed, then attended,
		// skipped, attended, and one that is open.
		concluded := func(seconds int, state burnlist.ReviewState) burnlist.Review {
			r := openShop(t, s, later(seconds), first, second)
			return conclude(t, s, later(seconds+1), r.ID, state)
		}
		concluded(10, burnlist.ReviewAttended)
		_, err = decide(t, s, later(20), first.ID, burnlist.Decision{Kind: burnlist.DecideDone})
		ok(t, err)
		one := concluded(30, burnlist.ReviewAttended)
		concluded(40, burnlist.ReviewSkipped)
		two := concluded(50, burnlist.ReviewAttended)
		r := openShop(t, s, later(60), second, first)
		_, carried, err := decideIn(t, s, later(61), r.ID, second.ID, burnlist.Decision{Kind: burnlist.DecideCarry}, false)
		ok(t, err)

		look := func(review, item int64, d burnlist.Decision) burnlist.Case {
			t.Helper()
			var got burnlist.Case
			_, _, _, err := s.DecideItem(t.Context(), ana, review, item, d, func(c burnlist.Case) (burnlist.Decided, error) {
				got = c
				return burnlist.Decided{Item: c.Item}, nil
			})
			ok(t, err)
			return got
		}
		p, err := s.Product(t.Context(), "shop")
		ok(t, err)
		rules, err := s.Policy(t.Context())
		ok(t, err)
		first, second = itemOf(t, s, first.ID), itemOf(t, s, second.ID)
		agenda := frozen(second, first).Entries
		for name, c := range map[string]struct {
			review, item int64
			d            burnlist.Decision
			want         burnlist.Case
		}{
			"alone": {0, second.ID, burnlist.Decision{Kind: burnlist.DecideCarry}, burnlist.Case{Item: second}},
			"of something closed": {0, first.ID, burnlist.Decision{Kind: burnlist.DecideReopen, Reason: "it came back"}, burnlist.Case{
				Item: first, Frozen: first.Due, Slept: []burnlist.Review{one, two},
			}},
			"of a duplicate":            {0, second.ID, burnlist.Decision{Kind: burnlist.DecideDuplicate, Of: first.ID}, burnlist.Case{Item: second, Survivor: &first}},
			"of a duplicate of nothing": {0, second.ID, burnlist.Decision{Kind: burnlist.DecideDuplicate, Of: 99}, burnlist.Case{Item: second}},
			"within a review": {r.ID, second.ID, burnlist.Decision{Kind: burnlist.DecideCarry}, burnlist.Case{
				Item: second, Review: &r, Entry: &agenda[0], Last: carried,
			}},
			"within one that did not decide of it": {r.ID, first.ID, burnlist.Decision{Kind: burnlist.DecideCarry}, burnlist.Case{
				Item: first, Frozen: first.Due, Review: &r, Entry: &agenda[1],
			}},
		} {
			c.want.Product, c.want.Policy = p, rules
			if diff := cmp.Diff(c.want, look(c.review, c.item, c.d)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		for name, c := range map[string]struct{ review, item int64 }{"no such item": {0, 99}, "no such review": {99, first.ID}} {
			_, _, err := decideIn(t, s, ana, c.review, c.item, burnlist.Decision{Kind: burnlist.DecideCarry}, false)
			if burnlist.CodeOf(err) != burnlist.NotFound {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
}

func TestADecisionIsRecordedWithItsReview(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, second := twoItems(t, s)
		r := openShop(t, s, ana, first, second)
		d := burnlist.Decision{Kind: burnlist.DecideDuplicate, Of: first.ID}
		made, recorded, err := decideIn(t, s, later(5), r.ID, second.ID, d, false)
		ok(t, err)
		if made.Item.Status != burnlist.Duplicate || made.Survivor != nil {
			t.Errorf("it makes %+v", made)
		}
		want := burnlist.ReviewDecision{
			ID: 1, Review: r.ID, Item: second.ID, Decision: d, Actor: "ana", At: later(5).At,
			Before: []burnlist.Item{second}, After: map[int64]int64{second.ID: 2},
		}
		if diff := cmp.Diff(&want, recorded); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		all, err := s.ReviewDecisions(t.Context(), r.ID)
		ok(t, err)
		if diff := cmp.Diff([]burnlist.ReviewDecision{want}, all); diff != "" {
			t.Errorf("read (-want +got):\n%s", diff)
		}
		changes, err := s.Changes(t.Context(), 8, 0)
		ok(t, err)
		change := burnlist.Change{
			Revision: 9, At: later(5).At, Actor: "ana", Kind: burnlist.ItemDecided, Decision: &d, Review: r.ID,
			Subjects: []string{"item/2", "service/search", "review/1", "product/shop"},
			After:    burnlist.After{Items: []*burnlist.Item{&made.Item}, Decisions: []*burnlist.ReviewDecision{new(want)}},
		}
		change.After.Decisions[0].Before, change.After.Decisions[0].After = nil, nil // the row has them
		if diff := cmp.Diff([]burnlist.Change{change}, changes); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}

		// The client did not hear the answer, and asks again.
		_, again, err := decideIn(t, s, later(6), r.ID, second.ID, d, false)
		ok(t, err)
		if diff := cmp.Diff(&want, again); diff != "" {
			t.Errorf("again (-want +got):\n%s", diff)
		}
		revision, err := s.Revision(t.Context())
		ok(t, err)
		if revision != 9 {
			t.Errorf("the log is at %d, want 9", revision)
		}
	})
}

func TestADuplicateAndItsSurvivorAreOneChange(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, second := twoItems(t, s)
		_, err := decide(t, s, later(1), second.ID, burnlist.Decision{Kind: burnlist.DecideCommit, Owner: "bo", Due: burnlist.NewDate(2026, 11, 30)})
		ok(t, err)
		made, _, err := decideIn(t, s, later(2), 0, second.ID, burnlist.Decision{Kind: burnlist.DecideDuplicate, Of: first.ID}, false)
		ok(t, err)
		if made.Survivor == nil || made.Survivor.Facts.Promised != burnlist.NewDate(2026, 11, 30) || made.Survivor.Version != 2 {
			t.Fatalf("it makes %+v", made)
		}
		changes, err := s.Changes(t.Context(), 8, 0)
		ok(t, err)
		if diff := cmp.Diff([]*burnlist.Item{&made.Item, made.Survivor}, changes[0].After.Items); diff != "" || len(changes) != 1 {
			t.Errorf("%d changes (-want +got):\n%s", len(changes), diff)
		}
		if diff := cmp.Diff(*made.Survivor, itemOf(t, s, first.ID)); diff != "" {
			t.Errorf("the survivor (-want +got):\n%s", diff)
		}
	})
}

func TestPartsAreNewItems(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		item := newItem(t, s, burnlist.ItemFields{Service: "checkout", SLO: "checkout-availability", Key: "K", Owner: "ana"})
		_, _, err := s.UpdateSLO(t.Context(), ana, "checkout-availability", retireSLO) // which the parts keep all the same
		ok(t, err)
		made, _, err := decideIn(t, s, later(1), 0, item.ID, burnlist.Decision{
			Kind: burnlist.DecideSplit, Parts: []burnlist.Part{{Title: "one"}, {Title: "two", Owner: "bo"}},
		}, false)
		ok(t, err)
		for n, part := range made.Parts {
			if part.ID != item.ID+int64(n)+1 || part.Version != 1 || part.Origin != item.ID || part.Key != "" || part.SLO != item.SLO {
				t.Errorf("part %d is %+v", n, part)
			}
			if diff := cmp.Diff(part, itemOf(t, s, part.ID)); diff != "" {
				t.Errorf("part %d (-made +read):\n%s", n, diff)
			}
		}
		changes, err := s.ItemChanges(t.Context(), made.Parts[1].ID)
		ok(t, err)
		if len(changes) != 1 || len(changes[0].After.Items) != 1 || changes[0].After.Items[0].Title != "two" {
			t.Errorf("the changes of a part are %+v", changes)
		}
	})
}

func TestManyDecidersLoseNothing(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		const items, deciders = 40, 200
		var all []burnlist.Item
		for range items {
			all = append(all, newItem(t, s, burnlist.ItemFields{Service: "checkout"}))
		}
		r := openShop(t, s, ana, all...)
		start, err := s.Revision(t.Context())
		ok(t, err)
		var wg sync.WaitGroup
		for n := range deciders {
			wg.Go(func() {
				by := burnlist.Author{Actor: fmt.Sprintf("decider %d", n), At: later(n + 1).At}
				item := all[n%items].ID
				d := burnlist.Decision{Kind: burnlist.DecideReassign, Owner: burnlist.NullString(by.Actor)}
				_, first, err := decideIn(t, s, by, r.ID, item, d, false)
				for burnlist.CodeOf(err) == burnlist.Conflict { // somebody was faster: look again, and insist
					_, first, err = decideIn(t, s, by, r.ID, item, d, true)
				}
				if err != nil {
					t.Error(err)
					return
				}
				switch _, again, err := decideIn(t, s, by, r.ID, item, d, false); {
				case err == nil && again.ID != first.ID:
					t.Errorf("decision %d, sent again, is answered with %d", first.ID, again.ID)
				case err != nil && burnlist.CodeOf(err) != burnlist.Conflict:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		decided, err := s.ReviewDecisions(t.Context(), r.ID)
		ok(t, err)
		if len(decided) != deciders {
			t.Fatalf("%d decisions are recorded, want %d", len(decided), deciders)
		}
		actors, versions := map[string]bool{}, map[int64]int64{}
		for n, d := range decided {
			actors[d.Actor] = true
			if d.ID != int64(n)+1 {
				t.Errorf("decision %d has id %d", n+1, d.ID)
			}
			if before := max(1, versions[d.Item]); d.Before[0].Version != before || d.After[d.Item] != before+1 {
				t.Errorf("decision %d takes item %d from version %d to %d, but it was at %d", d.ID, d.Item, d.Before[0].Version, d.After[d.Item], before)
			}
			versions[d.Item] = d.After[d.Item]
		}
		if len(actors) != deciders {
			t.Errorf("%d of them were heard, want %d", len(actors), deciders)
		}
		for id, version := range versions {
			if i := itemOf(t, s, id); i.Version != version || version != 1+deciders/items {
				t.Errorf("item %d is at version %d, its decisions at %d", id, i.Version, version)
			}
		}
		if end, err := s.Revision(t.Context()); err != nil || end != start+deciders {
			t.Errorf("the log went from %d to %d, %v", start, end, err)
		}
	})
}
