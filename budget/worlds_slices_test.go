//go:build !race

package budget_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/promengine"
)

// sampler computes slices from samples by arithmetic. It asks PromQL in two
// places only: what increase makes of one series in one slice in which that
// series was reset or born, and what a full expression answers, which is
// whatever the engine says it is.
type sampler struct {
	world  *randomWorld
	engine http.Handler
	asked  int // increases
	told   map[string]map[int64]float64
}

// answer asks the engine for an expression at the end of one slice, or at the
// ends of many, and returns what has a value, by Unix second.
func (s *sampler) answer(t *testing.T, expression string, first, last, step int64) map[int64]float64 {
	t.Helper()
	path, form := "/api/v1/query", url.Values{"query": {expression}, "time": {strconv.FormatInt(last, 10)}}
	if first < last {
		path = "/api/v1/query_range"
		form = url.Values{
			"query": {expression}, "start": {strconv.FormatInt(first, 10)}, "end": {strconv.FormatInt(last, 10)}, "step": {strconv.FormatInt(step, 10)},
		}
	}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorder := httptest.NewRecorder()
	s.engine.ServeHTTP(recorder, request)
	var got struct {
		Status string
		Error  string
		Data   struct {
			Result []struct {
				Value  []any
				Values [][]any
			}
		}
	}
	if err := json.NewDecoder(recorder.Body).Decode(&got); err != nil || got.Status != "success" || len(got.Data.Result) > 1 {
		t.Fatalf("%s: %d %s %v", expression, recorder.Code, got.Error, err)
	}
	found := map[int64]float64{}
	for _, series := range got.Data.Result {
		for _, v := range append(series.Values, series.Value) {
			if v == nil {
				continue
			}
			n, err := strconv.ParseFloat(v[1].(string), 64)
			if err != nil {
				t.Fatal(err)
			}
			found[int64(v[0].(float64))] = n
		}
	}
	return found
}

// during returns the samples with from < T ≤ to, in seconds.
func (r *rawSeries) during(from, to int64) []promengine.Sample {
	after := func(t int64) int {
		return sort.Search(len(r.samples), func(i int) bool { return r.samples[i].T > t*1000 })
	}
	return r.samples[after(from):after(to)]
}

func (r *rawSeries) selector() string {
	var matchers []string
	for k, v := range r.labels {
		matchers = append(matchers, k+"="+strconv.Quote(v))
	}
	return "{" + strings.Join(matchers, ",") + "}"
}

// alive reports whether count(up) > 0 has a value at an instant: the newest
// sample may be five minutes old.
func (w *randomWorld) alive(at int64) bool { return len(w.up.during(at-300, at)) > 0 }

// counted is what counters say of the slice (start, end], and whether anything.
func (s *sampler) counted(t *testing.T, all []*rawSeries, start, end int64, births bool) (n float64, live bool) {
	t.Helper()
	width := end - start
	for _, r := range all {
		in, before := r.during(start, end), r.during(start-width, start)
		if len(in) == 0 {
			continue
		}
		newest := in[len(in)-1].V
		switch {
		case len(before) > 0 && newest >= before[len(before)-1].V:
			n, live = n+newest-before[len(before)-1].V, true
		case births && s.newborn(r, in, start, width):
			n, live = n+newest, true
			s.world.had["newborn"]++
		default:
			s.asked++
			window := fmt.Sprintf("[%dms]", width*1000-1)
			if v, ok := s.answer(t, "increase("+r.selector()+window+")", end, end, 0)[end]; ok {
				n, live = n+v, true
				s.world.had["increases"]++
			}
		}
	}
	return n, live
}

// newborn reports whether nothing is known of a series in the slice before its
// first one and the day before that, although the source was alive, and whether
// it was not reset in it.
func (s *sampler) newborn(r *rawSeries, in []promengine.Sample, start, width int64) bool {
	for i := 1; i < len(in); i++ {
		if in[i].V < in[i-1].V {
			return false
		}
	}
	return len(r.during(start-width-aDay, start)) == 0 && s.world.alive(start-width)
}

// expression is what a full expression says of a slice. All slices are asked
// for together.
func (s *sampler) expression(t *testing.T, text string, end, width int64) (n float64, live bool) {
	t.Helper()
	key := fmt.Sprint(width, text)
	if s.told[key] == nil {
		written := strings.NewReplacer("{{.window}}", fmt.Sprintf("%dms", width*1000-1), "{{ .window }}", fmt.Sprintf("%dms", width*1000-1)).Replace(text)
		s.told[key] = map[int64]float64{}
		begin := s.world.begin/width*width - width
		for from := begin; from <= s.world.end; from += 5000 * width {
			maps.Copy(s.told[key], s.answer(t, written, from, min(from+4999*width, s.world.end/width*width), width))
		}
	}
	n, live = s.told[key][end]
	return n, live
}

// events is what one text of an events indicator says of a slice.
func (s *sampler) events(t *testing.T, text string, all []*rawSeries, start, end int64, births bool) (n float64, live bool) {
	t.Helper()
	if !strings.Contains(text, "window") {
		return s.counted(t, all, start, end, births)
	}
	n, live = s.expression(t, text, end, end-start)
	if strings.Contains(text, "rate(") {
		n *= float64(end - start)
	}
	return n, live
}

// slice computes the slice of an SLO that ends at end, and says whether it is
// contrary: where bad or good events were counted, but not all of them.
func (s *sampler) slice(t *testing.T, o *randomSLO, end int64) (slice burnlist.Slice, contrary bool) {
	t.Helper()
	width := int64(o.slo.Slice.Std().Seconds())
	start := end - width
	slice = burnlist.Slice{Ledger: o.slo.Ledger, Start: start, State: burnlist.SliceDead}
	dead := !s.world.alive(end)
	var live bool
	switch i := o.slo.Indicator; i.Kind() {
	case burnlist.KindEvents, burnlist.KindLatency:
		e := i.Events
		if l := i.Latency; l != nil {
			e = &burnlist.Events{Total: "bare", Good: "bare", Births: l.Births}
		}
		births := e.Births == burnlist.CountBirths
		var partial float64
		slice.Total, live = s.events(t, e.Total, o.total, start, end, births)
		partial, _ = s.events(t, e.Bad+e.Good, o.partial, start, end, births)
		if slice.Bad = partial; e.Good != "" {
			slice.Bad = slice.Total - partial
		}
		if !live {
			slice.Bad, contrary = 0, micro(partial) > 0
		}
	case burnlist.KindGauge:
		n, ones := 0.0, 0.0
		for _, r := range o.total {
			for _, sample := range r.during(start, end) {
				n, ones = n+1, ones+sample.V
			}
		}
		live, slice.Total, slice.Bad = n > 0, n, n-ones
		if m := i.Gauge.MissingAs; m == burnlist.MissingBad || m == burnlist.MissingGood {
			expected := float64(max(i.Gauge.Series, 1)) * float64(width/int64(i.Gauge.Interval.Std().Seconds()))
			if missing := max(0, expected-n); missing > 0 {
				slice.Total += missing
				if m == burnlist.MissingBad {
					slice.Bad += missing
				}
				s.world.had["missing samples"]++
			}
		}
	case burnlist.KindRatio:
		var ratio float64
		if o.partial == nil {
			ratio, live = s.recorded(o.total[0], start, end)
		} else {
			ratio, live = s.expression(t, i.Ratio.Expression, end, width)
			live = live && !math.IsNaN(ratio)
		}
		if live {
			slice.Total, slice.Bad = 1, ratio
		}
	}
	if dead {
		return burnlist.Slice{Ledger: o.slo.Ledger, Start: start, State: burnlist.SliceDead}, contrary
	}
	if slice.State = burnlist.SliceEmpty; live {
		slice.State = burnlist.SliceData
	}
	if micro(slice.Bad) < 0 || micro(slice.Bad) > micro(slice.Total) {
		slice.Bad, slice.Violated = min(max(slice.Bad, 0), slice.Total), true
		s.world.had["violations"]++
	}
	return slice, contrary
}

// micro is what a ledger keeps of a number of events: it drops what lies below
// a millionth.
func micro(n float64) float64 { return math.Round(n*1e6) / 1e6 }

// recorded is the mean of a recorded ratio in a slice. Where some of its samples
// are no numbers, it is the mean of those that are, as seen every 30 s, with
// samples up to five minutes old.
func (s *sampler) recorded(r *rawSeries, start, end int64) (ratio float64, live bool) {
	in := r.during(start, end)
	number := func(p promengine.Sample) bool { return !math.IsNaN(p.V) }
	sum, n := 0.0, 0.0
	for _, sample := range in {
		sum, n = sum+sample.V, n+1
	}
	switch {
	case !slices.ContainsFunc(in, number):
		return 0, false
	case !math.IsNaN(sum):
		return sum / n, true
	}
	sum, n = 0, 0
	for at := start + 30; at <= end; at += 30 {
		if seen := r.during(at-300, at); len(seen) > 0 && !math.IsNaN(seen[len(seen)-1].V) {
			sum, n = sum+seen[len(seen)-1].V, n+1
		}
	}
	return sum / n, n > 0
}
