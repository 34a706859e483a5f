package prioritizer

import "github.com/burnlist/burnlist"

// Tier is the coarse place of an item in the queue. It is set by the state of
// the item's budget alone: neither the severity nor the recency of an incident
// enters it. Lower tiers come first; the zero Tier is none.
type Tier uint8

// The tiers, in the order of the queue.
const (
	Jump         Tier = iota + 1 // exhausted or burning: these come first, whatever else is loud
	Watch                        // at risk
	UnknownTier                  // nobody can say, and the explanation says why
	WithinBudget                 // healthy: weigh against new work
)

// Tiers are all of them, in the order of the queue.
var Tiers = [...]Tier{Jump, Watch, UnknownTier, WithinBudget}

var tierNames = [...]string{"", "jump", "watch", "unknown", "within_budget"}

// tierOf returns the tier of an item whose budget is in state s.
func tierOf(s burnlist.State) Tier {
	switch s {
	case burnlist.Exhausted, burnlist.Burning:
		return Jump
	case burnlist.AtRisk:
		return Watch
	case burnlist.Healthy:
		return WithinBudget
	case burnlist.Unknown:
	}
	return UnknownTier
}

// ParseTier reads the name of a tier. It fails with Invalid.
func ParseTier(s string) (Tier, error) {
	for _, t := range Tiers {
		if s == t.String() {
			return t, nil
		}
	}
	return 0, burnlist.Errorf(burnlist.Invalid, "%q is not a tier: use jump, watch, unknown or within_budget", s)
}

// String returns the name of the tier, which is empty for none.
func (t Tier) String() string {
	if int(t) >= len(tierNames) {
		return ""
	}
	return tierNames[t]
}

// MarshalText writes the tier as String does.
func (t Tier) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what ParseTier reads.
func (t *Tier) UnmarshalText(text []byte) error {
	var err error
	*t, err = ParseTier(string(text))
	return err
}
