package prioritizer

// Totals are the counts that go to the metrics.
type Totals struct {
	Products []ProductTotals // by name
	SLOs     []SLOTotals     // by service and name; only those whose consumption is known
}

// ProductTotals counts the open items of one product.
type ProductTotals struct {
	Product     string
	Open        map[Tier]int // has every tier
	Overdue     int
	Wishes      int // without an owner or without a due date
	Commitments int // with both
}

// SLOTotals is the share of an SLO's budget that is consumed.
type SLOTotals struct {
	SLO      string
	Consumed float64
}

// Totals returns the counts of the queue. Retired products are left out unless
// something is open in them. The slices and maps are the caller's.
func (q *Queue) Totals() Totals {
	var t Totals
	for i := range q.products {
		a := &q.products[i]
		p := ProductTotals{Product: a.name, Open: make(map[Tier]int, len(Tiers)), Overdue: a.overdue, Commitments: a.commitments}
		open := a.open()
		if a.retired && open == 0 {
			continue
		}
		for _, tier := range Tiers {
			p.Open[tier] = a.tiers[tier]
		}
		p.Wishes = open - a.commitments
		t.Products = append(t.Products, p)
	}
	for _, p := range q.services {
		for _, j := range p.slos {
			if consumed, ok := j.measured().Consumed.Get(); ok {
				t.SLOs = append(t.SLOs, SLOTotals{SLO: j.slo.Name, Consumed: consumed})
			}
		}
	}
	return t
}
