package prioritizer

import (
	"cmp"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
)

// BudgetView is what the queue shows of the budget that decides an entry. What
// is not known is null.
type BudgetView struct {
	SLO        burnlist.NullString `json:"slo" nullable:"true"` // null if no SLO ranks the service
	State      burnlist.State      `json:"state" enum:"exhausted,burning,at_risk,healthy,unknown"`
	Reason     burnlist.Reason     `json:"reason" nullable:"true"` // why the state is unknown
	Consumed   burnlist.Value      `json:"consumed" nullable:"true"`
	Forecast   burnlist.Value      `json:"forecast" nullable:"true"`
	Pace       burnlist.Value      `json:"pace" nullable:"true"`
	Spent7d    burnlist.Value      `json:"spent_7d" nullable:"true"`
	Burn       BurnView            `json:"burn"`
	FastBurn   bool                `json:"fast_burn"`
	SlowBurn   bool                `json:"slow_burn"`
	ExhaustsAt *time.Time          `json:"exhausts_at"`
	RecoversAt *time.Time          `json:"recovers_at"`
	LowTraffic bool                `json:"low_traffic"`
	Coverage   float64             `json:"coverage"`
	StaleFor   *burnlist.Duration  `json:"stale_for"` // age of the newest known slice if that is too old, else null
}

// BurnView is the burn rates that the queue shows.
type BurnView struct {
	Hour     burnlist.Value `json:"1h" nullable:"true"`
	SixHours burnlist.Value `json:"6h" nullable:"true"`
}

// SLOBudget is the budget of one SLO, with what the list of budgets shows
// beside the view of the queue.
type SLOBudget struct {
	BudgetView
	Objective  float64           `json:"objective"`
	Window     burnlist.Duration `json:"window"`
	Advisory   bool              `json:"advisory"` // shown, but never ranks
	OneEvent   burnlist.Value    `json:"one_event" nullable:"true"`
	KnownUntil *time.Time        `json:"known_until"`
	Error      string            `json:"error"` // why something could not be measured, in full; else empty
	Text       string            `json:"text"`  // the state and why, and what to do if it is unknown, in plain sentences

	// Figures are all that was measured, nil if nothing was of the current
	// indicator. They must not be modified.
	Figures *burnlist.Figures `json:"-"`
}

// ServiceBudget is how urgent a service is, and by which SLO.
type ServiceBudget struct {
	Service   string              `json:"service"`
	Product   string              `json:"product"`
	Team      burnlist.NullString `json:"team" nullable:"true"`
	State     burnlist.State      `json:"state" enum:"exhausted,burning,at_risk,healthy,unknown"`
	Reason    burnlist.Reason     `json:"reason" nullable:"true"`
	Tier      Tier                `json:"tier" enum:"jump,watch,unknown,within_budget"`
	Worst     burnlist.NullString `json:"worst" nullable:"true"` // the SLO that decides; null if none ranks
	OpenItems int                 `json:"open_items"`
	Text      string              `json:"text"` // the state in one sentence
	SLOs      []SLOBudget         `json:"slos"` // by name, advisory ones too
}

// Budgets returns the budgets of all services in force, the most urgent first.
// The slice is the caller's.
func (q *Queue) Budgets() []ServiceBudget {
	var live []*served
	for i := range q.services {
		if q.services[i].service.RetiredAt == nil {
			live = append(live, &q.services[i])
		}
	}
	slices.SortStableFunc(live, func(a, b *served) int {
		va, vb := a.verdict(), b.verdict()
		return cmp.Or(
			cmp.Compare(vb.State.Urgency(), va.State.Urgency()),
			cmp.Compare(b.worst.forecast(), a.worst.forecast()),
		)
	})
	budgets := make([]ServiceBudget, 0, len(live))
	for _, p := range live {
		v := p.verdict()
		s := ServiceBudget{
			Service: p.service.Name, Product: p.agenda.name, Team: p.service.Team,
			State: v.State, Reason: v.Reason, Tier: tierOf(v.State),
			Worst: burnlist.NullString(p.worst.name()), OpenItems: p.open(),
			Text: q.stateText(p.place, p.worst, "worst SLO"),
			SLOs: make([]SLOBudget, 0, len(p.slos)),
		}
		for _, j := range p.slos {
			s.SLOs = append(s.SLOs, q.sloBudget(p.place, j))
		}
		budgets = append(budgets, s)
	}
	return budgets
}

func (q *Queue) sloBudget(p *place, j *judged) SLOBudget {
	f := j.measured()
	return SLOBudget{
		BudgetView: j.view(),
		Objective:  j.slo.Objective, Window: j.slo.Window, Advisory: j.slo.Advisory,
		OneEvent: f.OneEvent, KnownUntil: f.KnownUntil, Error: f.Error,
		Text:    q.sloText(p, j),
		Figures: j.figures,
	}
}

func (j *judged) view() BudgetView {
	v, f := j.judgement(), j.measured()
	view := BudgetView{
		SLO: burnlist.NullString(j.name()), State: v.State, Reason: v.Reason,
		Consumed: f.Consumed, Forecast: f.Forecast, Pace: f.Pace, Spent7d: f.Spent[burnlist.Span7d],
		Burn:     BurnView{Hour: f.Burn[burnlist.Span1h], SixHours: f.Burn[burnlist.Span6h]},
		FastBurn: f.FastBurn, SlowBurn: f.SlowBurn, ExhaustsAt: f.ExhaustsAt, RecoversAt: f.RecoversAt,
		LowTraffic: v.LowTraffic, Coverage: f.Coverage,
	}
	if v.StaleFor > 0 {
		view.StaleFor = new(burnlist.Duration(v.StaleFor.Truncate(time.Second)))
	}
	return view
}
