package burnlist

import (
	"encoding/json"
	"time"
)

// Review is one weekly meeting of one product: a frozen agenda, decisions, a
// conclusion. A slot that was cancelled, or that passed while burnlist was
// down, is a review without an agenda.
type Review struct {
	ID      int64       `json:"id"`
	Product string      `json:"product"`
	State   ReviewState `json:"state" enum:"open,attended,skipped,cancelled"`
	Slot    Date        `json:"slot" nullable:"true" format:"date"` // date of the slot that it belongs to; none if people opened it beside the slots
	Date    Date        `json:"date" format:"date"`                 // in the product's zone when the agenda was frozen; without an agenda that of the slot
	Zone    string      `json:"zone"`                               // of the product, then

	OpenedAt    *time.Time `json:"opened_at"`
	OpenedBy    NullString `json:"opened_by" nullable:"true"`
	FrozenAt    *time.Time `json:"frozen_at"`
	ConcludedAt *time.Time `json:"concluded_at"` // also of a cancelled one: when that was
	ConcludedBy NullString `json:"concluded_by" nullable:"true"`
	Reason      NullString `json:"reason" nullable:"true"` // why it was cancelled, or passed over

	// What the agenda was frozen from.
	PolicyVersion int64            `json:"policy_version"`
	QueueRevision int64            `json:"queue_revision"`
	RefreshedAt   *time.Time       `json:"refreshed_at"` // the figures were measured
	States        map[string]State `json:"states"`       // of the services in force
	Entries       int              `json:"entries"`      // items of the product that were frozen or added
	Jump          int              `json:"jump"`         // of them, those that stood in tier 1

	Tally   *Tally    `json:"tally"` // set once it is concluded
	Version int64     `json:"version"`
	Updated time.Time `json:"updated_at"`
}

// ReviewState says where a review is in its life.
type ReviewState string

// The states. Attended and skipped reviews are concluded; attended is one in
// which a person decided anything that was not undone.
const (
	ReviewOpen      ReviewState = "open"
	ReviewAttended  ReviewState = "attended"
	ReviewSkipped   ReviewState = "skipped"
	ReviewCancelled ReviewState = "cancelled"
)

// Held reports whether the review has an agenda.
func (r Review) Held() bool { return r.FrozenAt != nil && r.State != ReviewCancelled }

// Tally is what a concluded review came to.
type Tally struct {
	Decided       int `json:"decided"`       // items of which somebody decided something that stands
	Changed       int `json:"changed"`       // of them, those of which the decision was not to carry on as before
	Closed        int `json:"closed"`        // items of the product done since the last attended review
	Aligned       int `json:"aligned"`       // of them, those that stood in tier 1 on its agenda
	OnTime        int `json:"on_time"`       // of them, those done by the promised date
	Promised      int `json:"promised"`      // of them, those that had a promised date
	Deprioritised int `json:"deprioritised"` // since the last attended review, and still
	Rollovers     int `json:"rollovers"`     // items that rolled over at this review
	Open          int `json:"open"`          // items of the product, when it was concluded
	Commitments   int `json:"commitments"`   // of them, those with an owner and a due date
	// LastJump is how many items stood in tier 1 on the agenda of the last
	// attended review. Without any, nothing could be aligned.
	LastJump int `json:"last_jump"`
}

// Alignment returns the share of the items closed since the last attended
// review that stood in tier 1 on its agenda. It is unknown if nothing stood
// there, or nothing was closed.
func (t Tally) Alignment() Value {
	if t.LastJump == 0 || t.Closed == 0 {
		return Value{}
	}
	return Known(float64(t.Aligned) / float64(t.Closed))
}

// AgendaEntry is one item as an agenda froze it.
type AgendaEntry struct {
	Position int    `json:"position"` // from 1, in the order of the queue; added items follow
	Item     int64  `json:"item"`
	Service  string `json:"service"`
	Rank     int    `json:"rank"`
	Jump     bool   `json:"jump"` // it stood in tier 1
	Due      Date   `json:"due" nullable:"true" format:"date"`
	Snoozed  bool   `json:"snoozed"`
	Added    bool   `json:"added"`     // during the meeting
	ReadOnly bool   `json:"read_only"` // an item of another product, whose incident was this product's

	// Shown is the entry of the queue as it was, in the form of the API.
	Shown json.RawMessage `json:"shown"`
}

// Agenda is what a review froze. Whoever reads it must not modify it.
type Agenda struct {
	Entries []AgendaEntry
	// Services are the budgets and warnings of the services of the product, in
	// the form of package review.
	Services json.RawMessage
}

// ReviewDecision is a decision as a review recorded it.
type ReviewDecision struct {
	ID       int64      `json:"id"` // counts up within the review
	Review   int64      `json:"review"`
	Item     int64      `json:"item"`
	Decision Decision   `json:"decision"`
	Actor    string     `json:"actor"`
	Verified bool       `json:"verified"`
	At       time.Time  `json:"at"`
	UndoneAt *time.Time `json:"undone_at"`
	UndoneBy NullString `json:"undone_by" nullable:"true"`

	// Before are the items that it changed, as they were; After their versions
	// since, and those of the items that it made.
	Before []Item          `json:"-"`
	After  map[int64]int64 `json:"-"`
}

// Stands reports whether the decision was not undone.
func (d ReviewDecision) Stands() bool { return d.UndoneAt == nil }

// Meeting is everything that concluding a review looks at.
type Meeting struct {
	Review    Review
	Product   Product
	Policy    Policy
	Agenda    Agenda
	Decisions []ReviewDecision // oldest first, the undone ones included
	// Items are those on the agenda, those of the product that are open or
	// deprioritised, and those done since the last attended review.
	Items map[int64]Item
	// Earlier are the reviews of the product before this one, newest first; at
	// least the last attended one, if there is any, is among them.
	Earlier []Review
	// WasJump are the items done since the last attended review that stood in
	// tier 1 on its agenda.
	WasJump  map[int64]bool
	Services map[string]Service // those of the product, the retired ones included
}

// LastAttended returns the last attended review before this one.
func (m Meeting) LastAttended() (Review, bool) {
	for _, r := range m.Earlier {
		if r.State == ReviewAttended {
			return r, true
		}
	}
	return Review{}, false
}

// Conclusion is what concluding a review makes of a meeting.
type Conclusion struct {
	Review   Review
	Items    []Item // those whose facts changed
	Digest   json.RawMessage
	Messages []Message
}
