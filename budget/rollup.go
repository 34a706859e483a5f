package budget

import (
	"slices"
	"time"

	"github.com/burnlist/burnlist"
)

// How long a ledger keeps what it holds in which width: slices long enough for
// the longest span that is asked about in minutes, hours longer than any
// window.
const (
	slicesKept = 3*burnlist.Day + time.Hour
	hoursKept  = 97 * burnlist.Day
)

const (
	hour = burnlist.HourWidth
	day  = burnlist.DayWidth
)

// RollUp returns the hours and days, in order, that may take the place of what
// they are the sums of: as seen at an instant, in Unix seconds, when all that
// ends by settled was read for the last time. The ledger stays as it is until
// they are put.
//
// An hour stays in slices while one of them is missing, where the first data
// came within it, and where an exclusion cuts it: so that the roll-up loses
// nothing that figures are made of. A day is rolled up whatever is missing in
// it, because no window reaches back to it, but not where the first data lies or
// an exclusion cuts it.
func (l *Ledger) RollUp(at, settled int64) []burnlist.Rolled {
	l.index()
	hours := min(at-int64(slicesKept/time.Second), settled)
	days := min(at-int64(hoursKept/time.Second), settled)
	var rolled []burnlist.Rolled
	for i := 0; i < len(l.rows); {
		r := l.rows[i]
		width := hour
		if from := r.start / day * day; from+day <= days {
			width = day
		}
		from := r.start / width * width
		n, asked := 0, int64(0)
		for i+n < len(l.rows) && l.rows[i+n].start < from+width {
			asked += l.rows[i+n].width
			n++
		}
		rows := l.rows[i : i+n]
		i += n
		switch {
		case r.width >= width || from+width > hours:
		case width == hour && asked < hour, l.cutByExclusion(from, from+width):
		case l.data > from && l.data < from+width:
		default:
			rolled = append(rolled, sum(from, width, rows))
		}
	}
	return rolled
}

// cutByExclusion reports whether an exclusion begins or ends within [from, to).
func (l *Ledger) cutByExclusion(from, to int64) bool {
	return slices.ContainsFunc(l.exclusions, func(e Range) bool {
		return e.From > from && e.From < to || e.To > from && e.To < to
	})
}

func sum(start, width int64, rows []row) burnlist.Rolled {
	s := burnlist.Rolled{Start: start, Width: width}
	for _, r := range rows {
		s.Data += r.data
		s.Empty += r.empty
		s.Bad += r.bad
		s.Total += r.total
		s.BadSlices += r.badSlices
		s.Violations += r.violations
		s.Corrections += r.corrections
	}
	return s
}

// Rolled returns all hours and days of the ledger, in order. Their Ledger
// field is not set.
func (l *Ledger) Rolled() []burnlist.Rolled {
	var all []burnlist.Rolled
	for _, r := range l.rows {
		if r.width > l.width {
			all = append(all, sum(r.start, r.width, []row{r}))
		}
	}
	return all
}
