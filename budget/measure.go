package budget

import (
	"cmp"
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
	for id, item := range world.Items {
		if cost, ok := c.cost(world, item, now); ok {
			measured.Costs[id] = cost
		}
	}
	return measured
}

// cost returns what the incident of an item cost: of the SLO that the item
// names, else the largest over the SLOs of its service that rank. There is
// none if the ledgers know nothing of that time.
func (c *Collector) cost(world *burnlist.World, item *burnlist.Item, now time.Time) (burnlist.IncidentCost, bool) {
	start, end, ok := incident(item)
	if !ok {
		return burnlist.IncidentCost{}, false
	}
	of := world.SLOsOf(item.Service)
	if own := world.SLOs[string(item.SLO)]; item.SLO != "" && own != nil && own.RetiredAt == nil {
		of = []*burnlist.SLO{own}
	}
	worst, found := burnlist.IncidentCost{}, false
	for _, slo := range of {
		if slo.Advisory && slo.Name != string(item.SLO) {
			continue
		}
		at := time.Unix(due(now, slo.Slice), 0).UTC()
		share, known := c.books[slo.Ledger].ledger.Share(*slo, at, start, end).Get()
		if known && (!found || cmp.Compare(share, worst.Share) > 0) {
			worst, found = burnlist.IncidentCost{Item: item.ID, SLO: slo.Name, Share: share}, true
		}
	}
	return worst, found
}
