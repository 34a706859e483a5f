package budget

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/burnlist/burnlist"
)

// FuzzIndicator holds that whatever is accepted as an indicator stays what it
// is inside a query: the query parses, it is the union of exactly the tagged
// parts that were to be asked, and each of them looks at its own slice and at
// no other time.
func FuzzIndicator(f *testing.F) {
	for _, seed := range []string{
		`x_total`, `{job="a"}`, `x{a="b\"}) or vector(1) or (x{"}`, `{"my.metric", job=~"a|b"}`, `x # (`, `x{a="$1"}`,
		`{__name__="x",__name__=~"y"}`, "x{a='\n'}", `x{a="\xff"}`, `x offset 5m`, `x) or (y`, `{__name__="sum"}`, `{__name__="a b"}`,
		`sum(rate(x[{{.window}}]))`, "sum by (a) (increase(x[{{ .window }}] # )\n)) / 2", `label_replace(rate(x[{{.window}}]), "burnlist", "/alive", "", "")`,
		`-max_over_time(rate(x[{{.window}}])[{{.window}}:1m]) ^ -2`, `rate(x[{{.window}}] offset 1m)`, `rate(x{a="{{.window}}"}[{{.window}}])`,
		`rate(x[{{.window}}]) * on (a) group_left (b) y`, `rate(x[{{.window}}]) @ 1`, `rate(x[123456789ms])`, `quantile(1e-320, rate(x[{{.window}}]))`,
		`irate({"a b", "c d"!="e"}[{{.window}}]) or count_values("burnlist", irate(y[{{.window}}]))`, `rate(x[{{.window}}]) > bool -0x10`, `{}`, `{a="b"} # x`,
	} {
		for kind := range uint8(6) {
			f.Add(kind, seed, `y_total{a!=""}`, 0.3, uint16(300))
			f.Add(kind, "h_seconds", seed, 1e-7, uint16(3600))
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, one, other string, threshold float64, width uint16) {
		i, tags := fuzzed(kind, one, other, threshold)
		slo := sloOf(i)
		slo.Slice = burnlist.Duration(time.Duration(max(width, 2)) * time.Second)
		q, err := newQuestion(slo)
		if err != nil {
			if burnlist.CodeOf(err) != burnlist.Invalid {
				t.Fatalf("the refusal is not that of an invalid indicator: %v", err)
			}
			return
		}
		liveness, err := livenessOf(defaultLiveness)
		if err != nil {
			t.Fatal(err)
		}
		asked := query(liveness, []*question{q})
		tree, err := newParser().ParseExpr(asked)
		if err != nil {
			t.Fatalf("%s\ndoes not parse: %v", asked, err)
		}
		var found []string
		for _, leaf := range leaves(tree) {
			call, ok := leaf.(*parser.Call)
			if !ok || call.Func.Name != "label_replace" || text(call.Args[1]) != tagLabel || text(call.Args[3]) != "" || text(call.Args[4]) != "" {
				t.Fatalf("%s\nis not a union of tagged parts: %s", asked, leaf)
			}
			found = append(found, text(call.Args[2]))
			if p, own := q.part(text(call.Args[2])[len("a/"):]); own {
				looksAtItsSlice(t, call.Args[0], slo.Slice.Std(), p.selector == "")
				if p.selector != "" && i.Latency == nil {
					written := map[string]string{"total": one, "sum": one, "ratio": one, "bad": other, "good": other}[p.name]
					selectsWhatWasWritten(t, call.Args[0], written)
				}
			}
		}
		if !slices.Equal(found, tags) {
			t.Fatalf("%s\nhas the parts %q, want %q", asked, found, tags)
		}
	})
}

// fuzzed makes an indicator of each kind, and says which parts it is to have.
func fuzzed(kind uint8, one, other string, threshold float64) (i burnlist.Indicator, tags []string) {
	switch kind % 6 {
	case 0:
		return burnlist.Indicator{Events: &burnlist.Events{Total: one, Bad: other}}, []string{aliveTag, "a/total", "a/bad"}
	case 1:
		return burnlist.Indicator{Events: &burnlist.Events{Total: one, Good: other, Births: burnlist.CountBirths}}, []string{aliveTag, "a/total", "a/good"}
	case 2:
		if math.IsNaN(threshold) || math.IsInf(threshold, 0) || threshold <= 0 {
			threshold = 0.5 // SLO.Validate refuses what it was
		}
		return burnlist.Indicator{Latency: &burnlist.Latency{Histogram: one, Selector: other, Threshold: threshold}}, []string{aliveTag, "a/total", "a/good"}
	case 3:
		return burnlist.Indicator{Latency: &burnlist.Latency{Histogram: one, Selector: other, Threshold: threshold, Native: true}}, []string{aliveTag, "a/total", "a/good"}
	case 4:
		return burnlist.Indicator{Gauge: &burnlist.Gauge{Selector: one}}, []string{aliveTag, "a/total", "a/sum"}
	default:
		return burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: one}}, []string{aliveTag, "a/ratio"}
	}
}

// leaves returns the operands of a balanced tree of "or" in parentheses.
func leaves(tree parser.Expr) []parser.Expr {
	if p, ok := tree.(*parser.ParenExpr); ok {
		if b, ok := p.Expr.(*parser.BinaryExpr); ok && b.Op == parser.LOR {
			return append(leaves(b.LHS), leaves(b.RHS)...)
		}
	}
	return []parser.Expr{tree}
}

// text returns the value of a string literal.
func text(e parser.Expr) string {
	if s, ok := e.(*parser.StringLiteral); ok {
		return s.Val
	}
	return "no string: " + e.String()
}

// looksAtItsSlice holds that an expression looks at the slice before its
// evaluation, and if it is ours at the slices that it is compared with.
func looksAtItsSlice(t *testing.T, tree parser.Expr, width time.Duration, written bool) {
	t.Helper()
	ranges := []time.Duration{width - time.Millisecond, width + burnlist.Day - time.Millisecond}
	offsets := []time.Duration{0, width, 2 * width}
	if written {
		ranges, offsets = ranges[:1], offsets[:1]
	}
	at := func(offset time.Duration, timestamp *int64, startOrEnd parser.ItemType) {
		if timestamp != nil || startOrEnd != 0 || !slices.Contains(offsets, offset) {
			t.Errorf("%s looks at another time", tree)
		}
	}
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			at(n.OriginalOffset, n.Timestamp, n.StartOrEnd)
		case *parser.MatrixSelector:
			if !slices.Contains(ranges, n.Range) {
				t.Errorf("%s looks at a range of %s", tree, n.Range)
			}
		case *parser.SubqueryExpr:
			at(n.OriginalOffset, n.Timestamp, n.StartOrEnd)
			if !slices.Contains(ranges, n.Range) {
				t.Errorf("%s looks at a range of %s", tree, n.Range)
			}
		case *parser.Call:
			if n.Func.Name == "label_replace" && !written {
				t.Errorf("%s replaces another label", tree)
			}
		}
		return nil
	})
}

// selectsWhatWasWritten holds that all selectors of an expression have the
// matchers of the one that was written.
func selectsWhatWasWritten(t *testing.T, tree parser.Expr, written string) {
	t.Helper()
	matchers := func(v *parser.VectorSelector) (all []string) {
		for _, m := range v.LabelMatchers {
			all = append(all, m.Name+" "+m.Type.String()+" "+m.Value)
		}
		slices.Sort(all)
		return all
	}
	parsed, err := newParser().ParseExpr(written)
	if err != nil {
		t.Fatal(err)
	}
	want := matchers(parsed.(*parser.VectorSelector))
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		if v, ok := node.(*parser.VectorSelector); ok && v.Name != "up" && !slices.Equal(matchers(v), want) {
			t.Errorf("the selector %s became %s", written, v)
		}
		return nil
	})
}
