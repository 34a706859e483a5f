package budget

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
)

// book is what the collector keeps of one ledger from refresh to refresh.
type book struct {
	slo        *burnlist.SLO // as it was at the latest refresh
	question   question
	ledger     *Ledger
	violations []int64 // starts of slices in which bad lay outside 0 to total
	goodSeen   bool    // the selector of good events is known to be right
	most       extent  // that a query with this SLO in it may ask for
	trouble    *trouble
	err        string // why something is missing after the latest refresh
}

// trouble is kept of an SLO that could not be answered together with others.
// It is asked alone until it can.
type trouble struct {
	err    string
	newest pause // before the newest slice is asked for
	rest   pause // before anything older is
}

// pause is the time between two attempts at an SLO in trouble. It grows with
// each attempt that fails. None is the zero value.
type pause struct {
	attempts int
	until    time.Time
}

const (
	firstPause = 30 * time.Second
	lastPause  = 10 * time.Minute
)

func (p *pause) prolong(now time.Time) {
	p.until = now.Add(min(firstPause<<min(p.attempts, 10), lastPause))
	p.attempts++
}

func (p *pause) over(now time.Time) bool { return !now.Before(p.until) }

func newBook(slo *burnlist.SLO) *book {
	b := &book{ledger: NewLedger(slo.Slice), most: extent{maxSLOs, maxPoints}}
	b.see(slo)
	return b
}

// see takes over the SLO as it is now. Its indicator and width are always the
// same: others would have started a new ledger.
func (b *book) see(slo *burnlist.SLO) {
	b.slo, b.err = slo, ""
	c, err := parse(slo.Indicator)
	if err != nil {
		b.err = clip(err.Error())
	}
	b.question = question{name: slo.Name, width: slo.Slice, counters: c}
}

// put adds slices that are in the store, in order of their start.
func (b *book) put(stored []burnlist.Slice) {
	b.ledger.Put(stored)
	b.goodSeen = b.goodSeen || b.question.counters.good != "" &&
		slices.ContainsFunc(stored, func(s burnlist.Slice) bool { return s.Bad < s.Total })
}

// missing returns the ranges of the window up to at that were never asked for.
func (b *book) missing(at int64) []Range {
	return b.ledger.Missing(at-seconds(b.slo.Window), at)
}

// fail notes that the SLO could not be answered.
func (b *book) fail(err error) {
	if b.trouble == nil {
		b.trouble = &trouble{}
	}
	b.trouble.err = clip(err.Error())
}

// slices makes slices of the readings of one chunk. Slices that must not be
// used are left out, with an error that says why; those of which it is not
// known whether the source was alive are left out without, because that is no
// fault of the SLO.
func (b *book) slices(got readings, c chunk) (known []burnlist.Slice, err error) {
	alive := got[aliveTag]
	name, of := b.slo.Name, "bad"
	total, part := got[tagOf(name, "total")], got[tagOf(name, of)]
	byGood := b.question.counters.good != ""
	if byGood {
		of = "good"
		part = got[tagOf(name, of)]
		b.goodSeen = b.goodSeen || part.any()
	}
	for i := range int(c.slices()) {
		s := burnlist.Slice{Ledger: b.slo.Ledger, Start: c.From + int64(i)*c.width}
		up, _, aliveErr := alive.at(i)
		t, live, totalErr := total.events(i)
		n, counted, partErr := part.events(i)
		switch {
		case aliveErr != nil:
			continue
		case cmp.Or(totalErr, partErr) != nil:
			err = cmp.Or(totalErr, partErr)
			continue
		case up == 0:
			s.State = burnlist.SliceDead
		case !live && millionths(n) > 0:
			err = fmt.Errorf("no series matches the selector of all events, %s, while %v %s events were counted: correct the selector",
				b.question.counters.total, millionths(n), of)
			continue
		case !live:
			s.State = burnlist.SliceEmpty
		default:
			s.State, s.Total = burnlist.SliceData, millionths(t)
			if byGood && !counted && s.Total > 0 && !b.goodSeen {
				err = fmt.Errorf("no series matches the selector of good events, %s, while %v events were counted in all: correct the selector",
					b.question.counters.good, s.Total)
				continue
			}
			s.Bad = millionths(n) // 0 if there is no such series
			if byGood {
				s.Bad = millionths(t - n)
			}
			b.enforce(&s)
		}
		known = append(known, s)
	}
	return known, err
}

// enforce brings bad into 0 to total, and counts the slices where it was not.
func (b *book) enforce(s *burnlist.Slice) {
	total := max(s.Total, 0)
	bad := min(max(s.Bad, 0), total)
	at, found := slices.BinarySearch(b.violations, s.Start)
	switch violated := bad != s.Bad || total != s.Total; {
	case violated && !found:
		b.violations = slices.Insert(b.violations, at, s.Start)
	case !violated && found:
		b.violations = slices.Delete(b.violations, at, at+1)
	}
	s.Bad, s.Total = bad, total
}

// violated counts the violations in [from, to), and forgets those before.
func (b *book) violated(from, to int64) int {
	first, _ := slices.BinarySearch(b.violations, from)
	b.violations = slices.Delete(b.violations, 0, first)
	n, _ := slices.BinarySearch(b.violations, to)
	return n
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
