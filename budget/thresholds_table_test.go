//go:build !race

package budget_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/burnlist/burnlist"
)

// quarterRow is one line of a table.
type quarterRow struct {
	name     string
	services int
	tally    *quarterTally
}

func quarterTable(rows []quarterRow, columns []string, cells func(r quarterRow) []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| | %s |\n|---%s|\n", strings.Join(columns, " | "), strings.Repeat("|--:", len(columns)))
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s |\n", r.name, strings.Join(cells(r), " | "))
	}
	return b.String()
}

// percent writes n, and what share of it part is.
func percent(n, part int) string {
	if n == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%.0f %%)", n, 100*float64(part)/float64(n))
}

// unlike returns the first row, and those that have other cells than it.
func unlike(rows []quarterRow, cells func(r quarterRow) []string) []quarterRow {
	return slices.DeleteFunc(slices.Clone(rows), func(r quarterRow) bool {
		return r.name != rows[0].name && slices.Equal(cells(r), cells(rows[0]))
	})
}

func stateCells(r quarterRow) []string {
	cells := []string{strconv.Itoa(r.tally.pairs[burnlist.Exhausted])}
	for _, state := range []burnlist.State{burnlist.Burning, burnlist.AtRisk, burnlist.Healthy, burnlist.Unknown} {
		cells = append(cells, percent(r.tally.pairs[state], r.tally.came[state]))
	}
	return cells
}

func entryCells(r quarterRow) []string {
	t := r.tally
	return []string{percent(t.burning, t.burnt), percent(t.stayed, t.proved), strconv.Itoa(t.exhausted), strconv.Itoa(t.returns)}
}

func exhaustionCells(r quarterRow) []string {
	t := r.tally
	in := func(state burnlist.State) string {
		return strconv.Itoa(t.exhaustions(func(b quarterBefore) bool { return b.state == state }))
	}
	return []string{
		strconv.Itoa(t.exhaustions(func(b quarterBefore) bool { return !missedBefore(b) })),
		in(burnlist.AtRisk), in(burnlist.Healthy), in(burnlist.Unknown),
		strconv.Itoa(t.exhaustions(missedBefore)),
		strconv.Itoa(t.exhaustions(func(b quarterBefore) bool { return missedBefore(b) && b.foreseeable })),
	}
}

func leadCells(r quarterRow) []string {
	bounds := []int{1, quarterDay, 3 * quarterDay, 7 * quarterDay, 1 << 30} // of how long tier 1 had lasted
	n := make([]int, len(bounds))
	for _, lead := range r.tally.leads {
		n[slices.IndexFunc(bounds, func(b int) bool { return lead < b })]++
	}
	var cells []string
	for _, n := range n {
		cells = append(cells, strconv.Itoa(n))
	}
	return cells
}

func partCells(r quarterRow) []string {
	cells := []string{strconv.Itoa(r.services)}
	for _, state := range []burnlist.State{burnlist.Exhausted, burnlist.Burning, burnlist.AtRisk, burnlist.Healthy, burnlist.Unknown} {
		cells = append(cells, fmt.Sprintf("%.1f %%", 100*float64(r.tally.pairs[state])/float64(r.services*quarterReviews)))
	}
	return append(cells,
		strconv.Itoa(r.tally.exhaustions(func(quarterBefore) bool { return true })),
		strconv.Itoa(r.tally.exhaustions(missedBefore)),
		strconv.Itoa(r.tally.exhaustions(func(b quarterBefore) bool { return missedBefore(b) && b.foreseeable })))
}

// quarterTables renders what docs/thresholds.md shows: policies and
// alternatives have the default first, parts are those of the fleet.
func quarterTables(policies, alternatives, parts []quarterRow) string {
	t := policies[0].tally
	var b strings.Builder
	section := func(title, text string, rows []quarterRow, columns []string, cells func(r quarterRow) []string) {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n%s", title, text, quarterTable(rows, columns, cells))
	}
	fmt.Fprintf(&b, "\n%d services, %d reviews, %d pairs of a service and a review. The budget ran out %d times; %d of these were foreseeable at the review before.\n",
		policies[0].services, quarterReviews, policies[0].services*quarterReviews,
		t.exhaustions(func(quarterBefore) bool { return true }),
		t.exhaustions(func(b quarterBefore) bool { return b.foreseeable }))

	states := []string{"exhausted", "burning", "at risk", "healthy", "unknown"}
	text := "Pairs in each state; in brackets, how many of these had a spent budget at any moment until the next review."
	section("(a) States at the reviews, by policy", text, policies, states, stateCells)
	section("(a) States at the reviews, by other rules for tier 1", text, alternatives, states, stateCells)

	text = "Times that a service came into tier 1; in brackets, how often its budget was spent within 7 days of that."
	columns := []string{"as burning", "of these, still there a day later", "as exhausted", "back within a day of leaving"}
	section("(b) Entries into tier 1, by policy", text+" Policies that are not listed give what the default gives.", unlike(policies, entryCells), columns, entryCells)
	section("(b) Entries into tier 1, by other rules for it", text, alternatives, columns, entryCells)

	text = "Budgets that ran out, by the state at the review before. Those outside tier 1 were missed there."
	columns = []string{"tier 1", "at risk", "healthy", "unknown", "missed", "of these, foreseeable"}
	section("(c) Exhaustions, by policy", text+" Policies that are not listed give what the default gives.", unlike(policies, exhaustionCells), columns, exhaustionCells)
	section("(c) Exhaustions, by other rules for tier 1", text, alternatives, columns, exhaustionCells)

	text = "The same exhaustions, by how long the service had been in tier 1 when the budget ran out, between reviews or at them."
	columns = []string{"not at all", "under 1 day", "1 to 3 days", "3 to 7 days", "7 days or more"}
	section("(c) Time in tier 1 before an exhaustion", text, slices.Concat(unlike(policies, leadCells), alternatives[1:]), columns, leadCells)

	columns = slices.Concat([]string{"services"}, states, []string{"exhaustions", "missed", "of these, foreseeable"})
	section("The default, by kind of SLO", "Shares are of the pairs.", parts, columns, partCells)
	return b.String()
}
