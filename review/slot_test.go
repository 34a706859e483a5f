package review

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

// The slots of these tests are on Mondays at 10:00 in Berlin, unless they say
// otherwise.
var slotDay = burnlist.NewDate(2026, 11, 16)

func shop() burnlist.Product {
	return burnlist.Product{Name: "shop", Zone: "Europe/Berlin", Slot: burnlist.DefaultSlot, SlotsFrom: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
}

// slotAt is the instant of the slot of p on a date, and some time after it.
func slotAt(p burnlist.Product, date burnlist.Date, after time.Duration) time.Time {
	return p.Slot.On(date, p.Location()).Add(after)
}

// held is a review of shop that was opened at an instant, for a slot or for
// none.
func held(id int64, state burnlist.ReviewState, slot burnlist.Date, opened time.Time) burnlist.Review {
	return burnlist.Review{
		ID: id, Product: "shop", State: state, Slot: slot, Date: shop().Today(opened), Zone: shop().Zone, OpenedAt: &opened, FrozenAt: &opened,
	}
}

func TestWhatIsDueAboutTheSlots(t *testing.T) {
	p := shop()
	lastWeek := held(7, burnlist.ReviewAttended, slotDay-7, slotAt(p, slotDay-7, 0))
	stillOpen := held(7, burnlist.ReviewOpen, slotDay-7, slotAt(p, slotDay-7, 0))
	cancelled := burnlist.Review{ID: 8, Product: "shop", State: burnlist.ReviewCancelled, Slot: slotDay, Date: slotDay}
	for name, tc := range map[string]struct {
		product func(*burnlist.Product)
		known   []burnlist.Review // newest first
		now     time.Time
		want    Plan
	}{
		"nothing before the slot comes": {
			known: []burnlist.Review{lastWeek}, now: slotAt(p, slotDay, -time.Millisecond),
		},
		"the slot when it comes": {
			known: []burnlist.Review{lastWeek}, now: slotAt(p, slotDay, 0), want: Plan{Slot: slotDay},
		},
		"the slot when burnlist comes back late": {
			known: []burnlist.Review{lastWeek}, now: slotAt(p, slotDay, 6*burnlist.Day), want: Plan{Slot: slotDay},
		},
		"nothing once the slot has its review": {
			known: []burnlist.Review{held(8, burnlist.ReviewOpen, slotDay, slotAt(p, slotDay, 0)), lastWeek}, now: slotAt(p, slotDay, time.Minute),
		},
		"nothing of a cancelled slot": {
			known: []burnlist.Review{cancelled, lastWeek}, now: slotAt(p, slotDay, time.Hour),
		},
		"but last week's review is over": {
			known: []burnlist.Review{cancelled, stillOpen}, now: slotAt(p, slotDay, time.Hour), want: Plan{Conclude: 7},
		},
		"not what people opened near a cancelled slot": {
			known: []burnlist.Review{held(9, burnlist.ReviewOpen, 0, slotAt(p, slotDay, -burnlist.Day)), cancelled, lastWeek}, now: slotAt(p, slotDay, time.Hour),
		},
		"nothing of a review that is open when another weekday is chosen": {
			product: func(p *burnlist.Product) {
				p.SlotsFrom, p.Slot.Weekday = slotAt(*p, slotDay-7, 5*burnlist.Day), "friday"
			},
			known: []burnlist.Review{stillOpen}, now: slotAt(p, slotDay-7, 5*burnlist.Day+time.Hour),
		},
		"last week's review, if it was never concluded": {
			known: []burnlist.Review{stillOpen}, now: slotAt(p, slotDay, 0), want: Plan{Slot: slotDay, Conclude: 7},
		},
		"the latest slot after a downtime, and those that passed": {
			known: []burnlist.Review{stillOpen}, now: slotAt(p, slotDay+14, burnlist.Day),
			want: Plan{Slot: slotDay + 14, Passed: []burnlist.Date{slotDay, slotDay + 7}, Conclude: 7},
		},
		"only slots after the product was created": {
			product: func(p *burnlist.Product) { p.SlotsFrom = slotAt(*p, slotDay-7, time.Second) },
			now:     slotAt(p, slotDay, 0), want: Plan{Slot: slotDay},
		},
		"not the slot at which the product was created": {
			product: func(p *burnlist.Product) { p.SlotsFrom = slotAt(*p, slotDay, 0) },
			now:     slotAt(p, slotDay, time.Hour),
		},
		"nothing of a retired product": {
			product: func(p *burnlist.Product) { p.RetiredAt = new(slotAt(*p, slotDay, -burnlist.Day)) },
			known:   []burnlist.Review{lastWeek}, now: slotAt(p, slotDay, 0),
		},
		"the review that people opened half an interval before": {
			known: []burnlist.Review{held(8, burnlist.ReviewSkipped, 0, slotAt(p, slotDay, -half)), lastWeek},
			now:   slotAt(p, slotDay, 0), want: Plan{Slot: slotDay, Adopt: 8},
		},
		"not one that people opened earlier": {
			known: []burnlist.Review{held(8, burnlist.ReviewOpen, 0, slotAt(p, slotDay, -half-time.Millisecond)), lastWeek},
			now:   slotAt(p, slotDay, 0), want: Plan{Slot: slotDay, Conclude: 8},
		},
		"the review that people opened while nobody kept the slots": {
			known: []burnlist.Review{held(8, burnlist.ReviewOpen, 0, slotAt(p, slotDay, half)), lastWeek},
			now:   slotAt(p, slotDay, half+time.Minute), want: Plan{Slot: slotDay, Adopt: 8},
		},
		"the newest of two that people opened": {
			known: []burnlist.Review{
				held(9, burnlist.ReviewOpen, 0, slotAt(p, slotDay, -time.Hour)), held(8, burnlist.ReviewAttended, 0, slotAt(p, slotDay, -burnlist.Day)), lastWeek,
			},
			now: slotAt(p, slotDay, 0), want: Plan{Slot: slotDay, Adopt: 9},
		},
		"nothing for two days after another weekday was chosen": {
			product: func(p *burnlist.Product) {
				p.SlotsFrom, p.Slot.Weekday = slotAt(*p, slotDay-7, burnlist.Day), "wednesday"
			},
			known: []burnlist.Review{lastWeek}, now: slotAt(p, slotDay-5, time.Hour),
		},
		"nothing for three days after another weekday was chosen": {
			product: func(p *burnlist.Product) {
				p.SlotsFrom, p.Slot.Weekday = slotAt(*p, slotDay-7, burnlist.Day), "thursday"
			},
			known: []burnlist.Review{lastWeek}, now: slotAt(p, slotDay-4, time.Hour),
		},
		"the slot four days after another weekday was chosen": {
			product: func(p *burnlist.Product) {
				p.SlotsFrom, p.Slot.Weekday = slotAt(*p, slotDay-7, burnlist.Day), "friday"
			},
			known: []burnlist.Review{lastWeek}, now: slotAt(p, slotDay-3, 0), want: Plan{Slot: slotDay - 3},
		},
		"nothing again after the product moved west": {
			product: func(p *burnlist.Product) { p.Zone = "America/Los_Angeles" },
			known:   []burnlist.Review{held(8, burnlist.ReviewOpen, slotDay, slotAt(p, slotDay, 0)), lastWeek},
			now:     slotAt(p, slotDay, 9*time.Hour), // 10:00 there
		},
		"the slot at once after the product moved east": {
			product: func(p *burnlist.Product) { p.Zone = "Asia/Tokyo" },
			known:   []burnlist.Review{lastWeek}, now: slotAt(p, slotDay, -7*time.Hour), want: Plan{Slot: slotDay},
		},
		"the slot over the end of a year": {
			known: []burnlist.Review{held(7, burnlist.ReviewAttended, burnlist.NewDate(2026, 12, 28), slotAt(p, burnlist.NewDate(2026, 12, 28), 0))},
			now:   slotAt(p, burnlist.NewDate(2027, 1, 4), 0), want: Plan{Slot: burnlist.NewDate(2027, 1, 4)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := shop()
			if tc.product != nil {
				tc.product(&p)
			}
			if diff := cmp.Diff(Due(p, tc.known, tc.now), tc.want); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
		})
	}
}

func TestACancelledSlotDoesNotHideThoseThatPassedBeforeIt(t *testing.T) {
	p := shop()
	known := []burnlist.Review{
		{ID: 8, Product: "shop", State: burnlist.ReviewCancelled, Slot: slotDay + 14, Date: slotDay + 14}, // in advance
		held(7, burnlist.ReviewAttended, slotDay-7, slotAt(p, slotDay-7, 0)),
	}
	got := Due(p, known, slotAt(p, slotDay+21, time.Hour))
	if diff := cmp.Diff(got, Plan{Slot: slotDay + 21, Passed: []burnlist.Date{slotDay, slotDay + 7}}); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
}

func TestASlotThatPassedAdoptsWhatPeopleOpenedNearIt(t *testing.T) {
	// They met on Saturday; burnlist was down on Monday, and for the week.
	p := shop()
	met := held(8, burnlist.ReviewAttended, 0, slotAt(p, slotDay, -2*burnlist.Day))
	known := []burnlist.Review{met, held(7, burnlist.ReviewAttended, slotDay-7, slotAt(p, slotDay-7, 0))}
	plan := Due(p, known, slotAt(p, slotDay+7, time.Hour))
	if plan.Slot != slotDay+7 || len(plan.Passed) != 0 {
		t.Errorf("due are %s and the passed %s, want %s alone", plan.Slot, plan.Passed, slotDay+7)
	}
	met.Slot = slotDay
	if diff := cmp.Diff(plan.Record(p, known), []burnlist.Review{met}); diff != "" {
		t.Errorf("recorded (-), want (+):\n%s", diff)
	}
}

func TestManyReviewsBesideTheSlotsDoNotBringOldSlotsBack(t *testing.T) {
	p := shop()
	opened := slotAt(p, slotDay, burnlist.Day)
	var known []burnlist.Review
	for n := range burnlist.RecentReviews { // all that a world remembers
		known = append([]burnlist.Review{held(int64(8+n), burnlist.ReviewSkipped, 0, opened.Add(time.Duration(n)*time.Minute))}, known...)
	}
	got := Due(p, known, slotAt(p, slotDay+7, 0))
	if diff := cmp.Diff(got, Plan{Slot: slotDay + 7}); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
}

func TestSlotsThatPassedAreSkippedReviews(t *testing.T) {
	p := shop()
	opened := slotAt(p, slotDay+14, -time.Hour)
	known := []burnlist.Review{held(8, burnlist.ReviewOpen, 0, opened), held(7, burnlist.ReviewAttended, slotDay-7, slotAt(p, slotDay-7, 0))}
	got := Due(p, known, slotAt(p, slotDay+14, 0)).Record(p, known)
	adopted := known[0]
	adopted.Slot = slotDay + 14
	passed := burnlist.Review{
		Product: "shop", State: burnlist.ReviewSkipped, Slot: slotDay, Date: slotDay, Zone: "Europe/Berlin", Reason: "burnlist was not running when the slot came",
	}
	next := passed
	next.Slot, next.Date = slotDay+7, slotDay+7
	if diff := cmp.Diff(got, []burnlist.Review{passed, next, adopted}); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
	if got := (Plan{}).Record(p, known); len(got) != 0 {
		t.Errorf("an empty plan records %+v", got)
	}
}

func TestCancellingASlot(t *testing.T) {
	p := shop()
	at := slotAt(p, slotDay, -burnlist.Day)
	by := burnlist.Author{Actor: "ana@example.org", At: at}
	for name, tc := range map[string]struct {
		slot burnlist.Date
		want burnlist.Review
	}{
		"the next one": {slotDay, burnlist.Review{
			Product: "shop", State: burnlist.ReviewCancelled, Slot: slotDay, Date: slotDay, Zone: "Europe/Berlin",
			Reason: "an offsite", ConcludedAt: &at, ConcludedBy: "ana@example.org",
		}},
		"one to come": {slotDay + 21, burnlist.Review{
			Product: "shop", State: burnlist.ReviewCancelled, Slot: slotDay + 21, Date: slotDay + 21, Zone: "Europe/Berlin",
			Reason: "an offsite", ConcludedAt: &at, ConcludedBy: "ana@example.org",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Cancel(p, nil, tc.slot, "an offsite", by)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, tc.want); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
		})
	}

	opened := held(8, burnlist.ReviewOpen, slotDay, slotAt(p, slotDay, 0))
	got, err := Cancel(p, []burnlist.Review{opened}, slotDay, "nobody is there", burnlist.Author{Actor: "ana@example.org", At: slotAt(p, slotDay, time.Hour)})
	if err != nil || got.ID != 8 || got.State != burnlist.ReviewCancelled || got.Reason != "nobody is there" || got.ConcludedAt == nil {
		t.Errorf("the slot whose review is open: %+v, %v", got, err)
	}
}

func TestSlotsThatCannotBeCancelled(t *testing.T) {
	p := shop()
	by := burnlist.Author{Actor: "ana@example.org", At: slotAt(p, slotDay, -burnlist.Day)}
	known := []burnlist.Review{
		{ID: 8, Product: "shop", State: burnlist.ReviewCancelled, Slot: slotDay, Date: slotDay},
		held(7, burnlist.ReviewAttended, slotDay-7, slotAt(p, slotDay-7, 0)),
		held(6, burnlist.ReviewOpen, 0, slotAt(p, slotDay-7, -5*burnlist.Day)),
	}
	for name, tc := range map[string]struct {
		slot  burnlist.Date
		known []burnlist.Review
		want  burnlist.Code
		says  string
	}{
		"a day without a slot":              {slotDay + 1, nil, burnlist.Invalid, "the next one is on 2026-11-16"},
		"one that has passed":               {slotDay - 7, nil, burnlist.Invalid, "no slot to come"},
		"no date at all":                    {0, known, burnlist.Invalid, "no slot to come"},
		"one that was cancelled":            {slotDay, known, burnlist.Conflict, "cancelled"},
		"one whose review was concluded":    {slotDay - 7, known, burnlist.Conflict, "attended"},
		"one whose week has another review": {slotDay + 7, []burnlist.Review{{ID: 9, State: burnlist.ReviewCancelled, Slot: slotDay + 5}}, burnlist.Conflict, "its review already"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Cancel(p, tc.known, tc.slot, "an offsite", by); burnlist.CodeOf(err) != tc.want || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want %s with %q", err, tc.want, tc.says)
			}
		})
	}
}
