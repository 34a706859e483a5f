package web

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// nbsp keeps a number and its unit on one line.
const nbsp = "\u00a0"

// minus is the sign of a negative number in running text.
const minus = "\u2212"

// percent writes a share as "140 %": whole from 10 % on, with one decimal
// below. It never rounds up to the whole: what is not all spent does not read
// 100 %.
func percent(v burnlist.Value) string {
	share, known := v.Get()
	if !known {
		return "unknown"
	}
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
		n = minus + strings.TrimPrefix(n, "under ")
	}
	return n + nbsp + "%"
}

// objective writes an objective as "99.95 %", with as many digits as it has.
func objective(share float64) string {
	return strconv.FormatFloat(math.Round(share*1e12)/1e10, 'f', -1, 64) + nbsp + "%"
}

// remaining writes what is left of a budget. It is negative once the budget is
// overspent.
func remaining(consumed burnlist.Value) string {
	n, known := consumed.Get()
	if !known {
		return "unknown"
	}
	return percent(burnlist.Known(1 - n))
}

// trimmed writes a number with one decimal, unless that is 0.
func trimmed(n float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(n, 'f', 1, 64), ".0")
}

// pace writes a pace or a burn rate with one decimal.
func pace(v burnlist.Value) string {
	n, known := v.Get()
	switch {
	case !known:
		return "unknown"
	case n > 0 && n < 0.05:
		return "under 0.1"
	case n >= 99.95:
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return strconv.FormatFloat(n, 'f', 1, 64)
}

// points writes points to the tenth, so that columns of them line up.
func points(p prioritizer.Points) string { return strconv.FormatFloat(p.Float(), 'f', 1, 64) }

// span writes a length of time in its two largest units, as "2 h 5 min".
// Negative lengths, from clocks that disagree, count as none.
func span(d time.Duration) string {
	d = max(d, 0)
	var big, small int
	var bigUnit, smallUnit string
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return fmt.Sprintf("%d%smin", int(d.Minutes()), nbsp)
	case d < 48*time.Hour:
		big, bigUnit = int(d/time.Hour), "h"
		small, smallUnit = int(d%time.Hour/time.Minute), "min"
	default:
		big, bigUnit = int(d/burnlist.Day), "d"
		small, smallUnit = int(d%burnlist.Day/time.Hour), "h"
	}
	if small == 0 {
		return fmt.Sprintf("%d%s%s", big, nbsp, bigUnit)
	}
	return fmt.Sprintf("%d%s%s %d%s%s", big, nbsp, bigUnit, small, nbsp, smallUnit)
}

// ago says how long ago something was.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return count(int(d.Minutes()), "minute") + " ago"
	}
	return span(d) + " ago"
}

// count writes a number with its noun, as "1 item" or "4 items".
func count(n int, noun string) string {
	if n == 1 {
		return "1" + nbsp + noun
	}
	return strconv.Itoa(n) + nbsp + noun + "s"
}

// moment writes an instant in a product's zone, and names the zone.
func moment(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("2006-01-02 15:04" + nbsp + "MST")
}

// stamp writes an instant for machines.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// webLink returns s if it may be shown as a link: an absolute http or https
// address. Everything else, javascript: above all, is text.
func webLink(s string) (string, bool) {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", false
	}
	return u.String(), true
}

// tierWord is the name of a tier as a reader says it.
func tierWord(t prioritizer.Tier) string { return strings.ReplaceAll(t.String(), "_", " ") }

// codeWord is the name of a warning as a reader says it.
func codeWord(c prioritizer.Code) string { return strings.ReplaceAll(c.String(), "_", " ") }
