package burnlist

import (
	"slices"
	"time"
)

// Facts are what reviews found of an item, and what the team promised of it.
// Nothing but concluded reviews and decisions changes them: no due date that is
// pushed, no split, no reassignment and no move does.
type Facts struct {
	// Promised is the date on which the team said that the item would be done:
	// the earliest due date that a concluded agenda froze or a commit gave. An
	// item without one is promised for its second attended review.
	Promised     Date       `json:"promised" nullable:"true" format:"date"`
	Streak       int        `json:"streak"` // rollovers since the last honest renegotiation
	Total        int        `json:"total"`  // rollovers in all
	LastReviewed *time.Time `json:"last_reviewed"`
	PreviousRank int        `json:"previous_rank"` // at the last attended review; 0 if there was none

	Unpromised   int        `json:"unpromised,omitempty"`   // attended reviews that found it open without a promise
	Renegotiated *time.Time `json:"renegotiated,omitempty"` // a commit with a reason moved the promise, as it may once
	Spent        bool       `json:"spent,omitempty"`        // the same of a duplicate that it goes on for: no commit moves the promise again
	Rolled       []Rollover `json:"rolled,omitempty"`       // the rollovers that Total counts, oldest first
}

// Rollover is one attended review that found an item open after its promised
// date.
type Rollover struct {
	Review   int64 `json:"review"`
	Date     Date  `json:"date" format:"date"` // of the review
	Promised Date  `json:"promised" format:"date"`
}

// How rollovers are counted.
const (
	unpromisedReviews = 2 // attended reviews after which an undated item counts as promised
	rolloverDays      = 5 // at most one rollover in so many days
)

// Froze returns the facts after the agenda of a concluded review froze a due
// date at an instant. What was renegotiated after that instant stands.
func (f Facts) Froze(due Date, at time.Time) Facts {
	if due.IsZero() || f.Renegotiated != nil && f.Renegotiated.After(at) {
		return f
	}
	f.Promised = earlier(f.Promised, due)
	return f
}

// Stood reports whether an item that is found open had a past to answer for
// when an agenda was frozen. What was split off has that of the other item, and
// what was promised since is held to it.
func (i Item) Stood(frozen time.Time) bool {
	return !i.CreatedAt.After(frozen) || i.Origin != 0 || !i.Facts.Promised.IsZero()
}

// Found returns the facts after an attended review of the given date was
// concluded and the item still open. Reviews within five days of each other are
// one rollover.
func (f Facts) Found(review int64, date Date) Facts {
	if f.Promised.IsZero() {
		f.Unpromised++
		if f.Unpromised >= unpromisedReviews {
			f.Promised = date
		}
		return f
	}
	if n := len(f.Rolled); date <= f.Promised || n > 0 && date < f.Rolled[n-1].Date+rolloverDays {
		return f
	}
	f.Streak++
	f.Total++
	f.Rolled = append(slices.Clip(f.Rolled), Rollover{Review: review, Date: date, Promised: f.Promised})
	return f
}

// committed returns the facts after a commit to a due date. Frozen is the due
// date that an agenda under way froze: it was said before. A later date than
// was promised moves the promise if a reason is given and none was before;
// that is the honest renegotiation, and it begins a new streak.
func (f Facts) committed(due, frozen Date, reasoned bool, at time.Time) Facts {
	said := earlier(f.Promised, frozen)
	if !said.IsZero() && due > said && reasoned && f.Renegotiated == nil && !f.Spent {
		f.Promised, f.Streak, f.Renegotiated = due, 0, &at
		return f
	}
	f.Promised = earlier(f.Promised, due)
	return f
}

// joined returns the facts of an item that goes on for a duplicate with the
// facts o: the earlier promise and the larger counts.
func (f Facts) joined(o Facts) Facts {
	f.Promised = earlier(f.Promised, o.Promised)
	f.Streak = max(f.Streak, o.Streak)
	if o.Total > f.Total {
		f.Total, f.Rolled = o.Total, o.Rolled
	}
	f.Unpromised = max(f.Unpromised, o.Unpromised)
	// When it was says nothing of the dates that the item itself was given.
	f.Spent = f.Spent || o.Spent || o.Renegotiated != nil
	return f
}

// earlier returns the earlier of two dates of which each may be none.
func earlier(a, b Date) Date {
	if a.IsZero() || !b.IsZero() && b < a {
		return b
	}
	return a
}

// Equal reports whether both say the same.
func (f Facts) Equal(o Facts) bool {
	same := func(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }
	return f.Promised == o.Promised && f.Streak == o.Streak && f.Total == o.Total && f.PreviousRank == o.PreviousRank &&
		f.Unpromised == o.Unpromised && f.Spent == o.Spent && same(f.LastReviewed, o.LastReviewed) && same(f.Renegotiated, o.Renegotiated) &&
		slices.Equal(f.Rolled, o.Rolled)
}
