package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/burnlist/burnlist"
)

// SLOList is a selection of SLOs.
type SLOList struct {
	SLOs []burnlist.SLO `json:"slos" nullable:"false" doc:"By name, the retired ones included."`
}

// WrittenSLO is an SLO as it was stored, with what its source makes one warn
// of.
type WrittenSLO struct {
	burnlist.SLO
	Notes []string `json:"notes" nullable:"false" doc:"What to know about it, such as that no series matches now, or that its figures start anew; they are not stored."`
}

type newSLO struct {
	Name      string             `json:"name" minLength:"1" maxLength:"100" example:"checkout-availability"`
	Service   string             `json:"service" minLength:"1" maxLength:"100" example:"checkout"`
	Source    string             `json:"source,omitempty" maxLength:"100" example:"default" doc:"Name of the Prometheus source to ask; default if it is not given."`
	Objective float64            `json:"objective" exclusiveMinimum:"0" exclusiveMaximum:"1" example:"0.999" doc:"Share of good events that is promised."`
	Window    *burnlist.Duration `json:"window,omitzero" doc:"Rolling window in whole days, 1d to 90d; 30d if it is not given."`
	Slice     *burnlist.Duration `json:"slice,omitzero" doc:"Width of a slice: 5m, 10m, 15m, 30m or 1h. If it is not given, the smallest into which two samples fit at the scrape interval that is observed."`
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
	if err := s.inStore(ctx, in.Product, in.Service); err != nil {
		return nil, err
	}
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

// slo returns the SLO that the body asks for, before its source is asked.
func (b newSLO) slo() burnlist.SLO {
	o := burnlist.SLO{
		Name: b.Name, Service: b.Service, Source: cmp.Or(b.Source, burnlist.DefaultSource), Objective: b.Objective,
		Window: burnlist.DefaultWindow, Slice: anySlice, Indicator: b.Indicator, Advisory: b.Advisory,
	}
	if b.Window != nil {
		o.Window = *b.Window
	}
	if b.Slice != nil {
		o.Slice = *b.Slice
	}
	return o
}

func (s *server) createSLO(ctx context.Context, in *struct {
	Authored
	Keyed
	Body newSLO
},
) (*Created[WrittenSLO], error) {
	by, p := in.once(s.author(in.Authored)), prepared{slo: in.Body.slo()}
	done, err := s.Store.Repeated(ctx, by)
	if err == nil && !done { // whatever its source says by now
		p, err = s.prepare(ctx, p.slo)
	}
	if err != nil {
		return nil, err
	}
	o, revision, err := s.Store.CreateSLO(ctx, by, p.slo)
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	return created("slos/"+o.Name, WrittenSLO{o, notNil(p.notes)}, o.Version, revision), nil
}

func (s *server) getSLO(ctx context.Context, in *struct {
	Name string `path:"name" example:"checkout-availability"`
},
) (*Tagged[burnlist.SLO], error) {
	o, err := s.Store.SLO(ctx, in.Name)
	return tagged(o, o.Version), err
}

// patchSLO asks the source of what would be counted in another way before it
// writes: the answer may take seconds.
func (s *server) patchSLO(ctx context.Context, in *struct {
	Authored
	Matched
	Name string `path:"name" example:"checkout-availability"`
	Body sloChange
},
) (*Written[WrittenSLO], error) {
	seen, err := in.required()
	if err != nil {
		return nil, err
	}
	before, err := s.Store.SLO(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	if err := seen.check(before.Version, "SLO "+before.Name); err != nil {
		return nil, err
	}
	p := prepared{slo: in.Body.over(before, s.author(in.Authored))}
	switch {
	case p.slo.RetiredAt != nil: // a source that is gone must not keep an SLO from being retired
	case before.RetiredAt != nil || recounted(before, p.slo):
		if p, err = s.prepare(ctx, p.slo); err != nil {
			return nil, err
		}
	default:
		if err := s.checkSLO(p.slo); err != nil {
			return nil, err
		}
	}
	o, revision, err := s.Store.UpdateSLO(ctx, s.author(in.Authored), in.Name, func(o burnlist.SLO) (burnlist.SLO, error) {
		// The version tells whether it still is what the change was put over.
		return p.slo, seen.check(o.Version, "SLO "+o.Name)
	})
	if err != nil {
		return nil, err
	}
	if o.Ledger != before.Ledger {
		p.notes = append(p.notes, fmt.Sprintf("it counts in another way now: its figures start anew in ledger %d, filled in from Prometheus as far as that goes back; ledger %d, with what was counted before, is kept", o.Ledger, before.Ledger))
	}
	s.settle(ctx, revision)
	return written(WrittenSLO{o, notNil(p.notes)}, o.Version, revision), nil
}

// over returns the SLO with the change put over it.
func (c *sloChange) over(o burnlist.SLO, by burnlist.Author) burnlist.SLO {
	c.Source.apply(&o.Source)
	c.Objective.apply(&o.Objective)
	c.Window.apply(&o.Window)
	c.Slice.apply(&o.Slice)
	c.Indicator.apply(&o.Indicator)
	c.Advisory.apply(&o.Advisory)
	retire(c.Retired, &o.RetiredAt, by)
	return o
}

// recounted reports whether an SLO counts other events after a change, from
// another source or in other slices.
func recounted(before, after burnlist.SLO) bool {
	return !after.Indicator.Equal(before.Indicator) || after.Source != before.Source || after.Slice != before.Slice
}
