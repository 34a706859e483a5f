package prioritizer

import (
	"fmt"
	"strconv"
	"time"

	"github.com/burnlist/burnlist"
)

// Warning is one named sign of theater. In an entry of the queue it has what
// the contract shows there; in the list of warnings it also says whom it
// concerns and what it was derived from.
type Warning struct {
	Code  Code          `json:"code"`
	Level Level         `json:"level" enum:"info,warn,alarm"`
	Text  string        `json:"text"`
	Since burnlist.Date `json:"since" nullable:"true" format:"date"` // in the product's calendar; null if nobody recorded it

	Subject  string `json:"subject,omitempty"` // as "item/142" or "service/checkout"
	Product  string `json:"product,omitempty"`
	Service  string `json:"service,omitempty"`
	Item     int64  `json:"item,omitempty"`  // id, of an item's warning
	Title    string `json:"title,omitempty"` // of that item
	Evidence string `json:"evidence,omitempty"`
}

// Warnings returns all warnings: those of the services, then those of the
// items in the order of the queue. The slice is the caller's.
func (q *Queue) Warnings() []Warning {
	all := q.ServiceWarnings()
	for i := range q.Entries {
		r := &q.Entries[i]
		for code := range r.Warnings.All() {
			w, evidence := q.itemWarning(r, code)
			w.Subject, w.Item, w.Title = "item/"+strconv.FormatInt(r.Item.ID, 10), r.Item.ID, r.Item.Title
			w.Product, w.Service, w.Evidence = r.place.agenda.name, r.Item.Service, evidence
			all = append(all, w)
		}
	}
	return all
}

// ServiceWarnings returns the warnings of the services in force, by the name of
// the service. The slice is the caller's.
func (q *Queue) ServiceWarnings() []Warning {
	all := []Warning{}
	for _, p := range q.services {
		if p.service.RetiredAt == nil {
			all = append(all, q.serviceWarnings(p)...)
		}
	}
	return all
}

// itemWarning words one of the warnings of an entry, and what it was derived
// from.
func (q *Queue) itemWarning(r *Ranked, c Code) (w Warning, evidence string) {
	item, policy := r.Item, &q.World.Policy
	w = Warning{Code: c, Level: c.Definition().Level}
	switch c {
	case NoOwner:
		w.Text, w.Since = "nobody owns it: a wish, not a commitment", r.place.date(item.Trail.OwnerAt)
		evidence = "no owner"
	case GroupOwner:
		w.Text, w.Since = fmt.Sprintf("%q is not one person: name the one who will see to it", item.Owner), r.place.date(item.Trail.OwnerAt)
		evidence = "owner " + string(item.Owner)
	case Overdue:
		days := item.DaysOverdue(r.place.agenda.today)
		if days >= policy.OverdueAlarmedDays {
			w.Level = Alarm
		}
		w.Text, w.Since = Count(days, "day")+" overdue", item.Due+1
		evidence = fmt.Sprintf("due %s, today is %s in %s", item.Due, r.place.agenda.today, r.place.agenda.zone)
	case NoDueDate:
		w.Text, w.Since = "no due date: a wish, not a commitment", r.place.date(item.Trail.DueAt)
		evidence = "no due date"
	case BeyondHorizon:
		w.Text = fmt.Sprintf("due %s after it was opened: the horizon is %s",
			Count(int(item.Due-item.OpenedOn), "day"), Count(policy.HorizonDays, "day"))
		w.Since = r.place.date(item.Trail.DueAt)
		evidence = fmt.Sprintf("opened %s, due %s", item.OpenedOn, item.Due)
	case NoTicket:
		w.Text, w.Since = "no ticket: the team's backlog does not know of it", r.place.date(item.Trail.TicketAt)
		evidence = "no ticket"
	case BurningWithoutItems, NoSLO, codeEnd:
	}
	return w, evidence
}

// serviceWarnings returns the warnings of a service in force.
func (q *Queue) serviceWarnings(p *place) []Warning {
	var all []Warning
	add := func(c Code, text string, since burnlist.Date, evidence string) {
		all = append(all, Warning{
			Code: c, Level: c.Definition().Level, Text: text, Since: since,
			Subject: "service/" + p.service.Name, Product: p.agenda.name, Service: p.service.Name, Evidence: evidence,
		})
	}
	for _, j := range p.slos {
		if tierOf(j.verdict.State) != Jump || !j.slo.Ranks() || j.linked || p.unlinked {
			continue
		}
		// Nobody records when a state began, so there is no since.
		add(BurningWithoutItems, fmt.Sprintf("%s is %s, and no open item of %s addresses it", j.slo.Name, j.verdict.State, p.service.Name),
			0, q.stateText(p, j, "SLO"))
	}
	if p.worst == nil {
		evidence := "no SLO in force"
		if len(p.slos) > 0 {
			evidence = "advisory SLOs only: " + names(p.slos)
		}
		add(NoSLO, q.stateText(p, nil, ""), p.date(p.lost), evidence)
	}
	return all
}

// date returns the civil date of t in the product's zone; of the zero time it
// is no date.
func (p *place) date(t time.Time) burnlist.Date {
	if t.IsZero() {
		return 0
	}
	return burnlist.DateIn(t, p.agenda.zone)
}
