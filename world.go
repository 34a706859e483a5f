package burnlist

import (
	"cmp"
	"maps"
	"slices"
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
	// Exclusions are those that hold, by SLO, the earliest first.
	Exclusions map[string][]*Exclusion
	Items      ByID[Item]
	// Reviews are those of each product by date, newest first, the slots to come
	// that were cancelled included; the older ones of many are left out.
	Reviews   map[string][]*Review
	Standings map[string]*Standing // by service
	Budgets   Budgets
}

// RecentReviews is how many reviews of each product a world holds at least, if
// there were so many.
const RecentReviews = 32

// NewWorld returns a world with nothing in it but the default policy.
func NewWorld() *World {
	return &World{
		Policy:     DefaultPolicy(),
		Products:   map[string]*Product{},
		Services:   map[string]*Service{},
		SLOs:       map[string]*SLO{},
		Exclusions: map[string][]*Exclusion{},
		Reviews:    map[string][]*Review{},
		Standings:  map[string]*Standing{},
		Budgets:    Budgets{Figures: map[string]*Figures{}, Costs: map[int64]IncidentCost{}},
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
	for _, e := range c.After.Exclusions {
		w.Exclusions[e.SLO] = withExclusion(w.Exclusions[e.SLO], e)
		if len(w.Exclusions[e.SLO]) == 0 {
			delete(w.Exclusions, e.SLO)
		}
	}
	for _, i := range c.After.Items {
		if i.Status == Open || i.Status == Deprioritised {
			w.Items.Put(i.ID, i)
		} else {
			w.Items.Put(i.ID, nil)
		}
	}
	for _, r := range c.After.Reviews {
		w.Reviews[r.Product] = withReview(w.Reviews[r.Product], r)
	}
	for _, s := range c.After.Standings {
		w.Standings[s.Service] = s
	}
	if c.After.Policy != nil {
		w.Policy = *c.After.Policy
	}
	if c.After.Budgets != nil {
		w.Budgets = *c.After.Budgets
	}
}

// Clone returns a copy of the world that can be changed by itself. The things
// in it are shared, and the items of w must not be changed from then on.
func (w *World) Clone() *World {
	c := *w
	c.Products, c.Services, c.SLOs = maps.Clone(w.Products), maps.Clone(w.Services), maps.Clone(w.SLOs)
	c.Items, c.Exclusions = w.Items.Clone(), maps.Clone(w.Exclusions)
	c.Reviews, c.Standings = maps.Clone(w.Reviews), maps.Clone(w.Standings)
	return &c
}

// withReview returns a new list with r in its place, newest first.
func withReview(all []*Review, r *Review) []*Review {
	with := make([]*Review, 0, len(all)+1)
	for _, o := range all {
		if o.ID != r.ID {
			with = append(with, o)
		}
	}
	with = append(with, r)
	slices.SortFunc(with, func(a, b *Review) int { return cmp.Or(cmp.Compare(b.Date, a.Date), cmp.Compare(b.ID, a.ID)) })
	return with[:min(len(with), RecentReviews)]
}

// SLOsByService returns the SLOs that are not retired, by service and within
// one by name.
func (w *World) SLOsByService() map[string][]*SLO {
	by := map[string][]*SLO{}
	for _, name := range slices.Sorted(maps.Keys(w.SLOs)) {
		if s := w.SLOs[name]; s.RetiredAt == nil {
			by[s.Service] = append(by[s.Service], s)
		}
	}
	return by
}
