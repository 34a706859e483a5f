package client

import (
	"context"

	"github.com/burnlist/burnlist"
)

// ServiceList is a selection of services, by name, the retired ones included.
type ServiceList struct {
	Services []burnlist.Service `json:"services"`
}

// NewService is a service to be created.
type NewService struct {
	Name    string `json:"name"`
	Product string `json:"product"`
	Team    string `json:"team,omitempty"`
}

// ServiceChange is what changes of a service; what is nil stays. An empty team
// is none.
type ServiceChange struct {
	Product *string              `json:"product,omitempty"`
	Team    *burnlist.NullString `json:"team,omitempty"`
	Retired *bool                `json:"retired,omitempty"`
}

// ServiceFilter selects services; what is empty selects all.
type ServiceFilter struct {
	Product string
}

// Services lists services.
func (c *Client) Services(ctx context.Context, f ServiceFilter) (ServiceList, error) {
	return ask[ServiceList](ctx, c, reading(at("services")).with(query{"product": f.Product}))
}

// Service reads a service.
func (c *Client) Service(ctx context.Context, name string) (burnlist.Service, error) {
	return ask[burnlist.Service](ctx, c, reading(at("services", name)))
}

// CreateService creates a service.
func (c *Client) CreateService(ctx context.Context, s NewService) (burnlist.Service, error) {
	return ask[burnlist.Service](ctx, c, writing(at("services"), s))
}

// UpdateService changes, moves or retires the service whose version was seen.
func (c *Client) UpdateService(ctx context.Context, name string, version int64, change ServiceChange) (burnlist.Service, error) {
	return ask[burnlist.Service](ctx, c, changing(at("services", name), version, change))
}
