package burnlist

// Pair is a long and a short span over which the burn rate must both be over
// a factor: chapter 5 of the Site Reliability Workbook, "Alerting on SLOs".
type Pair struct {
	Long, Short int     // indexes of Spans
	Share       float64 // of the budget, spent in the long span at the factor's rate
}

// Pairs are the workbook's four.
var Pairs = [4]Pair{
	{Span1h, Span5m, 0.02},
	{Span6h, Span30m, 0.05},
	{Span1d, Span2h, 0.10},
	{Span3d, Span6h, 0.10},
}

// Those of the Pairs that burn fast, and those that burn slowly.
var (
	FastPairs = Pairs[:2]
	SlowPairs = Pairs[2:]
)

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

// Over reports whether the burn rates are over the pair's factor.
func (p Pair) Over(f Figures) bool {
	factor := p.Factor(f.Window)
	return f.Burn[p.Long].Above(factor) && f.Burn[p.Short].Above(factor)
}
