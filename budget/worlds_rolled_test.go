//go:build !race

package budget_test

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
)

// unrolled compares with the slices that rows were made of: to 1e-9 where no
// edge cuts a row, else to what the rows hold that are cut. Of the forecast and
// the pace, which are made of several of such intervals, it only reports how far
// they were off where the window or a span cuts a row.
func (f *follower) unrolled(name string, got burnlist.Figures, rows expected, p *past, kept []burnlist.Slice, rolled []burnlist.Rolled, at int64) {
	f.Helper()
	if len(rolled) == 0 {
		return
	}
	fine := newPast(p.slo, kept, nil)
	fine.out = p.out
	want := fine.at(at)
	window := int64(p.slo.Window.Std().Seconds())
	start, known := at-window, got.KnownUntil.Unix()
	cut := func(t int64) (pastRow, bool) {
		for _, r := range p.rows {
			if r.from < t && t < r.to && r.to-r.from > p.width && r.from >= p.first {
				return r, true
			}
		}
		return pastRow{}, false
	}
	far := func(what string, got, want burnlist.Value) float64 {
		n := math.Abs(got.Or(0) - want.Or(0))
		f.farthest[what] = max(f.farthest[what], n)
		return n
	}
	if r, is := cut(start); is {
		f.world.had["windows that cut an hour"]++
		inside := fine.sum(float64(r.to), float64(at)) // what is not cut
		if inside.total == 0 {
			return
		}
		scale := rows.window.live / float64(window) / (1 - p.slo.Objective)
		high, low := (inside.bad+r.bad)/inside.total*scale, inside.bad/(inside.total+r.total)*scale
		f.compared++
		if n := far("consumed, where the window cuts an hour", got.Consumed, want.Consumed); n > high-low+1e-9 {
			f.wrong("%sconsumed is %v off, want %v at most", name, n, high-low)
		}
		far("forecast, where the window cuts an hour", got.Forecast, want.Forecast)
		far("pace, where the window cuts an hour", got.Pace, want.Pace)
		return
	}
	f.world.had["windows on the edges of hours"]++
	f.near(name+"coverage of slices", got.Coverage, want.Coverage)
	f.near(name+"bad in slices", got.BadWindow, want.BadWindow)
	f.near(name+"total in slices", got.TotalWindow, want.TotalWindow)
	f.same(name+"budget of slices", got.Budget, want.Budget)
	f.same(name+"consumed in slices", got.Consumed, want.Consumed)
	f.same(name+"consumed altogether in slices", got.ConsumedAltogether, want.ConsumedAltogether)
	if !want.KnownUntil.Equal(*got.KnownUntil) {
		return // data ceased more than three days ago, within an hour
	}
	// share is how much of the budget a row holds, gaps filled in.
	share := func(r pastRow) float64 {
		s := p.sum(float64(r.from), float64(r.to))
		return (s.bad + (s.live-s.known)*rows.window.bad/rows.window.known) / got.Budget.Or(math.Inf(1))
	}
	all := true
	for i, length := range burnlist.SpanLengths {
		if r, is := cut(known - int64(length.Seconds())); is {
			all = false
			f.compared++
			if n := far("spent in "+burnlist.SpanNames[i]+", where that cuts an hour", got.Spent[i], want.Spent[i]); n > share(r)+1e-9 {
				f.wrong("%sspent in %s is %v off, want %v at most", name, burnlist.SpanNames[i], n, share(r))
			}
			continue
		}
		f.same(name+"burn in slices of "+burnlist.SpanNames[i], got.Burn[i], want.Burn[i])
		f.same(name+"spent in slices of "+burnlist.SpanNames[i], got.Spent[i], want.Spent[i])
	}
	if !all {
		far("pace, where a span cuts an hour", got.Pace, want.Pace)
		return
	}
	f.same(name+"pace of slices", got.Pace, want.Pace)
	// Only the ways through the window look into its hours.
	most := 0.0
	for _, r := range p.rows {
		if r.to-r.from > p.width && r.to > start && !holds(p.out, r.from) {
			most = max(most, share(r))
		}
	}
	most += 1e-9
	f.compared++
	if n := far("forecast, where only the way ahead cuts hours", got.Forecast, want.Forecast); n > most {
		f.wrong("%sthe forecast is %v off, want %v at most", name, n, most)
	}
	for i := range got.BurnDown {
		f.compared++
		if n := far("burn-down, where only its parts cut hours", burnlist.Known(got.BurnDown[i]), burnlist.Known(want.BurnDown[i])); n > most {
			f.wrong("%spart %d of the burn-down is %v off, want %v at most", name, i, n, most)
		}
	}
}

// checkRolled holds what was rolled up against the slices in it.
func (f *follower) checkRolled(s *randomSLO) {
	f.Helper()
	rolled := f.rolled()[s.slo.Ledger]
	p := newPast(s.slo, f.slices(s), rolled)
	wide := slices.DeleteFunc(slices.Clone(p.rows), func(r pastRow) bool { return r.to-r.from == p.width && p.width < anHour })
	f.world.had["excluded in hours"] += f.excludedIn(s, rolled)
	for _, got := range rolled {
		f.world.had[map[int64]string{anHour: "hours", aDay: "days"}[got.Width]]++
		i := slices.IndexFunc(wide, func(r pastRow) bool { return r.from == got.Start })
		if i < 0 {
			f.wrong("%s: a row at %d over no slice", s.slo.Name, got.Start)
			continue
		}
		r := wide[i]
		f.compared += 5
		if float64(got.Data) != r.data || float64(got.Empty) != r.empty || !close9(got.Bad, r.bad) || !close9(got.Total, r.total) ||
			got.BadSlices != r.badSlices || got.Violations != r.violations || r.to-r.from != got.Width {
			f.wrong("%s: the row is %+v, want %+v", s.slo.Name, got, r)
		}
	}
}

// checkHours holds the hours that were rolled up since before against what may
// be: they are old, nothing is missing in them, and no exclusion cuts them.
func (f *follower) checkHours(s *randomSLO, exclusions []*burnlist.Exclusion, before []burnlist.Rolled, now time.Time) {
	f.Helper()
	width := int64(s.slo.Slice.Std().Seconds())
	for _, r := range f.rolled()[s.slo.Ledger] {
		if r.Width != anHour || slices.Contains(before, r) {
			continue
		}
		f.compared++
		end := r.Start + r.Width
		for start := r.Start; start < end; start += width {
			if _, ok := f.store.slices[s.slo.Ledger][start]; !ok {
				f.wrong("%s: the hour at %d is rolled up without the slice at %d", s.slo.Name, r.Start, start)
			}
		}
		if old := time.Unix(end, 0).Add(73 * time.Hour); old.After(now) {
			f.wrong("%s: the hour at %d is rolled up before %v, at %v", s.slo.Name, r.Start, old, now)
		}
		for _, e := range exclusions {
			from := e.Start.Unix() / width * width
			to := (e.End.UnixMilli() + 1000*width - 1) / 1000 / width * width
			if r.Start < from && from < end || r.Start < to && to < end {
				f.wrong("%s: the hour at %d is rolled up while an exclusion from %v to %v cuts it", s.slo.Name, r.Start, e.Start, e.End)
			}
		}
	}
}

// excludedIn counts the exclusions that begin or end within an hour or a day.
func (f *follower) excludedIn(s *randomSLO, rolled []burnlist.Rolled) int {
	n := 0
	for _, e := range f.world.exclusions {
		from, to := e.Start.Unix(), e.End.Unix()
		if e.SLO == s.slo.Name && slices.ContainsFunc(rolled, func(r burnlist.Rolled) bool {
			return r.Start < from && from < r.Start+r.Width || r.Start < to && to < r.Start+r.Width
		}) {
			n++
		}
	}
	return n
}

// checkHistory looks back from the end, at instants that cut rows.
func (f *follower) checkHistory(d draws, s *randomSLO, exclusions []*burnlist.Exclusion) {
	f.Helper()
	kept, err := f.store.Ledger(f.Context(), s.slo.Ledger)
	if err != nil {
		f.Fatal(err)
	}
	ledger := budget.NewLedger(s.slo.Slice)
	ledger.Load(kept)
	ledger.Exclude(exclusions)
	p := newPast(s.slo, f.slices(s), f.rolled()[s.slo.Ledger])
	p.exclude(exclusions)
	last := f.world.nows[len(f.world.nows)-1].Unix() / p.width * p.width
	step := (1 + int64(d.wide(1, 86400))/p.width) * p.width
	from := last - 6*step - int64(d.IntN(20))*p.width
	policy := burnlist.DefaultPolicy()
	for _, got := range ledger.History(s.slo, policy, time.Unix(from, 0), time.Unix(last, 0), time.Duration(step)*time.Second) {
		want := p.at(got.At.Unix())
		name := fmt.Sprintf("world %d, %s (%s), looking back to %v: ", f.world.number, s.slo.Name, s.slo.Indicator.Kind(), got.At)
		f.same(name+"consumed", got.Consumed, want.Consumed)
		f.same(name+"forecast", got.Forecast, want.Forecast)
		f.same(name+"pace", got.Pace, want.Pace)
		f.near(name+"coverage", got.Coverage, want.Coverage)
		want.Objective, want.Window, want.Kind, want.At = s.slo.Objective, s.slo.Window, s.slo.Indicator.Kind(), got.At
		if judged := policy.Judge(want.Figures, got.At); judged.State != got.State || judged.Reason != got.Reason {
			f.wrong("%s%s %s, want %s %s", name, got.State, got.Reason, judged.State, judged.Reason)
		}
		f.compared += 2
	}
}

func moment(unix float64) *time.Time {
	return new(burnlist.Instant(time.UnixMilli(int64(math.Floor(unix * 1000)))))
}
