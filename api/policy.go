package api

import (
	"context"

	"github.com/burnlist/burnlist"
)

type policyChange struct {
	AtRisk             Optional[float64]           `json:"at_risk,omitzero"`
	AtRiskSpent7d      Optional[float64]           `json:"at_risk_spent_7d,omitzero"`
	AtRiskPace7d       Optional[float64]           `json:"at_risk_pace_7d,omitzero"`
	LowTrafficEvents   Optional[float64]           `json:"low_traffic_events,omitzero"`
	MinCoverage        Optional[float64]           `json:"min_coverage,omitzero"`
	StaleAfter         Optional[burnlist.Duration] `json:"stale_after,omitzero"`
	Weights            Optional[burnlist.Weights]  `json:"weights,omitzero" doc:"All five; they sum to 100."`
	FullForecast       Optional[float64]           `json:"full_forecast,omitzero"`
	FullIncidentShare  Optional[float64]           `json:"full_incident_share,omitzero"`
	FullOverdueDays    Optional[int]               `json:"full_overdue_days,omitzero" minimum:"1" maximum:"1000"`
	FullRollovers      Optional[int]               `json:"full_rollovers,omitzero" minimum:"1" maximum:"1000"`
	HorizonDays        Optional[int]               `json:"horizon_days,omitzero" minimum:"1" maximum:"1000"`
	DeprioritisedDays  Optional[int]               `json:"deprioritised_days,omitzero" minimum:"1" maximum:"1000"`
	OverdueAlarmedDays Optional[int]               `json:"overdue_alarmed_days,omitzero" minimum:"1" maximum:"1000"`
	RolloverAlarm      Optional[int]               `json:"rollover_alarm,omitzero" minimum:"1" maximum:"1000"`
	SlipAlarm          Optional[int]               `json:"slip_alarm,omitzero" minimum:"1" maximum:"1000"`
	UntouchedDays      Optional[int]               `json:"untouched_days,omitzero" minimum:"1" maximum:"1000"`
	NeverReviewedDays  Optional[int]               `json:"never_reviewed_days,omitzero" minimum:"1" maximum:"1000"`
	SnoozeDays         Optional[int]               `json:"snooze_days,omitzero" minimum:"1" maximum:"28"`
	MeetingItems       Optional[int]               `json:"meeting_items,omitzero" minimum:"1" maximum:"1000"`
	OverloadMeetings   Optional[int]               `json:"overload_meetings,omitzero" minimum:"1" maximum:"1000"`
	NothingClosed      Optional[int]               `json:"nothing_closed,omitzero" minimum:"1" maximum:"16"`
	AlwaysExhausted    Optional[int]               `json:"always_exhausted,omitzero" minimum:"1" maximum:"16"`
}

func (s *server) getPolicy(ctx context.Context, _ *struct{}) (*Tagged[burnlist.Policy], error) {
	p, err := s.Store.Policy(ctx)
	return tagged(p, p.Version), err
}

func (s *server) patchPolicy(ctx context.Context, in *struct {
	Authored
	Matched
	Body policyChange
},
) (*Written[burnlist.Policy], error) {
	seen, err := in.required()
	if err != nil {
		return nil, err
	}
	p, revision, err := s.Store.UpdatePolicy(ctx, s.author(in.Authored), func(p burnlist.Policy) (burnlist.Policy, error) {
		return in.Body.over(p), seen.check(p.Version, "the policy")
	})
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	return written(p, p.Version, revision), nil
}

// over returns the policy with the change put over it.
func (c *policyChange) over(p burnlist.Policy) burnlist.Policy {
	c.AtRisk.apply(&p.AtRisk)
	c.AtRiskSpent7d.apply(&p.AtRiskSpent7d)
	c.AtRiskPace7d.apply(&p.AtRiskPace7d)
	c.LowTrafficEvents.apply(&p.LowTrafficEvents)
	c.MinCoverage.apply(&p.MinCoverage)
	c.StaleAfter.apply(&p.StaleAfter)
	c.Weights.apply(&p.Weights)
	c.FullForecast.apply(&p.FullForecast)
	c.FullIncidentShare.apply(&p.FullIncidentShare)
	c.FullOverdueDays.apply(&p.FullOverdueDays)
	c.FullRollovers.apply(&p.FullRollovers)
	c.HorizonDays.apply(&p.HorizonDays)
	c.DeprioritisedDays.apply(&p.DeprioritisedDays)
	c.OverdueAlarmedDays.apply(&p.OverdueAlarmedDays)
	c.RolloverAlarm.apply(&p.RolloverAlarm)
	c.SlipAlarm.apply(&p.SlipAlarm)
	c.UntouchedDays.apply(&p.UntouchedDays)
	c.NeverReviewedDays.apply(&p.NeverReviewedDays)
	c.SnoozeDays.apply(&p.SnoozeDays)
	c.MeetingItems.apply(&p.MeetingItems)
	c.OverloadMeetings.apply(&p.OverloadMeetings)
	c.NothingClosed.apply(&p.NothingClosed)
	c.AlwaysExhausted.apply(&p.AlwaysExhausted)
	return p
}
