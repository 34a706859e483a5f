package prioritizer

import (
	"fmt"
	"strings"

	"github.com/burnlist/burnlist"
)

// budgetText says what the budget makes of an item, and how the item hangs
// together with the SLO that decides.
func (q *Queue) budgetText(r *Ranked) string {
	p := r.place
	text := q.stateText(p, r.decides, "worst SLO")
	if r.own {
		text = q.stateText(p, r.decides, "the item's own SLO")
	}
	if s := r.steepest(); s != nil {
		if s != r.decides {
			text += fmt.Sprintf("; the points follow %s, which will have spent %s", s.slo.Name, Percent(s.outlook()))
		}
		if s.reach() < s.outlook() {
			text += "; so few events earn points for no more than 100 %"
		}
	}
	switch {
	case r.own && r.Tier != Jump && tierOf(p.verdict().State) == Jump:
		text += "; same service, not linked to the burning SLO " + p.worst.slo.Name
	case !r.own && r.Tier == Jump:
		text += "; same service, not linked to the burning SLO"
	}
	if !r.own && r.Item.SLO != "" {
		text += fmt.Sprintf("; %s, which the item names, %s", r.Item.SLO, q.unfit(r))
	}
	return text
}

// unfit says why the SLO that an item names does not decide for it.
func (q *Queue) unfit(r *Ranked) string {
	s := q.World.SLOs[string(r.Item.SLO)]
	switch {
	case s == nil:
		return "does not exist"
	case s.RetiredAt != nil:
		return "is retired"
	case s.Service != r.Item.Service:
		return "belongs to " + s.Service
	}
	return "is advisory and never ranks"
}

// stateText says in one sentence what state the budget of a service is in by
// one of its SLOs, for the queue. The label introduces the name of that SLO.
func (q *Queue) stateText(p *place, j *judged, label string) string {
	v, f := j.judgement(), j.measured()
	if v.State == burnlist.Unknown {
		return q.unknownText(p, j)
	}
	var b strings.Builder
	b.WriteString(p.service.Name)
	budget := budgetName(j.slo.Window)
	consumed := f.Consumed.Or(0)
	forecast, foreseen := f.Forecast.Get()
	switch {
	case v.State == burnlist.Exhausted:
		b.WriteString(" has " + overspent(j.slo.Window, consumed))
		if foreseen && Percent(forecast) != Percent(consumed) {
			fmt.Fprintf(&b, " and will have spent %s of it by next week", Percent(forecast))
		}
	case foreseen:
		fmt.Fprintf(&b, " will have spent %s of its %s by next week", Percent(forecast), budget)
	default:
		fmt.Fprintf(&b, " has spent %s of its %s, and nobody can say what comes", Percent(consumed), budget)
	}
	if pace, ok := f.Pace.Get(); ok {
		b.WriteString(": pace " + Decimal(pace))
	}
	b.WriteString("; " + label + " " + j.slo.Name)

	switch v.State {
	case burnlist.Exhausted:
		if j.recovers {
			b.WriteString("; above zero again " + p.moment(*f.RecoversAt) + " if no more errors come")
		}
	case burnlist.Burning:
		switch at := f.ExhaustsAt; {
		case at == nil:
		case j.runsOut:
			b.WriteString("; the budget runs out " + p.moment(*at))
		default: // the figures are old
			b.WriteString("; by that pace the budget ran out " + p.moment(*at))
		}
	case burnlist.AtRisk:
		b.WriteString(q.riskText(v, f))
	case burnlist.Healthy:
		b.WriteString("; within budget: weigh against new work")
	case burnlist.Unknown:
	}
	if said := tooFine(f); said != "" {
		b.WriteString("; " + said)
	}
	if v.StaleFor > 0 {
		b.WriteString("; last measured " + Age(v.StaleFor) + " ago")
	}
	return b.String()
}

// riskText says why an SLO is at risk where the forecast alone does not.
func (q *Queue) riskText(v burnlist.Verdict, f burnlist.Figures) string {
	policy := &q.World.Policy
	switch {
	case v.LowTraffic && f.Consumed.AtLeast(burnlist.SpentWhole):
		return fmt.Sprintf("; at risk and no worse, as only %s made it so", Count(int(f.BadWindow), "bad event"))
	case v.LowTraffic:
		return fmt.Sprintf("; at risk and no worse, as only %s in 7 days made it so", Count(int(f.Bad7d), "bad event"))
	case f.Forecast.AtLeast(policy.AtRisk) || f.Consumed.AtLeast(policy.AtRisk):
		return ""
	case f.FastBurn:
		return "; at risk because errors come fast just now"
	case f.SlowBurn:
		return "; at risk because errors have been coming steadily for a day or more"
	}
	return fmt.Sprintf("; at risk because %s of the budget went in the last 7 days", Percent(f.Spent[burnlist.Span7d].Or(0)))
}

// fine is the share of a budget above which one bad event makes an SLO too
// fine for its traffic.
const fine = 0.2

// tooFine says that an SLO is too fine for its traffic, if it is. A gauge's
// events are samples. A ratio's are slices, of which each may be bad in part,
// and so none is too much.
func tooFine(f burnlist.Figures) string {
	switch {
	case !f.OneEvent.Above(fine) || f.Kind == burnlist.KindRatio:
		return ""
	case f.Kind == burnlist.KindGauge:
		return fmt.Sprintf("one bad sample costs %s of the budget: too fine for how often it is sampled", Percent(f.OneEvent.Or(0)))
	}
	return fmt.Sprintf("one bad event costs %s of the budget: too fine for its traffic", Percent(f.OneEvent.Or(0)))
}

// mostWords is how many characters of an error a sentence holds. Whoever needs
// all of them finds them in the list of budgets.
const mostWords = 160

// unknownText says why nobody can say what state a budget is in, and what to
// do about it.
func (q *Queue) unknownText(p *place, j *judged) string {
	if j == nil {
		if len(p.slos) > 0 {
			return fmt.Sprintf("only advisory SLOs are set for %s: a target that nobody stands by cannot set priorities; make one of %s count", p.service.Name, names(p.slos))
		}
		return fmt.Sprintf("no SLO is set for %s: a target that nobody set cannot set priorities; set one", p.service.Name)
	}
	name, f := j.slo.Name, j.measured()
	switch j.verdict.Reason {
	case burnlist.SourceError:
		if f.Error == "" { // what was measured is wrong
			return fmt.Sprintf("%s cannot be right: in %s of its window there were more bad events than events, or a ratio outside of 0 to 1; correct its indicator", name, Count(f.Violations, "slice"))
		}
		return fmt.Sprintf("%s cannot be measured: %s; see to its indicator, or to source %s", name, Clip(f.Error, mostWords), j.slo.Source)
	case burnlist.DataStale:
		return fmt.Sprintf("%s was last measured %s ago, and nobody knows what happened since; check source %s and what it scrapes", name, Age(j.verdict.StaleFor), j.slo.Source)
	case burnlist.InsufficientHistory:
		return fmt.Sprintf("only %s of the %s window of %s is known: it is judged from %s on; wait, or check why there is so little data",
			Percent(f.Coverage), daysName(j.slo.Window), name, Percent(q.World.Policy.MinCoverage))
	}
	switch {
	case j.remade:
		return fmt.Sprintf("the indicator of %s has changed and is not measured yet; wait for the next refresh", name)
	case j.figures == nil:
		return name + " is not measured yet; wait for the next refresh"
	case f.Excluded > 0 && f.KnownUntil != nil:
		return fmt.Sprintf("all that is known of the %s window of %s is excluded; take back what need not be, or wait", daysName(j.slo.Window), name)
	}
	return fmt.Sprintf("source %s has no data for %s; check that its selectors match series that exist", j.slo.Source, name)
}

func priorityText(r *Ranked) string {
	switch p := string(r.Item.Priority); p {
	case "P0":
		return "priority P0, the highest"
	case "P4":
		return "priority P4, the lowest"
	}
	return fmt.Sprintf("priority %s of P0 to P4", r.Item.Priority)
}

func (q *Queue) incidentText(r *Ranked) string {
	if _, _, ok := r.Item.Incident(); !ok {
		return "no incident interval known: give its start and end to count what it cost"
	}
	cost, ok := costOf(r.Item, q.World)
	switch {
	case !ok && q.World.Budgets.RefreshedAt.Before(r.Item.UpdatedAt):
		return "what the incident cost is not measured yet"
	case !ok:
		return "what the incident cost is not known: the ledgers hold nothing of that time"
	case !(cost.Share > 0):
		return "the incident spent nothing of the budget of " + cost.SLO
	}
	return fmt.Sprintf("the incident spent %s of the budget of %s", Percent(cost.Share), cost.SLO)
}

func overdueText(r *Ranked) string {
	due, today := r.Item.Due, r.place.agenda.today
	switch {
	case due.IsZero():
		return "no due date, so it cannot be overdue"
	case due > today:
		return fmt.Sprintf("due on %s, in %s", due, Count(int(due-today), "day"))
	case due == today:
		return "due today, not overdue"
	}
	return fmt.Sprintf("%s overdue: it was due on %s", Count(r.Item.DaysOverdue(today), "day"), due)
}
