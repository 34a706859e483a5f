package prioritizer

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
)

// sloText says in a few plain sentences what state the budget of an SLO is in,
// and why, to those who look at that SLO alone. The queue says the same of an
// item in one line.
func (q *Queue) sloText(p *place, j *judged) string {
	v, f := j.judgement(), j.measured()
	var said []string
	switch v.State {
	case burnlist.Exhausted:
		said = q.exhaustedText(p, j)
	case burnlist.Burning:
		said = q.burningText(p, j)
	case burnlist.AtRisk:
		said = []string{outlookText(j), q.ruleText(v, f)}
	case burnlist.Healthy:
		said = []string{healthyText(j), "within budget: weigh against new work"}
	case burnlist.Unknown:
		return q.unknownText(p, j) + "."
	}
	said = append(said, tooFine(f))
	if v.StaleFor > 0 {
		said = append(said, "last measured "+Age(v.StaleFor)+" ago")
	}
	return sentences(said)
}

// exhaustedText says how much is overspent, how much of it lately, and when
// the budget recovers.
func (q *Queue) exhaustedText(p *place, j *judged) []string {
	f := j.measured()
	first := fmt.Sprintf("%s has %s", j.slo.Name, overspent(j.slo.Window, f.Consumed.Or(0)))
	if spent, known := f.Spent[burnlist.Span7d].Get(); known && j.slo.Window.Std() > burnlist.SpanLengths[burnlist.Span7d] {
		first += fmt.Sprintf("; %s of the budget went in the last 7 days", Percent(spent))
	}
	var then []string
	if j.recovers {
		then = append(then, "it is above zero again "+p.hour(*f.RecoversAt)+" if no more errors come")
	}
	if forecast, foreseen := f.Forecast.Get(); foreseen {
		what := "it gets no worse"
		if Percent(forecast) != Percent(f.Consumed.Or(0)) {
			what = Percent(forecast) + " will be spent by next week"
		}
		then = append(then, what+paceText(f))
	}
	return []string{first, strings.Join(then, "; ")}
}

// burningText says when the budget runs out, at what pace, and what sets it.
func (q *Queue) burningText(p *place, j *judged) []string {
	f := j.measured()
	first := fmt.Sprintf("%s has spent %s of its %s", j.slo.Name, Percent(f.Consumed.Or(0)), budgetName(j.slo.Window))
	switch at := f.ExhaustsAt; {
	case at == nil:
	case j.runsOut:
		first += ", and runs out of it " + p.hour(*at) + " if the pace goes on"
	default: // the figures are old
		first += ", and by its pace ran out of it " + p.hour(*at)
	}
	then := fmt.Sprintf("%s of it will be spent by next week%s", Percent(f.Forecast.Or(0)), paceText(f))
	return []string{first, then}
}

// outlookText says what is spent, and what will be.
func outlookText(j *judged) string {
	f := j.measured()
	consumed := f.Consumed.Or(0)
	text := fmt.Sprintf("%s has spent %s of its %s", j.slo.Name, Percent(consumed), budgetName(j.slo.Window))
	if consumed >= burnlist.SpentWhole {
		text = fmt.Sprintf("%s has %s", j.slo.Name, overspent(j.slo.Window, consumed))
	}
	forecast, foreseen := f.Forecast.Get()
	switch {
	case !foreseen:
		text += ", and nobody can say what comes"
	case Percent(forecast) == Percent(consumed):
		text += ", and will not have spent more by next week"
	default:
		text += fmt.Sprintf(", and will have spent %s by next week", Percent(forecast))
	}
	return text + paceText(f)
}

// healthyText says what is left, and what at least will be.
func healthyText(j *judged) string {
	f := j.measured()
	text := fmt.Sprintf("%s has %s of its %s left", j.slo.Name, Percent(1-f.Consumed.Or(0)), budgetName(j.slo.Window))
	if forecast, foreseen := f.Forecast.Get(); foreseen {
		text += fmt.Sprintf(", and will have at least %s for the next 7 days%s", Percent(1-forecast), paceText(f))
	}
	return text
}

// overspent says that a budget is spent, and by how much more.
func overspent(window burnlist.Duration, consumed float64) string {
	if consumed > 1 {
		return fmt.Sprintf("overspent its %s by %s", budgetName(window), Percent(consumed-1))
	}
	return "spent all of its " + budgetName(window)
}

// ruleText names the rules of the policy by which an SLO is at risk, with the
// numbers that met them.
func (q *Queue) ruleText(v burnlist.Verdict, f burnlist.Figures) string {
	if v.LowTraffic {
		return fmt.Sprintf("%s, and fewer than %s prove little",
			strings.TrimPrefix(q.riskText(v, f), "; "), trimmed(q.World.Policy.LowTrafficEvents))
	}
	policy := &q.World.Policy
	var rules []string
	switch {
	case f.Consumed.AtLeast(policy.AtRisk):
		rules = append(rules, Percent(policy.AtRisk)+" or more is spent")
	case f.Forecast.AtLeast(policy.AtRisk):
		rules = append(rules, "the forecast is "+Percent(policy.AtRisk)+" or more")
	}
	if f.FastBurn {
		rules = append(rules, "errors come fast just now"+burnText(f, true))
	}
	if f.SlowBurn {
		rules = append(rules, "errors have been coming steadily"+burnText(f, false))
	}
	limit := policy.SpentLimit(f.Window)
	if spent := f.Spent[burnlist.Span7d]; spent.AtLeast(limit) {
		rules = append(rules, fmt.Sprintf("%s of the budget went in the last 7 days, where %s is too much", Percent(spent.Or(0)), Percent(limit)))
	}
	return "at risk because " + strings.Join(rules, "; and because ")
}

// burnText names the first of the fast or the slow pairs that is over its factor.
func burnText(f burnlist.Figures, fast bool) string {
	for _, p := range burnlist.Pairs {
		if p.Fast != fast || !p.Over(f.Burn, f.Window) {
			continue
		}
		return fmt.Sprintf(": the burn rate is %s over %s and %s over %s, where more than %s is too much",
			Decimal(f.Burn[p.Long].Or(0)), burnlist.SpanNames[p.Long],
			Decimal(f.Burn[p.Short].Or(0)), burnlist.SpanNames[p.Short], trimmed(p.Factor(f.Window)))
	}
	return ""
}

// paceText says at what pace something happens, and which of the speeds that
// the pace is the highest of set it, unless that is not to be told.
func paceText(f burnlist.Figures) string {
	pace, known := f.Pace.Get()
	if !known {
		return ""
	}
	slower := func(a, b int) float64 { return min(f.Speed[a].Or(0), f.Speed[b].Or(0)) }
	window := f.Window.Std()
	highest, origin := f.Speed[burnlist.Span7d].Or(0), "that of the last 7 days"
	if window < burnlist.SpanLengths[burnlist.Span7d] { // there are no 7 days, and the pace looks no further back
		highest, origin = f.Consumed.Or(0), "that of the whole window"
	}
	if s := slower(burnlist.Span3d, burnlist.Span6h); s > highest && window >= burnlist.SpanLengths[burnlist.Span3d] {
		highest, origin = s, "held over 3 days and over the last 6 hours"
	}
	if s := slower(burnlist.Span1d, burnlist.Span2h); s > highest {
		highest, origin = s, "held over a day and over the last 2 hours"
	}
	text := " at the pace of " + Decimal(pace)
	if pace > 0 && math.Abs(highest-pace) <= pace/20 {
		text += ", " + origin
	}
	return text
}

// hour writes when something happens in the product's calendar to the minute,
// with the day of the week, for those who plan by it. It is never a year away.
func (p *place) hour(t time.Time) string {
	local := t.In(p.agenda.zone)
	if p.isToday(t) {
		return "today at " + local.Format("15:04 MST")
	}
	return "on " + local.Format("Mon 2 Jan at 15:04 MST")
}

// sentences joins what is said, leaving out what is empty. Names stay as they
// are written, and so come first in lower case.
func sentences(said []string) string {
	var b strings.Builder
	for _, s := range said {
		if s == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(" ")
			s = strings.ToUpper(s[:1]) + s[1:]
		}
		b.WriteString(s + ".")
	}
	return b.String()
}
