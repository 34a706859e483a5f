package web

import (
	"fmt"
	"math"
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

// typeset replaces what plain text has in place of a minus and of spaces that
// do not break.
var typeset = strings.NewReplacer("-", minus, " ", nbsp)

// percent writes a share as package prioritizer does.
func percent(v burnlist.Value) string {
	share, known := v.Get()
	if !known {
		return "unknown"
	}
	return typeset.Replace(prioritizer.Percent(share))
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
	return strings.Replace(prioritizer.Count(n, noun), " ", nbsp, 1)
}

// moment writes an instant in a product's zone, and names the zone.
func moment(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("2006-01-02 15:04" + nbsp + "MST")
}

// stamp writes an instant for machines.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// tierWord is the name of a tier as a reader says it.
func tierWord(t prioritizer.Tier) string { return strings.ReplaceAll(t.String(), "_", " ") }

// codeWord is the name of a warning as a reader says it.
func codeWord(c prioritizer.Code) string { return strings.ReplaceAll(c.String(), "_", " ") }
