package client

import (
	"context"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// PolicyChange is what changes of the policy; what is nil stays. The weights
// are given all together.
type PolicyChange struct {
	AtRisk             *float64           `json:"at_risk,omitempty"`
	AtRiskSpent7d      *float64           `json:"at_risk_spent_7d,omitempty"`
	AtRiskPace7d       *float64           `json:"at_risk_pace_7d,omitempty"`
	LowTrafficEvents   *float64           `json:"low_traffic_events,omitempty"`
	MinCoverage        *float64           `json:"min_coverage,omitempty"`
	StaleAfter         *burnlist.Duration `json:"stale_after,omitempty"`
	Weights            *burnlist.Weights  `json:"weights,omitempty"`
	FullForecast       *float64           `json:"full_forecast,omitempty"`
	FullIncidentShare  *float64           `json:"full_incident_share,omitempty"`
	FullOverdueDays    *int               `json:"full_overdue_days,omitempty"`
	FullRollovers      *int               `json:"full_rollovers,omitempty"`
	HorizonDays        *int               `json:"horizon_days,omitempty"`
	DeprioritisedDays  *int               `json:"deprioritised_days,omitempty"`
	OverdueAlarmedDays *int               `json:"overdue_alarmed_days,omitempty"`
	RolloverAlarm      *int               `json:"rollover_alarm,omitempty"`
	SlipAlarm          *int               `json:"slip_alarm,omitempty"`
	UntouchedDays      *int               `json:"untouched_days,omitempty"`
	NeverReviewedDays  *int               `json:"never_reviewed_days,omitempty"`
	SnoozeDays         *int               `json:"snooze_days,omitempty"`
	MeetingItems       *int               `json:"meeting_items,omitempty"`
	OverloadMeetings   *int               `json:"overload_meetings,omitempty"`
	NothingClosed      *int               `json:"nothing_closed,omitempty"`
	AlwaysExhausted    *int               `json:"always_exhausted,omitempty"`
}

// PolicyPreview is what another policy would make of the queue as it is.
type PolicyPreview struct {
	AsOf          time.Time      `json:"as_of"`
	Revision      int64          `json:"revision"`
	PolicyVersion int64          `json:"policy_version"` // of the policy in force
	Total         int            `json:"total"`
	Moved         int            `json:"moved"` // the list may be cut off
	Entries       []Move         `json:"entries"`
	TotalServices int            `json:"total_services"`
	Services      []ServiceShift `json:"services"`

	Age time.Duration `json:"-"` // since the database last answered; 0 unless it is away
}

// Move is where an action item stands, and where it would.
type Move struct {
	Item      int64              `json:"item"`
	Title     string             `json:"title"`
	Service   string             `json:"service"`
	RankNow   int32              `json:"rank_now"`
	RankThen  int32              `json:"rank_then"`
	TierNow   prioritizer.Tier   `json:"tier_now"`
	TierThen  prioritizer.Tier   `json:"tier_then"`
	ScoreNow  prioritizer.Points `json:"score_now"`
	ScoreThen prioritizer.Points `json:"score_then"`
}

// ServiceShift is what state a service is in, and what it would be in.
type ServiceShift struct {
	Service   string          `json:"service"`
	StateNow  burnlist.State  `json:"state_now"`
	StateThen burnlist.State  `json:"state_then"`
	Reason    burnlist.Reason `json:"reason"`
	Text      string          `json:"text"`
}

// PreviewFilter selects what a preview of the policy compares.
type PreviewFilter struct {
	Product string
	Limit   int
}

// Policy reads the policy in force.
func (c *Client) Policy(ctx context.Context) (burnlist.Policy, error) {
	return ask[burnlist.Policy](ctx, c, reading(at("policy")))
}

// UpdatePolicy changes the policy whose version was seen.
func (c *Client) UpdatePolicy(ctx context.Context, version int64, change PolicyChange) (burnlist.Policy, error) {
	return ask[burnlist.Policy](ctx, c, changing(at("policy"), version, change))
}

// PreviewPolicy asks what a change of the policy would do to the queue. It
// changes nothing.
func (c *Client) PreviewPolicy(ctx context.Context, change PolicyChange, f PreviewFilter) (PolicyPreview, error) {
	preview, age, err := askAged[PolicyPreview](ctx, c, previewing(at("policy")+"/preview", change).
		with(query{"product": f.Product, "limit": number(f.Limit)}))
	preview.Age = age
	return preview, err
}
