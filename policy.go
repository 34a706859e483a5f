package burnlist

import (
	"math"
	"time"
)

// Policy is the numbers that SRE leads may change. The zero Policy is not
// usable; start from DefaultPolicy.
type Policy struct {
	AtRisk             float64   `json:"at_risk"`              // forecast or consumed from which an SLO is at risk
	AtRiskSpent7d      float64   `json:"at_risk_spent_7d"`     // spent in 7 days from which it is at risk, at the least
	AtRiskPace7d       float64   `json:"at_risk_pace_7d"`      // the same as a multiple of an even 7 days' share
	LowTrafficEvents   float64   `json:"low_traffic_events"`   // bad events below which nothing is burning or exhausted
	MinCoverage        float64   `json:"min_coverage"`         // known share of the window below which the state is unknown
	StaleAfter         Duration  `json:"stale_after"`          // age of the newest known slice from which healthy becomes unknown
	Weights            Weights   `json:"weights"`              // parts of the score
	FullForecast       float64   `json:"full_forecast"`        // forecast that earns all budget points
	FullIncidentShare  float64   `json:"full_incident_share"`  // incident cost that earns all its points
	FullOverdueDays    int       `json:"full_overdue_days"`    // days overdue that earn all their points
	FullRollovers      int       `json:"full_rollovers"`       // rollovers that earn all their points
	HorizonDays        int       `json:"horizon_days"`         // a due date later than this after opening is beyond the horizon
	DeprioritisedDays  int       `json:"deprioritised_days"`   // default time until a deprioritised item comes back
	OverdueAlarmedDays int       `json:"overdue_alarmed_days"` // days overdue from which the warning is an alarm
	RolloverAlarm      int       `json:"rollover_alarm"`       // rollovers in a row from which the warning is an alarm
	SlipAlarm          int       `json:"slip_alarm"`           // moves of a due date to a later day from which the warning is an alarm
	UntouchedDays      int       `json:"untouched_days"`       // days without a change by a person from which an item is stale
	NeverReviewedDays  int       `json:"never_reviewed_days"`  // days within which a review has to decide something of a new item
	SnoozeDays         int       `json:"snooze_days"`          // the longest snooze
	MeetingItems       int       `json:"meeting_items"`        // items that a review handles, until two attended ones show how many it does
	OverloadMeetings   int       `json:"overload_meetings"`    // meetings within which all open items should be handled
	NothingClosed      int       `json:"nothing_closed"`       // attended reviews in a row that may not close nothing
	AlwaysExhausted    int       `json:"always_exhausted"`     // attended reviews in a row that may not find a service exhausted
	Version            int64     `json:"version"`              // counts up with each change
	UpdatedAt          time.Time `json:"updated_at"`
}

// Weights are the most points that each part of a score can earn. They are
// finite, not negative, and sum to 100.
type Weights struct {
	Budget    float64 `json:"budget"`
	Priority  float64 `json:"priority"`
	Incident  float64 `json:"incident"`
	Overdue   float64 `json:"overdue"`
	Rollovers float64 `json:"rollovers"`
}

// DefaultPolicy returns the policy of a new installation.
func DefaultPolicy() Policy {
	return Policy{
		AtRisk: 0.75, AtRiskSpent7d: 0.20, AtRiskPace7d: 1.5, LowTrafficEvents: 5,
		MinCoverage: 0.25, StaleAfter: Duration(Day),
		Weights:      Weights{Budget: 30, Priority: 25, Incident: 15, Overdue: 15, Rollovers: 15},
		FullForecast: 2, FullIncidentShare: 0.20, FullOverdueDays: 28, FullRollovers: 4,
		HorizonDays: 14, DeprioritisedDays: 90, OverdueAlarmedDays: 14,
		RolloverAlarm: 3, SlipAlarm: 3, UntouchedDays: 21, NeverReviewedDays: 14, SnoozeDays: 28,
		MeetingItems: 10, OverloadMeetings: 4, NothingClosed: 2, AlwaysExhausted: 8,
		Version: 1,
	}
}

// Validate reports everything that is wrong with the policy, as an Invalid
// error.
func (p Policy) Validate() error {
	var c check
	between := func(field string, v, low, high float64) {
		c.that(v >= low && v <= high, field, "%v is out of range: use %v to %v", v, low, high)
	}
	between("at_risk", p.AtRisk, 0.01, 1)
	between("at_risk_spent_7d", p.AtRiskSpent7d, 0.01, 1)
	between("at_risk_pace_7d", p.AtRiskPace7d, 1, 100)
	between("low_traffic_events", p.LowTrafficEvents, 0, 1e6)
	between("min_coverage", p.MinCoverage, 0, 1)
	c.that(p.StaleAfter >= Duration(time.Hour) && p.StaleAfter <= Duration(30*Day), "stale_after", "%s is out of range: use 1h to 30d", p.StaleAfter)
	between("full_forecast", p.FullForecast, 1, 100)
	between("full_incident_share", p.FullIncidentShare, 0.001, 100)
	between("full_overdue_days", float64(p.FullOverdueDays), 1, 1000)
	between("full_rollovers", float64(p.FullRollovers), 1, 1000)
	between("horizon_days", float64(p.HorizonDays), 1, 1000)
	between("deprioritised_days", float64(p.DeprioritisedDays), 1, 1000)
	between("overdue_alarmed_days", float64(p.OverdueAlarmedDays), 1, 1000)
	between("rollover_alarm", float64(p.RolloverAlarm), 1, 1000)
	between("slip_alarm", float64(p.SlipAlarm), 1, 1000)
	between("untouched_days", float64(p.UntouchedDays), 1, 1000)
	between("never_reviewed_days", float64(p.NeverReviewedDays), 1, 1000)
	between("snooze_days", float64(p.SnoozeDays), 1, 28)
	between("meeting_items", float64(p.MeetingItems), 1, 1000)
	between("overload_meetings", float64(p.OverloadMeetings), 1, 1000)
	between("nothing_closed", float64(p.NothingClosed), 1, 16)
	between("always_exhausted", float64(p.AlwaysExhausted), 1, 16)
	sum := 0.0
	for _, w := range []struct {
		field  string
		weight float64
	}{
		{"budget", p.Weights.Budget},
		{"priority", p.Weights.Priority},
		{"incident", p.Weights.Incident},
		{"overdue", p.Weights.Overdue},
		{"rollovers", p.Weights.Rollovers},
	} {
		between("weights."+w.field, w.weight, 0, 100)
		sum += w.weight
	}
	c.that(math.Abs(sum-100) < 1e-9, "weights", "sum to %v: make them sum to 100", sum)
	return c.err("the policy")
}

// State is what the policy makes of an SLO's figures.
type State string

// The states.
const (
	Exhausted State = "exhausted"
	Burning   State = "burning"
	AtRisk    State = "at_risk"
	Healthy   State = "healthy"
	Unknown   State = "unknown"
)

// Urgency orders the states as a service's worst SLO is chosen: exhausted 4,
// burning 3, at_risk 2, unknown 1, healthy 0.
func (s State) Urgency() int {
	switch s {
	case Exhausted:
		return 4
	case Burning:
		return 3
	case AtRisk:
		return 2
	case Healthy:
		return 0
	case Unknown:
	}
	return 1
}

// Reason says why a state is unknown.
type Reason = NullString

// The reasons.
const (
	NoSLO               Reason = "no_slo"
	NoData              Reason = "no_data"
	InsufficientHistory Reason = "insufficient_history"
	DataStale           Reason = "stale"
	SourceError         Reason = "error"
)

// Verdict is a state, and what must be said with it.
type Verdict struct {
	State      State
	Reason     Reason        // set if and only if the state is unknown
	LowTraffic bool          // the rules would say worse, were there more than a handful of bad events
	StaleFor   time.Duration // age of the newest known slice if it is above the policy's limit, else 0
}

// Judge says what state the figures are in at now. It is pure: the same
// figures, policy and instant give the same verdict.
//
// Loss of data never lowers a state: the figures hold on to the newest slices
// that are known, so exhausted, burning and at_risk stay, with their age in
// StaleFor, as long as what is known supports them; healthy becomes unknown. So
// does a healthy state that most of the slices contradict.
func (p Policy) Judge(f Figures, now time.Time) Verdict {
	if _, known := f.Consumed.Get(); !known || f.KnownUntil == nil {
		switch {
		case f.Error != "":
			return Verdict{State: Unknown, Reason: SourceError}
		case f.KnownUntil != nil && now.Sub(*f.KnownUntil) > p.StaleAfter.Std():
			return Verdict{State: Unknown, Reason: DataStale, StaleFor: now.Sub(*f.KnownUntil)}
		}
		return Verdict{State: Unknown, Reason: NoData} // nothing yet, or all of the window is excluded
	}
	var v Verdict
	if age := now.Sub(*f.KnownUntil); age > p.StaleAfter.Std() {
		v.StaleFor = age
	}
	v.State, v.LowTraffic = p.measure(f)
	young := f.FirstData != nil && f.FirstData.After(f.At.Add(-f.Window.Std()))
	if f.Coverage < p.MinCoverage && (v.State == Healthy && v.StaleFor == 0 || v.State == AtRisk && young) {
		v.State, v.Reason = Unknown, InsufficientHistory
	}
	if v.State == Healthy && v.StaleFor > 0 {
		v.State, v.Reason = Unknown, DataStale
		if f.Error != "" {
			v.Reason = SourceError
		}
	}
	if v.State == Healthy && f.Implausible {
		v.State, v.Reason = Unknown, SourceError
	}
	return v
}

// SpentLimit returns the share of a budget, spent in 7 days, from which an SLO
// with the given window is at risk.
func (p Policy) SpentLimit(window Duration) float64 {
	return max(p.AtRiskSpent7d, p.AtRiskPace7d*float64(7*Day)/float64(window))
}

// SpentWhole is the share of a budget that is spent exactly, but for the last
// bits of a sum.
const SpentWhole = 1 - 1e-9

// measure applies the thresholds alone, without regard to what is missing.
func (p Policy) measure(f Figures) (s State, lowTraffic bool) {
	enough := func(bad float64) bool { return bad >= p.LowTrafficEvents || !f.Kind.CountsEvents() }
	switch {
	case f.Consumed.AtLeast(SpentWhole) && enough(f.BadWindow):
		return Exhausted, false
	case f.Forecast.AtLeast(SpentWhole) && enough(f.Bad7d):
		return Burning, false
	case f.Consumed.AtLeast(SpentWhole) || f.Forecast.AtLeast(SpentWhole):
		return AtRisk, true
	}
	if f.Forecast.AtLeast(p.AtRisk) || f.Consumed.AtLeast(p.AtRisk) || f.Spent[Span7d].AtLeast(p.SpentLimit(f.Window)) ||
		f.FastBurn || f.SlowBurn {
		return AtRisk, false
	}
	return Healthy, false
}
