package client

import (
	"context"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/review"
)

// ProductList is all products, by name, the retired ones included.
type ProductList struct {
	Products []burnlist.Product `json:"products"`
}

// NewProduct is a product to be created. Without a slot it gets the default
// one.
type NewProduct struct {
	Name string         `json:"name"`
	Zone string         `json:"zone"`
	Slot *burnlist.Slot `json:"slot,omitempty"`
}

// ProductChange is what changes of a product; what is nil stays.
type ProductChange struct {
	Zone    *string        `json:"zone,omitempty"`
	Slot    *burnlist.Slot `json:"slot,omitempty"`
	Retired *bool          `json:"retired,omitempty"`
}

// Products lists all products.
func (c *Client) Products(ctx context.Context) (ProductList, error) {
	return ask[ProductList](ctx, c, reading(at("products")))
}

// Product reads a product.
func (c *Client) Product(ctx context.Context, name string) (burnlist.Product, error) {
	return ask[burnlist.Product](ctx, c, reading(at("products", name)))
}

// CreateProduct creates a product.
func (c *Client) CreateProduct(ctx context.Context, p NewProduct) (burnlist.Product, error) {
	return ask[burnlist.Product](ctx, c, writing(at("products"), p))
}

// UpdateProduct changes or retires the product whose version was seen.
func (c *Client) UpdateProduct(ctx context.Context, name string, version int64, change ProductChange) (burnlist.Product, error) {
	return ask[burnlist.Product](ctx, c, changing(at("products", name), version, change))
}

// WeekDigest reads the digest of a product as of now.
func (c *Client) WeekDigest(ctx context.Context, product string) (review.Digest, error) {
	return ask[review.Digest](ctx, c, reading(at("products", product, "digest")).with(query{"format": "json"}))
}

// RenderedWeekDigest reads the digest of a product as of now in a form such as
// markdown, html or slack.
func (c *Client) RenderedWeekDigest(ctx context.Context, product, format string) ([]byte, error) {
	text, _, err := c.send(ctx, reading(at("products", product, "digest")).with(query{"format": format}))
	return text, err
}

// ProductFigures reads what the reviews of a product came to.
func (c *Client) ProductFigures(ctx context.Context, product string) (review.Figures, error) {
	return ask[review.Figures](ctx, c, reading(at("products", product, "figures")))
}
