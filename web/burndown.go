package web

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// burnDown draws what was left of a budget as its window went by, from all of
// it down, and where it goes at the present pace. Lengths are in the drawing's
// units, which are pixels unless the reader's letters are larger.
type burnDown struct {
	ID            string // unique on the page
	Words         string // all of it, for those who cannot see it
	Height        string
	Left, Right   string // edges of the plot
	Top, Bottom   string
	Now           string // where the window ends
	Went, Area    string // what was measured, as a path, and the area between that and the zero line
	Goes          string // what was not, as a path; empty if nothing is foreseen
	Dot           string // the end of the window, as a path
	RunsOut       string // where the line will cross zero, as a path, or empty
	Levels, Times []tick
}

// tick is a labelled place on an axis.
type tick struct {
	At, Label string
	Anchor    string // of the label: start, middle or end
	Zero      bool
}

// The drawing's lengths.
const (
	plotLeft  = 54.0
	plotRight = 316.0
	plotTop   = 10.0
	whole     = 56.0 // height of a whole budget, the same in all drawings
	below     = 20.0 // for the labels of the times
	apart     = 46.0 // the least between the end of the window and that of the drawing for both to be labelled
	roomy     = 90.0 // the least for the label of now to stand in the middle
)

// deepest is how far below zero a drawing goes.
const deepest = -1.0

// ahead is how far a drawing looks ahead at the most.
const ahead = 7 * burnlist.Day

// spot is what is left of a budget at a time since the beginning of the window.
type spot struct {
	at   time.Duration
	left float64
}

// newBurnDown draws the budget of an SLO whose state is known. It is nil if the
// figures do not say how its consumption came together.
func (b *builder) newBurnDown(o prioritizer.SLOBudget, zone *time.Location) *burnDown {
	f := o.Figures
	if f == nil || len(f.BurnDown) == 0 || o.State == burnlist.Unknown {
		return nil
	}
	window := f.Window.Std()
	line := []spot{{0, 1}}
	for i, spent := range f.BurnDown {
		line = append(line, spot{window * time.Duration(i+1) / time.Duration(len(f.BurnDown)), 1 - spent})
	}
	known := window
	if f.KnownUntil != nil {
		known = min(max(window-f.At.Sub(*f.KnownUntil), 0), window)
	}
	went, goes := cutAt(line, known)
	// After a whole window at one pace nothing changes any more.
	end := window
	for i, spent := range f.Path {
		if at := window + time.Duration(i+1)*burnlist.Day; at <= window+min(ahead, window) {
			goes, end = append(goes, spot{at, 1 - spent}), at
		}
	}

	lowest := 0.0
	for _, s := range slices.Concat(line, goes) {
		lowest = min(lowest, s.left)
	}
	floor := max(math.Floor(lowest*2+1e-9)/2, deepest)
	x := func(at time.Duration) float64 {
		return plotLeft + (plotRight-plotLeft)*at.Seconds()/end.Seconds()
	}
	y := func(left float64) float64 { return plotTop + (1-min(max(left, deepest), 1))*whole }
	path := func(spots []spot) string {
		all := make([]string, 0, len(spots))
		for _, s := range spots {
			all = append(all, units(x(s.at))+" "+units(y(s.left)))
		}
		return "M" + strings.Join(all, "L")
	}
	last := line[len(line)-1].left
	d := &burnDown{
		ID: "burn-down-" + string(o.SLO), Words: b.burnDownWords(o, zone),
		Height: units(y(floor) + below), Left: units(plotLeft), Right: units(plotRight), Top: units(y(1)), Bottom: units(y(floor)),
		Now: units(x(window)), Went: path(went), Dot: dot(x(window), y(last), last < deepest),
		Area: path(went) + "L" + units(x(known)) + " " + units(y(0)) + "L" + units(plotLeft) + " " + units(y(0)) + "Z",
	}
	if len(goes) > 1 {
		d.Goes = path(goes)
	}
	if at := f.ExhaustsAt; at != nil && at.After(f.At) && window+at.Sub(f.At) <= end {
		d.RunsOut = fmt.Sprintf("M%s %sv10", units(x(window+at.Sub(f.At))), units(y(0)-5))
	}
	for _, left := range []float64{1, 0, floor} {
		if left < 0 || len(d.Levels) < 2 {
			d.Levels = append(d.Levels, tick{At: units(y(left)), Label: share(left), Anchor: "end", Zero: left == 0})
		}
	}
	d.Times = b.times(f, x, end)
	return d
}

// cutAt divides a line at a time into what lies before and behind it, both with
// the spot there.
func cutAt(line []spot, at time.Duration) (before, behind []spot) {
	for i, s := range line {
		if s.at <= at {
			before = append(before, s)
			continue
		}
		if len(behind) == 0 {
			from := line[i-1]
			s := spot{at, from.left + (s.left-from.left)*float64(at-from.at)/float64(s.at-from.at)}
			before, behind = append(before, s), append(behind, s)
		}
		behind = append(behind, s)
	}
	if len(behind) == 0 {
		behind = append(behind, line[len(line)-1])
	}
	return before, behind
}

// times labels the ends of the drawing and the end of the window, as far as
// there is room.
func (b *builder) times(f *burnlist.Figures, x func(time.Duration) float64, end time.Duration) []tick {
	window := f.Window.Std()
	days := func(d time.Duration) string { return fmt.Sprintf("%d%sd", d/burnlist.Day, nbsp) }
	now, anchor := "now", "middle"
	room := x(end) - x(window)
	if age := b.now.Sub(f.At); age > time.Hour {
		now, anchor, room = prioritizer.Age(age)+" ago", "end", 0
	} else if room < roomy {
		anchor = "end"
	}
	ticks := []tick{
		{At: units(x(0)), Label: days(window) + " ago", Anchor: "start"},
		{At: units(x(window)), Label: now, Anchor: anchor},
	}
	if room >= apart {
		ticks = append(ticks, tick{At: units(x(end)), Label: "in" + nbsp + days(end-window), Anchor: "end"})
	}
	return ticks
}

// dot marks the end of the window: round, or an arrow down if it lies below the
// drawing.
func dot(x, y float64, beyond bool) string {
	if beyond {
		return fmt.Sprintf("M%s %sl-5 -7h10z", units(x), units(y+2))
	}
	return fmt.Sprintf("M%s %sa3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z", units(x-3.5), units(y))
}

// burnDownWords says what the drawing shows.
func (b *builder) burnDownWords(o prioritizer.SLOBudget, zone *time.Location) string {
	f := o.Figures
	says := func(consumed float64, left, over string) string {
		if consumed > 1 {
			return percent(burnlist.Known(consumed-1)) + " more than " + over + " is spent"
		}
		return remaining(burnlist.Known(consumed)) + left + " is left"
	}
	budget := fmt.Sprintf("the %d-day budget", f.Window.Std()/burnlist.Day)
	words := says(o.Consumed.Or(0), " of "+budget, budget)
	if at := f.ExhaustsAt; at != nil && at.After(b.now) {
		words += "; at the present pace it runs out on " + moment(*at, zone)
	} else if n := len(f.Path); n > 0 {
		words += fmt.Sprintf("; at the present pace %s in %s", says(f.Path[n-1], "", "all of it"), count(n, "day"))
	}
	if o.Consumed.Above(1 - deepest) {
		words += "; what is spent beyond twice the budget is not drawn"
	}
	return words
}

// share writes what is left at a level of a drawing.
func share(left float64) string { return remaining(burnlist.Known(1 - left)) }
