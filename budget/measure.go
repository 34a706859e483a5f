package budget

import (
	"fmt"
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
	for id, item := range s.world.Items {
		if cost, ok := s.cost(item, of[item.Service], now); ok {
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
		f.Error = fmt.Sprintf("the source %s answers, but is not alive: its liveness expression has no value; set another one if it scrapes nothing itself", slo.Source)
	}
	b.figures, b.of = &f, slo
	return b.figures
}

func (b *book) share(slo *burnlist.SLO, at, from, to time.Time) burnlist.Value {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ledger.Share(*slo, at, from, to)
}

// cost returns what the incident of an open item cost: the largest share over
// the SLOs that decide about the item. There is none if the ledgers know
// nothing of that time.
func (s shelf) cost(item *burnlist.Item, of []*burnlist.SLO, now time.Time) (burnlist.IncidentCost, bool) {
	start, end, ok := item.Incident()
	if !ok || item.Status != burnlist.Open {
		return burnlist.IncidentCost{}, false
	}
	worst, found := burnlist.IncidentCost{}, false
	for _, slo := range item.Deciding(of) {
		at := time.Unix(due(now, slo.Slice), 0).UTC()
		share, known := s.books[slo.Ledger].share(slo, at, start, end).Get()
		if known && (!found || share > worst.Share) {
			worst, found = burnlist.IncidentCost{Item: item.ID, SLO: slo.Name, Share: share}, true
		}
	}
	return worst, found
}
