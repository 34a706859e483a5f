package budget_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/internal/promengine"
)

// workbook is the part of the known answers that event indicators give.
type workbook struct {
	Exhaustion []struct {
		Objective, Burn, Days float64
		WindowDays            int `json:"window_days"`
	}
	Factors []struct {
		WindowDays int `json:"window_days"`
		Pairs      []struct {
			Long, Short   string
			Share, Factor float64
		}
	}
	Unreachable []struct {
		Objective  float64
		WindowDays int `json:"window_days"`
		Long       string
		Factor     float64
		MaxBurn    float64 `json:"max_burn"`
		Reachable  bool
	}
	Consumed []struct {
		Name                string
		Objective, Consumed float64
		WindowDays          int     `json:"window_days"`
		ErrorRatio          float64 `json:"error_ratio"`
		Minutes             int
	}
	LowTraffic struct {
		RequestsPerHour int `json:"requests_per_hour"`
		Objective       float64
		WindowDays      int `json:"window_days"`
		Failures        int
		Burn1h          float64 `json:"burn_1h"`
		OneEvent        float64 `json:"one_event"`
	} `json:"low_traffic"`
	Exhausts struct {
		Remaining, Burn, Hours float64
		WindowDays             int `json:"window_days"`
	}
	Methods struct {
		Objective           float64
		Good, Total         []float64
		OccurrencesConsumed float64 `json:"occurrences_consumed"`
		TimeslicesConsumed  float64 `json:"timeslices_consumed"`
		RatioConsumed       float64 `json:"ratio_timeslices_consumed"`
	}
	Traps []map[string]any
}

func known(t *testing.T) workbook {
	t.Helper()
	b, err := os.ReadFile("testdata/budget.json")
	if err != nil {
		t.Fatal(err)
	}
	var w workbook
	if err := json.Unmarshal(b, &w); err != nil {
		t.Fatal(err)
	}
	return w
}

// trap returns a number of the named trap.
func (w workbook) trap(t *testing.T, name, field string) float64 {
	t.Helper()
	for _, trap := range w.Traps {
		if trap["name"] == name {
			if n, ok := trap[field].(float64); ok {
				return n
			}
		}
	}
	t.Fatalf("there is no number %s of the trap %q", field, name)
	return 0
}

// minute says how many events there were in one minute: all of them, and the
// bad ones. Nothing at all means that the series is not there.
type minute func(ago time.Duration) (total, bad float64, there bool)

// at is the instant at which the figures of these tests are taken.
var at = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// series scrapes a world of minutes for some days up to at, 37 s off the slice
// grid, into the counters requests_total and errors_total.
func series(days int, m minute) []promengine.Series {
	var up, all, bad []promengine.Sample
	total, errors := 0.0, 0.0
	for t := at.Add(-time.Duration(days) * burnlist.Day); t.Before(at); t = t.Add(time.Minute) {
		scrape := t.Add(37 * time.Second).UnixMilli()
		up = append(up, promengine.Sample{T: scrape, V: 1})
		n, e, there := m(at.Sub(t))
		total, errors = total+n, errors+e
		if there {
			all = append(all, promengine.Sample{T: scrape, V: total})
			bad = append(bad, promengine.Sample{T: scrape, V: errors})
		}
	}
	return []promengine.Series{
		{Labels: map[string]string{"__name__": "up", "job": "shop"}, Samples: promengine.Fixed(up)},
		{Labels: map[string]string{"__name__": "requests_total", "job": "shop"}, Samples: promengine.Fixed(all)},
		{Labels: map[string]string{"__name__": "errors_total", "job": "shop"}, Samples: promengine.Fixed(bad)},
	}
}

// steady is traffic of 10,000 requests a minute, of which the given share of
// errors is bad.
func steady(ratio func(ago time.Duration) float64) minute {
	return func(ago time.Duration) (float64, float64, bool) { return 10_000, 10_000 * ratio(ago), true }
}

// within is a ratio for the minutes that began less than so long ago.
func within(since time.Duration, ratio float64) func(time.Duration) float64 {
	return func(ago time.Duration) float64 {
		if ago <= since {
			return ratio
		}
		return 0
	}
}

// measure asks a real PromQL engine for the figures at the instant at.
func measure(t *testing.T, objective float64, windowDays int, all []promengine.Series) burnlist.Figures {
	t.Helper()
	ledger, slo := ledgerOf(t, objective, windowDays, all)
	return ledger.Figures(slo, at)
}

func ledgerOf(t *testing.T, objective float64, windowDays int, all []promengine.Series) (*budget.Ledger, burnlist.SLO) {
	t.Helper()
	slo := burnlist.SLO{
		Name: "availability", Service: "shop", Source: burnlist.DefaultSource, Objective: objective, Ledger: 1,
		Window: burnlist.Duration(windowDays) * burnlist.Duration(burnlist.Day), Slice: burnlist.DefaultSlice,
		Indicator: burnlist.Indicator{Events: &burnlist.Events{Total: `requests_total{job="shop"}`, Bad: `errors_total{job="shop"}`}},
	}
	slices := collect(t, slo, all, at)
	ledger := budget.NewLedger(slo.Slice)
	ledger.Put(slices)
	return ledger, slo
}

func almost(t *testing.T, what string, got burnlist.Value, want, tolerance float64) {
	t.Helper()
	if n, ok := got.Get(); !ok || math.Abs(n-want) > tolerance*math.Abs(want) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// printed is the tolerance to which the known answers are printed.
const printed = 1e-5

func TestABurnRateExhaustsAFullBudgetInItsTime(t *testing.T) {
	for _, v := range known(t).Exhaustion {
		t.Run(fmt.Sprintf("burn %v", v.Burn), func(t *testing.T) {
			f := measure(t, v.Objective, v.WindowDays, series(v.WindowDays, steady(within(2*burnlist.Day, v.Burn*(1-v.Objective)))))
			almost(t, "burn in 1 d", f.Burn[burnlist.Span1d], v.Burn, printed)
			speed, _ := f.Speed[burnlist.Span1d].Get()
			almost(t, "days to spend a full budget at that speed", burnlist.Known(float64(v.WindowDays)/speed), v.Days, printed)
		})
	}
}

func TestPairFactors(t *testing.T) {
	for _, v := range known(t).Factors {
		for i, p := range v.Pairs {
			pair := burnlist.Pairs[i]
			if pair.String() != p.Long+"/"+p.Short || pair.Share != p.Share {
				t.Errorf("pair %d is %s with %v of the budget, want %s/%s with %v", i, pair, pair.Share, p.Long, p.Short, p.Share)
			}
			got := pair.Factor(burnlist.Duration(v.WindowDays) * burnlist.Duration(burnlist.Day))
			if want := max(1, p.Factor); math.Abs(got-want) > 1e-8 {
				t.Errorf("%d days: factor of %s is %v, want %v", v.WindowDays, pair, got, want)
			}
		}
	}
}

func TestAPairThatAnObjectiveCanNeverReachIsNamed(t *testing.T) {
	for _, v := range known(t).Unreachable {
		f := measure(t, v.Objective, v.WindowDays, series(1, steady(within(burnlist.Day, 1))))
		almost(t, "burn with nothing but errors", f.Burn[burnlist.Span1h], v.MaxBurn, printed)
		if named := strings.Contains(strings.Join(f.Unreachable, " "), v.Long+"/"); named == v.Reachable {
			t.Errorf("objective %v: unreachable pairs are %v", v.Objective, f.Unreachable)
		}
	}
}

func TestWhatAnIncidentConsumes(t *testing.T) {
	for _, v := range known(t).Consumed {
		t.Run(v.Name, func(t *testing.T) {
			incident := within(time.Duration(v.Minutes)*time.Minute, v.ErrorRatio)
			f := measure(t, v.Objective, v.WindowDays, series(v.WindowDays+1, steady(incident)))
			almost(t, "consumed", f.Consumed, v.Consumed, printed)
		})
	}
}

func TestOneFailureAtLowTraffic(t *testing.T) {
	v := known(t).LowTraffic
	every := time.Hour / time.Duration(v.RequestsPerHour)
	f := measure(t, v.Objective, v.WindowDays, series(v.WindowDays+1, func(ago time.Duration) (float64, float64, bool) {
		total, bad := 0.0, 0.0
		if ago%every == 0 {
			total = 1
		}
		if ago == every {
			bad = float64(v.Failures)
		}
		return total, bad, true
	}))
	almost(t, "burn in 1 h", f.Burn[burnlist.Span1h], v.Burn1h, printed)
	almost(t, "one event", f.OneEvent, v.OneEvent, printed)
	almost(t, "consumed", f.Consumed, v.OneEvent, printed)
	if got := burnlist.DefaultPolicy().Judge(f, at); got.State != burnlist.AtRisk || !got.LowTraffic {
		t.Errorf("judged %+v, want at_risk by low traffic", got)
	}
}

func TestWhatIsLeftExhaustsAtItsPace(t *testing.T) {
	v := known(t).Exhausts
	const objective = 0.999
	window := float64(v.WindowDays)
	// One day at the burn rate, and before it, too recent to leave in time, what
	// else is spent.
	rest := 1 - v.Remaining - v.Burn/window
	f := measure(t, objective, v.WindowDays, series(v.WindowDays+1, steady(func(ago time.Duration) float64 {
		switch {
		case ago <= burnlist.Day:
			return v.Burn * (1 - objective)
		case ago > 20*burnlist.Day && ago <= 21*burnlist.Day:
			return rest * window * (1 - objective)
		}
		return 0
	})))
	almost(t, "consumed", f.Consumed, 1-v.Remaining, printed)
	almost(t, "pace", f.Pace, v.Burn, printed)
	if f.ExhaustsAt == nil {
		t.Fatal("never exhausts")
	}
	almost(t, "hours until it is exhausted", burnlist.Known(f.ExhaustsAt.Sub(at).Hours()), v.Hours, 1e-4)
}

func TestOccurrencesAreWeighedByEvents(t *testing.T) {
	v := known(t).Methods
	part := burnlist.Day / time.Duration(len(v.Total))
	// The ten parts of one day, all events of a part in its first minute.
	f := measure(t, v.Objective, 1, series(2, func(ago time.Duration) (float64, float64, bool) {
		if ago > burnlist.Day || ago%part != 0 {
			return 0, 0, true
		}
		i := len(v.Total) - int(ago/part)
		return v.Total[i], v.Total[i] - v.Good[i], true
	}))
	almost(t, "consumed", f.Consumed, v.OccurrencesConsumed, printed)
}

// TestARatioIsWeighedByTime takes ready ratios of the same ten parts of a day:
// that of the bad events of each, and whether it missed the objective at all.
func TestARatioIsWeighedByTime(t *testing.T) {
	v := known(t).Methods
	part := burnlist.Day / time.Duration(len(v.Total))
	recorded := func(name string, ratio func(good, total float64) float64) promengine.Series {
		var samples []promengine.Sample
		for ago := 2 * burnlist.Day; ago > 0; ago -= time.Minute {
			i := len(v.Total) - 1 - int((ago-time.Minute)%burnlist.Day/part)
			samples = append(samples, promengine.Sample{T: at.Add(-ago + 37*time.Second).UnixMilli(), V: ratio(v.Good[i], v.Total[i])})
		}
		return promengine.Series{Labels: map[string]string{"__name__": name}, Samples: promengine.Fixed(samples)}
	}
	all := append(series(2, steady(within(0, 0))),
		recorded("errors:ratio", func(good, total float64) float64 { return 1 - good/total }),
		recorded("missed:bool", func(good, total float64) float64 {
			if good/total < v.Objective {
				return 1
			}
			return 0
		}))
	for expression, want := range map[string]float64{"errors:ratio": v.RatioConsumed, "missed:bool": v.TimeslicesConsumed} {
		slo := burnlist.SLO{
			Name: "ready", Service: "shop", Source: burnlist.DefaultSource, Objective: v.Objective, Ledger: 1,
			Window: burnlist.Duration(burnlist.Day), Slice: burnlist.DefaultSlice,
			Indicator: burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: expression}},
		}
		ledger := budget.NewLedger(slo.Slice)
		ledger.Put(collect(t, slo, all, at))
		f := ledger.Figures(slo, at)
		almost(t, "consumed by "+expression, f.Consumed, want, 1e-3) // one of them is printed with four digits
		if !f.TimeWeighted {
			t.Errorf("%s is not said to be weighted by time", expression)
		}
	}
}

func TestANightWithoutTrafficCostsWhatItCosts(t *testing.T) {
	w := known(t)
	const objective = 0.999
	all := series(31, func(ago time.Duration) (float64, float64, bool) {
		if ago%burnlist.Day >= 12*time.Hour { // day
			return 60_000, 0, true
		}
		return 60, 30, true
	})
	ledger, slo := ledgerOf(t, objective, 30, all)
	f := ledger.Figures(slo, at)
	ratio := w.trap(t, "diurnal", "event_weighted_ratio")
	almost(t, "consumed", f.Consumed, 0.5/1001/(1-objective), printed)
	almost(t, "consumed", f.Consumed, ratio/(1-objective), 1e-3) // the known answer was measured, with rates that extrapolate
	if wrong := w.trap(t, "diurnal", "average_of_ratios"); math.Abs(f.Consumed.Or(0)*(1-objective)-wrong) < 0.1 {
		t.Errorf("consumed %v is that of averaged ratios", f.Consumed)
	}
	for h := range 24 {
		then := at.Add(-time.Duration(h) * time.Hour)
		if got := burnlist.DefaultPolicy().Judge(ledger.Figures(slo, then), then); got.State == burnlist.Burning || got.State == burnlist.Exhausted {
			t.Errorf("%d h before: %s", h, got.State)
		}
	}
}

func TestSlicesOfACounterTelescope(t *testing.T) {
	all := series(3, func(ago time.Duration) (float64, float64, bool) {
		n := float64(ago/time.Minute*7919%1009) + 1
		return n, math.Floor(n / 3), true
	})
	for name, i := range map[string]int{"total": 1, "bad": 2} {
		samples := all[i].Samples(0, math.MaxInt64)
		want := samples[len(samples)-1].V - samples[0].V
		ledger, _ := ledgerOf(t, 0.999, 30, all)
		got := 0.0
		for _, s := range ledger.Slices() {
			got += map[string]float64{"total": s.Total, "bad": s.Bad}[name]
		}
		// The first slice is the series' birth, of which only what came after its
		// first sample can be known, and increase guesses at that.
		first := ledger.Slices()
		for len(first) > 0 && first[0].State != burnlist.SliceData {
			first = first[1:]
		}
		born := map[string]float64{"total": first[0].Total, "bad": first[0].Bad}[name]
		inFirst := samples[4].V - samples[0].V
		if got-born != want-inFirst {
			t.Errorf("%s: the slices after the first add up to %v, want %v", name, got-born, want-inFirst)
		}
	}
}

func TestABurstBetweenScrapesIsCountedWhole(t *testing.T) {
	want := known(t).trap(t, "burst", "bad")
	for offset := range 5 {
		all := series(2, func(ago time.Duration) (float64, float64, bool) {
			if ago == time.Hour+time.Duration(offset)*time.Minute {
				return 100, want, true
			}
			return 100, 0, true
		})
		if f := measure(t, 0.999, 1, all); f.BadWindow != want {
			t.Errorf("burst %d minutes into a slice: %v bad events, want %v", offset, f.BadWindow, want)
		}
	}
}

func TestARestartLosesNextToNothing(t *testing.T) {
	w := known(t)
	truth, tolerance := w.trap(t, "reset", "truth"), w.trap(t, "reset", "relative_tolerance")
	// 0..590 by 10 a minute, a restart, then 0..600 by 10 a minute.
	var up, all []promengine.Sample
	for i := range 121 {
		v := float64(i) * 10
		if i >= 60 {
			v -= 600
		}
		t := at.Add(-2*time.Hour + time.Duration(i-1)*time.Minute + 37*time.Second).UnixMilli()
		up, all = append(up, promengine.Sample{T: t, V: 1}), append(all, promengine.Sample{T: t, V: v})
	}
	f := measure(t, 0.999, 1, []promengine.Series{
		{Labels: map[string]string{"__name__": "up", "job": "shop"}, Samples: promengine.Fixed(up)},
		{Labels: map[string]string{"__name__": "requests_total", "job": "shop"}, Samples: promengine.Fixed(all)},
	})
	if math.Abs(f.TotalWindow-truth) > tolerance*truth {
		t.Errorf("%v events, want %v within %v", f.TotalWindow, truth, tolerance)
	}
	if f.BadWindow != 0 {
		t.Errorf("%v bad events without a bad series, want 0", f.BadWindow)
	}
}

func TestANewServiceIsMeasuredAgainstAWholeWindow(t *testing.T) {
	w := known(t)
	f := measure(t, 0.999, 30, series(3, steady(within(3*burnlist.Day, w.trap(t, "new service", "ratio")))))
	// The very first minute is not in the counters' differences.
	const first = 1e-3
	almost(t, "coverage", burnlist.Known(f.Coverage), w.trap(t, "new service", "coverage"), first)
	almost(t, "burn in 3 d", f.Burn[burnlist.Span3d], w.trap(t, "new service", "burn_window"), first)
	almost(t, "consumed", f.Consumed, w.trap(t, "new service", "consumed"), first)
}

func TestAServiceScaledToZeroIsNotYoung(t *testing.T) {
	w := known(t)
	want := w.trap(t, "scaled to zero", "consumed")
	const objective = 0.99
	f := measure(t, objective, 30, series(31, func(ago time.Duration) (float64, float64, bool) {
		return 1000, 1000 * want * (1 - objective), ago%burnlist.Day < 8*time.Hour
	}))
	// Each morning's first minute is lost with the birth of the series.
	almost(t, "consumed", f.Consumed, want, 1e-3)
	if f.Coverage != 1 {
		t.Errorf("coverage %v, want 1", f.Coverage)
	}
}

func TestBlipsNeverBurn(t *testing.T) {
	const objective = 0.999
	for name, blips := range map[string]struct {
		aDay  int
		ratio float64
	}{"one small a day": {1, 0.005}, "one large a day": {1, 0.03}, "two small a day": {2, 0.005}, "two middling a day": {2, 0.015}} {
		t.Run(name, func(t *testing.T) {
			ledger, slo := ledgerOf(t, objective, 30, series(38, steady(func(ago time.Duration) float64 {
				since := ago % (burnlist.Day / time.Duration(blips.aDay))
				switch {
				case since >= 5*time.Hour && since < 5*time.Hour+8*time.Minute:
					return blips.ratio
				case since >= 6*time.Hour && since < 7*time.Hour:
					// The rest of what is consumed, far below what a blip is.
					perDay := 0.45*(1-objective)*24*60 - float64(blips.aDay)*8*blips.ratio
					return max(0, perDay/float64(blips.aDay)/60)
				}
				return 0
			})))
			almost(t, "consumed", ledger.Figures(slo, at).Consumed, 0.45, 0.02)
			for i := range 24 * 12 {
				then := at.Add(-time.Duration(i) * 5 * time.Minute)
				if got := burnlist.DefaultPolicy().Judge(ledger.Figures(slo, then), then); got.State == burnlist.Burning || got.State == burnlist.Exhausted {
					t.Fatalf("%s before: %s with %+v", at.Sub(then), got.State, ledger.Figures(slo, then))
				}
			}
		})
	}
}

func TestABudgetExhaustsBeforeOldErrorsLeave(t *testing.T) {
	w := known(t)
	const objective, window = 0.999, 30
	days := func(d float64) time.Duration { return time.Duration(d * float64(burnlist.Day)) }
	f := measure(t, objective, window, series(window+1, steady(func(ago time.Duration) float64 {
		switch {
		case ago <= days(4.5): // 0.3 of the budget at pace 2
			return 2 * (1 - objective)
		case ago > days(25.9) && ago <= days(26): // 0.6 of it, which leaves in 4 days
			return 0.6 * window * (1 - objective) / 0.1
		}
		return 0
	})))
	almost(t, "consumed", f.Consumed, 0.9, printed)
	almost(t, "pace", f.Pace, 2, printed)
	if f.ExhaustsAt == nil {
		t.Fatal("never exhausts")
	}
	almost(t, "days until it is exhausted", burnlist.Known(f.ExhaustsAt.Sub(at).Hours()/24), w.trap(t, "old errors leave", "exhausts_in_days"), 1e-4)
	if got := burnlist.DefaultPolicy().Judge(f, at); got.State != burnlist.Burning {
		t.Errorf("judged %s, want burning", got.State)
	}
}
