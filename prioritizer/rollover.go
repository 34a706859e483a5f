package prioritizer

import (
	"fmt"
	"strings"

	"github.com/burnlist/burnlist"
)

// rolloverText says how often an item rolled over, which promise it broke by
// that, and in which reviews.
func rolloverText(r *Ranked) string {
	f := r.Item.Facts
	rolled := streak(f)
	promised := f.Promised
	if promised.IsZero() && len(rolled) > 0 {
		promised = rolled[len(rolled)-1].Promised
	}
	var b strings.Builder
	switch {
	case f.Streak > 0:
		b.WriteString("rolled over " + times(f.Streak))
	case f.Total > 0:
		b.WriteString("not rolled over since it was renegotiated")
	default:
		b.WriteString("never rolled over")
	}
	if f.Total > f.Streak {
		fmt.Fprintf(&b, " (%s in all)", times(f.Total))
	}
	switch {
	case promised.IsZero():
	case f.Streak > 0:
		fmt.Fprintf(&b, ": it was promised for %s", promised)
	default:
		fmt.Fprintf(&b, ": it is promised for %s", promised)
	}
	switch n := len(rolled); n {
	case 0:
	case 1:
		fmt.Fprintf(&b, "; still open in the review of %s", rolled[0].Date)
	case 2:
		fmt.Fprintf(&b, "; still open in the reviews of %s and %s", rolled[0].Date, rolled[1].Date)
	default:
		fmt.Fprintf(&b, "; still open in %d reviews from %s to %s", n, rolled[0].Date, rolled[n-1].Date)
	}
	return b.String()
}

// streak returns the rollovers since the last renegotiation, oldest first, as
// far as they are recorded.
func streak(f burnlist.Facts) []burnlist.Rollover {
	return f.Rolled[max(len(f.Rolled)-f.Streak, 0):]
}

// mostEvidence is how many reviews are named to prove something.
const mostEvidence = 8

// rolloverEvidence names the reviews that found the item open, the last ones if
// there are many.
func rolloverEvidence(f burnlist.Facts) string {
	rolled := streak(f)
	if len(rolled) == 0 {
		return "rolled over " + times(f.Streak)
	}
	var said []string
	if more := len(rolled) - mostEvidence; more > 0 {
		said, rolled = append(said, Count(more, "earlier review")), rolled[more:]
	}
	for _, o := range rolled {
		said = append(said, fmt.Sprintf("%s on %s, promised for %s", subject("review", o.Review), o.Date, o.Promised))
	}
	return strings.Join(said, "; ")
}
