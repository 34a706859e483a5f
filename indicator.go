package burnlist

import (
	"math"
	"strings"
	"time"
)

// Indicator says how bad and total events are counted in Prometheus. Exactly
// one kind is set.
type Indicator struct {
	Events  *Events  `json:"events,omitempty"`
	Latency *Latency `json:"latency,omitempty"`
	Gauge   *Gauge   `json:"gauge,omitempty"`
	Ratio   *Ratio   `json:"ratio,omitempty"`
}

// IndicatorKind names the kind of an indicator.
type IndicatorKind string

// The kinds of indicators.
const (
	KindEvents  IndicatorKind = "events"
	KindLatency IndicatorKind = "latency"
	KindGauge   IndicatorKind = "gauge"
	KindRatio   IndicatorKind = "ratio"
)

// WindowPlaceholder stands in a full PromQL expression where the range of time
// belongs over which a slice is counted.
const WindowPlaceholder = "{{.window}}"

// Births says what a counter is worth that appears for the first time.
type Births string

// What may be made of births.
const (
	IgnoreBirths Births = "ignore" // events before the first sample are not known, the default
	CountBirths  Births = "count"  // a newborn series counts from 0
)

// Events counts events with counters: all of them, and the bad or the good
// ones. Each is a bare PromQL selector of counter series, or a full expression
// with WindowPlaceholder.
type Events struct {
	Total  string `json:"total"`
	Bad    string `json:"bad,omitempty"`
	Good   string `json:"good,omitempty"`
	Births Births `json:"births,omitempty"` // of bare selectors
}

// Latency counts the observations of a histogram; those above the threshold
// are bad.
type Latency struct {
	Histogram string  `json:"histogram"`          // name of the metric, without _bucket
	Selector  string  `json:"selector,omitempty"` // label matchers in braces
	Threshold float64 `json:"threshold"`          // in the histogram's unit; a boundary of its classic buckets
	Native    bool    `json:"native,omitempty"`   // it is a native histogram
	Births    Births  `json:"births,omitempty"`   // of classic buckets
}

// MissingAs says what a sample counts for that should be there and is not.
type MissingAs string

// What missing samples may count for.
const (
	ExcludeMissing MissingAs = "exclude" // nothing, the default
	MissingBad     MissingAs = "bad"
	MissingGood    MissingAs = "good"
)

// Gauge takes the mean of a gauge between 0, which is bad, and 1, such as up
// or a probe's success: each sample is an event.
type Gauge struct {
	Selector  string    `json:"selector"`
	MissingAs MissingAs `json:"missing_as,omitempty"`
	Interval  Duration  `json:"interval,omitzero"` // between two samples of a series; needed if missing ones count
	Series    int       `json:"series,omitempty"`  // how many series there should be; 1 if it is not given
}

// Ratio takes a ready error ratio, of which each slice weighs the same: a bare
// selector, such as that of a recording rule, or a full expression with
// WindowPlaceholder.
type Ratio struct {
	Expression string `json:"expression"`
}

// Kind returns which kind is set, or "" if none is.
func (i Indicator) Kind() IndicatorKind {
	switch {
	case i.Events != nil:
		return KindEvents
	case i.Latency != nil:
		return KindLatency
	case i.Gauge != nil:
		return KindGauge
	case i.Ratio != nil:
		return KindRatio
	}
	return ""
}

// CountsEvents reports whether figures weigh by events of users. A gauge's are
// samples, a ratio's are slices, and a handful of them is no low traffic.
func (k IndicatorKind) CountsEvents() bool { return k != KindGauge && k != KindRatio }

// CountsBirths reports whether a newborn series counts from 0.
func (i Indicator) CountsBirths() bool {
	return i.Events != nil && i.Events.Births == CountBirths || i.Latency != nil && i.Latency.Births == CountBirths
}

// CountsMissing reports whether samples that should be there and are not count
// for something.
func (g Gauge) CountsMissing() bool { return g.MissingAs == MissingBad || g.MissingAs == MissingGood }

// normal returns the indicator with its defaults spelled out.
func (i Indicator) normal() Indicator {
	births := func(b Births) Births {
		if b == "" {
			return IgnoreBirths
		}
		return b
	}
	if i.Events != nil {
		e := *i.Events
		e.Births = births(e.Births)
		i.Events = &e
	}
	if i.Latency != nil {
		l := *i.Latency
		l.Births = births(l.Births)
		i.Latency = &l
	}
	if i.Gauge != nil {
		g := *i.Gauge
		if g.MissingAs == "" {
			g.MissingAs = ExcludeMissing
		}
		g.Series = max(g.Series, 1)
		i.Gauge = &g
	}
	return i
}

// Equal reports whether two indicators count the same events in the same way,
// so that slices of one may stand beside slices of the other.
func (i Indicator) Equal(o Indicator) bool {
	a, b := i.normal(), o.normal()
	return equal(a.Events, b.Events) && equal(a.Latency, b.Latency) && equal(a.Gauge, b.Gauge) && equal(a.Ratio, b.Ratio)
}

func equal[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// validate reports what is wrong with the shape of the indicator. Whether its
// texts are PromQL is package budget's to say.
func (i Indicator) validate() error {
	var c check
	kinds := 0
	for _, set := range []bool{i.Events != nil, i.Latency != nil, i.Gauge != nil, i.Ratio != nil} {
		if set {
			kinds++
		}
	}
	c.that(kinds > 0, "", "counts nothing: give one of events, latency, gauge and ratio")
	c.that(kinds < 2, "", "has more than one kind: give one of events, latency, gauge and ratio")
	if e := i.Events; e != nil {
		c.that(e.Total != "", "events.total", "is missing: give the selector that counts all events")
		c.that((e.Bad == "") != (e.Good == ""), "events", "needs exactly one of bad and good")
		c.promql("events.total", e.Total)
		c.promql("events.bad", e.Bad)
		c.promql("events.good", e.Good)
		c.births("events.births", e.Births)
	}
	if l := i.Latency; l != nil {
		c.that(l.Histogram != "", "latency.histogram", "is missing: give the name of the histogram, such as http_request_duration_seconds")
		c.promql("latency.histogram", l.Histogram)
		c.promql("latency.selector", l.Selector)
		c.that(l.Threshold > 0 && !math.IsInf(l.Threshold, 0), "latency.threshold",
			"%v is not a threshold: give a number above 0 in the histogram's unit, such as 0.5", l.Threshold)
		c.births("latency.births", l.Births)
		c.that(!l.Native || l.Births != CountBirths, "latency.births", "is for classic buckets: leave it out of a native histogram")
	}
	if g := i.Gauge; g != nil {
		c.that(g.Selector != "", "gauge.selector", "is missing: give the selector of the gauge, such as probe_success{job=\"api\"}")
		c.promql("gauge.selector", g.Selector)
		switch g.MissingAs {
		case "", ExcludeMissing:
		case MissingBad, MissingGood:
			c.that(g.Interval >= Duration(time.Second) && g.Interval <= Duration(30*time.Minute), "gauge.interval",
				"%s is not an interval: give the time between two samples, 1s to 30m, so that it is known how many should be there", g.Interval)
		default:
			c.that(false, "gauge.missing_as", "%q is not known: use exclude, bad or good", g.MissingAs)
		}
		c.that(g.Series >= 0 && g.Series <= 100_000, "gauge.series", "%d is out of range: use 1 to 100000", g.Series)
	}
	if r := i.Ratio; r != nil {
		c.that(r.Expression != "", "ratio.expression", "is missing: give the error ratio, between 0 and 1")
		c.promql("ratio.expression", r.Expression)
	}
	return c.err("the indicator")
}

func (c *check) births(field string, b Births) {
	c.that(b == "" || b == IgnoreBirths || b == CountBirths, field, "%q is not known: use ignore or count", b)
}

func (c *check) promql(field, s string) {
	c.that(!strings.ContainsFunc(s, func(r rune) bool { return isControl(r) && r != '\n' && r != '\t' }), field, "holds control characters: use plain text")
	c.that(len(s) <= 4000, field, "has %d bytes: shorten it to 4000", len(s))
}
