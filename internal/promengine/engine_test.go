package promengine_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/histogram"

	"github.com/burnlist/burnlist/internal/promengine"
)

// counter rises by perMinute from 0 at Unix second 0 on, scraped every minute
// until the given minute.
func counter(perMinute float64, minutes int64) func(from, to int64) []promengine.Sample {
	return func(from, to int64) []promengine.Sample {
		var all []promengine.Sample
		for m := max(0, (from+59_999)/60_000); m <= minutes && m*60_000 <= to; m++ {
			all = append(all, promengine.Sample{T: m * 60_000, V: float64(m) * perMinute})
		}
		return all
	}
}

func engine() *promengine.Engine {
	return promengine.New([]promengine.Series{
		{Labels: map[string]string{"__name__": "x_total", "job": "a"}, Samples: counter(1, 100)},
		{Labels: map[string]string{"__name__": "x_total", "job": "b"}, Samples: counter(2.5, 100)},
		{Labels: map[string]string{"__name__": "y_total", "job": "b"}, Samples: counter(7, 50)},
	})
}

func ask(t *testing.T, h http.Handler, method, path string, form url.Values) (int, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path+"?"+form.Encode(), http.NoBody)
	if method == http.MethodPost {
		r = httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(body) {
		t.Fatalf("%s %s: not JSON: %s", method, path, body)
	}
	return w.Code, strings.TrimSpace(string(body))
}

func TestAnswersHaveTheFormOfPrometheus(t *testing.T) {
	success := func(kind, result string) string {
		return fmt.Sprintf(`{"status":"success","data":{"resultType":%q,"result":%s}}`, kind, result)
	}
	for name, test := range map[string]struct{ query, start, want string }{
		"equal":           {`x_total{job="a"}`, "", success("vector", `[{"metric":{"__name__":"x_total","job":"a"},"value":[600.5,"10"]}]`)},
		"not equal":       {`x_total{job!="a"}`, "", success("vector", `[{"metric":{"__name__":"x_total","job":"b"},"value":[600.5,"25"]}]`)},
		"a pattern":       {`sum({__name__=~"x.*"})`, "", success("vector", `[{"metric":{},"value":[600.5,"35"]}]`)},
		"not a pattern":   {`{__name__!~"x.*",job="b"}`, "", success("vector", `[{"metric":{"__name__":"y_total","job":"b"},"value":[600.5,"70"]}]`)},
		"nothing":         {`z_total`, "", success("vector", `[]`)},
		"a scalar":        {`1/0`, "", success("scalar", `[600.5,"+Inf"]`)},
		"a string":        {`"s"`, "", success("string", `[600.5,"s"]`)},
		"samples":         {`y_total[2m]`, "", success("matrix", `[{"metric":{"__name__":"y_total","job":"b"},"values":[[540,"63"],[600,"70"]]}]`)},
		"an increase":     {`increase(y_total[5m])`, "", success("vector", `[{"metric":{"job":"b"},"value":[600.5,"35"]}]`)},
		"a range":         {`x_total{job="b"}`, "480.5", success("matrix", `[{"metric":{"__name__":"x_total","job":"b"},"values":[[480.5,"20"],[540.5,"22.5"],[600.5,"25"]]}]`)},
		"a range of none": {`z_total`, "480.5", success("matrix", `[]`)},
	} {
		t.Run(name, func(t *testing.T) {
			path, form := "/api/v1/query", url.Values{"query": {test.query}, "time": {"600.5"}}
			if test.start != "" {
				path, form = "/api/v1/query_range", url.Values{"query": {test.query}, "start": {test.start}, "end": {"600.5"}, "step": {"60"}}
			}
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				if status, got := ask(t, engine().Handler(), method, path, form); status != http.StatusOK || got != test.want {
					t.Errorf("%s: %d\ngot  %s\nwant %s", method, status, got, test.want)
				}
			}
		})
	}
}

func TestErrorsHaveTheFormOfPrometheus(t *testing.T) {
	ranged := func(start, end, step string) url.Values {
		return url.Values{"query": {"x_total"}, "start": {start}, "end": {end}, "step": {step}}
	}
	for name, test := range map[string]struct {
		form   url.Values
		status int
		kind   string
	}{
		"no PromQL":          {url.Values{"query": {"x_total{"}, "time": {"1"}}, 400, "bad_data"},
		"no time":            {url.Values{"query": {"x_total"}, "time": {"yesterday"}}, 400, "bad_data"},
		"ambiguous matching": {url.Values{"query": {`x_total + ignoring(job) y_total`}, "time": {"600"}}, 422, "execution"},
		"end before start":   {ranged("2", "1", "1"), 400, "bad_data"},
		"no step":            {ranged("1", "2", "0"), 400, "bad_data"},
		"step of words":      {ranged("1", "2", "often"), 400, "bad_data"},
		"too many points":    {ranged("0", "11001", "1"), 400, "bad_data"},
	} {
		t.Run(name, func(t *testing.T) {
			path := "/api/v1/query"
			if test.form.Has("step") {
				path = "/api/v1/query_range"
			}
			status, body := ask(t, engine().Handler(), http.MethodPost, path, test.form)
			var got struct{ Status, ErrorType, Error string }
			if err := json.Unmarshal([]byte(body), &got); err != nil {
				t.Fatal(err)
			}
			if status != test.status || got.Status != "error" || got.ErrorType != test.kind || got.Error == "" {
				t.Errorf("%d %+v, want %d and %s", status, got, test.status, test.kind)
			}
		})
	}
}

func TestSetReplacesTheSeries(t *testing.T) {
	e := engine()
	e.Set([]promengine.Series{{Labels: map[string]string{"__name__": "x_total"}, Samples: counter(3, 100)}})
	_, got := ask(t, e.Handler(), http.MethodGet, "/api/v1/query", url.Values{"query": {"x_total"}, "time": {"600"}})
	if want := `{"metric":{"__name__":"x_total"},"value":[600,"30"]}]`; !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSamplesAreAskedForOnlyWhereTheQueryLooks(t *testing.T) {
	var from, to int64
	e := promengine.New([]promengine.Series{{
		Labels: map[string]string{"__name__": "x_total"},
		Samples: func(a, b int64) []promengine.Sample {
			from, to = a, b
			return counter(1, 100)(a, b)
		},
	}})
	ask(t, e.Handler(), http.MethodGet, "/api/v1/query", url.Values{"query": {"increase(x_total[10m])"}, "time": {"3600"}})
	if from < 3_000_000 || from > 3_000_001 || to != 3_600_000 {
		t.Errorf("samples from %d to %d, want the ten minutes up to 3600000", from, to)
	}
}

func TestFixedSamplesIncludeBothEnds(t *testing.T) {
	samples := promengine.Fixed([]promengine.Sample{{T: 1}, {T: 2}, {T: 5}})
	for _, test := range []struct{ from, to, want int64 }{{1, 5, 3}, {2, 2, 1}, {3, 4, 0}, {0, 1 << 62, 3}, {5, 1, 0}, {6, 9, 0}} {
		if got := len(samples(test.from, test.to)); int64(got) != test.want {
			t.Errorf("from %d to %d there are %d, want %d", test.from, test.to, got, test.want)
		}
	}
}

func TestNativeHistogramsAreEvaluated(t *testing.T) {
	var samples []promengine.HistogramSample
	for m := range int64(20) {
		n := float64(m)
		samples = append(samples, promengine.HistogramSample{T: m * 60_000, H: &histogram.FloatHistogram{
			Count: 4 * n, Sum: n, PositiveSpans: []histogram.Span{{Offset: 0, Length: 2}}, PositiveBuckets: []float64{3 * n, n}, // (0.5,1] and (1,2]
		}})
	}
	e := promengine.New([]promengine.Series{{Labels: map[string]string{"__name__": "h"}, Histograms: promengine.FixedHistograms(samples)}})
	for query, want := range map[string]string{
		`histogram_count(h)`: "40", `histogram_fraction(0, 1, h)`: "0.75", `histogram_count(h - h offset 5m)`: "20", `resets(h[5m])`: "0",
		`histogram_count(increase(h[5m]))`: "20", `count(h)`: "1",
	} {
		// Twice: what the engine made of the samples must not stick to them.
		for range 2 {
			_, got := ask(t, e.Handler(), http.MethodPost, "/api/v1/query", url.Values{"query": {query}, "time": {"600"}})
			if !strings.Contains(got, fmt.Sprintf(`"value":[600,%q]`, want)) {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
	}
	if status, got := ask(t, e.Handler(), http.MethodPost, "/api/v1/query", url.Values{"query": {"h"}, "time": {"600"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("a histogram: %d %s, want an error", status, got)
	}
}
