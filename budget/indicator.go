package budget

import (
	"errors"
	"fmt"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/burnlist/burnlist"
)

// counters are the selectors of an indicator, printed anew from what the
// parser made of them. Bad or good is empty.
type counters struct{ total, bad, good string }

// Check reports everything that is wrong with the PromQL of an indicator, as
// an Invalid error with one detail for each selector, under its path in an
// SLO. Whether the right selectors are given is for SLO.Validate to say.
func Check(i burnlist.Indicator) error {
	_, err := parse(i)
	return err
}

func parse(i burnlist.Indicator) (counters, error) {
	var c counters
	if i.Events == nil {
		return c, burnlist.Errorf(burnlist.Invalid, "the indicator counts nothing: give events with total and one of bad and good")
	}
	var wrong []burnlist.Detail
	for _, s := range []struct {
		field, text string
		printed     *string
	}{
		{"indicator.events.total", i.Events.Total, &c.total},
		{"indicator.events.bad", i.Events.Bad, &c.bad},
		{"indicator.events.good", i.Events.Good, &c.good},
	} {
		if s.text == "" {
			continue
		}
		printed, err := selector(s.text)
		if err != nil {
			wrong = append(wrong, burnlist.Detail{Field: s.field, Message: err.Error()})
		}
		*s.printed = printed
	}
	if len(wrong) > 0 {
		return counters{}, &burnlist.Error{Code: burnlist.Invalid, Message: "the indicator is not valid", Details: wrong}
	}
	if c.total == "" || (c.bad == "") == (c.good == "") {
		return counters{}, &burnlist.Error{
			Code: burnlist.Invalid, Message: "the indicator is not valid",
			Details: []burnlist.Detail{{Field: "indicator.events", Message: "needs total, and exactly one of bad and good"}},
		}
	}
	return c, nil
}

// selector prints the bare vector selector that text is. Printing what was
// parsed, instead of pasting what was written, keeps comments and brackets
// from reaching into the rest of a query.
func selector(text string) (string, error) {
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(text)
	if err != nil {
		if errs, ok := errors.AsType[parser.ParseErrors](err); ok && len(errs) > 0 {
			return "", fmt.Errorf("is not PromQL: %w", &errs[0])
		}
		return "", fmt.Errorf("is not PromQL: %w", err)
	}
	v, ok := expr.(*parser.VectorSelector)
	if !ok {
		at := expr.PositionRange().StartPosInput(text, 0)
		return "", fmt.Errorf("%s: is %s: only a bare selector of counters is accepted, such as http_requests_total{job=\"api\"}", at, kindOf(expr))
	}
	if v.OriginalOffset != 0 || v.OriginalOffsetExpr != nil || v.Timestamp != nil || v.StartOrEnd != 0 || v.Anchored || v.Smoothed {
		at := v.PosRange.StartPosInput(text, 0)
		return "", fmt.Errorf("%s: has a modifier: only a bare selector of counters is accepted, without offset and @", at)
	}
	return v.String(), nil
}

// kindOf names what an expression is, for people.
func kindOf(expr parser.Expr) string {
	switch e := expr.(type) {
	case *parser.MatrixSelector:
		return "a range of samples"
	case *parser.SubqueryExpr:
		return "a subquery"
	case *parser.Call:
		return "a call of " + e.Func.Name
	case *parser.AggregateExpr:
		return "an aggregation by " + e.Op.String()
	case *parser.BinaryExpr:
		return "an operation"
	case *parser.ParenExpr:
		return "in parentheses"
	case *parser.NumberLiteral, *parser.StringLiteral:
		return "a constant"
	}
	return "an expression"
}
