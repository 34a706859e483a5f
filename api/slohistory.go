package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
)

// SLOHistory is how the budget of an SLO came to be what it is.
type SLOHistory struct {
	SLO           string              `json:"slo" doc:"Name of the SLO."`
	Objective     float64             `json:"objective" doc:"The objective of now, by which all points are judged."`
	Window        burnlist.Duration   `json:"window" doc:"The window of now."`
	PolicyVersion int64               `json:"policy_version" doc:"The version of the policy that judges all points."`
	From          time.Time           `json:"from" doc:"The first point lies here."`
	To            time.Time           `json:"to" doc:"No point lies later."`
	Step          burnlist.Duration   `json:"step" doc:"The time between two points."`
	Points        []budget.Point      `json:"points" nullable:"false" doc:"The earliest first."`
	Changes       []StateChange       `json:"changes" nullable:"false" doc:"Between which points the state became another, the earliest first."`
	Note          burnlist.NullString `json:"note" nullable:"true" doc:"What is to be said of the resolution; null where all slices are kept."`
}

// StateChange is the first point at which the state is another than before.
type StateChange struct {
	At     time.Time       `json:"at" doc:"The first point in the new state."`
	From   burnlist.State  `json:"from" enum:"exhausted,burning,at_risk,healthy,unknown" doc:"The state at the point before."`
	To     burnlist.State  `json:"to" enum:"exhausted,burning,at_risk,healthy,unknown" doc:"The state from then on."`
	Reason burnlist.Reason `json:"reason" nullable:"true" doc:"Why the new state is unknown; null unless it is."`
}

// historyIn declares the forms in which an operation answers with a history.
func (s *server) historyIn(op huma.Operation) huma.Operation {
	return answersIn[SLOHistory](s, op, asSVG)
}

func (s *server) sloHistory(ctx context.Context, in *struct {
	Name   string `path:"name" example:"checkout-availability"`
	From   string `query:"from" format:"date-time" doc:"The first point, brought forward to a slice; 30 days before to if it is not given. At most 13 months back."`
	To     string `query:"to" format:"date-time" doc:"The last point at the latest; now if it is not given."`
	Step   string `query:"step" example:"6h" doc:"The time between two points, a multiple of the slice width; 1h for up to 8 days, 6h for up to 45 days, else 1d if it is not given. There are at most 5000 points."`
	Format string `query:"format" enum:"json,svg" default:"json" doc:"svg is a sparkline of what remained of the budget."`
},
) (*rendered, error) {
	o, err := s.Store.SLO(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	span, err := spanOf(o, in.From, in.To, in.Step, burnlist.Instant(s.Now()))
	if err != nil {
		return nil, err
	}
	policy, err := s.Store.Policy(ctx)
	if err != nil {
		return nil, err
	}
	k, err := s.keptOf(ctx, o)
	if err != nil {
		return nil, err
	}
	h := SLOHistory{
		SLO: o.Name, Objective: o.Objective, Window: o.Window, PolicyVersion: policy.Version,
		From: span.from, To: span.to, Step: burnlist.Duration(span.step),
		Points: notNil(k.ledger().History(o, policy, span.from, span.to, span.step)),
	}
	if in.Format == "svg" {
		return &rendered{ContentType: asSVG, Policy: renderedPolicy, Body: sparkline(h)}, nil
	}
	h.Changes, h.Note = changesOf(h.Points), k.resolution(span.from.Add(-o.Window.Std()))
	body, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("write the history of %s: %w", o.Name, err)
	}
	return &rendered{ContentType: asJSON, Body: append(body, '\n')}, nil
}

// mostPoints bounds how many points a history has.
const mostPoints = 5000

// span is the instants that a history shows.
type span struct {
	from, to time.Time
	step     time.Duration
}

// spanOf returns the span that was asked for at now, brought to the grid of the
// SLO's slices, with what was not given filled in.
func spanOf(o burnlist.SLO, begin, end, step string, now time.Time) (span, error) {
	width := o.Slice.Std()
	to, err := instantOf(end, now)
	if err != nil {
		return span{}, inQuery("to", err)
	}
	if to.After(now) {
		return span{}, inQuery("to", burnlist.Errorf(burnlist.Invalid, "lies ahead: give a time that has passed, or leave it out"))
	}
	to = to.UTC().Truncate(width)
	if newest := budget.Due(now, o.Slice); to.After(newest) {
		to = newest
	}
	given, err := instantOf(begin, to.Add(-30*burnlist.Day))
	if err != nil {
		return span{}, inQuery("from", err)
	}
	if given.Before(now.Add(-burnlist.RetainedHistory)) {
		return span{}, inQuery("from", burnlist.Errorf(burnlist.Invalid, "lies more than 13 months back: nothing is kept of that time, give a later one"))
	}
	from := given.Truncate(width)
	if from.Before(given) {
		from = from.Add(width)
	}
	if !from.Before(to) {
		return span{}, inQuery("from", burnlist.Errorf(burnlist.Invalid, "is not before to: give a time at least one slice, %s, before it", o.Slice))
	}
	wanted, err := stepOf(step, to.Sub(from))
	if err != nil {
		return span{}, inQuery("step", err)
	}
	if wanted <= 0 || wanted%width != 0 {
		return span{}, inQuery("step", burnlist.Errorf(burnlist.Invalid, "%s is not a multiple of the slice width %s: use one, such as %s", step, o.Slice, burnlist.Duration(12*width)))
	}
	if n := int64(to.Sub(from)/wanted) + 1; n > mostPoints {
		return span{}, inQuery("step", burnlist.Errorf(burnlist.Invalid, "makes %d points: use a longer step or a shorter time, for at most %d", n, mostPoints))
	}
	return span{from, to, wanted}, nil
}

// instantOf reads an instant, or returns another one if there is none.
func instantOf(text string, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, burnlist.Errorf(burnlist.Invalid, "%q is not a time: write it as in 2026-11-20T10:00:00Z", text)
	}
	return burnlist.Instant(at), nil
}

// stepOf reads a step, or chooses one that fits the length of the span.
func stepOf(text string, length time.Duration) (time.Duration, error) {
	switch {
	case text != "":
		d, err := burnlist.ParseDuration(text)
		return d.Std(), err
	case length <= 8*burnlist.Day:
		return time.Hour, nil
	case length <= 45*burnlist.Day:
		return 6 * time.Hour, nil
	}
	return burnlist.Day, nil
}

func changesOf(points []budget.Point) []StateChange {
	changes := []StateChange{}
	for i := 1; i < len(points); i++ {
		if before, p := points[i-1], points[i]; before.State != p.State {
			changes = append(changes, StateChange{At: p.At, From: before.State, To: p.State, Reason: p.Reason})
		}
	}
	return changes
}
