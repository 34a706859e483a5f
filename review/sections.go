package review

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

func (d Digest) burns() section {
	b := d.Budgets
	s := section{Heading: fmt.Sprintf("What burns: %s of %s", number(b.Burning), count(b.Services, "service"))}
	burning := group{Total: b.Burning, most: 8}
	for _, j := range b.Jump {
		text := brief(j.Text, 45, 320)
		if after, ok := strings.CutPrefix(text, j.Service+" "); ok {
			text = " " + after
		} else {
			text = ": " + text
		}
		burning.Lines = append(burning.Lines, line{strong(j.Service), plain(text + "; " + count(j.OpenItems, "open item"))})
	}
	switch {
	case b.Services == 0:
		burning.Intro = line{plain("The product has no service in force.")}
	case b.Burning == 0 && b.Unknown == b.Services:
		burning.Intro = line{plain("Nobody knows: no budget is known.")}
	case b.Burning == 0:
		burning.Intro = line{plain("No known budget is exhausted or burning.")}
	}
	s.Groups = append(s.Groups, burning)
	if b.AtRisk > 0 {
		s.say(fmt.Sprintf("At risk: %s.", named(b.Watch, b.AtRisk, func(w DigestService) string { return w.Service })))
	}
	if b.Unknown > 0 {
		s.say(fmt.Sprintf("Unknown, which is not healthy: %s.", named(b.Unclear, b.Unknown, func(u DigestService) string {
			return u.Service + " (" + unknownBecause(u.Reason) + ")"
		})))
	}
	if b.Healthy > 0 {
		s.say(fmt.Sprintf("Within budget: %s.", count(b.Healthy, "service")))
	}
	switch {
	case b.Services > 0 && b.MeasuredAt == nil:
		s.say("No budget had been measured when the agenda was frozen.")
	case b.Age != nil:
		s.say(fmt.Sprintf("The figures were %s old when the agenda was frozen.", prioritizer.Age(b.Age.Std())))
	}
	return s
}

func (d Digest) decisions() section {
	s := section{Heading: fmt.Sprintf("Decided: %s of %s", number(d.Tally.Decided), items(d.Entries))}
	if len(d.Decided) == 0 {
		s.say("Nobody decided anything.")
	}
	for _, k := range d.Decided {
		g := group{Intro: line{strong(said(k.Kind)), plain(": " + number(k.Count))}, Total: k.Count, most: 8}
		switch k.Kind { //nolint:exhaustive // the others are told one by one
		case burnlist.DecideDone:
			g.Intro, g.Total = append(g.Intro, plain(", named under what closed")), 0
		case burnlist.DecideDeprioritise:
			g.Intro, g.Total = append(g.Intro, plain(", named below with the reasons")), 0
		case burnlist.DecideCarry:
			g.Total = 0
		default:
			for _, one := range k.Items {
				g.Lines = append(g.Lines, append(one.name(), plain(brief(one.text(k.Kind), 40, 320))))
			}
		}
		s.Groups = append(s.Groups, g)
	}
	if d.Undecided > 0 {
		g := group{Intro: line{strong("Undecided"), plain(": " + number(d.Undecided))}, Total: d.Undecided, most: mostUndecided}
		if d.Undecided > len(d.FirstUndecided) {
			g.Intro = append(g.Intro, plain(", the first of them are"))
		}
		for _, i := range d.FirstUndecided {
			l := i.name()
			if i.Jump {
				l = append(l, plain(", whose budget burns"))
			}
			g.Lines = append(g.Lines, l)
		}
		s.Groups = append(s.Groups, g)
	}
	return s
}

func (d Digest) rollovers() section {
	s := section{Heading: "Rolled over: " + number(d.Tally.Rollovers)}
	switch {
	case d.State == burnlist.ReviewSkipped:
		s.say("A skipped review rolls nothing over.")
		return s
	case d.Tally.Rollovers == 0:
		s.say("Nothing was open after its promised date, or it was counted within five days before.")
		return s
	}
	g := group{Total: d.Tally.Rollovers, most: 10}
	for _, r := range d.RolledOver {
		text := fmt.Sprintf(": %s in a row", times(r.Streak))
		if r.Streak == 1 {
			text = ": for the first time"
			if r.Total > 1 {
				text += " since it was promised anew"
			}
		}
		if r.Total > r.Streak {
			text += fmt.Sprintf(", %s in all", times(r.Total))
		}
		g.Lines = append(g.Lines, append(r.name(), plain(fmt.Sprintf("%s; promised for %s", text, r.Promised))))
	}
	s.Groups = append(s.Groups, g)
	return s
}

func (d Digest) closings() section {
	s := section{Heading: "Closed: " + number(d.Tally.Closed)}
	if d.Tally.Closed == 0 {
		s.say("Nothing was closed.")
		return s
	}
	g := group{Total: d.Tally.Closed, most: 10}
	for _, i := range d.Closed {
		l := append(i.name(), plain(fmt.Sprintf(": done on %s", i.On)))
		if i.DaysLate != nil {
			l = append(l, plain(", "+fromPromise(float64(*i.DaysLate))))
		} else {
			l = append(l, plain(", never promised"))
		}
		if i.Jump {
			l = append(l, plain("; its budget burned at the last attended review"))
		}
		g.Lines = append(g.Lines, append(l, evidence(i.Evidence)...))
	}
	s.Groups = append(s.Groups, g)
	return s
}

func (d Digest) putAways() section {
	s := section{Heading: "Deprioritised: " + number(d.Tally.Deprioritised)}
	if d.Tally.Deprioritised == 0 {
		s.say("Nothing was put away.")
	} else {
		g := group{Total: d.Tally.Deprioritised, most: 10}
		for _, i := range d.Deprioritised {
			text := ""
			if !i.Until.IsZero() {
				text = fmt.Sprintf(", until %s", i.Until)
			}
			g.Lines = append(g.Lines, append(i.name(), plain(text+because(i.Reason))))
		}
		s.Groups = append(s.Groups, g)
	}
	if r := d.Returned; r.Count > 0 {
		g := group{Intro: line{strong("Came back"), plain(": " + number(r.Count))}, Total: r.Count, most: 8}
		for _, i := range r.Items {
			g.Lines = append(g.Lines, append(i.name(), plain(": "+i.Cause.Text())))
		}
		s.Groups = append(s.Groups, g)
	}
	return s
}

// mostCodes is how many kinds of warnings are counted in words.
const mostCodes = 10

func (d Digest) warned() section {
	w := d.Warnings
	s := section{Heading: "Warnings: " + number(w.Count)}
	if w.Count == 0 {
		s.say("None.")
		return s
	}
	var counts []string
	for _, c := range w.Codes[:min(len(w.Codes), mostCodes)] {
		text := fmt.Sprintf("%s %s", strings.ReplaceAll(c.Code, "_", " "), number(c.Count))
		if c.Alarms > 0 {
			text += fmt.Sprintf(" (%s)", count(c.Alarms, "alarm"))
		}
		counts = append(counts, text)
	}
	if more := len(w.Codes) - len(counts); more > 0 {
		counts = append(counts, fmt.Sprintf("and %s more", count(more, "kind")))
	}
	s.say(strings.Join(counts, ", ") + ". As the agenda found them, but for rollovers, which are as of now.")
	g := group{Total: len(w.Listed) + w.Unlisted, most: 8}
	for _, one := range w.Listed {
		l := line{strong(strings.ReplaceAll(one.Code, "_", " ")), plain(": ")}
		if one.Item != nil {
			l = append(append(l, one.Item.name()...), plain(": "))
		}
		g.Lines = append(g.Lines, append(l, plain(brief(one.Text, 30, 240))))
	}
	s.Groups = append(s.Groups, g)
	return s
}

func (d Digest) stock() section {
	b := d.Backlog
	s := section{Heading: "What is open: " + items(b.Open)}
	text := fmt.Sprintf("Wishes, without an owner or a due date: %s; commitments, with both: %s.", number(b.Wishes), number(b.Commitments))
	if old, ok := b.MedianAge.Get(); ok {
		text += fmt.Sprintf(" Median age: %s.", days(old))
	}
	s.say(text)
	if !d.Next.IsZero() {
		s.say(fmt.Sprintf("Next review: %s, %s.", d.Next.Weekday(), d.Next))
	}
	return s
}

// said is a kind of decision in words.
func said(k burnlist.DecisionKind) string {
	switch k {
	case burnlist.DecideCommit:
		return "Committed"
	case burnlist.DecideDone:
		return "Done"
	case burnlist.DecideDeprioritise:
		return "Deprioritised"
	case burnlist.DecideSnooze:
		return "Snoozed"
	case burnlist.DecideDuplicate:
		return "Merged"
	case burnlist.DecideSplit:
		return "Split"
	case burnlist.DecideReassign:
		return "Reassigned"
	case burnlist.DecideReopen:
		return "Reopened"
	case burnlist.DecideCarry:
		return "Carried on as before"
	}
	return string(k)
}

// text says what was decided, but for its kind.
func (i DigestDecision) text(kind burnlist.DecisionKind) string {
	var text string
	switch kind { //nolint:exhaustive // the others have nothing but a reason
	case burnlist.DecideCommit:
		text = fmt.Sprintf(": %s, by %s", owner(i.Owner), i.Due)
	case burnlist.DecideReassign:
		text = ": now " + owner(i.Owner)
	case burnlist.DecideSnooze:
		text = fmt.Sprintf(", until %s", i.Until)
	case burnlist.DecideDuplicate:
		if i.Of != nil {
			text = fmt.Sprintf(": goes on as item %d", *i.Of)
		}
	case burnlist.DecideSplit:
		text = fmt.Sprintf(": %s split off", count(i.Parts, "item"))
	}
	return text + because(i.Reason)
}

// name is the title of an item and where it belongs.
func (i DigestItem) name() line {
	return line{plain(fmt.Sprintf("%s (item %d, %s)", cmp.Or(brief(i.Title, 12, 90), "Untitled"), i.ID, i.Service))}
}

func owner(s burnlist.NullString) string { return cmp.Or(brief(string(s), 4, 60), "nobody") }

func because(reason burnlist.NullString) string {
	if text := brief(string(reason), 20, 160); text != "" {
		return "; because: " + text
	}
	return ""
}

// mostNames is how many services are named in a row.
const mostNames = 8

func named(of []DigestService, total int, name func(DigestService) string) string {
	var all []string
	for _, s := range of[:min(len(of), mostNames)] {
		all = append(all, name(s))
	}
	if more := total - len(all); more > 0 {
		all = append(all, "and "+number(more)+" more")
	}
	return strings.Join(all, ", ")
}

func unknownBecause(r burnlist.Reason) string {
	switch r {
	case burnlist.NoSLO:
		return "no SLO is set"
	case burnlist.NoData:
		return "no data"
	case burnlist.InsufficientHistory:
		return "too little history"
	case burnlist.DataStale:
		return "no recent data"
	case burnlist.SourceError:
		return "cannot be measured"
	}
	return "reason not known"
}
