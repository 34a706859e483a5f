//go:build !race

package budget_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

// newKnownService has 100 requests in each slice, a window of a week, a budget
// of 2016, and outages of the given lengths at instants after the first review:
// so 20.16 slices of outage spend the budget.
func newKnownService(outages map[int]int) *quarterService {
	s := &quarterService{window: quarterWeek, begins: 2 * quarterWeek}
	s.slo.Objective = 0.99
	n := s.begins + (quarterReviews+1)*quarterWeek
	s.bad, s.total, s.news, s.spent = make([]float64, n+1), make([]float64, n+1), make([]float64, n), make([]int, n+1)
	for after, length := range outages {
		for i := s.begins + after; i < s.begins+after+length; i++ {
			s.bad[i+1] = 100
			if s.begins+after >= s.reviewBefore(i+1) {
				s.news[i] = 100
			}
		}
	}
	for j := 1; j <= n; j++ {
		s.bad[j] += s.bad[j-1]
		s.total[j] = s.total[j-1] + 100
	}
	for j := s.window; j <= n; j++ {
		s.spent[j] = s.spent[j-1] + oneIf(s.consumed(j) >= burnlist.SpentWhole)
	}
	return s
}

func TestASimulatedBudgetRunsOutWithTheEventThatSpendsIt(t *testing.T) {
	tests := map[string]struct {
		outages     map[int]int
		exhaustions []int // instants after the first review
		foreseeable bool
	}{
		"an outage that is too short":                          {map[int]int{100: 20}, nil, false},
		"one that is long enough":                              {map[int]int{100: 30}, []int{121}, false},
		"one that began at the review":                         {map[int]int{quarterWeek: 30}, []int{quarterWeek + 21}, false},
		"one that began before the review":                     {map[int]int{quarterWeek - 1: 30}, []int{quarterWeek + 20}, true},
		"one before the review that another brings to its end": {map[int]int{quarterWeek - 15: 15, quarterWeek + 5: 10}, []int{quarterWeek + 11}, false},
		"a second one within a day of the first's leaving":     {map[int]int{100: 30, quarterWeek + 140: 30}, []int{121}, false},
		"a second one more than a day after it":                {map[int]int{100: 30, quarterWeek + 500: 30}, []int{121, quarterWeek + 521}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newKnownService(tt.outages)
			var got []int
			for _, j := range s.exhaustions() {
				got = append(got, j-s.begins)
				if s.foreseeable(j) != tt.foreseeable {
					t.Errorf("at %d: foreseeable is %t, want %t", j-s.begins, !tt.foreseeable, tt.foreseeable)
				}
			}
			if diff := cmp.Diff(tt.exhaustions, got); diff != "" {
				t.Errorf("exhaustions, in slices after the first review (-want +got)\n%s", diff)
			}
		})
	}
}

func TestATallyCountsEntriesReviewsAndLeads(t *testing.T) {
	s := newKnownService(map[int]int{quarterWeek - 15: 15, quarterWeek + 5: 10}) // runs out 11 slices after the second review
	states := slices.Repeat([]burnlist.State{burnlist.Healthy}, (quarterReviews+1)*quarterWeek/quarterStep+1)
	second := 2 * quarterWeek / quarterStep // the step of the second review
	states[second-30] = burnlist.Burning    // comes, and goes after a step
	states[second-28] = burnlist.Burning    // is back within a day
	for i := second - 1; i < second+10; i++ {
		states[i] = burnlist.Burning
	}
	states[second+40] = burnlist.Exhausted
	got := newQuarterTally()
	got.add(s, states)
	want := newQuarterTally()
	want.pairs = map[burnlist.State]int{burnlist.Healthy: quarterReviews - 1, burnlist.Burning: 1}
	want.came = map[burnlist.State]int{burnlist.Healthy: 0, burnlist.Burning: 1}
	want.burning, want.burnt, want.stayed, want.proved, want.exhausted, want.returns = 2, 2, 1, 1, 1, 1
	want.before[quarterBefore{burnlist.Burning, false}] = 1
	want.leads = []int{quarterStep + 11}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(quarterTally{}, quarterBefore{})); diff != "" {
		t.Errorf("tally (-want +got)\n%s", diff)
	}
}

func TestDiceHaveTheMeanAndVarianceOfTheirDistribution(t *testing.T) {
	const draws = 20_000
	tests := map[string]struct {
		draw           func(d quarterDice) float64
		mean, variance float64
	}{
		"few of a rare event":  {func(d quarterDice) float64 { return d.poisson(0.3) }, 0.3, 0.3},
		"some of it":           {func(d quarterDice) float64 { return d.poisson(40) }, 40, 40},
		"many of it":           {func(d quarterDice) float64 { return d.poisson(5000) }, 5000, 5000},
		"a small part of few":  {func(d quarterDice) float64 { return d.binomial(3, 0.1) }, 0.3, 0.27},
		"a small part of many": {func(d quarterDice) float64 { return d.binomial(20_000, 0.001) }, 20, 19.98},
		"half of many":         {func(d quarterDice) float64 { return d.binomial(1000, 0.5) }, 500, 250},
		"most of few":          {func(d quarterDice) float64 { return d.binomial(10, 0.9) }, 9, 0.9},
		"all":                  {func(d quarterDice) float64 { return d.binomial(10, 1) }, 10, 0},
		"starts of 3 a month in 30 days": {func(d quarterDice) float64 {
			n := 0.0
			for range d.starts(quarterMonth, 3) {
				n++
			}
			return n
		}, 3, 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := quarterDice{rand.New(rand.NewPCG(1, 2))}
			sum, squares := 0.0, 0.0
			for range draws {
				x := tt.draw(d)
				sum += x
				squares += (x - tt.mean) * (x - tt.mean)
			}
			if mean := sum / draws; math.Abs(mean-tt.mean) > 5*math.Sqrt(tt.variance/draws) {
				t.Errorf("mean is %v, want %v", mean, tt.mean)
			}
			if variance := squares / draws; math.Abs(variance-tt.variance) > 0.1*tt.variance {
				t.Errorf("variance is %v, want %v", variance, tt.variance)
			}
		})
	}
}
