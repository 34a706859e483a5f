package client

import (
	"context"
	"iter"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// ReviewDocument is a review with the part of its agenda that a meeting sees.
type ReviewDocument struct {
	burnlist.Review
	Services    []AgendaService       `json:"services"` // in the order of their first item
	Warnings    []prioritizer.Warning `json:"warnings"` // of the services, as they were frozen
	Related     []AgendaEntry         `json:"related"`  // of other products, to be read only
	MoreRelated int                   `json:"more_related"`
	Decisions   int                   `json:"decisions"` // that stand
	Undecided   int                   `json:"undecided"`
}

// AgendaService is a service on an agenda, with its first items.
type AgendaService struct {
	Service string         `json:"service"`
	State   burnlist.State `json:"state"` // when the agenda was frozen
	Text    string         `json:"text"`
	Entries []AgendaEntry  `json:"entries"`
	More    int            `json:"more"`
}

// AgendaEntry is an item as an agenda froze it, beside what became of it.
type AgendaEntry struct {
	prioritizer.Entry
	Added    bool                     `json:"added"`
	ReadOnly bool                     `json:"read_only"`
	Decision *burnlist.ReviewDecision `json:"decision"` // the last one that stands
	Current  CurrentItem              `json:"current"`
}

// CurrentItem is how an item is now.
type CurrentItem struct {
	Status  burnlist.Status     `json:"status"`
	Version int64               `json:"version"`
	Owner   burnlist.NullString `json:"owner"`
	Due     burnlist.Date       `json:"due"`
}

// AgendaPage is a page of the agenda of a review.
type AgendaPage struct {
	Total      int           `json:"total"` // on all pages
	NextCursor *int          `json:"next_cursor"`
	Entries    []AgendaEntry `json:"entries"`
}

// NewEntry names the item that is to be put on an agenda.
type NewEntry struct {
	Item int64 `json:"item"`
}

// AgendaFilter selects entries of an agenda; what is empty selects all.
type AgendaFilter struct {
	Service string
	After   int // only entries behind this position
	Limit   int // of a page
}

// Review reads a review with the first items of each service.
func (c *Client) Review(ctx context.Context, review int64) (ReviewDocument, error) {
	return ask[ReviewDocument](ctx, c, reading(at("reviews", id(review))))
}

// Agenda reads a page of the agenda of a review.
func (c *Client) Agenda(ctx context.Context, review int64, f AgendaFilter) (AgendaPage, error) {
	return ask[AgendaPage](ctx, c, reading(at("reviews", id(review), "agenda")).with(query{
		"service": f.Service, "after": number(f.After), "limit": number(f.Limit),
	}))
}

// AllEntries yields the entries of an agenda that the filter selects, page by
// page.
func (c *Client) AllEntries(ctx context.Context, review int64, f AgendaFilter) iter.Seq2[AgendaEntry, error] {
	return pages(func() ([]AgendaEntry, bool, error) {
		page, err := c.Agenda(ctx, review, f)
		if page.NextCursor != nil {
			f.After = *page.NextCursor
		}
		return page.Entries, page.NextCursor != nil, err
	})
}

// AddToAgenda puts an open item on the agenda of a review.
func (c *Client) AddToAgenda(ctx context.Context, review int64, e NewEntry) (AgendaEntry, error) {
	return ask[AgendaEntry](ctx, c, writing(at("reviews", id(review), "agenda"), e))
}
