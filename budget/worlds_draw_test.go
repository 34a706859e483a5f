//go:build !race

package budget_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/internal/promengine"
)

// randomWorld is a made-up past of one source: what it scraped, the SLOs over
// it, what was excluded when, and when somebody looked. All instants are Unix
// seconds unless they say otherwise.
type randomWorld struct {
	number     int
	begin, end int64 // of the samples
	life       string
	up         *rawSeries
	slos       []*randomSLO
	exclusions []randomExclusion
	nows       []time.Time // of refreshes
	dead       []span      // in which nothing was scraped at all
	had        map[string]int
}

// randomSLO is an SLO with the series that its indicator selects.
type randomSLO struct {
	slo     burnlist.SLO
	total   []*rawSeries // or the gauge, or the ratio
	partial []*rawSeries // bad or good, as the indicator says
	others  []*rawSeries // that must not be selected
	calm    bool
	events  map[int64]happened // in each slice, seen or not
	first   int64              // when the first of its instances began
	through []string           // what its counters went through
}

// happened are the events of a slice.
type happened struct{ total, bad float64 }

// rawSeries is a series with all its samples, in order.
type rawSeries struct {
	labels  map[string]string
	samples []promengine.Sample
}

// randomExclusion is an exclusion that holds at some of the refreshes.
type randomExclusion struct {
	burnlist.Exclusion
	from, to int // indexes of refreshes
}

type span struct{ from, to int64 }

func holds(all []span, t int64) bool {
	return slices.ContainsFunc(all, func(s span) bool { return t >= s.from && t < s.to })
}

// draws are what a world is made of.
type draws struct{ *rand.Rand }

func (d draws) oneIn(n int) bool { return d.IntN(n) == 0 }

func (d draws) within(low, high float64) float64 { return low + d.Float64()*(high-low) }

// wide draws so that each order of magnitude is as likely.
func (d draws) wide(low, high float64) float64 { return low * math.Pow(high/low, d.Float64()) }

func (d draws) events(mean float64) float64 {
	if mean > 30 {
		return max(0, math.Round(mean+math.Sqrt(mean)*d.NormFloat64()))
	}
	n := 0.0
	for p := d.Float64(); p > math.Exp(-mean); p *= d.Float64() {
		n++
	}
	return n
}

// of draws how many of so many events are bad.
func (d draws) of(n, ratio float64) float64 {
	if n > 100 {
		return min(n, d.events(n*ratio))
	}
	bad := 0.0
	for range int(n) {
		if d.Float64() < ratio {
			bad++
		}
	}
	return bad
}

func drawn[T any](d draws, from ...T) T { return from[d.IntN(len(from))] }

const (
	aDay   = int64(86400)
	anHour = int64(3600)
)

func newRandomWorld(seed uint64, number int) *randomWorld {
	d := draws{rand.New(rand.NewPCG(seed, uint64(number)))}
	w := &randomWorld{number: number, had: map[string]int{}}
	w.life = []string{"brief", "away", "brief", "away", "brief", "away", "brief", "brief", "lived", "away"}[number%10]
	window := drawn(d, 1, 1, 1, 1, 2, 2, 2, 3, 3, 7, 7)
	least := 10.0 // between two scrapes
	switch {
	case number%50 == 17:
		w.life, window, least = "long", drawn(d, 30, 90), 250
	case number%20 == 13:
		w.life, window, least = "away", 30, 100
	case w.life == "lived":
		window, least = drawn(d, 1, 2), 30
	case window == 7:
		least = 20
	}
	first := time.Date(2026, 9, 1+d.IntN(60), d.IntN(24), d.IntN(60), d.IntN(60), 0, time.UTC)
	w.drawLife(d, first)
	w.begin = first.Unix() - int64(window)*aDay - int64(d.within(0, 2)*float64(aDay))
	if d.oneIn(4) {
		w.begin = first.Unix() - int64(d.within(0.05, 1)*float64(window)*float64(aDay))
	}
	w.end = w.nows[len(w.nows)-1].Unix()
	for range d.IntN(3) {
		from := w.begin + int64(d.Float64()*float64(w.end-w.begin))
		w.dead = append(w.dead, span{from, from + int64(d.wide(600, 3600*drawn(d, 6.0, 6, 40)))})
	}
	w.up = &rawSeries{labels: map[string]string{"__name__": "up", "job": "self"}}
	for t := w.begin/60*60 + int64(d.IntN(60)); t < w.end; t += 60 {
		if t >= w.begin && !holds(w.dead, t) {
			w.up.samples = append(w.up.samples, promengine.Sample{T: t * 1000, V: 1})
		}
	}
	most := 4
	if window >= 30 {
		most = 2
	}
	for i := range 1 + d.IntN(most) {
		w.slos = append(w.slos, w.drawSLO(d, i, window, least))
	}
	for range d.IntN(4) {
		w.drawExclusion(d, int64(window)*aDay)
	}
	return w
}

// drawLife says when the ledgers are refreshed: a few times in a row, or with
// days between, or as often as it is in earnest.
func (w *randomWorld) drawLife(d draws, first time.Time) {
	now := first
	look := func(step time.Duration) {
		if now = now.Add(step); d.oneIn(3) { // what is due ends with the hour
			now = now.Truncate(time.Hour).Add(time.Hour + time.Minute + time.Duration(d.IntN(240))*time.Second)
		}
		w.nows = append(w.nows, now)
	}
	look(0)
	switch w.life {
	case "brief":
		for range 3 + d.IntN(4) {
			look(time.Duration(d.wide(60, 6*3600)) * time.Second)
		}
	case "away":
		for range 2 + d.IntN(3) {
			look(time.Duration(d.wide(300, 6*3600)) * time.Second)
			look(time.Duration(d.wide(6*3600, 5*86400)) * time.Second)
		}
	case "lived":
		for now.Before(first.Add(82 * time.Hour)) {
			look(time.Duration(d.within(1800, 5400)) * time.Second)
		}
	case "long":
		for now.Before(first.Add(time.Duration(d.within(75, 110)*86400) * time.Second)) {
			look(time.Duration(d.within(0.05, 20)*86400) * time.Second)
		}
	}
}

func (w *randomWorld) drawExclusion(d draws, window int64) {
	e := randomExclusion{from: d.IntN(len(w.nows)), to: len(w.nows)}
	if d.oneIn(3) {
		e.to = e.from + 1 + d.IntN(len(w.nows)-e.from)
	}
	slo := drawn(d, w.slos...).slo
	seen := w.nows[min(e.to, len(w.nows)-1)].Unix()
	from := seen - int64(d.within(-0.02, 1.1)*float64(window))
	length := int64(d.wide(60, 1.5*86400))
	switch d.IntN(4) {
	case 0:
		from, length = from/anHour*anHour, max(1, length/anHour)*anHour
	case 1:
		w := int64(slo.Slice.Std() / time.Second)
		from, length = from/w*w, max(1, length/w)*w
	}
	ms := func(t int64) time.Time { return time.UnixMilli(t*1000 + int64(d.IntN(2)*d.IntN(1000))).UTC() }
	if d.oneIn(2) {
		ms = func(t int64) time.Time { return time.Unix(t, 0).UTC() }
	}
	e.Exclusion = burnlist.Exclusion{
		ID: int64(len(w.exclusions) + 1), SLO: slo.Name, Start: ms(from), End: ms(from + length), Reason: burnlist.Maintenance,
	}
	w.exclusions = append(w.exclusions, e)
}

// drawSLO draws an SLO and all that its series go through.
func (w *randomWorld) drawSLO(d draws, i, window int, least float64) *randomSLO {
	s := &randomSLO{events: map[int64]happened{}, calm: d.oneIn(4), first: w.begin}
	interval := int64(d.wide(least, 300))
	if d.oneIn(2) {
		interval = drawn[int64](d, 10, 15, 20, 30, 60, 60, 100, 120, 150, 300)
	}
	interval = max(interval, int64(least))
	width := int64(budget.Width(time.Duration(interval)*time.Second).Std() / time.Second)
	if d.oneIn(5) || w.life == "long" && d.oneIn(2) {
		width = max(width, drawn(d, 600, 900, 1800, anHour))
	}
	name := fmt.Sprintf("w%d-s%d", w.number, i)
	s.slo = burnlist.SLO{
		Name: name, Service: name, Source: burnlist.DefaultSource, Objective: drawn(d, 0.9, 0.99, 0.995, 0.999, 0.9995),
		Window: burnlist.Duration(window) * burnlist.Duration(burnlist.Day), Slice: burnlist.Duration(width) * burnlist.Duration(time.Second),
		Ledger: int64(i + 1),
	}
	f := fleetOf{
		world: w, slo: s, d: d, name: fmt.Sprintf("s%d", i), interval: interval, width: width,
		rate: d.wide(0.002, 50), ratio: (1 - s.slo.Objective) * d.wide(0.02, 3), jitter: d.IntN(3),
	}
	if d.oneIn(5) {
		f.rate = d.wide(2e-5, 5e-4) // a handful of events
		w.had["low traffic"]++
	}
	if !s.calm {
		if d.oneIn(5) { // young
			s.first = w.begin + int64(d.Float64()*float64(w.end-w.begin)*0.9)
		}
		for range d.IntN(4) {
			from := w.begin + int64(d.Float64()*float64(w.end-w.begin))
			f.gaps = append(f.gaps, span{from, from + int64(d.wide(60, 3600*drawn(d, 4.0, 4, 30)))})
		}
	}
	for range d.IntN(5) {
		from := w.begin + int64(d.Float64()*float64(w.end-w.begin))
		f.incidents = append(f.incidents, span{from, from + int64(d.wide(120, 6*3600))})
	}
	f.fill()
	return s
}

// series returns everything that the source scraped.
func (w *randomWorld) series() []promengine.Series {
	all := []promengine.Series{{Labels: w.up.labels, Samples: promengine.Fixed(w.up.samples)}}
	for _, s := range w.slos {
		for _, r := range slices.Concat(s.total, s.partial, s.others) {
			all = append(all, promengine.Series{Labels: r.labels, Samples: promengine.Fixed(r.samples)})
		}
	}
	return all
}
