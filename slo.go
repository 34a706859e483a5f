package burnlist

import (
	"slices"
	"time"
)

// SLO is a promise about a service: the share of good events that its users
// get over a rolling window.
type SLO struct {
	Name      string     `json:"name"`
	Service   string     `json:"service"`
	Source    string     `json:"source"`    // name of the Prometheus source that is asked
	Objective float64    `json:"objective"` // share of good events, in (0,1) exclusive
	Window    Duration   `json:"window"`    // rolling, whole days, 1d to 90d
	Slice     Duration   `json:"slice"`     // width of a slice: 5, 10, 15, 30 or 60 min
	Indicator Indicator  `json:"indicator"`
	Advisory  bool       `json:"advisory"` // computed and shown, but never ranks
	Ledger    int64      `json:"ledger"`   // identifies the slices of this indicator; a changed indicator starts a new one
	RetiredAt *time.Time `json:"retired_at"`
	Version   int64      `json:"version"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
}

// Ranks reports whether the SLO may decide where items stand: unless it is
// advisory or retired.
func (s *SLO) Ranks() bool { return !s.Advisory && s.RetiredAt == nil }

// Defaults of an SLO that does not say.
const (
	DefaultSource = "default"
	DefaultWindow = Duration(30 * Day)
	DefaultSlice  = Duration(5 * time.Minute)
)

// SliceWidths are the widths that a slice may have, smallest first. Two
// samples must fit into a slice.
var SliceWidths = []Duration{
	Duration(5 * time.Minute), Duration(10 * time.Minute), Duration(15 * time.Minute),
	Duration(30 * time.Minute), Duration(time.Hour),
}

// Validate reports everything that is wrong with the SLO by itself, as an
// Invalid error. Whether the selectors are PromQL is package budget's to say.
func (s SLO) Validate() error {
	var c check
	c.name("name", s.Name)
	c.name("service", s.Service)
	c.name("source", s.Source)
	c.that(s.Objective > 0 && s.Objective < 1, "objective",
		"%v is not an objective: give the share of good events between 0 and 1, both excluded, such as 0.999", s.Objective)
	c.that(s.Window >= Duration(Day) && s.Window <= Duration(90*Day) && s.Window%Duration(Day) == 0, "window",
		"%s is not a window: use whole days from 1d to 90d", s.Window)
	c.that(slices.Contains(SliceWidths, s.Slice), "slice", "%s is not a slice width: use 5m, 10m, 15m, 30m or 1h", s.Slice)
	c.add("indicator", s.Indicator.validate())
	return c.err("the SLO")
}
