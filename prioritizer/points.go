package prioritizer

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/burnlist/burnlist"
)

// Points counts tenths of a point, so that the parts of a score sum to it
// exactly. In JSON it is a number of points: 243 is 24.3.
type Points int32

// fullScore is the score that no item can exceed: 100 points.
const fullScore Points = 1000

// String writes the points with at most one decimal.
func (p Points) String() string { return strconv.FormatFloat(p.Float(), 'f', -1, 64) }

// Float returns the number of points.
func (p Points) Float() float64 { return float64(p) / 10 }

// MarshalJSON writes the number of points.
func (p Points) MarshalJSON() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalJSON reads a number of points, to the nearest tenth.
func (p *Points) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseFloat(string(b), 64)
	if err != nil || math.Abs(n) > math.MaxInt32/10 {
		return burnlist.Errorf(burnlist.Invalid, "%s is not a number of points", b)
	}
	*p = Points(math.Round(n * 10))
	return nil
}

// Parts are what the five signals contribute to a score, in the order of the
// indexes below.
type Parts [5]Points

// Indexes of Parts.
const (
	PartBudget = iota
	PartPriority
	PartIncident
	PartOverdue
	PartRollovers
)

// Signals are the names of the parts, in the order of Parts.
var Signals = [len(Parts{})]string{"budget", "priority", "incident", "overdue", "rollovers"}

// Sum returns the score that the parts make.
func (p Parts) Sum() Points {
	var sum Points
	for _, part := range p {
		sum += part
	}
	return sum
}

// wholes returns the most points that each part can earn: the weights in
// tenths, which sum to exactly 100 points whatever their decimals are. Rounding
// each by itself could exceed that, so the largest remainders are rounded up
// and the others down.
func wholes(w burnlist.Weights) Parts {
	var p Parts
	var rest [len(p)]float64
	for i, weight := range [len(p)]float64{w.Budget, w.Priority, w.Incident, w.Overdue, w.Rollovers} {
		tenths := min(max(weight, 0), 100) * 10
		// A weight such as 0.3 has no exact tenths; what is a hair below counts.
		down := math.Floor(tenths + 1e-6)
		p[i], rest[i] = Points(down), tenths-down
	}
	order := []int{0, 1, 2, 3, 4}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for _, i := range order[:min(max(fullScore-p.Sum(), 0), Points(len(order)-1))] {
		p[i]++
	}
	return p
}

// share returns the part of a whole that is earned by n where full earns all
// of it. It grows with n, and never leaves 0 to whole.
func (p Points) share(n, full float64) Points {
	if !(n > 0) {
		return 0
	}
	if n >= full {
		return p
	}
	return Points(math.Round(float64(p) * (n / full)))
}
