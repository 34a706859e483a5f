package budget

import (
	"testing"

	"github.com/burnlist/burnlist"
)

const (
	badRate   = `sum(rate(bad[{{.window}}]))`
	totalRate = `sum(rate(total[{{.window}}]))`
)

func TestSharesAndFlagsCountNoEvents(t *testing.T) {
	refusals(t, "indicator.events.good", good, map[string]struct{ text, want string }{
		"a sum of a rate":          {`sum(rate(x{code=~"5.."}[{{.window}}]))`, ""},
		"a rate alone":             {`rate(x[{{.window}}])`, ""},
		"a rate in parentheses":    {`sum(rate((x[{{.window}}])))`, ""},
		"sums of rates":            {badRate + " + " + totalRate, ""},
		"a difference":             {totalRate + " - " + badRate, ""},
		"an increase":              {`sum(increase(x[{{.window}}]))`, ""},
		"counted samples":          {`sum(count_over_time(x[{{.window}}]))`, ""},
		"summed samples":           {`sum(sum_over_time(x[{{.window}}]))`, ""},
		"nothing is none":          {badRate + ` or vector(0)`, ""},
		"buckets":                  {`sum(rate(h_bucket{le="+Inf"}[{{.window}}])) - sum(rate(h_bucket{le="0.5"}[{{.window}}]))`, ""},
		"a native histogram":       {`histogram_count(sum(rate(h[{{.window}}])))`, ""},
		"a fraction of many":       {`histogram_fraction(0, 0.5, sum(rate(h[{{.window}}]))) * histogram_count(sum(rate(h[{{.window}}])))`, ""},
		"half":                     {totalRate + ` / 2`, ""},
		"one of many":              {totalRate + ` / on() count(up)`, ""},
		"a filter":                 {totalRate + ` > 0`, ""},
		"a sampled counter":        {`rate(sum(x)[{{.window}}:10s])`, ""},
		"a step in seconds":        {`rate(sum(x)[{{.window}}:60])`, ""},
		"a share":                  {badRate + " / " + totalRate, "1:1: is a share, not a number of events: give it as a ratio"},
		"a share or none":          {"(" + badRate + "/" + totalRate + ") or vector(0)", "1:2: is a share"},
		"a clamped share":          {"clamp_max(" + badRate + "/" + totalRate + ", 1)", "1:11: is a share"},
		"what a share leaves":      {"1 -\n " + badRate + "/" + totalRate, "2:2: is a share"},
		"a share of samples":       {`sum(x) > avg_over_time(x[{{.window}}]) / count_over_time(x[{{.window}}])`, "1:10: is a share"},
		"a mean":                   {`avg_over_time(x[{{.window}}])`, "1:1: is a call of avg_over_time, which counts no events: use rate or increase"},
		"a newest":                 {`sum(last_over_time(x[{{.window}}]))`, "1:5: is a call of last_over_time"},
		"a presence":               {`sum(present_over_time(x[{{.window}}]))`, "1:5: is a call of present_over_time"},
		"an absence":               {badRate + ` or absent_over_time(x[{{.window}}])`, "1:32: is a call of absent_over_time"},
		"a lowest":                 {`min_over_time(x[{{.window}}])`, "1:1: is a call of min_over_time"},
		"a highest":                {`max_over_time(x[{{.window}}])`, "1:1: is a call of max_over_time"},
		"a highest of many":        {`max_over_time(sum(x)[{{.window}}:1m])`, "1:1: is a call of max_over_time"},
		"a highest in parentheses": {`max_over_time((x[{{.window}}]))`, "1:1: is a call of max_over_time"},
		"a quantile":               {`quantile_over_time(0.5, x[{{.window}}])`, "1:1: is a call of quantile_over_time"},
		"a deviation":              {`stddev_over_time(x[{{.window}}])`, "1:1: is a call of stddev_over_time"},
		"a guess":                  {`predict_linear(x[{{.window}}], 60)`, "1:1: is a call of predict_linear"},
		"a mean beside a rate":     {badRate + "\n+ sum(avg_over_time(x[{{.window}}]))", "2:7: is a call of avg_over_time"},
		"the time":                 {`time() - ` + totalRate, "1:1: is the time, not a number of events: leave time() out"},
		"the time deep inside":     {totalRate + ` * on() vector(time())`, "1:45: is the time"},
		"a flag":                   {totalRate + ` > bool 0`, "1:1: compares with bool, which makes 0 or 1 of a number of events: leave bool out"},
		"a flag deep inside":       {`sum(` + totalRate + ` == bool 0) or vector(0)`, "1:5: compares with bool"},
	})
	i := burnlist.Indicator{Events: &burnlist.Events{Total: badRate + " / " + totalRate, Bad: "avg_over_time(x[{{.window}}])"}}
	for field, want := range map[string]string{"total": "1:1: is a share", "bad": "1:1: is a call of avg_over_time"} {
		refusals(t, "indicator.events."+field, func(string) burnlist.Indicator { return i },
			map[string]struct{ text, want string }{"in " + field: {"", want}})
	}
}

func TestRatiosMayBeSharesAndMeans(t *testing.T) {
	refusals(t, "indicator.ratio.expression", ratio, map[string]struct{ text, want string }{
		"a share":           {badRate + " / " + totalRate, ""},
		"a share or none":   {"(" + badRate + "/" + totalRate + ") or vector(0)", ""},
		"a clamped share":   {"clamp_max(" + badRate + "/" + totalRate + ", 1)", ""},
		"a mean":            {`1 - avg_over_time(up[{{.window}}])`, ""},
		"a mean of a share": {`avg_over_time((sum(bad) / sum(total))[{{.window}}:10s])`, ""},
		"a mean of a flag":  {`avg_over_time((queue > bool 100)[{{.window}}:1m])`, ""},
		"a newest":          {`last_over_time(r[{{.window}}])`, ""},
		"a flag":            {`avg_over_time(r[{{.window}}]) > bool 0.5`, ""},
		"an age":            {`(time() - max(last_over_time(seen[{{.window}}]))) / 86400`, ""},
		"a mean of a rate":  {`avg_over_time(rate(x[{{.window}}])[{{.window}}:1m])`, "1:20: reads before its slice"},
		"means of two":      {`avg_over_time(r[{{.window}}:1m]) + avg_over_time(s[{{.window}}:30s])`, ""},
	})
}

func TestSubqueriesStayInTheirSlice(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"an increase inside":       {`sum_over_time(increase(x[{{.window}}])[{{.window}}:1m])`, "1:24: reads before its slice, because it is a range inside a subquery"},
		"an increase deep inside":  {"sum_over_time(\n(sum by (a) (increase(x[{{.window}}])) + 1)[{{.window}}:1m])", "2:23: reads before its slice"},
		"a subquery in a subquery": {`sum_over_time(increase(x[{{.window}}:1m])[{{.window}}:1m])`, "1:24: reads before its slice"},
		"a parameter":              {`sum_over_time(topk(scalar(increase(x[{{.window}}])), y)[{{.window}}:1m])`, "1:36: reads before its slice"},
		"no step":                  {`sum_over_time(x[{{.window}}:])`, "1:15: is a subquery without a step: write one, such as [{{.window}}:1m]"},
		"a millisecond":            {`sum_over_time(x[{{.window}}:1ms])`, "1:15: has a step of 1ms, which takes too many evaluations: write 10s or more"},
		"almost ten seconds":       {`sum_over_time(x[{{.window}}:9s999ms])`, "1:15: has a step of 9.999s"},
		"nine seconds":             {`sum_over_time(x[{{.window}}:9])`, "1:15: has a step of 9s"},
		"a short one beside":       {"sum_over_time(x[{{.window}}:1m]) +\n sum_over_time(y[{{.window}}:5s])", "2:16: has a step of 5s"},
		"a calculated step":        {`sum_over_time(x[{{.window}}:5s*2])`, "is not PromQL"},
		"no time at all":           {`sum_over_time(x[{{.window}}:0s])`, "is not PromQL"},
	}
	t.Run("events", func(t *testing.T) { refusals(t, "indicator.events.good", good, cases) })
	t.Run("ratio", func(t *testing.T) { refusals(t, "indicator.ratio.expression", ratio, cases) })
}

func ratio(text string) burnlist.Indicator {
	return burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: text}}
}
