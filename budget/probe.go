package budget

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/burnlist/burnlist"
)

// Probe is what a source says of an SLO before anything is measured.
type Probe struct {
	Interval time.Duration     // between two samples of a series of all events, the median of those that live long enough to show it; 0 if there are none
	Seen     []Seen            // in the order of the indicator
	Samples  float64           // that one slice reads
	Refusals []burnlist.Detail // why it can never be measured
	Notes    []string          // what is odd, but may be meant; never nil
}

// Seen is what a source has of one text of an indicator.
type Seen struct {
	Name   string // total, bad, good, histogram, gauge or ratio
	Series int    // in the last hour, or of an expression in the newest slice
	Born   int    // of them, those that were not there in the day before; always 0 of an expression
}

// Width returns the narrowest slice into which two samples fit that are an
// interval apart, and the default if the interval is not known. Nothing is
// wider than an hour.
func Width(interval time.Duration) burnlist.Duration {
	for _, w := range burnlist.SliceWidths {
		if 2*interval <= w.Std() {
			return w
		}
	}
	return burnlist.SliceWidths[len(burnlist.SliceWidths)-1]
}

// lastHour and dayBefore are where a probe looks for series.
const (
	lastHour  = "[1h]"
	dayBefore = "[1d] offset 1h"
)

// Probe asks the source, by one query, what it has of an SLO now. It fails with
// Invalid if the indicator cannot be asked at all, and with Unavailable if the
// source does not answer.
func (s *Source) Probe(ctx context.Context, slo burnlist.SLO, now time.Time) (Probe, error) {
	terms, err := parse(slo.Indicator)
	if err != nil {
		return Probe{}, err
	}
	questions := []string{tagged(s.liveness, aliveTag)}
	ask := func(tag, format string, args ...any) {
		questions = append(questions, tagged(fmt.Sprintf(format, args...), tag))
	}
	for n, t := range terms {
		for k, selector := range t.selectors() {
			ask(fmt.Sprintf("%s/samples/%d", t.name, k), "sum(count_over_time(%s%s))", selector, windowOf(slo.Slice))
			if n == 0 && k == 0 {
				for tag, expression := range intervals(selector) {
					ask(tag, "%s", expression)
				}
			}
		}
		switch {
		case !t.bare:
			expression := t.over(slo.Slice)
			ask(t.name+"/series", "count(%s)", expression)
			ask(t.name+"/two", "topk(2, %s)", expression)
			continue
		case t.name == "ratio":
			ask("ratio/two", "topk(2, last_over_time(%s%s))", t.selector(), lastHour)
		case t.name == "gauge":
			ask("gauge/max", "max(max_over_time(%s%s))", t.selector(), lastHour)
			ask("gauge/min", "min(min_over_time(%s%s))", t.selector(), lastHour)
		}
		last := "last_over_time(" + t.selector()
		ask(t.name+"/series", "count(%s%s))", last, lastHour)
		ask(t.name+"/born", "count(%s%s) unless %s%s))", last, lastHour, last, dayBefore)
	}
	if l := slo.Indicator.Latency; l != nil {
		matchers, err := labelsOf(l)
		if err != nil {
			return Probe{}, err // parse has seen it
		}
		native, err1 := selectorOf(l.Histogram, matchers...)
		buckets, err2 := selectorOf(l.Histogram+"_bucket", matchers...)
		if err := cmp.Or(err1, err2); err != nil {
			return Probe{}, err
		}
		ask("native", "count(last_over_time(%s%s))", native.selector(), lastHour)
		ask("le", "count by (le) (last_over_time(%s%s))", buckets.selector(), lastHour)
	}
	// However wide the slices are to be: what was seen an hour ago may be gone.
	at, width := due(now, burnlist.SliceWidths[0]), seconds(slo.Slice)
	got, err := demand(ctx, s, join(questions), width, Range{at - width, at}, byTag)
	if refused, ok := errors.AsType[*refusal](err); ok {
		return Probe{Notes: []string{fmt.Sprintf("the source %s does not answer what was asked about it: %s", s.name, refused)}}, nil
	}
	if err != nil {
		return Probe{}, s.unavailable(ctx, err)
	}
	return got.probe(s.name, slo, terms), nil
}

// unavailable says that the source does not answer, unless nobody waits for
// the answer any more.
func (s *Source) unavailable(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return burnlist.Errorf(burnlist.Unavailable, "the source %s does not answer: %s", s.name, clip(err.Error()))
}

// sightings are the answers of a probe, by tag.
type sightings map[string][]*model.Sample

// byTag sorts the answer of a probe.
func byTag(answer model.Value) (sightings, error) {
	vector, ok := answer.(model.Vector)
	if !ok {
		return nil, garbage("no vector")
	}
	got := sightings{}
	for _, s := range vector {
		if s == nil {
			return nil, garbage("null in a vector")
		}
		tag := string(s.Metric[tagLabel])
		got[tag] = append(got[tag], s)
	}
	return got, nil
}

// number returns the only value of a tag, or 0 if there is no finite one.
func (got sightings) number(tag string) float64 {
	if len(got[tag]) != 1 {
		return 0
	}
	return burnlist.Known(float64(got[tag][0].Value)).Or(0)
}

// probe judges what was answered.
func (got sightings) probe(source string, slo burnlist.SLO, terms []term) Probe {
	p := Probe{Notes: []string{}}
	note := func(format string, args ...any) { p.Notes = append(p.Notes, fmt.Sprintf(format, args...)) }
	if got.number(aliveTag) == 0 {
		p.Notes = append(p.Notes, notAlive(source))
	}
	p.Interval = time.Duration(got.interval() * float64(time.Second))
	if p.Interval >= time.Second {
		p.Interval = p.Interval.Round(time.Second)
	}
	for _, t := range terms {
		seen := Seen{Name: t.name, Series: int(got.number(t.name + "/series")), Born: int(got.number(t.name + "/born"))}
		p.Seen = append(p.Seen, seen)
		for k := range t.selectors() {
			p.Samples += got.number(fmt.Sprintf("%s/samples/%d", t.name, k))
		}
		if two := got[t.name+"/two"]; len(two) > 1 {
			p.Refusals = append(p.Refusals, burnlist.Detail{Field: t.field, Message: fmt.Sprintf(
				"has %d series, which differ in %s: select one of them, or bring them together, as sum() does",
				max(seen.Series, 2), differing(two[0].Metric, two[1].Metric))})
		}
		noteSeries(slo, t, seen, note)
	}
	switch {
	case slo.Indicator.Latency != nil:
		if refused, ok := got.histogram(slo.Indicator.Latency); !ok {
			p.Refusals = append(p.Refusals, refused)
		} else {
			noteBuckets(slo.Indicator.Latency, p.Seen, note)
		}
	case slo.Indicator.Gauge != nil:
		if refused, ok := got.gauge(); !ok {
			p.Refusals = append(p.Refusals, refused)
		}
		noteGauge(slo.Indicator.Gauge, p, note)
	}
	if wide := Width(p.Interval); wide > slo.Slice {
		note("two samples, %s apart, do not fit into a slice of %s: use slices of %s", p.Interval, slo.Slice, wide)
	}
	return p
}

// noteSeries tells of series that are not there, or not for long.
func noteSeries(slo burnlist.SLO, t term, seen Seen, note func(string, ...any)) {
	counter := t.name == "total" || t.name == "bad" || t.name == "good"
	switch {
	case seen.Series == 0 && t.name == "bad":
		note("no series of bad events, %s, was seen in the last hour: it counts as no bad events while there are any at all, so check the selector if there should be one", t.written())
	case seen.Series == 0 && t.name == "good" && slo.Indicator.Latency != nil:
		// The boundaries tell more.
	case seen.Series == 0:
		note("nothing was seen of %s, %s, in the last hour: check the selector, or wait for the first data", t.name, t.written())
	case seen.Born > 0 && counter && slo.Indicator.CountsBirths():
		note("%d of %d series of %s are not older than an hour: they count from 0", seen.Born, seen.Series, t.name)
	case seen.Born > 0 && counter:
		note("%d of %d series of %s are not older than an hour: events before their first sample are not known, unless births count", seen.Born, seen.Series, t.name)
	}
}

// histogram refuses a histogram that there is only in the other form, and a
// threshold that is no boundary of its buckets.
func (got sightings) histogram(l *burnlist.Latency) (refused burnlist.Detail, ok bool) {
	classic, native := len(got["le"]) > 0, got.number("native") > 0
	switch {
	case l.Native && !native && classic:
		return burnlist.Detail{Field: "indicator.latency.native", Message: fmt.Sprintf("is set, but %s has classic buckets only: leave native out", l.Histogram)}, false
	case !l.Native && !classic && native:
		return burnlist.Detail{Field: "indicator.latency.native", Message: fmt.Sprintf("is not set, but %s is a native histogram only: set native", l.Histogram)}, false
	case l.Native || !classic:
		return burnlist.Detail{}, true
	}
	boundaries := got.boundaries()
	i, found := slices.BinarySearch(boundaries, l.Threshold)
	if found {
		return burnlist.Detail{}, true
	}
	written := func(n float64) string { return strconv.FormatFloat(n, 'g', -1, 64) }
	var nearest []string
	for _, k := range []int{i - 1, i} {
		if k >= 0 && k < len(boundaries) {
			nearest = append(nearest, written(boundaries[k]))
		}
	}
	message := fmt.Sprintf("%s is no boundary of the buckets of %s", written(l.Threshold), l.Histogram)
	if len(nearest) > 0 {
		message += ": use " + strings.Join(nearest, " or ")
	} else {
		message += ", which has none but +Inf: give it buckets"
	}
	return burnlist.Detail{Field: "indicator.latency.threshold", Message: message}, false
}

// boundaries returns the finite boundaries of classic buckets, in order.
func (got sightings) boundaries() []float64 {
	var all []float64
	for _, s := range got["le"] {
		if n, err := strconv.ParseFloat(string(s.Metric["le"]), 64); err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// noteBuckets tells of series that have no bucket up to the threshold.
func noteBuckets(l *burnlist.Latency, seen []Seen, note func(string, ...any)) {
	if l.Native || len(seen) != 2 || seen[1].Series == 0 || seen[1].Series >= seen[0].Series {
		return
	}
	note("only %d of %d series of %s have a bucket up to %v: all events of the others count as bad", seen[1].Series, seen[0].Series, l.Histogram, l.Threshold)
}

// gauge refuses a gauge of other values than those from 0 to 1.
func (got sightings) gauge() (refused burnlist.Detail, ok bool) {
	low, high := got["gauge/min"], got["gauge/max"]
	if len(low) != 1 || len(high) != 1 || low[0].Value >= 0 && high[0].Value <= 1 || math.IsNaN(float64(low[0].Value)) {
		return burnlist.Detail{}, true
	}
	return burnlist.Detail{Field: "indicator.gauge.selector", Message: fmt.Sprintf(
		"is no gauge between 0 and 1: it had values from %v to %v in the last hour; select one that is 0 when all is bad and 1 when all is well, such as up",
		float64(low[0].Value), float64(high[0].Value))}, false
}

// noteGauge tells of a gauge of which more or fewer samples are there than the
// indicator expects.
func noteGauge(g *burnlist.Gauge, p Probe, note func(string, ...any)) {
	if !g.CountsMissing() {
		return
	}
	if n, want := p.Seen[0].Series, max(g.Series, 1); n != 0 && n != want {
		note("the gauge has %d series, and %d are expected: correct series, so that what is missing is counted right", n, want)
	}
	if p.Interval > 0 && (g.Interval.Std() < p.Interval*9/10 || g.Interval.Std() > p.Interval*11/10) {
		note("samples are %s apart, and are expected every %s: correct the interval, so that what is missing is counted right", p.Interval, g.Interval)
	}
}
