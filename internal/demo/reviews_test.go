package demo

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/store"
)

// theReviewsWereHeld looks at what became of each slot.
func theReviewsWereHeld(t *testing.T, s *store.Store, w World, now time.Time) {
	t.Helper()
	all, err := s.Reviews(t.Context(), store.ReviewFilter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	// From the oldest slot to the latest: attended, skipped, cancelled, passed
	// without an agenda, open, or concluded in vain by a person.
	want := map[string]string{
		"shop":      "aaasaacaaaaao",
		"logistics": "paaasaaaaaaaa",
		"accounts":  "aasaasaaaaasv",
	}
	for _, p := range w.Products {
		var story strings.Builder
		dates := slotDates(p, now)
		for n := weeks; n >= 0; n-- {
			of := slices.DeleteFunc(slices.Clone(all), func(r burnlist.Review) bool { return r.Product != p.Name || r.Slot != dates[n] })
			if len(of) != 1 {
				t.Fatalf("%s has %d reviews of %s, want 1", p.Name, len(of), dates[n])
			}
			r := of[0]
			letter := r.State[:1]
			switch {
			case r.State == burnlist.ReviewSkipped && r.FrozenAt == nil:
				letter = "p"
			case r.State == burnlist.ReviewSkipped && r.ConcludedBy != "burnlist":
				letter = "v"
			}
			story.WriteString(string(letter))
			if adopted := p.Name == "logistics" && n == 4; adopted != (r.OpenedBy != "" && r.OpenedBy != "burnlist") {
				t.Errorf("the review of %s on %s was opened by %s", p.Name, r.Date, r.OpenedBy)
			}
			if r.State == burnlist.ReviewCancelled && r.Reason == "" {
				t.Errorf("the slot of %s on %s was cancelled without a reason", p.Name, r.Date)
			}
			for _, at := range []*time.Time{r.OpenedAt, r.FrozenAt, r.ConcludedAt} {
				if at != nil && at.After(now) {
					t.Errorf("the review of %s on %s has something of %s, later than now", p.Name, r.Date, at)
				}
			}
		}
		if story.String() != want[p.Name] {
			t.Errorf("the reviews of %s went %s, want %s", p.Name, story.String(), want[p.Name])
		}
	}
	if n := len(w.Products) * (weeks + 1); len(all) != n {
		t.Errorf("there are %d reviews, want %d", len(all), n)
	}
}

// theyFoundTheStory looks at what the reviews found of items and services. The
// figures of now are those that the past leads up to.
func theyFoundTheStory(t *testing.T, s *store.Store, world *burnlist.World, now time.Time) {
	t.Helper()
	stored, err := s.Items(t.Context(), store.ItemFilter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	items := map[string]burnlist.Item{}
	var part burnlist.Item
	for _, i := range stored {
		items[Item{ItemFields: i.ItemFields}.name()] = i
		if i.Origin != 0 {
			part = i
		}
	}
	today := newTimeline(now).today("search")
	for what, holds := range map[string]bool{
		"PM-31/1 rolled over until it alarms":          items["PM-31/1"].Facts.Streak >= world.Policy.RolloverAlarm,
		"PM-35/1 was pushed three times":               items["PM-35/1"].Trail.Slips == 3,
		"the promise of PM-35/1 stayed where it was":   items["PM-35/1"].Facts.Promised == items["PM-35/1"].Trail.FirstDue,
		"PM-38/1 was renegotiated after it rolled":     items["PM-38/1"].Facts.Renegotiated != nil && items["PM-38/1"].Facts.Total > 0,
		"PM-38/1 has kept its new promise so far":      items["PM-38/1"].Facts.Streak == 0 && items["PM-38/1"].Facts.Promised == items["PM-38/1"].Due,
		"PM-40/2 is snoozed for the second time":       items["PM-40/2"].Trail.Snoozes == 2 && items["PM-40/2"].SnoozedOn(today),
		"PM-31/4 came back since checkout burns":       items["PM-31/4"].Status == burnlist.Open && items["PM-31/4"].Return != nil && items["PM-31/4"].Return.Cause == burnlist.ServiceBurns,
		"PM-35/4 goes on as PM-35/1":                   items["PM-35/4"].Closing != nil && items["PM-35/4"].Closing.Of == items["PM-35/1"].ID,
		"PM-32/1 is open again and was never away":     items["PM-32/1"].Status == burnlist.Open && items["PM-32/1"].Facts.Streak >= 5,
		"a part was split off PM-33/2, with its past":  part.Origin == items["PM-33/2"].ID && part.Facts.Promised == items["PM-33/2"].Facts.Promised,
		"PM-44/4 came from an incident of another one": items["PM-44/4"].Source != nil && items["PM-44/4"].Source.Product == "shop",
	} {
		if !holds {
			t.Errorf("it does not hold that %s", what)
		}
	}

	open := world.Reviews["shop"][0]
	decisions, err := s.ReviewDecisions(t.Context(), open.ID)
	if err != nil {
		t.Fatal(err)
	}
	agenda, err := s.Agenda(t.Context(), open.ID)
	if err != nil {
		t.Fatal(err)
	}
	shared := slices.ContainsFunc(agenda.Entries, func(e burnlist.AgendaEntry) bool { return e.ReadOnly && e.Item == items["PM-44/4"].ID })
	if open.State != burnlist.ReviewOpen || len(decisions) != 3 || !shared {
		t.Errorf("the latest review of the shop is %s with %d decisions, and has PM-44/4 on its agenda: %t", open.State, len(decisions), shared)
	}

	w := world.Clone()
	w.Budgets = newPast(newTimeline(now)).budgets(w, now)
	everyWarning(t, prioritizer.Rank(w, now))
}

// thePastLeadsUpTo holds the figures that the reviews of the past were given
// against those that are measured, where both are of now.
func thePastLeadsUpTo(t *testing.T, q *prioritizer.Queue, now time.Time) {
	t.Helper()
	told := newPast(newTimeline(now)).budgets(q.World, now).Figures
	got, want := map[string]burnlist.Verdict{}, map[string]burnlist.Verdict{}
	for name, measured := range q.World.Budgets.Figures {
		got[name], want[name] = q.World.Policy.Judge(*told[name], now), q.World.Policy.Judge(*measured, now)
		if a, b := told[name].Consumed.Or(-1), measured.Consumed.Or(-1); math.Abs(a-b) > 0.02+0.12*math.Abs(b) {
			t.Errorf("%s is told to have consumed %.3f, measured are %.3f", name, a, b)
		}
		if len(told[name].BurnDown) != len(measured.BurnDown) {
			t.Errorf("%s is told with a burn-down of %d parts, measured with %d", name, len(told[name].BurnDown), len(measured.BurnDown))
			continue
		}
		for n, b := range measured.BurnDown {
			// Where the series begin within the window, less is measured than is told.
			if a := told[name].BurnDown[n]; math.Abs(a-b) > 0.02+0.12*b && told[name].Coverage < measured.Coverage+0.1 {
				t.Errorf("after part %d of the window, %s is told to have consumed %.3f, measured are %.3f", n+1, name, a, b)
			}
		}
	}
	if diff := cmp.Diff(want, got, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".StaleFor" }, cmp.Ignore())); diff != "" {
		t.Errorf("the past leads up to other states than those that are measured (-measured +told):\n%s", diff)
	}
}
