package prioritizer

import (
	"maps"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
)

// Rank orders the open items of a world as of now. It is pure and total: the
// same world and moment give the same queue, and the world, to which the queue
// refers, is not modified. The order is total as well: what is not snoozed, then
// tier, score, due date, opened_on, id.
func Rank(w *burnlist.World, now time.Time) *Queue {
	now = burnlist.Instant(now)
	return survey(w, now, now).rankAll()
}

// AsOf returns the queue of one product with its dates read at another moment:
// what will be overdue, stale or snoozed by then, if nobody touches anything.
// Items and budgets are those of q.
func (q *Queue) AsOf(product string, at time.Time) *Queue {
	w := *q.World
	w.Items = burnlist.ByID[burnlist.Item]{}
	for r := range q.facets.by[byProduct][product].all() {
		w.Items.Put(r.Item.ID, r.Item)
	}
	return survey(&w, q.At, burnlist.Instant(at)).rankAll()
}

// ranking is one rank under way. What many items share is worked out once: the
// date in each product, the verdict on each SLO, the worst SLO of each service.
type ranking struct {
	queue   *Queue
	dates   time.Time // at which dates are read
	policy  *burnlist.Policy
	wholes  Parts
	agendas map[string]*agenda
	groups  groups
}

// survey looks at everything but the items: it judges budgets as of now, and
// reads dates as of another moment.
func survey(w *burnlist.World, now, dates time.Time) *ranking {
	s := &ranking{
		queue: &Queue{
			Revision: w.Revision, At: now, World: w,
			services: make([]served, 0, len(w.Services)),
			products: make([]held, 0, len(w.Products)),
		},
		dates:   dates,
		policy:  &w.Policy,
		wholes:  wholes(w.Policy.Weights),
		agendas: make(map[string]*agenda, len(w.Products)),
		groups:  groupsOf(w.Services),
	}
	s.queue.teams = s.groups.teams
	for _, name := range slices.Sorted(maps.Keys(w.Products)) {
		p := w.Products[name]
		a := s.agenda(name, p.Location())
		a.retired = p.RetiredAt != nil
		s.queue.products = append(s.queue.products, held{agenda: a})
	}
	inForce := w.SLOsByService()
	s.queue.index = make(map[string]int, len(w.Services))
	for n, name := range slices.Sorted(maps.Keys(w.Services)) {
		p := s.place(w.Services[name])
		s.queue.index[name] = n
		p.inForce = inForce[name]
		for _, slo := range p.inForce {
			p.add(judge(w, slo, now))
		}
		s.queue.services = append(s.queue.services, served{place: p})
	}
	s.queue.fleet = newFleet(s.queue.services)
	for _, slo := range w.SLOs {
		n, ok := s.queue.index[slo.Service]
		if !ok || slo.RetiredAt == nil || slo.Advisory {
			continue
		}
		if p := s.queue.services[n].place; slo.RetiredAt.After(p.lost) {
			p.lost = *slo.RetiredAt
		}
	}
	return s
}

func (s *ranking) agenda(product string, zone *time.Location) *agenda {
	today := burnlist.DateIn(s.dates, zone)
	a := &agenda{
		name: product, zone: zone, today: today, judged: burnlist.DateIn(s.queue.At, zone),
		freshSince: (today - burnlist.Date(s.policy.UntouchedDays) + 1).Start(zone),
		newSince:   (today - burnlist.Date(s.policy.NeverReviewedDays)).Start(zone),
	}
	s.agendas[product] = a
	return a
}

func (s *ranking) place(of *burnlist.Service) *place {
	a := s.agendas[of.Product]
	if a == nil {
		a = s.agenda(of.Product, time.UTC)
	}
	return &place{service: of, agenda: a, lost: of.CreatedAt}
}

// rankAll ranks all open items of the world.
func (s *ranking) rankAll() *Queue {
	// Small keys are sorted, as moving whole entries about costs more.
	type spot struct {
		Key
		at int32
	}
	items := &s.queue.World.Items
	ranked, spots := make([]Ranked, items.Len()), make([]spot, 0, items.Len())
	for _, item := range items.All() {
		if item.Status == burnlist.Open {
			at := len(spots)
			s.rank(&ranked[at], item)
			spots = append(spots, spot{ranked[at].key, int32(at)})
		}
	}
	slices.SortFunc(spots, func(a, b spot) int { return a.Compare(b.Key) })

	sorted := make([]*Ranked, len(spots))
	for i, spot := range spots {
		sorted[i] = &ranked[spot.at]
		s.queue.ranked.Put(spot.ID, sorted[i])
	}
	s.queue.facets, s.queue.keep = newFacets(sorted), &keep{}
	for i := range s.queue.services {
		v := &s.queue.services[i]
		for r := range s.queue.facets.by[byService][v.service.Name].all() {
			v.count(r, 1)
		}
	}
	return s.queue.totalled()
}

// totalled sums the tallies of the services by product.
func (q *Queue) totalled() *Queue {
	products := make(map[string]*held, len(q.products))
	for i := range q.products {
		products[q.products[i].name] = &q.products[i]
	}
	for i := range q.services {
		if p := products[q.services[i].agenda.name]; p != nil {
			p.sum(&q.services[i].tally)
		}
	}
	return q
}

// rank works out everything about an open item but its place among the others,
// and puts it into r, which is zero.
func (s *ranking) rank(r *Ranked, item *burnlist.Item) {
	var p *place
	if n, ok := s.queue.index[item.Service]; ok {
		p = s.queue.services[n].place
	} else {
		// No store lets this happen, but an item must not get lost for it.
		p = s.place(&burnlist.Service{Name: item.Service})
	}
	r.Item, r.place = item, p
	r.decides, r.own = p.decides(item)
	r.Tier = tierOf(r.decides.judgement().State)

	late := item.DaysOverdue(p.agenda.today)
	r.Parts[PartBudget] = s.wholes[PartBudget].share(r.steepest().reach(), s.policy.FullForecast)
	r.Parts[PartPriority] = s.wholes[PartPriority].share(priorityShare(item.Priority), 1)
	if cost, ok := costOf(item, s.queue.World); ok {
		r.Parts[PartIncident] = s.wholes[PartIncident].share(cost.Share, s.policy.FullIncidentShare)
	}
	r.Parts[PartOverdue] = s.wholes[PartOverdue].share(float64(late), float64(s.policy.FullOverdueDays))
	r.Parts[PartRollovers] = s.wholes[PartRollovers].share(float64(item.Facts.Streak), float64(s.policy.FullRollovers))
	r.Score = r.Parts.Sum()
	r.Warnings = s.warnings(item, p, late)
	r.key = Key{
		Snoozed: item.SnoozedOn(p.agenda.today), Tier: r.Tier, Score: r.Score, Due: item.Due, OpenedOn: item.OpenedOn, ID: item.ID,
	}
}

// steepest returns the SLO that earns the budget points: the one that the item
// names, or else that of the service that reaches furthest. It is nil if
// the item's budget is unknown.
func (r *Ranked) steepest() *judged {
	switch {
	case r.Tier == UnknownTier:
		return nil
	case r.own:
		return r.decides
	}
	return r.place.steepest
}

// priorityShare returns which share of the priority points a priority earns.
func priorityShare(p burnlist.Priority) float64 {
	switch p {
	case "P0":
		return 1
	case "P1":
		return 0.72
	case "P2":
		return 0.48
	case "P3":
		return 0.24
	}
	return 0
}

// costOf returns what the incident of an item cost, if its interval is known
// and measured.
func costOf(item *burnlist.Item, w *burnlist.World) (burnlist.IncidentCost, bool) {
	if _, _, ok := item.Incident(); !ok {
		return burnlist.IncidentCost{}, false
	}
	cost, ok := w.Budgets.Costs[item.ID]
	return cost, ok
}
