//go:build !race

package budget_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	quarterSeed     = 20260601
	quarterDoc      = "../docs/thresholds.md"
	quarterBeginsAt = "<!-- what follows is written by go test ./budget -run TestThresholds -update -->\n"
	quarterEndsAt   = "\n<!-- end of what is written by the test -->\n"
)

// quarterOutcome is what each rule did for one service.
type quarterOutcome struct {
	slo     burnlist.SLO
	tallies []*quarterTally
}

// simulateQuarter judges so many services by each of the rules. A service does
// not depend on which others there are, nor on how many are judged at a time.
func simulateQuarter(services int, rules []quarterRule) []quarterOutcome {
	all := make([]quarterOutcome, services)
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for n := range next {
				s := newQuarterService(quarterSeed, uint64(n))
				all[n].slo = s.slo
				for _, states := range s.states(rules) {
					t := newQuarterTally()
					t.add(s, states)
					all[n].tallies = append(all[n].tallies, t)
				}
			}
		})
	}
	for n := range services {
		next <- n
	}
	close(next)
	wg.Wait()
	return all
}

// rowOf sums up what one rule did for the services whose SLO is one of those.
func rowOf(name string, outcomes []quarterOutcome, rule int, of func(slo burnlist.SLO) bool) quarterRow {
	r := quarterRow{name: name, tally: newQuarterTally()}
	for _, o := range outcomes {
		if of(o.slo) {
			r.services++
			r.tally.plus(o.tallies[rule])
		}
	}
	return r
}

// TestThresholds simulates a quarter of a fleet, holds what comes of it against
// what the policy promises, and docs/thresholds.md against what comes of it.
func TestThresholds(t *testing.T) {
	services := 300
	if testing.Short() {
		services = 12
	}
	policies, others := quarterPolicies(), quarterAlternatives()
	outcomes := simulateQuarter(services, slices.Concat(policies, others))
	everyone := func(burnlist.SLO) bool { return true }
	var rows []quarterRow
	for i, rule := range policies {
		rows = append(rows, rowOf(rule.name, outcomes, i, everyone))
	}
	alternatives := rows[:1:1]
	for i, rule := range others {
		alternatives = append(alternatives, rowOf(rule.name, outcomes, len(policies)+i, everyone))
	}

	checkQuarter(t, rows, alternatives)
	if testing.Short() {
		return
	}
	checkUrgency(t, rows[0].tally)
	var parts []quarterRow
	for _, objective := range []float64{0.99, 0.995, 0.999, 0.9995} {
		parts = append(parts, rowOf(fmt.Sprintf("objective %v", objective), outcomes, 0, func(slo burnlist.SLO) bool { return slo.Objective == objective }))
	}
	for _, days := range []burnlist.Duration{7, 28, 30} {
		window := days * burnlist.Duration(burnlist.Day)
		parts = append(parts, rowOf(fmt.Sprintf("window %v", window), outcomes, 0, func(slo burnlist.SLO) bool { return slo.Window == window }))
	}
	holdDoc(t, quarterTables(rows, alternatives, parts))
}

// checkQuarter holds what rules did against what must come of them in any
// world, and against each other.
func checkQuarter(t *testing.T, policies, alternatives []quarterRow) {
	t.Helper()
	byName := map[string]*quarterTally{}
	all := len(policies[0].tally.leads)
	for _, r := range slices.Concat(policies, alternatives) {
		byName[r.name] = r.tally
		pairs := 0
		for _, n := range r.tally.pairs {
			pairs += n
		}
		if want := r.services * quarterReviews; pairs != want {
			t.Errorf("%s: states of %d pairs of a service and a review, want %d", r.name, pairs, want)
		}
		if n := r.tally.exhaustions(func(quarterBefore) bool { return true }); n != all || len(r.tally.leads) != all {
			t.Errorf("%s: %d exhaustions and %d leads, want %d: what happens does not depend on the rule", r.name, n, len(r.tally.leads), all)
		}
	}
	usual := policies[0].tally
	if all == 0 || usual.burning == 0 || usual.burnt == 0 {
		t.Fatalf("%d exhaustions, %d entries as burning of which %d came true: nothing was tried", all, usual.burning, usual.burnt)
	}
	if ahead, only := usual.exhaustions(missedBefore), byName[exhaustedOnly].exhaustions(missedBefore); ahead >= only {
		t.Errorf("the default misses %d exhaustions, and looking at what is spent alone %d: the forecast is worth nothing", ahead, only)
	}
	for _, r := range policies {
		if !strings.Contains(r.name, "low_traffic_events") && (r.tally.burning != usual.burning || r.tally.exhaustions(missedBefore) != usual.exhaustions(missedBefore)) {
			t.Errorf("%s: changes who is in tier 1, which only low_traffic_events may", r.name)
		}
	}
	for _, order := range [][]string{
		{"`at_risk` 0.9", "**default**", "`at_risk` 0.5"},
		{"`at_risk_pace_7d` 3", "**default**", "`at_risk_pace_7d` 1"},
		{"`at_risk_spent_7d` 0.5", "**default**", "`at_risk_spent_7d` 0.1"},
	} {
		for i := range order[1:] {
			if fewer, more := byName[order[i]].pairs[burnlist.AtRisk], byName[order[i+1]].pairs[burnlist.AtRisk]; fewer > more {
				t.Errorf("at_risk: %d pairs at %s, %d at %s; want no more at the higher threshold", fewer, order[i], more, order[i+1])
			}
		}
	}
}

// checkUrgency holds that the more urgent a state is, the more often the budget
// is spent by the next review. A few services are too few to show it.
func checkUrgency(t *testing.T, usual *quarterTally) {
	t.Helper()
	came := func(s burnlist.State) float64 { return float64(usual.came[s]) / float64(usual.pairs[s]) }
	if !(came(burnlist.Healthy) < came(burnlist.AtRisk) && came(burnlist.AtRisk) < came(burnlist.Burning) && came(burnlist.Burning) < came(burnlist.Exhausted)) {
		t.Errorf("of healthy, at_risk, burning and exhausted pairs, %.2f, %.2f, %.2f and %.2f had a spent budget in the week that followed; want them in this order",
			came(burnlist.Healthy), came(burnlist.AtRisk), came(burnlist.Burning), came(burnlist.Exhausted))
	}
}

// holdDoc compares the tables with those of docs/thresholds.md, or writes them
// there.
func holdDoc(t *testing.T, tables string) {
	t.Helper()
	text, err := os.ReadFile(quarterDoc)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), quarterBeginsAt)
	shown, after, ends := strings.Cut(rest, quarterEndsAt)
	if !found || !ends {
		t.Fatalf("%s has lost the comments between which the tables stand: put them back", quarterDoc)
	}
	if *update {
		if err := os.WriteFile(quarterDoc, []byte(before+quarterBeginsAt+tables+quarterEndsAt+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(shown, "\n"), strings.Split(tables, "\n")); diff != "" {
		t.Errorf("%s shows other tables than the simulation gives: look whether its conclusions still hold, then run go test ./budget -run TestThresholds -update (-shown +simulated)\n%s", quarterDoc, diff)
	}
}
