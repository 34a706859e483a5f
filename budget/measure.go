package budget

import (
	"fmt"
	"time"

	"github.com/burnlist/burnlist"
)

// measure computes the figures of all SLOs and the costs of all incidents from
// what the books hold.
func (c *Collector) measure(world *burnlist.World, slos []*burnlist.SLO, now time.Time) burnlist.Budgets {
	measured := burnlist.Budgets{
		RefreshedAt: burnlist.Instant(now),
		Figures:     make(map[string]*burnlist.Figures, len(slos)),
		Costs:       map[int64]burnlist.IncidentCost{},
	}
	for _, slo := range slos {
		b := c.books[slo.Ledger]
		at := due(now, slo.Slice)
		f := b.ledger.Figures(*slo, time.Unix(at, 0).UTC())
		f.Error = b.err
		if f.Error == "" && f.FirstData == nil && b.ledger.dead(at) {
			f.Error = fmt.Sprintf("the source %s answers, but is not alive: its liveness expression has no value; set another one if it scrapes nothing itself", slo.Source)
		}
		f.Violations = b.violated(at-seconds(slo.Window), at)
		measured.Figures[slo.Name] = &f
	}
	of := world.SLOsByService()
	for id, item := range world.Items {
		if cost, ok := c.cost(item, of[item.Service], now); ok {
			measured.Costs[id] = cost
		}
	}
	return measured
}

// cost returns what the incident of an open item cost: the largest share over
// the SLOs that decide about the item. There is none if the ledgers know
// nothing of that time.
func (c *Collector) cost(item *burnlist.Item, of []*burnlist.SLO, now time.Time) (burnlist.IncidentCost, bool) {
	start, end, ok := item.Incident()
	if !ok || item.Status != burnlist.Open {
		return burnlist.IncidentCost{}, false
	}
	worst, found := burnlist.IncidentCost{}, false
	for _, slo := range item.Deciding(of) {
		at := time.Unix(due(now, slo.Slice), 0).UTC()
		share, known := c.books[slo.Ledger].ledger.Share(*slo, at, start, end).Get()
		if known && (!found || share > worst.Share) {
			worst, found = burnlist.IncidentCost{Item: item.ID, SLO: slo.Name, Share: share}, true
		}
	}
	return worst, found
}
