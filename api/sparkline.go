package api

import (
	"bytes"
	"fmt"
	"html"
	"strconv"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/prioritizer"
)

// The size of a sparkline in pixels. What remains of a budget is drawn from
// all of it at the top to as much overspent at the bottom.
const (
	sparkWidth  = 320.0
	sparkHeight = 60.0
	sparkMargin = 4.0
)

// strokes are the colours of the states, readable on white and on black.
var strokes = map[burnlist.State]string{
	burnlist.Exhausted: "#d1362f",
	burnlist.Burning:   "#d9660f",
	burnlist.AtRisk:    "#b07d0a",
	burnlist.Healthy:   "#2e8b6a",
}

// sparkline draws what remained of the budget: a line that is interrupted where
// nothing is known, in the colour of the state that each of its pieces leads
// to, with all it shows in words for those who do not see it.
func sparkline(h SLOHistory) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="%g" height="%g" viewBox="0 0 %g %g">`,
		sparkWidth, sparkHeight, sparkWidth, sparkHeight)
	fmt.Fprintf(&b, "<title>%s</title><desc>%s</desc>",
		html.EscapeString("Remaining error budget of "+h.SLO), html.EscapeString(inWords(h)))
	fmt.Fprintf(&b, `<line x1="0" y1="%g" x2="%g" y2="%g" stroke="#808080" stroke-dasharray="2 3"/>`,
		sparkHeight/2, sparkWidth, sparkHeight/2)
	b.WriteString(`<g fill="none" stroke-width="2" stroke-linejoin="round" stroke-linecap="round">`)
	place := func(p budget.Point) string {
		along := float64(p.At.Sub(h.From)) / float64(max(1, h.To.Sub(h.From)))
		return pixel(sparkMargin+along*(sparkWidth-2*sparkMargin)) + "," +
			pixel(sparkHeight/2-min(1, max(-1, remaining(p)))*(sparkHeight/2-sparkMargin))
	}
	for i := 0; i < len(h.Points); {
		if !drawn(h.Points[i]) {
			i++
			continue
		}
		// The first piece begins in the state of its own first point.
		state, line, n := h.Points[i].State, place(h.Points[i]), 1
		for i++; i < len(h.Points) && drawn(h.Points[i]); i++ {
			p := h.Points[i]
			if p.State != state {
				stroke(&b, state, line, n)
				state, line, n = p.State, place(h.Points[i-1]), 1
			}
			line += " " + place(p)
			n++
		}
		stroke(&b, state, line, n)
	}
	b.WriteString("</g></svg>\n")
	return b.Bytes()
}

// stroke draws a line through n places. One place alone is a dot.
func stroke(b *bytes.Buffer, state burnlist.State, line string, n int) {
	if n == 1 {
		line += " " + line // the round cap of a line without length
	}
	fmt.Fprintf(b, `<polyline class="%s" stroke="%s" points="%s"/>`, state, strokes[state], line)
}

func pixel(n float64) string { return strconv.FormatFloat(n, 'f', 1, 64) }

func remaining(p budget.Point) float64 { return 1 - p.Consumed.Or(0) }

// drawn reports whether it is known how things were at a point.
func drawn(p budget.Point) bool {
	_, known := p.Consumed.Get()
	return known && p.State != burnlist.Unknown
}

// inWords says what a sparkline shows.
func inWords(h SLOHistory) string {
	span := h.From.Format(time.DateOnly) + " to " + h.To.Format(time.DateOnly)
	var first, last, low *budget.Point
	gaps := 0
	for i := range h.Points {
		p := &h.Points[i]
		switch {
		case !drawn(*p):
			gaps++
			continue
		case first == nil:
			first, low = p, p
		case remaining(*p) < remaining(*low):
			low = p
		}
		last = p
	}
	if first == nil {
		return span + ": nothing is known."
	}
	said := fmt.Sprintf("%s: %s of the budget remained at first, %s at last, %s at the lowest on %s; the last known state is %s",
		span, prioritizer.Percent(remaining(*first)), prioritizer.Percent(remaining(*last)),
		prioritizer.Percent(remaining(*low)), low.At.Format(time.DateOnly), last.State)
	if gaps > 0 {
		said += fmt.Sprintf("; nothing is known at %d of %s", gaps, prioritizer.Count(len(h.Points), "point"))
	}
	return said + "."
}
