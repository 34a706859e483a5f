package review

import (
	"maps"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
)

// How slots are told apart.
const (
	interval = 7 // days between two slots
	// near is how many days a slot may have been moved by and still be the same
	// one: a product that goes from Monday to Wednesday meets once in that week.
	near = 3
	// half is how far from its slot a review that people opened may be for the
	// slot to adopt it.
	half = interval * burnlist.Day / 2
	// ahead is how many days before it comes a slot can be cancelled.
	ahead = 13 * interval
)

// Plan is what is to be done about the slots of a product.
type Plan struct {
	Slot     burnlist.Date   // the slot that is due; none if it is dealt with
	Passed   []burnlist.Date // slots before it of which nobody took notice, oldest first: they count as skipped
	Adopt    int64           // the review that people opened near the slot, which becomes its review; 0 if there is none
	Conclude int64           // the review that is still open and has to be concluded first; 0 if there is none
	// Met are the reviews that people opened near slots before it, by slot: they
	// become the reviews of those.
	Met map[burnlist.Date]int64
}

// Due says what is to be done at now about the slots of a product, given its
// reviews, newest first. A slot is known by its civil date, so that a change of
// zone neither repeats nor loses one.
func Due(p burnlist.Product, known []burnlist.Review, now time.Time) Plan {
	var plan Plan
	if p.RetiredAt != nil {
		return plan
	}
	zone := p.Location()
	latest := p.SlotBefore(now)
	for slot := latest; p.Slot.On(slot, zone).After(p.SlotsFrom); slot -= interval {
		r, dealt := reviewOf(slot, known)
		if dealt && r.State == burnlist.ReviewCancelled && slot != latest {
			continue // maybe in advance: those before it may still have passed
		}
		if dealt || slot != latest && slot < oldest(known) {
			break
		}
		met := plan.met(p.Slot.On(slot, zone), known)
		switch {
		case slot == latest:
			plan.Slot, plan.Adopt = slot, met
		case met == 0:
			plan.Passed = append(plan.Passed, slot)
		case plan.Met == nil:
			plan.Met = map[burnlist.Date]int64{slot: met}
		default:
			plan.Met[slot] = met
		}
	}
	slices.Reverse(plan.Passed)
	if at := p.Slot.On(latest, zone); plan.Adopt == 0 && at.After(p.SlotsFrom) {
		plan.Conclude = plan.outlived(latest, at, known)
	}
	return plan
}

// outlived returns the open review that has to be concluded at a slot, 0 if
// there is none. What is open from before a slot does not outlive it, even if
// nobody meets at that slot.
func (plan Plan) outlived(slot burnlist.Date, at time.Time, known []burnlist.Review) int64 {
	for _, r := range known {
		if r.State != burnlist.ReviewOpen {
			continue
		}
		before := r.Slot < slot-near
		if r.Slot.IsZero() {
			before = r.OpenedAt != nil && at.Sub(*r.OpenedAt) > half
		}
		if before || !plan.Slot.IsZero() {
			return r.ID
		}
	}
	return 0
}

// taken reports whether a slot has its review.
func taken(slot burnlist.Date, known []burnlist.Review) bool {
	_, ok := reviewOf(slot, known)
	return ok
}

// reviewOf returns the review of a slot, if it has one.
func reviewOf(slot burnlist.Date, known []burnlist.Review) (burnlist.Review, bool) {
	for _, r := range known {
		if !r.Slot.IsZero() && same(r.Slot, slot) {
			return r, true
		}
	}
	return burnlist.Review{}, false
}

// oldest returns the date before which nothing is known of the slots, as of the
// older reviews of many. It is no date if all are known.
func oldest(known []burnlist.Review) burnlist.Date {
	if len(known) < burnlist.RecentReviews {
		return 0
	}
	return known[len(known)-1].Date
}

// met returns the newest review that people opened near the instant of a slot,
// unless the plan has it join another one, and 0 if there is none.
func (plan Plan) met(at time.Time, known []burnlist.Review) int64 {
	for _, r := range known {
		if r.Slot.IsZero() && r.Held() && r.OpenedAt != nil && r.OpenedAt.Sub(at).Abs() <= half && r.ID != plan.Adopt &&
			!slices.Contains(slices.Collect(maps.Values(plan.Met)), r.ID) {
			return r.ID
		}
	}
	return 0
}

// same reports whether two dates are of one slot that was moved.
func same(a, b burnlist.Date) bool { return max(a-b, b-a) <= near }

// Record returns the reviews of a product that a plan changes or adds, other
// than by opening one: the adopted one, and one for each slot that passed.
func (plan Plan) Record(p burnlist.Product, known []burnlist.Review) []burnlist.Review {
	var changed []burnlist.Review
	for _, slot := range plan.Passed {
		changed = append(changed, burnlist.Review{
			Product: p.Name, State: burnlist.ReviewSkipped, Slot: slot, Date: slot, Zone: p.Zone,
			Reason: "burnlist was not running when the slot came",
		})
	}
	adopted := map[int64]burnlist.Date{}
	for slot, id := range plan.Met {
		adopted[id] = slot
	}
	if plan.Adopt != 0 {
		adopted[plan.Adopt] = plan.Slot
	}
	for _, r := range known {
		if slot, ok := adopted[r.ID]; ok {
			r.Slot = slot
			changed = append(changed, r)
		}
	}
	return changed
}

// Cancel returns the review that a slot of the product becomes by being
// cancelled. The slot is one to come, or one whose review is open and has
// decided nothing, which the store sees to; the reason is one line of text,
// which the caller sees to. It fails with Invalid if there is no slot on that
// date, and with Conflict if the review of the slot was concluded or the slot
// cancelled before.
func Cancel(p burnlist.Product, known []burnlist.Review, slot burnlist.Date, reason string, by burnlist.Author) (burnlist.Review, error) {
	for _, r := range known {
		if slot.IsZero() || r.Slot != slot {
			continue
		}
		if r.State != burnlist.ReviewOpen {
			return burnlist.Review{}, burnlist.Errorf(burnlist.Conflict, "the slot of %s on %s is past cancelling: its review %d is %s", p.Name, slot, r.ID, r.State)
		}
		r.State, r.Reason, r.ConcludedAt, r.ConcludedBy = burnlist.ReviewCancelled, burnlist.NullString(reason), &by.At, burnlist.NullString(by.Actor)
		return r, nil
	}
	day, _ := p.Slot.Day()
	next := p.SlotBefore(by.At) + interval
	if last := next + ahead; slot > last {
		return burnlist.Review{}, &burnlist.Error{Code: burnlist.Invalid, Message: "the cancellation is not valid", Details: []burnlist.Detail{{
			Field: "slot", Message: slot.String() + " is too far ahead: cancel slots up to " + last.String(),
		}}}
	}
	if slot.Weekday() != day || slot < next {
		return burnlist.Review{}, &burnlist.Error{Code: burnlist.Invalid, Message: "the cancellation is not valid", Details: []burnlist.Detail{{
			Field: "slot", Message: slot.String() + " is no slot to come: the next one is on " + next.String(),
		}}}
	}
	if taken(slot, known) {
		return burnlist.Review{}, burnlist.Errorf(burnlist.Conflict, "the slot of %s on %s has its review already", p.Name, slot)
	}
	return burnlist.Review{
		Product: p.Name, State: burnlist.ReviewCancelled, Slot: slot, Date: slot, Zone: p.Zone,
		Reason: burnlist.NullString(reason), ConcludedAt: &by.At, ConcludedBy: burnlist.NullString(by.Actor),
	}, nil
}
