package demo

import (
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/store"
)

// instants are moments at which a demo may be started.
var instants = map[string]time.Time{
	"a Saturday at noon":                       time.Date(2026, 11, 21, 12, 3, 20, 0, time.UTC),
	"deep in the night of all products":        time.Date(2026, 2, 6, 2, 30, 0, 0, time.UTC),
	"in the gap of Berlin's clocks":            time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC),
	"in the fold of New York's clocks":         time.Date(2026, 11, 1, 6, 30, 0, 0, time.UTC),
	"minutes before the year ends":             time.Date(2026, 12, 31, 23, 50, 0, 0, time.UTC),
	"on a leap day in the evening, to the day": time.Date(2028, 2, 29, 20, 0, 0, 0, time.UTC),
	"on a Monday, at the slot of accounts":     time.Date(2026, 6, 15, 8, 30, 0, 0, time.UTC),
	"a minute after the slot of the shop":      time.Date(2026, 1, 6, 9, 1, 0, 0, time.UTC),
	"just before the slot of logistics":        time.Date(2026, 4, 15, 13, 29, 59, 999e6, time.UTC),
}

func openStore(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "demo.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestTheWorldCanBeWrittenAtAnyMoment(t *testing.T) {
	for name, now := range instants {
		if testing.Short() && !strings.Contains(name, "fold") {
			continue // the others are written without the race detector
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, w := openStore(t), Build(now)
			if err := Fill(t.Context(), s, w, now); err != nil {
				t.Fatal(err)
			}
			stored, err := s.Items(t.Context(), store.ItemFilter{Limit: 1000})
			if err != nil {
				t.Fatal(err)
			}
			byTitle := map[string]burnlist.Item{}
			for _, i := range stored {
				byTitle[i.Title] = i
			}
			for _, want := range w.Items {
				got, ok := byTitle[want.Title]
				if !ok {
					t.Errorf("%q is not stored", want.Title)
					continue
				}
				if w.decided(want) {
					continue
				}
				if diff := cmp.Diff(want.ItemFields, got.ItemFields); diff != "" {
					t.Errorf("%q is stored with other fields (-want +got):\n%s", want.Title, diff)
				}
				if !want.Touched.IsZero() && !got.Trail.TouchedAt.Equal(want.Touched) {
					t.Errorf("%q was touched at %s, want %s", want.Title, got.Trail.TouchedAt, want.Touched)
				}
				slips := len(want.Pushes) + 1
				if want.FirstDue != 0 && (got.Trail.FirstDue != want.FirstDue || got.Trail.Slips != slips) {
					t.Errorf("%q was first due %s with %d slips, want %s with %d", want.Title, got.Trail.FirstDue, got.Trail.Slips, want.FirstDue, slips)
				}
				if (want.Decision == nil) != (got.Status == burnlist.Open) {
					t.Errorf("%q is %s after the decision %v", want.Title, got.Status, want.Decision)
				}
			}
			parts := 0
			for _, c := range w.choices() {
				parts += len(c.Decision.Parts)
			}
			if len(stored) != len(w.Items)+parts {
				t.Errorf("%d items are stored, want %d and the %d that were split off", len(stored), len(w.Items), parts)
			}
			const most = 2000
			changes, err := s.Changes(t.Context(), 0, most)
			if err != nil {
				t.Fatal(err)
			}
			if len(changes) == most {
				t.Fatal("there are more changes than this test looks at")
			}
			if !slices.IsSortedFunc(changes, func(a, b burnlist.Change) int { return a.At.Compare(b.At) }) {
				t.Error("the change log does not go forward in time")
			}
			if last := changes[len(changes)-1]; last.At.After(now) {
				t.Errorf("the last change is of %s, later than now", last.At)
			}
			world, err := s.World(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if at := world.Budgets.RefreshedAt; at.After(now) || now.Sub(at) > 25*time.Hour {
				t.Errorf("budgets were last measured at %s", at)
			}
			exclusionsWereMade(t, s, w)
			theReviewsWereHeld(t, s, w, now)
			theyFoundTheStory(t, s, world, now)
		})
	}
}

// choices are those of all meetings.
func (w World) choices() []Choice {
	var all []Choice
	for _, m := range w.Meetings {
		all = append(all, m.Choices...)
	}
	return all
}

// decided reports whether a meeting made more of an item than to carry it on.
func (w World) decided(i Item) bool {
	return slices.ContainsFunc(w.choices(), func(c Choice) bool {
		return c.Item == i.name() && c.Decision.Kind != burnlist.DecideCarry
	})
}

func TestTheSameMomentGivesTheSameWorld(t *testing.T) {
	now := instants["a Saturday at noon"]
	a, b := Build(now), Build(now)
	for i := range a.Series {
		if diff := cmp.Diff(a.Series[i].Labels, b.Series[i].Labels); diff != "" {
			t.Fatalf("series %d has other labels:\n%s", i, diff)
		}
		to := now.UnixMilli()
		from := to - burnlist.Day.Milliseconds()
		if diff := cmp.Diff(a.Series[i].Samples(from, to), b.Series[i].Samples(from, to)); diff != "" {
			t.Errorf("series %v has other samples:\n%s", a.Series[i].Labels, diff)
		}
	}
	a.Series, b.Series = nil, nil
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
}

func TestTheCompanyIsOfTheSizeOfAStory(t *testing.T) {
	w := Build(instants["a Saturday at noon"])
	closed := map[string]bool{} // as the last choice leaves it; the latest meetings stand last
	for _, m := range slices.SortedStableFunc(slices.Values(w.Meetings), func(a, b Meeting) int { return b.Weeks - a.Weeks }) {
		for _, c := range m.Choices {
			switch c.Decision.Kind { //nolint:exhaustive // the others leave it as it is
			case burnlist.DecideDone, burnlist.DecideDeprioritise, burnlist.DecideDuplicate:
				closed[c.Item] = true
			case burnlist.DecideReopen:
				closed[c.Item] = false
			}
		}
	}
	closed["PM-31/4"] = false // it comes back by itself
	open, keys := 0, map[burnlist.NullString]bool{}
	for _, i := range w.Items {
		if i.Decision == nil && !closed[i.name()] {
			open++
		}
		if i.Key != "" && keys[i.Key] {
			t.Errorf("the key %s is used twice", i.Key)
		}
		keys[i.Key] = true
		if i.FirstDue != 0 && i.Touched.IsZero() {
			t.Errorf("%q has a due date that was moved by nobody", i.Title)
		}
		if i.Source != nil && !strings.HasPrefix(string(i.Source.URL), "https://postmortems.example.org/PM-") {
			t.Errorf("%q comes from %q", i.Title, i.Source.URL)
		}
	}
	for what, n := range map[string][3]int{ // least, most, got
		"products":   {3, 3, len(w.Products)},
		"services":   {12, 15, len(w.Services)},
		"SLOs":       {19, 22, len(w.SLOs)},
		"open items": {45, 60, open},
		"items":      {55, 75, len(w.Items)},
		"series":     {60, 80, len(w.Series)},
	} {
		if n[2] < n[0] || n[2] > n[1] {
			t.Errorf("%d %s, want %d to %d", n[2], what, n[0], n[1])
		}
	}
}
