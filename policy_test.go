package burnlist

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

// measured returns the figures of a 30-day SLO with plenty of traffic.
func measured(now time.Time, consumed, forecast float64) Figures {
	f := Figures{
		Objective: 0.999, Window: DefaultWindow, At: now, Coverage: 1,
		FirstData: new(now.Add(-60 * Day)), KnownUntil: new(now),
		BadWindow: 1000, Bad7d: 500, Consumed: Known(consumed), Forecast: Known(forecast),
	}
	f.Spent[Span7d] = Known(0)
	return f
}

func TestJudgeFollowsTheTable(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	with := func(consumed, forecast float64, change func(*Figures)) Figures {
		f := measured(now, consumed, forecast)
		if change != nil {
			change(&f)
		}
		return f
	}
	ago := func(d time.Duration) func(*Figures) { return func(f *Figures) { f.KnownUntil = new(now.Add(-d)) } }
	for name, tc := range map[string]struct {
		figures Figures
		want    Verdict
	}{
		"a spent budget is exhausted":                        {with(1, 1.2, nil), Verdict{State: Exhausted}},
		"one that is spent before next week is burning":      {with(0.5, 1, nil), Verdict{State: Burning}},
		"a forecast of three quarters is at risk":            {with(0.5, 0.75, nil), Verdict{State: AtRisk}},
		"just below that is healthy":                         {with(0.5, 0.7499, nil), Verdict{State: Healthy}},
		"too much in seven days is at risk":                  {with(0.5, 0.6, func(f *Figures) { f.Spent[Span7d] = Known(0.35) }), Verdict{State: AtRisk}},
		"an even seven days' share is not":                   {with(0.5, 0.6, func(f *Figures) { f.Spent[Span7d] = Known(7. / 30) }), Verdict{State: Healthy}},
		"a fast burn is at risk":                             {with(0.1, 0.1, func(f *Figures) { f.FastBurn = true }), Verdict{State: AtRisk}},
		"a slow burn is at risk":                             {with(0.1, 0.1, func(f *Figures) { f.SlowBurn = true }), Verdict{State: AtRisk}},
		"a handful of bad events does not exhaust":           {with(3, 3, func(f *Figures) { f.BadWindow, f.Bad7d = 4, 4 }), Verdict{State: AtRisk, LowTraffic: true}},
		"a short window overspent by a handful still burns":  {with(1, 1.2, func(f *Figures) { f.BadWindow, f.Bad7d = 4, 50 }), Verdict{State: Burning}},
		"five bad events do":                                 {with(3, 3, func(f *Figures) { f.BadWindow = 5 }), Verdict{State: Exhausted}},
		"what cannot be true is not healthy":                 {with(0, 0, func(f *Figures) { f.Implausible = true }), Verdict{State: Unknown, Reason: SourceError}},
		"what cannot be true may be burning":                 {with(0.5, 1.2, func(f *Figures) { f.Implausible = true }), Verdict{State: Burning}},
		"an excluded window is no stale one":                 {with(0, 0, func(f *Figures) { f.Consumed = Value{} }), Verdict{State: Unknown, Reason: NoData}},
		"samples of a gauge are no traffic":                  {with(3, 3, func(f *Figures) { f.Kind, f.BadWindow, f.Bad7d = KindGauge, 4, 4 }), Verdict{State: Exhausted}},
		"slices of a ratio are no traffic":                   {with(0.9, 3, func(f *Figures) { f.Kind, f.Bad7d = KindRatio, 0.5 }), Verdict{State: Burning}},
		"a handful in seven days does not burn":              {with(0.9, 3, func(f *Figures) { f.Bad7d = 4 }), Verdict{State: AtRisk, LowTraffic: true}},
		"no data yet is unknown":                             {Figures{}, Verdict{State: Unknown, Reason: NoData}},
		"a source that refuses is unknown":                   {Figures{Error: "parse error"}, Verdict{State: Unknown, Reason: SourceError}},
		"a short history is unknown":                         {with(0.1, 0.1, func(f *Figures) { f.Coverage = 0.24 }), Verdict{State: Unknown, Reason: InsufficientHistory}},
		"gaps in a long history leave a risk standing":       {with(0.8, 0.8, func(f *Figures) { f.Coverage = 0.1 }), Verdict{State: AtRisk}},
		"a risk in a short history is unknown":               {with(0.8, 0.8, func(f *Figures) { f.Coverage, f.FirstData = 0.1, new(now.Add(-3*Day)) }), Verdict{State: Unknown, Reason: InsufficientHistory}},
		"a budget spent to the last event is exhausted":      {with(1-1e-15, 1-1e-15, nil), Verdict{State: Exhausted}},
		"a short history hides no exhaustion":                {with(1.1, 1.1, func(f *Figures) { f.Coverage = 0.1 }), Verdict{State: Exhausted}},
		"a short history hides no burning":                   {with(0.1, 1.1, func(f *Figures) { f.Coverage = 0.1 }), Verdict{State: Burning}},
		"healthy and blind for a day is unknown":             {with(0.1, 0.1, ago(25*time.Hour)), Verdict{State: Unknown, Reason: DataStale, StaleFor: 25 * time.Hour}},
		"healthy and blind for less than a day is healthy":   {with(0.1, 0.1, ago(23*time.Hour)), Verdict{State: Healthy}},
		"exhausted stays when blind, with its age":           {with(1.1, 1.2, ago(48*time.Hour)), Verdict{State: Exhausted, StaleFor: 48 * time.Hour}},
		"at risk stays when blind, with its age":             {with(0.8, 0.8, ago(48*time.Hour)), Verdict{State: AtRisk, StaleFor: 48 * time.Hour}},
		"blind because the source refuses says so":           {with(0.1, 0.1, func(f *Figures) { ago(25 * time.Hour)(f); f.Error = "401" }), Verdict{State: Unknown, Reason: SourceError, StaleFor: 25 * time.Hour}},
		"all that was known has left the window":             {Figures{FirstData: new(now.Add(-40 * Day)), KnownUntil: new(now.Add(-31 * Day))}, Verdict{State: Unknown, Reason: DataStale, StaleFor: 31 * Day}},
		"a service without traffic in its window is healthy": {with(0, 0, func(f *Figures) { f.BadWindow, f.TotalWindow, f.Bad7d = 0, 0, 0 }), Verdict{State: Healthy}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := DefaultPolicy().Judge(tc.figures, now); got != tc.want {
				t.Errorf("judged %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestThePolicyRefusesNumbersThatMeanNothing(t *testing.T) {
	if err := DefaultPolicy().Validate(); err != nil {
		t.Fatalf("the default policy: %v", err)
	}
	for name, change := range map[string]func(*Policy){
		"weights that do not sum to 100": func(p *Policy) { p.Weights.Budget = 31 },
		"a negative weight":              func(p *Policy) { p.Weights.Budget, p.Weights.Priority = -5, 60 },
		"a weight that is not a number":  func(p *Policy) { p.Weights.Budget = math.NaN() },
		"a threshold above 1":            func(p *Policy) { p.AtRisk = 1.1 },
		"an infinite limit":              func(p *Policy) { p.FullForecast = math.Inf(1) },
		"staleness without length":       func(p *Policy) { p.StaleAfter = 0 },
		"no days":                        func(p *Policy) { p.FullOverdueDays = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			p := DefaultPolicy()
			change(&p)
			if err := p.Validate(); CodeOf(err) != Invalid {
				t.Errorf("got %v, want it refused", err)
			}
		})
	}
}

func TestUnknownValuesAreNullAndNeverNaN(t *testing.T) {
	f := Figures{Consumed: Known(math.NaN()), Forecast: Known(0.5), Pace: Known(math.Inf(1))}
	f.Burn[Span1h] = Known(14.4)
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Consumed, Forecast, Pace *float64
		Burn                     map[string]*float64
	}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	if m.Consumed != nil || m.Pace != nil || m.Forecast == nil || *m.Forecast != 0.5 {
		t.Errorf("written as %s", b)
	}
	if len(m.Burn) != len(SpanNames) || m.Burn["1h"] == nil || *m.Burn["1h"] != 14.4 || m.Burn["5m"] != nil {
		t.Errorf("burn written as %v", m.Burn)
	}
	var back Figures
	if err := json.Unmarshal(b, &back); err != nil || back.Burn != f.Burn || back.Consumed != f.Consumed || back.Forecast != f.Forecast {
		t.Errorf("read back as %+v, %v", back, err)
	}
}
