package client

import (
	"context"

	"github.com/burnlist/burnlist"
)

// SLOList is a selection of SLOs, by name, the retired ones included.
type SLOList struct {
	SLOs []burnlist.SLO `json:"slos"`
}

// WrittenSLO is an SLO as it was stored, with what its source makes one warn
// of.
type WrittenSLO struct {
	burnlist.SLO
	Notes []string `json:"notes"`
}

// NewSLO is an SLO to be created. The server fills in what is left out: source
// default, window 30d, and the slice that fits what it observes.
type NewSLO struct {
	Name      string             `json:"name"`
	Service   string             `json:"service"`
	Source    string             `json:"source,omitempty"`
	Objective float64            `json:"objective"`
	Window    burnlist.Duration  `json:"window,omitzero"`
	Slice     burnlist.Duration  `json:"slice,omitzero"`
	Indicator burnlist.Indicator `json:"indicator"`
	Advisory  bool               `json:"advisory,omitempty"`
}

// SLOChange is what changes of an SLO; what is nil stays.
type SLOChange struct {
	Source    *string             `json:"source,omitempty"`
	Objective *float64            `json:"objective,omitempty"`
	Window    *burnlist.Duration  `json:"window,omitempty"`
	Slice     *burnlist.Duration  `json:"slice,omitempty"`
	Indicator *burnlist.Indicator `json:"indicator,omitempty"`
	Advisory  *bool               `json:"advisory,omitempty"`
	Retired   *bool               `json:"retired,omitempty"`
}

// SLOFilter selects SLOs; what is empty selects all.
type SLOFilter struct {
	Product string
	Service string
}

// SLOs lists SLOs.
func (c *Client) SLOs(ctx context.Context, f SLOFilter) (SLOList, error) {
	return ask[SLOList](ctx, c, reading(at("slos")).with(query{"product": f.Product, "service": f.Service}))
}

// SLO reads an SLO.
func (c *Client) SLO(ctx context.Context, name string) (burnlist.SLO, error) {
	return ask[burnlist.SLO](ctx, c, reading(at("slos", name)))
}

// CreateSLO creates an SLO. The server asks its source first, which may take
// seconds.
func (c *Client) CreateSLO(ctx context.Context, o NewSLO) (WrittenSLO, error) {
	return ask[WrittenSLO](ctx, c, writing(at("slos"), o))
}

// UpdateSLO changes or retires the SLO whose version was seen.
func (c *Client) UpdateSLO(ctx context.Context, name string, version int64, change SLOChange) (WrittenSLO, error) {
	return ask[WrittenSLO](ctx, c, changing(at("slos", name), version, change))
}
