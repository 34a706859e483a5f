package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
	"github.com/burnlist/burnlist/prioritizer"
)

// printReview prints what a meeting looks at.
func printReview(w io.Writer, doc client.ReviewDocument) error {
	p := &printer{w: w}
	p.printf("Review %d of %s, %s: %s", doc.ID, doc.Product, doc.Date, doc.State)
	if doc.Entries > 0 {
		p.printf(", %d of %s decided", doc.Entries-doc.Undecided, prioritizer.Count(doc.Entries, "item"))
	}
	p.printf("\n")
	if doc.Reason != "" {
		p.printf("Because: %s\n", doc.Reason)
	}
	for _, s := range doc.Services {
		p.printf("\n%s, %s: %s\n", s.Service, s.State, s.Text)
		for _, e := range s.Entries {
			p.entry(e)
		}
		if s.More > 0 {
			p.printf("        … and %d more: burnlist review show %d --service %s\n", s.More, doc.ID, s.Service)
		}
	}
	for _, warning := range doc.Warnings {
		p.printf("\n%s: %s, %s", warning.Level, warning.Service, warning.Text)
	}
	if len(doc.Warnings) > 0 {
		p.printf("\n")
	}
	if len(doc.Related) > 0 {
		p.printf("\nOf other products, asked for by an incident here, to be read only:\n")
		for _, e := range doc.Related {
			p.entry(e)
		}
		if doc.MoreRelated > 0 {
			p.printf("       … and %d more\n", doc.MoreRelated)
		}
	}
	return p.err
}

// entry prints an item of an agenda and what became of it.
func (p *printer) entry(e client.AgendaEntry) {
	p.printf("%6d  %-13s %5.1f  %-2s  %s\n", e.Item.ID, e.Tier, e.Score.Float(), e.Item.Priority, e.Item.Title)
	owner, due := cmp.Or(string(e.Item.Owner), "no owner"), cmp.Or(e.Item.Due.String(), "no due date")
	now := e.Current
	if now.Owner != e.Item.Owner {
		owner = cmp.Or(string(now.Owner), "no owner") + " (was " + owner + ")"
	}
	if now.Due != e.Item.Due {
		due = cmp.Or(now.Due.String(), "no due date") + " (was " + due + ")"
	}
	if !now.Due.IsZero() {
		due = "due " + due
	}
	said := []string{owner, due}
	if !e.Item.Promised.IsZero() && e.Item.Promised != e.Item.Due {
		said = append(said, "promised for "+e.Item.Promised.String())
	}
	if e.Added {
		said = append(said, "added in the meeting")
	}
	for _, warning := range e.Warnings {
		said = append(said, warning.Code.String())
	}
	p.printf("        %s\n", strings.Join(said, " · "))
	if d := e.Decision; d != nil {
		p.printf("        decision %d, by %s: %s\n", d.ID, d.Actor, inWords(d.Decision))
	} else if e.Current.Status != burnlist.Open {
		p.printf("        now %s\n", e.Current.Status)
	}
}

// inWords says what a decision says.
func inWords(d burnlist.Decision) string {
	said := []string{string(d.Kind)}
	add := func(form, value string) {
		if value != "" {
			said = append(said, fmt.Sprintf(form, value))
		}
	}
	add("to %s", string(d.Owner))
	add("for %s", d.Due.String())
	add("see %s", string(d.Evidence))
	add("until %s", d.Until.String())
	add("look again on %s", d.Revisit.String())
	if d.Of != 0 {
		said = append(said, fmt.Sprintf("of item %d", d.Of))
	}
	for _, part := range d.Parts {
		add("part: %s", part.Title)
	}
	add("because: %s", string(d.Reason))
	return strings.Join(said, ", ")
}

func printDecided(w io.Writer, made client.Recorded) error {
	p := &printer{w: w}
	i := made.Item
	if made.Decision == nil {
		p.printf("Item %d is %s already: there was nothing to decide.\n", i.ID, i.Status)
		return p.err
	}
	p.printf("Decision %d, item %d: %s.\n", made.Decision.ID, i.ID, inWords(made.Decision.Decision))
	if i.Status == burnlist.Open {
		said := []string{"It is open", "owned by " + cmp.Or(string(i.Owner), "nobody"), "due " + cmp.Or(i.Due.String(), "on no date")}
		if !i.Promised.IsZero() {
			said = append(said, "promised for "+i.Promised.String())
		}
		p.printf("%s.\n", strings.Join(said, ", "))
	}
	for _, part := range made.Parts {
		p.printf("Split off: item %d, %s\n", part.ID, part.Title)
	}
	if s := made.Survivor; s != nil {
		p.printf("Item %d goes on: %s\n", s.ID, s.Title)
	}
	return p.err
}

func printConcluded(w io.Writer, r burnlist.Review) error {
	p := &printer{w: w}
	p.printf("Review %d of %s is concluded: %s.\n", r.ID, r.Product, r.State)
	if t := r.Tally; t != nil {
		p.printf("%d of %s decided, %d closed since the last attended review, %d rolled over.\n",
			t.Decided, prioritizer.Count(r.Entries, "item"), t.Closed, t.Rollovers)
	}
	p.printf("Its digest: burnlist review digest %d\n", r.ID)
	return p.err
}
