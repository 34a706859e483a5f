package budget

import (
	"fmt"
	"regexp"
	"strconv"
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
		if modified(v) {
			return expression{}, at(replaced, v, hasModifier)
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

// selector prints a bare selector.
func (e *expression) selector() string { return e.tree.String() }

// over prints a full expression for slices of the given width.
func (e *expression) over(width burnlist.Duration) string {
	parser.Inspect(e.tree, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.MatrixSelector:
			n.Range = window(width)
		case *parser.SubqueryExpr:
			n.Range = window(width)
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
