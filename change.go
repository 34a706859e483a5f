package burnlist

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Change is one line of the change log: what one writing transaction did.
// Revisions commit in order, without a line missing.
type Change struct {
	Revision int64      `json:"revision"`
	At       time.Time  `json:"at"`
	Actor    string     `json:"actor"`
	Verified bool       `json:"verified"`
	Kind     ChangeKind `json:"kind"`
	Decision *Decision  `json:"decision,omitempty"` // of item.decided
	Subjects []string   `json:"subjects"`           // what it touches, as "item/142" or "service/checkout"
	After    After      `json:"after"`
}

// After holds the things that a change wrote, as they are after it. Whoever
// reads them must not modify them.
type After struct {
	Products []*Product `json:"products,omitempty"`
	Services []*Service `json:"services,omitempty"`
	SLOs     []*SLO     `json:"slos,omitempty"`
	Items    []*Item    `json:"items,omitempty"`
	Policy   *Policy    `json:"policy,omitempty"`
	// Budgets is not kept in the log: a reader of the log gets the figures that
	// are current when it reads.
	Budgets *Budgets `json:"-"`
}

// Budgets is what one refresh measured: the figures of every SLO and the
// incident costs of the items that have any.
type Budgets struct {
	RefreshedAt time.Time
	Figures     map[string]*Figures    // by SLO
	Costs       map[int64]IncidentCost // by item
}

// ChangeKind names what a change did.
type ChangeKind string

// The kinds of change.
const (
	ProductCreated   ChangeKind = "product.created"
	ProductUpdated   ChangeKind = "product.updated"
	ServiceCreated   ChangeKind = "service.created"
	ServiceUpdated   ChangeKind = "service.updated"
	SLOCreated       ChangeKind = "slo.created"
	SLOUpdated       ChangeKind = "slo.updated"
	ItemCreated      ChangeKind = "item.created"
	ItemUpdated      ChangeKind = "item.updated"
	ItemDecided      ChangeKind = "item.decided"
	PolicyUpdated    ChangeKind = "policy.updated"
	BudgetsRefreshed ChangeKind = "budgets.refreshed"
)

// World is everything that ranking looks at, as of one revision. Retired
// products, services and SLOs are in it, and all items that are open or may
// come back. The things that it points to are never modified, only replaced.
type World struct {
	Revision int64
	Policy   Policy
	Products map[string]*Product
	Services map[string]*Service
	SLOs     map[string]*SLO
	Items    map[int64]*Item
	Budgets  Budgets
}

// NewWorld returns a world with nothing in it but the default policy.
func NewWorld() *World {
	return &World{
		Policy:   DefaultPolicy(),
		Products: map[string]*Product{},
		Services: map[string]*Service{},
		SLOs:     map[string]*SLO{},
		Items:    map[int64]*Item{},
		Budgets:  Budgets{Figures: map[string]*Figures{}, Costs: map[int64]IncidentCost{}},
	}
}

// Apply brings the world from one revision to the next. Changes that it has
// seen already are passed over.
func (w *World) Apply(c Change) {
	if c.Revision <= w.Revision {
		return
	}
	w.Revision = c.Revision
	for _, p := range c.After.Products {
		w.Products[p.Name] = p
	}
	for _, s := range c.After.Services {
		w.Services[s.Name] = s
	}
	for _, s := range c.After.SLOs {
		w.SLOs[s.Name] = s
	}
	for _, i := range c.After.Items {
		if i.Status == Open || i.Status == Deprioritised {
			w.Items[i.ID] = i
		} else {
			delete(w.Items, i.ID)
		}
	}
	if c.After.Policy != nil {
		w.Policy = *c.After.Policy
	}
	if c.After.Budgets != nil {
		w.Budgets = *c.After.Budgets
	}
}

// Clone returns a copy of the world that can be changed by itself. The things
// in it are shared.
func (w *World) Clone() *World {
	c := *w
	c.Products, c.Services, c.SLOs, c.Items = maps.Clone(w.Products), maps.Clone(w.Services), maps.Clone(w.SLOs), maps.Clone(w.Items)
	return &c
}

// SLOsOf returns the SLOs of a service that are not retired, by name.
func (w *World) SLOsOf(service string) []*SLO {
	var of []*SLO
	for _, s := range w.SLOs {
		if s.Service == service && s.RetiredAt == nil {
			of = append(of, s)
		}
	}
	slices.SortFunc(of, func(a, b *SLO) int { return cmp.Compare(a.Name, b.Name) })
	return of
}
