package budget

import (
	"fmt"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/burnlist/burnlist"
)

// tagLabel is the label by which the series of an answer are told apart. Its
// values are "NAME/total", "NAME/bad" and the like for an SLO of that name, and
// aliveTag, which no name can be part of.
const (
	tagLabel = "burnlist"
	aliveTag = "/alive"
)

// defaultLiveness is true of a Prometheus that scrapes anything.
const defaultLiveness = "count(up) > 0"

// tagOf is the value of tagLabel for a part of an SLO's question.
func tagOf(slo, part string) model.LabelValue { return model.LabelValue(slo + "/" + part) }

// window is the range of time over which a slice of the given width is counted.
//
// It is one millisecond short of the width, because range selectors include
// their left edge in Prometheus 2.x and exclude it in 3.x. With scrapes on the
// slice grid, a full width would hold one sample more in 2.x, and increase
// would answer differently. Offsets stay the full width, so that one slice's
// newer end is the next one's older end.
func window(width burnlist.Duration) time.Duration { return width.Std() - time.Millisecond }

// windowOf writes the window as the range of a selector.
func windowOf(width burnlist.Duration) string {
	return fmt.Sprintf("[%dms]", window(width).Milliseconds())
}

// growth is how much each series grew from the end of the slice before to the
// end of the slice, if it has a sample in both.
func growth(selector string, width burnlist.Duration) string {
	newest := "last_over_time(" + selector + windowOf(width)
	return fmt.Sprintf("(%s) - %s offset %ds))", newest, newest, seconds(width))
}

// count is the expression that counts the events of a selector in the slice
// of the given width that ends at the evaluation instant.
//
// The difference of the two newest samples at either end telescopes: over
// consecutive slices it adds up to the counter exactly. Only series that were
// reset or born within the slice are left to increase, which has to guess at
// the edges.
func count(selector string, width burnlist.Duration) string {
	return fmt.Sprintf("sum((%s >= 0) or increase(%s%s))", growth(selector, width), selector, windowOf(width))
}

// countFromBirth is count in which a newborn series counts from 0: its newest
// sample is all of its events. Newborn is a series that has no sample in the
// slice before, nor in a day before that, or else one that comes back after a
// gap would count wholly again. If it was also reset in its first slice, that
// is left to increase.
//
// Where the source itself did not live through the slice before, nothing can
// be said to be new. Lived has a value if it did.
func countFromBirth(selector string, width burnlist.Duration, lived string) string {
	in := windowOf(width)
	before := fmt.Sprintf("last_over_time(%s%s offset %ds)", selector, windowOf(width+burnlist.Duration(burnlist.Day)), seconds(width))
	newborn := fmt.Sprintf("last_over_time(%s%s) unless %s unless (resets(%s%s) > 0) and on() %s",
		selector, in, before, selector, in, lived)
	return fmt.Sprintf("sum((%s >= 0) or (%s) or increase(%s%s))", growth(selector, width), newborn, selector, in)
}

// livedThrough has a value if the source was alive at the start of the slice
// before.
func livedThrough(liveness string, width burnlist.Duration) string {
	return fmt.Sprintf("last_over_time((%s != 0)[%dms:%ds] offset %ds)", liveness, window(width).Milliseconds(), seconds(width), 2*seconds(width))
}

// difference is what a native histogram observed in the slice, over all of its
// series. Like count it telescopes where a series was not reset.
func difference(selector string, width burnlist.Duration) string {
	in, grown := windowOf(width), growth(selector, width)
	return fmt.Sprintf("sum((%s and (histogram_count(%s) >= 0) unless (resets(%s%s) > 0)) or increase(%s%s))",
		grown, grown, selector, in, selector, in)
}

// observations is the number of observations of a native histogram.
func observations(selector string, width burnlist.Duration) string {
	return "histogram_count(" + difference(selector, width) + ")"
}

// observationsUpTo is the number of observations of a native histogram that
// are not above a threshold. It is no number if there are none at all. The
// fraction begins at -Inf, as classic buckets do: the lowest of custom buckets
// has no other edge.
func observationsUpTo(threshold, selector string, width burnlist.Duration) string {
	d := difference(selector, width)
	return fmt.Sprintf("histogram_fraction(-Inf, %s, %s) * histogram_count(%s)", threshold, d, d)
}

// samples is the number of samples of a gauge, and sumOfSamples their sum.
func samples(selector string, width burnlist.Duration) string {
	return "sum(count_over_time(" + selector + windowOf(width) + "))"
}

func sumOfSamples(selector string, width burnlist.Duration) string {
	return "sum(sum_over_time(" + selector + windowOf(width) + "))"
}

// mean is the mean of a series in the slice. A recorded ratio is no number
// where there was no traffic: the mean is then that of the rest, taken every
// 30 s, if there is any.
func mean(selector string, width burnlist.Duration) string {
	in := windowOf(width)
	return fmt.Sprintf("(avg_over_time(%s%s) <= Inf) or avg_over_time((%s <= Inf)[%dms:30s]) and (max_over_time(%s%s) <= Inf)",
		selector, in, selector, window(width).Milliseconds(), selector, in)
}

// tagged gives the series of an expression the label that tells them apart.
func tagged(expression, tag string) string {
	return fmt.Sprintf("label_replace(%s,%q,%q,%q,%q)", expression, tagLabel, tag, "", "")
}

// query builds the query that answers all questions, and whether the source was
// alive.
func query(liveness string, questions []*question) string {
	parts := []string{tagged(liveness, aliveTag)}
	for _, q := range questions {
		for _, p := range q.parts {
			parts = append(parts, tagged(q.asks(p, liveness), string(tagOf(q.slo, p.name))))
		}
	}
	return join(parts)
}

// join is the union of all parts as a balanced tree. A chain of "or" would
// have the engine copy the union of all parts so far for each further one.
func join(parts []string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	return "(" + join(parts[:len(parts)/2]) + " or " + join(parts[len(parts)/2:]) + ")"
}

// livenessOf prints a liveness expression so that it has at most one series,
// whose value is not 0 if any of the expression's is not.
func livenessOf(text string) (string, error) {
	expr, err := newParser().ParseExpr(text)
	if err != nil {
		return "", burnlist.Errorf(burnlist.Invalid, "the liveness expression is not PromQL: %s", err)
	}
	if expr.Type() != parser.ValueTypeVector {
		return "", burnlist.Errorf(burnlist.Invalid, "the liveness expression is a %s: give one with a vector, such as %s",
			parser.DocumentedType(expr.Type()), defaultLiveness)
	}
	return "max(" + expr.String() + ")", nil
}
