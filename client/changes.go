package client

import (
	"context"
	"iter"
	"time"

	"github.com/burnlist/burnlist"
)

// ChangeList is a page of the change log, the oldest first.
type ChangeList struct {
	Changes    []ChangeLine `json:"changes"`
	NextCursor *int64       `json:"next_cursor"` // for After of the filter; nil at the end
}

// ChangeLine is a line of the change log: what one write did.
type ChangeLine struct {
	Revision int64               `json:"revision"`
	At       time.Time           `json:"at"`
	Actor    string              `json:"actor"`
	Verified bool                `json:"verified"`
	Kind     burnlist.ChangeKind `json:"kind"`
	Review   *int64              `json:"review"`   // in which or by which it was written
	Decision *burnlist.Decision  `json:"decision"` // what was decided, or taken back
	Subjects []string            `json:"subjects"` // such as item/142
}

// ChangeFilter selects lines of the change log; what is empty selects all.
type ChangeFilter struct {
	Subject string // such as item/142
	Kind    burnlist.ChangeKind
	After   int64 // only lines of a greater revision
	Limit   int   // of a page
}

// Changes reads a page of the change log.
func (c *Client) Changes(ctx context.Context, f ChangeFilter) (ChangeList, error) {
	return ask[ChangeList](ctx, c, reading(at("changes")).with(query{
		"subject": f.Subject, "kind": string(f.Kind), "after": number(f.After), "limit": number(f.Limit),
	}))
}

// AllChanges yields the lines that the filter selects, page by page.
func (c *Client) AllChanges(ctx context.Context, f ChangeFilter) iter.Seq2[ChangeLine, error] {
	return pages(func() ([]ChangeLine, bool, error) {
		list, err := c.Changes(ctx, f)
		if list.NextCursor != nil {
			f.After = *list.NextCursor
		}
		return list.Changes, list.NextCursor != nil, err
	})
}
