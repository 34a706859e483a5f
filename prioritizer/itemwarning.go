package prioritizer

import (
	"cmp"
	"fmt"
	"time"

	"github.com/burnlist/burnlist"
)

// warnings returns the codes of an item at a place, late by so many days. It
// runs for every item of every rank, so it makes no sentences and no dates.
func (s *ranking) warnings(item *burnlist.Item, p *place, late int) Codes {
	var codes Codes
	add := func(when bool, c Code) {
		if when {
			codes |= CodesOf(c)
		}
	}
	add(item.Facts.Streak > 0, RolledOver)
	add(late > 0, Overdue)
	add(item.Trail.Slips > 0, DueDateSlipped)
	add(item.Owner == "", NoOwner)
	add(item.Owner != "" && s.groups.has(string(item.Owner)), GroupOwner)
	add(item.Due.IsZero(), NoDueDate)
	add(item.Return != nil, Resurfaced)
	add(item.Facts.LastReviewed == nil && item.CreatedAt.Before(p.agenda.newSince), NeverReviewed)
	add(touched(item).Before(p.agenda.freshSince), Stale)
	add(item.Trail.Snoozes > 1, SnoozedAgain)
	add(item.Due > item.OpenedOn+burnlist.Date(s.policy.HorizonDays), BeyondHorizon)
	add(vague(item).kind != notVague, Vague)
	add(item.Ticket == "", NoTicket)
	return codes
}

// touched returns when a person last changed anything about the item.
func touched(item *burnlist.Item) time.Time {
	if item.Trail.TouchedAt.IsZero() {
		return item.CreatedAt
	}
	return item.Trail.TouchedAt
}

// itemWarning words one of the warnings of an entry.
func (q *Queue) itemWarning(r *Ranked, c Code) Warning {
	item, policy, today := r.Item, &q.World.Policy, r.place.agenda.today
	w := Warning{Code: c, Level: c.Definition().Level}
	alarmFrom := func(n, from int) {
		if n >= from {
			w.Level = Alarm
		}
	}
	switch c {
	case RolledOver:
		alarmFrom(item.Facts.Streak, policy.RolloverAlarm)
		w.Text = rolloverText(r)
		if rolled := streak(item.Facts); len(rolled) > 0 {
			w.Since = rolled[0].Date
		}
	case Overdue:
		days := item.DaysOverdue(today)
		alarmFrom(days, policy.OverdueAlarmedDays)
		w.Text, w.Since = Count(days, "day")+" overdue", item.Due+1
	case DueDateSlipped:
		alarmFrom(item.Trail.Slips, policy.SlipAlarm)
		w.Text, w.Since = slipText(item.Trail), r.place.date(item.Trail.SlippedAt)
	case NoOwner:
		w.Text, w.Since = "nobody owns it: a wish, not a commitment", r.place.date(item.Trail.OwnerAt)
	case GroupOwner:
		w.Text, w.Since = groupText(item), r.place.date(item.Trail.OwnerAt)
	case NoDueDate:
		w.Text, w.Since = "no due date: a wish, not a commitment", r.place.date(item.Trail.DueAt)
	case Resurfaced:
		w.Text, w.Since = "it came back: "+item.Return.Cause.Text(), r.place.date(item.Return.At)
	case NeverReviewed:
		created := r.place.date(item.CreatedAt)
		w.Text = "nobody has decided anything of it in " + Count(int(today-created), "day")
		w.Since = created + burnlist.Date(policy.NeverReviewedDays) + 1
	case Stale:
		last := r.place.date(touched(item))
		w.Text = "nobody has touched it for " + Count(int(today-last), "day")
		w.Since = last + burnlist.Date(policy.UntouchedDays)
	case SnoozedAgain:
		w.Text, w.Since = "snoozed "+times(item.Trail.Snoozes), r.place.date(snoozedAt(item))
	case BeyondHorizon:
		w.Text = fmt.Sprintf("due %s after it was opened: the horizon is %s",
			Count(int(item.Due-item.OpenedOn), "day"), Count(policy.HorizonDays, "day"))
		w.Since = r.place.date(item.Trail.DueAt)
	case Vague:
		w.Text, w.Since = vague(item).text(item.Title), r.place.date(item.Trail.TitleAt)
	case NoTicket:
		w.Text, w.Since = "no ticket: the team's backlog does not know of it", r.place.date(item.Trail.TicketAt)
	case BudgetIgnored, BurningWithoutItems, AlwaysExhausted, NoSLO, ReviewSkipped, NoDecisions, NothingClosed, QueueOverload, codeEnd:
	}
	return w
}

func groupText(item *burnlist.Item) string {
	return fmt.Sprintf("%q is not one person: name the one who will see to it", item.Owner)
}

// slipText says how often a due date was moved to a later day, and what came of
// it. In between it may have been moved to an earlier day, too.
func slipText(t burnlist.Trail) string {
	text := "due date moved to a later day " + times(t.Slips)
	switch days := int(t.LastDue - t.FirstDue); {
	case t.FirstDue.IsZero() || t.LastDue.IsZero():
	case days > 0:
		text += fmt.Sprintf(": %s after the first one", Count(days, "day"))
	default:
		text += ", though not beyond the first one"
	}
	return text
}

// snoozedAt returns when the item was last snoozed, if that is still known. An
// item that came back because its service burns may have been deprioritised.
func snoozedAt(item *burnlist.Item) time.Time {
	switch {
	case item.Snooze != nil:
		return item.Snooze.At
	case item.Return != nil && item.Return.Cause == burnlist.SnoozeOver:
		return item.Return.From
	}
	return time.Time{}
}

// itemEvidence says what one of the warnings of an entry was derived from.
func itemEvidence(r *Ranked, c Code) string {
	item, p := r.Item, r.place
	switch c {
	case RolledOver:
		return rolloverEvidence(item.Facts)
	case Overdue:
		return fmt.Sprintf("due %s, today is %s in %s", item.Due, p.agenda.today, p.agenda.zone)
	case DueDateSlipped:
		return fmt.Sprintf("first due %s, last due %s, last moved to a later day %s", known(item.Trail.FirstDue), known(item.Trail.LastDue), known(p.date(item.Trail.SlippedAt)))
	case NoOwner:
		return "no owner"
	case GroupOwner:
		return "owner " + string(item.Owner)
	case NoDueDate:
		return "no due date"
	case Resurfaced:
		return fmt.Sprintf("put away %s, came back %s", known(p.date(item.Return.From)), known(p.date(item.Return.At)))
	case NeverReviewed:
		return fmt.Sprintf("created %s, no decision since", p.date(item.CreatedAt))
	case Stale:
		return fmt.Sprintf("last changed by a person %s, today is %s in %s", p.date(touched(item)), p.agenda.today, p.agenda.zone)
	case SnoozedAgain:
		text := "snoozed " + times(item.Trail.Snoozes)
		if s := item.Snooze; s != nil {
			text += fmt.Sprintf(", the last time until %s, because: %s", s.Until, s.Reason)
		}
		return text
	case BeyondHorizon:
		return fmt.Sprintf("opened %s, due %s", item.OpenedOn, item.Due)
	case Vague:
		return vagueEvidence(item)
	case NoTicket:
		return "no ticket"
	case BudgetIgnored, BurningWithoutItems, AlwaysExhausted, NoSLO, ReviewSkipped, NoDecisions, NothingClosed, QueueOverload, codeEnd:
	}
	return ""
}

func known(d burnlist.Date) string { return cmp.Or(d.String(), "unknown") }
