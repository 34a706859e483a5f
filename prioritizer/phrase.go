package prioritizer

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
)

// Percent writes a share as "140 %": whole from 10 % on, with one decimal below.
// It never rounds up to the whole: what is not all spent does not read 100 %,
// and what is overspent by a hair does not read 0 %.
func Percent(share float64) string {
	p := math.Abs(share * 100)
	var n string
	switch {
	case p > 0 && p < 0.05:
		n = "under 0.1"
	case p < 9.95:
		n = trimmed(p)
	case p >= 99.5 && p < 100:
		n = trimmed(math.Floor(p*10) / 10)
	default:
		n = strconv.FormatFloat(p, 'f', 0, 64)
	}
	if share < 0 {
		n = "-" + strings.TrimPrefix(n, "under ")
	}
	return n + " %"
}

// Decimal writes a number with one decimal, such as a pace of 3.1.
func Decimal(n float64) string {
	switch {
	case n > 0 && n < 0.05:
		return "under 0.1"
	case n >= 99.95:
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return strconv.FormatFloat(n, 'f', 1, 64)
}

// trimmed writes a number with one decimal, unless that is 0.
func trimmed(n float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(n, 'f', 1, 64), ".0")
}

// Count writes "1 day" or "3 days".
func Count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// Clip shortens what somebody else wrote to at most so many characters.
func Clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// times writes "once" or "3 times".
func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// Age writes a length of time in its coarsest fitting unit, rounded down.
func Age(d time.Duration) string {
	switch {
	case d >= 2*burnlist.Day:
		return Count(int(d/burnlist.Day), "day")
	case d >= time.Hour:
		return Count(int(d/time.Hour), "hour")
	}
	return Count(int(d/time.Minute), "minute")
}

// daysName writes a window as "30-day".
func daysName(window burnlist.Duration) string {
	if d := window.Std(); d >= burnlist.Day && d%burnlist.Day == 0 {
		return fmt.Sprintf("%d-day", d/burnlist.Day)
	}
	return window.String()
}

func budgetName(window burnlist.Duration) string { return daysName(window) + " budget" }

// moment writes when something happens in the product's calendar: a date, or
// the time of today.
func (p *place) moment(t time.Time) string {
	if !p.isToday(t) {
		return "on " + p.date(t).String()
	}
	return "today at " + t.In(p.agenda.zone).Format("15:04")
}

// isToday reports whether a moment lies on the day of the queue. When dates are
// read as of another day than budgets are judged on, nobody could tell which
// today is meant.
func (p *place) isToday(t time.Time) bool {
	return p.date(t) == p.agenda.today && p.agenda.judged == p.agenda.today
}

func names(slos []*judged) string {
	all := make([]string, 0, len(slos))
	for _, j := range slos {
		all = append(all, j.slo.Name)
	}
	return strings.Join(all, ", ")
}
