package budget

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/burnlist/burnlist"
)

func TestOnlyBareSelectorsAreIndicators(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"a name":                {"x_total", ""},
		"matchers":              {`x_total{code=~"5..",job!="a"}`, ""},
		"no name":               {`{job="a"}`, ""},
		"a comment":             {"x_total # of all", ""},
		"braces in a string":    {`x_total{path="/a{b}) or (c"}`, ""},
		"a range":               {"x_total[5m]", "1:1: is a range of samples: only a bare selector"},
		"a subquery":            {"x_total[5m:1m]", "is a subquery"},
		"an offset":             {"x_total offset 5m", "1:1: has a modifier"},
		"a negative offset":     {"x_total offset -5m", "has a modifier"},
		"a time":                {"x_total @ 0", "has a modifier"},
		"the start":             {"x_total @ start()", "has a modifier"},
		"a function":            {"rate(x_total[5m])", "is a call of rate"},
		"an aggregation":        {"sum(x_total)", "is an aggregation by sum"},
		"an operation":          {"x_total or y_total", "is an operation"},
		"parentheses":           {"(x_total)", "is in parentheses"},
		"a number":              {"1", "is a constant"},
		"nothing but a comment": {"# x_total", "is not PromQL"},
		"a wrong brace":         {"x_total{job=\"a\"}}", "1:17: parse error"},
		"two lines":             {"x_total{\n  job=}", "2:7: parse error"},
		"an escape":             {`x_total) or vector(1`, "is not PromQL: 1:9: parse error"},
		"nothing to match":      {`{job=""}`, "at least one non-empty matcher"},
		"everything":            {`{job=~".*"}`, "at least one non-empty matcher"},
	} {
		t.Run(name, func(t *testing.T) {
			err := Check(burnlist.Indicator{Events: &burnlist.Events{Total: "x_total", Good: test.text}})
			if test.want == "" {
				if err != nil {
					t.Errorf("Check: %v", err)
				}
				return
			}
			if burnlist.CodeOf(err) != burnlist.Invalid || !strings.Contains(err.Error(), "indicator.events.good: ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Check: %v, want an invalid good: %s", err, test.want)
			}
		})
	}
}

func TestEveryWrongSelectorIsTold(t *testing.T) {
	err := Check(burnlist.Indicator{Events: &burnlist.Events{Total: "sum(x)", Bad: "x{"}})
	for _, field := range []string{"indicator.events.total: ", "indicator.events.bad: "} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("Check: %v does not tell of %s", err, field)
		}
	}
	for name, i := range map[string]burnlist.Indicator{
		"no events":    {},
		"no total":     {Events: &burnlist.Events{Bad: "x"}},
		"neither":      {Events: &burnlist.Events{Total: "x"}},
		"bad and good": {Events: &burnlist.Events{Total: "x", Bad: "y", Good: "z"}},
	} {
		if err := Check(i); burnlist.CodeOf(err) != burnlist.Invalid {
			t.Errorf("%s: Check: %v, want an invalid indicator", name, err)
		}
	}
}

// TestTheRangeIsAMillisecondShortOfTheWidth keeps 2.x, whose ranges include
// their left edge, and 3.x, whose ranges do not, at the same samples.
func TestTheRangeIsAMillisecondShortOfTheWidth(t *testing.T) {
	got := count("x", burnlist.Duration(5*time.Minute))
	want := "sum(((last_over_time(x[299999ms]) - last_over_time(x[299999ms] offset 300s)) >= 0) or increase(x[299999ms]))"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// FuzzSelector holds that whatever is accepted as a selector stays one inside
// a query: the query parses, it has the selectors that were written and no
// others, and each of them is below its tag.
func FuzzSelector(f *testing.F) {
	for _, seed := range []string{
		`x_total`, `{job="a"}`, `x{a="b\"}) or vector(1) or (x{"}`, `{"my.metric", job=~"a|b"}`, `x # (`, `x{a="$1"}`,
		`{__name__="x",__name__=~"y"}`, "x{a='\n'}", `x{a="\xff"}`, `x offset 5m`, `x) or (y`, `{__name__="sum"}`, `{__name__="a b"}`,
	} {
		f.Add(seed, 300)
	}
	f.Fuzz(func(t *testing.T, text string, width int) {
		indicator := burnlist.Indicator{Events: &burnlist.Events{Total: "all_total", Bad: text}}
		c, err := parse(indicator)
		if err != nil || text == "" {
			return
		}
		if width <= 0 || width > 3600 {
			width = 300
		}
		liveness, err := livenessOf(defaultLiveness)
		if err != nil {
			t.Fatal(err)
		}
		q := query(liveness, []question{{"a", burnlist.Duration(width) * burnlist.Duration(time.Second), c}})
		expr, err := parser.NewParser(parser.Options{}).ParseExpr(q)
		if err != nil {
			t.Fatalf("%s\ndoes not parse: %v", q, err)
		}
		written, err := parser.NewParser(parser.Options{}).ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		tags := map[string][]string{}
		parser.Inspect(expr, func(node parser.Node, path []parser.Node) error {
			v, ok := node.(*parser.VectorSelector)
			if !ok {
				return nil
			}
			tag := ""
			for _, above := range path {
				if call, ok := above.(*parser.Call); ok && call.Func.Name == "label_replace" {
					tag = call.Args[2].(*parser.StringLiteral).Val
				}
			}
			tags[tag] = append(tags[tag], matchers(v))
			return nil
		})
		if len(tags) != 3 || len(tags[aliveTag]) != 1 || len(tags["a/total"]) != 3 || len(tags["a/bad"]) != 3 {
			t.Fatalf("%s\nhas the selectors %q", q, tags)
		}
		for _, got := range tags["a/bad"] {
			if want := matchers(written.(*parser.VectorSelector)); got != want {
				t.Errorf("the selector became %s, want %s", got, want)
			}
		}
	})
}

// matchers prints the matchers of a selector in an order of their own.
func matchers(v *parser.VectorSelector) string {
	var all []string
	for _, m := range v.LabelMatchers {
		all = append(all, m.Name+" "+m.Type.String()+" "+m.Value)
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}
