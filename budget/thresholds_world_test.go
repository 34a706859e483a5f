//go:build !race

package budget_test

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/burnlist/burnlist"
)

// The simulated quarter: a review each Monday morning. The weeks before it are
// judged too, so that it begins with services that are in the middle of things,
// and those after it only say what came of its last days.
var quarterBegins = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)

const (
	quarterSlice   = 300 // seconds
	quarterDay     = 86400 / quarterSlice
	quarterWeek    = 7 * quarterDay
	quarterMonth   = 30 * quarterDay
	quarterReviews = 13
)

// quarterService is one made-up service with one SLO. Instants are counted in
// slices from its first one; instant j is the end of slice j-1.
type quarterService struct {
	slo    burnlist.SLO
	first  int64 // Unix second of instant 0
	begins int   // instant of the first review
	window int   // in slices
	seen   []burnlist.Slice

	// What happened, whether it was seen or not: sums over the slices before
	// each instant, and the bad events of each slice that are the work of faults
	// that began after the last review.
	bad, total []float64
	news       []float64
	spent      []int // instants up to this one at which the budget was spent
}

// quarterFault is a time in which a share of the requests fails.
type quarterFault struct {
	from, to int
	errors   float64
}

// newQuarterService draws a service. The mixture is described in
// docs/thresholds.md: a change here is a change there.
func newQuarterService(seed, number uint64) *quarterService {
	d := quarterDice{rand.New(rand.NewPCG(seed, number))}
	days := pick(d, []quarterShare[int]{{15, 7}, {35, 28}, {50, 30}})
	s := &quarterService{window: days * quarterDay, begins: days*quarterDay + quarterWeek}
	s.slo = burnlist.SLO{
		Name: "simulated", Window: burnlist.Duration(days) * burnlist.Duration(burnlist.Day), Slice: burnlist.DefaultSlice,
		Objective: pick(d, []quarterShare[float64]{{20, 0.99}, {20, 0.995}, {40, 0.999}, {20, 0.9995}}),
		Indicator: burnlist.Indicator{Events: &burnlist.Events{Total: "total", Bad: "bad"}},
	}
	s.first = quarterBegins.Unix() - int64(s.begins*quarterSlice)
	n := s.begins + (quarterReviews+1)*quarterWeek
	allowed := 1 - s.slo.Objective

	rate := d.logBetween(0.01, 500) // requests per second
	swing, weekend := d.between(0.3, 0.9), d.between(0.3, 1)
	asleep := d.Float64() < 0.1 // scaled to zero from 22 to 6
	base := allowed * pick(d, []quarterShare[func() float64]{
		{60, func() float64 { return d.logBetween(0.01, 0.2) }},
		{30, func() float64 { return d.between(0.2, 0.6) }},
		{10, func() float64 { return d.between(0.6, 0.95) }},
	})()
	prone := pick(d, []quarterShare[float64]{{50, 0.3}, {35, 1}, {15, 2.5}})

	var faults []quarterFault
	var deaths []quarterFault
	for from := range d.starts(n, 4*prone) { // blips
		faults = append(faults, quarterFault{from, from + 1 + d.IntN(2), d.logBetween(0.02, 0.5)})
	}
	for from := range d.starts(n, 0.4*prone) { // incidents
		to := from + int(d.logBetween(6, 72))
		faults = append(faults, quarterFault{from, to, d.logBetween(0.05, 1)})
		if d.Float64() < 0.1 { // that take their exporter along
			deaths = append(deaths, quarterFault{from: from, to: to + d.IntN(24)})
		}
	}
	for from := range d.starts(n, 0.15*prone) { // slow burns
		faults = append(faults, quarterFault{from, from + int(d.logBetween(2*quarterDay, 21*quarterDay)), allowed * d.between(1.5, 6)})
	}
	for from := range d.starts(n, 8*0.04*prone) { // deployments that are rolled back
		faults = append(faults, quarterFault{from, from + int(d.logBetween(4, 48)), d.logBetween(0.005, 0.2)})
	}
	for from := range d.starts(n, 0.4) { // exporters
		deaths = append(deaths, quarterFault{from: from, to: from + int(d.logBetween(12, 4*quarterDay))})
	}

	s.seen = make([]burnlist.Slice, n)
	s.bad, s.total, s.news = make([]float64, n+1), make([]float64, n+1), make([]float64, n)
	known, fresh := make([]float64, n), make([]float64, n) // shares that fail by faults from before and after the last review
	for _, f := range faults {
		for i := f.from; i < min(f.to, n); i++ {
			if f.from >= s.reviewBefore(i+1) {
				fresh[i] += f.errors
			} else {
				known[i] += f.errors
			}
		}
	}
	for i := range n {
		at := time.Unix(s.first+int64(i*quarterSlice), 0).UTC()
		clock := float64(at.Hour()) + float64(at.Minute())/60
		mean := rate * quarterSlice * (1 + swing*math.Cos(2*math.Pi*(clock-15)/24))
		if day := at.Weekday(); day == time.Saturday || day == time.Sunday {
			mean *= weekend
		}
		state := burnlist.SliceData
		if asleep && (clock < 6 || clock >= 22) {
			mean, state = 0, burnlist.SliceEmpty
		}
		total := d.poisson(mean)
		without, with := min(1, base+known[i]), min(1, base+known[i]+fresh[i])
		bad := d.binomial(total, without)
		if with > without {
			s.news[i] = d.binomial(total-bad, (with-without)/(1-without))
		}
		bad += s.news[i]
		s.bad[i+1], s.total[i+1] = s.bad[i]+bad, s.total[i]+total
		s.seen[i] = burnlist.Slice{Start: at.Unix(), State: state, Bad: bad, Total: total}
	}
	for _, f := range deaths {
		// Half of them are seen as what they are. The others leave Prometheus
		// alive, and look like a service without traffic.
		state := burnlist.SliceDead
		if d.Float64() < 0.5 {
			state = burnlist.SliceEmpty
		}
		for i := f.from; i < min(f.to, n); i++ {
			s.seen[i] = burnlist.Slice{Start: s.seen[i].Start, State: state}
		}
	}
	s.spent = make([]int, n+1)
	for j := s.window; j <= n; j++ {
		s.spent[j] = s.spent[j-1]
		if s.consumed(j) >= burnlist.SpentWhole {
			s.spent[j]++
		}
	}
	return s
}

// consumed is the true consumption of the window that ends at instant j.
func (s *quarterService) consumed(j int) float64 {
	return (s.bad[j] - s.bad[j-s.window]) / s.budget(j)
}

// budget is B at instant j, in events.
func (s *quarterService) budget(j int) float64 {
	return (s.total[j] - s.total[j-s.window]) * (1 - s.slo.Objective)
}

// spentIn reports whether the budget was spent at any instant from ≤ j ≤ to.
func (s *quarterService) spentIn(from, to int) bool { return s.spent[to] > s.spent[from-1] }

// reviewBefore returns the last review before instant j, as an instant. There
// were reviews before the quarter, too.
func (s *quarterService) reviewBefore(j int) int {
	weeks := int(math.Floor(float64(j-1-s.begins) / quarterWeek))
	return s.begins + weeks*quarterWeek
}

// foreseeable reports whether the budget that ran out at instant j would have
// been spent by the next review even if no fault had begun since the last one.
func (s *quarterService) foreseeable(j int) bool {
	review := s.reviewBefore(j)
	news := 0.0
	for i := review + 1; i <= review+quarterWeek; i++ {
		news += s.news[i-1]
		if i >= j && s.consumed(i)-news/s.budget(i) >= burnlist.SpentWhole {
			return true
		}
	}
	return false
}

// exhaustions returns the instants of the quarter at which the budget ran out,
// after at least a day in which there was some of it.
func (s *quarterService) exhaustions() []int {
	var all []int
	for j := s.begins + 1; j <= s.begins+quarterReviews*quarterWeek; j++ {
		if s.spentIn(j, j) && !s.spentIn(j-quarterDay, j-1) {
			all = append(all, j)
		}
	}
	return all
}

// quarterDice draw from the distributions that the world is made of.
type quarterDice struct{ *rand.Rand }

type quarterShare[T any] struct {
	percent int
	of      T
}

// pick draws one of what shares of 100 % are of.
func pick[T any](d quarterDice, shares []quarterShare[T]) T {
	n := d.IntN(100)
	for _, s := range shares {
		if n -= s.percent; n < 0 {
			return s.of
		}
	}
	panic("shares do not sum to 100")
}

func (d quarterDice) between(low, high float64) float64 { return low + d.Float64()*(high-low) }

func (d quarterDice) logBetween(low, high float64) float64 {
	return low * math.Exp(d.Float64()*math.Log(high/low))
}

// starts visits the instants before n at which something begins that happens
// so many times in 30 days, independently of each other.
func (d quarterDice) starts(n int, perMonth float64) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for at := 0.0; ; {
			at += d.ExpFloat64() * quarterMonth / perMonth
			if int(at) >= n || !yield(int(at)) {
				return
			}
		}
	}
}

func (d quarterDice) poisson(mean float64) float64 {
	if mean > 50 {
		return max(0, math.Round(mean+math.Sqrt(mean)*d.NormFloat64()))
	}
	n := -1.0
	for at := 0.0; at < mean; n++ {
		at += d.ExpFloat64()
	}
	return max(0, n)
}

func (d quarterDice) binomial(n, p float64) float64 {
	switch {
	case n == 0 || p <= 0:
		return 0
	case p >= 1:
		return n
	case p > 0.5:
		return n - d.binomial(n, 1-p)
	case n*p > 50:
		return min(n, max(0, math.Round(n*p+math.Sqrt(n*p*(1-p))*d.NormFloat64())))
	}
	hits := 0.0
	for at := math.Log1p(-p); ; hits++ { // from one hit to the next
		n -= 1 + math.Floor(-d.ExpFloat64()/at)
		if n < 0 {
			return hits
		}
	}
}
