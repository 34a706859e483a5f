package manifest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/config"
)

// Check returns what is wrong with a manifest by itself, in its order, and what
// it takes for granted: things that it names and that have to be on the server.
// A manifest without problems may still be refused, for what the server has. It
// is pure; now bounds the days on which items can have been opened.
func Check(m *config.Manifest, now time.Time) (problems, notes []Refusal) {
	c := &checker{
		now: now, products: map[string]config.Product{}, services: map[string]config.Service{},
		slos: map[string]config.SLO{}, items: map[string]bool{}, noted: map[Thing]bool{},
	}
	for _, p := range m.Products {
		c.products[p.Name] = p
	}
	for _, v := range m.Services {
		c.services[v.Name] = v
	}
	for _, o := range m.SLOs {
		c.slos[o.Name] = o
	}
	for _, i := range m.Items {
		c.items[i.Key] = true
	}
	if m.Policy != nil {
		c.policy(*m.Policy)
	}
	for _, p := range m.Products {
		c.product(p)
	}
	for _, v := range m.Services {
		c.service(v)
	}
	for _, o := range m.SLOs {
		c.slo(o)
	}
	for _, i := range m.Items {
		c.item(i)
	}
	return c.problems, c.notes
}

// checker is a Check under way.
type checker struct {
	now             time.Time
	products        map[string]config.Product
	services        map[string]config.Service
	slos            map[string]config.SLO
	items           map[string]bool
	problems, notes []Refusal
	noted           map[Thing]bool
}

func (c *checker) wrong(t Thing, at config.Place, format string, args ...any) {
	c.problems = append(c.problems, Refusal{t, at, fmt.Sprintf(format, args...)})
}

// take takes over what a rule of the root package or of package budget says,
// but of each field only what is said first.
func (c *checker) take(t Thing, w config.Written, err error) {
	e, ok := errors.AsType[*burnlist.Error](err)
	if !ok {
		if err != nil {
			c.wrong(t, w.At(""), "%v", err)
		}
		return
	}
	for _, d := range e.Details {
		message := d.Message
		if d.Field != "" {
			message = d.Field + " " + message
		}
		if !c.told(t, w.At(d.Field)) {
			c.wrong(t, w.At(d.Field), "%s", message)
		}
	}
	if len(e.Details) == 0 {
		c.wrong(t, w.At(""), "%s", e.Message)
	}
}

// told reports whether there is a problem with a thing at a place already.
func (c *checker) told(t Thing, at config.Place) bool {
	for _, p := range slices.Backward(c.problems) {
		if p.Thing != t {
			return false
		}
		if p.At == at {
			return true
		}
	}
	return false
}

// elsewhere notes that something has to be on the server, once.
func (c *checker) elsewhere(t Thing, at config.Place, by Thing) {
	if !c.noted[t] {
		c.noted[t] = true
		c.notes = append(c.notes, Refusal{by, at, fmt.Sprintf("names %s, which is not in the files: it has to be on the server", t)})
	}
}

func (c *checker) policy(p config.Policy) {
	whole := burnlist.DefaultPolicy()
	p.Over(&whole)
	c.take(Thing{Kind: Policy}, p.Written, whole.Validate())
}

func (c *checker) product(p config.Product) {
	whole := burnlist.Product{Name: p.Name, Zone: "UTC", Slot: burnlist.DefaultSlot}
	fill(&whole.Zone, p.Zone)
	fill(&whole.Slot, p.Slot)
	c.take(Thing{Product, p.Name}, p.Written, whole.Validate())
}

func (c *checker) service(v config.Service) {
	t := Thing{Service, v.Name}
	whole := burnlist.Service{Name: v.Name, Product: "any"}
	fill(&whole.Product, v.Product)
	fill(&whole.Team, v.Team)
	c.take(t, v.Written, whole.Validate())
	if v.Product == nil {
		return
	}
	if p, ok := c.products[*v.Product]; !ok {
		c.elsewhere(Thing{Product, *v.Product}, v.At("product"), t)
	} else if is(p.Retired) && v.Retired != nil && !*v.Retired {
		c.wrong(t, v.At("product"), "is in force, and its product %s is retired at %s: retire both, or neither", p.Name, p.At("retired"))
	}
}

// anIndicator stands for one that the files do not say.
var anIndicator = burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: "up"}}

func (c *checker) slo(o config.SLO) {
	t := Thing{SLO, o.Name}
	whole := burnlist.SLO{
		Name: o.Name, Service: "any", Source: burnlist.DefaultSource, Objective: 0.5,
		Window: burnlist.DefaultWindow, Slice: burnlist.DefaultSlice, Indicator: anIndicator,
	}
	fill(&whole.Service, o.Service)
	fill(&whole.Source, o.Source)
	fill(&whole.Objective, o.Objective)
	fill(&whole.Window, o.Window)
	fill(&whole.Slice, o.Slice)
	if o.Indicator != nil {
		// The server looks for an interval that is not given.
		whole.Indicator = timed(*o.Indicator, burnlist.Indicator{Gauge: &burnlist.Gauge{Interval: burnlist.Duration(time.Second)}})
	}
	c.take(t, o.Written, whole.Validate())
	if whole.Indicator.Kind() != "" {
		c.take(t, o.Written, budget.Check(whole.Indicator))
	}
	if o.Service == nil {
		return
	}
	if v, ok := c.services[*o.Service]; !ok {
		c.elsewhere(Thing{Service, *o.Service}, o.At("service"), t)
	} else if is(v.Retired) && o.Retired != nil && !*o.Retired {
		c.wrong(t, o.At("service"), "is in force, and its service %s is retired at %s: retire both, or neither", v.Name, v.At("retired"))
	}
}

func (c *checker) item(i config.Item) {
	t := Thing{Item, i.Key}
	fields := burnlist.ItemFields{Key: burnlist.NullString(i.Key), Title: "any", Service: "any"}
	fill(&fields.Title, i.Title)
	fill(&fields.Service, i.Service)
	fill(&fields.SLO, i.SLO)
	fill(&fields.Owner, i.Owner)
	fill(&fields.Due, i.Due)
	fill(&fields.Priority, i.Priority)
	fill(&fields.Ticket, i.Ticket)
	fill(&fields.OpenedOn, i.OpenedOn)
	fill(&fields.DoneWhen, i.DoneWhen)
	fields.Source = i.Source
	// Nobody knows here which zone it is: today is the latest one anywhere.
	latest := burnlist.Product{Name: "any", Zone: "Pacific/Kiritimati", Slot: burnlist.DefaultSlot}
	by := burnlist.Author{Actor: "check", At: burnlist.Instant(c.now)}
	if i.OpenedOn == nil && i.Due != nil && !i.Due.IsZero() {
		fields.OpenedOn = min(*i.Due, latest.Today(c.now))
	}
	_, err := burnlist.Item{}.With(fields, by, latest)
	c.take(t, i.Written, err)
	c.status(t, i, burnlist.Case{
		Item: burnlist.Item{ID: 1, Status: burnlist.Open}, Product: latest, Policy: burnlist.DefaultPolicy(),
		Survivor: &burnlist.Item{ID: 2, Status: burnlist.Open},
	}, by)
	c.references(t, i)
}

// status checks how an item comes to its status.
func (c *checker) status(t Thing, i config.Item, of burnlist.Case, by burnlist.Author) {
	status := burnlist.Open
	fill(&status, i.Status)
	d := burnlist.Decision{Reason: i.Reason, Evidence: i.Evidence}
	switch status {
	case burnlist.Open:
		d.Kind, d.Reason = burnlist.DecideReopen, burnlist.NullString(reason(i))
	case burnlist.Done:
		d.Kind = burnlist.DecideDone
	case burnlist.Deprioritised:
		d.Kind, d.Reason = burnlist.DecideDeprioritise, burnlist.NullString(reason(i))
	case burnlist.Duplicate:
		d.Kind, d.Of = burnlist.DecideDuplicate, 2
	default:
		c.wrong(t, i.At("status"), "status %q is none: use open, done, deprioritised or duplicate", status)
		return
	}
	_, err := of.Decide(d, by)
	c.take(t, i.Written, err)
	if !i.Revisit.IsZero() && status != burnlist.Deprioritised {
		c.wrong(t, i.At("revisit"), "revisit belongs to the status deprioritised only")
	}
	switch {
	case i.Of == "":
	case status != burnlist.Duplicate:
		c.wrong(t, i.At("of"), "of belongs to the status duplicate only")
	case string(i.Of) == i.Key:
		c.wrong(t, i.At("of"), "of names the item itself: name the one that goes on")
	case !c.items[string(i.Of)]:
		c.elsewhere(Thing{Item, string(i.Of)}, i.At("of"), t)
	}
}

// references holds what an item names against the files.
func (c *checker) references(t Thing, i config.Item) {
	if i.Service != nil {
		if v, ok := c.services[*i.Service]; !ok {
			c.elsewhere(Thing{Service, *i.Service}, i.At("service"), t)
		} else if is(v.Retired) && i.Status != nil && *i.Status == burnlist.Open {
			c.wrong(t, i.At("service"), "is open, and its service %s is retired at %s: close the item, or name another service", v.Name, v.At("retired"))
		}
	}
	if i.SLO == nil || *i.SLO == "" {
		return
	}
	o, ok := c.slos[string(*i.SLO)]
	switch {
	case !ok:
		c.elsewhere(Thing{SLO, string(*i.SLO)}, i.At("slo"), t)
	case o.Service != nil && i.Service != nil && *o.Service != *i.Service:
		c.wrong(t, i.At("slo"), "slo %s belongs to service %s, and the item to %s: name an SLO of the same service", o.Name, *o.Service, *i.Service)
	}
}

func is(b *bool) bool { return b != nil && *b }
