//go:build !race

package budget_test

import "github.com/burnlist/burnlist"

// quarterTally is what a rule did.
type quarterTally struct {
	pairs map[burnlist.State]int // of a service and a review
	came  map[burnlist.State]int // of these, how many had a spent budget before the next review

	burning, burnt int // entries into tier 1 as burning, and those after which the budget was spent within 7 days
	stayed, proved int // the same of those that were in tier 1 a day later
	exhausted      int // entries into tier 1 as exhausted
	returns        int // to tier 1 within a day of leaving it, which are no entries

	before map[quarterBefore]int // exhaustions
	leads  []int                 // for each of them how long tier 1 had lasted, in slices; 0 if the service was not in it
}

// quarterBefore is how things stood at the review before an exhaustion.
type quarterBefore struct {
	state       burnlist.State
	foreseeable bool // it would have come without the faults that were yet to begin
}

func newQuarterTally() *quarterTally {
	return &quarterTally{pairs: map[burnlist.State]int{}, came: map[burnlist.State]int{}, before: map[quarterBefore]int{}}
}

// plus counts what another tally counted.
func (t *quarterTally) plus(o *quarterTally) {
	for state, n := range o.pairs {
		t.pairs[state] += n
		t.came[state] += o.came[state]
	}
	for b, n := range o.before {
		t.before[b] += n
	}
	t.burning += o.burning
	t.burnt += o.burnt
	t.stayed += o.stayed
	t.proved += o.proved
	t.exhausted += o.exhausted
	t.returns += o.returns
	t.leads = append(t.leads, o.leads...)
}

// exhaustions counts those for which is holds.
func (t *quarterTally) exhaustions(is func(b quarterBefore) bool) int {
	n := 0
	for b, times := range t.before {
		if is(b) {
			n += times
		}
	}
	return n
}

func oneIf(is bool) int {
	if is {
		return 1
	}
	return 0
}

func inTier1(s burnlist.State) bool { return s == burnlist.Exhausted || s == burnlist.Burning }

func missedBefore(b quarterBefore) bool { return !inTier1(b.state) }

// add counts what a rule made of a service.
func (t *quarterTally) add(s *quarterService, states []burnlist.State) {
	step := func(j int) int { return (j - (s.begins - quarterWeek)) / quarterStep }
	for week := range quarterReviews {
		review := s.begins + week*quarterWeek
		state := states[step(review)]
		t.pairs[state]++
		t.came[state] += oneIf(s.spentIn(review, review+quarterWeek))
	}

	// A stay in tier 1 goes on over breaks of less than a day.
	stays := make([]int, len(states)) // instant at which the stay began, 0 outside tier 1
	left, since := -quarterWeek, 0
	for i, state := range states {
		if !inTier1(state) {
			continue
		}
		j := s.begins - quarterWeek + i*quarterStep
		entered := i == 0 || !inTier1(states[i-1])
		again := entered && j-left < quarterDay
		if entered && !again {
			since = j
		}
		stays[i], left = since, j+quarterStep
		switch {
		case !entered || j <= s.begins || j > s.begins+quarterReviews*quarterWeek-quarterDay:
		case again:
			t.returns++
		case state == burnlist.Exhausted:
			t.exhausted++
		default:
			burnt := s.spentIn(j, j+quarterWeek)
			t.burning++
			t.burnt += oneIf(burnt)
			if later := i + quarterDay/quarterStep; later < len(states) && inTier1(states[later]) {
				t.stayed++
				t.proved += oneIf(burnt)
			}
		}
	}

	for _, j := range s.exhaustions() {
		t.before[quarterBefore{states[step(s.reviewBefore(j))], s.foreseeable(j)}]++
		lead := 0
		if since := stays[step(j-1)]; since > 0 {
			lead = j - since
		}
		t.leads = append(t.leads, lead)
	}
}
