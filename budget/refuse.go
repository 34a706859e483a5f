package budget

import (
	"errors"
	"fmt"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/burnlist/burnlist"
)

// windowsIn counts the placeholders that stand for a range. Those in comments
// do not count; any other is an error.
func windowsIn(replaced string, found [][]int) (int, error) {
	if len(found) == 0 {
		return 0, nil
	}
	windows := 0
	lexer := parser.Lex(replaced)
	opened := false // by a bracket just before
	for len(found) > 0 {
		var item parser.Item
		lexer.NextItem(&item)
		start, end := int(item.Pos), int(item.Pos)+len(item.Val)
		for len(found) > 0 && found[0][0] < end {
			switch {
			case item.Typ == parser.COMMENT:
			case opened && item.Typ == parser.DURATION && start == found[0][0] && end == found[0][1]:
				windows++
			default:
				return 0, fmt.Errorf("%s: %s stands for the range of time, as in [%[2]s], and for nothing else: move it there",
					position(replaced, found[0][0]), burnlist.WindowPlaceholder)
			}
			found = found[1:]
		}
		if item.Typ == parser.EOF || item.Typ == parser.ERROR {
			break
		}
		if item.Typ != parser.COMMENT {
			opened = item.Typ == parser.LEFT_BRACKET
		}
	}
	return windows, nil
}

// Functions that say how much per second, and those that say how much.
var (
	rates  = map[string]bool{"rate": true, "irate": true, "deriv": true}
	counts = map[string]bool{
		"increase": true, "delta": true, "idelta": true, "changes": true, "resets": true,
		"count_over_time": true, "sum_over_time": true,
	}
)

// inspect refuses what would not count the events of exactly one slice, and
// finds out what the expression's unit is.
func (e *expression) inspect(text string, windows int) error {
	var rate, count *parser.Call
	var first error
	refuse := func(node parser.Node, format string, args ...any) {
		if first == nil {
			first = at(text, node, format, args...)
		}
	}
	ranged := 0
	parser.Inspect(e.tree, func(node parser.Node, _ []parser.Node) error {
		if modified(node) {
			refuse(node, hasModifier)
		}
		switch n := node.(type) {
		case *parser.MatrixSelector:
			ranged++
			if n.Range != standIn || n.RangeExpr != nil {
				refuse(n, "has a range of its own: write [%s] instead, for the slice that is asked for", burnlist.WindowPlaceholder)
			}
		case *parser.SubqueryExpr:
			ranged++
			if n.Range != standIn || n.RangeExpr != nil {
				refuse(n, "has a range of its own: write [%s:1m] instead, for the slice that is asked for", burnlist.WindowPlaceholder)
			}
		case *parser.Call:
			switch {
			case rates[n.Func.Name] && rate == nil:
				rate = n
			case counts[n.Func.Name] && count == nil:
				count = n
			}
		}
		return nil
	})
	if ranged > windows { // somebody wrote the stand-in
		refuse(e.tree, "has a range of its own: write [%s] instead, for the slice that is asked for", burnlist.WindowPlaceholder)
	}
	if rate != nil && count != nil {
		refuse(later(rate, count), "mixes %s, which is per second, with %s, which is not: use one of them throughout", rate.Func.Name, count.Func.Name)
	}
	e.perSecond = rate != nil
	return first
}

// later returns the node that begins later in the text.
func later(a, b parser.Node) parser.Node {
	if a.PositionRange().Start > b.PositionRange().Start {
		return a
	}
	return b
}

const hasModifier = "has a modifier: leave offset and @ out, because each slice is asked for at its own time"

// modified reports whether a selector or a subquery looks at another time than
// its slice's, or over the edges of it.
func modified(node parser.Node) bool {
	switch n := node.(type) {
	case *parser.VectorSelector:
		return n.OriginalOffset != 0 || n.OriginalOffsetExpr != nil || n.Timestamp != nil || n.StartOrEnd != 0 || n.Anchored || n.Smoothed
	case *parser.SubqueryExpr:
		return n.OriginalOffset != 0 || n.OriginalOffsetExpr != nil || n.Timestamp != nil || n.StartOrEnd != 0
	}
	return false
}

// printable makes sure that what is printed is read again as the same.
func (e *expression) printable() error {
	printed := e.tree.String()
	again, err := newParser().ParseExpr(printed)
	if err != nil || again.String() != printed || again.Type() != e.tree.Type() {
		return errors.New("cannot be written out again without a change of meaning: write it more plainly")
	}
	return nil
}

// at makes an error about the place where a node begins.
func at(text string, node parser.Node, format string, args ...any) error {
	return fmt.Errorf("%s: "+format, append([]any{position(text, int(node.PositionRange().Start))}, args...)...)
}

// position writes a place in a text as line:column, both from 1.
func position(text string, offset int) string {
	before := text[:min(max(offset, 0), len(text))]
	return fmt.Sprintf("%d:%d", strings.Count(before, "\n")+1, len(before)-strings.LastIndexByte(before, '\n'))
}

// noPromQL says why a text does not parse, in the parser's words.
func noPromQL(text string, err error) error {
	said := err.Error()
	if errs, ok := errors.AsType[parser.ParseErrors](err); ok && len(errs) > 0 {
		said = errs[0].Error()
	}
	said = standInText.ReplaceAllString(said, burnlist.WindowPlaceholder)
	if !placeholder.MatchString(text) && strings.ContainsAny(text, "$") || strings.Contains(placeholder.ReplaceAllString(text, ""), "{{") {
		said += "; the only variable is " + burnlist.WindowPlaceholder
	}
	return fmt.Errorf("is not PromQL: %s", said)
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
