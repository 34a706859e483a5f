package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
	"github.com/burnlist/burnlist/prioritizer"
)

// printItem prints an item with its warnings and its past.
func printItem(w io.Writer, i burnlist.ItemView, warnings client.WarningList, history client.ItemHistory) error {
	p := &printer{w: w}
	p.printf("Item %d: %s\n", i.ID, oneLine(i.Title))
	field := func(name, value string) {
		if value != "" {
			p.printf("  %-10s %s\n", name, oneLine(value))
		}
	}
	field("status", statusOf(i))
	field("service", i.Service+", of "+i.Product)
	field("slo", string(i.SLO))
	field("team", string(i.Team))
	field("owner", cmp.Or(string(i.Owner), "nobody"))
	field("due", cmp.Or(i.Due.String(), "no date"))
	field("promised", cmp.Or(i.Promised.String(), "never"))
	if i.Rollovers.Total > 0 {
		field("rolled", fmt.Sprintf("over %s, %d since it was last renegotiated", prioritizer.Count(i.Rollovers.Total, "time"), i.Rollovers.Streak))
	}
	field("priority", string(i.Priority))
	field("key", string(i.Key))
	field("ticket", string(i.Ticket))
	if s := i.Source; s != nil {
		field("incident", strings.Join(said(string(s.Title), string(s.URL), interval(s)), ", "))
		field("of product", string(s.Product))
	}
	field("opened", i.OpenedOn.String())
	for _, warning := range warnings.Warnings {
		p.printf("%s: %s: %s\n", warning.Level, warning.Code, oneLine(warning.Text))
		if warning.Evidence != "" {
			p.printf("  %s\n", oneLine(warning.Evidence))
		}
	}
	p.printf("What happened to it:\n")
	for _, e := range history.Events {
		p.printf("  %s  %s\n", e.At.UTC().Format("2006-01-02 15:04"), oneLine(e.Text))
	}
	return p.err
}

// statusOf says what an item is, and since when or until when.
func statusOf(i burnlist.ItemView) string {
	all := []string{string(i.Status)}
	if c := i.Closing; c != nil {
		all = append(all, "on "+c.On.String()+" by "+c.Actor)
		if c.Of != 0 {
			all = append(all, fmt.Sprintf("item %d goes on", c.Of))
		}
		if !c.Revisit.IsZero() {
			all = append(all, "comes back on "+c.Revisit.String())
		}
		if c.Evidence != "" {
			all = append(all, "see "+string(c.Evidence))
		}
		if c.Reason != "" {
			all = append(all, "because: "+string(c.Reason))
		}
	}
	if !i.Snoozed.IsZero() {
		all = append(all, "snoozed until "+i.Snoozed.String())
	}
	if i.Returned != nil {
		all = append(all, "came back by itself: "+string(i.Returned.Cause))
	}
	return strings.Join(all, ", ")
}

// printWritten prints an item that was just written, and what would make it
// better.
func printWritten(w io.Writer, what string, i client.WrittenItem) error {
	p := &printer{w: w}
	p.printf("Item %d %s: %s\n", i.ID, what, oneLine(i.Title))
	p.printf("It is %s, of %s, owned by %s, due %s, %s.\n", statusOf(i.ItemView), oneLine(i.Service),
		oneLine(cmp.Or(string(i.Owner), "nobody")), cmp.Or(i.Due.String(), "on no date"), i.Priority)
	if !i.Commitment && i.Status == burnlist.Open {
		p.printf("Without an owner and a due date it is a wish: burnlist item commit %d --owner … --due …\n", i.ID)
	}
	for _, a := range i.Advice {
		p.printf("%s: %s\n", oneLine(a.Code), oneLine(a.Text))
	}
	return p.err
}

// printStatus prints what a decision made of an item.
func printStatus(w io.Writer, i burnlist.ItemView) error {
	p := &printer{w: w}
	p.printf("Item %d is %s, owned by %s, due %s: %s\n", i.ID, oneLine(statusOf(i)),
		oneLine(cmp.Or(string(i.Owner), "nobody")), cmp.Or(i.Due.String(), "on no date"), oneLine(i.Title))
	return p.err
}

// said returns what is not empty.
func said(all ...string) []string {
	var some []string
	for _, s := range all {
		if s != "" {
			some = append(some, s)
		}
	}
	return some
}

func interval(s *burnlist.Source) string {
	if s.Start == nil || s.End == nil {
		return ""
	}
	return s.Start.UTC().Format(time.RFC3339) + " to " + s.End.UTC().Format(time.RFC3339)
}
