package prioritizer_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// byPerson makes a review one that a person concluded without a decision.
func byPerson(r *burnlist.Review) { r.ConcludedBy = "ana@example.org" }

// passed makes a review one whose slot passed while burnlist was down.
func passed(r *burnlist.Review) {
	r.FrozenAt, r.Tally, r.ConcludedAt, r.ConcludedBy, r.Entries = nil, nil, nil, "", 0
	r.Reason = "burnlist was not running when the slot came"
}

// empty makes a review one with nothing on its agenda.
func empty(r *burnlist.Review) { r.Entries, r.Tally.Open = 0, 0 }

// beside makes a review one that people opened beside the slots.
func beside(r *burnlist.Review) { r.Slot = 0 }

// closing makes a review one that found as many items closed.
func closing(n int) func(*burnlist.Review) {
	return func(r *burnlist.Review) { r.Tally.Closed = n }
}

func TestReviewWarnings(t *testing.T) {
	const (
		attended  = burnlist.ReviewAttended
		skipped   = burnlist.ReviewSkipped
		cancelled = burnlist.ReviewCancelled
	)
	skip := func(level, day, more string) string {
		return level + " review_skipped 2026-" + day + ": the review of shop on 2026-" + day + " was skipped: nobody decided anything" + more
	}
	const too = "; the one before was skipped too"
	off := func(slots, day, since string) []string {
		return []string{"warn review_skipped 2026-" + day + ": the last " + slots + " slots of shop were cancelled: nobody has met since 2026-" + since}
	}
	type review struct {
		day    int // of November; 0 and below are of October
		state  burnlist.ReviewState
		change func(*burnlist.Review)
	}
	tests := map[string]struct {
		reviews []review // oldest first
		want    []string
	}{
		"no review yet":         {nil, []string{}},
		"attended":              {[]review{{16, attended, nil}}, []string{}},
		"one skipped":           {[]review{{9, attended, nil}, {16, skipped, nil}}, []string{skip("warn", "11-16", "")}},
		"the first one skipped": {[]review{{16, skipped, nil}}, []string{skip("warn", "11-16", "")}},
		"two skipped in a row": {[]review{{2, attended, nil}, {9, skipped, nil}, {16, skipped, nil}}, []string{
			skip("alarm", "11-16", too), skip("warn", "11-09", ""),
		}},
		"a cancelled one between two skipped ones does not count": {[]review{{2, skipped, nil}, {9, cancelled, nil}, {16, skipped, nil}}, []string{
			skip("alarm", "11-16", too), skip("warn", "11-02", ""),
		}},
		"an attended one between two skipped ones": {[]review{{2, skipped, nil}, {9, attended, nil}, {16, skipped, nil}}, []string{
			skip("warn", "11-16", ""),
		}},
		"skipped ones before an attended one are forgiven": {[]review{{2, skipped, nil}, {9, skipped, nil}, {16, attended, nil}}, []string{}},
		"the last four of five skipped ones": {[]review{{-12, skipped, nil}, {-5, skipped, nil}, {2, skipped, nil}, {9, skipped, nil}, {16, skipped, nil}}, []string{
			skip("alarm", "11-16", too), skip("alarm", "11-09", too), skip("alarm", "11-02", too), skip("alarm", "10-26", too),
		}},
		"a slot that passed": {[]review{{16, skipped, passed}}, []string{
			"warn review_skipped 2026-11-16: the slot of shop on 2026-11-16 passed without a review",
		}},
		"a slot that passed before, recorded later": {[]review{{16, attended, nil}, {9, skipped, passed}}, []string{}},
		"today's review is there":                   {[]review{{23, skipped, nil}}, []string{skip("warn", "11-23", "")}},
		"tomorrow's review is not there yet":        {[]review{{24, skipped, nil}}, []string{}},
		"an open one is not concluded":              {[]review{{16, burnlist.ReviewOpen, func(r *burnlist.Review) { r.Tally, r.ConcludedAt = nil, nil }}}, []string{}},

		"a skipped one with nothing on the agenda": {[]review{{9, attended, nil}, {16, skipped, empty}}, []string{}},
		"an empty one that a person concluded": {[]review{{16, skipped, func(r *burnlist.Review) {
			empty(r)
			byPerson(r)
		}}}, []string{}},
		"an empty one before a skipped one": {[]review{{9, skipped, empty}, {16, skipped, nil}}, []string{skip("warn", "11-16", "")}},
		"an empty one between two skipped ones": {[]review{{2, skipped, nil}, {9, skipped, empty}, {16, skipped, nil}}, []string{
			skip("alarm", "11-16", too), skip("warn", "11-02", ""),
		}},

		"two cancelled in a row":                {[]review{{2, attended, nil}, {9, cancelled, nil}, {16, cancelled, nil}}, []string{}},
		"three cancelled in a row":              {[]review{{-5, attended, nil}, {2, cancelled, nil}, {9, cancelled, nil}, {16, cancelled, nil}}, off("3", "11-16", "10-26")},
		"four, the last one today's":            {[]review{{-5, attended, nil}, {2, cancelled, nil}, {9, cancelled, nil}, {16, cancelled, nil}, {23, cancelled, nil}}, off("4", "11-23", "10-26")},
		"a slot to come does not count":         {[]review{{2, attended, nil}, {9, cancelled, nil}, {16, cancelled, nil}, {30, cancelled, nil}}, []string{}},
		"nor one that people opened beside":     {[]review{{2, attended, nil}, {9, cancelled, nil}, {16, cancelled, nil}, {18, cancelled, beside}}, []string{}},
		"which does not end the row either":     {[]review{{-5, attended, nil}, {2, cancelled, nil}, {9, cancelled, nil}, {11, cancelled, beside}, {16, cancelled, nil}}, off("3", "11-16", "10-26")},
		"an attended one between the cancelled": {[]review{{-5, cancelled, nil}, {2, cancelled, nil}, {9, attended, nil}, {16, cancelled, nil}}, []string{}},
		"an attended one after the cancelled":   {[]review{{-5, cancelled, nil}, {2, cancelled, nil}, {9, cancelled, nil}, {16, attended, nil}}, []string{}},
		"a skipped one between the cancelled": {[]review{{-5, cancelled, nil}, {2, cancelled, nil}, {9, skipped, nil}, {16, cancelled, nil}}, []string{
			skip("warn", "11-09", ""),
		}},
		"three cancelled after a skipped one, where nobody met": {
			[]review{{-12, attended, nil}, {-5, skipped, nil}, {2, cancelled, nil}, {9, cancelled, nil}, {16, cancelled, nil}},
			append(off("3", "11-16", "10-19"), skip("warn", "10-26", "")),
		},
		"three cancelled after people decided nothing": {
			[]review{{-5, skipped, byPerson}, {2, cancelled, nil}, {9, cancelled, nil}, {16, cancelled, nil}},
			append(off("3", "11-16", "10-26"), "warn no_decisions 2026-10-26: the review of shop on 2026-10-26 was concluded without a decision"),
		},
		"three cancelled and no meeting known": {[]review{{2, cancelled, nil}, {9, cancelled, nil}, {16, cancelled, nil}}, off("3", "11-16", "11-02")},

		"everything carried on": {[]review{{16, attended, func(r *burnlist.Review) { r.Tally.Changed = 0 }}}, []string{
			"warn no_decisions 2026-11-16: the review of shop on 2026-11-16 changed nothing: all that was decided was to carry on as before",
		}},
		"one thing changed": {[]review{{16, attended, func(r *burnlist.Review) { r.Tally.Changed = 1 }}}, []string{}},
		"concluded by a person without a decision": {[]review{{16, skipped, byPerson}}, []string{
			"warn no_decisions 2026-11-16: the review of shop on 2026-11-16 was concluded without a decision",
		}},
		"a skipped one after people decided nothing": {[]review{{9, skipped, byPerson}, {16, skipped, nil}}, []string{
			skip("alarm", "11-16", too),
			"warn no_decisions 2026-11-09: the review of shop on 2026-11-09 was concluded without a decision",
		}},
		"no decisions in the last of four reviews": {[]review{{-5, skipped, byPerson}, {2, attended, nil}, {9, attended, nil}, {16, attended, nil}}, []string{
			"warn no_decisions 2026-10-26: the review of shop on 2026-10-26 was concluded without a decision",
		}},
		"no decisions five reviews ago": {[]review{{-12, skipped, byPerson}, {-5, attended, nil}, {2, attended, nil}, {9, attended, nil}, {16, attended, nil}}, []string{}},

		"one review found nothing closed": {[]review{{16, attended, closing(0)}}, []string{}},
		"two reviews found nothing closed": {[]review{{2, attended, closing(1)}, {9, attended, closing(0)}, {16, attended, closing(0)}}, []string{
			"warn nothing_closed 2026-11-09: shop closed nothing before any of its last 2 attended reviews",
		}},
		"skipped ones between them count neither way": {[]review{{2, attended, closing(0)}, {9, skipped, nil}, {16, attended, closing(0)}}, []string{
			"warn nothing_closed 2026-11-02: shop closed nothing before any of its last 2 attended reviews",
		}},
		"two found nothing, and then one did": {[]review{{2, attended, closing(0)}, {9, attended, closing(0)}, {16, attended, closing(1)}}, []string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := shop()
			for _, r := range test.reviews {
				day := date(time.November, r.day)
				addReview(w, r.day, r.state, func(made *burnlist.Review) {
					made.Slot, made.Date = day, day
					if r.change != nil {
						r.change(made)
					}
				})
			}
			got := prioritizer.Rank(w, now).ProductWarnings()
			if diff := cmp.Diff(test.want, said(got)); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAReviewsWarningSaysWhomItConcernsAndWhy(t *testing.T) {
	w := shop()
	addReview(w, 2, burnlist.ReviewAttended, func(r *burnlist.Review) { r.Tally.Changed, r.Tally.Closed = 0, 0 })
	addReview(w, 9, burnlist.ReviewSkipped, byPerson)
	addReview(w, 16, burnlist.ReviewSkipped, passed)
	w.Policy.NothingClosed = 1
	var got []prioritizer.Warning
	for _, warning := range prioritizer.Rank(w, now).Warnings() {
		warning.Text = ""
		got = append(got, warning)
	}
	want := []prioritizer.Warning{
		{
			Code: prioritizer.ReviewSkipped, Level: "alarm", Since: date(11, 16), Subject: "review/102", Product: "shop", Review: 102,
			Evidence: "burnlist was not running when the slot came",
		},
		{
			Code: prioritizer.NoDecisions, Level: "warn", Since: date(11, 9), Subject: "review/101", Product: "shop", Review: 101,
			Evidence: "concluded by a person, 12 items on the agenda, nothing decided",
		},
		{
			Code: prioritizer.NoDecisions, Level: "warn", Since: date(11, 2), Subject: "review/100", Product: "shop", Review: 100,
			Evidence: "6 items carried on, nothing else decided",
		},
		{
			Code: prioritizer.NothingClosed, Level: "warn", Since: date(11, 2), Subject: "product/shop", Product: "shop",
			Evidence: "review/100 on 2026-11-02: none closed, 12 open",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestCancelledSlotsSayWhy(t *testing.T) {
	w := shop()
	for n, reason := range []burnlist.NullString{"all hands", "", burnlist.NullString(strings.Repeat("x", 500))} {
		addReview(w, 2+7*n, burnlist.ReviewCancelled, func(r *burnlist.Review) { r.Reason, r.Tally, r.FrozenAt = reason, nil, nil })
	}
	want := []prioritizer.Warning{{
		Code: prioritizer.ReviewSkipped, Level: "warn", Since: date(11, 16), Subject: "review/102", Product: "shop", Review: 102,
		Text:     "the last 3 slots of shop were cancelled: nobody has met since 2026-11-02",
		Evidence: "2026-11-02: all hands; 2026-11-09: no reason; 2026-11-16: " + strings.Repeat("x", 159) + "…",
	}}
	if diff := cmp.Diff(want, prioritizer.Rank(w, now).ProductWarnings()); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestAnEmptyReviewEndsAnOverload(t *testing.T) {
	w := shop()
	addService(w, "checkout", "shop", "payments")
	addSLO(w, "checkout", "checkout-availability", spent(0.1, 0.2, 0.5))
	addItem(w, 1, "checkout", nil)
	addItem(w, 2, "checkout", nil)
	w.Policy.MeetingItems, w.Policy.OverloadMeetings = 1, 1
	addReview(w, 5, burnlist.ReviewAttended, nil)
	addReview(w, 9, burnlist.ReviewSkipped, empty)
	addReview(w, 16, burnlist.ReviewAttended, nil)
	w.Reviews["shop"][0].Tally.Decided, w.Reviews["shop"][2].Tally.Decided = 1, 1 // [1] is the empty one
	want := []string{"warn queue_overload 2026-11-16: shop has 2 open items: more than 1 meeting can handle, which is 1"}
	if diff := cmp.Diff(want, said(prioritizer.Rank(w, now).ProductWarnings())); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestQueueOverload(t *testing.T) {
	decided := func(n, open int) burnlist.Review {
		return burnlist.Review{State: burnlist.ReviewAttended, Tally: &burnlist.Tally{Decided: n, Changed: 1, Closed: 1, Open: open}}
	}
	weekly := func(reviews ...burnlist.Review) []burnlist.Review { // newest first
		for n := range reviews {
			reviews[n].ID, reviews[n].Date = int64(100-n), date(time.November, 16-7*n)
		}
		return reviews
	}
	eight := []burnlist.Review{}
	for range 8 {
		eight = append(eight, decided(2, 5))
	}
	tests := map[string]struct {
		reviews  []burnlist.Review
		open     int
		want     []string
		evidence string
	}{
		"four meetings' worth of items": {nil, 40, []string{}, ""},
		"one more": {
			nil, 41,
			[]string{"warn queue_overload : shop has 41 open items: more than 4 meetings can handle, which is 40"},
			"41 open; a meeting is taken to handle 10 items, until two attended reviews show how many it does",
		},
		"one attended review shows nothing yet": {weekly(decided(1, 5)), 40, []string{}, ""},
		"two attended ones do": {
			weekly(decided(1, 12), decided(4, 9)), 11,
			[]string{"warn queue_overload 2026-11-16: shop has 11 open items: more than 4 meetings can handle, which is 10"},
			"11 open; the last 2 attended reviews decided of 2.5 on average",
		},
		"as many as they handle": {weekly(decided(1, 12), decided(4, 9)), 10, []string{}, ""},
		"since the first of the reviews in a row with too many": {
			weekly(decided(1, 9), decided(1, 9), decided(1, 3), decided(1, 9)), 9,
			[]string{"warn queue_overload 2026-11-09: shop has 9 open items: more than 4 meetings can handle, which is 4"},
			"9 open; the last 4 attended reviews decided of 1 on average",
		},
		"the ninth attended review back does not count": {weekly(append(eight, decided(100, 5))...), 8, []string{}, ""},
		"nor does it help": {
			weekly(append(eight, decided(100, 5))...), 9,
			[]string{"warn queue_overload : shop has 9 open items: more than 4 meetings can handle, which is 8"},
			"9 open; the last 8 attended reviews decided of 2 on average",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := prioritizer.ReviewWarnings(*shop().Products["shop"], test.reviews, test.open, burnlist.DefaultPolicy(), now)
			if diff := cmp.Diff(test.want, said(got)); diff != "" {
				t.Fatalf("warnings (-want +got):\n%s", diff)
			}
			if len(got) == 1 && (got[0].Evidence != test.evidence || got[0].Subject != "product/shop") {
				t.Errorf("of %s, evidence\n got  %s\nwant %s", got[0].Subject, got[0].Evidence, test.evidence)
			}
		})
	}
}

func TestSnoozedItemsCountAgainstTheQueue(t *testing.T) {
	w := shop()
	addService(w, "checkout", "shop", "payments")
	addSLO(w, "checkout", "checkout-availability", spent(0.1, 0.2, 0.5))
	addItem(w, 1, "checkout", func(i *burnlist.Item) { i.Snooze = &burnlist.Snooze{Until: date(11, 30), At: now} })
	addItem(w, 2, "checkout", nil)
	addItem(w, 3, "checkout", func(i *burnlist.Item) { i.Status = burnlist.Deprioritised })
	w.Policy.MeetingItems, w.Policy.OverloadMeetings = 1, 1
	want := []string{"warn queue_overload : shop has 2 open items: more than 1 meeting can handle, which is 1"}
	if diff := cmp.Diff(want, said(prioritizer.Rank(w, now).ProductWarnings())); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}
