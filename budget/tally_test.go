package budget

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/promql/parser"
	"pgregory.net/rapid"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/promengine"
)

// midnight is when the series of these tests begin.
var midnight = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

const fiveMinutes = burnlist.Duration(5 * time.Minute)

// scraped is a series of the given values, a minute apart, the first so many
// minutes after midnight and 37 s. NaN stands for no sample.
func scraped(name string, after int, values ...float64) promengine.Series {
	var samples []promengine.Sample
	for i, v := range values {
		if !math.IsNaN(v) {
			samples = append(samples, promengine.Sample{T: midnight.Add(time.Duration(after+i)*time.Minute + 37*time.Second).UnixMilli(), V: v})
		}
	}
	return promengine.Series{Labels: labelled(name), Samples: promengine.Fixed(samples)}
}

// labelled reads name{label="value"}.
func labelled(name string) map[string]string {
	name, rest, _ := strings.Cut(strings.TrimSuffix(name, "}"), "{")
	all := map[string]string{"__name__": name}
	for pair := range strings.SplitSeq(rest, ",") {
		if label, quoted, ok := strings.Cut(pair, "="); ok {
			value, err := strconv.Unquote(quoted)
			if err != nil {
				panic(err)
			}
			all[label] = value
		}
	}
	return all
}

// rising returns n values, from first by step.
func rising(n int, first, step float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = first + float64(i)*step
	}
	return values
}

// joined concatenates values.
func joined(parts ...[]float64) (all []float64) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func none(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = math.NaN()
	}
	return values
}

// up is alive for so many minutes from midnight on.
func up(minutes int) promengine.Series { return scraped(`up{job="self"}`, 0, rising(minutes, 1, 0)...) }

func sloOf(i burnlist.Indicator) *burnlist.SLO {
	return &burnlist.SLO{
		Name: "a", Service: "a", Source: burnlist.DefaultSource, Objective: 0.99, Ledger: 1,
		Window: burnlist.DefaultWindow, Slice: fiveMinutes, Indicator: i,
	}
}

func sourceOf(t *testing.T, all []promengine.Series) *Source {
	t.Helper()
	server := httptest.NewServer(promengine.New(all).Handler())
	t.Cleanup(server.Close)
	source, err := NewSource(SourceConfig{Name: burnlist.DefaultSource, URL: server.URL}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// slicesOf asks a real engine for the slices of an SLO that start in the given
// minutes after midnight, and writes each as "minute state bad/total".
func slicesOf(t *testing.T, slo *burnlist.SLO, from, to int, all ...promengine.Series) ([]string, error) {
	t.Helper()
	q, err := newQuestion(slo)
	if err != nil {
		t.Fatal(err)
	}
	r := Range{midnight.Unix() + int64(from)*60, midnight.Unix() + int64(to)*60}
	width := seconds(slo.Slice)
	got, err := sourceOf(t, all).ask(t.Context(), []*question{q}, width, r)
	if err != nil {
		return nil, err
	}
	known, err := q.count(got, chunk{width: width, Range: r})
	var said []string
	for _, s := range known {
		state := map[burnlist.SliceState]string{burnlist.SliceDead: "dead", burnlist.SliceEmpty: "empty", burnlist.SliceData: "data"}[s.State]
		if s.Violated {
			state += "!"
		}
		said = append(said, fmt.Sprintf("%d %s %v/%v", (s.Start-midnight.Unix())/60, state, s.Bad, s.Total))
	}
	return said, err
}

// slicesAre is a test of slicesOf. An error is told by its text.
func slicesAre(t *testing.T, i burnlist.Indicator, from, to int, all []promengine.Series, want ...string) {
	t.Helper()
	got, err := slicesOf(t, sloOf(i), from, to, all...)
	if err != nil {
		got = append(got, "error "+err.Error())
	}
	if len(got) == len(want) && len(got) > 0 && strings.HasPrefix(want[len(want)-1], "error ") && strings.Contains(got[len(got)-1], want[len(want)-1][6:]) {
		got, want = got[:len(got)-1], want[:len(want)-1]
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got: %s", diff)
	}
}

func counters(bad string) burnlist.Indicator {
	return burnlist.Indicator{Events: &burnlist.Events{Total: "x_total", Bad: bad}}
}

// TestASliceAfterARestartMayHaveOneSample lets two counters be away for most of
// a slice, and come back at its end: all events from 0, the bad ones above
// what they were.
func TestASliceAfterARestartMayHaveOneSample(t *testing.T) {
	nan := math.NaN()
	all := []promengine.Series{
		up(60),
		scraped("x_total", 0, append(append(rising(10, 0, 10), nan, nan, nan, nan), rising(20, 10, 10)...)...),
		scraped("y_total", 0, append(append(make([]float64, 10), nan, nan, nan, nan), slices.Repeat([]float64{2}, 20)...)...),
	}
	slicesAre(t, counters("y_total"), 5, 20, all, "5 data 0/50", "10 empty! 0/0", "15 data 0/50")
	slicesAre(t, counters("y_total"), 10, 15, all, "error no series matches the selector of all events, x_total")
	q, err := newQuestion(sloOf(counters("y_total")))
	if err != nil {
		t.Fatal(err)
	}
	later := burnlist.Slice{Start: midnight.Unix() + 15*60, State: burnlist.SliceData, Total: 50}
	q.see([]burnlist.Slice{later})
	r := Range{midnight.Unix() + 600, midnight.Unix() + 900}
	got, err := sourceOf(t, all).ask(t.Context(), []*question{q}, 300, r)
	if err != nil {
		t.Fatal(err)
	}
	if known, err := q.count(got, chunk{width: 300, Range: r}); err != nil || len(known) != 1 || !known[0].Violated {
		t.Errorf("once events are counted again, it is %+v, %v; want a violated slice", known, err)
	}
}

func TestRatesAreScaledByTheWidth(t *testing.T) {
	all := []promengine.Series{up(60), scraped("x_total", 0, rising(60, 0, 10)...), scraped("y_total", 0, rising(60, 0, 1)...)}
	for name, test := range map[string]struct{ total, bad string }{
		"both per second":  {`sum(rate(x_total[{{.window}}]))`, `sum(rate(y_total[{{.window}}]))`},
		"both as events":   {`sum(increase(x_total[{{.window}}]))`, `sum(increase(y_total[{{.window}}]))`},
		"of either sort":   {`sum(rate(x_total[{{.window}}]))`, `sum(increase(y_total[{{.window}}]))`},
		"beside selectors": {`x_total`, `sum(rate(y_total[{{.window}}]))`},
	} {
		t.Run(name, func(t *testing.T) {
			q, err := newQuestion(sloOf(burnlist.Indicator{Events: &burnlist.Events{Total: test.total, Bad: test.bad}}))
			if err != nil {
				t.Fatal(err)
			}
			r := Range{midnight.Unix() + 1800, midnight.Unix() + 2100}
			got, err := sourceOf(t, all).ask(t.Context(), []*question{q}, 300, r)
			if err != nil {
				t.Fatal(err)
			}
			known, err := q.count(got, chunk{width: 300, Range: r})
			if err != nil || len(known) != 1 {
				t.Fatalf("%+v, %v", known, err)
			}
			// A millisecond of 5 min is lost.
			if math.Abs(known[0].Total-50) > 0.001 || math.Abs(known[0].Bad-5) > 0.0001 {
				t.Errorf("%v of %v, want 5 of 50", known[0].Bad, known[0].Total)
			}
		})
	}
}

func TestMoreThanOneSeriesIsAnErrorThatNamesTheLabels(t *testing.T) {
	all := []promengine.Series{
		up(30), scraped(`x_total{pod="a",zone="z"}`, 0, rising(30, 0, 1)...), scraped(`x_total{pod="b",zone="z"}`, 0, rising(30, 0, 1)...),
		scraped("y_total", 0, rising(30, 0, 1)...),
	}
	for name, i := range map[string]burnlist.Indicator{
		"a total": {Events: &burnlist.Events{Total: `rate(x_total[{{.window}}])`, Bad: "y_total"}},
		"a bad":   {Events: &burnlist.Events{Total: "y_total", Bad: `rate(x_total[{{.window}}])`}},
		"a ratio": {Ratio: &burnlist.Ratio{Expression: "x_total"}},
	} {
		t.Run(name, func(t *testing.T) {
			slicesAre(t, i, 10, 15, all, "error more than one series: they differ in pod")
		})
	}
}

func TestPartsThatAreMissing(t *testing.T) {
	x, y := scraped("x_total", 0, rising(60, 0, 2)...), scraped("y_total", 0, rising(60, 0, 1)...)
	late := scraped("y_total", 22, rising(38, 1, 1)...)
	goods := burnlist.Indicator{Events: &burnlist.Events{Total: "x_total", Good: "y_total"}}
	for name, test := range map[string]struct {
		i    burnlist.Indicator
		all  []promengine.Series
		want []string
	}{
		"all there":            {counters("y_total"), []promengine.Series{x, y}, []string{"20 data 5/10", "25 data 5/10"}},
		"no bad":               {counters("y_total"), []promengine.Series{x}, []string{"20 data 0/10", "25 data 0/10"}},
		"no total":             {counters("y_total"), []promengine.Series{y}, []string{"error no series matches the selector of all events, x_total, while 5 bad"}},
		"neither":              {counters("y_total"), nil, []string{"20 empty 0/0", "25 empty 0/0"}},
		"no good":              {goods, []promengine.Series{x}, []string{"error no series matches the selector of good events, y_total, while 10 events"}},
		"no good before birth": {goods, []promengine.Series{x, late}, []string{"20 data 7.116667/10", "25 data 5/10"}},
		"more good than there are": {
			burnlist.Indicator{Events: &burnlist.Events{Total: "y_total", Good: "x_total"}},
			[]promengine.Series{x, y},
			[]string{"20 data! 0/5", "25 data! 0/5"},
		},
	} {
		t.Run(name, func(t *testing.T) { slicesAre(t, test.i, 20, 30, append(test.all, up(60)), test.want...) })
	}
}

func TestASeriesCountsFromItsBirth(t *testing.T) {
	const day = 24 * 60
	old := scraped(`x_total{pod="old"}`, 0, rising(2*day, 1000, 1)...)
	alive := up(2 * day)
	gap := day + 700 // minutes after midnight: the first slice that is asked for
	for name, test := range map[string]struct {
		births burnlist.Births
		all    []promengine.Series
		want   []string
	}{
		"a newborn, from 0": {
			burnlist.CountBirths,
			[]promengine.Series{alive, scraped("x_total", gap+2, joined([]float64{7, 8, 9}, rising(20, 10, 1))...)},
			[]string{"0 empty 0", "0 data 9", "5 data 5"},
		},
		"a newborn of one sample": {
			burnlist.CountBirths,
			[]promengine.Series{alive, scraped("x_total", gap+4, rising(20, 7, 1)...)},
			[]string{"0 empty 0", "0 data 7", "5 data 5"},
		},
		"a newborn beside an old one": {
			burnlist.CountBirths,
			[]promengine.Series{alive, old, scraped(`x_total{pod="new"}`, gap+2, rising(20, 7, 1)...)},
			[]string{"0 data 5", "0 data 14", "5 data 10"},
		},
		"a newborn that is reset later": {
			burnlist.CountBirths,
			[]promengine.Series{alive, scraped("x_total", gap+2, 7, 8, 9, 10, 3, 4, 5, 6)},
			[]string{"0 empty 0", "0 data 9", "5 data ~6"}, // 1 + 6, and what increase guesses
		},
		"an old one that is reset": {
			burnlist.CountBirths,
			[]promengine.Series{alive, scraped("x_total", gap-20, joined(rising(22, 1000, 1), rising(20, 3, 1))...)},
			[]string{"0 data 5", "0 data ~8", "5 data 5"},
		},
		"one that comes back after a gap": {
			burnlist.CountBirths,
			[]promengine.Series{alive, scraped("x_total", gap-300, joined(rising(60, 1000, 1), none(242), rising(20, 1302, 1))...)},
			[]string{"0 empty 0", "0 data ~3", "5 data 5"},
		},
		"one that comes back after two days": {
			burnlist.CountBirths,
			[]promengine.Series{alive, scraped("x_total", 0, joined(rising(100, 0, 1), none(gap-98), rising(20, 300, 1))...)},
			[]string{"0 empty 0", "0 data 302", "5 data 5"},
		},
		"all are new where the source is": {
			burnlist.CountBirths,
			[]promengine.Series{scraped("up", gap+1, rising(30, 1, 0)...), scraped("x_total", gap+2, rising(20, 1000, 1)...)},
			[]string{"0 dead 0", "0 data ~3", "5 data 5"},
		},
		"a newborn that is ignored": {
			burnlist.IgnoreBirths,
			[]promengine.Series{alive, scraped("x_total", gap+2, joined([]float64{7, 8, 9}, rising(20, 10, 1))...)},
			[]string{"0 empty 0", "0 data ~3", "5 data 5"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			i := burnlist.Indicator{Events: &burnlist.Events{Total: "x_total", Bad: "bad_total", Births: test.births}}
			got, err := slicesOf(t, sloOf(i), gap-5, gap+10, test.all...)
			if err != nil || len(got) != 3 {
				t.Fatalf("%q, %v", got, err)
			}
			for n, want := range test.want {
				// "minute state total", with a ~ before what is only guessed.
				fields := strings.Fields(want)
				said := strings.Fields(strings.ReplaceAll(got[n], "/", " "))
				total, err := strconv.ParseFloat(said[3], 64)
				if err != nil {
					t.Fatal(err)
				}
				number, guessed := strings.CutPrefix(fields[2], "~")
				wanted, err := strconv.ParseFloat(number, 64)
				if err != nil {
					t.Fatal(err)
				}
				if said[1] != fields[1] || !guessed && total != wanted || math.Abs(total-wanted) > wanted/2 {
					t.Errorf("slice %d is %s, want %s", n, got[n], want)
				}
			}
		})
	}
}

// TestBirthsTelescope holds that with counted births the slices of a counter
// that is born and never reset add up to its value, and to no more after any
// gap of scrapes that is shorter than a day.
func TestBirthsTelescope(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		born := rapid.IntRange(15, 30).Draw(r, "born")
		steps := rapid.SliceOfN(rapid.IntRange(0, 9), 40, 40).Draw(r, "steps")
		v := 0.0
		values := make([]float64, len(steps))
		for i, s := range steps {
			v += float64(s)
			values[i] = v
		}
		i := burnlist.Indicator{Events: &burnlist.Events{Total: "x_total", Bad: "bad_total", Births: burnlist.CountBirths}}
		q, err := newQuestion(sloOf(i))
		if err != nil {
			r.Fatal(err)
		}
		span := Range{midnight.Unix() + 600, midnight.Unix() + 4800}
		got, err := sourceOf(t, []promengine.Series{up(90), scraped("x_total", born, values...)}).ask(t.Context(), []*question{q}, 300, span)
		if err != nil {
			r.Fatal(err)
		}
		known, err := q.count(got, chunk{width: 300, Range: span})
		if err != nil {
			r.Fatal(err)
		}
		sum := 0.0
		for _, s := range known {
			sum += s.Total
		}
		if sum != v {
			r.Fatalf("slices add up to %v, want %v", sum, v)
		}
	})
}

func latency(threshold float64) burnlist.Indicator {
	return burnlist.Indicator{Latency: &burnlist.Latency{Histogram: "h_seconds", Selector: `{job="a"}`, Threshold: threshold}}
}

func TestClassicBucketsAreMatchedByNumber(t *testing.T) {
	t.Run("a name with dots", func(t *testing.T) {
		i := latency(1)
		i.Latency.Histogram = "http.server.duration"
		slicesAre(t, i, 10, 15, []promengine.Series{
			up(30), scraped(`http.server.duration_count{job="a"}`, 0, rising(30, 0, 10)...),
			scraped(`http.server.duration_bucket{job="a",le="1.0"}`, 0, rising(30, 0, 7)...),
		}, "10 data 15/50")
	})
	for _, le := range []string{"1", "1.0", "1.000", "1e+00", "1e0", "1.0E0", "1.0E+0"} {
		t.Run(le, func(t *testing.T) {
			all := []promengine.Series{
				up(30), scraped(`h_seconds_count{job="a"}`, 0, rising(30, 0, 10)...), scraped(`h_seconds_count{job="b"}`, 0, rising(30, 0, 99)...),
				scraped(fmt.Sprintf(`h_seconds_bucket{job="a",le=%q}`, le), 0, rising(30, 0, 7)...),
				scraped(`h_seconds_bucket{job="a",le="10"}`, 0, rising(30, 0, 9)...),
				scraped(`h_seconds_bucket{job="a",le="0.1"}`, 0, rising(30, 0, 3)...),
				scraped(`h_seconds_bucket{job="a",le="+Inf"}`, 0, rising(30, 0, 10)...),
			}
			slicesAre(t, latency(1), 10, 20, all, "10 data 15/50", "15 data 15/50")
			slicesAre(t, latency(0.3), 10, 20, all, "error the histogram h_seconds has no bucket up to 0.3, while 50 events")
		})
	}
}

// TestEverySpellingOfABoundaryIsMatched holds the pattern of a boundary against
// what clients print, and against the numbers next to it.
func TestEverySpellingOfABoundaryIsMatched(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		v := rapid.OneOf(
			rapid.Float64Range(1e-9, 1e9),
			rapid.SampledFrom([]float64{0.005, 0.01, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 100, 1e5, 1e6, 1.5e6, 1e7, 1e21, 5e-324, math.MaxFloat64}),
			rapid.Map(rapid.IntRange(1, 100_000), func(n int) float64 { return float64(n) / 1000 }),
		).Draw(r, "v")
		matcher, err := selectorOf("h", bucketAt(v))
		if err != nil {
			r.Fatal(err)
		}
		q := matcher.selector()
		engine := func(le string) bool { return matchesLe(t, q, le) }
		for _, format := range []byte{'g', 'e', 'E', 'f'} {
			s := strconv.FormatFloat(v, format, -1, 64)
			if !engine(s) {
				r.Fatalf("%s does not match %s", q, s)
			}
			if !strings.ContainsAny(s, ".eE") && !engine(s+".0") {
				r.Fatalf("%s does not match %s.0", q, s)
			}
			if mantissa, exponent, ok := strings.Cut(s, "E"); ok && !strings.Contains(mantissa, ".") && !engine(mantissa+".0E"+strings.TrimPrefix(strings.TrimPrefix(exponent, "+"), "0")) {
				r.Fatalf("%s does not match %s as Java prints it", q, s)
			}
			for _, other := range []float64{math.Nextafter(v, 0), math.Nextafter(v, math.Inf(1)), v * 10, v / 10, -v} {
				if o := strconv.FormatFloat(other, format, -1, 64); other != v && engine(o) {
					r.Fatalf("%s matches %s", q, o)
				}
			}
		}
	})
}

// matchesLe reports whether a selector matches a value of le.
func matchesLe(t *testing.T, selector, le string) bool {
	t.Helper()
	tree, err := newParser().ParseExpr(selector)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range tree.(*parser.VectorSelector).LabelMatchers {
		if m.Name == "le" {
			return m.Matches(le)
		}
	}
	t.Fatalf("%s has no le", selector)
	return false
}

// natives is a series of native histograms, a minute apart from midnight and
// 37 s on, that observe the given numbers more each minute in the buckets
// (0.25,0.5] and (0.5,1]. They are reset after so many minutes.
func natives(minutes, reset int, low, high float64) promengine.Series {
	var samples []promengine.HistogramSample
	l, h := 0.0, 0.0
	for i := range minutes {
		if i == reset {
			l, h = 0, 0
		}
		l, h = l+low, h+high
		samples = append(samples, promengine.HistogramSample{
			T: midnight.Add(time.Duration(i)*time.Minute + 37*time.Second).UnixMilli(),
			H: &histogram.FloatHistogram{
				Schema: 0, ZeroThreshold: 0.001, Count: l + h, Sum: l*0.4 + h*0.8,
				PositiveSpans: []histogram.Span{{Offset: -1, Length: 2}}, PositiveBuckets: []float64{l, h},
			},
		})
	}
	return promengine.Series{Labels: labelled(`h_seconds{job="a"}`), Histograms: promengine.FixedHistograms(samples)}
}

// customBuckets observes 3 each minute up to 0.5, and 1 above it.
func customBuckets(minutes int) promengine.Series {
	var samples []promengine.HistogramSample
	for i := range minutes {
		n := float64(i)
		samples = append(samples, promengine.HistogramSample{
			T: midnight.Add(time.Duration(i)*time.Minute + 37*time.Second).UnixMilli(),
			H: &histogram.FloatHistogram{
				Schema: histogram.CustomBucketsSchema, Count: 4 * n, Sum: 2 * n, CustomValues: []float64{0.5, 1},
				PositiveSpans: []histogram.Span{{Offset: 0, Length: 2}}, PositiveBuckets: []float64{3 * n, n},
			},
		})
	}
	return promengine.Series{Labels: labelled(`h_seconds{job="a"}`), Histograms: promengine.FixedHistograms(samples)}
}

func native(threshold float64) burnlist.Indicator {
	i := latency(threshold)
	i.Latency.Native = true
	return i
}

func TestNativeHistograms(t *testing.T) {
	for name, test := range map[string]struct {
		threshold float64
		series    promengine.Series
		want      []string
	}{
		"at a boundary":       {0.5, natives(60, 0, 7, 3), []string{"30 data 15/50", "35 data 15/50", "40 data 15/50"}},
		"above all":           {2, natives(60, 0, 7, 3), []string{"30 data 0/50", "35 data 0/50", "40 data 0/50"}},
		"below all":           {0.25, natives(60, 0, 7, 3), []string{"30 data 50/50", "35 data 50/50", "40 data 50/50"}},
		"no observations":     {0.5, natives(60, 0, 0, 0), []string{"30 data 0/0", "35 data 0/0", "40 data 0/0"}},
		"across a reset":      {0.5, natives(60, 37, 7, 3), []string{"30 data 15/50", "35 data 14.99995/49.999833", "40 data 15/50"}},
		"after the last":      {0.5, natives(35, 0, 7, 3), []string{"30 data 15/50", "35 empty 0/0", "40 empty 0/0"}},
		"the lowest of given": {0.5, customBuckets(60), []string{"30 data 5/20", "35 data 5/20", "40 data 5/20"}},
	} {
		t.Run(name, func(t *testing.T) {
			slicesAre(t, native(test.threshold), 30, 45, []promengine.Series{up(60), test.series}, test.want...)
		})
	}
}

// TestANativeFractionIsInterpolated compares with the known answers.
func TestANativeFractionIsInterpolated(t *testing.T) {
	type answers struct {
		Name     string
		Quarter  float64            `json:"fraction_0_0.25"`
		Half     float64            `json:"fraction_0_0.5"`
		NotQuite map[string]float64 `json:"fraction_0_0.3"`
	}
	var known struct{ Traps []answers }
	b, err := os.ReadFile("testdata/budget.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &known); err != nil {
		t.Fatal(err)
	}
	v := known.Traps[slices.IndexFunc(known.Traps, func(a answers) bool { return a.Name == "native histogram" })]
	for threshold, want := range map[float64]float64{0.25: v.Quarter, 0.5: v.Half, 0.3: v.NotQuite["prometheus_3"]} {
		slo := sloOf(native(threshold))
		q, err := newQuestion(slo)
		if err != nil {
			t.Fatal(err)
		}
		r := Range{midnight.Unix() + 1800, midnight.Unix() + 2100}
		got, err := sourceOf(t, []promengine.Series{up(60), natives(60, 0, 20, 0)}).ask(t.Context(), []*question{q}, 300, r)
		if err != nil {
			t.Fatal(err)
		}
		counted, err := q.count(got, chunk{width: 300, Range: r})
		if err != nil || len(counted) != 1 {
			t.Fatalf("%+v, %v", counted, err)
		}
		if got := 1 - counted[0].Bad/counted[0].Total; counted[0].Total != 100 || math.Abs(got-want) > 1e-5 {
			t.Errorf("%v of %v up to %v, want %v of 100", got, counted[0].Total, threshold, want)
		}
	}
}

func TestAGaugeCountsItsSamples(t *testing.T) {
	flapping := joined(rising(32, 1, 0), rising(2, 0, 0), rising(26, 1, 0))
	gauge := func(missing burnlist.MissingAs, series int) burnlist.Indicator {
		g := &burnlist.Gauge{Selector: "g", MissingAs: missing, Series: series}
		if missing != "" && missing != burnlist.ExcludeMissing {
			g.Interval = burnlist.Duration(time.Minute)
		}
		return burnlist.Indicator{Gauge: g}
	}
	for name, test := range map[string]struct {
		i      burnlist.Indicator
		values []float64
		want   []string
	}{
		"its mean":              {gauge("", 0), flapping, []string{"30 data 2/5", "35 data 0/5"}},
		"halves":                {gauge("", 0), joined(rising(30, 0, 0), rising(30, 0.5, 0)), []string{"30 data 2.5/5", "35 data 2.5/5"}},
		"missing ones excluded": {gauge(burnlist.ExcludeMissing, 0), joined(rising(32, 1, 0), none(1), rising(2, 0, 0)), []string{"30 data 2/4", "35 empty 0/0"}},
		"missing ones bad":      {gauge(burnlist.MissingBad, 0), joined(rising(32, 1, 0), none(1), rising(2, 0, 0)), []string{"30 data 3/5", "35 empty 5/5"}},
		"missing ones good":     {gauge(burnlist.MissingGood, 1), joined(rising(32, 1, 0), none(1), rising(2, 0, 0)), []string{"30 data 2/5", "35 empty 0/5"}},
		"a missing series":      {gauge(burnlist.MissingBad, 2), rising(60, 1, 0), []string{"30 data 5/10", "35 data 5/10"}},
		"more than is expected": {gauge(burnlist.MissingBad, 1), rising(60, 1, 0), []string{"30 data 0/5", "35 data 0/5"}},
		"above 1":               {gauge("", 0), rising(60, 100, 0), []string{"30 data! 0/5", "35 data! 0/5"}},
		"below 0":               {gauge("", 0), rising(60, -3, 0), []string{"30 data! 5/5", "35 data! 5/5"}},
		"no number":             {gauge("", 0), joined(rising(30, 1, 0), []float64{math.Inf(1)}, rising(10, 1, 0)), []string{"35 data 0/5", "error not finite"}},
	} {
		t.Run(name, func(t *testing.T) {
			slicesAre(t, test.i, 30, 40, []promengine.Series{up(60), scraped("g", 0, test.values...)}, test.want...)
		})
	}
	t.Run("an interval that does not divide the width", func(t *testing.T) {
		i := gauge(burnlist.MissingBad, 1)
		i.Gauge.Interval = burnlist.Duration(70 * time.Second) // four or five in 5 min
		var samples []promengine.Sample
		for at := midnight; at.Before(midnight.Add(time.Hour)); at = at.Add(70 * time.Second) {
			samples = append(samples, promengine.Sample{T: at.UnixMilli(), V: 1})
		}
		got, err := slicesOf(t, sloOf(i), 10, 40, up(60), promengine.Series{Labels: labelled("g"), Samples: promengine.Fixed(samples)})
		if err != nil || len(got) != 6 {
			t.Fatalf("%q, %v", got, err)
		}
		for _, s := range got {
			if !strings.Contains(s, " data 0/") {
				t.Errorf("a slice is %s, in which nothing is missing", s)
			}
		}
	})
	t.Run("an interval longer than a slice", func(t *testing.T) {
		i := gauge(burnlist.MissingBad, 1)
		i.Gauge.Interval = burnlist.Duration(10 * time.Minute)
		if _, err := newQuestion(sloOf(i)); burnlist.CodeOf(err) != burnlist.Invalid || !strings.Contains(err.Error(), "indicator.gauge.interval: 10m is longer than a slice of 5m") {
			t.Errorf("newQuestion: %v", err)
		}
	})
	t.Run("not alive", func(t *testing.T) {
		slicesAre(t, gauge(burnlist.MissingBad, 1), 30, 40, []promengine.Series{up(30)}, "30 dead 0/0", "35 dead 0/0")
	})
}

// undefinedBetween makes NaN of the samples of some minutes of a series that
// has one in each. To scraped NaN means that there is none.
func undefinedBetween(s promengine.Series, from, to int) promengine.Series {
	samples := slices.Clone(s.Samples(0, math.MaxInt64))
	for i := from; i < to; i++ {
		samples[i].V = math.NaN()
	}
	s.Samples = promengine.Fixed(samples)
	return s
}

func TestARatioWeighsEachSliceTheSame(t *testing.T) {
	recorded := burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: "r"}}
	rates := burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: `sum(rate(y_total[{{.window}}])) / sum(rate(x_total[{{.window}}]))`}}
	undefined := func(from, to int) promengine.Series {
		return undefinedBetween(scraped("r", 0, rising(60, 0.02, 0)...), from, to)
	}
	for name, test := range map[string]struct {
		i    burnlist.Indicator
		all  []promengine.Series
		want []string
	}{
		"recorded":              {recorded, []promengine.Series{scraped("r", 0, rising(60, 0.02, 0)...)}, []string{"30 data 0.02/1", "35 data 0.02/1"}},
		"its mean":              {recorded, []promengine.Series{scraped("r", 0, joined(rising(30, 0, 0), rising(30, 0.1, 0.1))...)}, []string{"30 data 0.3/1", "35 data 0.8/1"}},
		"very small":            {recorded, []promengine.Series{scraped("r", 0, rising(60, 1e-8, 0)...)}, []string{"30 data 1e-08/1", "35 data 1e-08/1"}},
		"no traffic":            {recorded, []promengine.Series{undefined(30, 35)}, []string{"30 empty 0/0", "35 data 0.02/1"}},
		"no traffic for a time": {recorded, []promengine.Series{undefined(31, 34)}, []string{"30 data 0.02/1", "35 data 0.02/1"}},
		"no series":             {recorded, nil, []string{"30 empty 0/0", "35 empty 0/0"}},
		"above 1":               {recorded, []promengine.Series{scraped("r", 0, rising(60, 2, 0)...)}, []string{"30 data! 1/1", "35 data! 1/1"}},
		"below 0":               {recorded, []promengine.Series{scraped("r", 0, rising(60, -0.1, 0)...)}, []string{"30 data! 0/1", "35 data! 0/1"}},
		"infinite":              {recorded, []promengine.Series{scraped("r", 0, rising(60, math.Inf(1), 0)...)}, []string{"error not finite"}},
		"of rates":              {rates, []promengine.Series{scraped("x_total", 0, rising(60, 0, 8)...), scraped("y_total", 0, rising(60, 0, 1)...)}, []string{"30 data 0.125/1", "35 data 0.125/1"}},
		"of no rates":           {rates, []promengine.Series{scraped("x_total", 0, rising(60, 8, 0)...), scraped("y_total", 0, rising(60, 1, 0)...)}, []string{"30 empty 0/0", "35 empty 0/0"}},
		"over nothing":          {rates, []promengine.Series{scraped("x_total", 0, rising(60, 8, 0)...), scraped("y_total", 0, rising(60, 1, 1)...)}, []string{"error not finite"}},
	} {
		t.Run(name, func(t *testing.T) { slicesAre(t, test.i, 30, 40, append(test.all, up(60)), test.want...) })
	}
}
