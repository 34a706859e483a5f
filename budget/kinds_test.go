package budget

import (
	"log/slog"
	"math"
	"path/filepath"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/fleet"
	"github.com/burnlist/burnlist/internal/promengine"
	"github.com/burnlist/burnlist/internal/promtest"
)

// TestEveryEngineAnswersEveryKind asks a real Prometheus, 2.x or 3.x, and the
// embedded engine the same questions of every kind of indicator over the same
// series. Only in slices in which a counter was reset or is extrapolated may
// they differ, and not by much.
func TestEveryEngineAnswersEveryKind(t *testing.T) {
	const minutes = 600
	ratio := rising(minutes, 0.01, 0.0001)
	gauge := rising(minutes, 1, 0)
	for i := range minutes {
		switch {
		case i > 200 && i < 230:
			gauge[i] = math.NaN() // no sample
		case i%50 == 3:
			gauge[i] = 0
		}
	}
	all := []promengine.Series{
		up(minutes),
		scraped(`x_total{pod="a"}`, 0, rising(minutes, 1000, 10)...),
		scraped(`x_total{pod="b"}`, 333, rising(minutes-333, 17, 5)...), // born
		scraped(`x_total{pod="c"}`, 0, joined(rising(400, 500, 3), rising(minutes-400, 2, 3))...),
		scraped("y_total", 0, rising(minutes, 0, 1)...),
		scraped(`h_seconds_count{job="a"}`, 0, rising(minutes, 0, 10)...),
		scraped(`h_seconds_bucket{job="a",le="1"}`, 0, rising(300, 0, 7)...), // the server was upgraded
		scraped(`h_seconds_bucket{job="a",le="1.0"}`, 300, rising(300, 2100, 7)...),
		scraped("g", 0, gauge...),
		undefinedBetween(scraped("r", 0, ratio...), 100, 200),
	}
	stored := make([]fleet.Series, len(all))
	for i, s := range all {
		stored[i].Labels = s.Labels
		for _, p := range s.Samples(0, math.MaxInt64) {
			stored[i].Samples = append(stored[i].Samples, fleet.Sample(p))
		}
	}
	source, err := NewSource(SourceConfig{Name: "real", URL: promtest.Start(t, stored)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	embedded := sourceOf(t, all)
	const minute = burnlist.Duration(60e9)
	for name, test := range map[string]struct {
		i         burnlist.Indicator
		tolerance float64
		differ    int // slices, at most
	}{
		"events":      {burnlist.Indicator{Events: &burnlist.Events{Total: "x_total", Bad: "y_total"}}, 0.2, 2},
		"births":      {burnlist.Indicator{Events: &burnlist.Events{Total: "x_total", Bad: "y_total", Births: burnlist.CountBirths}}, 0.2, 1},
		"expressions": {burnlist.Indicator{Events: &burnlist.Events{Total: "sum(rate(x_total[{{.window}}]))", Bad: "sum(increase(y_total[{{.window}}]))"}}, 0.01, minutes},
		"latency":     {latency(1), 0.2, 1},
		"a gauge":     {burnlist.Indicator{Gauge: &burnlist.Gauge{Selector: "g", MissingAs: burnlist.MissingBad, Interval: minute}}, 0, 0},
		"a record":    {burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: "r"}}, 0, 0},
		"a ratio":     {burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: "sum(rate(y_total[{{.window}}])) / sum(rate(x_total[{{.window}}]))"}}, 0.01, minutes},
		"a subquery":  {burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: "avg_over_time((r <= Inf)[{{.window}}:1m])"}}, 1e-9, minutes},
	} {
		t.Run(name, func(t *testing.T) {
			q, err := newQuestion(sloOf(test.i))
			if err != nil {
				t.Fatal(err)
			}
			r := Range{midnight.Unix() + 1800, midnight.Unix() + minutes*60}
			var answers [2][]burnlist.Slice
			for n, s := range []*Source{source, embedded} {
				got, err := s.ask(t.Context(), []*question{q}, 300, r)
				if err != nil {
					t.Fatal(err)
				}
				if answers[n], err = q.count(got, chunk{width: 300, Range: r}); err != nil {
					t.Fatal(err)
				}
			}
			differ := 0
			near := gocmp.Comparer(func(a, b float64) bool {
				if a != b {
					differ++
				}
				return math.Abs(a-b) <= test.tolerance*math.Abs(b)
			})
			if diff := gocmp.Diff(answers[1], answers[0], near); diff != "" {
				t.Errorf("-embedded +real: %s", diff)
			}
			if !slices.ContainsFunc(answers[0], func(s burnlist.Slice) bool { return s.Bad > 0 }) {
				t.Error("no slice has bad events")
			}
			if differ > 4*test.differ { // cmp compares in both directions, bad and total
				t.Errorf("%d slices differ", differ/4)
			}
		})
	}
}

// TestARealPrometheusCountsNativeHistograms holds a real server against what
// was observed: 3.x exactly. The last_over_time of 2.42 knows no histograms, so
// there increase has to guess.
func TestARealPrometheusCountsNativeHistograms(t *testing.T) {
	dir := t.TempDir()
	block, err := tsdb.NewBlockWriter(slog.New(slog.DiscardHandler), filepath.Join(dir, "data"), 4*time.Hour.Milliseconds())
	if err != nil {
		t.Fatal(err)
	}
	app := block.Appender(t.Context())
	for minute := range int64(60) {
		at := midnight.Add(time.Duration(minute)*time.Minute + 37*time.Second).UnixMilli()
		h := &histogram.Histogram{
			ZeroThreshold: 0.001, Count: uint64(10 * minute), Sum: float64(minute),
			PositiveSpans: []histogram.Span{{Offset: -1, Length: 2}}, PositiveBuckets: []int64{7 * minute, -4 * minute}, // 7 and 3
		}
		_, err1 := app.AppendHistogram(0, labels.FromStrings("__name__", "h_seconds", "job", "a"), at, h, nil)
		_, err2 := app.Append(0, labels.FromStrings("__name__", "up"), at, 1)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
	}
	if err := app.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := block.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := block.Close(); err != nil {
		t.Fatal(err)
	}
	source, err := NewSource(SourceConfig{Name: "real", URL: promtest.Run(t, dir, "global: {}\n").URL}, nil)
	if err != nil {
		t.Fatal(err)
	}
	q, err := newQuestion(sloOf(native(0.5)))
	if err != nil {
		t.Fatal(err)
	}
	r := Range{midnight.Unix() + 1800, midnight.Unix() + 2700}
	got, err := source.ask(t.Context(), []*question{q}, 300, r)
	if err != nil {
		t.Fatal(err)
	}
	known, err := q.count(got, chunk{width: 300, Range: r})
	if err != nil || len(known) != 3 {
		t.Fatalf("%+v, %v", known, err)
	}
	for _, s := range known {
		if math.Abs(s.Total-50) > 0.001 || math.Abs(s.Bad-15) > 0.001 {
			t.Errorf("%v of %v, want 15 of 50", s.Bad, s.Total)
		}
	}
}
