package budget

import (
	"fmt"
	"strconv"

	"github.com/burnlist/burnlist"
)

// term is one thing that an indicator selects.
type term struct {
	name  string // total, bad, good, histogram, gauge or ratio
	field string // its path in an SLO
	expression
}

// Check reports everything that is wrong with the PromQL of an indicator, as
// an Invalid error with one detail for each text, under its path in an SLO.
// Positions are told as line:column. Whether the right texts are given is for
// SLO.Validate to say.
func Check(i burnlist.Indicator) error {
	_, err := parse(i)
	return err
}

// Extrapolated reports whether figures of the indicator are counted by full
// expressions, which guess at the edges of slices. Bare selectors do not. It
// is false of an indicator that Check refuses.
func Extrapolated(i burnlist.Indicator) bool {
	terms, err := parse(i)
	if err != nil {
		return false
	}
	for _, t := range terms {
		if !t.bare {
			return true
		}
	}
	return false
}

// parse reads all texts of an indicator.
func parse(i burnlist.Indicator) ([]term, error) {
	var terms []term
	var wrong []burnlist.Detail
	add := func(name, field string, e expression, err error) {
		if err != nil {
			wrong = append(wrong, burnlist.Detail{Field: "indicator." + field, Message: err.Error()})
			return
		}
		terms = append(terms, term{name, "indicator." + field, e})
	}
	switch i.Kind() {
	case burnlist.KindEvents:
		e := i.Events
		for _, t := range []struct{ name, text string }{{"total", e.Total}, {"bad", e.Bad}, {"good", e.Good}} {
			if t.text != "" {
				parsed, err := parseFor(burnlist.KindEvents, t.text)
				add(t.name, "events."+t.name, parsed, err)
			}
		}
		if e.Total == "" || (e.Bad == "") == (e.Good == "") {
			wrong = append(wrong, burnlist.Detail{Field: "indicator.events", Message: "needs total, and exactly one of bad and good"})
		}
	case burnlist.KindLatency:
		l := i.Latency
		if err := checkHistogram(l.Histogram); err != nil {
			wrong = append(wrong, burnlist.Detail{Field: "indicator.latency.histogram", Message: err.Error()})
		}
		matchers, err := labelsOf(l)
		if err != nil || len(wrong) > 0 {
			if err != nil {
				wrong = append(wrong, burnlist.Detail{Field: "indicator.latency.selector", Message: err.Error()})
			}
			break
		}
		const field = "latency.selector"
		if l.Native {
			h, err := selectorOf(l.Histogram, matchers...)
			add("histogram", field, h, err)
			break
		}
		total, err := selectorOf(l.Histogram+"_count", matchers...)
		add("total", field, total, err)
		good, err := selectorOf(l.Histogram+"_bucket", append(matchers, bucketAt(l.Threshold))...)
		add("good", field, good, err)
	case burnlist.KindGauge:
		parsed, err := parseSelector(i.Gauge.Selector)
		add("gauge", "gauge.selector", parsed, err)
	case burnlist.KindRatio:
		parsed, err := parseFor(burnlist.KindRatio, i.Ratio.Expression)
		add("ratio", "ratio.expression", parsed, err)
	default:
		wrong = append(wrong, burnlist.Detail{Field: "indicator", Message: "counts nothing: give one of events, latency, gauge and ratio"})
	}
	if len(wrong) > 0 {
		return nil, &burnlist.Error{Code: burnlist.Invalid, Message: "the indicator is not valid", Details: wrong}
	}
	return terms, nil
}

// partsOf says what is asked of an indicator in each slice of the given width.
func partsOf(i burnlist.Indicator, width burnlist.Duration) ([]part, error) {
	terms, err := parse(i)
	if err != nil {
		return nil, err
	}
	var parts []part
	for _, t := range terms {
		selector := ""
		if t.bare {
			selector = t.selector()
		}
		part := part{name: t.name, term: t.name, of: t.written(), selector: selector}
		switch t.name {
		case "histogram":
			threshold := strconv.FormatFloat(i.Latency.Threshold, 'g', -1, 64)
			total, good := part, part
			total.name, total.expression = "total", observations(selector, width)
			good.name, good.expression = "good", observationsUpTo(threshold, selector, width)
			parts = append(parts, total, good)
			continue
		case "gauge":
			total, sum := part, part
			total.name, total.expression = "total", samples(selector, width)
			sum.name, sum.expression = "sum", sumOfSamples(selector, width)
			parts = append(parts, total, sum)
			continue
		case "ratio":
			if part.expression = t.over(width); t.bare {
				part.expression = mean(selector, width)
			}
		default:
			switch {
			case !t.bare:
				part.expression = t.events(width)
			case i.CountsBirths():
				part.births = true
			default:
				part.expression = count(selector, width)
			}
		}
		parts = append(parts, part)
	}
	if g := i.Gauge; g != nil && g.CountsMissing() && g.Interval > width {
		return nil, &burnlist.Error{Code: burnlist.Invalid, Message: "the indicator is not valid", Details: []burnlist.Detail{{
			Field: "indicator.gauge.interval", Message: fmt.Sprintf("%s is longer than a slice of %s, in which no sample is expected: use wider slices", g.Interval, width),
		}}}
	}
	return parts, nil
}
