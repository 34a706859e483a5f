package budget

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/burnlist/burnlist"
)

// expression is a text of an indicator: a bare selector, or a full expression
// that counts over burnlist.WindowPlaceholder. It is used by one goroutine at
// a time.
//
// What is asked is printed from the tree that the parser made, never pasted
// from the text, so that no comment and no bracket of it reaches into the rest
// of a query.
type expression struct {
	text      string
	tree      parser.Expr
	bare      bool // it is a selector
	perSecond bool // its functions give events per second, not events
}

// placeholder matches what stands for the window in a full expression.
var placeholder = regexp.MustCompile(`\{\{[ \t]{0,8}\.window[ \t]{0,8}\}\}`)

// While an expression is parsed, a duration of exactly the placeholder's
// length stands in its place, so that positions in messages are those of the
// text that was written.
const standIn = 123456789 * time.Millisecond

var standInText = regexp.MustCompile(`0*123456789ms`)

const (
	exampleSelector   = `http_requests_total{job="api"}`
	exampleExpression = `sum(rate(http_requests_total{job="api"}[` + burnlist.WindowPlaceholder + `]))`
)

func newParser() parser.Parser { return parser.NewParser(parser.Options{}) }

// parseExpression reads a selector or a full expression. Its errors tell the
// position, as line:column, and what to do.
func parseExpression(text string) (expression, error) {
	replaced := placeholder.ReplaceAllStringFunc(text, func(found string) string {
		return fmt.Sprintf("%0*dms", len(found)-len("ms"), standIn.Milliseconds())
	})
	tree, err := newParser().ParseExpr(replaced)
	if err != nil {
		return expression{}, noPromQL(text, err)
	}
	e := expression{text: text, tree: tree}
	if v, ok := tree.(*parser.VectorSelector); ok {
		e.bare = true
		if modified(v.OriginalOffset, v.OriginalOffsetExpr, v.Timestamp, v.StartOrEnd) || v.Anchored || v.Smoothed {
			return expression{}, at(replaced, v, "has a modifier: leave offset and @ out, because each slice is asked for at its own time")
		}
	}
	// The lexer tells a placeholder that is a range from one that has become
	// part of a string, a name or a number.
	windows, err := windowsIn(replaced, placeholder.FindAllStringIndex(text, -1))
	if err != nil {
		return expression{}, err
	}
	if err := e.printable(); err != nil {
		return expression{}, err
	}
	if e.bare {
		return e, nil
	}
	if t := tree.Type(); t != parser.ValueTypeVector {
		return expression{}, at(replaced, tree, "is %s: give a bare selector, such as %s, or an expression of one series, such as %s",
			kindOf(tree), exampleSelector, exampleExpression)
	}
	if windows == 0 {
		return expression{}, at(replaced, tree, "is %s without %s: write it where the range belongs, such as in %s, or give a bare selector, such as %s",
			kindOf(tree), burnlist.WindowPlaceholder, exampleExpression, exampleSelector)
	}
	if err := e.inspect(replaced, windows); err != nil {
		return expression{}, err
	}
	return e, nil
}

// parseSelector reads a text that must be a bare selector.
func parseSelector(text string) (expression, error) {
	e, err := parseExpression(text)
	if err == nil && !e.bare {
		err = at(text, e.tree, "is %s: only a bare selector is accepted here, such as %s", kindOf(e.tree), exampleSelector)
	}
	return e, err
}

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
		switch n := node.(type) {
		case *parser.VectorSelector:
			if modified(n.OriginalOffset, n.OriginalOffsetExpr, n.Timestamp, n.StartOrEnd) || n.Anchored || n.Smoothed {
				refuse(n, "has a modifier: leave offset and @ out, because each slice is asked for at its own time")
			}
		case *parser.MatrixSelector:
			ranged++
			if n.Range != standIn || n.RangeExpr != nil {
				refuse(n, "has a range of its own: write [%s] instead, for the slice that is asked for", burnlist.WindowPlaceholder)
			}
		case *parser.SubqueryExpr:
			if modified(n.OriginalOffset, n.OriginalOffsetExpr, n.Timestamp, n.StartOrEnd) {
				refuse(n, "has a modifier: leave offset and @ out, because each slice is asked for at its own time")
			}
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

// countsEvents refuses an expression that is a share of events, not a number of
// them.
func (e *expression) countsEvents() error {
	tree := e.tree
	for {
		p, ok := tree.(*parser.ParenExpr)
		if !ok {
			break
		}
		tree = p.Expr
	}
	share, ok := tree.(*parser.BinaryExpr)
	if !ok || share.Op != parser.DIV || !measures(share.LHS) || !measures(share.RHS) {
		return nil
	}
	return at(e.text, share, "is a share, not a number of events: give it as a ratio, or its parts as total and bad or good")
}

// measures reports whether an expression counts anything over time.
func measures(tree parser.Expr) bool {
	found := false
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		call, ok := node.(*parser.Call)
		found = found || ok && (rates[call.Func.Name] || counts[call.Func.Name])
		return nil
	})
	return found
}

// later returns the node that begins later in the text.
func later(a, b parser.Node) parser.Node {
	if a.PositionRange().Start > b.PositionRange().Start {
		return a
	}
	return b
}

func modified(offset time.Duration, offsetExpr *parser.DurationExpr, timestamp *int64, startOrEnd parser.ItemType) bool {
	return offset != 0 || offsetExpr != nil || timestamp != nil || startOrEnd != 0
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

// selector prints a bare selector.
func (e *expression) selector() string { return e.tree.String() }

// over prints a full expression for slices of the given width.
func (e *expression) over(width burnlist.Duration) string {
	window := width.Std() - time.Millisecond // as in windowOf
	parser.Inspect(e.tree, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.MatrixSelector:
			n.Range = window
		case *parser.SubqueryExpr:
			n.Range = window
		}
		return nil
	})
	return e.tree.String()
}

// events prints a full expression as a number of events in a slice of the
// given width.
func (e *expression) events(width burnlist.Duration) string {
	printed := e.over(width)
	if e.perSecond {
		printed = "(" + printed + ") * " + strconv.FormatInt(seconds(width), 10)
	}
	return printed
}

// selectors prints the selectors in the expression, in order, each once.
func (e *expression) selectors() []string {
	var all []string
	seen := map[string]bool{}
	parser.Inspect(e.tree, func(node parser.Node, _ []parser.Node) error {
		if v, ok := node.(*parser.VectorSelector); ok && !seen[v.String()] {
			seen[v.String()] = true
			all = append(all, v.String())
		}
		return nil
	})
	return all
}

// written says what was written, in one line.
func (e *expression) written() string {
	if e.bare {
		return e.selector()
	}
	return clip(e.text)
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
