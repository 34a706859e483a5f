package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

func TestSlotsAreRecordedOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, _ := twoItems(t, s)
		opened := openShop(t, s, ana, first)
		passed := burnlist.Review{
			Product: "shop", State: burnlist.ReviewSkipped, Slot: burnlist.NewDate(2026, 11, 16), Date: burnlist.NewDate(2026, 11, 16), Zone: "Europe/Berlin",
			Reason: "burnlist was not running when the slot came",
		}
		record := func(seconds int, do func(known []burnlist.Review) []burnlist.Review) ([]burnlist.Review, int64, error) {
			return s.RecordSlots(t.Context(), later(seconds), "shop", func(p burnlist.Product, known []burnlist.Review) ([]burnlist.Review, error) {
				if p.Name != "shop" {
					t.Errorf("it is given the product %+v", p)
				}
				return do(known), nil
			})
		}
		adopt := func(known []burnlist.Review) []burnlist.Review {
			adopted := known[len(known)-1]
			adopted.Slot = burnlist.NewDate(2026, 11, 23)
			return []burnlist.Review{passed, adopted}
		}
		got, revision, err := record(1, adopt)
		ok(t, err)
		want := []burnlist.Review{passed, opened}
		want[0].ID, want[0].Version, want[0].Updated = 2, 1, later(1).At
		want[1].Slot, want[1].Version, want[1].Updated = burnlist.NewDate(2026, 11, 23), 2, later(1).At
		if diff := cmp.Diff(want, got); diff != "" || revision != 9 {
			t.Errorf("revision %d (-want +got):\n%s", revision, diff)
		}
		changes, err := s.Changes(t.Context(), 8, 0)
		ok(t, err)
		change := burnlist.Change{
			Revision: 9, At: later(1).At, Actor: "ana", Kind: burnlist.SlotsRecorded,
			Subjects: []string{"product/shop", "review/2", "review/1"}, After: burnlist.After{Reviews: []*burnlist.Review{&want[0], &want[1]}},
		}
		if diff := cmp.Diff([]burnlist.Change{change}, changes); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}

		// The same again is refused, since the slot has its review, or nothing.
		_, _, err = record(2, adopt)
		refusedAs(t, err, burnlist.Conflict, "2026-11-16", "review 2")
		got, revision, err = record(3, func(known []burnlist.Review) []burnlist.Review { return known })
		if err != nil || len(got) != 0 || revision != 9 {
			t.Errorf("what is known is recorded as %v at %d, %v", got, revision, err)
		}
		_, _, err = s.RecordSlots(t.Context(), ana, "nothing", nil)
		refusedAs(t, err, burnlist.NotFound, "nothing")
	})
}

func TestAReviewThatDecidedIsNotCancelled(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, _ := twoItems(t, s)
		r := openShop(t, s, ana, first)
		_, d, err := decideIn(t, s, later(1), r.ID, first.ID, burnlist.Decision{Kind: burnlist.DecideCarry}, false)
		ok(t, err)
		cancel := func() ([]burnlist.Review, int64, error) {
			return s.RecordSlots(t.Context(), later(5), "shop", func(_ burnlist.Product, known []burnlist.Review) ([]burnlist.Review, error) {
				cancelled := known[0]
				cancelled.State, cancelled.Reason = burnlist.ReviewCancelled, "a holiday"
				return []burnlist.Review{cancelled}, nil
			})
		}
		_, _, err = cancel()
		refusedAs(t, err, burnlist.Conflict, "decided already")
		_, _, err = s.UndoDecision(t.Context(), later(2), r.ID, d.ID)
		ok(t, err)
		got, _, err := cancel()
		ok(t, err)
		if got[0].State != burnlist.ReviewCancelled || got[0].Version != 2 {
			t.Errorf("it is %+v", got[0])
		}
		_, _, err = s.Conclude(t.Context(), later(6), r.ID, concludes(ana, burnlist.ReviewSkipped))
		refusedAs(t, err, burnlist.Conflict, "was cancelled")
		_, _, err = decideIn(t, s, later(7), r.ID, first.ID, burnlist.Decision{Kind: burnlist.DecideCarry}, false)
		refusedAs(t, err, burnlist.Conflict, "is cancelled")

		// One that is over stays what it was.
		over := openShop(t, s, later(8), first)
		conclude(t, s, later(9), over.ID, burnlist.ReviewSkipped)
		_, _, err = cancel()
		refusedAs(t, err, burnlist.Conflict, "is skipped")
	})
}
