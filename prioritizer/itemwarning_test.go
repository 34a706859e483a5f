package prioritizer_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// at returns an instant of November, in UTC.
func at(day, hour, minute int) time.Time {
	return time.Date(2026, time.November, day, hour, minute, 0, 0, time.UTC)
}

// rolled returns facts with a streak of as many weekly rollovers, the last one
// on the 16th, of a promise for the 30th of September.
func rolled(streak, before int) burnlist.Facts {
	f := burnlist.Facts{Promised: date(time.September, 30), Streak: streak, Total: streak + before, LastReviewed: new(now)}
	for n := range f.Total {
		f.Rolled = append(f.Rolled, burnlist.Rollover{
			Review: int64(10 + n), Date: date(time.November, 16) - burnlist.Date(7*(f.Total-1-n)), Promised: f.Promised,
		})
	}
	return f
}

func TestWarningsOfAnItemsPast(t *testing.T) {
	none := []string{}
	tests := map[string]struct {
		change   func(*burnlist.Item)
		want     []string
		evidence string // of the only warning
	}{
		"rolled over once": {
			func(i *burnlist.Item) { i.Facts = rolled(1, 0) },
			[]string{"warn rolled_over 2026-11-16: rolled over once: it was promised for 2026-09-30; still open in the review of 2026-11-16"},
			"review/10 on 2026-11-16, promised for 2026-09-30",
		},
		"rolled over twice": {
			func(i *burnlist.Item) { i.Facts = rolled(2, 0) },
			[]string{"warn rolled_over 2026-11-09: rolled over 2 times: it was promised for 2026-09-30; still open in the reviews of 2026-11-09 and 2026-11-16"},
			"review/10 on 2026-11-09, promised for 2026-09-30; review/11 on 2026-11-16, promised for 2026-09-30",
		},
		"the third rollover in a row is an alarm": {
			func(i *burnlist.Item) { i.Facts = rolled(3, 0) },
			[]string{"alarm rolled_over 2026-11-02: rolled over 3 times: it was promised for 2026-09-30; still open in 3 reviews from 2026-11-02 to 2026-11-16"},
			"review/10 on 2026-11-02, promised for 2026-09-30; review/11 on 2026-11-09, promised for 2026-09-30; review/12 on 2026-11-16, promised for 2026-09-30",
		},
		"rollovers before a renegotiation count in all and not in the streak": {
			func(i *burnlist.Item) { i.Facts = rolled(1, 4) },
			[]string{"warn rolled_over 2026-11-16: rolled over once (5 times in all): it was promised for 2026-09-30; still open in the review of 2026-11-16"},
			"review/14 on 2026-11-16, promised for 2026-09-30",
		},
		"many rollovers are proven by the last ones": {
			func(i *burnlist.Item) { i.Facts = rolled(10, 0) },
			[]string{"alarm rolled_over 2026-09-14: rolled over 10 times: it was promised for 2026-09-30; still open in 10 reviews from 2026-09-14 to 2026-11-16"},
			"2 earlier reviews; review/12 on 2026-09-28, promised for 2026-09-30; review/13 on 2026-10-05, promised for 2026-09-30; " +
				"review/14 on 2026-10-12, promised for 2026-09-30; review/15 on 2026-10-19, promised for 2026-09-30; review/16 on 2026-10-26, promised for 2026-09-30; " +
				"review/17 on 2026-11-02, promised for 2026-09-30; review/18 on 2026-11-09, promised for 2026-09-30; review/19 on 2026-11-16, promised for 2026-09-30",
		},
		"rollovers of which no review is recorded": {
			func(i *burnlist.Item) { i.Facts = burnlist.Facts{Streak: 2, Total: 2, LastReviewed: new(now)} },
			[]string{"warn rolled_over : rolled over 2 times"},
			"rolled over 2 times",
		},
		"all rollovers were before a renegotiation": {
			func(i *burnlist.Item) { i.Facts = rolled(0, 3) }, none, "",
		},

		"the due date never moved later": {
			func(i *burnlist.Item) { i.Trail.LastDue = i.Due }, none, "",
		},
		"the due date moved later once": {
			func(i *burnlist.Item) {
				i.Trail.Slips, i.Trail.FirstDue, i.Trail.LastDue, i.Trail.SlippedAt = 1, date(11, 20), date(11, 27), at(18, 23, 30)
			},
			[]string{"warn due_date_slipped 2026-11-19: due date moved to a later day once: 7 days after the first one"},
			"first due 2026-11-20, last due 2026-11-27, last moved to a later day 2026-11-19",
		},
		"the due date moved later twice, and back between": {
			func(i *burnlist.Item) {
				i.Trail.Slips, i.Trail.FirstDue, i.Trail.LastDue, i.Trail.SlippedAt = 2, date(11, 27), date(11, 27), at(18, 12, 0)
			},
			[]string{"warn due_date_slipped 2026-11-18: due date moved to a later day 2 times, though not beyond the first one"},
			"first due 2026-11-27, last due 2026-11-27, last moved to a later day 2026-11-18",
		},
		"the third move later is an alarm": {
			func(i *burnlist.Item) {
				i.Trail.Slips, i.Trail.FirstDue, i.Trail.LastDue, i.Trail.SlippedAt = 3, date(11, 26), date(11, 27), at(18, 12, 0)
			},
			[]string{"alarm due_date_slipped 2026-11-18: due date moved to a later day 3 times: 1 day after the first one"},
			"first due 2026-11-26, last due 2026-11-27, last moved to a later day 2026-11-18",
		},
		"nobody recorded when and how far it moved": {
			func(i *burnlist.Item) { i.Trail.Slips, i.Trail.FirstDue = 1, 0 },
			[]string{"warn due_date_slipped : due date moved to a later day once"},
			"first due unknown, last due unknown, last moved to a later day unknown",
		},

		"touched 20 days ago, just after midnight in Berlin": {
			func(i *burnlist.Item) { i.Trail.TouchedAt = at(2, 23, 0) }, none, "",
		},
		"touched 21 days ago, just before midnight in Berlin": {
			func(i *burnlist.Item) { i.Trail.TouchedAt = at(2, 22, 59) },
			[]string{"warn stale 2026-11-23: nobody has touched it for 21 days"},
			"last changed by a person 2026-11-02, today is 2026-11-23 in Europe/Berlin",
		},
		"never touched, and created 20 days ago": {
			func(i *burnlist.Item) {
				i.Trail.TouchedAt, i.CreatedAt, i.Facts.LastReviewed = time.Time{}, at(2, 23, 0), new(now)
			}, none, "",
		},
		"never touched, and created 21 days ago": {
			func(i *burnlist.Item) {
				i.Trail.TouchedAt, i.CreatedAt, i.Facts.LastReviewed = time.Time{}, at(2, 22, 59), new(now)
			},
			[]string{"warn stale 2026-11-23: nobody has touched it for 21 days"},
			"last changed by a person 2026-11-02, today is 2026-11-23 in Europe/Berlin",
		},

		"14 days old and never reviewed": {
			func(i *burnlist.Item) { i.CreatedAt = at(8, 23, 0) }, none, "",
		},
		"15 days old and never reviewed": {
			func(i *burnlist.Item) { i.CreatedAt = at(8, 22, 59) },
			[]string{"warn never_reviewed 2026-11-23: nobody has decided anything of it in 15 days"},
			"created 2026-11-08, no decision since",
		},
		"15 days old and reviewed once": {
			func(i *burnlist.Item) { i.CreatedAt, i.Facts.LastReviewed = at(8, 22, 59), new(at(9, 10, 0)) }, none, "",
		},

		"snoozed once": {
			func(i *burnlist.Item) {
				i.Trail.Snoozes, i.Snooze = 1, &burnlist.Snooze{Until: date(11, 30), Reason: "the vendor is asked", At: at(20, 9, 0)}
			}, none, "",
		},
		"snoozed again": {
			func(i *burnlist.Item) {
				i.Trail.Snoozes, i.Snooze = 2, &burnlist.Snooze{Until: date(11, 30), Reason: "the vendor is asked", At: at(20, 9, 0)}
			},
			[]string{"warn snoozed_again 2026-11-20: snoozed 2 times"},
			"snoozed 2 times, the last time until 2026-11-30, because: the vendor is asked",
		},
		"snoozed again, and decided of since": {
			func(i *burnlist.Item) { i.Trail.Snoozes = 3 },
			[]string{"warn snoozed_again : snoozed 3 times"},
			"snoozed 3 times",
		},

		"back on its day": {
			func(i *burnlist.Item) {
				i.Return = &burnlist.Return{At: at(22, 23, 30), From: at(1, 9, 0), Cause: burnlist.RevisitCame}
			},
			[]string{"warn resurfaced 2026-11-23: it came back: the day came on which it was to be looked at again"},
			"put away 2026-11-01, came back 2026-11-23",
		},
		"back because its service burns": {
			func(i *burnlist.Item) {
				// It was deprioritised, after two snoozes long ago.
				i.Return = &burnlist.Return{At: at(22, 9, 0), From: at(1, 9, 0), Cause: burnlist.ServiceBurns}
				i.Trail.Snoozes = 2
			},
			[]string{
				"warn resurfaced 2026-11-22: it came back: its service has begun to burn its budget since it was put away",
				"warn snoozed_again : snoozed 2 times",
			},
			"",
		},
		"back from its second snooze": {
			func(i *burnlist.Item) {
				i.Return = &burnlist.Return{At: at(22, 9, 0), From: at(1, 9, 0), Cause: burnlist.SnoozeOver}
				i.Trail.Snoozes = 2
			},
			[]string{
				"warn resurfaced 2026-11-22: it came back: its snooze is over",
				"warn snoozed_again 2026-11-01: snoozed 2 times",
			},
			"",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := shop()
			addService(w, "checkout", "shop", "payments")
			addSLO(w, "checkout", "checkout-availability", spent(0.1, 0.2, 0.5))
			addItem(w, 1, "checkout", test.change)
			q := prioritizer.Rank(w, now)
			if diff := cmp.Diff(test.want, said(show(q, 0).Warnings)); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			listed := q.Warnings()
			if diff := cmp.Diff(test.want, said(listed)); diff != "" {
				t.Errorf("listed (-want +got):\n%s", diff)
			}
			if test.evidence != "" && len(listed) == 1 && listed[0].Evidence != test.evidence {
				t.Errorf("evidence\n got  %s\nwant %s", listed[0].Evidence, test.evidence)
			}
		})
	}
}

func TestThePolicySaysWhenAnItemsPastIsWarnedOf(t *testing.T) {
	w := shop()
	addService(w, "checkout", "shop", "payments")
	addSLO(w, "checkout", "checkout-availability", spent(0.1, 0.2, 0.5))
	addItem(w, 1, "checkout", func(i *burnlist.Item) {
		i.Facts, i.Trail.Slips = rolled(1, 0), 1
		i.Facts.LastReviewed = nil
	})
	w.Policy.RolloverAlarm, w.Policy.SlipAlarm, w.Policy.UntouchedDays, w.Policy.NeverReviewedDays = 1, 1, 6, 5
	var got []string
	for _, warning := range prioritizer.Rank(w, now).Warnings() {
		got = append(got, string(warning.Level)+" "+warning.Code.String()+" "+warning.Since.String())
	}
	want := []string{"alarm rolled_over 2026-11-16", "alarm due_date_slipped ", "warn never_reviewed 2026-11-23", "warn stale 2026-11-23"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestASnoozeThatEndedByItsDateIsNone(t *testing.T) {
	w := shop()
	addService(w, "checkout", "shop", "payments")
	addSLO(w, "checkout", "checkout-availability", spent(0.5, 1.2, 3))
	addService(w, "search", "shop", "")
	addSLO(w, "search", "search-availability", spent(0.1, 0.2, 0.5))
	until := func(d burnlist.Date) func(*burnlist.Item) {
		return func(i *burnlist.Item) { i.Snooze = &burnlist.Snooze{Until: d, Reason: "wait", At: at(16, 9, 0)} }
	}
	addItem(w, 1, "checkout", until(date(11, 24)))
	addItem(w, 2, "checkout", until(date(11, 23))) // nothing has recorded yet that it is back
	addItem(w, 3, "search", nil)
	addItem(w, 4, "search", until(date(11, 24)))

	q := prioritizer.Rank(w, now)
	if diff := cmp.Diff([]int64{2, 3, 1, 4}, idsOf(q)); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	for i, want := range []burnlist.Date{0, 0, date(11, 24), date(11, 24)} {
		e := show(q, i)
		if e.Item.Snoozed != want || entries(q)[i].Key().Snoozed != !want.IsZero() {
			t.Errorf("item %d is snoozed until %q (key %v), want %q", e.Item.ID, e.Item.Snoozed, entries(q)[i].Key().Snoozed, want)
		}
		if e.Rank != i+1 {
			t.Errorf("item %d has rank %d, want %d: ranks count on over the snoozed ones", e.Item.ID, e.Rank, i+1)
		}
	}
}
