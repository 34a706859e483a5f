package client

import (
	"context"
	"iter"

	"github.com/burnlist/burnlist"
)

// ItemList is a page of action items, by id.
type ItemList struct {
	Items      []burnlist.ItemView `json:"items"`
	NextCursor *int64              `json:"next_cursor"` // for After of the filter; nil at the end
}

// NewItem is an action item to be reported. Due is a text that the server
// reads, such as 2030-01-15.
type NewItem struct {
	Key      string            `json:"key,omitempty"`
	Title    string            `json:"title"`
	Service  string            `json:"service"`
	SLO      string            `json:"slo,omitempty"`
	Owner    string            `json:"owner,omitempty"`
	Due      string            `json:"due,omitempty"`
	Priority burnlist.Priority `json:"priority,omitempty"`
	Ticket   string            `json:"ticket,omitempty"`
	Source   *burnlist.Source  `json:"source,omitempty"`
	OpenedOn burnlist.Date     `json:"opened_on,omitzero"`
	DoneWhen string            `json:"done_when,omitempty"` // how anybody can tell that it is done
}

// ItemChange is what changes of an item; what is nil stays. An empty text, and
// a Source that says nothing, clear the field.
type ItemChange struct {
	Key      *burnlist.NullString `json:"key,omitempty"`
	Title    *string              `json:"title,omitempty"`
	Service  *string              `json:"service,omitempty"`
	SLO      *burnlist.NullString `json:"slo,omitempty"`
	Owner    *burnlist.NullString `json:"owner,omitempty"`
	Due      *burnlist.NullString `json:"due,omitempty"`
	Priority *burnlist.Priority   `json:"priority,omitempty"`
	Ticket   *burnlist.NullString `json:"ticket,omitempty"`
	Source   *burnlist.Source     `json:"source,omitempty"`
	OpenedOn *burnlist.Date       `json:"opened_on,omitempty"`
	DoneWhen *burnlist.NullString `json:"done_when,omitempty"`
}

// ItemFilter selects items; what is empty selects all.
type ItemFilter struct {
	Product string
	Service string
	Owner   string
	Status  burnlist.Status
	Key     string
	After   int64 // only items behind this id
	Limit   int   // of a page
}

// WrittenItem is an item as it was stored, with advice about it.
type WrittenItem struct {
	burnlist.ItemView
	Advice []Advice `json:"advice"` // empty if there is none, or the server gives none
}

// Advice is what would make an item better. It is never a reason to refuse it.
type Advice struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// ItemHistory is what happened to an item, the oldest first.
type ItemHistory struct {
	Events []burnlist.Event `json:"events"`
}

// Items lists a page of items.
func (c *Client) Items(ctx context.Context, f ItemFilter) (ItemList, error) {
	return ask[ItemList](ctx, c, reading(at("items")).with(query{
		"product": f.Product, "service": f.Service, "owner": f.Owner, "status": string(f.Status), "key": f.Key,
		"after": number(f.After), "limit": number(f.Limit),
	}))
}

// AllItems yields the items that the filter selects, page by page.
func (c *Client) AllItems(ctx context.Context, f ItemFilter) iter.Seq2[burnlist.ItemView, error] {
	return pages(func() ([]burnlist.ItemView, bool, error) {
		list, err := c.Items(ctx, f)
		if list.NextCursor != nil {
			f.After = *list.NextCursor
		}
		return list.Items, list.NextCursor != nil, err
	})
}

// Item reads an item.
func (c *Client) Item(ctx context.Context, item int64) (burnlist.ItemView, error) {
	return ask[burnlist.ItemView](ctx, c, reading(at("items", id(item))))
}

// CreateItem reports an item.
func (c *Client) CreateItem(ctx context.Context, i NewItem) (WrittenItem, error) {
	return ask[WrittenItem](ctx, c, writing(at("items"), i))
}

// UpdateItem changes the fields of the item whose version was seen.
func (c *Client) UpdateItem(ctx context.Context, item, version int64, change ItemChange) (WrittenItem, error) {
	return ask[WrittenItem](ctx, c, changing(at("items", id(item)), version, change))
}

// ItemHistory reads who did what to an item.
func (c *Client) ItemHistory(ctx context.Context, item int64) (ItemHistory, error) {
	return ask[ItemHistory](ctx, c, reading(at("items", id(item), "history")))
}
