package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

// anHour is an hour of maintenance of the SLO of checkout, so many hours before
// monday.
func anHour(before int) burnlist.Exclusion {
	start := monday.Add(-time.Duration(before) * time.Hour)
	return burnlist.Exclusion{
		SLO: "checkout-availability", Start: start, End: start.Add(time.Hour), Reason: burnlist.Maintenance, Note: "new switches",
	}
}

func TestExclusionsHoldUntilTheyAreTakenBack(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		// Somebody in another zone, with a clock finer than what is stored, who
		// says what is not his to say.
		e := anHour(5)
		e.Start, e.End = e.Start.Add(456_789).In(time.FixedZone("west", -9*3600)), e.End.Add(456_789)
		e.ID, e.Author, e.CreatedAt, e.RemovedAt, e.RemovedBy = 77, "bo", later(99).At, new(monday), "bo"
		late, revision, err := s.AddExclusion(t.Context(), later(1), e)
		ok(t, err)
		wantLate := anHour(5)
		wantLate.ID, wantLate.Author, wantLate.CreatedAt = 1, "ana", later(1).At
		if diff := cmp.Diff(wantLate, late); diff != "" || revision != 6 {
			t.Errorf("revision %d (-want +got):\n%s", revision, diff)
		}
		early, _, err := s.AddExclusion(t.Context(), later(2), anHour(9))
		ok(t, err)

		holding := func() []*burnlist.Exclusion {
			w, err := s.World(t.Context())
			ok(t, err)
			if len(w.Exclusions["search-availability"]) != 0 {
				t.Errorf("another SLO has %v", w.Exclusions)
			}
			return w.Exclusions["checkout-availability"]
		}
		if diff := cmp.Diff([]*burnlist.Exclusion{&early, &late}, holding()); diff != "" {
			t.Errorf("the world (-want +got):\n%s", diff)
		}

		gone, revision, err := s.RemoveExclusion(t.Context(), burnlist.Author{Actor: "cy", At: later(3).At}, "checkout-availability", late.ID)
		ok(t, err)
		late.RemovedAt, late.RemovedBy = new(later(3).At), "cy"
		if diff := cmp.Diff(late, gone); diff != "" || revision != 8 {
			t.Errorf("revision %d, removed (-want +got):\n%s", revision, diff)
		}
		again, revision, err := s.RemoveExclusion(t.Context(), later(4), "checkout-availability", late.ID)
		ok(t, err)
		if diff := cmp.Diff(late, again); diff != "" || revision != 8 {
			t.Errorf("revision %d, removed again (-want +got):\n%s", revision, diff)
		}
		if diff := cmp.Diff([]*burnlist.Exclusion{&early}, holding()); diff != "" {
			t.Errorf("the world afterwards (-want +got):\n%s", diff)
		}
		all, err := s.Exclusions(t.Context(), "checkout-availability")
		ok(t, err)
		if diff := cmp.Diff([]burnlist.Exclusion{early, late}, all); diff != "" {
			t.Errorf("all of them (-want +got):\n%s", diff)
		}

		changes, err := s.Changes(t.Context(), 5, 0)
		ok(t, err)
		want := []burnlist.Change{
			{Revision: 6, At: later(1).At, Actor: "ana", Kind: burnlist.SLOExcluded, After: burnlist.After{Exclusions: []*burnlist.Exclusion{&wantLate}}},
			{Revision: 7, At: later(2).At, Actor: "ana", Kind: burnlist.SLOExcluded, After: burnlist.After{Exclusions: []*burnlist.Exclusion{&early}}},
			{Revision: 8, At: later(3).At, Actor: "cy", Kind: burnlist.ExclusionRemoved, After: burnlist.After{Exclusions: []*burnlist.Exclusion{&late}}},
		}
		for i := range want {
			want[i].Subjects = []string{"slo/checkout-availability", "service/checkout"}
		}
		if diff := cmp.Diff(want, changes); diff != "" {
			t.Errorf("the log (-want +got):\n%s", diff)
		}
	})
}

func TestWhatCannotBeExcludedSaysWhy(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		held, _, err := s.AddExclusion(t.Context(), ana, anHour(5))
		ok(t, err)
		add := func(change func(e *burnlist.Exclusion)) error {
			e := anHour(5)
			change(&e)
			_, _, err := s.AddExclusion(t.Context(), later(1), e)
			return err
		}
		refusedAs(t, add(func(e *burnlist.Exclusion) { e.Note = "the same" }), burnlist.Conflict, "exclusion 1")
		refusedAs(t, add(func(e *burnlist.Exclusion) { e.End = e.Start.Add(456_789) }), burnlist.Invalid, "end") // nothing is left of it
		refusedAs(t, add(func(e *burnlist.Exclusion) { e.Reason = "holiday" }), burnlist.Invalid, "reason")
		refusedAs(t, add(func(e *burnlist.Exclusion) { e.SLO = "none" }), burnlist.NotFound, `"none"`)
		// Another reason, end or SLO is another exclusion.
		ok(t, add(func(e *burnlist.Exclusion) { e.Reason = burnlist.Attack }))
		ok(t, add(func(e *burnlist.Exclusion) { e.End = e.End.Add(time.Millisecond) }))
		ok(t, add(func(e *burnlist.Exclusion) { e.SLO = "search-availability" }))

		for name, id := range map[string]int64{"search-availability": held.ID, "checkout-availability": 99, "none": held.ID} {
			_, _, err = s.RemoveExclusion(t.Context(), later(2), name, id)
			refusedAs(t, err, burnlist.NotFound, name, "look for it")
		}
		_, err = s.Exclusions(t.Context(), "none")
		refusedAs(t, err, burnlist.NotFound, `"none"`)
		_, _, err = s.RemoveExclusion(t.Context(), later(2), "checkout-availability", held.ID)
		ok(t, err)
		ok(t, add(func(*burnlist.Exclusion) {})) // it does not hold any more

		_, _, err = s.UpdateSLO(t.Context(), ana, "checkout-availability", retireSLO)
		ok(t, err)
		refusedAs(t, add(func(e *burnlist.Exclusion) { e.Reason = burnlist.LoadTest }), burnlist.Conflict, "retired")
		all, err := s.Exclusions(t.Context(), "checkout-availability")
		ok(t, err)
		if len(all) != 4 {
			t.Errorf("there are %d exclusions, want 4", len(all))
		}
	})
}
