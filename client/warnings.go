package client

import (
	"context"
	"time"

	"github.com/burnlist/burnlist/prioritizer"
)

// WarningList is a selection of the warnings.
type WarningList struct {
	AsOf     time.Time             `json:"as_of"`
	Revision int64                 `json:"revision"`
	Total    int                   `json:"total"` // the list may be cut off
	Warnings []prioritizer.Warning `json:"warnings"`

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
	Limit   int
}

// Warnings reads warnings.
func (c *Client) Warnings(ctx context.Context, f WarningFilter) (WarningList, error) {
	list, age, err := askAged[WarningList](ctx, c, reading(at("warnings")).with(query{
		"product": f.Product, "service": f.Service, "item": number(f.Item), "review": number(f.Review), "subject": f.Subject,
		"code": f.Code, "level": string(f.Level), "limit": number(f.Limit),
	}))
	list.Age = age
	return list, err
}
