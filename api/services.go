package api

import (
	"context"
	"slices"

	"github.com/burnlist/burnlist"
)

// ServiceList is a selection of services.
type ServiceList struct {
	Services []burnlist.Service `json:"services" nullable:"false"`
}

type newService struct {
	Name    string              `json:"name" minLength:"1" maxLength:"100" example:"checkout"`
	Product string              `json:"product" minLength:"1" maxLength:"100" example:"shop"`
	Team    burnlist.NullString `json:"team,omitempty" nullable:"true" maxLength:"200" example:"payments"`
}

type serviceChange struct {
	Product Optional[string]              `json:"product,omitzero" example:"shop" doc:"Another product moves the service there."`
	Team    Nullable[burnlist.NullString] `json:"team,omitzero" nullable:"true" maxLength:"200" example:"payments"`
	Retired Optional[bool]                `json:"retired,omitzero" doc:"true retires the service, false brings it back."`
}

func (s *server) listServices(ctx context.Context, in *struct {
	Product string `query:"product" doc:"Only those of this product."`
},
) (*struct{ Body ServiceList }, error) {
	if err := s.inStore(ctx, in.Product, ""); err != nil {
		return nil, err
	}
	services, err := s.Store.Services(ctx)
	services = slices.DeleteFunc(services, func(v burnlist.Service) bool { return in.Product != "" && v.Product != in.Product })
	return &struct{ Body ServiceList }{ServiceList{notNil(services)}}, err
}

func (s *server) createService(ctx context.Context, in *struct {
	Authored
	Keyed
	Body newService
},
) (*Created[burnlist.Service], error) {
	by := in.once(s.author(in.Authored))
	v, revision, err := s.Store.CreateService(ctx, by, burnlist.Service{
		Name: in.Body.Name, Product: in.Body.Product, Team: in.Body.Team,
	})
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	return created("services/"+v.Name, v, v.Version, revision), nil
}

func (s *server) getService(ctx context.Context, in *struct {
	Name string `path:"name" example:"checkout"`
},
) (*Tagged[burnlist.Service], error) {
	v, err := s.Store.Service(ctx, in.Name)
	return tagged(v, v.Version), err
}

func (s *server) patchService(ctx context.Context, in *struct {
	Authored
	Matched
	Name string `path:"name" example:"checkout"`
	Body serviceChange
},
) (*Written[burnlist.Service], error) {
	seen, err := in.required()
	if err != nil {
		return nil, err
	}
	by := s.author(in.Authored)
	v, revision, err := s.Store.UpdateService(ctx, by, in.Name, func(v burnlist.Service) (burnlist.Service, error) {
		in.Body.Product.apply(&v.Product)
		in.Body.Team.apply(&v.Team)
		retire(in.Body.Retired, &v.RetiredAt, by)
		return v, seen.check(v.Version, "service "+v.Name)
	})
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	return written(v, v.Version, revision), nil
}
