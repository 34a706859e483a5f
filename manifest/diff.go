package manifest

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
	"github.com/burnlist/burnlist/config"
)

// Diff returns the steps from what there is to what is wanted, each behind
// those that it needs. A thing that is wanted nowhere stays as it is. Unless it
// is forced, nothing changes the status, the owner or the due date of an item
// that somebody has decided of. Once the steps are done, Diff has none.
func Diff(want *config.Manifest, have State, force bool) Plan {
	d := &differ{have: have, force: force}
	if want.Policy != nil {
		d.policy(*want.Policy)
	}
	for _, p := range want.Products {
		d.product(p)
	}
	for _, v := range want.Services {
		d.service(v)
	}
	for _, o := range want.SLOs {
		d.slo(o)
	}
	for _, i := range want.Items {
		d.item(i)
	}
	slices.Reverse(d.retiring) // what belongs to something goes before it
	d.Steps = slices.Concat(d.Steps, inOrder(d.closing), d.retiring)
	return d.Plan
}

// differ is a Diff under way.
type differ struct {
	Plan
	have     State
	force    bool
	closing  []Step // decisions that close items, once all items are there
	retiring []Step // at last, in the order of the manifest
}

// done counts a thing that has been looked at, by whether it has steps or
// differences that are kept.
func (d *differ) done(touched bool) {
	if !touched {
		d.Unchanged++
	}
}

func (d *differ) refuse(t Thing, at config.Place, format string, args ...any) {
	d.Refused = append(d.Refused, Refusal{t, at, fmt.Sprintf(format, args...)})
}

// retire notes that a thing is to be retired, unless it is.
func (d *differ) retire(t Thing, at config.Place, retired *bool, is bool, body any) bool {
	if retired == nil || !*retired || is {
		return false
	}
	d.retiring = append(d.retiring, Step{Thing: t, Action: Retire, At: at, Body: body})
	return true
}

// restored returns the change that brings a retired thing back, if it is to
// come back.
func restored(c *changes, retired *bool, is bool) *bool {
	if retired == nil || *retired || !is {
		return nil
	}
	return differs(c, "retired", is, retired)
}

func (d *differ) alter(t Thing, at config.Place, c changes, body any, needs ...Thing) {
	if len(c) > 0 {
		d.Steps = append(d.Steps, Step{Thing: t, Action: Alter, At: at, Changes: c, Body: body, Needs: needs})
	}
}

func (d *differ) create(t Thing, at config.Place, body any, needs ...Thing) {
	d.Steps = append(d.Steps, Step{Thing: t, Action: Create, At: at, Body: body, Needs: needs})
}

// missing refuses a thing that cannot be created for want of a field.
func (d *differ) missing(t Thing, at config.Place, field string) {
	d.refuse(t, at, "is not on the server, and cannot be created without %s: give it", field)
}

func (d *differ) policy(want config.Policy) {
	t := Thing{Kind: Policy}
	is, wanted := members(d.have.Policy), members(want.Policy)
	var c changes
	differing := map[string]json.RawMessage{}
	for _, name := range want.Given {
		if string(is[name]) != string(wanted[name]) {
			differing[name] = wanted[name]
			c.note(name, is[name], wanted[name])
		}
	}
	var body client.PolicyChange
	text, err := json.Marshal(differing)
	if err == nil {
		err = json.Unmarshal(text, &body)
	}
	if err != nil {
		panic(err) // cannot happen: both have the same fields
	}
	d.alter(t, want.At(""), c, body)
	d.done(len(c) > 0)
}

func members(p burnlist.Policy) map[string]json.RawMessage {
	text, err := json.Marshal(p)
	var all map[string]json.RawMessage
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		panic(err) // cannot happen: it is made of numbers
	}
	return all
}

func (d *differ) product(want config.Product) {
	t, at := Thing{Product, want.Name}, want.At("")
	is, ok := d.have.Products[want.Name]
	switch {
	case !ok && want.Zone == nil:
		d.missing(t, at, "zone")
		return
	case !ok:
		d.create(t, at, client.NewProduct{Name: want.Name, Zone: *want.Zone, Slot: want.Slot})
		d.retire(t, at, want.Retired, false, client.ProductChange{Retired: want.Retired})
		return
	}
	var c changes
	body := client.ProductChange{
		Zone:    differs(&c, "zone", is.Zone, want.Zone),
		Slot:    differs(&c, "slot", is.Slot, want.Slot),
		Retired: restored(&c, want.Retired, is.RetiredAt != nil),
	}
	d.alter(t, at, c, body)
	d.done(d.retire(t, at, want.Retired, is.RetiredAt != nil, client.ProductChange{Retired: want.Retired}) || len(c) > 0)
}

func (d *differ) service(want config.Service) {
	t, at := Thing{Service, want.Name}, want.At("")
	is, ok := d.have.Services[want.Name]
	switch {
	case !ok && want.Product == nil:
		d.missing(t, at, "product")
		return
	case !ok:
		body := client.NewService{Name: want.Name, Product: *want.Product}
		if want.Team != nil {
			body.Team = string(*want.Team)
		}
		d.create(t, at, body, Thing{Product, *want.Product})
		d.retire(t, at, want.Retired, false, client.ServiceChange{Retired: want.Retired})
		return
	}
	var c changes
	body := client.ServiceChange{
		Product: differs(&c, "product", is.Product, want.Product),
		Team:    differs(&c, "team", is.Team, want.Team),
		Retired: restored(&c, want.Retired, is.RetiredAt != nil),
	}
	product := is.Product
	if want.Product != nil {
		product = *want.Product
	}
	d.alter(t, at, c, body, Thing{Product, product})
	d.done(d.retire(t, at, want.Retired, is.RetiredAt != nil, client.ServiceChange{Retired: want.Retired}) || len(c) > 0)
}

func (d *differ) slo(want config.SLO) {
	t, at := Thing{SLO, want.Name}, want.At("")
	is, ok := d.have.SLOs[want.Name]
	switch {
	case !ok:
		d.newSLO(t, at, want)
		return
	case want.Service != nil && *want.Service != is.Service:
		d.refuse(t, want.At("service"), "belongs to service %s on the server, and not to %s: an SLO does not move, so give the new one another name", is.Service, *want.Service)
		return
	}
	var c changes
	body := client.SLOChange{
		Source:    differs(&c, "source", is.Source, want.Source),
		Objective: differs(&c, "objective", is.Objective, want.Objective),
		Window:    differs(&c, "window", is.Window, want.Window),
		Slice:     differs(&c, "slice", is.Slice, want.Slice),
		Advisory:  differs(&c, "advisory", is.Advisory, want.Advisory),
		Retired:   restored(&c, want.Retired, is.RetiredAt != nil),
	}
	if i := want.Indicator; i != nil {
		if wanted := timed(*i, is.Indicator); !wanted.Equal(is.Indicator) {
			body.Indicator = i
			c.note("indicator", is.Indicator, wanted)
		}
	}
	d.alter(t, at, c, body, Thing{Service, is.Service})
	d.done(d.retire(t, at, want.Retired, is.RetiredAt != nil, client.SLOChange{Retired: want.Retired}) || len(c) > 0)
}

func (d *differ) newSLO(t Thing, at config.Place, want config.SLO) {
	switch {
	case want.Service == nil:
		d.missing(t, at, "service")
		return
	case want.Objective == nil:
		d.missing(t, at, "objective")
		return
	case want.Indicator == nil:
		d.missing(t, at, "indicator")
		return
	}
	body := client.NewSLO{Name: want.Name, Service: *want.Service, Objective: *want.Objective, Indicator: *want.Indicator}
	fill(&body.Source, want.Source)
	fill(&body.Window, want.Window)
	fill(&body.Slice, want.Slice)
	fill(&body.Advisory, want.Advisory)
	d.create(t, at, body, Thing{Service, *want.Service})
	d.retire(t, at, want.Retired, false, client.SLOChange{Retired: want.Retired})
}

// timed returns the indicator with the interval that the server found for it,
// if it does not say one and needs it.
func timed(want, is burnlist.Indicator) burnlist.Indicator {
	if want.Gauge != nil && is.Gauge != nil && want.Gauge.Interval == 0 && want.Gauge.CountsMissing() {
		g := *want.Gauge
		g.Interval = is.Gauge.Interval
		want.Gauge = &g
	}
	return want
}

// fill sets what is given.
func fill[T any](v, given *T) {
	if given != nil {
		*v = *given
	}
}
