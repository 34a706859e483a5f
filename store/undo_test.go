package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

// likeBefore fails the test unless an item is again as it was, but for its
// version.
func likeBefore(t *testing.T, s *Store, before burnlist.Item) {
	t.Helper()
	now := itemOf(t, s, before.ID)
	if now.Version <= before.Version {
		t.Errorf("item %d is at version %d, and was at %d", now.ID, now.Version, before.Version)
	}
	now.Version, now.UpdatedAt = before.Version, before.UpdatedAt
	if diff := cmp.Diff(before, now); diff != "" {
		t.Errorf("item %d (-before +now):\n%s", now.ID, diff)
	}
}

func TestDecisionsAreUndoneBackwards(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, second := twoItems(t, s)
		r := openShop(t, s, ana, first, second)
		steps := []burnlist.Item{first}
		for n, d := range []burnlist.Decision{
			{Kind: burnlist.DecideReassign, Owner: "bo"},
			{Kind: burnlist.DecideCommit, Due: burnlist.NewDate(2026, 12, 9), Reason: "the library is late"},
			{Kind: burnlist.DecideDone, Evidence: "https://example.org/1"},
		} {
			_, _, err := decideIn(t, s, later(n+1), r.ID, first.ID, d, true)
			ok(t, err)
			steps = append(steps, itemOf(t, s, first.ID))
		}
		_, _, err := s.UndoDecision(t.Context(), later(9), r.ID, 1)
		refusedAs(t, err, burnlist.Conflict, "was changed since")
		for n := 3; n >= 1; n-- {
			by := later(10 + n)
			d, revision, err := s.UndoDecision(t.Context(), by, r.ID, int64(n))
			ok(t, err)
			if d.ID != int64(n) || d.UndoneAt == nil || !d.UndoneAt.Equal(by.At) || d.UndoneBy != "ana" {
				t.Errorf("decision %d is %+v", n, d)
			}
			likeBefore(t, s, steps[n-1])
			changes, err := s.Changes(t.Context(), revision-1, 0)
			ok(t, err)
			c := changes[0]
			if c.Kind != burnlist.DecisionUndone || c.Review != r.ID || c.Decision == nil || c.Decision.Kind != d.Decision.Kind {
				t.Errorf("the change is %+v", c)
			}
			if diff := cmp.Diff([]*burnlist.Item{new(itemOf(t, s, first.ID))}, c.After.Items); diff != "" {
				t.Errorf("the change (-want +got):\n%s", diff)
			}
			_, _, err = s.UndoDecision(t.Context(), by, r.ID, int64(n))
			refusedAs(t, err, burnlist.Conflict, "undone already")
		}
		all, err := s.ReviewDecisions(t.Context(), r.ID)
		ok(t, err)
		if len(all) != 3 || all[0].Stands() || all[1].Stands() || all[2].Stands() {
			t.Errorf("the decisions are %+v", all)
		}
		// Who decides now need not have seen what was undone.
		_, d, err := decideIn(t, s, later(20), r.ID, first.ID, burnlist.Decision{Kind: burnlist.DecideCarry}, false)
		ok(t, err)
		if d.ID != 4 {
			t.Errorf("the next decision has id %d", d.ID)
		}
	})
}

func TestWhatWasChangedSinceIsNotUndone(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, second := twoItems(t, s)
		r := openShop(t, s, ana, first, second)
		undo := func(id int64) error {
			_, _, err := s.UndoDecision(t.Context(), later(50), r.ID, id)
			return err
		}
		reassign := func(seconds int, owner burnlist.NullString) {
			_, _, err := decideIn(t, s, later(seconds), r.ID, first.ID, burnlist.Decision{Kind: burnlist.DecideReassign, Owner: owner}, true)
			ok(t, err)
		}
		reassign(1, "bo")
		_, _, err := s.UpdateItem(t.Context(), later(2), first.ID, edit(later(2), func(f *burnlist.ItemFields) { f.Title = "another" }))
		ok(t, err)
		reassign(3, "cy")
		ok(t, undo(2))
		refusedAs(t, undo(1), burnlist.Conflict, "was changed since")
		if i := itemOf(t, s, first.ID); i.Title != "another" || i.Owner != "bo" {
			t.Errorf("the item is %+v", i)
		}
		refusedAs(t, undo(9), burnlist.NotFound, "no decision 9")
		_, _, err = s.UndoDecision(t.Context(), later(50), 99, 1)
		refusedAs(t, err, burnlist.NotFound, "no review 99")
		conclude(t, s, later(60), r.ID, burnlist.ReviewAttended)
		refusedAs(t, undo(1), burnlist.Conflict, "is attended")
	})
}

func TestASplitIsUndone(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, _ := twoItems(t, s)
		r := openShop(t, s, ana, first)
		made, d, err := decideIn(t, s, later(1), r.ID, first.ID, burnlist.Decision{
			Kind: burnlist.DecideSplit, Parts: []burnlist.Part{{Title: "one"}, {Title: "two"}},
		}, false)
		ok(t, err)
		if len(d.Before) != 1 || len(d.After) != 3 {
			t.Errorf("it records %+v", d)
		}
		// Something is decided of a part, and taken back first.
		_, _, _, err = s.AddEntry(t.Context(), later(2), r.ID, made.Parts[0].ID, func(burnlist.Review, burnlist.Item) (burnlist.AgendaEntry, error) {
			return burnlist.AgendaEntry{Shown: []byte(`{}`)}, nil
		})
		ok(t, err)
		_, of, err := decideIn(t, s, later(3), r.ID, made.Parts[0].ID, burnlist.Decision{Kind: burnlist.DecideReassign, Owner: "bo"}, false)
		ok(t, err)
		_, _, err = s.UndoDecision(t.Context(), later(4), r.ID, of.ID)
		ok(t, err)
		_, _, err = s.UndoDecision(t.Context(), later(5), r.ID, d.ID)
		ok(t, err)
		likeBefore(t, s, first)
		for _, part := range made.Parts {
			if i := itemOf(t, s, part.ID); i.Status != burnlist.Duplicate || i.Closing.Of != first.ID {
				t.Errorf("the part is %+v", i)
			}
		}
	})
}

func TestADuplicateIsUndoneWithItsSurvivor(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, second := twoItems(t, s)
		r := openShop(t, s, ana, first, second)
		_, _, err := decideIn(t, s, later(1), r.ID, first.ID, burnlist.Decision{Kind: burnlist.DecideReassign, Owner: "bo"}, false)
		ok(t, err)
		_, _, err = decideIn(t, s, later(2), r.ID, second.ID, burnlist.Decision{Kind: burnlist.DecideCommit, Owner: "cy", Due: burnlist.NewDate(2026, 11, 30)}, false)
		ok(t, err)
		survivor, duplicate := itemOf(t, s, first.ID), itemOf(t, s, second.ID)
		made, d, err := decideIn(t, s, later(3), r.ID, second.ID, burnlist.Decision{Kind: burnlist.DecideDuplicate, Of: first.ID}, true)
		ok(t, err)
		if made.Survivor == nil || len(d.Before) != 2 {
			t.Fatalf("it makes %+v", made)
		}
		for _, id := range []int64{3, 2, 1} {
			_, _, err := s.UndoDecision(t.Context(), later(10), r.ID, id)
			ok(t, err)
			if id == 3 {
				likeBefore(t, s, survivor)
				likeBefore(t, s, duplicate)
			}
		}
		likeBefore(t, s, first)
		likeBefore(t, s, second)
	})
}

func TestWhatIsUndoneMayNotBeOpenInARetiredService(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, _ := twoItems(t, s)
		r := openShop(t, s, ana, first)
		_, d, err := decideIn(t, s, later(1), r.ID, first.ID, burnlist.Decision{Kind: burnlist.DecideDone}, false)
		ok(t, err)
		_, _, err = s.UpdateSLO(t.Context(), ana, "checkout-availability", retireSLO)
		ok(t, err)
		_, _, err = s.UpdateService(t.Context(), ana, "checkout", retireService)
		ok(t, err)
		_, _, err = s.UndoDecision(t.Context(), later(2), r.ID, d.ID)
		refusedAs(t, err, burnlist.Conflict, "checkout is retired")
		if all, err := s.ReviewDecisions(t.Context(), r.ID); err != nil || !all[0].Stands() {
			t.Errorf("the decisions are %+v, %v", all, err)
		}
	})
}
