package api

import (
	"context"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// SLOFigures is what the newest refresh measured of an SLO, and what the policy
// makes of it.
type SLOFigures struct {
	AsOf          time.Time  `json:"as_of" doc:"The moment of the judgement."`
	RefreshedAt   *time.Time `json:"refreshed_at" doc:"When figures last changed; null before there are any."`
	Revision      int64      `json:"revision" doc:"The revision of the change log that is judged."`
	PolicyVersion int64      `json:"policy_version" doc:"The version of the policy that judges."`
	SLO           string     `json:"slo" doc:"Name of the SLO."`
	Service       string     `json:"service" doc:"The service that it is a promise about."`
	Advisory      bool       `json:"advisory" doc:"It is computed and shown, but never ranks."`
	StateView
	Text       string               `json:"text" doc:"The state in one sentence, with what to do if it is unknown."`
	Figures    *burnlist.Figures    `json:"figures" doc:"What was measured; null if nothing was of the current indicator."`
	Pairs      []PairView           `json:"pairs" nullable:"false" doc:"The four pairs of windows of the SRE workbook by which errors are said to come fast or steadily."`
	Exclusions []burnlist.Exclusion `json:"exclusions" nullable:"false" doc:"The intervals that hold as taken out of the budget, the newest exclusion first."`
}

// StateView is what the policy makes of figures.
type StateView struct {
	State      burnlist.State     `json:"state" enum:"exhausted,burning,at_risk,healthy,unknown" doc:"What the policy makes of the figures."`
	Reason     burnlist.Reason    `json:"reason" nullable:"true" doc:"Why the state is unknown; null unless it is."`
	LowTraffic bool               `json:"low_traffic" doc:"The state would be worse, were there more than a handful of bad events."`
	StaleFor   *burnlist.Duration `json:"stale_for" doc:"Age of the newest known slice if that is too old, else null."`
}

// PairView is a long and a short window in which the burn rate must both be
// over a factor.
type PairView struct {
	Pair      string         `json:"pair" example:"1h/5m" doc:"The long and the short window."`
	Burn      string         `json:"burn" enum:"fast,slow" doc:"Which burn it shows: fast_burn or slow_burn of the figures."`
	Factor    float64        `json:"factor" doc:"The burn rate that both windows must be over."`
	Long      burnlist.Value `json:"long" nullable:"true" doc:"Burn rate in the long window; null if it is not known."`
	Short     burnlist.Value `json:"short" nullable:"true" doc:"Burn rate in the short window; null if it is not known."`
	Over      bool           `json:"over" doc:"Both windows are over the factor."`
	Reachable bool           `json:"reachable" doc:"With nothing but errors the burn rate would be over the factor; a pair that this objective cannot reach says nothing."`
}

func (s *server) sloFigures(_ context.Context, in *struct {
	Name string `path:"name" example:"checkout-availability"`
},
) (*struct {
	Ranked
	Body SLOFigures
}, error,
) {
	q, err := s.queue()
	if err != nil {
		return nil, err
	}
	o := q.World.SLOs[in.Name]
	if o == nil {
		return nil, burnlist.Errorf(burnlist.NotFound, "there is no SLO %q: look for it among the SLOs", in.Name)
	}
	b := budgetOf(q, o)
	shown := SLOFigures{
		AsOf: q.At, Revision: q.Revision, PolicyVersion: q.World.Policy.Version,
		SLO: o.Name, Service: o.Service, Advisory: o.Advisory,
		StateView: StateView{State: b.State, Reason: b.Reason, LowTraffic: b.LowTraffic, StaleFor: b.StaleFor}, Text: b.Text,
		Figures: listed(b.Figures), Pairs: pairsOf(o, b.Figures), Exclusions: []burnlist.Exclusion{},
	}
	if at := q.World.Budgets.RefreshedAt; !at.IsZero() {
		shown.RefreshedAt = &at
	}
	for _, e := range q.World.Exclusions[o.Name] {
		shown.Exclusions = append(shown.Exclusions, *e)
	}
	slices.SortFunc(shown.Exclusions, newestFirst)
	return &struct {
		Ranked
		Body SLOFigures
	}{s.ranked(q, in), shown}, nil
}

// budgetOf returns what the queue says of the budget of an SLO. One that is
// retired is in no list of budgets, and is measured no longer.
func budgetOf(q *prioritizer.Queue, o *burnlist.SLO) prioritizer.SLOBudget {
	for _, service := range q.Budgets() {
		if service.Service != o.Service {
			continue
		}
		named := func(b prioritizer.SLOBudget) bool { return string(b.SLO) == o.Name }
		if i := slices.IndexFunc(service.SLOs, named); i >= 0 {
			return service.SLOs[i]
		}
	}
	return prioritizer.SLOBudget{
		BudgetView: prioritizer.BudgetView{State: burnlist.Unknown, Reason: burnlist.NoData},
		Text:       o.Name + " is retired and measured no longer; bring it back to measure it",
	}
}

// pairsOf shows the workbook's pairs with the burn rates of the figures, which
// may be nil.
func pairsOf(o *burnlist.SLO, f *burnlist.Figures) []PairView {
	var burn burnlist.Spans
	if f != nil {
		burn = f.Burn
	}
	views := make([]PairView, 0, len(burnlist.Pairs))
	for _, p := range burnlist.Pairs {
		v := PairView{
			Pair: p.String(), Burn: "slow", Factor: p.Factor(o.Window), Long: burn[p.Long], Short: burn[p.Short],
			Over: p.Over(burn, o.Window), Reachable: p.Reachable(o.Objective, o.Window),
		}
		if p.Fast {
			v.Burn = "fast"
		}
		views = append(views, v)
	}
	return views
}

// listed returns figures as they are shown: a list is never null in JSON.
func listed(f *burnlist.Figures) *burnlist.Figures {
	if f == nil {
		return nil
	}
	shown := *f
	shown.Unreachable, shown.BurnDown, shown.Path = notNil(f.Unreachable), notNil(f.BurnDown), notNil(f.Path)
	return &shown
}
