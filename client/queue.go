package client

import (
	"context"
	"iter"
	"time"

	"github.com/burnlist/burnlist/prioritizer"
)

// QueueDocument is a page of the ranked queue.
type QueueDocument struct {
	AsOf          time.Time           `json:"as_of"`
	Revision      int64               `json:"revision"`
	PolicyVersion int64               `json:"policy_version"`
	RefreshedAt   *time.Time          `json:"refreshed_at"` // null before there are any figures
	Total         int                 `json:"total"`        // on all pages
	NextCursor    *string             `json:"next_cursor"`
	Entries       []prioritizer.Entry `json:"entries"`

	Age time.Duration `json:"-"` // since the database last answered; 0 unless it is away
}

// QueueFilter selects entries of the queue; what is empty selects all.
type QueueFilter struct {
	Product    string
	Team       string
	Service    string
	Owner      string
	Tier       string
	Warning    string
	PerService int       // only the first so many of each service
	Limit      int       // of a page
	AsOf       time.Time // at which the dates of the product are read; now if it is zero
	Cursor     string    // where to continue
}

// Queue reads a page of the queue.
func (c *Client) Queue(ctx context.Context, f QueueFilter) (QueueDocument, error) {
	doc, age, err := askAged[QueueDocument](ctx, c, reading(at("queue")).with(query{
		"product": f.Product, "team": f.Team, "service": f.Service, "owner": f.Owner, "tier": f.Tier, "warning": f.Warning,
		"per_service": number(f.PerService), "limit": number(f.Limit), "cursor": f.Cursor, "as_of": instant(f.AsOf),
	}))
	doc.Age = age
	return doc, err
}

// WholeQueue yields the entries that the filter selects, page by page. What
// moves meanwhile may be seen twice or not at all.
func (c *Client) WholeQueue(ctx context.Context, f QueueFilter) iter.Seq2[prioritizer.Entry, error] {
	return pages(func() ([]prioritizer.Entry, bool, error) {
		doc, err := c.Queue(ctx, f)
		if doc.NextCursor != nil {
			f.Cursor = *doc.NextCursor
		}
		return doc.Entries, doc.NextCursor != nil, err
	})
}
