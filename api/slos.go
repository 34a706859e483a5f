package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
)

// SLOList is a selection of SLOs.
type SLOList struct {
	SLOs []burnlist.SLO `json:"slos" nullable:"false"`
}

type newSLO struct {
	Name      string             `json:"name" minLength:"1" maxLength:"100" example:"checkout-availability"`
	Service   string             `json:"service" minLength:"1" maxLength:"100" example:"checkout"`
	Source    string             `json:"source,omitempty" maxLength:"100" example:"default" doc:"Name of the Prometheus source to ask; default if it is not given."`
	Objective float64            `json:"objective" exclusiveMinimum:"0" exclusiveMaximum:"1" example:"0.999" doc:"Share of good events that is promised."`
	Window    *burnlist.Duration `json:"window,omitzero" doc:"Rolling window in whole days, 1d to 90d; 30d if it is not given."`
	Slice     *burnlist.Duration `json:"slice,omitzero" doc:"Width of a slice: 5m, 10m, 15m, 30m or 1h; 5m if it is not given. Two samples must fit into it."`
	Indicator burnlist.Indicator `json:"indicator" doc:"How bad and total events are counted."`
	Advisory  bool               `json:"advisory,omitempty" doc:"Computed and shown, but never ranks."`
}

type sloChange struct {
	Source    Optional[string]             `json:"source,omitzero" example:"default" doc:"Starts a new ledger."`
	Objective Optional[float64]            `json:"objective,omitzero" exclusiveMinimum:"0" exclusiveMaximum:"1" example:"0.999"`
	Window    Optional[burnlist.Duration]  `json:"window,omitzero"`
	Slice     Optional[burnlist.Duration]  `json:"slice,omitzero" doc:"Starts a new ledger."`
	Indicator Optional[burnlist.Indicator] `json:"indicator,omitzero" doc:"Starts a new ledger if it counts differently."`
	Advisory  Optional[bool]               `json:"advisory,omitzero"`
	Retired   Optional[bool]               `json:"retired,omitzero" doc:"true retires the SLO, false brings it back."`
}

func (s *server) listSLOs(ctx context.Context, in *struct {
	Product string `query:"product" doc:"Only those of services of this product."`
	Service string `query:"service" doc:"Only those of this service."`
},
) (*struct{ Body SLOList }, error) {
	slos, err := s.Store.SLOs(ctx)
	if err != nil {
		return nil, err
	}
	services, err := s.Store.Services(ctx)
	if err != nil {
		return nil, err
	}
	product := map[string]string{}
	for _, v := range services {
		product[v.Name] = v.Product
	}
	slos = slices.DeleteFunc(slos, func(o burnlist.SLO) bool {
		return (in.Service != "" && o.Service != in.Service) || (in.Product != "" && product[o.Service] != in.Product)
	})
	return &struct{ Body SLOList }{SLOList{notNil(slos)}}, nil
}

func (s *server) createSLO(ctx context.Context, in *struct {
	Authored
	Body newSLO
},
) (*Created[burnlist.SLO], error) {
	by, b := s.author(in.Authored), in.Body
	o := burnlist.SLO{
		Name: b.Name, Service: b.Service, Source: b.Source, Objective: b.Objective, Window: burnlist.DefaultWindow, Slice: burnlist.DefaultSlice,
		Indicator: b.Indicator, Advisory: b.Advisory,
	}
	if o.Source == "" {
		o.Source = burnlist.DefaultSource
	}
	if b.Window != nil {
		o.Window = *b.Window
	}
	if b.Slice != nil {
		o.Slice = *b.Slice
	}
	if err := s.checkSLO(o); err != nil {
		return nil, err
	}
	o, revision, err := s.Store.CreateSLO(ctx, by, o)
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	return created("slos/"+o.Name, o, o.Version, revision), nil
}

func (s *server) getSLO(ctx context.Context, in *struct {
	Name string `path:"name" example:"checkout-availability"`
},
) (*Tagged[burnlist.SLO], error) {
	o, err := s.Store.SLO(ctx, in.Name)
	return tagged(o, o.Version), err
}

func (s *server) patchSLO(ctx context.Context, in *struct {
	Authored
	Matched
	Name string `path:"name" example:"checkout-availability"`
	Body sloChange
},
) (*Written[burnlist.SLO], error) {
	seen, err := in.required()
	if err != nil {
		return nil, err
	}
	by := s.author(in.Authored)
	o, revision, err := s.Store.UpdateSLO(ctx, by, in.Name, func(o burnlist.SLO) (burnlist.SLO, error) {
		if err := seen.check(o.Version, "SLO "+o.Name); err != nil {
			return o, err
		}
		in.Body.Source.apply(&o.Source)
		in.Body.Objective.apply(&o.Objective)
		in.Body.Window.apply(&o.Window)
		in.Body.Slice.apply(&o.Slice)
		in.Body.Indicator.apply(&o.Indicator)
		in.Body.Advisory.apply(&o.Advisory)
		retire(in.Body.Retired, &o.RetiredAt, by)
		if o.RetiredAt != nil { // a source that is gone must not keep an SLO from being retired
			return o, nil
		}
		return o, s.checkSLO(o)
	})
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	return written(o, o.Version, revision), nil
}

// checkSLO reports everything that is wrong with an SLO, its selectors and its
// source at once.
func (s *server) checkSLO(o burnlist.SLO) error {
	found := []error{o.Validate(), s.checkSource(o.Source)}
	if o.Indicator.Events != nil {
		found = append(found, budget.Check(o.Indicator))
	}
	all := &burnlist.Error{Code: burnlist.Invalid, Message: "the SLO is not valid"}
	for _, err := range found {
		if e, ok := errors.AsType[*burnlist.Error](err); ok {
			for _, d := range e.Details {
				// Two rules may find fault with the same field; the first says it.
				if !slices.ContainsFunc(all.Details, func(told burnlist.Detail) bool { return told.Field == d.Field }) {
					all.Details = append(all.Details, d)
				}
			}
		} else if err != nil {
			return err
		}
	}
	if len(all.Details) == 0 {
		return nil
	}
	return all
}

func (s *server) checkSource(name string) error {
	if slices.Contains(s.Sources, name) {
		return nil
	}
	message := fmt.Sprintf("%q is not a configured Prometheus source: use one of %s", name, strings.Join(s.Sources, ", "))
	if len(s.Sources) == 0 {
		message = fmt.Sprintf("%q is not a configured Prometheus source: there is none yet, configure it under sources", name)
	}
	return &burnlist.Error{Code: burnlist.Invalid, Details: []burnlist.Detail{{Field: "source", Message: message}}}
}
