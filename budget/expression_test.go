package budget

import (
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
)

// refusals holds what Check says of an indicator that is made of each text: if
// want is empty, nothing.
func refusals(t *testing.T, field string, of func(text string) burnlist.Indicator, cases map[string]struct{ text, want string }) {
	t.Helper()
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			err := Check(of(test.text))
			if test.want == "" {
				if err != nil {
					t.Errorf("Check: %v", err)
				}
				return
			}
			if burnlist.CodeOf(err) != burnlist.Invalid || !strings.Contains(err.Error(), field+": ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Check: %v\nwant an invalid %s: %s", err, field, test.want)
			}
		})
	}
}

func good(text string) burnlist.Indicator {
	return burnlist.Indicator{Events: &burnlist.Events{Total: "x_total", Good: text}}
}

func TestWhatCountsEvents(t *testing.T) {
	refusals(t, "indicator.events.good", good, map[string]struct{ text, want string }{
		"a name":                 {"x_total", ""},
		"matchers":               {`x_total{code=~"5..",job!="a"}`, ""},
		"no name":                {`{job="a"}`, ""},
		"a comment":              {"x_total # of all {{.window}}", ""},
		"braces in a string":     {`x_total{path="/a{b}) or (c"}`, ""},
		"a rate":                 {`sum(rate(x_total[{{.window}}]))`, ""},
		"a rate with spaces":     {`sum(rate(x_total[{{ .window	}}]))`, ""},
		"an increase":            {`sum(increase(x_total[ {{.window}} ])) - sum(increase(y_total[{{.window}}] # {{.window}}` + "\n))", ""},
		"a selector beside":      {`sum(increase(x_total[{{.window}}]) and on (job) up)`, ""},
		"a subquery":             {`increase(sum(x)[{{.window}}:1m])`, ""},
		"a range":                {"x_total[5m]", "1:1: is a range of samples: give a bare selector, such as http_requests_total"},
		"a window alone":         {"x_total[{{.window}}]", "1:1: is a range of samples"},
		"a bare subquery":        {"x_total[5m:1m]", "1:1: is a subquery: give"},
		"an offset":              {"x_total offset 5m", "1:1: has a modifier"},
		"a negative offset":      {"x_total offset -5m", "has a modifier"},
		"a time":                 {"x_total @ 0", "has a modifier"},
		"the start":              {"x_total @ start()", "has a modifier"},
		"no window":              {"sum(rate(x_total[5m]))", "1:1: is an aggregation by sum without {{.window}}"},
		"an aggregation":         {" sum(x_total)", "1:2: is an aggregation by sum without {{.window}}"},
		"parentheses":            {"(x_total)", "is in parentheses without {{.window}}"},
		"a number":               {"1", "is a constant: give"},
		"a scalar":               {"scalar(rate(x[{{.window}}]))", "is a call of scalar: give"},
		"a fixed range beside":   {"sum(rate(x[{{.window}}]))\n - sum(rate(y[5m]))", "2:13: has a range of its own: write [{{.window}}] instead"},
		"the stand-in":           {"sum(rate(x[{{.window}}])) - sum(rate(y[123456789ms]))", "has a range of its own"},
		"a fixed subquery":       {"sum_over_time(rate(x[{{.window}}])[1h:1m])", "1:15: has a range of its own: write [{{.window}}:1m]"},
		"an offset inside":       {"sum(rate(x[{{.window}}] offset 1h))", "1:10: has a modifier"},
		"an offset back":         {"sum(rate(x[{{.window}}] offset -1h))", "1:10: has a modifier"},
		"a time inside":          {"sum(rate(x[{{.window}}] @ 12))", "1:10: has a modifier"},
		"the end inside":         {"sum(rate(x[{{.window}}] @ end()))", "1:10: has a modifier"},
		"a modified subquery":    {"max_over_time(rate(x[{{.window}}])[{{.window}}:1m] @ 1)", "1:15: has a modifier"},
		"a selector with offset": {"sum(rate(x[{{.window}}])) + (y offset 1m)", "1:30: has a modifier"},
		"a window as offset":     {"sum(rate(x[{{.window}}] offset {{.window}}))", "1:32: {{.window}} stands for the range"},
		"a window as step":       {"max_over_time(x[{{.window}}:{{.window}}])", "1:29: {{.window}} stands for the range"},
		"a window in a string":   {`sum(rate(x{a="{{.window}}"}[{{.window}}]))`, "1:15: {{.window}} stands for the range"},
		"a window in a name":     {`sum(rate(x{{.window}}[{{.window}}]))`, "1:11: {{.window}} stands for the range"},
		"a window as a number":   {`sum(increase(x[{{.window}}])) / {{.window}}`, "1:33: {{.window}} stands for the range"},
		"rates and increases":    {"sum(rate(x[{{.window}}])) +\nsum(increase(y[{{.window}}]))", "2:5: mixes rate, which is per second, with increase"},
		"a share":                {"sum(rate(x[{{.window}}])) / sum(rate(y[{{.window}}]))", "1:1: is a share, not"},
		"nothing but a comment":  {"# x_total", "is not PromQL"},
		"a wrong brace":          {"x_total{job=\"a\"}}", "1:17: parse error"},
		"two lines":              {"x_total{\n  job=}", "2:7: parse error"},
		"an escape":              {`x_total) or vector(1`, "is not PromQL: 1:9: parse error"},
		"nothing to match":       {`{job=""}`, "at least one non-empty matcher"},
		"everything":             {`{job=~".*"}`, "at least one non-empty matcher"},
		"after a window":         {"rate(x[{{.window}}]) )", "1:23: parse error: unexpected right parenthesis"},
		"the window misplaced":   {"{{.window}} x", `1:13: parse error: unexpected identifier "x"`},
		"another variable":       {"rate(x[$__rate_interval])", "the only variable is {{.window}}"},
		"another template":       {"rate(x[{{.Window}}])", "the only variable is {{.window}}"},
	})
}

func TestWhatIsAGauge(t *testing.T) {
	refusals(t, "indicator.gauge.selector", func(text string) burnlist.Indicator {
		return burnlist.Indicator{Gauge: &burnlist.Gauge{Selector: text}}
	}, map[string]struct{ text, want string }{
		"a selector":    {`up{job="a"}`, ""},
		"an expression": {`avg_over_time(up[{{.window}}])`, "1:1: is a call of avg_over_time: only a bare selector"},
		"an offset":     {`up offset 1m`, "1:1: has a modifier"},
		"no PromQL":     {`up{`, "is not PromQL: 1:4"},
	})
}

func TestWhatIsARatio(t *testing.T) {
	refusals(t, "indicator.ratio.expression", func(text string) burnlist.Indicator {
		return burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: text}}
	}, map[string]struct{ text, want string }{
		"a recording rule": {`job:errors:ratio_rate5m{job="a"}`, ""},
		"an expression":    {`sum(rate(bad[{{.window}}])) / sum(rate(all[{{.window}}]))`, ""},
		"one less":         {`1 - sum(rate(bad[{{.window}}])) / sum(rate(all[{{.window}}]))`, ""},
		"no window":        {`bad / all`, "1:1: is an operation without {{.window}}"},
		"mixed":            {`sum(rate(bad[{{.window}}])) / sum(increase(all[{{.window}}]))`, "1:35: mixes rate"},
	})
}

func TestWhatIsAHistogram(t *testing.T) {
	latency := func(l burnlist.Latency) func(string) burnlist.Indicator {
		return func(selector string) burnlist.Indicator {
			l.Selector, l.Threshold = selector, 0.3
			return burnlist.Indicator{Latency: &l}
		}
	}
	refusals(t, "indicator.latency.selector", latency(burnlist.Latency{Histogram: "h_seconds"}), map[string]struct{ text, want string }{
		"none":              {"", ""},
		"empty braces":      {"{}", ""},
		"labels":            {` {job="a",code!~"5.."} # all`, ""},
		"a name":            {`_foo{job="a"}`, "1:1: is more than label matchers"},
		"a range":           {`{job="a"}[5m]`, "is more than label matchers"},
		"an offset":         {`{job="a"} offset 5m`, "is more than label matchers"},
		"an operation":      {`{job="a"} or x`, "is more than label matchers"},
		"another name":      {`{__name__=~"x"}`, "matches __name__"},
		"the same name":     {`{__name__="h"}`, "matches __name__"},
		"a bucket":          {`{le="1"}`, "matches le"},
		"a wrong brace":     {`{job="a"}}`, "1:10: parse error"},
		"the second line":   {"{job=\"a\",\n b}", "2:3: parse error"},
		"the start of this": {`}`, "1:1: parse error"},
	})
	refusals(t, "indicator.latency.selector", latency(burnlist.Latency{Histogram: "h_seconds", Native: true}), map[string]struct{ text, want string }{
		"labels":        {`{job="a"}`, ""},
		"le is a label": {`{le="1"}`, ""},
		"a range":       {`{job="a"}[5m]`, "is more than label matchers"},
	})
	for name, want := range map[string]string{
		"h_seconds": "", "http.server.duration": "", "ns:h": "",
		"h_seconds_bucket": "ends in _bucket: leave the suffix out, as in h_seconds",
		"h_count":          "ends in _count", "h_sum": "ends in _sum",
		`h{job="a"}`: "is not the name of a metric", "": "is not the name", "1h": "is not the name", "h or x": "is not the name",
	} {
		err := Check(burnlist.Indicator{Latency: &burnlist.Latency{Histogram: name, Threshold: 1}})
		if want == "" {
			if err != nil {
				t.Errorf("%s: Check: %v", name, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), "indicator.latency.histogram: "+want) {
			t.Errorf("%s: Check: %v, want %s", name, err, want)
		}
	}
}

func TestEveryWrongTextIsTold(t *testing.T) {
	for name, test := range map[string]struct {
		i      burnlist.Indicator
		fields []string
	}{
		"events":  {burnlist.Indicator{Events: &burnlist.Events{Total: "sum(x)", Bad: "x{"}}, []string{"indicator.events.total: ", "indicator.events.bad: "}},
		"latency": {burnlist.Indicator{Latency: &burnlist.Latency{Histogram: "h_sum", Selector: "x{"}}, []string{"latency.histogram: ", "latency.selector: "}},
	} {
		err := Check(test.i)
		for _, field := range test.fields {
			if err == nil || !strings.Contains(err.Error(), field) {
				t.Errorf("%s: Check: %v does not tell of %s", name, err, field)
			}
		}
	}
	for name, i := range map[string]burnlist.Indicator{
		"nothing":      {},
		"no total":     {Events: &burnlist.Events{Bad: "x"}},
		"neither":      {Events: &burnlist.Events{Total: "x"}},
		"bad and good": {Events: &burnlist.Events{Total: "x", Bad: "y", Good: "z"}},
	} {
		if err := Check(i); burnlist.CodeOf(err) != burnlist.Invalid {
			t.Errorf("%s: Check: %v, want an invalid indicator", name, err)
		}
	}
}

func TestExpressionsAreExtrapolated(t *testing.T) {
	const rate = `sum(rate(x[{{.window}}]))`
	for name, test := range map[string]struct {
		i    burnlist.Indicator
		want bool
	}{
		"selectors":        {good("y"), false},
		"one expression":   {good(rate), true},
		"a histogram":      {burnlist.Indicator{Latency: &burnlist.Latency{Histogram: "h", Threshold: 1, Native: true}}, false},
		"a gauge":          {burnlist.Indicator{Gauge: &burnlist.Gauge{Selector: "up"}}, false},
		"a recording rule": {burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: "r"}}, false},
		"a ratio of rates": {burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: rate + "/" + rate}}, true},
	} {
		if got := Extrapolated(test.i); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestWindowsAreTheSlice(t *testing.T) {
	for text, want := range map[string]string{
		`sum(rate(x[{{.window}}])) # all`:     "(sum(rate(x[4m59s999ms]))) * 300",
		`sum(increase(x[{{ .window }}])) + 1`: "sum(increase(x[4m59s999ms])) + 1",
		`sum(irate(sum(x)[{{.window}}:30s]))`: "(sum(irate(sum(x)[4m59s999ms:30s]))) * 300",
	} {
		e, err := parseExpression(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.events(burnlist.Duration(5 * time.Minute)); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}
