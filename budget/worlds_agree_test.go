//go:build !race

package budget_test

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
)

// wrong reports a mismatch, and gives up on a world with many.
func (f *follower) wrong(format string, args ...any) {
	f.Helper()
	f.Errorf(format, args...)
	f.mismatches++
	if f.mismatches == 10 {
		f.FailNow()
	}
}

func (f *follower) near(what string, got, want float64) {
	f.Helper()
	f.compared++
	if !close9(got, want) {
		f.wrong("%s = %v, want %v", what, got, want)
	}
}

func close9(got, want float64) bool { return math.Abs(got-want) <= 1e-9*max(1, math.Abs(want)) }

func (f *follower) same(what string, got, want burnlist.Value) {
	f.Helper()
	a, known := got.Get()
	b, wanted := want.Get()
	f.compared++
	if known != wanted || !close9(a, b) {
		f.wrong("%s = %v, want %v", what, got, want)
	}
}

// slices returns what the oracle says of all slices of an SLO that were asked
// for, and holds what was stored against it.
func (f *follower) slices(s *randomSLO) []burnlist.Slice {
	f.Helper()
	width := int64(s.slo.Slice.Std().Seconds())
	if f.known[s] == nil {
		f.known[s] = map[int64]burnlist.Slice{}
	}
	var all []burnlist.Slice
	for _, got := range f.store.of(s.slo.Ledger) {
		want, ok := f.known[s][got.Start]
		if !ok {
			var contrary bool
			want, contrary = f.sampler.slice(f.T, s, got.Start+width)
			want.Violated = want.Violated || contrary && want.State == burnlist.SliceEmpty
			f.compared += 2
			dropped := 0.5e-6 + 1e-9
			if s.slo.Indicator.Ratio != nil {
				dropped = 0.5e-12 + 1e-15
			}
			if got.State != want.State || got.Violated != want.Violated || math.Abs(got.Bad-want.Bad) > dropped || math.Abs(got.Total-want.Total) > dropped {
				f.wrong("world %d, %s (%v): the slice is %+v, want %+v", f.world.number, s.slo.Name, s.slo.Indicator.Kind(), got, want)
			}
			want.Bad, want.Total = got.Bad, got.Total
			f.known[s][got.Start] = want
			f.world.had[[]string{"dead slices", "empty slices", "data slices"}[want.State]]++
		}
		if got.Corrected {
			f.wrong("%s: the slice at %d was corrected, of which nothing changed", s.slo.Name, got.Start)
		}
		all = append(all, want)
	}
	return all
}

// compare holds the figures of one SLO after a refresh against the oracle.
func (f *follower) compare(s *randomSLO, exclusions []*burnlist.Exclusion, rolled []burnlist.Rolled, now time.Time) {
	f.Helper()
	got := f.store.budgets.Figures[s.slo.Name]
	width := int64(s.slo.Slice.Std().Seconds())
	at := (now.Unix() - 60) / width * width
	kept := f.slices(s)
	p := newPast(s.slo, kept, rolled)
	p.exclude(exclusions)
	want := p.at(at)
	name := fmt.Sprintf("world %d, %s (%s), %s: ", f.world.number, s.slo.Name, s.slo.Indicator.Kind(), time.Unix(at, 0).UTC().Format(time.DateTime))
	start := at - int64(s.slo.Window.Std().Seconds())
	excuse := "is not alive"
	for from := start; from < at; from += width {
		if _, ok := f.known[s][from]; ok {
			continue
		}
		if _, contrary := f.sampler.slice(f.T, s, from+width); !contrary {
			f.Fatalf("%sthe slice at %d is missing: %s", name, from, got.Error)
		}
		f.world.had["contrary"]++
		excuse = "no series matches the selector of all events"
	}
	if !strings.Contains(cmp.Or(got.Error, excuse), excuse) || got.Error != "" && excuse == "is not alive" && want.FirstData != nil {
		f.wrong("%serror %q", name, got.Error)
	}
	f.figures(name, *got, want)
	for id, incident := range f.costs {
		if f.world.slos[id-1] == s {
			f.cost(name, id, p.sum(float64(incident.from), float64(incident.to)), want)
		}
	}
	if want.Consumed == (burnlist.Value{}) {
		f.world.had["unknown"]++
		return
	}
	f.had(want, at)
	f.unrolled(name, *got, want, p, kept, rolled, at)
	f.whole(name, *got, s, p, at)
	f.truth(name, *got, s, p, at)
}

// had notes what there was to see.
func (f *follower) had(e expected, at int64) {
	for what, is := range map[string]bool{
		"exhausted": e.ExhaustsAt != nil, "recovering": e.RecoversAt != nil, "excluded": e.Excluded > 0, "blind": e.KnownUntil.Unix() < at,
	} {
		if is {
			f.world.had[what]++
		}
	}
}

// figures compares everything that the definitions give.
func (f *follower) figures(name string, got burnlist.Figures, want expected) {
	f.Helper()
	for what, times := range map[string][2]*time.Time{
		"first data": {got.FirstData, want.FirstData}, "known until": {got.KnownUntil, want.KnownUntil},
	} {
		f.compared++
		if (times[0] == nil) != (times[1] == nil) || times[0] != nil && !times[0].Equal(*times[1]) {
			f.wrong("%s%s %v, want %v", name, what, times[0], times[1])
		}
	}
	f.near(name+"coverage", got.Coverage, want.Coverage)
	f.near(name+"bad in the window", got.BadWindow, want.BadWindow)
	f.near(name+"total in the window", got.TotalWindow, want.TotalWindow)
	f.near(name+"bad in 7 d", got.Bad7d, want.Bad7d)
	f.near(name+"excluded", got.Excluded.Std().Seconds(), want.Excluded.Std().Seconds())
	f.near(name+"violations", float64(got.Violations), float64(want.Violations))
	f.near(name+"corrections", float64(got.Corrections), 0)
	f.same(name+"budget", got.Budget, want.Budget)
	f.same(name+"consumed", got.Consumed, want.Consumed)
	f.same(name+"consumed altogether", got.ConsumedAltogether, want.ConsumedAltogether)
	f.same(name+"pace", got.Pace, want.Pace)
	f.same(name+"forecast", got.Forecast, want.Forecast)
	f.same(name+"one event", got.OneEvent, want.OneEvent)
	for i, span := range burnlist.SpanNames {
		f.same(name+"burn in "+span, got.Burn[i], want.Burn[i])
		f.same(name+"spent in "+span, got.Spent[i], want.Spent[i])
		f.same(name+"speed in "+span, got.Speed[i], want.Speed[i])
	}
	f.compared += 2
	if got.FastBurn != want.FastBurn || got.SlowBurn != want.SlowBurn {
		f.wrong("%sburns fast: %v, slowly: %v; want %v, %v", name, got.FastBurn, got.SlowBurn, want.FastBurn, want.SlowBurn)
	}
	for what, lists := range map[string][2][]float64{"burn-down": {got.BurnDown, want.BurnDown}, "path": {got.Path, want.Path}} {
		if len(lists[0]) != len(lists[1]) {
			f.wrong("%s%s has %d points, want %d", name, what, len(lists[0]), len(lists[1]))
			continue
		}
		for i, n := range lists[0] {
			f.near(fmt.Sprintf("%s%s, point %d", name, what, i), n, lists[1][i])
		}
	}
	f.crossing(name+"exhausts at", got.ExhaustsAt, want.ExhaustsAt, want.ahead, got.At)
	f.crossing(name+"recovers at", got.RecoversAt, want.RecoversAt, want.left, got.At)
}

// crossing compares the instants at which a budget is spent exactly. Where the
// way is nearly flat there, many are as good.
func (f *follower) crossing(what string, got, want *time.Time, way []waypoint, at time.Time) {
	f.Helper()
	f.compared++
	switch {
	case got == nil && want == nil:
	case got == nil || want == nil:
		f.wrong("%s %v, want %v", what, got, want)
	case got.Sub(*want).Abs() <= 2*time.Millisecond:
	case math.Abs(along(way, int64(got.Sub(at).Seconds()))-1) > 1e-8:
		f.wrong("%s %v, want %v", what, got, want)
	}
}

// cost compares what an incident cost.
func (f *follower) cost(name string, id int64, in told, want expected) {
	f.Helper()
	got, ok := f.store.budgets.Costs[id]
	whole, measured := want.Budget.Get()
	f.compared++
	if ok != (in.known > 0 && measured) {
		f.wrong("%sthe incident has a cost: %v", name, ok)
		return
	}
	if ok && in.bad > 0 {
		f.world.had["costs"]++
		f.near(name+"cost of the incident", got.Share, in.bad/whole)
	}
}
