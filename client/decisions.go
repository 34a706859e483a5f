package client

import (
	"context"

	"github.com/burnlist/burnlist"
)

// NewDecision is what somebody decides of an item. The dates are texts that the
// server reads, such as 2030-01-15. Which fields count depends on the kind, as
// of burnlist.Decision.
type NewDecision struct {
	Kind     burnlist.DecisionKind `json:"kind"`
	Reason   string                `json:"reason,omitempty"`
	Owner    string                `json:"owner,omitempty"`
	Due      string                `json:"due,omitempty"`
	Evidence string                `json:"evidence,omitempty"`
	Revisit  string                `json:"revisit,omitempty"`
	Until    string                `json:"until,omitempty"`
	Of       int64                 `json:"of,omitempty"`
	Parts    []NewPart             `json:"parts,omitempty"`
}

// NewPart is an item to be split off another one. What it leaves out it has
// from that one.
type NewPart struct {
	Title string `json:"title"`
	Owner string `json:"owner,omitempty"`
	Due   string `json:"due,omitempty"`
}

// DecisionList is everything that a review decided, the oldest first.
type DecisionList struct {
	Decisions []burnlist.ReviewDecision `json:"decisions"`
}

// Recorded is a decision as a review recorded it, and what it made.
type Recorded struct {
	Decision *burnlist.ReviewDecision `json:"decision"` // nil if there was nothing to decide
	Item     burnlist.ItemView        `json:"item"`
	Parts    []burnlist.ItemView      `json:"parts"`    // the items that a split made
	Survivor *burnlist.ItemView       `json:"survivor"` // the item that goes on for a duplicate
}

// Undone is a decision that was taken back, and the items that it had changed
// or made, as they are now.
type Undone struct {
	Decision burnlist.ReviewDecision `json:"decision"`
	Items    []burnlist.ItemView     `json:"items"`
}

// DecideItem decides of an item outside of any review. With a version other
// than 0 it conflicts unless that is the current one.
func (c *Client) DecideItem(ctx context.Context, item, version int64, d NewDecision) (burnlist.ItemView, error) {
	r := writing(at("items", id(item), "decisions"), d)
	r.version = version
	return ask[burnlist.ItemView](ctx, c, r)
}

// Decisions reads everything that a review decided.
func (c *Client) Decisions(ctx context.Context, review int64) (DecisionList, error) {
	return ask[DecisionList](ctx, c, reading(at("reviews", id(review), "decisions")))
}

// DecideInReview decides of an item on the agenda of a review. Whoever gives
// the current version of the item, and not 0, has seen what others decided of
// it before.
func (c *Client) DecideInReview(ctx context.Context, review, item, version int64, d NewDecision) (Recorded, error) {
	r := writing(at("reviews", id(review), "decisions"), struct {
		Item int64 `json:"item"`
		NewDecision
	}{item, d})
	r.version = version
	return ask[Recorded](ctx, c, r)
}

// UndoDecision takes a decision of an open review back.
func (c *Client) UndoDecision(ctx context.Context, review, decision int64) (Undone, error) {
	return ask[Undone](ctx, c, writing(at("reviews", id(review), "decisions", id(decision), "undo"), nil))
}
