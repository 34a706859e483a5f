package burnlist

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// weeks plays the reviews of berlin with one item in them, Mondays at 10:00. A
// review freezes its agenda, people decide, and it is concluded; what that does
// to the facts of an item is here as package review does it.
type weeks struct {
	t      *testing.T
	i      Item
	now    time.Time
	frozen Date     // the due date on the agenda of the review that is open
	open   *Review  // if one is
	held   []Review // attended ones, oldest first
}

// firstMonday is the date of the first review.
var firstMonday = NewDate(2026, 11, 9)

func reported(t *testing.T, due Date) *weeks {
	t.Helper()
	return &weeks{t: t, now: opening, i: open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout", Owner: "ana@example.org", Due: due})}
}

// freeze opens a review on a date.
func (w *weeks) freeze(date Date) {
	w.now = date.At(10, 0, berlin.Location())
	w.open, w.frozen = &Review{ID: int64(len(w.held) + 1), State: ReviewOpen, Date: date, FrozenAt: new(w.now)}, 0
	if w.i.Status == Open {
		w.frozen = w.i.Due
	}
}

func (w *weeks) conclude(state ReviewState) {
	w.now = w.now.Add(time.Hour)
	w.i.Facts = w.i.Facts.Froze(w.frozen, *w.open.FrozenAt)
	if state == ReviewAttended {
		w.open.State, w.open.ConcludedAt = state, new(w.now)
		w.held = append(w.held, *w.open)
		if w.i.Status == Open {
			w.i.Facts = w.i.Facts.Found(w.open.ID, w.open.Date)
		}
	}
	w.open, w.frozen = nil, 0
}

// attended holds reviews in the weeks from a date on.
func (w *weeks) attended(date Date, count int) {
	for n := range count {
		w.freeze(date + Date(7*n))
		w.conclude(ReviewAttended)
	}
}

func (w *weeks) decide(d Decision) Decided { return w.with(w.caseOf(), d) }

func (w *weeks) with(c Case, d Decision) Decided {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	made, err := c.Decide(d, author(w.now))
	if err != nil {
		w.t.Fatal(err)
	}
	w.i = made.Item
	return made
}

func (w *weeks) caseOf() Case {
	c := Case{Item: w.i, Product: berlin, Policy: DefaultPolicy(), Frozen: w.frozen}
	if w.i.Closing != nil {
		for _, r := range w.held {
			if !r.ConcludedAt.Before(w.i.Closing.At) {
				c.Slept = append(c.Slept, r)
			}
		}
	}
	return c
}

func (w *weeks) edit(change func(*ItemFields)) {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	f := w.i.ItemFields
	change(&f)
	var err error
	if w.i, err = w.i.With(f, author(w.now), berlin); err != nil {
		w.t.Fatal(err)
	}
}

func (w *weeks) want(promised Date, streak, total int) {
	w.t.Helper()
	wantFacts(w.t, w.i.Facts, promised, streak, total)
}

func wantFacts(t *testing.T, f Facts, promised Date, streak, total int) {
	t.Helper()
	if f.Promised != promised || f.Streak != streak || f.Total != total || len(f.Rolled) != total {
		t.Errorf("promised for %q, streak %d, total %d of %v; want %q, %d, %d", f.Promised, f.Streak, f.Total, f.Rolled, promised, streak, total)
	}
}

const reason NullString = "the library has to change first"

func TestPromisesAndRollovers(t *testing.T) {
	monday := firstMonday
	commit := func(due Date, why NullString) Decision { return Decision{Kind: DecideCommit, Due: due, Reason: why} }
	done, reopen := Decision{Kind: DecideDone}, Decision{Kind: DecideReopen, Reason: "the fix was rolled back"}
	for name, tc := range map[string]struct {
		due           Date
		happens       func(w *weeks)
		promised      Date
		streak, total int
	}{
		"a due date that no review saw is no promise": {due: monday + 2, happens: func(*weeks) {}},
		"a concluded agenda makes the due date a promise": {
			due: monday + 2, happens: func(w *weeks) { w.attended(monday, 1) }, promised: monday + 2,
		},
		"an agenda under way does not yet": {
			due: monday + 2, happens: func(w *weeks) { w.freeze(monday) },
		},
		"a review on the promised date is no rollover": {
			due: monday, happens: func(w *weeks) { w.attended(monday, 1) }, promised: monday,
		},
		"a review after the promised date is one": {
			due: monday + 6, happens: func(w *weeks) { w.attended(monday, 2) }, promised: monday + 6, streak: 1, total: 1,
		},
		"each week is one more": {
			due: monday - 1, happens: func(w *weeks) { w.attended(monday, 4) }, promised: monday - 1, streak: 4, total: 4,
		},
		"pushing the due date moves nothing": {
			due: monday + 2, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.edit(func(f *ItemFields) { f.Due = monday + 30 })
				w.attended(monday+7, 2)
			}, promised: monday + 2, streak: 2, total: 2,
		},
		"taking the due date away moves nothing": {
			due: monday + 2, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.edit(func(f *ItemFields) { f.Due = 0 })
				w.attended(monday+7, 1)
			}, promised: monday + 2, streak: 1, total: 1,
		},
		"pushing it before the first review does": {
			due: monday - 3, happens: func(w *weeks) {
				w.edit(func(f *ItemFields) { f.Due = monday + 9 })
				w.attended(monday, 2)
			}, promised: monday + 9,
		},
		"an earlier due date is an earlier promise": {
			due: monday + 20, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.edit(func(f *ItemFields) { f.Due = monday + 5 })
				w.attended(monday+7, 1)
			}, promised: monday + 5, streak: 1, total: 1,
		},
		"reassigning moves nothing": {
			due: monday + 2, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.decide(Decision{Kind: DecideReassign, Owner: "bo@example.org"})
				w.attended(monday+7, 1)
			}, promised: monday + 2, streak: 1, total: 1,
		},
		"moving to another service moves nothing": {
			due: monday + 2, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.edit(func(f *ItemFields) { f.Service = "search" })
				w.attended(monday+7, 1)
			}, promised: monday + 2, streak: 1, total: 1,
		},
		"snoozing moves nothing": {
			due: monday + 2, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.decide(Decision{Kind: DecideSnooze, Until: monday + 20, Reason: reason})
				w.attended(monday+7, 2)
			}, promised: monday + 2, streak: 2, total: 2,
		},
		"carrying moves nothing": {
			due: monday + 2, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.freeze(monday + 7)
				w.decide(Decision{Kind: DecideCarry})
				w.conclude(ReviewAttended)
			}, promised: monday + 2, streak: 1, total: 1,
		},
		"done before the conclusion is no rollover": {
			due: monday - 1, happens: func(w *weeks) {
				w.freeze(monday)
				w.decide(done)
				w.conclude(ReviewAttended)
				w.attended(monday+7, 2)
			}, promised: monday - 1,
		},
		"what is deprioritised over a review and taken back was never put away": {
			due: monday - 1, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.decide(Decision{Kind: DecideDeprioritise, Reason: reason})
				w.attended(monday+7, 1)
				w.decide(Decision{Kind: DecideReopen, Reason: reason})
			}, promised: monday - 1, streak: 2, total: 2,
		},
		"what is deprioritised for longer was": {
			due: monday - 1, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.decide(Decision{Kind: DecideDeprioritise, Reason: reason})
				w.attended(monday+7, 3)
				w.decide(Decision{Kind: DecideReopen, Reason: reason})
			}, promised: monday - 1, streak: 1, total: 1,
		},
		"closing and reopening counts the reviews slept through": {
			due: monday + 2, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.decide(done)
				w.attended(monday+7, 3)
				w.decide(reopen)
			}, promised: monday + 2, streak: 3, total: 3,
		},
		"and it does not count them twice": {
			due: monday + 2, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.decide(done)
				w.attended(monday+7, 1)
				w.decide(reopen)
				w.decide(done)
				w.decide(reopen)
				w.attended(monday+14, 1)
			}, promised: monday + 2, streak: 2, total: 2,
		},
		"closed while the agenda was frozen, reopened before the conclusion": {
			due: monday + 2, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.decide(done)
				w.freeze(monday + 7)
				w.decide(reopen)
				w.conclude(ReviewAttended)
			}, promised: monday + 2, streak: 1, total: 1,
		},
		"closed in the meeting, reopened after it": {
			due: monday + 2, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.freeze(monday + 7)
				w.decide(done)
				w.conclude(ReviewAttended)
				w.decide(reopen)
			}, promised: monday + 2, streak: 1, total: 1,
		},
		"something deprioritised was put away openly": {
			due: monday + 2, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.decide(Decision{Kind: DecideDeprioritise, Reason: reason})
				w.attended(monday+7, 3)
				w.decide(reopen)
				w.attended(monday+28, 1)
			}, promised: monday + 2, streak: 1, total: 1,
		},
		"a commit is a promise at once": {
			happens: func(w *weeks) { w.decide(commit(monday+5, "")) }, promised: monday + 5,
		},
		"a commit to a later date without a reason moves nothing": {
			due: monday + 2, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.decide(commit(monday+20, ""))
				w.attended(monday+7, 1)
			}, promised: monday + 2, streak: 1, total: 1,
		},
		"a blank reason is none": {
			due: monday + 2, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.decide(commit(monday+20, "  "))
			}, promised: monday + 2,
		},
		"a commit with a reason moves the promise, and the streak begins anew": {
			due: monday - 1, happens: func(w *weeks) {
				w.attended(monday, 2)
				w.decide(commit(monday+20, reason))
				w.attended(monday+14, 2)
			}, promised: monday + 20, streak: 1, total: 3,
		},
		"it moves what the agenda under way froze": {
			due: monday - 1, happens: func(w *weeks) {
				w.freeze(monday)
				w.decide(commit(monday+20, reason))
				w.conclude(ReviewAttended)
			}, promised: monday + 20,
		},
		"it moves it once in the life of an item": {
			due: monday + 2, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.decide(commit(monday+9, reason))
				w.decide(commit(monday+30, reason))
				w.attended(monday+14, 1)
			}, promised: monday + 9, streak: 1, total: 1,
		},
		"not again after being closed and reopened": {
			due: monday + 2, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.decide(commit(monday+9, reason))
				w.decide(done)
				w.decide(reopen)
				w.decide(commit(monday+30, reason))
			}, promised: monday + 9,
		},
		"a commit with a reason to an earlier date uses nothing up": {
			due: monday + 20, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.decide(commit(monday+9, reason))
				w.decide(commit(monday+30, reason))
			}, promised: monday + 30,
		},
		"the first promise with a reason uses nothing up": {
			happens: func(w *weeks) {
				w.decide(commit(monday+9, reason))
				w.decide(commit(monday+30, reason))
			}, promised: monday + 30,
		},
		"an undated item is not promised after one review": {
			happens: func(w *weeks) { w.attended(monday, 1) },
		},
		"it is promised for its second attended one": {
			happens: func(w *weeks) { w.attended(monday, 2) }, promised: monday + 7,
		},
		"and rolls over at the third": {
			happens: func(w *weeks) { w.attended(monday, 3) }, promised: monday + 7, streak: 1, total: 1,
		},
		"a due date after that does not move it later": {
			happens: func(w *weeks) {
				w.attended(monday, 2)
				w.edit(func(f *ItemFields) { f.Due = monday + 40 })
				w.attended(monday+14, 1)
			}, promised: monday + 7, streak: 1, total: 1,
		},
		"skipped reviews do not make an undated item promised": {
			happens: func(w *weeks) {
				for n := range Date(5) {
					w.freeze(monday + 7*n)
					w.conclude(ReviewSkipped)
				}
			},
		},
		"skipped reviews are no rollovers": {
			due: monday - 1, happens: func(w *weeks) {
				for n := range Date(5) {
					w.freeze(monday + 7*n)
					w.conclude(ReviewSkipped)
				}
			}, promised: monday - 1,
		},
		"but what their agendas froze is a promise": {
			due: monday + 2, happens: func(w *weeks) {
				w.freeze(monday)
				w.conclude(ReviewSkipped)
				w.edit(func(f *ItemFields) { f.Due = monday + 30 })
				w.attended(monday+7, 1)
			}, promised: monday + 2, streak: 1, total: 1,
		},
		"two reviews within five days are one rollover": {
			due: monday - 1, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.attended(monday+4, 1)
			}, promised: monday - 1, streak: 1, total: 1,
		},
		"two on the same day too": {
			due: monday - 1, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.attended(monday, 1)
			}, promised: monday - 1, streak: 1, total: 1,
		},
		"five days apart they are two": {
			due: monday - 1, happens: func(w *weeks) {
				w.attended(monday, 1)
				w.attended(monday+5, 1)
			}, promised: monday - 1, streak: 2, total: 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := reported(t, tc.due)
			tc.happens(w)
			w.want(tc.promised, tc.streak, tc.total)
		})
	}
}

func TestPartsInheritWhatWasPromised(t *testing.T) {
	split := Decision{Kind: DecideSplit, Parts: []Part{{Title: "The first half", Due: firstMonday + 40}, {Title: "The second half"}}}
	t.Run("and how often it rolled over", func(t *testing.T) {
		w := reported(t, firstMonday-1)
		w.attended(firstMonday, 2)
		for _, part := range w.decide(split).Parts {
			wantFacts(t, part.Facts, firstMonday-1, 2, 2)
			if part.Facts.PreviousRank != 0 || part.Origin != w.i.ID || part.Due.IsZero() {
				t.Errorf("%+v", part)
			}
		}
	})
	t.Run("by the agenda under way", func(t *testing.T) {
		w := reported(t, firstMonday+2)
		w.freeze(firstMonday)
		for _, part := range w.decide(split).Parts {
			wantFacts(t, part.Facts, firstMonday+2, 0, 0)
		}
	})
	t.Run("and cannot renegotiate again", func(t *testing.T) {
		w := reported(t, firstMonday+2)
		w.attended(firstMonday, 1)
		w.decide(Decision{Kind: DecideCommit, Due: firstMonday + 9, Reason: reason})
		w.i = w.decide(split).Parts[0]
		w.decide(Decision{Kind: DecideCommit, Due: firstMonday + 30, Reason: reason})
		w.want(firstMonday+9, 0, 0)
	})
	t.Run("and their rollovers are their own from then", func(t *testing.T) {
		w := reported(t, firstMonday-1)
		w.attended(firstMonday, 1)
		parts := w.decide(split).Parts
		first := parts[0].Facts.Found(2, firstMonday+7)
		wantFacts(t, first, firstMonday-1, 2, 2)
		wantFacts(t, parts[1].Facts, firstMonday-1, 1, 1)
		w.want(firstMonday-1, 1, 1)
	})
}

func TestASurvivorTakesTheEarlierPromiseAndTheLargerCount(t *testing.T) {
	promisedFor := func(t *testing.T, id int64, due Date, reviews int) *weeks {
		w := reported(t, due)
		w.i.ID = id
		w.attended(firstMonday, reviews)
		return w
	}
	for name, tc := range map[string]struct {
		closed, survivor Date // due dates
		reviews          [2]int
		promised         Date
		streak, total    int
	}{
		"of the duplicate":          {firstMonday - 1, firstMonday + 30, [2]int{3, 3}, firstMonday - 1, 3, 3},
		"of its own":                {firstMonday + 30, firstMonday - 1, [2]int{3, 3}, firstMonday - 1, 3, 3},
		"one of each":               {firstMonday - 3, firstMonday - 1, [2]int{1, 2}, firstMonday - 3, 2, 2},
		"of the only one with any":  {firstMonday + 30, 0, [2]int{1, 1}, firstMonday + 30, 0, 0},
		"which it had all the time": {0, firstMonday + 30, [2]int{1, 1}, firstMonday + 30, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w, s := promisedFor(t, 1, tc.closed, tc.reviews[0]), promisedFor(t, 2, tc.survivor, tc.reviews[1])
			c := w.caseOf()
			c.Survivor = &s.i
			made := w.with(c, Decision{Kind: DecideDuplicate, Of: 2})
			wantFacts(t, made.Survivor.Facts, tc.promised, tc.streak, tc.total)
			if made.Item.Closing.Of != 2 || made.Item.Status != Duplicate {
				t.Errorf("the duplicate is %+v", made.Item)
			}
		})
	}
	duplicate := func(w, s *weeks) Facts {
		c := w.caseOf()
		c.Survivor = &s.i
		return w.with(c, Decision{Kind: DecideDuplicate, Of: 2}).Survivor.Facts
	}
	t.Run("of an agenda under way", func(t *testing.T) {
		w, s := promisedFor(t, 1, firstMonday+2, 0), promisedFor(t, 2, firstMonday+30, 0)
		w.freeze(firstMonday)
		wantFacts(t, duplicate(w, s), firstMonday+2, 0, 0)
	})
	t.Run("and the duplicate's renegotiation is its own", func(t *testing.T) {
		w, s := promisedFor(t, 1, firstMonday+2, 1), promisedFor(t, 2, firstMonday+30, 1)
		w.decide(Decision{Kind: DecideCommit, Due: firstMonday + 9, Reason: reason})
		s.i.Facts = duplicate(w, s)
		s.now = w.now
		s.decide(Decision{Kind: DecideCommit, Due: firstMonday + 60, Reason: reason})
		s.want(firstMonday+9, 0, 0)
	})
	t.Run("but its own agenda still counts", func(t *testing.T) {
		w, s := promisedFor(t, 1, firstMonday+2, 1), promisedFor(t, 2, firstMonday+12, 0)
		s.freeze(firstMonday + 7)
		w.now = s.now
		w.decide(Decision{Kind: DecideCommit, Due: firstMonday + 40, Reason: reason})
		s.i.Facts = duplicate(w, s)
		s.conclude(ReviewAttended)
		s.want(firstMonday+12, 0, 0)
	})
	t.Run("and a reopened duplicate has slept through the reviews", func(t *testing.T) {
		w, s := promisedFor(t, 1, firstMonday-1, 1), promisedFor(t, 2, firstMonday+30, 1)
		duplicate(w, s)
		w.attended(firstMonday+7, 2)
		w.decide(Decision{Kind: DecideReopen, Reason: "it is not the same after all"})
		w.want(firstMonday-1, 3, 3)
	})
}

func TestARolloverSaysWhichReviewFoundIt(t *testing.T) {
	w := reported(t, firstMonday-1)
	w.attended(firstMonday, 1)
	w.decide(Decision{Kind: DecideCommit, Due: firstMonday + 3, Reason: reason})
	w.attended(firstMonday+7, 1)
	want := []Rollover{{Review: 1, Date: firstMonday, Promised: firstMonday - 1}, {Review: 2, Date: firstMonday + 7, Promised: firstMonday + 3}}
	if !slices.Equal(w.i.Facts.Rolled, want) {
		t.Errorf("%+v, want %+v", w.i.Facts.Rolled, want)
	}
}

// TestSkippedReviewsNeverInflate states what skipped reviews can do: the due
// dates that their agendas froze make a promise that is not later than without
// them, and nothing else. They count no rollover; if none of their dates is
// earlier than those of attended reviews, all is as if they had not been.
func TestSkippedReviewsNeverInflate(t *testing.T) {
	type held struct {
		date, due Date
		attended  bool
	}
	rapid.Check(t, func(t *rapid.T) {
		date := firstMonday
		var all []held
		for range rapid.IntRange(1, 20).Draw(t, "reviews") {
			date += Date(rapid.IntRange(1, 10).Draw(t, "days"))
			all = append(all, held{date, date + Date(rapid.IntRange(-15, 30).Draw(t, "due")), rapid.Bool().Draw(t, "attended")})
		}
		all[0].attended = true
		play := func(all []held) (f Facts) {
			for n, r := range all {
				before := f
				f = f.Froze(r.due, r.date.At(10, 0, time.UTC))
				if r.attended {
					f = f.Found(int64(n+1), r.date)
					continue
				}
				if f.Promised > before.Promised && !before.Promised.IsZero() {
					t.Fatalf("a skipped review moved the promise from %s to %s", before.Promised, f.Promised)
				}
				before.Promised = f.Promised
				if !f.Equal(before) {
					t.Fatalf("a skipped review changed more than the promise: %+v, it was %+v", f, before)
				}
			}
			for n, r := range f.Rolled {
				if !all[r.Review-1].attended || r.Date <= r.Promised || n > 0 && r.Date < f.Rolled[n-1].Date+5 {
					t.Fatalf("rolled over: %+v", f.Rolled)
				}
			}
			return f
		}
		with := play(all)
		var attended, harmless []held
		promised := all[0].due
		for _, r := range all {
			if r.attended {
				attended = append(attended, r)
				promised = min(promised, r.due)
			} else {
				r.due = max(r.due, promised)
			}
			harmless = append(harmless, r)
		}
		without, same := play(attended), play(harmless)
		if with.Promised > without.Promised || with.Total < without.Total || with.Total > len(attended) {
			t.Fatalf("with the skipped reviews %+v, without %+v", with, without)
		}
		if same.Promised != without.Promised || same.Streak != without.Streak || same.Total != without.Total {
			t.Fatalf("with skipped reviews that said nothing new %+v, without %+v", same, without)
		}
		for _, r := range with.Rolled { // each has a date that the team gave before
			if !slices.ContainsFunc(all, func(o held) bool { return o.date <= r.Date && o.due == r.Promised }) {
				t.Fatalf("%+v was promised by nobody", r)
			}
		}
	})
}
