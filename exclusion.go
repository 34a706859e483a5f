package burnlist

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Exclusion takes an interval out of the budget of an SLO, once: what went
// wrong in it is not held against the service. It never changes what was
// measured, and can be taken back.
type Exclusion struct {
	ID        int64           `json:"id"`
	SLO       string          `json:"slo"`
	Start     time.Time       `json:"start"`
	End       time.Time       `json:"end"`
	Reason    ExclusionReason `json:"reason"`
	Note      string          `json:"note"`
	Author    string          `json:"author"` // who excluded it
	CreatedAt time.Time       `json:"created_at"`
	RemovedAt *time.Time      `json:"removed_at"`                 // null while it holds
	RemovedBy NullString      `json:"removed_by" nullable:"true"` // who took it back
}

// ExclusionReason says why an interval is excluded.
type ExclusionReason string

// The reasons for exclusions.
const (
	Maintenance      ExclusionReason = "maintenance"       // announced to those who depend on the service
	Dependency       ExclusionReason = "dependency"        // an outage of somebody else's, that the SLO does not promise against
	LoadTest         ExclusionReason = "load_test"         // traffic that no user made
	Attack           ExclusionReason = "attack"            // hostile traffic
	WrongMeasurement ExclusionReason = "wrong_measurement" // what was measured is not what happened
	OtherReason      ExclusionReason = "other"             // the note says which
)

// ExclusionReasons are all of them.
var ExclusionReasons = []ExclusionReason{Maintenance, Dependency, LoadTest, Attack, WrongMeasurement, OtherReason}

// Bounds of an exclusion.
const (
	LongestExclusion = 31 * Day
	RetainedHistory  = 400 * Day // how far back ledgers go, 13 months
)

// Validate reports everything that is wrong with an exclusion that is made at
// now, as an Invalid error.
func (e Exclusion) Validate(now time.Time) error {
	var c check
	c.that(e.End.After(e.Start), "end", "is not after start: give the end of the interval, which is not part of it")
	c.that(e.End.Sub(e.Start) <= LongestExclusion, "end", "lies more than 31 days after start: shorten it, or set a target that can be kept")
	c.that(!e.Start.Before(now.Add(-RetainedHistory)), "start", "lies more than 13 months back: nothing is kept of that time")
	c.that(!e.Start.After(now.Add(90*Day)), "start", "lies more than 90 days ahead: exclude it when it is nearer")
	c.that(slices.Contains(ExclusionReasons, e.Reason), "reason",
		"%q is not a reason: use maintenance, dependency, load_test, attack, wrong_measurement or other", e.Reason)
	c.that(strings.TrimSpace(e.Note) != "" || e.Reason != OtherReason, "note", "is missing: say what the reason is")
	c.text("note", e.Note, 0, 1000)
	return c.err("the exclusion")
}

// Fits reports whether the exclusion may be made of an SLO, beside those of it
// that hold: not of a retired one, and not the same twice. Its error is a
// Conflict.
func (e Exclusion) Fits(slo SLO, held []Exclusion) error {
	if slo.RetiredAt != nil {
		return Errorf(Conflict, "the SLO %s is retired: bring it back before you exclude anything from its budget", slo.Name)
	}
	for _, h := range held {
		if h.Start.Equal(e.Start) && h.End.Equal(e.End) && h.Reason == e.Reason {
			return Errorf(Conflict, "exclusion %d of %s is the same: remove that one first if its note is to be another", h.ID, slo.Name)
		}
	}
	return nil
}

// withExclusion returns a new list with e in its place, by start, or without it
// if it was removed.
func withExclusion(all []*Exclusion, e *Exclusion) []*Exclusion {
	with := slices.DeleteFunc(slices.Clone(all), func(o *Exclusion) bool { return o.ID == e.ID })
	if e.RemovedAt == nil {
		with = append(with, e)
	}
	slices.SortFunc(with, func(a, b *Exclusion) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID)) })
	return with
}
