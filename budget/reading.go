package budget

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/burnlist/burnlist"
)

// readings are the numbers of one answer, by tag.
type readings map[model.LabelValue]*reading

// reading is the series of one tag.
type reading struct {
	labels model.Metric
	values []value // for each slice asked for
	err    error   // why the whole series must not be used
}

// value is what a series has in one slice: a number that may be NaN or
// infinite, or nothing.
type value struct {
	n     float64
	there bool
}

// at returns the value in slice i, and whether there is one; else it is 0.
func (r *reading) at(i int) (v float64, ok bool, err error) {
	if r == nil {
		return 0, false, nil
	}
	if r.err != nil {
		return 0, false, r.err
	}
	switch v := r.values[i]; {
	case !v.there:
		return 0, false, nil
	case math.IsNaN(v.n) || math.IsInf(v.n, 0):
		return 0, false, errors.New("the answer is not finite: a selected series holds NaN or Inf, or something is divided by 0; leave that series out, or divide only where there is something to divide by")
	default:
		return v.n, true, nil
	}
}

// undefined reports whether the value in slice i is NaN, as 0 ÷ 0 is.
func (r *reading) undefined(i int) bool {
	return r != nil && r.err == nil && r.values[i].there && math.IsNaN(r.values[i].n)
}

// maxEvents is the largest number up to which every whole number of events can
// be told from the next.
const maxEvents = 1 << 53

// events is at for a number of events. One that cannot be counted comes from
// something that is no counter, and would drown all others in a sum.
func (r *reading) events(i int) (n float64, ok bool, err error) {
	n, ok, err = r.at(i)
	if math.Abs(n) > maxEvents {
		return 0, false, fmt.Errorf("the answer is %.3g events in one slice, which is too much to be true: select counters", n)
	}
	return n, ok, err
}

// wrong returns why the series, or some of its values, must not be used.
func (r *reading) wrong() error {
	if r == nil {
		return nil
	}
	for i := range r.values {
		if _, _, err := r.at(i); err != nil {
			return err
		}
	}
	return r.err
}

// anyAfter reports whether the series has a value in a slice after slice i.
func (r *reading) anyAfter(i int) bool {
	return r != nil && r.err == nil && slices.ContainsFunc(r.values[i+1:], func(v value) bool { return v.there })
}

// any reports whether the series has a value in any slice.
func (r *reading) any() bool {
	return r != nil && r.err == nil && slices.ContainsFunc(r.values, func(v value) bool { return v.there })
}

// read sorts an answer by tags and slices. It fails if the answer cannot be
// one to what was asked.
func read(answer model.Value, width int64, r Range) (readings, error) {
	got := readings{}
	n := int((r.To - r.From) / width)
	add := func(metric model.Metric, histograms bool, pairs []model.SamplePair) error {
		tag, ok := metric[tagLabel]
		if !ok {
			return garbage("a series without the label %s", tagLabel)
		}
		if first, twice := got[tag]; twice {
			first.err = fmt.Errorf("the answer has more than one series: they differ in %s", differing(first.labels, metric))
			return nil
		}
		s := &reading{labels: metric, values: make([]value, n)}
		got[tag] = s
		if histograms {
			s.err = errors.New("the answer is a native histogram: select counters")
		}
		for _, p := range pairs {
			ms := int64(p.Timestamp) - r.From*1000
			i := ms/(width*1000) - 1
			if ms%(width*1000) != 0 || i < 0 || i >= int64(n) {
				return garbage("a value at %s, which was not asked for", p.Timestamp.Time().UTC().Format("2006-01-02T15:04:05.000Z"))
			}
			s.values[i] = value{float64(p.Value), true}
		}
		return nil
	}
	switch v := answer.(type) {
	case model.Vector:
		if n != 1 {
			return nil, garbage("a vector, where a matrix was asked for")
		}
		for _, s := range v {
			if s == nil {
				return nil, garbage("null in a vector")
			}
			if err := add(s.Metric, s.Histogram != nil, []model.SamplePair{{Timestamp: s.Timestamp, Value: s.Value}}); err != nil {
				return nil, err
			}
		}
	case model.Matrix:
		if n == 1 {
			return nil, garbage("a matrix, where a vector was asked for")
		}
		for _, s := range v {
			if s == nil {
				return nil, garbage("null in a matrix")
			}
			if err := add(s.Metric, len(s.Histograms) > 0, s.Values); err != nil {
				return nil, err
			}
		}
	default:
		return nil, garbage("neither a vector nor a matrix")
	}
	return got, nil
}

func garbage(format string, args ...any) error {
	return burnlist.Errorf(burnlist.Unavailable, "the answer is not that of a Prometheus: it has "+format, args...)
}

// differing names the labels in which two series differ, in order.
func differing(a, b model.Metric) string {
	names := map[model.LabelName]bool{}
	for _, m := range []model.Metric{a, b} {
		for name := range m {
			if a[name] != b[name] {
				names[name] = true
			}
		}
	}
	if len(names) == 0 {
		return "no label at all"
	}
	var sorted []string
	for name := range names {
		sorted = append(sorted, string(name))
	}
	slices.Sort(sorted)
	return strings.Join(sorted, ", ")
}
