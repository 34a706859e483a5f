package burnlist_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
)

// promise is a valid SLO but for its indicator.
func promise(i burnlist.Indicator) burnlist.SLO {
	return burnlist.SLO{
		Name: "checkout-availability", Service: "checkout", Source: burnlist.DefaultSource, Objective: 0.999,
		Window: burnlist.DefaultWindow, Slice: burnlist.DefaultSlice, Indicator: i,
	}
}

func TestIndicatorsOfEachKindAreAccepted(t *testing.T) {
	minute := burnlist.Duration(time.Minute)
	for name, i := range map[string]burnlist.Indicator{
		"events by bad":          {Events: &burnlist.Events{Total: "a", Bad: "b"}},
		"events by good, births": {Events: &burnlist.Events{Total: "a", Good: "b", Births: burnlist.CountBirths}},
		"latency":                {Latency: &burnlist.Latency{Histogram: "h", Threshold: 0.5}},
		"native latency":         {Latency: &burnlist.Latency{Histogram: "h", Selector: `{job="api"}`, Threshold: 0.5, Native: true}},
		"gauge":                  {Gauge: &burnlist.Gauge{Selector: "up"}},
		"gauge, missing is bad":  {Gauge: &burnlist.Gauge{Selector: "up", MissingAs: burnlist.MissingBad, Interval: minute, Series: 3}},
		"ratio":                  {Ratio: &burnlist.Ratio{Expression: "job:errors:ratio"}},
	} {
		if err := promise(i).Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestIndicatorsThatCannotCountAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		indicator burnlist.Indicator
		field     string
	}{
		"no kind":                        {burnlist.Indicator{}, "indicator"},
		"two kinds":                      {burnlist.Indicator{Gauge: &burnlist.Gauge{Selector: "up"}, Ratio: &burnlist.Ratio{Expression: "r"}}, "indicator"},
		"no total":                       {burnlist.Indicator{Events: &burnlist.Events{Bad: "b"}}, "indicator.events.total"},
		"bad and good":                   {burnlist.Indicator{Events: &burnlist.Events{Total: "a", Bad: "b", Good: "c"}}, "indicator.events"},
		"births of another word":         {burnlist.Indicator{Events: &burnlist.Events{Total: "a", Bad: "b", Births: "yes"}}, "indicator.events.births"},
		"no histogram":                   {burnlist.Indicator{Latency: &burnlist.Latency{Threshold: 1}}, "indicator.latency.histogram"},
		"threshold of nothing":           {burnlist.Indicator{Latency: &burnlist.Latency{Histogram: "h"}}, "indicator.latency.threshold"},
		"threshold without end":          {burnlist.Indicator{Latency: &burnlist.Latency{Histogram: "h", Threshold: math.Inf(1)}}, "indicator.latency.threshold"},
		"threshold that is no number":    {burnlist.Indicator{Latency: &burnlist.Latency{Histogram: "h", Threshold: math.NaN()}}, "indicator.latency.threshold"},
		"births of a native histogram":   {burnlist.Indicator{Latency: &burnlist.Latency{Histogram: "h", Threshold: 1, Native: true, Births: burnlist.CountBirths}}, "indicator.latency.births"},
		"no gauge":                       {burnlist.Indicator{Gauge: &burnlist.Gauge{}}, "indicator.gauge.selector"},
		"missing as another word":        {burnlist.Indicator{Gauge: &burnlist.Gauge{Selector: "up", MissingAs: "zero"}}, "indicator.gauge.missing_as"},
		"missing counts, no interval":    {burnlist.Indicator{Gauge: &burnlist.Gauge{Selector: "up", MissingAs: burnlist.MissingBad}}, "indicator.gauge.interval"},
		"an interval too long":           {burnlist.Indicator{Gauge: &burnlist.Gauge{Selector: "up", MissingAs: burnlist.MissingGood, Interval: burnlist.Duration(time.Hour)}}, "indicator.gauge.interval"},
		"fewer series than none":         {burnlist.Indicator{Gauge: &burnlist.Gauge{Selector: "up", Series: -1}}, "indicator.gauge.series"},
		"no ratio":                       {burnlist.Indicator{Ratio: &burnlist.Ratio{}}, "indicator.ratio.expression"},
		"an expression of 5,000 bytes":   {burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: strings.Repeat("a", 5000)}}, "indicator.ratio.expression"},
		"an expression with a zero byte": {burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: "a\x00"}}, "indicator.ratio.expression"},
	} {
		t.Run(name, func(t *testing.T) { refusedFor(t, promise(c.indicator).Validate(), c.field) })
	}
}

func TestADefaultThatIsSpelledOutCountsTheSame(t *testing.T) {
	minute := burnlist.Duration(time.Minute)
	for name, pair := range map[string][2]burnlist.Indicator{
		"births of events": {
			{Events: &burnlist.Events{Total: "a", Bad: "b"}},
			{Events: &burnlist.Events{Total: "a", Bad: "b", Births: burnlist.IgnoreBirths}},
		},
		"births of buckets": {
			{Latency: &burnlist.Latency{Histogram: "h", Threshold: 1}},
			{Latency: &burnlist.Latency{Histogram: "h", Threshold: 1, Births: burnlist.IgnoreBirths}},
		},
		"missing samples, one series": {
			{Gauge: &burnlist.Gauge{Selector: "up", Interval: minute}},
			{Gauge: &burnlist.Gauge{Selector: "up", Interval: minute, MissingAs: burnlist.ExcludeMissing, Series: 1}},
		},
	} {
		if !pair[0].Equal(pair[1]) {
			t.Errorf("%s: not equal", name)
		}
	}
	if a, b := (burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: "a"}}), (burnlist.Indicator{Events: &burnlist.Events{Total: "a", Bad: "b"}}); a.Equal(b) || b.Equal(a) {
		t.Error("indicators of two kinds are equal")
	}
}
