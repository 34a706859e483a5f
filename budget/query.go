package budget

import (
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/burnlist/burnlist"
)

// tagLabel is the label by which the series of an answer are told apart. Its
// values are "NAME/total", "NAME/bad" and "NAME/good" for an SLO of that name,
// and aliveTag, which no name can be part of.
const (
	tagLabel = "burnlist"
	aliveTag = "/alive"
)

// defaultLiveness is true of a Prometheus that scrapes anything.
const defaultLiveness = "count(up) > 0"

// count is the expression that counts the events of a selector in the slice
// of the given width that ends at the evaluation instant.
//
// The difference of the two newest samples at either end telescopes: over
// consecutive slices it adds up to the counter exactly. Only series that were
// reset or born within the slice are left to increase, which has to guess at
// the edges.
//
// The range is one millisecond short of the width, because range selectors
// include their left edge in Prometheus 2.x and exclude it in 3.x. With
// scrapes on the slice grid, a full width would hold one sample more in 2.x,
// and increase would answer differently. The offset stays the full width, so
// that one slice's newer end is the next one's older end.
func count(selector string, width burnlist.Duration) string {
	window := fmt.Sprintf("[%dms]", width.Std().Milliseconds()-1)
	newest := "last_over_time(" + selector + window
	return fmt.Sprintf("sum(((%s) - %s offset %ds)) >= 0) or increase(%s%s))",
		newest, newest, int64(width.Std()/time.Second), selector, window)
}

// tagged gives the series of an expression the label that tells them apart.
func tagged(expression, tag string) string {
	return fmt.Sprintf("label_replace(%s,%q,%q,%q,%q)", expression, tagLabel, tag, "", "")
}

// question is what is asked of one SLO: its counters under its name.
type question struct {
	name     string
	width    burnlist.Duration
	counters counters
}

// query builds the query that answers all questions, and whether the source was
// alive.
func query(liveness string, questions []question) string {
	parts := []string{tagged(liveness, aliveTag)}
	for _, q := range questions {
		parts = append(parts, tagged(count(q.counters.total, q.width), q.name+"/total"))
		if q.counters.bad != "" {
			parts = append(parts, tagged(count(q.counters.bad, q.width), q.name+"/bad"))
		}
		if q.counters.good != "" {
			parts = append(parts, tagged(count(q.counters.good, q.width), q.name+"/good"))
		}
	}
	var b strings.Builder
	join(&b, parts)
	return b.String()
}

// join writes the union of all parts as a balanced tree. A chain of "or" would
// have the engine copy the union of all parts so far for each further one.
func join(b *strings.Builder, parts []string) {
	if len(parts) == 1 {
		b.WriteString(parts[0])
		return
	}
	b.WriteByte('(')
	join(b, parts[:len(parts)/2])
	b.WriteString(" or ")
	join(b, parts[len(parts)/2:])
	b.WriteByte(')')
}

// livenessOf prints a liveness expression so that it has at most one series,
// whose value is not 0 if any of the expression's is not.
func livenessOf(text string) (string, error) {
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(text)
	if err != nil {
		return "", burnlist.Errorf(burnlist.Invalid, "the liveness expression is not PromQL: %s", err)
	}
	if expr.Type() != parser.ValueTypeVector {
		return "", burnlist.Errorf(burnlist.Invalid, "the liveness expression is a %s: give one with a vector, such as %s",
			parser.DocumentedType(expr.Type()), defaultLiveness)
	}
	return "max(" + expr.String() + ")", nil
}
