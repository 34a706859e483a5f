package web

import (
	"strconv"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// tierNames are the headings of the tiers.
var tierNames = [...]string{
	prioritizer.Jump:         "Jump the queue",
	prioritizer.Watch:        "Watch",
	prioritizer.UnknownTier:  "Unknown",
	prioritizer.WithinBudget: "Within budget",
}

// told is what the meeting is told of each tier.
var told = [...]string{
	prioritizer.Jump:  "These come first, whatever else is loud: their budget is spent, or will be before the next weekly review.",
	prioritizer.Watch: "These come next: their budget still holds, and may not for long.",
	prioritizer.UnknownTier: "How urgent these are nobody can say. Find out why first: " +
		"a target that nobody set, or that nobody measures, cannot set priorities.",
	prioritizer.WithinBudget: "Their services keep their promises. Weigh these against new work.",
}

// tierView is the shown entries of one tier, or those that are snoozed, of
// whatever tier.
type tierView struct {
	Mark    string // of the section: the tier, or "snoozed"
	Name    string
	Told    string
	Items   int // in the section, shown or not
	First   int // position of the first entry
	Entries []entryView
}

// entryView is an entry, with what the page says beside the contract.
type entryView struct {
	prioritizer.Entry
	Due        string // when the item is due, in words
	Late       bool
	Why        string // the sentence on the budget
	Ticket     link
	Postmortem link
	Bar        []segment
}

// link is something to show, with an address if it is one that may be followed.
type link struct{ Text, Address string }

// segment is one part of a bar: numbers for an SVG, in the bar's units.
type segment struct {
	Part     int
	X, Width string
}

// snoozed marks the section of the snoozed items.
const snoozed = "snoozed"

// mark returns the section that an entry of the queue stands in.
func mark(r *prioritizer.Ranked) string {
	if r.Key().Snoozed {
		return snoozed
	}
	return r.Tier.String()
}

// tiers groups the shown ones of the picked entries. The queue is sorted by
// tier with the snoozed items behind, so each section is one run.
func (b *builder) tiers(picked prioritizer.Selection, shown []*prioritizer.Ranked) []tierView {
	items := map[string]int{}
	for r := range picked.All() {
		items[mark(r)]++
	}
	var views []tierView
	for n, r := range shown {
		e, mark := b.entry(r, n+1), mark(r)
		if len(views) == 0 || views[len(views)-1].Mark != mark {
			v := tierView{Mark: mark, Name: tierNames[e.Tier], Told: told[e.Tier], Items: items[mark], First: n + 1}
			if mark == snoozed {
				v.Name, v.Told = "Snoozed", "Out of the way for now, each with a reason: they come back on their day, or when their service begins to burn."
			}
			views = append(views, v)
		}
		last := &views[len(views)-1]
		last.Entries = append(last.Entries, e)
	}
	return views
}

// entry explains an entry of the queue, which is shown at position.
func (b *builder) entry(r *prioritizer.Ranked, position int) entryView {
	e := b.q.Show(r, position)
	v := entryView{Entry: e}
	if len(e.Reasons) > 0 {
		v.Why = e.Reasons[prioritizer.PartBudget].Text
	}
	v.Due, v.Late = due(*r.Item, burnlist.DateIn(b.q.At, b.zone(e.Item.Product)))
	v.Ticket = reference(string(e.Item.Ticket), "ticket")
	if s := e.Item.Source; s != nil {
		v.Postmortem = reference(string(s.URL), "postmortem")
		if s.Title != "" {
			v.Postmortem.Text = "postmortem: " + string(s.Title)
		}
	}
	x := 0.0
	for part, r := range e.Reasons {
		v.Bar = append(v.Bar, segment{Part: part, X: units(x), Width: units(r.Points.Float())})
		x += r.Points.Float()
	}
	return v
}

// due says when an item is due, and whether that has passed.
func due(i burnlist.Item, today burnlist.Date) (words string, late bool) {
	switch days := i.DaysOverdue(today); {
	case i.Due.IsZero():
		return "no due date", false
	case days > 0:
		return "due " + i.Due.String() + ", " + count(days, "day") + " overdue", true
	case i.Due == today:
		return "due today", false
	}
	return "due " + i.Due.String(), false
}

// reference returns a link to an address under the given word, and whatever is
// not an address that may be followed as text.
func reference(s, word string) link {
	if s == "" {
		return link{}
	}
	if burnlist.IsLink(s) {
		return link{Text: word, Address: s}
	}
	return link{Text: word + " " + s}
}

// units writes a length inside an SVG.
func units(n float64) string { return strconv.FormatFloat(n, 'f', 1, 64) }
