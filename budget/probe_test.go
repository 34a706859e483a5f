package budget

import (
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/promengine"
)

// noon is when the probes of these tests are made.
var noon = midnight.Add(36 * time.Hour)

// since is a series from so many minutes before noon on, a sample every so
// many minutes.
func since(name string, minutes, every int, step float64) promengine.Series {
	var samples []promengine.Sample
	for at := -minutes; at < 0; at += every {
		v := 1.0
		if step != 0 {
			v = float64(at+minutes) * step
		}
		samples = append(samples, promengine.Sample{T: noon.Add(time.Duration(at)*time.Minute + 13*time.Second).UnixMilli(), V: v})
	}
	return promengine.Series{Labels: labelled(name), Samples: promengine.Fixed(samples)}
}

const wholeDay = 36 * 60

func alive() promengine.Series { return since("up", wholeDay, 1, 0) }

func TestAProbeTellsWhatIsOddAndRefusesWhatCannotWork(t *testing.T) {
	x, y := since("x_total", wholeDay, 1, 5), since("y_total", wholeDay, 1, 1)
	histogram := []promengine.Series{
		since(`h_seconds_count{job="a"}`, wholeDay, 1, 5), since(`h_seconds_bucket{job="a",le="0.25"}`, wholeDay, 1, 1),
		since(`h_seconds_bucket{job="a",le="0.5"}`, wholeDay, 1, 2), since(`h_seconds_bucket{job="a",le="1.0"}`, wholeDay, 1, 3),
		since(`h_seconds_bucket{job="a",le="+Inf"}`, wholeDay, 1, 5),
	}
	nativeOnly := natives(wholeDay, 0, 7, 3)
	pods := func(name string) []promengine.Series {
		return []promengine.Series{since(name+`{pod="a"}`, wholeDay, 1, 5), since(name+`{pod="b"}`, wholeDay, 1, 5)}
	}
	gauge := func(g burnlist.Gauge) burnlist.Indicator { g.Selector = "g"; return burnlist.Indicator{Gauge: &g} }
	const minute = burnlist.Duration(time.Minute)
	for name, test := range map[string]struct {
		i       burnlist.Indicator
		all     []promengine.Series
		refused string // field and message
		notes   []string
	}{
		"all well":             {counters("y_total"), []promengine.Series{x, y}, "", nil},
		"a good expression":    {burnlist.Indicator{Events: &burnlist.Events{Total: "sum(rate(x_total[{{.window}}]))", Bad: "y_total"}}, append(pods("x_total"), y), "", nil},
		"no bad":               {counters("y_total"), []promengine.Series{x}, "", []string{"no series of bad events, y_total,"}},
		"nothing":              {counters("y_total"), nil, "", []string{"nothing was seen of total, x_total", "no series of bad"}},
		"no good":              {good("y_total"), []promengine.Series{x}, "", []string{"nothing was seen of good, y_total"}},
		"born lately":          {counters("y_total"), []promengine.Series{x, since("y_total", 30, 1, 1)}, "", []string{"1 of 1 series of bad are not older than an hour: events before"}},
		"too wide an interval": {counters("y_total"), []promengine.Series{since("x_total", wholeDay, 4, 5), y}, "", []string{"two samples, 4m0s apart, do not fit into a slice of 5m: use slices of 10m"}},
		"an expression of two": {
			burnlist.Indicator{Events: &burnlist.Events{Total: "rate(x_total[{{.window}}])", Bad: "y_total"}},
			append(pods("x_total"), y),
			"indicator.events.total: has 2 series, which differ in pod: select one",
			nil,
		},
		"a ratio of two":         {burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: "r"}}, pods("r"), "indicator.ratio.expression: has 2 series, which differ in pod", nil},
		"a boundary":             {latency(1), histogram, "", nil},
		"between boundaries":     {latency(0.3), histogram, "indicator.latency.threshold: 0.3 is no boundary of the buckets of h_seconds: use 0.25 or 0.5", nil},
		"below all boundaries":   {latency(0.1), histogram, "indicator.latency.threshold: 0.1 is no boundary of the buckets of h_seconds: use 0.25", nil},
		"above all boundaries":   {latency(3), histogram, "indicator.latency.threshold: 3 is no boundary of the buckets of h_seconds: use 1", nil},
		"no histogram":           {latency(3), nil, "", []string{"nothing was seen of total, h_seconds_count"}},
		"a histogram in part":    {latency(1), append([]promengine.Series{since(`h_seconds_count{job="a",pod="x"}`, wholeDay, 1, 5)}, histogram...), "", []string{"only 1 of 2 series of h_seconds have a bucket up to 1"}},
		"native after all":       {latency(1), []promengine.Series{nativeOnly}, "indicator.latency.native: is not set, but h_seconds is a native histogram only", []string{"nothing was seen"}},
		"classic after all":      {native(1), histogram, "indicator.latency.native: is set, but h_seconds has classic buckets only", []string{"nothing was seen"}},
		"native":                 {native(0.7), []promengine.Series{nativeOnly}, "", nil},
		"a gauge":                {gauge(burnlist.Gauge{MissingAs: burnlist.MissingBad, Interval: minute}), []promengine.Series{since("g", wholeDay, 1, 0)}, "", nil},
		"a gauge of more":        {gauge(burnlist.Gauge{MissingAs: burnlist.MissingBad, Interval: minute}), []promengine.Series{since(`g{pod="a"}`, wholeDay, 1, 0), since(`g{pod="b"}`, wholeDay, 1, 0)}, "", []string{"has 2 series, and 1 are expected"}},
		"a gauge above 1":        {gauge(burnlist.Gauge{}), []promengine.Series{since("g", wholeDay, 1, 5)}, "indicator.gauge.selector: is no gauge between 0 and 1: it had values from 10", nil},
		"a gauge below 0":        {gauge(burnlist.Gauge{}), []promengine.Series{since("g", 30, 1, -0.01)}, "indicator.gauge.selector: is no gauge between 0 and 1: it had values from -0.", nil},
		"a gauge at other times": {gauge(burnlist.Gauge{MissingAs: burnlist.MissingBad, Interval: minute}), []promengine.Series{since("g", wholeDay, 2, 0)}, "", []string{"samples are 2m0s apart, and are expected every 1m"}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := sourceOf(t, append(test.all, alive())).Probe(t.Context(), *sloOf(test.i), noon)
			if err != nil {
				t.Fatal(err)
			}
			refused := (&burnlist.Error{Details: p.Refusals}).Error()
			if !strings.HasPrefix(refused, test.refused) || (refused == "") != (test.refused == "") {
				t.Errorf("refused %q, want %q", refused, test.refused)
			}
			told := len(p.Notes) == len(test.notes)
			for i := range test.notes {
				told = told && strings.Contains(p.Notes[i], test.notes[i])
			}
			if !told || p.Notes == nil {
				t.Errorf("notes %q, want %q", p.Notes, test.notes)
			}
		})
	}
}

func TestAProbeSeesIntervalsSeriesAndSamples(t *testing.T) {
	all := []promengine.Series{alive(), since(`x_total{pod="a"}`, wholeDay, 2, 5), since(`x_total{pod="b"}`, 30, 2, 5), since(`x_total{pod="c"}`, wholeDay, 2, 5)}
	p, err := sourceOf(t, all).Probe(t.Context(), *sloOf(counters("y_total")), noon)
	if err != nil {
		t.Fatal(err)
	}
	if p.Interval != 2*time.Minute || p.Seen[0] != (Seen{Name: "total", Series: 3, Born: 1}) || p.Seen[1] != (Seen{Name: "bad"}) || p.Samples < 6 || p.Samples > 9 {
		t.Errorf("%+v", p)
	}
}

func TestAProbeIsOfNowHoweverWideTheSlices(t *testing.T) {
	all := []promengine.Series{since(`h_seconds_count{job="a"}`, 40, 1, 5), since(`h_seconds_bucket{job="a",le="0.25"}`, 40, 1, 1), since(`h_seconds_bucket{job="a",le="+Inf"}`, 40, 1, 5), alive()}
	for _, width := range burnlist.SliceWidths {
		slo := sloOf(latency(0.3))
		slo.Slice = width
		p, err := sourceOf(t, all).Probe(t.Context(), *slo, noon.Add(-4*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Refusals) != 1 || p.Interval != time.Minute {
			t.Errorf("slices of %s: refusals %v, interval %s, want that 0.3 is no boundary", width, p.Refusals, p.Interval)
		}
	}
}

func TestAPreviewTellsOfWhatCannotBe(t *testing.T) {
	x, y := since("x_total", wholeDay, 1, 1), since("y_total", wholeDay, 1, 5)
	for name, test := range map[string]struct {
		all  []promengine.Series
		told bool
	}{
		"more bad events than events": {[]promengine.Series{x, y, alive()}, true},
		"all well":                    {[]promengine.Series{since("x_total", wholeDay, 1, 5), since("y_total", wholeDay, 1, 1), alive()}, false},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := sourceOf(t, test.all).Preview(t.Context(), *sloOf(counters("y_total")), burnlist.DefaultPolicy(), nil, noon)
			if err != nil {
				t.Fatal(err)
			}
			told := slices.ContainsFunc(v.Notes, func(n string) bool { return strings.Contains(n, "there were more bad events than events") })
			if told != test.told || told != (v.Figures.Violations > 0) {
				t.Errorf("%d violations, notes %q", v.Figures.Violations, v.Notes)
			}
		})
	}
}

func TestASliceHoldsTwoSamples(t *testing.T) {
	for interval, want := range map[time.Duration]burnlist.Duration{
		0: fiveMinutes, 15 * time.Second: fiveMinutes, 150 * time.Second: fiveMinutes, 151 * time.Second: 2 * fiveMinutes,
		5 * time.Minute: 2 * fiveMinutes, 10 * time.Minute: 6 * fiveMinutes, 30 * time.Minute: 12 * fiveMinutes, 2 * time.Hour: 12 * fiveMinutes,
	} {
		if got := Width(interval); got != want {
			t.Errorf("samples every %s: slices of %s, want %s", interval, got, want)
		}
	}
}

func TestASourceThatDoesNotAnswerIsUnavailable(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	source, err := NewSource(SourceConfig{Name: "x", URL: server.URL}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if source.Name() != "x" {
		t.Errorf("its name is %q", source.Name())
	}
	slo := *sloOf(counters("y_total"))
	if _, err := source.Probe(t.Context(), slo, noon); burnlist.CodeOf(err) != burnlist.Unavailable {
		t.Errorf("Probe: %v, want that it is unavailable", err)
	}
	if _, err := source.Preview(t.Context(), slo, burnlist.DefaultPolicy(), nil, noon); burnlist.CodeOf(err) != burnlist.Unavailable {
		t.Errorf("Preview: %v, want that it is unavailable", err)
	}
	if _, err := source.Probe(t.Context(), *sloOf(counters("y{")), noon); burnlist.CodeOf(err) != burnlist.Invalid {
		t.Errorf("Probe of no PromQL: %v, want that it is invalid", err)
	}
}

// months is 120 days up to noon of traffic that differs by the hour, with an
// incident now and then, counted every two minutes.
func months() []promengine.Series {
	counter := func(name string, each func(minute int) float64) promengine.Series {
		var samples []promengine.Sample
		v := 0.0
		for at := -120 * 24 * 60; at < 0; at += 2 {
			v += math.Floor(each(at))
			samples = append(samples, promengine.Sample{T: noon.Add(time.Duration(at)*time.Minute + 13*time.Second).UnixMilli(), V: v})
		}
		return promengine.Series{Labels: labelled(name), Samples: promengine.Fixed(samples)}
	}
	traffic := func(minute int) float64 { return 1000 * (2 + math.Sin(float64(minute)/230)) }
	return []promengine.Series{
		counter("up", func(int) float64 { return 1 }),
		counter("x_total", traffic),
		counter("y_total", func(minute int) float64 {
			if week := minute / (24 * 60 * 7); week%3 == 0 && (minute%(24*60*7)+24*60*7) < 600 {
				return traffic(minute) / 20
			}
			return traffic(minute) / 5000
		}),
	}
}

// whole is the ledger of slices of the SLO's own width over all of months.
func whole(t *testing.T, source *Source, slo *burnlist.SLO) *Ledger {
	t.Helper()
	q, err := newQuestion(slo)
	if err != nil {
		t.Fatal(err)
	}
	l := NewLedger(slo.Slice)
	for day := -125; day < 0; day += 25 {
		r := Range{noon.Unix() + int64(day)*86400, noon.Unix() + int64(day+25)*86400}
		got, err := source.ask(t.Context(), []*question{q}, 300, r)
		if err != nil {
			t.Fatal(err)
		}
		known, err := q.count(got, chunk{width: 300, Range: r})
		if err != nil {
			t.Fatal(err)
		}
		l.Put(known)
	}
	return l
}

func TestAPreviewIsWhatTheSLOWouldBe(t *testing.T) {
	source := sourceOf(t, months())
	policy := burnlist.DefaultPolicy()
	var slots []time.Time
	for week := range 12 {
		slots = append(slots, noon.Add(time.Duration(week-11)*7*burnlist.Day-3*time.Hour))
	}
	for name, i := range map[string]burnlist.Indicator{
		"events":      counters("y_total"),
		"expressions": {Events: &burnlist.Events{Total: "sum(rate(x_total[{{.window}}]))", Bad: "sum(increase(y_total[{{.window}}]))"}},
		"a ratio":     {Ratio: &burnlist.Ratio{Expression: "sum(rate(y_total[{{.window}}])) / sum(rate(x_total[{{.window}}]))"}},
	} {
		t.Run(name, func(t *testing.T) {
			slo := sloOf(i)
			slo.Objective = 0.999
			now := noon.Add(time.Minute)
			got, err := source.Preview(t.Context(), *slo, policy, slots, now)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Notes) > 0 || got.ScrapeInterval != burnlist.Duration(2*time.Minute) || got.Figures.Error != "" || got.Figures.Coverage != 1 {
				t.Errorf("notes %q, interval %s, coverage %v, error %q", got.Notes, got.ScrapeInterval, got.Figures.Coverage, got.Figures.Error)
			}
			l := whole(t, source, slo)
			want := l.Figures(*slo, noon)
			near := func(what string, a, b burnlist.Value) {
				t.Helper()
				if x, ok := a.Get(); !ok || math.Abs(x-b.Or(-1)) > 0.005*math.Abs(x) {
					t.Errorf("%s is %v, want %v", what, a, b)
				}
			}
			near("consumed", got.Figures.Consumed, want.Consumed)
			near("forecast", got.Figures.Forecast, want.Forecast)
			near("burn in 1 h", got.Figures.Burn[burnlist.Span1h], want.Burn[burnlist.Span1h])
			near("one event", got.Figures.OneEvent, want.OneEvent)
			if verdict := policy.Judge(want, now); got.State != verdict.State {
				t.Errorf("state %s, want %s", got.State, verdict.State)
			}
			states := map[burnlist.State]bool{}
			for n, w := range got.Weekly {
				then := l.Figures(*slo, slots[n].Add(-5*time.Minute))
				states[w.State] = true
				if verdict := policy.Judge(then, slots[n]); w.State != verdict.State || !w.At.Equal(slots[n]) {
					t.Errorf("week %d: state %s at %s, want %s", n, w.State, w.At, verdict.State)
				}
				near("consumed of the week", w.Consumed, then.Consumed)
			}
			if len(got.Weekly) != 12 || len(states) < 2 {
				t.Errorf("%d weeks with the states %v, want 12 and some change", len(got.Weekly), states)
			}
			first := noon.Add(-120 * burnlist.Day)
			if got.SourceSince == nil || got.SourceSince.Sub(first).Abs() > time.Hour && !got.SourceSince.After(first) || got.Figures.FirstData == nil {
				t.Errorf("source since %v, first data %v", got.SourceSince, got.Figures.FirstData)
			}
			if got.Cost.BackfillQueries != 1 || got.Cost.SliceSeconds <= 0 || got.Cost.SliceSamples < 2 {
				t.Errorf("cost %+v", got.Cost)
			}
			for _, p := range got.Parts {
				if p.Value == (burnlist.Value{}) || p.Series != 1 || p.Expression == "" {
					t.Errorf("part %+v", p)
				}
			}
		})
	}
}

func TestAPreviewMeetsTheLimitsOfTheSource(t *testing.T) {
	engine := promengine.New(months()).Handler()
	queries := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		queries++
		start, _ := time.ParseDuration(r.FormValue("start") + "s")
		end, _ := time.ParseDuration(r.FormValue("end") + "s")
		step, _ := time.ParseDuration(r.FormValue("step") + "s")
		if step > 0 && (end-start)/step > 400 {
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = w.Write([]byte(`{"status":"error","errorType":"execution","error":"too many samples"}`))
			return
		}
		engine.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	source, err := NewSource(SourceConfig{Name: "x", URL: server.URL}, nil)
	if err != nil {
		t.Fatal(err)
	}
	slo := sloOf(counters("y_total"))
	got, err := source.Preview(t.Context(), *slo, burnlist.DefaultPolicy(), []time.Time{noon.Add(-80 * burnlist.Day)}, noon.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if got.Figures.Coverage != 1 || got.Figures.Error != "" || len(got.Weekly) != 1 || got.Weekly[0].Reason != "" {
		t.Errorf("coverage %v, error %q, %+v", got.Figures.Coverage, got.Figures.Error, got.Weekly)
	}
	if queries > 30 {
		t.Errorf("%d queries", queries)
	}
}

func TestAPreviewRefusesWhatCannotBeMeasured(t *testing.T) {
	all := []promengine.Series{alive(), since(`x_total{pod="a"}`, wholeDay, 1, 5), since(`x_total{pod="b"}`, wholeDay, 1, 5), since("y_total", wholeDay, 1, 1)}
	for name, test := range map[string]struct {
		i    burnlist.Indicator
		want string
	}{
		"more than one series":    {burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: "x_total"}}, "indicator.ratio.expression: has 2 series"},
		"what the source refuses": {burnlist.Indicator{Events: &burnlist.Events{Total: `{__name__=~"x_total|y_total",pod!="b"}`, Bad: `{__name__=~".+"}`}}, "is refused by the source default"},
		"no PromQL":               {counters("y{"), "indicator.events.bad: is not PromQL"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "what the source refuses" {
				all = append(all, since(`z_total{pod="a"}`, wholeDay, 1, 5))
			}
			_, err := sourceOf(t, all).Preview(t.Context(), *sloOf(test.i), burnlist.DefaultPolicy(), nil, noon)
			if burnlist.CodeOf(err) != burnlist.Invalid || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Preview: %v, want %s", err, test.want)
			}
		})
	}
}
