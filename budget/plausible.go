package budget

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/burnlist/burnlist"
)

// finestStep is the shortest step of a subquery. Each step is one evaluation of
// what is inside it, so that a short one costs a source its memory.
const finestStep = 10 * time.Second

// parseFor reads a selector or a full expression of an indicator of the given
// kind. It refuses PromQL that is right and yet reads outside its slice, costs
// too much, or is no number of events where one is needed. Its errors tell the
// position, as line:column, and what to do.
func parseFor(kind burnlist.IndicatorKind, text string) (expression, error) {
	e, err := parseExpression(text)
	if err != nil {
		return expression{}, err
	}
	parser.Inspect(e.tree, func(node parser.Node, path []parser.Node) error {
		if err == nil {
			err = e.implausibleRange(node, path)
		}
		if err == nil && kind == burnlist.KindEvents {
			err = e.countsNoEvents(node, path)
		}
		return err
	})
	if err != nil {
		return expression{}, err
	}
	return e, nil
}

// implausibleRange refuses a range that reaches beyond its slice, and a
// subquery of too many steps.
func (e *expression) implausibleRange(node parser.Node, path []parser.Node) error {
	if !isRange(node) {
		return nil
	}
	for _, above := range path {
		if _, ok := above.(*parser.SubqueryExpr); ok {
			return at(e.text, node, "reads before its slice, because it is a range inside a subquery: leave the subquery out, as in %s, or record what is inside it by a rule", exampleExpression)
		}
	}
	subquery, ok := node.(*parser.SubqueryExpr)
	if !ok {
		return nil
	}
	switch {
	case subquery.StepExpr != nil:
		return at(e.text, subquery, "has a step that is calculated: write a duration, such as [%s:1m]", burnlist.WindowPlaceholder)
	case subquery.Step == 0:
		return at(e.text, subquery, "is a subquery without a step: write one, such as [%s:1m]", burnlist.WindowPlaceholder)
	case subquery.Step < finestStep:
		return at(e.text, subquery, "has a step of %s, which takes too many evaluations: write %s or more, such as [%s:1m]",
			subquery.Step, finestStep, burnlist.WindowPlaceholder)
	}
	return nil
}

// countsNoEvents refuses what makes of an expression a share, a mean or a flag
// instead of a number of events.
func (e *expression) countsNoEvents(node parser.Node, path []parser.Node) error {
	switch n := node.(type) {
	case *parser.BinaryExpr:
		if n.Op == parser.DIV && holdsRange(n.LHS) && holdsRange(n.RHS) {
			return at(e.text, n, "is a share, not a number of events: give it as a ratio, or its parts as total and bad or good")
		}
		if n.ReturnBool {
			return at(e.text, n, "compares with bool, which makes 0 or 1 of a number of events: leave bool out")
		}
	case *parser.Call:
		if n.Func.Name == "time" {
			return at(e.text, n, "is the time, not a number of events: leave time() out")
		}
	case *parser.MatrixSelector, *parser.SubqueryExpr:
		call := calledWith(path)
		if call != nil && !rates[call.Func.Name] && !counts[call.Func.Name] {
			return at(e.text, call, "is a call of %s, which counts no events: use rate or increase, as in %s, or give it as a ratio",
				call.Func.Name, exampleExpression)
		}
	}
	return nil
}

// calledWith returns the function whose argument the node at the end of a path
// is, in parentheses or not.
func calledWith(path []parser.Node) *parser.Call {
	for _, above := range slices.Backward(path) {
		switch n := above.(type) {
		case *parser.ParenExpr:
		case *parser.Call:
			return n
		default:
			return nil
		}
	}
	return nil
}

// holdsRange reports whether anything in a tree is measured over time.
func holdsRange(tree parser.Expr) bool {
	found := false
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		found = found || isRange(node)
		return nil
	})
	return found
}

func isRange(node parser.Node) bool {
	switch node.(type) {
	case *parser.MatrixSelector, *parser.SubqueryExpr:
		return true
	}
	return false
}
