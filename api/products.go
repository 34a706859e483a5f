package api

import (
	"context"

	"github.com/burnlist/burnlist"
)

// ProductList is all products.
type ProductList struct {
	Products []burnlist.Product `json:"products" nullable:"false"`
}

type newProduct struct {
	Name string         `json:"name" minLength:"1" maxLength:"100" example:"shop"`
	Zone string         `json:"zone" minLength:"1" maxLength:"100" example:"Europe/Berlin" doc:"IANA time zone; the dates of the product are civil dates there."`
	Slot *burnlist.Slot `json:"slot,omitempty" doc:"When the weekly review is held, in the product's zone; monday 10:00 if it is not given."`
}

type productChange struct {
	Zone    Optional[string]        `json:"zone,omitzero" example:"Europe/Berlin" doc:"IANA time zone."`
	Slot    Optional[burnlist.Slot] `json:"slot,omitzero" doc:"When the weekly review is held."`
	Retired Optional[bool]          `json:"retired,omitzero" doc:"true retires the product, false brings it back."`
}

func (s *server) listProducts(ctx context.Context, _ *struct{}) (*struct{ Body ProductList }, error) {
	products, err := s.Store.Products(ctx)
	return &struct{ Body ProductList }{ProductList{notNil(products)}}, err
}

func (s *server) createProduct(ctx context.Context, in *struct {
	Authored
	Keyed
	Body newProduct
},
) (*Created[burnlist.Product], error) {
	by := in.once(s.author(in.Authored))
	p := burnlist.Product{Name: in.Body.Name, Zone: in.Body.Zone, Slot: burnlist.DefaultSlot}
	if in.Body.Slot != nil {
		p.Slot = *in.Body.Slot
	}
	p, revision, err := s.Store.CreateProduct(ctx, by, p)
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	return created("products/"+p.Name, p, p.Version, revision), nil
}

func (s *server) getProduct(ctx context.Context, in *struct {
	Name string `path:"name" example:"shop"`
},
) (*Tagged[burnlist.Product], error) {
	p, err := s.Store.Product(ctx, in.Name)
	return tagged(p, p.Version), err
}

func (s *server) patchProduct(ctx context.Context, in *struct {
	Authored
	Matched
	Name string `path:"name" example:"shop"`
	Body productChange
},
) (*Written[burnlist.Product], error) {
	seen, err := in.required()
	if err != nil {
		return nil, err
	}
	by := s.author(in.Authored)
	p, revision, err := s.Store.UpdateProduct(ctx, by, in.Name, func(p burnlist.Product) (burnlist.Product, error) {
		in.Body.Zone.apply(&p.Zone)
		in.Body.Slot.apply(&p.Slot)
		retire(in.Body.Retired, &p.RetiredAt, by)
		return p, seen.check(p.Version, "product "+p.Name)
	})
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	return written(p, p.Version, revision), nil
}
