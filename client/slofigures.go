package client

import (
	"context"
	"time"

	"github.com/burnlist/burnlist"
)

// SLOFigures is what the newest refresh measured of an SLO, and what the policy
// makes of it.
type SLOFigures struct {
	AsOf          time.Time  `json:"as_of"`
	RefreshedAt   *time.Time `json:"refreshed_at"` // null before there are any figures
	Revision      int64      `json:"revision"`
	PolicyVersion int64      `json:"policy_version"`
	SLO           string     `json:"slo"`
	Service       string     `json:"service"`
	Advisory      bool       `json:"advisory"`
	StateView
	Text       string               `json:"text"`
	Figures    *burnlist.Figures    `json:"figures"` // nil if nothing was measured of the current indicator
	Pairs      []PairView           `json:"pairs"`
	Exclusions []burnlist.Exclusion `json:"exclusions"`

	Age time.Duration `json:"-"` // since the database last answered; 0 unless it is away
}

// StateView is what the policy makes of figures.
type StateView struct {
	State      burnlist.State     `json:"state"`
	Reason     burnlist.Reason    `json:"reason"` // why the state is unknown
	LowTraffic bool               `json:"low_traffic"`
	StaleFor   *burnlist.Duration `json:"stale_for"`
}

// PairView is a long and a short window in which the burn rate must both be
// over a factor.
type PairView struct {
	Pair      string         `json:"pair"` // such as 1h/5m
	Burn      string         `json:"burn"` // fast or slow
	Factor    float64        `json:"factor"`
	Long      burnlist.Value `json:"long"`
	Short     burnlist.Value `json:"short"`
	Over      bool           `json:"over"`
	Reachable bool           `json:"reachable"`
}

// SLOHistory is how the budget of an SLO came to be what it is, all of it judged
// by what holds now.
type SLOHistory struct {
	SLO           string              `json:"slo"`
	Objective     float64             `json:"objective"`
	Window        burnlist.Duration   `json:"window"`
	PolicyVersion int64               `json:"policy_version"`
	From          time.Time           `json:"from"`
	To            time.Time           `json:"to"`
	Step          burnlist.Duration   `json:"step"`
	Points        []HistoryPoint      `json:"points"`
	Changes       []StateChange       `json:"changes"`
	Note          burnlist.NullString `json:"note"`
}

// HistoryPoint is the figures at one instant.
type HistoryPoint struct {
	At       time.Time       `json:"at"`
	State    burnlist.State  `json:"state"`
	Reason   burnlist.Reason `json:"reason"`
	Consumed burnlist.Value  `json:"consumed"`
	Forecast burnlist.Value  `json:"forecast"`
	Pace     burnlist.Value  `json:"pace"`
	Coverage float64         `json:"coverage"`
}

// StateChange is the first point at which the state is another than before.
type StateChange struct {
	At     time.Time       `json:"at"`
	From   burnlist.State  `json:"from"`
	To     burnlist.State  `json:"to"`
	Reason burnlist.Reason `json:"reason"`
}

// Span selects the points of a history; what is zero is the server's to choose.
type Span struct {
	From, To time.Time
	Step     burnlist.Duration
}

func (s Span) query(format string) query {
	q := query{"from": instant(s.From), "to": instant(s.To), "format": format}
	if s.Step != 0 {
		q["step"] = s.Step.String()
	}
	return q
}

// SLOFigures reads the newest figures of an SLO.
func (c *Client) SLOFigures(ctx context.Context, name string) (SLOFigures, error) {
	f, age, err := askAged[SLOFigures](ctx, c, reading(at("slos", name, "figures")))
	f.Age = age
	return f, err
}

// SLOHistory reads the figures of an SLO at past instants.
func (c *Client) SLOHistory(ctx context.Context, name string, s Span) (SLOHistory, error) {
	return ask[SLOHistory](ctx, c, reading(at("slos", name, "history")).with(s.query("json")))
}

// SLOSparkline reads what remained of the budget of an SLO, as SVG.
func (c *Client) SLOSparkline(ctx context.Context, name string, s Span) ([]byte, error) {
	text, _, err := c.send(ctx, reading(at("slos", name, "history")).with(s.query("svg")))
	return text, err
}
