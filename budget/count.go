package budget

import (
	"math"
	"slices"

	"github.com/burnlist/burnlist"
)

// question is what is asked of one SLO, and how the answer makes slices. It is
// of one ledger: another indicator, source or width makes another question.
type question struct {
	slo       string // its name, under which the parts are asked for
	ledger    int64
	width     burnlist.Duration
	indicator burnlist.Indicator
	parts     []part
	goodSeen  bool  // what selects good events is known to be right
	newest    int64 // start of the newest slice with data, in Unix seconds
}

// part is one number that is asked for in each slice.
type part struct {
	name       string // total, bad, good, sum or ratio
	term       string // of the indicator
	of         string // what is selected, for people
	selector   string // bare, or empty of a full expression
	expression string // PromQL that has at most one series; empty if it depends on the source
	births     bool   // count the selector from the birth of each series
}

// newQuestion makes the question of an SLO. It fails as Check does.
func newQuestion(slo *burnlist.SLO) (*question, error) {
	parts, err := partsOf(slo.Indicator, slo.Slice)
	if err != nil {
		return nil, err
	}
	return &question{slo: slo.Name, ledger: slo.Ledger, width: slo.Slice, indicator: slo.Indicator, parts: parts}, nil
}

// asks returns the PromQL of a part, of a source with the given liveness.
func (q *question) asks(p part, liveness string) string {
	if p.births {
		return countFromBirth(p.selector, q.width, livedThrough(liveness, q.width))
	}
	return p.expression
}

// part returns the part of that name, if there is one.
func (q *question) part(name string) (part, bool) {
	i := slices.IndexFunc(q.parts, func(p part) bool { return p.name == name })
	if i < 0 {
		return part{}, false
	}
	return q.parts[i], true
}

// see learns from slices that were counted before.
func (q *question) see(stored []burnlist.Slice) {
	for _, s := range stored {
		q.goodSeen = q.goodSeen || s.Bad < s.Total
		if s.State == burnlist.SliceData {
			q.newest = max(q.newest, s.Start)
		}
	}
}

// count makes slices of the readings of one chunk. Slices that must not be
// used are left out, with an error that says why; those of which it is not
// known whether the source was alive are left out without, because that is no
// fault of the SLO.
func (q *question) count(got readings, c chunk) (known []burnlist.Slice, err error) {
	of := func(part string) *reading { return got[tagOf(q.slo, part)] }
	var tally func(s *burnlist.Slice, i int) error
	switch q.indicator.Kind() {
	case burnlist.KindGauge:
		tally = gaugeTally(q.indicator.Gauge, c.width, of("total"), of("sum"))
	case burnlist.KindRatio:
		tally = ratioTally(of("ratio"))
	case burnlist.KindEvents, burnlist.KindLatency:
		tally = q.eventsTally(of)
	}
	alive := got[aliveTag]
	for i := range int(c.slices()) {
		up, _, aliveErr := alive.at(i)
		if aliveErr != nil {
			continue
		}
		s := burnlist.Slice{Ledger: q.ledger, Start: c.From + int64(i)*c.width, State: burnlist.SliceEmpty}
		if wrong := tally(&s, i); wrong != nil {
			err = wrong
			continue
		}
		if up == 0 {
			s = burnlist.Slice{Ledger: s.Ledger, Start: s.Start, State: burnlist.SliceDead}
		}
		known = append(known, s)
	}
	return known, err
}

// enforce brings bad into 0 to total, and marks the slice if it was not.
func enforce(s *burnlist.Slice) {
	total := max(s.Total, 0)
	bad := min(max(s.Bad, 0), total)
	s.Violated = bad != s.Bad || total != s.Total
	s.Bad, s.Total = bad, total
}

// millionths drops what lies below a millionth of an event. Engines add up series
// in different orders, and so differ in the last bits of a sum; rounded, the
// same samples make the same ledger. Numbers without room for a millionth are
// as exact as they can be.
func millionths(n float64) float64 {
	if math.Abs(n) >= 1<<33 {
		return n
	}
	return math.Round(n*1e6) / 1e6
}
