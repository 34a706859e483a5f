package budget

import "fmt"

// intervals are the expressions that tell how many seconds lie between two
// samples of a selector, by tag: the median over the series that were there at
// either end of some time. The number of samples of others says nothing.
//
// Such a series has a sample that is not older than the engine's lookback, five
// minutes, at both ends. Slower is only for those that are sampled less often
// than that: it would take too long to notice that another is gone.
func intervals(selector string) map[string]string {
	lived := func(minutes, before int) string {
		return fmt.Sprintf("quantile(0.5, %d / (count_over_time(%s[%dms] offset %dm) and %s offset %dm and %s offset %dm))",
			minutes*60, selector, minutes*60_000-1, before, selector, before, selector, before+minutes)
	}
	return map[string]string{
		"interval/hour":   lived(60, 0),
		"interval/newer":  lived(30, 0),
		"interval/older":  lived(30, 30),
		"interval/lately": lived(10, 0),
		"interval/slower": fmt.Sprintf("quantile(0.5, 3600 / ((count_over_time(%s[3599999ms]) < 7) and last_over_time(%s[30m]) and last_over_time(%s[30m] offset 1h)))",
			selector, selector, selector),
	}
}

// interval returns how many seconds lie between two samples, or 0 if no series
// tells. The longest time tells it best, unless a shorter one has clearly more
// samples for its length: then some are missing in the longer one.
func (got sightings) interval() float64 {
	best := 0.0
	for _, t := range []struct {
		tag     string
		clearly float64 // beyond what a sample more or less makes of common intervals
	}{{"interval/hour", 1}, {"interval/newer", 1.08}, {"interval/older", 1.08}} {
		if n := got.number(t.tag); n > 0 && (best == 0 || best > t.clearly*n) {
			best = n
		}
	}
	// Ten minutes tell little of an interval above a minute.
	if n := got.number("interval/lately"); n > 0 && (best == 0 || n <= 60 && best > 1.2*n) {
		best = n
	}
	if best == 0 {
		best = got.number("interval/slower")
	}
	return best
}
