package client

import (
	"context"
	"iter"
	"time"

	"github.com/burnlist/burnlist/prioritizer"
)

// WarningList is a page of the warnings.
type WarningList struct {
	AsOf     time.Time             `json:"as_of"`
	Revision int64                 `json:"revision"`
	Total    int                   `json:"total"` // on all pages
	Warnings []prioritizer.Warning `json:"warnings"`

	NextCursor *string `json:"next_cursor"`

	Age time.Duration `json:"-"` // since the database last answered; 0 unless it is away
}

// WarningFilter selects warnings; what is empty selects all.
type WarningFilter struct {
	Product string
	Service string
	Item    int64
	Review  int64
	Subject string // such as item/142
	Code    string
	Level   prioritizer.Level
	Limit   int    // of a page
	Cursor  string // where to continue
}

// Warnings reads a page of the warnings.
func (c *Client) Warnings(ctx context.Context, f WarningFilter) (WarningList, error) {
	list, age, err := askAged[WarningList](ctx, c, reading(at("warnings")).with(query{
		"product": f.Product, "service": f.Service, "item": number(f.Item), "review": number(f.Review), "subject": f.Subject,
		"code": f.Code, "level": string(f.Level), "limit": number(f.Limit), "cursor": f.Cursor,
	}))
	list.Age = age
	return list, err
}

// AllWarnings yields the warnings that the filter selects, page by page.
func (c *Client) AllWarnings(ctx context.Context, f WarningFilter) iter.Seq2[prioritizer.Warning, error] {
	return pages(func() ([]prioritizer.Warning, bool, error) {
		list, err := c.Warnings(ctx, f)
		if list.NextCursor != nil {
			f.Cursor = *list.NextCursor
		}
		return list.Warnings, list.NextCursor != nil, err
	})
}
