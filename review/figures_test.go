package review_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/review"
)

var berlin = burnlist.Product{Name: "shop", Zone: "Europe/Berlin", Slot: burnlist.DefaultSlot}

// doneAt returns an item that was promised for a date and done at an instant.
func doneAt(at time.Time, promised burnlist.Date) burnlist.Item {
	return burnlist.Item{
		Status: burnlist.Done, Closing: &burnlist.Closing{At: at}, Facts: burnlist.Facts{Promised: promised},
		ItemFields: burnlist.ItemFields{OpenedOn: november(2)},
	}
}

func TestAWeekCountsWhatWasClosedInItByTheProductsCalendar(t *testing.T) {
	// Monday the 23rd begins in Berlin at 23:00 of Sunday by UTC.
	midnight := time.Date(2026, time.November, 22, 23, 0, 0, 0, time.UTC)
	putAway := doneAt(midnight, 0)
	putAway.Status = burnlist.Deprioritised
	merged := doneAt(midnight, november(1))
	merged.Status = burnlist.Duplicate
	items := []burnlist.Item{
		doneAt(midnight.Add(-time.Millisecond), november(22)), // on Sunday, on its day
		doneAt(midnight, november(22)),                        // a day late
		doneAt(midnight, november(26)),                        // three days early
		doneAt(midnight, november(18)),                        // five days late
		doneAt(midnight, 0),                                   // never promised
		doneAt(concludedAt.Add(time.Hour), november(1)),       // not yet, as of then
		putAway, merged,
	}
	f := review.Measure(berlin, nil, items, concludedAt)
	if len(f.Weeks) != 13 || f.Weeks[0].Begin != november(23)-12*7 {
		t.Fatalf("the weeks begin on %s, and are %d", f.Weeks[0].Begin, len(f.Weeks))
	}
	want := []review.Week{
		{Begin: november(16), Closed: 1, Promised: 1, OnTime: 1, DaysFromPromise: burnlist.Known(0)},
		{Begin: november(23), Closed: 4, Promised: 3, OnTime: 1, DaysFromPromise: burnlist.Known(1), Deprioritised: 1},
	}
	if diff := cmp.Diff(want, f.Weeks[11:]); diff != "" {
		t.Errorf("the last two weeks (-want +got):\n%s", diff)
	}
}

// held returns a review that was concluded.
func held(id int64, date burnlist.Date, state burnlist.ReviewState, t burnlist.Tally) burnlist.Review {
	return burnlist.Review{ID: id, Product: "shop", State: state, Date: date, Tally: &t}
}

func TestAWeekTellsOfItsReview(t *testing.T) {
	attended := held(12, november(23), burnlist.ReviewAttended, burnlist.Tally{Closed: 4, Aligned: 3, LastJump: 5, Rollovers: 2, Open: 8, Commitments: 5})
	tests := map[string]struct {
		reviews []burnlist.Review
		want    review.Week
	}{
		"none": {nil, review.Week{}},
		"an attended one": {[]burnlist.Review{attended}, review.Week{
			Review:    &review.WeekReview{ID: 12, State: burnlist.ReviewAttended, Alignment: burnlist.Known(0.75), Aligned: 3, Closed: 4},
			Rollovers: 2, RolloverRate: burnlist.Known(0.25), Wishes: new(3), Commitments: new(5),
		}},
		"a skipped one, which counts what is open and no rates": {
			[]burnlist.Review{held(12, november(24), burnlist.ReviewSkipped, burnlist.Tally{Closed: 4, Aligned: 3, LastJump: 5, Open: 8, Commitments: 6})},
			review.Week{Review: &review.WeekReview{ID: 12, State: burnlist.ReviewSkipped}, Wishes: new(2), Commitments: new(6)},
		},
		"an attended one before a skipped one": {
			[]burnlist.Review{attended, held(13, november(29), burnlist.ReviewSkipped, burnlist.Tally{Open: 9, Commitments: 5})},
			review.Week{
				Review:    &review.WeekReview{ID: 12, State: burnlist.ReviewAttended, Alignment: burnlist.Known(0.75), Aligned: 3, Closed: 4},
				Rollovers: 2, RolloverRate: burnlist.Known(0.25), Wishes: new(4), Commitments: new(5),
			},
		},
		"two attended ones": {
			[]burnlist.Review{held(13, november(28), burnlist.ReviewAttended, burnlist.Tally{Rollovers: 2, Open: 8, Commitments: 8}), attended},
			review.Week{
				Review:    &review.WeekReview{ID: 13, State: burnlist.ReviewAttended},
				Rollovers: 4, RolloverRate: burnlist.Known(0.25), Wishes: new(0), Commitments: new(8),
			},
		},
		"a slot that passed": {
			[]burnlist.Review{{ID: 12, State: burnlist.ReviewSkipped, Date: november(23)}},
			review.Week{Review: &review.WeekReview{ID: 12, State: burnlist.ReviewSkipped}},
		},
		"an open one": {
			[]burnlist.Review{{ID: 12, State: burnlist.ReviewOpen, Date: november(23)}},
			review.Week{Review: &review.WeekReview{ID: 12, State: burnlist.ReviewOpen}},
		},
		"one of another week": {[]burnlist.Review{held(11, november(22), burnlist.ReviewAttended, burnlist.Tally{Open: 1})}, review.Week{}},
		"one of long ago":     {[]burnlist.Review{held(1, november(23)-13*7, burnlist.ReviewAttended, burnlist.Tally{Open: 1})}, review.Week{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.want.Begin = november(23)
			for _, reviews := range [][]burnlist.Review{test.reviews, reversed(test.reviews)} {
				got := review.Measure(berlin, reviews, nil, concludedAt)
				if diff := cmp.Diff(test.want, got.Weeks[12]); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

func reversed(all []burnlist.Review) []burnlist.Review {
	all = slices.Clone(all)
	slices.Reverse(all)
	return all
}

func TestCohortsAreOfTheMonthOfOpening(t *testing.T) {
	opened := func(d burnlist.Date, s burnlist.Status) burnlist.Item {
		return burnlist.Item{Status: s, ItemFields: burnlist.ItemFields{OpenedOn: d}}
	}
	items := []burnlist.Item{
		opened(burnlist.NewDate(2025, 10, 31), burnlist.Done), // before the first month
		opened(burnlist.NewDate(2025, 11, 1), burnlist.Duplicate),
		opened(burnlist.NewDate(2026, 10, 31), burnlist.Done),
		opened(november(1), burnlist.Done),
		opened(november(23), burnlist.Open),
		opened(november(23), burnlist.Deprioritised),
		opened(november(23), burnlist.Deprioritised),
		opened(november(30), burnlist.Duplicate),
	}
	got := review.Measure(berlin, nil, items, concludedAt).Cohorts
	if len(got) != 13 {
		t.Fatalf("got %d cohorts", len(got))
	}
	want := []review.Cohort{
		{Begin: burnlist.NewDate(2025, 11, 1), Opened: 1, Duplicate: 1},
		{Begin: burnlist.NewDate(2026, 10, 1), Opened: 1, Done: 1, Completion: burnlist.Known(1)},
		{Begin: november(1), Opened: 5, Done: 1, Open: 1, Deprioritised: 2, Duplicate: 1, Completion: burnlist.Known(0.25)},
	}
	if diff := cmp.Diff(want, []review.Cohort{got[0], got[11], got[12]}); diff != "" {
		t.Errorf("the first and the last two (-want +got):\n%s", diff)
	}
}

func TestWhatIsOpenIsCountedByAge(t *testing.T) {
	var items []burnlist.Item
	for age := range 10 { // 0 to 9 days
		i := burnlist.Item{Status: burnlist.Open, ItemFields: burnlist.ItemFields{OpenedOn: november(23 - age), Owner: "ana@example.org"}}
		if age >= 4 {
			i.Due = november(22 + age%2) // yesterday or today
		}
		items = append(items, i)
	}
	items = append(items, doneAt(lastWeek, 0))
	want := review.OpenItems{
		Count: 10, Wishes: 4, Commitments: 6, Overdue: 3,
		MedianAge: burnlist.Known(4.5), P90Age: burnlist.Known(8), Oldest: burnlist.Known(9),
	}
	if diff := cmp.Diff(want, review.Measure(berlin, nil, items, concludedAt).Open); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(review.OpenItems{}, review.Measure(berlin, nil, nil, concludedAt).Open); diff != "" {
		t.Errorf("of nothing (-want +got):\n%s", diff)
	}
}

func drawItem(t *rapid.T) burnlist.Item {
	i := burnlist.Item{
		Status:     rapid.SampledFrom([]burnlist.Status{burnlist.Open, burnlist.Done, burnlist.Deprioritised, burnlist.Duplicate}).Draw(t, "status"),
		ItemFields: burnlist.ItemFields{OpenedOn: november(23) - burnlist.Date(rapid.IntRange(0, 500).Draw(t, "age"))},
		Facts:      burnlist.Facts{Promised: november(rapid.IntRange(-60, 30).Draw(t, "promised"))},
	}
	if i.Status != burnlist.Open {
		i.Closing = &burnlist.Closing{At: concludedAt.Add(-time.Duration(rapid.IntRange(0, 150*24).Draw(t, "hours")) * time.Hour)}
	}
	return i
}

func drawReview(state burnlist.ReviewState) func(*rapid.T) burnlist.Review {
	return func(t *rapid.T) burnlist.Review {
		tally := burnlist.Tally{
			Closed: rapid.IntRange(0, 9).Draw(t, "closed"), LastJump: rapid.IntRange(0, 3).Draw(t, "jump"),
			Open: rapid.IntRange(0, 50).Draw(t, "open"),
		}
		tally.Aligned = rapid.IntRange(0, tally.Closed).Draw(t, "aligned")
		tally.Commitments = rapid.IntRange(0, tally.Open).Draw(t, "commitments")
		if state == burnlist.ReviewAttended {
			tally.Rollovers = rapid.IntRange(0, tally.Open).Draw(t, "rollovers")
		}
		r := held(rapid.Int64Range(1, 1000).Draw(t, "id"), november(23)-burnlist.Date(rapid.IntRange(-6, 100).Draw(t, "before")), state, tally)
		if state == burnlist.ReviewSkipped && rapid.Bool().Draw(t, "passed") {
			r.Tally = nil
		}
		return r
	}
}

func TestCohortsSumToWhatWasOpened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOf(rapid.Custom(drawItem)).Draw(t, "items")
		f := review.Measure(berlin, nil, items, concludedAt)
		want, closed, got := map[burnlist.Status]int{}, 0, map[burnlist.Status]int{}
		for _, i := range items {
			if i.OpenedOn >= f.Cohorts[0].Begin {
				want[i.Status]++
			}
			if i.Status == burnlist.Done && burnlist.DateIn(i.Closing.At, berlin.Location()) >= f.Weeks[0].Begin {
				closed++
			}
		}
		for _, c := range f.Cohorts {
			if c.Opened != c.Done+c.Deprioritised+c.Duplicate+c.Open {
				t.Errorf("the parts of %+v do not sum", c)
			}
			for status, n := range map[burnlist.Status]int{burnlist.Done: c.Done, burnlist.Deprioritised: c.Deprioritised, burnlist.Duplicate: c.Duplicate, burnlist.Open: c.Open} {
				if n > 0 {
					got[status] += n
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("all cohorts together (-want +got):\n%s", diff)
		}
		for _, w := range f.Weeks {
			closed -= w.Closed
			if w.OnTime > w.Promised || w.Promised > w.Closed {
				t.Errorf("%+v counts more than there is", w)
			}
		}
		if closed != 0 {
			t.Errorf("the weeks miss %d closed items", closed)
		}
	})
}

// rates are the figures that a review may change only by being attended.
func rates(f review.Figures) []burnlist.Value {
	var all []burnlist.Value
	for _, w := range f.Weeks {
		var alignment burnlist.Value
		if w.Review != nil {
			alignment = w.Review.Alignment
		}
		all = append(all, alignment, w.RolloverRate, w.DaysFromPromise, burnlist.Known(float64(w.Rollovers)), burnlist.Known(float64(w.OnTime)))
	}
	for _, c := range f.Cohorts {
		all = append(all, c.Completion)
	}
	return all
}

func TestASkippedReviewChangesNoRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOf(rapid.Custom(drawItem)).Draw(t, "items")
		reviews := rapid.SliceOf(rapid.Custom(drawReview(burnlist.ReviewAttended))).Draw(t, "reviews")
		more := append(slices.Clone(reviews), rapid.Custom(drawReview(burnlist.ReviewSkipped)).Draw(t, "skipped"))
		before, after := review.Measure(berlin, reviews, items, concludedAt), review.Measure(berlin, more, items, concludedAt)
		if diff := cmp.Diff(rates(before), rates(after)); diff != "" {
			t.Errorf("(-without +with):\n%s", diff)
		}
		for _, w := range after.Weeks {
			if w.RolloverRate.Above(1) || w.Review != nil && w.Review.Alignment.Above(1) {
				t.Errorf("%+v has a share above the whole", w)
			}
		}
	})
}

func TestDeprioritisingNeverRaisesCompletion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(rapid.Custom(drawItem), 1, 30).Draw(t, "items")
		before := review.Measure(berlin, nil, items, concludedAt)
		one := rapid.IntRange(0, len(items)-1).Draw(t, "item")
		if items[one].Status == burnlist.Duplicate { // which nobody can deprioritise without reopening it
			items[one].Status = burnlist.Open
			before = review.Measure(berlin, nil, items, concludedAt)
		}
		items[one].Status, items[one].Closing = burnlist.Deprioritised, &burnlist.Closing{At: concludedAt}
		after := review.Measure(berlin, nil, items, concludedAt)
		for n := range before.Cohorts {
			if was, is := before.Cohorts[n].Completion, after.Cohorts[n].Completion; is.Or(0) > was.Or(0) {
				t.Errorf("%s: completion rose from %s to %s", before.Cohorts[n].Begin, was, is)
			}
		}
	})
}
