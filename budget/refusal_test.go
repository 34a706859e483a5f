package budget_test

import (
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/internal/promengine"
)

// ambiguous makes an SLO whose selector matches two counters with the same
// labels but for their names, which PromQL refuses to subtract.
func ambiguous(slo *burnlist.SLO) {
	slo.Indicator.Events = &burnlist.Events{Total: `{__name__=~"requests_total|errors_total",job="shop"}`, Bad: `errors_total`}
}

func TestOneBrokenSLOOfTwoHundredHarmsNoOther(t *testing.T) {
	slos := shops(200)
	ambiguous(&slos[77])
	var queries atomic.Int64
	store := newMemory()
	c := collector(t, store, serve(t, counted(promengine.New(busy()).Handler(), &queries)), worldOf(slos...))
	now := at.Add(time.Minute)
	refresh(t, c, now)
	// The whole, the liveness, two for each halving down to one of 200, and then
	// at most 24 of the broken one alone.
	if got := queries.Load(); got > 1+1+2*8+24 {
		t.Errorf("the first refresh took %d queries", got)
	}
	for i, slo := range slos {
		f := store.budgets.Figures[slo.Name]
		broken := strings.HasPrefix(f.Error, "execution: ") && strings.Contains(f.Error, "duplicate")
		if broken != (i == 77) || (len(store.of(slo.Ledger)) == 288) != (i != 77) {
			t.Errorf("%s: %d slices, error %q", slo.Name, len(store.of(slo.Ledger)), f.Error)
		}
	}
	for range 3 {
		queries.Store(0)
		now = now.Add(5 * time.Minute)
		refresh(t, c, now)
		if got := queries.Load(); got != 2 {
			t.Errorf("a later refresh took %d queries, want one for the 199 and one for the broken one", got)
		}
		if store.budgets.Figures[slos[77].Name].Error == "" {
			t.Error("the broken SLO lost its error")
		}
	}
}

func TestAnSLOThatWorksAgainCatchesUpAndIsAskedWithTheOthers(t *testing.T) {
	slos := shops(5)
	ambiguous(&slos[2])
	var queries atomic.Int64
	store := newMemory()
	all := busy()
	engine := promengine.New(all)
	c := collector(t, store, serve(t, counted(engine.Handler(), &queries)), worldOf(slos...))
	now := at.Add(time.Minute)
	for range 3 {
		refresh(t, c, now)
		now = now.Add(5 * time.Minute)
	}
	engine.Set(slices.Concat(all[:2], []promengine.Series{
		{Labels: map[string]string{"__name__": "errors_total", "job": "other"}, Samples: all[2].Samples},
	}))
	for range 5 {
		refresh(t, c, now)
		now = now.Add(5 * time.Minute)
	}
	if f := store.budgets.Figures[slos[2].Name]; f.Error != "" || f.Coverage != 1 {
		t.Fatalf("after it was corrected: coverage %v, error %q", f.Coverage, f.Error)
	}
	queries.Store(0)
	refresh(t, c, now)
	if got := queries.Load(); got != 1 {
		t.Errorf("%d queries once all is well, want 1", got)
	}
}

func TestWhatIsBrokenInThePastIsLeftOutAndNothingElse(t *testing.T) {
	slo := shop(1, "a")
	slo.Indicator.Events.Total = `{__name__=~"requests_total|old_total",job="shop"}`
	all := busy()
	from, to := at.Add(-10*time.Hour).UnixMilli(), at.Add(-10*time.Hour+time.Minute).UnixMilli()
	all = append(all, promengine.Series{
		Labels: map[string]string{"__name__": "old_total", "job": "shop"},
		Samples: func(a, b int64) []promengine.Sample {
			return slices.DeleteFunc(slices.Clone(all[1].Samples(a, b)), func(s promengine.Sample) bool { return s.T < from || s.T > to })
		},
	})
	store := newMemory()
	c := collector(t, store, serve(t, promengine.New(all).Handler()), worldOf(slo, shop(2, "b")))
	now := at.Add(time.Minute)
	for range 12 {
		refresh(t, c, now)
		now = now.Add(10 * time.Minute)
	}
	// The slice with the ambiguous sample, and the next, which begins with it.
	if f := store.budgets.Figures["a"]; f.Error == "" || len(store.of(1)) != len(store.of(2))-2 {
		t.Errorf("%d slices of %d, error %q", len(store.of(1)), len(store.of(2)), f.Error)
	}
	if f := store.budgets.Figures["b"]; f.Error != "" || f.Coverage != 1 {
		t.Errorf("the other one: coverage %v, error %q", f.Coverage, f.Error)
	}
}

// limits refuses, as Prometheus does, what is too much at once.
func limits(h http.Handler, mostSlices, mostSeries int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, _ := strconv.ParseFloat(r.FormValue("start"), 64)
		end, _ := strconv.ParseFloat(r.FormValue("end"), 64)
		if int(end-start)/300+1 > mostSlices || strings.Count(r.FormValue("query"), "label_replace") > mostSeries {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = fmt.Fprint(w, `{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory in query execution"}`)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func TestLimitsOfTheSourceAreMetBySmallerQuestions(t *testing.T) {
	for name, limit := range map[string]struct{ slices, series int }{
		"samples of a long range":  {20, 1000},
		"series of many SLOs":      {1000, 60},
		"both":                     {50, 60},
		"four slices of one SLO":   {4, 3},
		"nothing short of a slice": {1, 1000},
	} {
		t.Run(name, func(t *testing.T) {
			store := newMemory()
			slos := shops(9)
			url := serve(t, limits(promengine.New(busy()).Handler(), limit.slices, limit.series))
			c := collector(t, store, url, worldOf(slos...))
			now := at.Add(time.Minute)
			for range 60 {
				refresh(t, c, now)
				now = now.Add(time.Minute)
			}
			for _, slo := range slos {
				if f := store.budgets.Figures[slo.Name]; f.Error != "" || f.Coverage != 1 {
					t.Errorf("%s: coverage %v, error %q", slo.Name, f.Coverage, f.Error)
				}
			}
		})
	}
}

func TestASourceThatRefusesEverythingIsNotAskedForEachSLO(t *testing.T) {
	for name, body := range map[string]string{
		"incomplete answers": `{"status":"success","warnings":["store-3 is away"],"data":{"resultType":"matrix","result":[]}}`,
		"errors":             `{"status":"error","errorType":"execution","error":"store-3 is away"}`,
	} {
		t.Run(name, func(t *testing.T) {
			var queries atomic.Int64
			store := newMemory()
			url := serve(t, counted(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				kind := "matrix"
				if r.URL.Path == "/api/v1/query" {
					kind = "vector"
				}
				_, _ = fmt.Fprint(w, strings.ReplaceAll(body, "matrix", kind))
			}), &queries))
			slos := shops(200)
			refresh(t, collector(t, store, url, worldOf(slos...)), at.Add(time.Minute))
			if got := queries.Load(); got > 20 {
				t.Errorf("%d queries", got)
			}
			for _, slo := range slos {
				if said := store.budgets.Figures[slo.Name].Error; !strings.Contains(said, "store-3 is away") || len(store.of(slo.Ledger)) > 0 {
					t.Fatalf("%s: %d slices, error %q", slo.Name, len(store.of(slo.Ledger)), said)
				}
			}
		})
	}
}

func TestTheSourcesAreIndependent(t *testing.T) {
	hanging := make(chan struct{})
	slow := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hanging }))
	defer close(hanging)
	a, b := shop(1, "a"), shop(2, "b")
	b.Source = "slow"
	world := worldOf(a, b)
	var sources []*budget.Source
	for _, cfg := range []budget.SourceConfig{
		{Name: burnlist.DefaultSource, URL: serve(t, promengine.New(busy()).Handler())},
		{Name: "slow", URL: slow, Timeout: 50 * time.Millisecond},
	} {
		s, err := budget.NewSource(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, s)
	}
	store := newMemory()
	c := budget.NewCollector(sources, store, func() *burnlist.World { return world }, quiet())
	refresh(t, c, at.Add(time.Minute))
	if f := store.budgets.Figures["a"]; f.Error != "" || f.Coverage != 1 {
		t.Errorf("a: coverage %v, error %q", f.Coverage, f.Error)
	}
	if f := store.budgets.Figures["b"]; f.Error != "no answer within 50ms" {
		t.Errorf("b: error %q", f.Error)
	}
	if _, ok := c.LastSuccess()["slow"]; ok {
		t.Error("the source that never answered has a last success")
	}
}

func TestSLOsInTroubleAreAskedEverMoreRarely(t *testing.T) {
	slos := shops(30)
	for i := range slos {
		ambiguous(&slos[i])
	}
	var queries atomic.Int64
	store := newMemory()
	all := busy()
	engine := promengine.New(all)
	c := collector(t, store, serve(t, counted(engine.Handler(), &queries)), worldOf(slos...))
	now := at.Add(time.Minute)
	refresh(t, c, now)
	queries.Store(0)
	for range 60 {
		now = now.Add(30 * time.Second)
		refresh(t, c, now)
	}
	// After 0.5, 1, 2, 4, 8, 16 and 26 minutes.
	if got := queries.Load(); got > 7*30 {
		t.Errorf("%d queries in half an hour, want 7 for each SLO", got)
	}
	engine.Set(slices.Concat(all[:2], []promengine.Series{
		{Labels: map[string]string{"__name__": "errors_total", "job": "other"}, Samples: all[2].Samples},
	}))
	now = now.Add(10 * time.Minute)
	refresh(t, c, now)
	for _, slo := range slos {
		if f := store.budgets.Figures[slo.Name]; f.Error != "" || f.Coverage != 1 {
			t.Fatalf("%s: coverage %v, error %q ten minutes after it was corrected", slo.Name, f.Coverage, f.Error)
		}
	}
}

func TestWhatIsBrokenInThePastDoesNotDelayTheNewestSlice(t *testing.T) {
	slo := shop(1, "a")
	all := busy()
	samples := all[1].Samples
	from, to := at.Add(-10*time.Hour).UnixMilli(), at.Add(-9*time.Hour).UnixMilli()
	all[1].Samples = func(a, b int64) []promengine.Sample {
		found := slices.Clone(samples(a, b))
		for i := range found {
			if found[i].T > from && found[i].T <= to {
				found[i].V *= 1e30
			}
		}
		return found
	}
	store := newMemory()
	c := collector(t, store, serve(t, promengine.New(all).Handler()), worldOf(slo))
	now := at.Add(time.Minute)
	for range 12 {
		refresh(t, c, now)
		newest := now.Add(-time.Minute).Unix()/300*300 - 300
		if _, ok := store.slices[1][newest]; !ok {
			t.Fatalf("the newest slice at %s is missing", now)
		}
		if f := store.budgets.Figures["a"]; !strings.Contains(f.Error, "too much to be true") || f.Coverage < 0.9 || f.TotalWindow > 1e9 {
			t.Fatalf("coverage %v with %v events, error %q", f.Coverage, f.TotalWindow, f.Error)
		}
		now = now.Add(5 * time.Minute)
	}
}

func TestALivenessThatIsNoNumberIsTheFaultOfTheSource(t *testing.T) {
	all := busy()
	began := at.Add(9 * time.Minute).UnixMilli()
	health := promengine.Series{Labels: map[string]string{"__name__": "health"}, Samples: func(from, to int64) []promengine.Sample {
		found := slices.Clone(all[0].Samples(from, to))
		for i := range found {
			if found[i].T < began {
				found[i].V = math.NaN()
			}
		}
		return found
	}}
	var queries, lines atomic.Int64
	url := serve(t, counted(promengine.New(append(slices.Clone(all), health)).Handler(), &queries))
	source, err := budget.NewSource(budget.SourceConfig{Name: burnlist.DefaultSource, URL: url, Liveness: "health"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	slos := shops(30)
	store, world := newMemory(), worldOf(slos...)
	c := budget.NewCollector([]*budget.Source{source}, store, func() *burnlist.World { return world }, slog.New(tally{slog.DiscardHandler, &lines}))
	now := at.Add(time.Minute)
	for range 4 {
		queries.Store(0)
		refresh(t, c, now)
		// One for what is missing before the health is known, one for what is since.
		if got := queries.Load(); got > 2 {
			t.Errorf("%d queries, want no more than 2 for all SLOs", got)
		}
		for _, slo := range slos {
			if said := store.budgets.Figures[slo.Name].Error; !strings.HasPrefix(said, "the liveness expression ") {
				t.Fatalf("%s: error %q, want the liveness expression's", slo.Name, said)
			}
		}
		now = now.Add(5 * time.Minute)
	}
	if got := lines.Load(); got != 1 {
		t.Errorf("%d lines logged, want 1", got)
	}
	for _, slo := range slos {
		if got := len(store.of(slo.Ledger)); got != 2 {
			t.Fatalf("%s: %d slices, want the 2 since the source is known to be alive", slo.Name, got)
		}
	}
}

// TestRemarksThatAreLeftOutMayHideAWarning: Prometheus 2.48 to 2.53 sends ten
// remarks and warnings at most, in no order.
func TestRemarksThatAreLeftOutMayHideAWarning(t *testing.T) {
	engine := promengine.New(busy()).Handler()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		engine.ServeHTTP(answer, r)
		remarks := `"PromQL info: metric might not be a counter: \"x\""`
		if strings.Count(r.FormValue("query"), "label_replace") > 11 {
			remarks += `,"7 more annotations omitted"`
		}
		_, _ = fmt.Fprint(w, strings.Replace(answer.Body.String(), `{`, `{"warnings":[`+remarks+`],`, 1))
	}))
	store, slos := newMemory(), shops(20)
	refresh(t, collector(t, store, url, worldOf(slos...)), at.Add(time.Minute))
	for _, slo := range slos {
		if f := store.budgets.Figures[slo.Name]; f.Error != "" || f.Coverage != 1 {
			t.Errorf("%s: coverage %v, error %q", slo.Name, f.Coverage, f.Error)
		}
	}
}
