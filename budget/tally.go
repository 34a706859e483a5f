package budget

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"github.com/burnlist/burnlist"
)

// eventsTally fills in slices of which all events are counted, and either the
// bad or the good ones. It fails if what is selected cannot be what was meant.
func (q *question) eventsTally(of func(part string) *reading) func(s *burnlist.Slice, i int) error {
	total, partial := of("total"), of("bad")
	all, _ := q.part("total")
	some, byBad := q.part("bad")
	if !byBad {
		partial = of("good")
		some, _ = q.part("good")
		q.goodSeen = q.goodSeen || partial.any()
	}
	return func(s *burnlist.Slice, i int) error {
		t, live, totalErr := total.events(i)
		n, counted, partErr := partial.events(i)
		if t == 0 && some.name == "good" && partial.undefined(i) {
			partErr = nil // a fraction of no observations
		}
		switch {
		case cmp.Or(totalErr, partErr) != nil:
			return cmp.Or(totalErr, partErr)
		case !live && millionths(n) > 0 && (s.Start < q.newest || total.anyAfter(i)):
			// A counter that was restarted with the end of the slice has one sample
			// in it, of which nothing can be told. All events are counted again since.
			s.Violated = true
			return nil
		case !live && millionths(n) > 0:
			return fmt.Errorf("no series matches the selector of all events, %s, while %v %s events were counted: correct the selector",
				all.of, millionths(n), some.name)
		case !live:
			return nil
		}
		s.State, s.Total = burnlist.SliceData, millionths(t)
		if !byBad && !counted && s.Total > 0 && !q.goodSeen {
			if l := q.indicator.Latency; l != nil {
				return fmt.Errorf("the histogram %s has no bucket up to %v, while %v events were counted in all: give a threshold that is a boundary of its buckets",
					l.Histogram, l.Threshold, s.Total)
			}
			return fmt.Errorf("no series matches the selector of good events, %s, while %v events were counted in all: correct the selector",
				some.of, s.Total)
		}
		s.Bad = millionths(n) // 0 if there is no such series
		if !byBad {
			s.Bad = millionths(t - n)
		}
		enforce(s)
		return nil
	}
}

// gaugeTally fills in slices of which samples are counted. Those that should
// be there and are not count as the gauge says. In any slice there are, of each
// series, at least as many samples as whole intervals fit into it.
func gaugeTally(g *burnlist.Gauge, width int64, total, sum *reading) func(s *burnlist.Slice, i int) error {
	expected := 0.0
	if g.CountsMissing() {
		expected = math.Floor(float64(width)/time.Duration(g.Interval).Seconds()) * float64(max(g.Series, 1))
	}
	return func(s *burnlist.Slice, i int) error {
		n, live, totalErr := total.events(i)
		ones, _, sumErr := sum.events(i)
		if err := cmp.Or(totalErr, sumErr); err != nil {
			return err
		}
		if live {
			s.State, s.Total, s.Bad = burnlist.SliceData, millionths(n), millionths(n-ones)
			enforce(s)
		}
		missing := max(0, expected-n)
		s.Total += missing
		if g.MissingAs == burnlist.MissingBad {
			s.Bad += missing
		}
		return nil
	}
}

// ratioTally fills in slices that weigh the same. Where there was no traffic
// the ratio is no number.
func ratioTally(ratio *reading) func(s *burnlist.Slice, i int) error {
	// As fine as engines agree on; the budget of 99.9999 % is a millionth.
	const precision = 1e12
	return func(s *burnlist.Slice, i int) error {
		if ratio.undefined(i) {
			return nil
		}
		r, live, err := ratio.at(i)
		if err != nil || !live {
			return err
		}
		s.State, s.Total, s.Bad = burnlist.SliceData, 1, r
		if math.Abs(r) < 1 {
			s.Bad = math.Round(r*precision) / precision
		}
		enforce(s)
		return nil
	}
}
