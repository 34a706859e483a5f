package prioritizer

import (
	"fmt"

	"github.com/burnlist/burnlist"
)

// serviceWarnings returns the warnings of a service in force.
func (q *Queue) serviceWarnings(p *served) []Warning {
	var all []Warning
	add := func(c Code, text string, since burnlist.Date, evidence string) {
		all = append(all, Warning{
			Code: c, Level: c.Definition().Level, Text: text, Since: since,
			Subject: "service/" + p.service.Name, Product: p.agenda.name, Service: p.service.Name, Evidence: evidence,
		})
	}
	met := attended(past(p.agenda.today, q.World.Reviews[p.agenda.name]))
	over := !p.verdict().State.InJump() && p.open() == 0 // it does not burn any more, and there is nothing left to promise
	if len(met) > 0 && !over {
		last := met[0]
		if state := last.States[p.service.Name]; state.InJump() && p.inDate == 0 {
			add(BudgetIgnored, fmt.Sprintf("%s was %s at the review of %s, and none of its open items has an owner and a due date still to come", p.service.Name, state, last.Date),
				last.Date, fmt.Sprintf("%s on %s: %s; %s, today is %s", subject("review", last.ID), last.Date, state, Count(p.open(), "open item"), p.agenda.today))
		}
	}
	for _, j := range p.slos {
		if tierOf(j.verdict.State) != Jump || !j.slo.Ranks() || p.linked[j.slo.Name] > 0 || p.unlinked > 0 {
			continue
		}
		var since burnlist.Date
		if s := q.World.Standings[p.service.Name]; s != nil && s.Jump != nil {
			since = p.date(*s.Jump)
		}
		add(BurningWithoutItems, fmt.Sprintf("%s is %s, and no open item of %s addresses it", j.slo.Name, j.verdict.State, p.service.Name),
			since, q.sloText(p.place, j))
	}
	run := 0
	for run < len(met) && met[run].States[p.service.Name] == burnlist.Exhausted {
		run++
	}
	if run > 0 && run >= q.World.Policy.AlwaysExhausted {
		first, last := met[run-1], met[0]
		add(AlwaysExhausted, fmt.Sprintf("%s was exhausted at each of the last %s: the target is a wish", p.service.Name, Count(run, "attended review")),
			first.Date, fmt.Sprintf("exhausted from %s on %s to %s on %s", subject("review", first.ID), first.Date, subject("review", last.ID), last.Date))
	}
	if p.worst == nil {
		evidence := "no SLO in force"
		if len(p.slos) > 0 {
			evidence = "advisory SLOs only: " + names(p.slos)
		}
		add(NoSLO, q.stateText(p.place, nil, ""), p.date(p.lost), evidence)
	}
	return all
}
