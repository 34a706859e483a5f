package prioritizer_test

import (
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// why returns what the budgets of a world with one SLO say of it.
func why(window burnlist.Duration, f *burnlist.Figures) string {
	w := shop()
	addService(w, "checkout", "shop", "payments")
	slo := addSLO(w, "checkout", "checkout-availability", f)
	slo.Window = window
	if f != nil {
		f.Window = window
	}
	return prioritizer.Rank(w, now).Budgets()[0].SLOs[0].Text
}

func TestEachStateSaysWhy(t *testing.T) {
	with := func(f *burnlist.Figures, change func(f *burnlist.Figures)) *burnlist.Figures {
		change(f)
		return f
	}
	// week says what the last 7 days spent of a 30-day budget.
	week := func(f *burnlist.Figures, spent float64) {
		f.Spent[burnlist.Span7d], f.Speed[burnlist.Span7d] = burnlist.Known(spent), burnlist.Known(spent*30/7)
	}
	speeds := func(f *burnlist.Figures, span2h, span6h, span1d, span3d float64) {
		f.Speed[burnlist.Span2h], f.Speed[burnlist.Span6h] = burnlist.Known(span2h), burnlist.Known(span6h)
		f.Speed[burnlist.Span1d], f.Speed[burnlist.Span3d] = burnlist.Known(span1d), burnlist.Known(span3d)
	}
	burn := func(f *burnlist.Figures, long, short int, rateLong, rateShort float64) {
		f.Burn[long], f.Burn[short] = burnlist.Known(rateLong), burnlist.Known(rateShort)
	}
	tests := map[string]struct {
		window  burnlist.Duration // 30d if it is not given
		figures *burnlist.Figures
		want    string
	}{
		"exhausted": {0, with(spent(1.38, 1.62, 3.1), func(f *burnlist.Figures) {
			week(f, 0.7233)
			f.RecoversAt = new(now.Add(10*burnlist.Day + 16*time.Hour))
		}), "checkout-availability has overspent its 30-day budget by 38 %; 72 % of the budget went in the last 7 days. " +
			"It is above zero again on Fri 4 Dec at 02:00 CET if no more errors come; 162 % will be spent by next week at the pace of 3.1, that of the last 7 days."},
		"exhausted, and over": {0, with(spent(1.38, 1.38, 0), func(f *burnlist.Figures) {
			week(f, 0)
			f.RecoversAt = new(now.Add(4 * time.Hour))
		}), "checkout-availability has overspent its 30-day budget by 38 %; 0 % of the budget went in the last 7 days. " +
			"It is above zero again today at 14:00 CET if no more errors come; it gets no worse at the pace of 0.0."},
		"exhausted in a window without 7 days": {
			burnlist.Duration(burnlist.Day), with(spent(1, 1.2, 1), func(f *burnlist.Figures) { f.Spent[burnlist.Span7d] = burnlist.Known(4) }),
			"checkout-availability has spent all of its 1-day budget. 120 % will be spent by next week at the pace of 1.0, that of the whole window.",
		},
		"burning by the last 7 days": {0, with(spent(0.7, 1.4, 2.4), func(f *burnlist.Figures) {
			week(f, 0.56)
			f.ExhaustsAt = new(now.Add(50 * time.Hour))
		}), "checkout-availability has spent 70 % of its 30-day budget, and runs out of it on Wed 25 Nov at 12:00 CET if the pace goes on. " +
			"140 % of it will be spent by next week at the pace of 2.4, that of the last 7 days."},
		"burning by the last day": {0, with(spent(0.2, 1.4, 5), func(f *burnlist.Figures) {
			week(f, 0.2)
			speeds(f, 5, 9, 6, 2)
		}), "checkout-availability has spent 20 % of its 30-day budget. 140 % of it will be spent by next week at the pace of 5.0, held over a day and over the last 2 hours."},
		"burning by the last 3 days": {0, with(spent(0.2, 1.4, 5), func(f *burnlist.Figures) {
			week(f, 0.2)
			speeds(f, 0, 7, 6, 5)
		}), "checkout-availability has spent 20 % of its 30-day budget. 140 % of it will be spent by next week at the pace of 5.0, held over 3 days and over the last 6 hours."},
		"burning, and the data is old": {0, with(spent(0.7, 1.4, 3.1), func(f *burnlist.Figures) {
			f.ExhaustsAt, f.KnownUntil = new(now.Add(-20*time.Hour)), new(now.Add(-75*time.Hour))
		}), "checkout-availability has spent 70 % of its 30-day budget, and by its pace ran out of it on Sun 22 Nov at 14:00 CET. " +
			"140 % of it will be spent by next week at the pace of 3.1. Last measured 3 days ago."},
		"at risk by the forecast": {
			0, spent(0.5, 0.84, 1.2),
			"checkout-availability has spent 50 % of its 30-day budget, and will have spent 84 % by next week at the pace of 1.2. At risk because the forecast is 75 % or more.",
		},
		"at risk by what is spent": {
			0, spent(0.8, 0.8, 0.1),
			"checkout-availability has spent 80 % of its 30-day budget, and will not have spent more by next week at the pace of 0.1. At risk because 75 % or more is spent.",
		},
		"at risk by the first of the fast pairs": {0, with(spent(0.1, 0.3, 1.2), func(f *burnlist.Figures) {
			f.FastBurn = true
			burn(f, burnlist.Span1h, burnlist.Span5m, 20.12, 19.3)
			burn(f, burnlist.Span6h, burnlist.Span30m, 7, 7)
		}), "checkout-availability has spent 10 % of its 30-day budget, and will have spent 30 % by next week at the pace of 1.2. " +
			"At risk because errors come fast just now: the burn rate is 20.1 over 1h and 19.3 over 5m, where more than 14.4 is too much."},
		"at risk by the second of the fast pairs": {0, with(spent(0.1, 0.3, 1.2), func(f *burnlist.Figures) {
			f.FastBurn = true
			burn(f, burnlist.Span1h, burnlist.Span5m, 20.12, 1)
			burn(f, burnlist.Span6h, burnlist.Span30m, 7, 6.5)
		}), "checkout-availability has spent 10 % of its 30-day budget, and will have spent 30 % by next week at the pace of 1.2. " +
			"At risk because errors come fast just now: the burn rate is 7.0 over 6h and 6.5 over 30m, where more than 6 is too much."},
		"at risk by a slow burn and by last week": {0, with(spent(0.5, 0.6, 1.9), func(f *burnlist.Figures) {
			week(f, 0.45)
			f.SlowBurn = true
			burn(f, burnlist.Span3d, burnlist.Span6h, 2.1, 2.2)
		}), "checkout-availability has spent 50 % of its 30-day budget, and will have spent 60 % by next week at the pace of 1.9, that of the last 7 days. " +
			"At risk because errors have been coming steadily: the burn rate is 2.1 over 3d and 2.2 over 6h, where more than 1 is too much; " +
			"and because 45 % of the budget went in the last 7 days, where 35 % is too much."},
		"at risk by a handful of bad events": {
			0, with(spent(2, 2, 1), func(f *burnlist.Figures) { f.BadWindow, f.Bad7d, f.OneEvent = 1, 1, burnlist.Known(2) }),
			"checkout-availability has overspent its 30-day budget by 100 %, and will not have spent more by next week at the pace of 1.0. " +
				"At risk and no worse, as only 1 bad event made it so, and fewer than 5 prove little. One bad event costs 200 % of the budget: too fine for its traffic.",
		},
		"at risk without a forecast": {
			0, &burnlist.Figures{Consumed: burnlist.Known(0.8)},
			"checkout-availability has spent 80 % of its 30-day budget, and nobody can say what comes. At risk because 75 % or more is spent.",
		},
		"healthy": {
			0, spent(0.12, 0.152, 0.2),
			"checkout-availability has 88 % of its 30-day budget left, and will have at least 85 % for the next 7 days at the pace of 0.2. Within budget: weigh against new work.",
		},
		"healthy, by samples too rare for the target": {
			0, with(spent(0, 0, 0), func(f *burnlist.Figures) { f.Kind, f.OneEvent = burnlist.KindGauge, burnlist.Known(0.5) }),
			"checkout-availability has 100 % of its 30-day budget left, and will have at least 100 % for the next 7 days at the pace of 0.0. Within budget: weigh against new work. " +
				"One bad sample costs 50 % of the budget: too fine for how often it is sampled.",
		},
		"healthy, by slices that may be bad in part": {
			0, with(spent(0, 0, 0), func(f *burnlist.Figures) { f.Kind, f.OneEvent = burnlist.KindRatio, burnlist.Known(0.5) }),
			"checkout-availability has 100 % of its 30-day budget left, and will have at least 100 % for the next 7 days at the pace of 0.0. Within budget: weigh against new work.",
		},
		"unknown": {0, nil, "checkout-availability is not measured yet; wait for the next refresh."},
		"unknown for lack of history": {
			0, with(spent(0.1, 0.2, 1), func(f *burnlist.Figures) { f.Coverage = 0.12 }),
			"only 12 % of the 30-day window of checkout-availability is known: it is judged from 25 % on; wait, or check why there is so little data.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			window := test.window
			if window == 0 {
				window = burnlist.DefaultWindow
			}
			if got := why(window, test.figures); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestThePairThatIsNamedIsOneThatIsOver holds the factors in the sentences
// against those that the figures were measured with.
func TestThePairThatIsNamedIsOneThatIsOver(t *testing.T) {
	for i, p := range burnlist.Pairs {
		for _, days := range []int{1, 3, 7, 28, 90} {
			window := burnlist.Duration(days) * burnlist.Duration(burnlist.Day)
			for _, over := range []bool{false, true} {
				rate := p.Factor(window)
				if over {
					rate *= 1.001
				}
				f := spent(0.1, 0.2, 0.1)
				f.FastBurn, f.SlowBurn = i < 2, i >= 2
				f.Burn[p.Long], f.Burn[p.Short] = burnlist.Known(rate), burnlist.Known(rate)
				text := why(window, f)
				if got := strings.Contains(text, "over "+burnlist.SpanNames[p.Long]+" and"); got != over {
					t.Errorf("%s of %d days with a burn rate of %v: named is %v, want %v: %s", p, days, rate, got, over, text)
				}
			}
		}
	}
}
