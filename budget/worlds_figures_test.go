//go:build !race

package budget_test

import (
	"math"
	"slices"
	"sort"

	"github.com/burnlist/burnlist"
)

// past is everything that is known of an SLO, as rows in order of time: slices,
// or what is left of them in hours and days. Figures are computed from it in the
// obvious way: each interval is a walk over the rows in it.
type past struct {
	slo   burnlist.SLO
	width int64
	rows  []pastRow
	out   []span // excluded, apart from each other
	first int64  // of the data; none is the end of time
}

// pastRow is an interval of which so many seconds had data, or none while the
// source was alive. The rest of it is unknown.
type pastRow struct {
	from, to                int64
	data, empty, bad, total float64
	badSlices, violations   int
}

// newPast rolls slices up into hours and days where there are such. The first
// data is found in the slices.
func newPast(slo burnlist.SLO, kept []burnlist.Slice, rolled []burnlist.Rolled) *past {
	p := &past{slo: slo, width: int64(slo.Slice.Std().Seconds()), first: math.MaxInt64}
	wide := slices.Clone(rolled)
	for _, s := range kept { // in order
		for len(wide) > 0 && s.Start >= wide[0].Start+wide[0].Width {
			wide = wide[1:]
		}
		row := pastRow{from: s.Start, to: s.Start + p.width}
		if len(wide) > 0 && s.Start >= wide[0].Start {
			row = pastRow{from: wide[0].Start, to: wide[0].Start + wide[0].Width}
		}
		if n := len(p.rows); n == 0 || p.rows[n-1].from != row.from {
			p.rows = append(p.rows, row)
		}
		r := &p.rows[len(p.rows)-1]
		switch s.State {
		case burnlist.SliceData:
			r.data += float64(p.width)
			p.first = min(p.first, s.Start)
		case burnlist.SliceEmpty:
			r.empty += float64(p.width)
		case burnlist.SliceDead:
		}
		r.bad, r.total = r.bad+s.Bad, r.total+s.Total
		if s.Bad > 0 {
			r.badSlices++
		}
		if s.Violated {
			r.violations++
		}
	}
	return p
}

// exclude takes intervals out: whole rows, and slices where there are no rows.
func (p *past) exclude(all []*burnlist.Exclusion) {
	var out []span
	for _, e := range all {
		from := e.Start.UnixMilli() / 1000 / p.width * p.width
		to := (e.End.UnixMilli() + 1000*p.width - 1) / 1000 / p.width * p.width
		for _, r := range p.rows {
			if r.from < to && r.to > from {
				from, to = min(from, r.from), max(to, r.to)
			}
		}
		out = append(out, span{from, to})
	}
	p.out = apart(out)
}

// apart puts together what overlaps or touches.
func apart(all []span) []span {
	slices.SortFunc(all, func(a, b span) int { return int(a.from - b.from) })
	var out []span
	for _, e := range all {
		if n := len(out); n > 0 && e.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, e.to)
		} else {
			out = append(out, e)
		}
	}
	return out
}

// told is what is known of an interval.
type told struct {
	bad, total, known float64
	live              float64 // seconds since the first data that are not excluded
	violations        int
}

// sum walks over all rows of an interval. A row counts in proportion.
func (p *past) sum(from, to float64) told {
	var s told
	i := sort.Search(len(p.rows), func(i int) bool { return float64(p.rows[i].to) > from })
	for ; i < len(p.rows) && float64(p.rows[i].from) < to; i++ {
		r := p.rows[i]
		if r.from < p.first || holds(p.out, r.from) {
			continue
		}
		part := (min(to, float64(r.to)) - max(from, float64(r.from))) / float64(r.to-r.from)
		s.bad += part * r.bad
		s.total += part * r.total
		s.known += part * (r.data + r.empty)
		if float64(r.to) <= to {
			s.violations += r.violations
		}
	}
	if begin := max(from, float64(p.first)); begin < to {
		s.live = to - begin
		for _, e := range p.out {
			s.live -= max(0, min(to, float64(e.to))-max(begin, float64(e.from)))
		}
	}
	return s
}

func (p *past) excluded(from, to float64) float64 {
	n := 0.0
	for _, e := range p.out {
		n += max(0, min(to, float64(e.to))-max(from, float64(e.from)))
	}
	return n
}

// until returns the end of the newest row that tells something and ends by at,
// excluded or not.
func (p *past) until(at int64) (int64, bool) {
	for _, r := range slices.Backward(p.rows) {
		if r.to <= at && r.from >= p.first && r.data+r.empty > 0 {
			return r.to, true
		}
	}
	return 0, false
}

// expected are the figures that the definitions give, with the way ahead as a
// function.
type expected struct {
	burnlist.Figures
	window told
	ahead  []waypoint // until all that is in the window has left it
	left   []waypoint // the same without what is to come
}

// waypoint is the consumption at an instant to come. Between two of them it is
// linear.
type waypoint struct {
	after    int64 // seconds
	consumed float64
}

// along reads a way at an instant.
func along(way []waypoint, after int64) float64 {
	i := sort.Search(len(way), func(i int) bool { return way[i].after >= after })
	if i == len(way) {
		return way[len(way)-1].consumed
	}
	if i == 0 || way[i].after == after {
		return way[i].consumed
	}
	a, b := way[i-1], way[i]
	return a.consumed + (b.consumed-a.consumed)*float64(after-a.after)/float64(b.after-a.after)
}

// at applies the definitions to the instant at.
func (p *past) at(at int64) expected {
	window := p.slo.Window.Std().Seconds()
	length := int64(window)
	start, allowed := at-length, 1-p.slo.Objective
	var e expected
	known, ok := p.until(at)
	if !ok {
		return e
	}
	e.FirstData, e.KnownUntil = moment(float64(p.first)), moment(float64(known))
	w := p.sum(float64(start), float64(at))
	e.window = w
	e.BadWindow, e.TotalWindow, e.Violations = w.bad, w.total, w.violations
	excluded := p.excluded(float64(start), float64(at))
	e.Excluded = burnlist.Duration(excluded * 1e9)
	if excluded < window {
		e.Coverage = w.known / (window - excluded)
	}
	if excluded > 0 {
		whole := *p
		whole.out = nil
		e.ConsumedAltogether = whole.at(at).Consumed
	}
	if w.known == 0 {
		return e
	}
	budget := w.total / w.known * window * allowed
	share := func(bad float64) float64 {
		if bad == 0 {
			return 0
		}
		return bad / budget
	}
	// bad is what is known to be bad of an interval, and what is missing of it at
	// the mean of the window.
	bad := func(from, to int64) float64 {
		if from >= to {
			return 0
		}
		s := p.sum(float64(from), float64(to))
		missing := s.live - s.known
		if missing < 1e-6 {
			missing = 0
		}
		return s.bad + missing*w.bad/w.known
	}
	e.Budget, e.OneEvent = burnlist.Known(budget), burnlist.Known(1/budget)
	e.Consumed = burnlist.Known(share(bad(start, at)))
	for i := int64(1); i <= 30; i++ {
		e.BurnDown = append(e.BurnDown, share(bad(start, start+i*length/30)))
	}
	var burns, speeds [8]float64
	for i, l := range burnlist.SpanLengths {
		seconds := int64(l.Seconds())
		if s := p.sum(float64(known-seconds), float64(known)); s.total > 0 {
			burns[i] = s.bad / s.total / allowed
			e.Burn[i] = burnlist.Known(burns[i])
		}
		spent := share(bad(known-seconds, known))
		e.Spent[i], e.Speed[i] = burnlist.Known(spent), burnlist.Known(spent*window/l.Seconds())
		speeds[i] = share(bad(max(known-seconds, start), known)) * window / min(l.Seconds(), window)
	}
	e.Bad7d = p.sum(float64(max(start, known-7*aDay)), float64(known)).bad
	over := func(long, short int, share float64) bool {
		factor := max(1, share*window/burnlist.SpanLengths[long].Seconds())
		return burns[long] > factor && burns[short] > factor
	}
	e.FastBurn = over(burnlist.Span1h, burnlist.Span5m, 0.02) || over(burnlist.Span6h, burnlist.Span30m, 0.05)
	e.SlowBurn = over(burnlist.Span1d, burnlist.Span2h, 0.1) || over(burnlist.Span3d, burnlist.Span6h, 0.1)
	pace := max(min(speeds[burnlist.Span1d], speeds[burnlist.Span2h]), min(speeds[burnlist.Span3d], speeds[burnlist.Span6h]), speeds[burnlist.Span7d])
	e.Pace = burnlist.Known(pace)
	blind := max(0, pace*float64(at-known)/window-share(bad(max(known, start), at)))
	p.walk(&e, at, func(from, to int64) float64 { return share(bad(from, to)) }, blind, pace)
	return e
}

// walk goes the way ahead: what is in the window leaves it, and the pace goes
// on.
func (p *past) walk(e *expected, at int64, share func(from, to int64) float64, blind, pace float64) {
	length := int64(p.slo.Window.Std().Seconds())
	start := at - length
	edges := []int64{start, at, p.first, start + 7*aDay}
	for _, r := range p.rows {
		edges = append(edges, r.from, r.to)
	}
	for _, o := range p.out {
		edges = append(edges, o.from, o.to)
	}
	edges = slices.DeleteFunc(edges, func(t int64) bool { return t < start || t > at })
	slices.Sort(edges)
	edges = slices.Compact(edges)
	e.left = make([]waypoint, len(edges))
	still := 0.0 // in the window, from an edge on
	for i := len(edges) - 1; i >= 0; i-- {
		if i+1 < len(edges) {
			still += share(edges[i], edges[i+1])
		}
		e.left[i] = waypoint{edges[i] - start, still}
	}
	for _, l := range e.left {
		e.ahead = append(e.ahead, waypoint{l.after, l.consumed + blind + pace*float64(l.after)/float64(length)})
	}
	highest := 0.0
	for _, a := range e.ahead {
		if a.after <= 7*aDay {
			highest = max(highest, a.consumed)
		}
	}
	e.Forecast = burnlist.Known(highest)
	for day := aDay; day <= 7*aDay; day += aDay {
		e.Path = append(e.Path, along(e.ahead, min(day, length)))
		if day > length {
			e.Path[len(e.Path)-1] = blind + pace
		}
	}
	reaches := func(way []waypoint, is func(consumed float64) bool) (float64, bool) {
		for i, a := range way {
			if !is(a.consumed) {
				continue
			}
			if i == 0 {
				return float64(at), true
			}
			b := way[i-1]
			return float64(at+b.after) + float64(a.after-b.after)*(burnlist.SpentWhole-b.consumed)/(a.consumed-b.consumed), true
		}
		return 0, false
	}
	if e.left[0].consumed < burnlist.SpentWhole {
		if t, ok := reaches(e.ahead, func(c float64) bool { return c >= burnlist.SpentWhole }); ok {
			e.ExhaustsAt = moment(t)
		}
	} else if t, ok := reaches(e.left, func(c float64) bool { return c < burnlist.SpentWhole }); ok {
		e.RecoversAt = moment(t)
	}
}
