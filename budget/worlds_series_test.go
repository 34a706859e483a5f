//go:build !race

package budget_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/promengine"
)

// fleetOf makes the series of one SLO.
type fleetOf struct {
	world           *randomWorld
	slo             *randomSLO
	d               draws
	name            string
	interval, width int64
	rate, ratio     float64 // of all instances: events per second, and how many of them are bad
	jitter          int     // 0: scrapes on the grid, 1: off it, 2: not regular either
	gaps, incidents []span
	lazy            bool // bad events have no series before the first one
}

func (f fleetOf) fill() {
	d, w, i := f.d, f.world, &f.slo.slo.Indicator
	total, bad, good := f.name+"_requests_total", f.name+"_errors_total", f.name+"_good_total"
	births := drawn(d, "", burnlist.IgnoreBirths, burnlist.CountBirths)
	switch kind := d.IntN(100); {
	case kind < 30:
		f.lazy = !f.slo.calm && d.oneIn(3)
		i.Events = &burnlist.Events{Total: total, Bad: bad, Births: births}
		f.counters(total, bad, false)
	case kind < 45:
		i.Events = &burnlist.Events{Total: total, Good: good + `{job="shop"}`, Births: births}
		f.counters(total, good, true)
	case kind < 57:
		i.Events = &burnlist.Events{Total: fmt.Sprintf(`sum(rate(%s[{{.window}}]))`, total), Bad: bad}
		if d.oneIn(2) {
			i.Events = &burnlist.Events{Total: total, Bad: fmt.Sprintf(`sum by (job) (increase(%s[{{ .window }}]))`, bad)}
		}
		f.counters(total, bad, false)
	case kind < 72:
		i.Latency = &burnlist.Latency{Histogram: f.name + "_seconds", Selector: `{job="shop"}`, Threshold: 0.5, Births: births}
		f.counters(f.name+"_seconds_count", f.name+"_seconds_bucket", true)
		le := drawn(d, "0.5", ".50", "5e-1")
		for _, s := range f.slo.partial {
			s.labels["le"] = le
			f.slo.others = append(f.slo.others, &rawSeries{labels: with(s.labels, "le", "0.55"), samples: s.samples})
		}
	case kind < 87:
		g := &burnlist.Gauge{
			Selector: f.name + "_success", MissingAs: drawn(d, "", burnlist.ExcludeMissing, burnlist.MissingBad, burnlist.MissingGood),
			Interval: burnlist.Duration(f.interval) * burnlist.Duration(time.Second),
		}
		g.Series = f.gauges()
		i.Gauge = g
		f.world.had["missing as "+string(g.MissingAs)]++
	case kind < 94:
		i.Ratio = &burnlist.Ratio{Expression: f.name + ":error_ratio"}
		f.ratios()
	default:
		i.Ratio = &burnlist.Ratio{Expression: fmt.Sprintf(`sum(rate(%s[{{.window}}])) / sum(rate(%s[{{.window}}]))`, bad, total)}
		f.counters(total, bad, false)
	}
	if births == burnlist.CountBirths && (i.Events != nil || i.Latency != nil) {
		w.had["births counted"]++
	}
	w.had["kind "+string(i.Kind())]++
}

func with(labels map[string]string, name, value string) map[string]string {
	all := map[string]string{name: value}
	for k, v := range labels {
		if k != name {
			all[k] = v
		}
	}
	return all
}

// instance is one thing that is scraped, until it is replaced.
type instance struct {
	from, to int64
	number   int
	restarts []int64
	gaps     []span
	offset   int64 // of its scrapes, in ms
}

// instances draws a few slots, in each of which one instance follows another.
func (f fleetOf) instances() []instance {
	d, w := f.d, f.world
	var all []instance
	for range 1 + d.IntN(5) {
		from := f.slo.first
		if len(all) > 0 && !f.slo.calm && d.oneIn(4) {
			from += int64(d.Float64() * float64(w.end-from))
			w.had["births"]++
		}
		for from < w.end {
			in := instance{from: from, to: w.end, number: len(all)}
			if !f.slo.calm && d.oneIn(3) {
				in.to = from + int64(d.wide(1800, float64(w.end-from)+3600))
				w.had["churn"]++
			}
			if !f.slo.calm {
				for range d.IntN(4) {
					in.restarts = append(in.restarts, from+int64(d.Float64()*float64(in.to-from)))
				}
				for range d.IntN(2) {
					gap := from + int64(d.Float64()*float64(in.to-from))
					in.gaps = append(in.gaps, span{gap, gap + int64(d.wide(60, 3*3600))})
				}
				w.had["restarts"] += len(in.restarts)
			}
			if f.jitter > 0 {
				in.offset = int64(d.IntN(int(f.interval * 1000)))
			}
			all = append(all, in)
			from = in.to + int64(d.IntN(int(2*f.interval)))
		}
	}
	return all
}

// scrapes visits the instants, in ms, at which an instance would be scraped,
// and whether it is.
func (f fleetOf) scrapes(in instance, visit func(ms int64, seen bool)) {
	step := f.interval * 1000
	for k := (in.from*1000 - in.offset + step - 1) / step; k*step+in.offset < in.to*1000; k++ {
		ms := k*step + in.offset
		if f.jitter == 2 {
			ms += int64(f.d.within(-0.2, 0.2) * float64(step))
		}
		if (ms-1)%(f.width*1000) == 0 {
			// The range of a slice leaves out its first millisecond on Prometheus
			// 3.x, so that it is the same on 2.x.
			ms++
		}
		t := (ms - 1) / 1000
		visit(ms, !holds(f.world.dead, t) && !holds(f.gaps, t) && !holds(in.gaps, t))
	}
}

// share returns the share of events that is bad at an instant.
func (f fleetOf) share(t int64) float64 {
	if holds(f.incidents, t) {
		return min(1, f.ratio*30+0.05)
	}
	return min(1, f.ratio)
}

// counters makes two counters for each instance: of all events, and of the bad
// or of the good ones.
func (f fleetOf) counters(total, partial string, good bool) {
	d, w, all := f.d, f.world, f.instances()
	rate := f.rate / float64(len(all))
	for _, in := range all {
		labels := func(name string) map[string]string {
			return map[string]string{"__name__": name, "job": "shop", "instance": strconv.Itoa(in.number)}
		}
		a, p := &rawSeries{labels: labels(total)}, &rawSeries{labels: labels(partial)}
		n, some, born := 0.0, 0.0, !f.lazy
		if in.from == w.begin { // long before
			n = float64(d.IntN(1_000_000))
			some = math.Floor(n * d.Float64())
			born = true
		}
		down := span{}
		last := in.from * 1000
		f.scrapes(in, func(ms int64, seen bool) {
			fresh := d.events(rate * float64(ms-last) / 1000 * (1 + 0.6*math.Sin(2*math.Pi*float64(ms)/86400e3)))
			bad := d.of(fresh, f.share(ms/1000))
			slice := (ms - 1) / 1000 / f.width * f.width
			sum := f.slo.events[slice]
			f.slo.events[slice] = happened{sum.total + fresh, sum.bad + bad}
			if len(in.restarts) > 0 && slices.ContainsFunc(in.restarts, func(r int64) bool { return r*1000 > last && r*1000 <= ms }) {
				since := d.Float64() // the rest happened before, and nobody saw it
				fresh, bad = math.Floor(fresh*since), math.Floor(bad*since)
				n, some, born = 0, 0, !f.lazy
				down = span{ms/1000 + 1, ms/1000 + 1 + int64(d.IntN(4)*d.IntN(300))}
			}
			if last = ms; good {
				some += fresh - bad
			} else {
				some += bad
			}
			n += fresh
			born = born || some > 0
			if !seen || holds([]span{down}, ms/1000) {
				return
			}
			a.samples = append(a.samples, promengine.Sample{T: ms, V: n})
			if born {
				p.samples = append(p.samples, promengine.Sample{T: ms, V: some})
			}
		})
		f.slo.total, f.slo.partial = append(f.slo.total, a), append(f.slo.partial, p)
	}
	restarts := func(in instance) bool { return len(in.restarts) > 0 }
	gaps := func(in instance) bool { return len(in.gaps) > 0 }
	comes := func(in instance) bool { return in.from > f.slo.first || in.to < w.end }
	for what, is := range map[string]bool{
		"restarts": slices.ContainsFunc(all, restarts), "gaps": len(f.gaps)+len(w.dead) > 0 || slices.ContainsFunc(all, gaps),
		"churn": slices.ContainsFunc(all, comes), "counters that appear with the first bad event": f.lazy,
	} {
		if is {
			f.slo.through = append(f.slo.through, what)
		}
	}
	slices.Sort(f.slo.through)
	if f.lazy {
		w.had["lazy"]++
	}
}

// gauges makes a gauge for each instance, and returns how many there should be
// at a time, more or less.
func (f fleetOf) gauges() int {
	all := f.instances()
	for _, in := range all {
		g := &rawSeries{labels: map[string]string{"__name__": f.name + "_success", "instance": strconv.Itoa(in.number)}}
		f.scrapes(in, func(ms int64, seen bool) {
			v := 1.0
			switch {
			case f.d.Float64() < f.share(ms/1000):
				v = 0
			case f.jitter == 2 && f.d.oneIn(10):
				v = f.d.Float64()
			}
			if seen {
				g.samples = append(g.samples, promengine.Sample{T: ms, V: v})
			}
		})
		f.slo.total = append(f.slo.total, g)
	}
	return f.d.IntN(len(all) + 2)
}

// ratios makes the series of a recording rule, which is no number without
// traffic, and sometimes wrong.
func (f fleetOf) ratios() {
	r := &rawSeries{labels: map[string]string{"__name__": f.name + ":error_ratio"}}
	f.scrapes(instance{from: f.slo.first, to: f.world.end, offset: int64(f.jitter) * 1234}, func(ms int64, seen bool) {
		v := f.share(ms/1000) * f.d.within(0, 2)
		switch {
		case f.rate < 0.01 && f.d.oneIn(3) || holds(f.gaps, ms/1000-f.interval):
			v = math.NaN()
			f.world.had["no number"]++
		case holds(f.incidents, ms/1000) && f.ratio > 0.01:
			v = 1.5
		}
		if seen {
			r.samples = append(r.samples, promengine.Sample{T: ms, V: v})
		}
	})
	f.slo.total = append(f.slo.total, r)
}
