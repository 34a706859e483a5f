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
	s := survey(w, burnlist.Instant(now))
	// Small keys are sorted, as moving whole entries about costs more.
	type spot struct {
		Key
		at int32
	}
	ranked, order := make([]Ranked, 0, len(w.Items)), make([]spot, 0, len(w.Items))
	for _, item := range w.Items {
		if item.Status != burnlist.Open {
			continue
		}
		r := s.rank(item)
		order = append(order, spot{r.Key(), int32(len(ranked))})
		ranked = append(ranked, r)
	}
	slices.SortFunc(order, func(a, b spot) int { return a.Compare(b.Key) })

	s.queue.Entries = make([]Ranked, len(order))
	for i, spot := range order {
		r := ranked[spot.at]
		r.place.agenda.ranked++
		r.Rank = r.place.agenda.ranked
		s.queue.Entries[i] = r
	}
	return s.queue
}

// ranking is one rank under way. What many items share is worked out once: the
// date in each product, the verdict on each SLO, the worst SLO of each service.
type ranking struct {
	queue   *Queue
	policy  *burnlist.Policy
	wholes  Parts
	agendas map[string]*agenda
	places  map[string]*place
	groups  groups
}

func survey(w *burnlist.World, now time.Time) *ranking {
	s := &ranking{
		queue: &Queue{
			Revision: w.Revision, At: now, World: w,
			services: make([]*place, 0, len(w.Services)),
			products: make([]*agenda, 0, len(w.Products)),
		},
		policy:  &w.Policy,
		wholes:  wholes(w.Policy.Weights),
		agendas: make(map[string]*agenda, len(w.Products)),
		places:  make(map[string]*place, len(w.Services)),
	}
	for _, name := range slices.Sorted(maps.Keys(w.Products)) {
		p := w.Products[name]
		a := s.agenda(name, p.Location())
		a.retired = p.RetiredAt != nil
		s.queue.products = append(s.queue.products, a)
	}
	inForce := w.SLOsByService()
	for _, name := range slices.Sorted(maps.Keys(w.Services)) {
		p := s.place(w.Services[name])
		p.inForce = inForce[name]
		for _, slo := range p.inForce {
			p.add(judge(w, slo, now))
		}
		s.queue.services = append(s.queue.services, p)
	}
	for _, slo := range w.SLOs {
		p := s.places[slo.Service]
		if p != nil && slo.RetiredAt != nil && !slo.Advisory && slo.RetiredAt.After(p.lost) {
			p.lost = *slo.RetiredAt
		}
	}
	s.groups = groupsOf(w.Services)
	return s
}

func (s *ranking) agenda(product string, zone *time.Location) *agenda {
	today := burnlist.DateIn(s.queue.At, zone)
	a := &agenda{
		name: product, zone: zone, today: today,
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
	p := &place{service: of, agenda: a, lost: of.CreatedAt}
	s.places[of.Name] = p
	return p
}

// rank works out everything about an open item but its place among the others.
func (s *ranking) rank(item *burnlist.Item) Ranked {
	p := s.places[item.Service]
	if p == nil {
		// No store lets this happen, but an item must not get lost for it.
		p = s.place(&burnlist.Service{Name: item.Service})
	}
	r := Ranked{Item: item, place: p}
	r.decides, r.own = p.link(item)
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

	p.agenda.open[r.Tier]++
	if late > 0 {
		p.agenda.overdue++
	}
	if item.Commitment() {
		p.agenda.commitments++
		p.inDate = p.inDate || item.Due >= p.agenda.today
	}
	return r
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
