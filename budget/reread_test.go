package budget_test

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/promengine"
)

// ahead is traffic of a pod, from four days before at to two days after it. What
// lies within lost is missing.
func ahead(pod string, lost ...[2]time.Duration) []promengine.Series {
	var samples [3][]promengine.Sample // up, all, bad
	for minute := -4 * 1440; minute < 2*1440; minute++ {
		t := time.Duration(minute)*time.Minute + 37*time.Second
		if slices.ContainsFunc(lost, func(r [2]time.Duration) bool { return t > r[0] && t <= r[1] }) {
			continue
		}
		n := float64(minute + 4*1440)
		for i, v := range []float64{1, 100 * n, 2 * n} {
			samples[i] = append(samples[i], promengine.Sample{T: at.Add(t).UnixMilli(), V: v})
		}
	}
	var all []promengine.Series
	for i, name := range []string{"up", "requests_total", "errors_total"} {
		all = append(all, promengine.Series{
			Labels:  map[string]string{"__name__": name, "job": "shop", "pod": pod},
			Samples: promengine.Fixed(samples[i]),
		})
	}
	return all
}

func corrected(all []burnlist.Slice) (starts []int64) {
	for _, s := range all {
		if s.Corrected {
			starts = append(starts, s.Start)
		}
	}
	return starts
}

// TestDataThatComesLateIsCounted has what pod b did in one hour arrive an hour
// later, and in another hour eighteen hours later.
func TestDataThatComesLateIsCounted(t *testing.T) {
	first, second := [2]time.Duration{2 * time.Hour, 3 * time.Hour}, [2]time.Duration{5 * time.Hour, 6 * time.Hour}
	for name, limit := range map[string]struct {
		slices, series int
		every          time.Duration
	}{
		"at once": {1000, 1000, 5 * time.Minute},
		"from a source that answers little at once": {6, 9, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			slos := shops(6)
			for i := range slos {
				slos[i].Window = burnlist.Duration(3 * burnlist.Day)
			}
			slos[5].Slice = burnlist.Duration(15 * time.Minute)
			engine := promengine.New(slices.Concat(ahead("a"), ahead("b", first, second)))
			var limited atomic.Bool
			strong, weak := engine.Handler(), limits(engine.Handler(), limit.slices, limit.series)
			url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if limited.Load() {
					weak.ServeHTTP(w, r)
					return
				}
				strong.ServeHTTP(w, r)
			}))
			store := newMemory()
			c := collector(t, store, url, worldOf(slos...))
			wrong := func(after, from time.Duration, want []burnlist.Slice) int {
				n := 0
				for _, s := range store.of(1) {
					i := slices.IndexFunc(want, func(o burnlist.Slice) bool { return o.Start == s.Start })
					if i < 0 {
						t.Fatalf("after %s there is a slice at %d that should not be", after, s.Start)
					}
					if s.Start >= at.Add(from).Unix() && (math.Abs(s.Total-want[i].Total) > 1e-6 || math.Abs(s.Bad-want[i].Bad) > 1e-6) {
						n++
					}
				}
				return n
			}
			steady := newMemory()
			whole := serve(t, promengine.New(slices.Concat(ahead("a"), ahead("b"))).Handler())
			refresh(t, collector(t, steady, whole, worldOf(slos...)), at.Add(time.Minute))
			refresh(t, collector(t, steady, whole, worldOf(slos...)), at.Add(36*time.Hour))
			want := steady.of(1)
			for after := time.Duration(0); after <= 34*time.Hour; after += limit.every {
				if after == 4*time.Hour {
					engine.Set(slices.Concat(ahead("a"), ahead("b", second)))
				}
				if after == 24*time.Hour {
					engine.Set(slices.Concat(ahead("a"), ahead("b")))
				}
				refresh(t, c, at.Add(after+time.Minute))
				limited.Store(true)
				for _, slo := range slos {
					if said := store.budgets.Figures[slo.Name].Error; said != "" {
						t.Fatalf("%s: %s", slo.Name, said)
					}
				}
				if after == 4*time.Hour+55*time.Minute && wrong(after, -burnlist.Day, want) == 0 {
					t.Fatal("nothing is wrong before the first hour is two hours old")
				}
				if after == 8*time.Hour && wrong(after, -burnlist.Day, want) != wrong(after, second[0], want) {
					t.Errorf("after %s the first hour is not corrected", after)
				}
				if after == 29*time.Hour && wrong(after, second[0], want) == 0 {
					t.Error("the second hour was right before it was a day old")
				}
			}
			if n := wrong(34*time.Hour, -burnlist.Day, want); n > 0 {
				t.Errorf("%d slices are not as they are if nothing is late", n)
			}
			for _, slo := range slos {
				// Those of the two hours, and where pod b is there again after each.
				n := len(corrected(store.of(slo.Ledger)))
				width := slo.Slice.Std()
				if most := 2*int(time.Hour/width) + 2; n < most-2 || n > most {
					t.Errorf("%s: %d slices are marked as corrected, want about %d", slo.Name, n, most)
				}
				if f := store.budgets.Figures[slo.Name]; f.Corrections != n {
					t.Errorf("%s: the figures say %d corrections, want %d", slo.Name, f.Corrections, n)
				}
			}
		})
	}
}

func TestWhatTheSourceLostIsNotTakenBack(t *testing.T) {
	engine := promengine.New(ahead("a"))
	store := newMemory()
	c := collector(t, store, serve(t, engine.Handler()), worldOf(shop(1, "a")))
	var before []burnlist.Slice
	for after := time.Duration(0); after <= 30*time.Hour; after += 5 * time.Minute {
		if after == 4*time.Hour {
			before = store.of(1)
			engine.Set(ahead("a", [2]time.Duration{-100 * time.Hour, 3*time.Hour + 55*time.Minute}))
		}
		refresh(t, c, at.Add(after+time.Minute))
	}
	if got := store.of(1)[:len(before)]; !slices.Equal(got, before) {
		t.Errorf("%d of %d slices changed after the source lost them", len(corrected(got)), len(before))
	}
}

// asked is a range query: the start of its first slice and the end of its last.
type asked struct{ from, to int64 }

// ranges has the range queries recorded that reach a handler.
func ranges(h http.Handler, width int64, all *[]asked) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "query_range") {
			start, _ := strconv.ParseFloat(r.FormValue("start"), 64)
			end, _ := strconv.ParseFloat(r.FormValue("end"), 64)
			*all = append(*all, asked{int64(start) - width, int64(end)})
		}
		h.ServeHTTP(w, r)
	})
}

// TestEverySliceIsReadAgainTwiceAndNoMore restarts the collector all the time.
func TestEverySliceIsReadAgainTwiceAndNoMore(t *testing.T) {
	store := newMemory()
	var all []asked
	url := serve(t, ranges(promengine.New(ahead("a")).Handler(), 300, &all))
	c := collector(t, store, url, worldOf(shops(3)...))
	ages := map[int64][]time.Duration{} // of each hour when it was read again
	end := 30 * time.Hour
	for after := time.Duration(0); after <= end; after += 5 * time.Minute {
		if after%(35*time.Minute) == 0 {
			c = collector(t, store, url, worldOf(shops(3)...))
		}
		all = nil
		refresh(t, c, at.Add(after+time.Minute))
		for _, r := range all[min(len(all), 1-min(int(after), 1)):] { // without the backfill
			if r.to-r.from != 3600 || r.from%3600 != 0 {
				t.Fatalf("after %s %+v is asked for, want a full hour", after, r)
			}
			ages[r.from] = append(ages[r.from], at.Add(after).Sub(time.Unix(r.to, 0)))
		}
	}
	for hour := at.Unix(); hour < at.Add(end-27*time.Hour).Unix(); hour += 3600 {
		got := ages[hour]
		if len(got) != 2 || got[0] < 2*time.Hour || got[0] > 2*time.Hour+30*time.Minute || got[1] < 24*time.Hour || got[1] > 24*time.Hour+30*time.Minute {
			t.Errorf("the hour at %s was read again at the ages %v, want once after 2h and once after 24h", time.Unix(hour, 0).UTC(), got)
		}
	}
	for hour, got := range ages {
		for i, age := range got {
			if i > 0 && (age < 24*time.Hour || got[i-1] >= 24*time.Hour) {
				t.Errorf("the hour at %s was read again at the ages %v", time.Unix(hour, 0).UTC(), got)
			}
		}
	}
}

func TestReadingAgainKeepsOutOfTheWayOfWhatIsNew(t *testing.T) {
	var all []asked
	var queries atomic.Int64
	url := serve(t, counted(ranges(promengine.New(ahead("a")).Handler(), 300, &all), &queries))
	c := collector(t, newMemory(), url, worldOf(shops(3)...))
	refresh(t, c, at.Add(time.Minute))
	again := 0
	for after := 30 * time.Second; after <= 5*time.Hour+2*time.Minute; after += 30 * time.Second {
		all = nil
		queries.Store(0)
		refresh(t, c, at.Add(after+time.Minute))
		again += len(all)
		if n := queries.Load(); n > 1 {
			t.Errorf("after %s: %d queries, want one at a time", after, n)
		}
	}
	if want := 2 * 5; again != want {
		t.Errorf("%d hours were read again, want %d", again, want)
	}
}

// TestWhatIsFilledInLateIsNotReadTwice has burnlist be away for three days.
func TestWhatIsFilledInLateIsNotReadTwice(t *testing.T) {
	store := newMemory()
	var all []asked
	slo := shop(1, "a")
	slo.Window = burnlist.Duration(7 * burnlist.Day)
	url := serve(t, ranges(promengine.New(ahead("a")).Handler(), 300, &all))
	refresh(t, collector(t, store, url, worldOf(slo)), at.Add(-3*burnlist.Day+time.Minute))
	c := collector(t, store, url, worldOf(slo))
	refresh(t, c, at.Add(time.Minute))
	all = nil
	for after := 5 * time.Minute; after < 7*time.Hour; after += 5 * time.Minute {
		refresh(t, c, at.Add(after+time.Minute))
	}
	aged, from := at.Add(-24*time.Hour).Unix(), at.Add(-3*burnlist.Day).Unix()
	for _, r := range all {
		if r.from >= from && r.to <= aged {
			t.Errorf("%s to %s is read again, though it was a day late", time.Unix(r.from, 0).UTC(), time.Unix(r.to, 0).UTC())
		}
	}
	// The day before the outage at the age of 24 h, its last two hours among
	// them; six hours that were filled in before they were that old; and six that
	// were not even two hours old.
	if len(all) != 24+6+6 || store.marks[1].After24h != at.Add(-18*time.Hour).Unix() || store.marks[1].After2h != at.Add(4*time.Hour).Unix() {
		t.Errorf("%d queries, until %+v", len(all), store.marks[1])
	}
}

func TestWhatCannotBeReadAgainIsGivenUpAndNoTrouble(t *testing.T) {
	slos := shops(20)
	slos[7].Indicator.Events = &burnlist.Events{Total: `{__name__=~"requests_total|old_total",job="shop"}`, Bad: `errors_total`}
	engine := promengine.New(ahead("a"))
	var queries atomic.Int64
	store := newMemory()
	c := collector(t, store, serve(t, counted(engine.Handler(), &queries)), worldOf(slos...))
	for after := time.Duration(0); after <= 9*time.Hour; after += time.Minute {
		if after == 90*time.Minute { // two samples with the same labels appear in the past
			from, to := at.Add(30*time.Minute).UnixMilli(), at.Add(31*time.Minute).UnixMilli()
			old := promengine.Series{Labels: map[string]string{"__name__": "old_total", "job": "shop", "pod": "a"}}
			old.Samples = promengine.Fixed(slices.Clone(ahead("a")[1].Samples(from, to)))
			engine.Set(append(ahead("a"), old))
		}
		queries.Store(0)
		refresh(t, c, at.Add(after+time.Minute))
		if after > 0 && queries.Load() > 2 {
			t.Errorf("after %s: %d queries, want 2 at most", after, queries.Load())
		}
		for _, slo := range slos {
			if f := store.budgets.Figures[slo.Name]; f.Error != "" || f.Coverage != 1 {
				t.Fatalf("after %s %s has the coverage %v and the error %q", after, slo.Name, f.Coverage, f.Error)
			}
		}
	}
	for ledger, mark := range maps.All(store.marks) {
		if want := at.Add(6 * time.Hour).Unix(); mark.After2h < want {
			t.Errorf("ledger %d was read again until %s, want %s", ledger, time.Unix(mark.After2h, 0).UTC(), time.Unix(want, 0).UTC())
		}
	}
	if n := len(corrected(store.of(8))); n > 0 {
		t.Errorf("%d slices were corrected, want none", n)
	}
}

// quick answers queries of many SLOs at once: all have the same traffic.
func quick(value func(part string, t int64) float64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var tags []string
		for _, piece := range strings.Split(r.FormValue("query"), `"burnlist"`)[1:] {
			tags = append(tags, strings.SplitN(piece, `"`, 3)[1])
		}
		number := func(name string) int64 {
			n, _ := strconv.ParseFloat(r.FormValue(name), 64)
			return int64(n)
		}
		first, last, step, kind := number("start"), number("end"), number("step"), "matrix"
		if strings.HasSuffix(r.URL.Path, "/query") {
			first, step, kind = number("time"), 1, "vector"
			last = first
		}
		series := make([]string, len(tags))
		values := map[string]string{}
		for i, tag := range tags {
			_, part, _ := strings.Cut(tag, "/")
			if _, ok := values[part]; !ok {
				var pairs []string
				for t := first; t <= last; t += step {
					pairs = append(pairs, fmt.Sprintf(`[%d,"%g"]`, t, value(part, t)))
				}
				values[part] = `"values":[` + strings.Join(pairs, ",") + `]`
				if kind == "vector" {
					values[part] = `"value":` + pairs[0]
				}
			}
			series[i] = fmt.Sprintf(`{"metric":{"burnlist":%q},%s}`, tag, values[part])
		}
		_, _ = fmt.Fprintf(w, `{"status":"success","data":{"resultType":%q,"result":[%s]}}`, kind, strings.Join(series, ","))
	})
}

func constant(part string, _ int64) float64 {
	return map[string]float64{"alive": 1, "total": 500, "bad": 5}[part]
}

func TestARefreshOfAThousandSLOsTakesSixQueriesAtMost(t *testing.T) {
	var slos []burnlist.SLO
	for i := range 1000 {
		slos = append(slos, shop(i+1, fmt.Sprintf("slo-%04d", i)))
	}
	var queries atomic.Int64
	store := newMemory()
	c := collector(t, store, serve(t, counted(quick(constant), &queries)), worldOf(slos...))
	// From the first hour on slices are read again at both ages, day in, day out.
	all, end := int64(0), 3*time.Hour+30*time.Minute
	for after := time.Duration(0); after <= end; after += 5 * time.Minute {
		queries.Store(0)
		refresh(t, c, at.Add(after+time.Minute))
		if got := queries.Load(); got > 6 || got < 5 {
			t.Fatalf("after %s: %d queries, want 5 for the newest slices, and one more at most", after, got)
		}
		all += queries.Load()
	}
	for ledger, mark := range store.marks {
		if mark.After2h < at.Add(end-4*time.Hour).Unix() || mark.After24h < at.Add(end-26*time.Hour).Unix() {
			t.Fatalf("ledger %d was read again until %s and %s: that falls behind", ledger, time.Unix(mark.After2h, 0).UTC(), time.Unix(mark.After24h, 0).UTC())
		}
	}
	if all < 43*5+25 {
		t.Errorf("%d queries in all, which leaves too few to read again", all)
	}
	if f := store.budgets.Figures["slo-0999"]; f.Coverage != 1 || f.BadWindow != 288*5 || f.Corrections != 0 {
		t.Errorf("in the end: coverage %v, %v bad events, %d corrections", f.Coverage, f.BadWindow, f.Corrections)
	}
}
