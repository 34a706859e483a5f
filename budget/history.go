package budget

import (
	"time"

	"github.com/burnlist/burnlist"
)

// Point is what an SLO's figures were at an instant of the past.
type Point struct {
	At       time.Time       `json:"at" doc:"The instant at which the figures were the newest."`
	State    burnlist.State  `json:"state" enum:"exhausted,burning,at_risk,healthy,unknown" doc:"What the policy makes of them."`
	Reason   burnlist.Reason `json:"reason" nullable:"true" doc:"Why the state is unknown; else null."`
	Consumed burnlist.Value  `json:"consumed" nullable:"true" doc:"Share of the budget that was spent in the window."`
	Forecast burnlist.Value  `json:"forecast" nullable:"true" doc:"Highest consumption that was to be expected within 7 days."`
	Pace     burnlist.Value  `json:"pace" nullable:"true" doc:"Speed of spending; 1 spends exactly the budget in one window."`
	Coverage float64         `json:"coverage" doc:"Known share of the window, 0 to 1."`
}

// History returns what the figures were, as judged by the SLO and the policy of
// today, at from and every step after it until to, which is included if a step
// meets it. From lies on the slice grid, and step is a multiple of the width of
// a slice.
//
// Where the ledger was rolled up, spans shorter than its rows are measured with
// the mean of the row. Exclusions count as if they had held then.
func (l *Ledger) History(slo burnlist.SLO, p burnlist.Policy, from, to time.Time, step time.Duration) []Point {
	var points []Point
	for at := from; !at.After(to); at = at.Add(step) {
		points = append(points, pointOf(l.Figures(slo, at), p, at))
	}
	return points
}

// pointOf judges figures as of an instant, which may be later than theirs.
func pointOf(f burnlist.Figures, p burnlist.Policy, at time.Time) Point {
	verdict := p.Judge(f, at)
	return Point{
		At: burnlist.Instant(at), State: verdict.State, Reason: verdict.Reason,
		Consumed: f.Consumed, Forecast: f.Forecast, Pace: f.Pace, Coverage: f.Coverage,
	}
}
