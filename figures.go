package burnlist

import "time"

// Figures are what the ledger of one SLO says at one instant: pure
// measurement, without judgement. Every Value is finite or unknown.
//
// Notation: B, the budget, is the projected total of events in the window
// times (1 − objective).
type Figures struct {
	SLO       string   `json:"slo"`
	Ledger    int64    `json:"ledger"`
	Objective float64  `json:"objective"`
	Window    Duration `json:"window"`

	Kind         IndicatorKind `json:"kind"`          // of the indicator: what an event is
	TimeWeighted bool          `json:"time_weighted"` // each slice weighs the same, whatever its traffic: so of a ratio
	Extrapolated bool          `json:"extrapolated"`  // counted by expressions, which guess at the edges of slices

	At         time.Time  `json:"at"`          // end of the newest slice that was due; the window ends here
	FirstData  *time.Time `json:"first_data"`  // start of the first slice with data
	KnownUntil *time.Time `json:"known_until"` // end of the newest known slice; the spans end here
	Coverage   float64    `json:"coverage"`    // known share of the window, 0 to 1

	BadWindow   float64 `json:"bad_window"`   // known bad events in the window
	TotalWindow float64 `json:"total_window"` // known events in the window
	Bad7d       float64 `json:"bad_7d"`       // known bad events in the last 7 days, or in the window if that is shorter

	Budget   Value `json:"budget" nullable:"true"`    // B, in events
	Consumed Value `json:"consumed" nullable:"true"`  // bad(window) ÷ B; above 1 the budget is overspent
	Forecast Value `json:"forecast" nullable:"true"`  // highest consumed within the next 7 days if the pace goes on
	Pace     Value `json:"pace" nullable:"true"`      // 1 spends exactly the budget in one window
	OneEvent Value `json:"one_event" nullable:"true"` // 1 ÷ B, the share of the budget that one bad event costs
	Burn     Spans `json:"burn"`                      // (bad(w) ÷ total(w)) ÷ (1 − objective)
	Spent    Spans `json:"spent"`                     // bad(w) ÷ B
	Speed    Spans `json:"speed"`                     // spent(w) × window ÷ w

	FastBurn    bool     `json:"fast_burn"`   // (1h,5m) or (6h,30m) is over its factor
	SlowBurn    bool     `json:"slow_burn"`   // (1d,2h) or (3d,6h) is over its factor
	Unreachable []string `json:"unreachable"` // pairs whose factor this objective can never reach, as "1h/5m"

	ExhaustsAt *time.Time `json:"exhausts_at"` // first moment at which consumed reaches 1 if the pace goes on
	RecoversAt *time.Time `json:"recovers_at"` // for a spent budget: first moment it is positive again without further errors

	// BurnDown is how the consumption of the window came together: after each of
	// 30 equal parts of it, the share of B that had been spent in it by then.
	// The last one is Consumed. It is empty while nothing is known.
	BurnDown []float64 `json:"burn_down"`
	// Path is what Consumed will be on the next 7 days, a day apart, if the pace
	// goes on. It is empty while nothing is known.
	Path []float64 `json:"path"`

	Excluded           Duration `json:"excluded"`                            // time of the window that exclusions take out
	ConsumedAltogether Value    `json:"consumed_altogether" nullable:"true"` // Consumed if nothing were excluded; unknown if nothing is

	Violations int `json:"violations"` // slices of the window in which bad lay outside 0 to total
	// Implausible says that most of what is known of the window is violations:
	// what is counted cannot be what was meant.
	Implausible bool   `json:"implausible"`
	Corrections int    `json:"corrections"` // slices of the window that late data changed
	Error       string `json:"error"`       // why something could not be measured, in the source's words where it said something; else empty
}

// IncidentCost is the share of an SLO's budget that was spent inside the
// incident interval of an item.
type IncidentCost struct {
	Item  int64   `json:"item"`
	SLO   string  `json:"slo"`
	Share float64 `json:"share"` // of B; 1 is the whole budget
}
