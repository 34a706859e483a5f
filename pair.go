package burnlist

// Pair is a long and a short span over which the burn rate must both be over
// a factor: chapter 5 of the Site Reliability Workbook, "Alerting on SLOs".
type Pair struct {
	Long, Short int     // indexes of Spans
	Share       float64 // of the budget, spent in the long span at the factor's rate
	Fast        bool    // errors that come this fast are to page somebody, else they are for a ticket
}

// Pairs are the workbook's four.
var Pairs = [4]Pair{
	{Span1h, Span5m, 0.02, true},
	{Span6h, Span30m, 0.05, true},
	{Span1d, Span2h, 0.10, false},
	{Span3d, Span6h, 0.10, false},
}

// String writes the pair as "1h/5m".
func (p Pair) String() string { return SpanNames[p.Long] + "/" + SpanNames[p.Short] }

// Factor returns the burn rate at which the pair's share of the budget goes in
// its long span: share × window ÷ long, at least 1.
func (p Pair) Factor(window Duration) float64 {
	return max(1, p.Share*float64(window)/float64(SpanLengths[p.Long]))
}

// Reachable reports whether the burn rate can be over the pair's factor at all:
// with nothing but errors it is 1 ÷ (1 − objective).
func (p Pair) Reachable(objective float64, window Duration) bool {
	return 1/(1-objective) > p.Factor(window)
}

// Over reports whether the burn rates of an SLO with the given window are over
// the pair's factor.
func (p Pair) Over(burn Spans, window Duration) bool {
	factor := p.Factor(window)
	return burn[p.Long].Above(factor) && burn[p.Short].Above(factor)
}
