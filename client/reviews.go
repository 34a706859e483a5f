package client

import (
	"context"
	"iter"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/review"
)

// ReviewList is a page of reviews, the newest first.
type ReviewList struct {
	Reviews    []burnlist.Review `json:"reviews"`
	NextCursor *int64            `json:"next_cursor"` // for Before of the filter; nil at the end
}

// NewReview names the product whose review is to be opened.
type NewReview struct {
	Product string `json:"product"`
}

// Cancellation is a slot that is not to be held.
type Cancellation struct {
	Product string        `json:"product"`
	Slot    burnlist.Date `json:"slot"`
	Reason  string        `json:"reason"`
}

// ReviewFilter selects reviews; what is empty selects all.
type ReviewFilter struct {
	Product string
	State   burnlist.ReviewState
	Before  int64 // only reviews of a smaller id
	Limit   int   // of a page
}

// Reviews lists a page of reviews.
func (c *Client) Reviews(ctx context.Context, f ReviewFilter) (ReviewList, error) {
	return ask[ReviewList](ctx, c, reading(at("reviews")).with(query{
		"product": f.Product, "state": string(f.State), "before": number(f.Before), "limit": number(f.Limit),
	}))
}

// AllReviews yields the reviews that the filter selects, page by page.
func (c *Client) AllReviews(ctx context.Context, f ReviewFilter) iter.Seq2[burnlist.Review, error] {
	return pages(func() ([]burnlist.Review, bool, error) {
		list, err := c.Reviews(ctx, f)
		if list.NextCursor != nil {
			f.Before = *list.NextCursor
		}
		return list.Reviews, list.NextCursor != nil, err
	})
}

// OpenReview opens a review and freezes its agenda.
func (c *Client) OpenReview(ctx context.Context, r NewReview) (burnlist.Review, error) {
	return ask[burnlist.Review](ctx, c, writing(at("reviews"), r))
}

// CancelSlot cancels a slot.
func (c *Client) CancelSlot(ctx context.Context, s Cancellation) (burnlist.Review, error) {
	return ask[burnlist.Review](ctx, c, writing(at("reviews")+"/cancel", s))
}

// RefreezeReview freezes the agenda of an open review anew.
func (c *Client) RefreezeReview(ctx context.Context, review int64) (burnlist.Review, error) {
	return ask[burnlist.Review](ctx, c, writing(at("reviews", id(review), "refreeze"), nil))
}

// ConcludeReview ends a review.
func (c *Client) ConcludeReview(ctx context.Context, review int64) (burnlist.Review, error) {
	return ask[burnlist.Review](ctx, c, writing(at("reviews", id(review), "conclude"), nil))
}

// Digest reads the digest of a review.
func (c *Client) Digest(ctx context.Context, of int64) (review.Digest, error) {
	return ask[review.Digest](ctx, c, reading(at("reviews", id(of), "digest")).with(query{"format": "json"}))
}

// RenderedDigest reads the digest of a review in a form such as markdown, html
// or slack.
func (c *Client) RenderedDigest(ctx context.Context, review int64, format string) ([]byte, error) {
	text, _, err := c.send(ctx, reading(at("reviews", id(review), "digest")).with(query{"format": format}))
	return text, err
}
