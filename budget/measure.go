package budget

import (
	"time"

	"github.com/burnlist/burnlist"
)

// budgets computes the figures of all SLOs and the costs of all incidents from
// what the books hold. Figures of which nothing has changed are those of before.
func (s shelf) budgets(now time.Time) burnlist.Budgets {
	measured := burnlist.Budgets{
		RefreshedAt: burnlist.Instant(now),
		Figures:     make(map[string]*burnlist.Figures, len(s.slos)),
		Costs:       map[int64]burnlist.IncidentCost{},
	}
	for _, slo := range s.slos {
		measured.Figures[slo.Name] = s.books[slo.Ledger].measure(slo, s.world.Exclusions[slo.Name], due(now, slo.Slice))
	}
	of := s.world.SLOsByService()
	for id, item := range s.world.Items.All() {
		cost, ok := IncidentCost(item, of[item.Service], func(slo *burnlist.SLO, start, end time.Time) burnlist.Value {
			return s.books[slo.Ledger].share(slo, Due(now, slo.Slice), start, end)
		})
		if ok {
			measured.Costs[id] = cost
		}
	}
	return measured
}

// measure returns what the book says of its SLO, as it is in some world, at the
// instant at, in Unix seconds. The figures must not be modified.
func (b *book) measure(slo *burnlist.SLO, exclusions []*burnlist.Exclusion, at int64) *burnlist.Figures {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.exclude(exclusions)
	if b.figures != nil && b.of == slo && b.figures.At.Unix() == at {
		return b.figures
	}
	f := b.ledger.Figures(*slo, time.Unix(at, 0).UTC())
	f.Extrapolated, f.Error = b.extrapolated, b.err
	if f.Error == "" && f.FirstData == nil && b.ledger.dead(at) {
		f.Error = notAlive(slo.Source)
	}
	b.figures, b.of = &f, slo
	return b.figures
}

func (b *book) share(slo *burnlist.SLO, at, from, to time.Time) burnlist.Value {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ledger.Share(*slo, at, from, to)
}

// IncidentCost returns what the incident of an open item cost: the largest
// share over the SLOs that decide about the item, of those of its service. Share
// tells which share of an SLO's budget an interval took. There is no cost if
// nothing is known of that time.
func IncidentCost(
	item *burnlist.Item, of []*burnlist.SLO, share func(slo *burnlist.SLO, start, end time.Time) burnlist.Value,
) (burnlist.IncidentCost, bool) {
	start, end, ok := item.Incident()
	if !ok || item.Status != burnlist.Open {
		return burnlist.IncidentCost{}, false
	}
	worst, found := burnlist.IncidentCost{}, false
	for _, slo := range item.Deciding(of) {
		n, known := share(slo, start, end).Get()
		if known && (!found || n > worst.Share) {
			worst, found = burnlist.IncidentCost{Item: item.ID, SLO: slo.Name, Share: n}, true
		}
	}
	return worst, found
}
