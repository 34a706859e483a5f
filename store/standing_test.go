package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

func TestSnoozesAndReturnsAreKept(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, second := twoItems(t, s)
		snoozed, err := decide(t, s, later(1), first.ID, burnlist.Decision{Kind: burnlist.DecideSnooze, Until: burnlist.NewDate(2026, 11, 30), Reason: "a freeze"})
		ok(t, err)
		want := &burnlist.Snooze{Until: burnlist.NewDate(2026, 11, 30), Reason: "a freeze", At: later(1).At, Actor: "ana"}
		if diff := cmp.Diff(want, itemOf(t, s, first.ID).Snooze); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if snoozed.Trail.Snoozes != 1 {
			t.Errorf("the trail is %+v", snoozed.Trail)
		}
		_, err = decide(t, s, later(2), second.ID, burnlist.Decision{Kind: burnlist.DecideDeprioritise, Reason: "enough"})
		ok(t, err)
		_, err = s.Observe(t.Context(), later(3), 99, map[string]burnlist.State{"checkout": burnlist.Healthy})
		ok(t, err)
		before, err := s.Revision(t.Context())
		ok(t, err)

		by := burnlist.System(later(int(burnlist.Day / time.Second)).At)
		var standings []string
		back := func(i burnlist.Item, p burnlist.Product, s *burnlist.Standing) (burnlist.Item, bool) {
			if p.Name != "shop" {
				t.Errorf("it is given the product %+v", p)
			}
			if s != nil {
				standings = append(standings, s.Service)
			}
			if i.Snooze == nil && i.Closing == nil {
				return i, false
			}
			return i.Returned(burnlist.SnoozeOver, by), true
		}
		revision, err := s.ReturnItems(t.Context(), by, []int64{second.ID, first.ID, 99, first.ID}, back)
		ok(t, err)
		if diff := cmp.Diff([]string{"checkout"}, standings); diff != "" || revision != before+1 {
			t.Errorf("revision %d after %d, standings (-want +got):\n%s", revision, before, diff)
		}
		for _, id := range []int64{first.ID, second.ID} {
			i := itemOf(t, s, id)
			if i.Status != burnlist.Open || i.Snooze != nil || i.Version != 3 {
				t.Errorf("it came back as %+v", i)
			}
			if diff := cmp.Diff(&burnlist.Return{At: by.At, Cause: burnlist.SnoozeOver, From: later(int(id)).At}, i.Return); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
		changes, err := s.Changes(t.Context(), before, 0)
		ok(t, err)
		if len(changes) != 1 || changes[0].Kind != burnlist.ItemsReturned || len(changes[0].After.Items) != 2 {
			t.Errorf("the changes are %+v", changes)
		}
		again, err := s.ReturnItems(t.Context(), by, []int64{first.ID, second.ID}, back)
		if err != nil || again != revision {
			t.Errorf("again it is revision %d, %v", again, err)
		}
	})
}

func TestItemsOfRetiredServicesStayAway(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, _ := twoItems(t, s)
		_, err := decide(t, s, later(1), first.ID, burnlist.Decision{Kind: burnlist.DecideDeprioritise, Reason: "enough"})
		ok(t, err)
		_, _, err = s.UpdateSLO(t.Context(), ana, "checkout-availability", retireSLO)
		ok(t, err)
		_, before, err := s.UpdateService(t.Context(), ana, "checkout", retireService)
		ok(t, err)
		after, err := s.ReturnItems(t.Context(), later(2), []int64{first.ID}, func(i burnlist.Item, _ burnlist.Product, _ *burnlist.Standing) (burnlist.Item, bool) {
			return i.Returned(burnlist.RevisitCame, later(2)), true
		})
		if err != nil || after != before {
			t.Errorf("revision %d after %d, %v", after, before, err)
		}
	})
}

func TestAStandingIsOfTheNewestObserver(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		observe := func(seconds int, seen int64, found map[string]burnlist.State, want int64) {
			t.Helper()
			revision, err := s.Observe(t.Context(), later(seconds), seen, found)
			ok(t, err)
			if revision != want {
				t.Errorf("after %d s the revision is %d, want %d", seconds, revision, want)
			}
		}
		observe(1, 5, map[string]burnlist.State{"checkout": burnlist.Healthy, "search": burnlist.Burning, "nothing": burnlist.Burning}, 6)
		observe(2, 6, map[string]burnlist.State{"checkout": burnlist.Healthy}, 6)
		observe(3, 6, map[string]burnlist.State{"checkout": burnlist.Burning}, 7)
		observe(4, 6, map[string]burnlist.State{"checkout": burnlist.Healthy, "search": burnlist.Burning}, 7) // behind
		observe(5, 6, map[string]burnlist.State{"checkout": burnlist.Healthy, "search": burnlist.Exhausted}, 8)
		w, err := s.World(t.Context())
		ok(t, err)
		want := map[string]*burnlist.Standing{
			"checkout": {Service: "checkout", State: burnlist.Burning, Since: later(3).At, Jump: new(later(3).At)},
			"search":   {Service: "search", State: burnlist.Exhausted, Since: later(5).At},
		}
		if diff := cmp.Diff(want, w.Standings); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		changes, err := s.Changes(t.Context(), 5, 0)
		ok(t, err)
		if diff := cmp.Diff([]string{"service/checkout", "service/search"}, changes[0].Subjects); diff != "" || changes[0].Kind != burnlist.StatesChanged {
			t.Errorf("subjects of %s (-want +got):\n%s", changes[0].Kind, diff)
		}
		if diff := cmp.Diff([]*burnlist.Standing{want["search"]}, changes[2].After.Standings); diff != "" {
			t.Errorf("the log (-want +got):\n%s", diff)
		}
	})
}
