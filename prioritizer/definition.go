package prioritizer

// Definition says what a code means and what to do about it.
type Definition struct {
	Code    Code   `json:"code"`
	Level   Level  `json:"level" enum:"info,warn,alarm"`               // where it starts
	Subject string `json:"subject" enum:"item,service,review,product"` // what carries it
	Meaning string `json:"meaning"`
	Advice  string `json:"advice"`
}

var definitions = [codeEnd]struct {
	name string
	Definition
}{
	RolledOver: {"rolled_over", Definition{
		RolledOver, Warn, "item", "An attended review found the item open after the date it was promised for; an alarm from the policy's rollover_alarm reviews in a row.",
		"Finish it next, commit to a new date with a reason, or deprioritise it with a reason.",
	}},
	Overdue: {"overdue", Definition{
		Overdue, Warn, "item", "The due date has passed, by the calendar of the product; an alarm once it has passed by the policy's overdue_alarmed_days.",
		"Finish it, or say openly that it will not be done.",
	}},
	DueDateSlipped: {"due_date_slipped", Definition{
		DueDateSlipped, Warn, "item", "The due date was moved to a later day; an alarm from the policy's slip_alarm moves.",
		"Ask what keeps it from being done, and cut off a part that can be, or deprioritise it with a reason.",
	}},
	NoOwner: {"no_owner", Definition{
		NoOwner, Warn, "item", "Nobody owns the item: it is a wish, not a commitment.",
		"Name one person, or deprioritise it with a reason.",
	}},
	GroupOwner: {"group_owner", Definition{
		GroupOwner, Warn, "item", "The owner is a team, a role, an alias or several people, so that nobody in particular owns the item.",
		"Name the one person who will see to it; the team is known from the service.",
	}},
	NoDueDate: {"no_due_date", Definition{
		NoDueDate, Warn, "item", "The item has no due date: it is a wish, not a commitment.",
		"Give a date before the review after next, or deprioritise it with a reason.",
	}},
	Resurfaced: {"resurfaced", Definition{
		Resurfaced, Warn, "item", "The item was put away and came back by itself; nobody has decided of it since.",
		"Decide anew: commit to it, or put it away again with a reason that still holds.",
	}},
	NeverReviewed: {"never_reviewed", Definition{
		NeverReviewed, Warn, "item", "Nobody has ever decided anything of the item, within the policy's never_reviewed_days.",
		"Take it to the next review and decide, if only to carry on.",
	}},
	Stale: {"stale", Definition{
		Stale, Warn, "item", "No person has changed anything about the item for the policy's untouched_days.",
		"Ask its owner whether it still holds; bring it up to date, or deprioritise it with a reason.",
	}},
	SnoozedAgain: {"snoozed_again", Definition{
		SnoozedAgain, Warn, "item", "The item was snoozed more than once.",
		"Commit to a date, or deprioritise it with a reason: a second snooze is a decision not taken.",
	}},
	BeyondHorizon: {"beyond_horizon", Definition{
		BeyondHorizon, Info, "item", "The item is due later than the policy's horizon_days after it was opened.",
		"Cut off a part that can be done sooner, or accept that it is a project.",
	}},
	Vague: {"vague", Definition{
		Vague, Info, "item", "The words of the title leave open when the item is done, and done_when does not say it either.",
		"Name what will be changed, and the value or the sight by which anybody can tell; or give done_when.",
	}},
	NoTicket: {"no_ticket", Definition{
		NoTicket, Info, "item", "The item is not linked to a ticket, so the team's own backlog does not know of it.",
		"Give the link to its ticket.",
	}},

	BudgetIgnored: {"budget_ignored", Definition{
		BudgetIgnored, Alarm, "service", "The service was burning or exhausted at the last attended review, and none of its open items has an owner and a due date that is still to come; not if it burns no more and none is open.",
		"Commit to one item of the service today: one person, one date.",
	}},
	BurningWithoutItems: {"burning_without_items", Definition{
		BurningWithoutItems, Alarm, "service", "An SLO is burning or exhausted, and no open item of the service addresses it.",
		"Ask what would stop the burn, and open an item for it.",
	}},
	AlwaysExhausted: {"always_exhausted", Definition{
		AlwaysExhausted, Warn, "service", "The service was exhausted at each of the last attended reviews, as many as the policy's always_exhausted: the target is a wish.",
		"Set a target that the service can keep, or stop other work until it keeps this one.",
	}},
	NoSLO: {"no_slo", Definition{
		NoSLO, Warn, "service", "The service has no SLO that ranks: a target that nobody set cannot set priorities.",
		"Set an SLO, or make an advisory one count.",
	}},

	ReviewSkipped: {"review_skipped", Definition{
		ReviewSkipped, Warn, "review", "Nobody decided anything in the weekly review, or nobody held it; an alarm if the one before was skipped too. Or the last three slots or more were cancelled.",
		"Hold the next one, if only for ten minutes, or cancel its slot with a reason.",
	}},
	NoDecisions: {"no_decisions", Definition{
		NoDecisions, Warn, "review", "People sat down and decided nothing, or only to carry on as before.",
		"Decide of the first item of the queue before anything else: do it, commit to it, or say why not.",
	}},

	NothingClosed: {"nothing_closed", Definition{
		NothingClosed, Warn, "product", "Nothing was closed between attended reviews, for as many of them in a row as the policy's nothing_closed.",
		"Pick one item that can be done by the next review, and make room for it.",
	}},
	QueueOverload: {"queue_overload", Definition{
		QueueOverload, Warn, "product", "More items are open than the policy's overload_meetings meetings handle, as many in each as the last attended ones did, or the policy's meeting_items.",
		"Deprioritise from the end of the queue, with a reason, until what is left can be done.",
	}},
}

// Definitions returns all codes with their meaning, in their order. The slice
// is the caller's.
func Definitions() []Definition {
	all := make([]Definition, 0, codeEnd-1)
	for _, d := range definitions[firstCode:] {
		all = append(all, d.Definition)
	}
	return all
}

// Definition returns what the code means. The code must not be none.
func (c Code) Definition() Definition { return definitions[c].Definition }
