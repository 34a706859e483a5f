package burnlist

import (
	"strconv"
	"strings"
	"time"
)

// Event is one line of an item's history: who did what, when, why, and in
// which review.
type Event struct {
	Revision int64        `json:"revision"`
	At       time.Time    `json:"at"`
	Actor    string       `json:"actor"`
	Verified bool         `json:"verified"`
	Kind     ChangeKind   `json:"kind"`
	Review   *int64       `json:"review"`
	Decision *Decision    `json:"decision"`
	Changed  []Alteration `json:"changed" nullable:"false"`
	Text     string       `json:"text"` // the line as a sentence
}

// Alteration is one field that has another value than before.
type Alteration struct {
	Field string     `json:"field"`
	From  NullString `json:"from" nullable:"true"`
	To    NullString `json:"to" nullable:"true"`
}

// History tells what happened to an item, oldest first. The changes are those
// that touched it, in order; what they say of other things is passed over.
func History(item int64, changes []Change) []Event {
	events := []Event{}
	var before *Item
	for _, c := range changes {
		var after *Item
		for _, i := range c.After.Items {
			if i.ID == item {
				after = i
			}
		}
		if after == nil {
			continue
		}
		e := Event{
			Revision: c.Revision, At: c.At, Actor: c.Actor, Verified: c.Verified, Kind: c.Kind,
			Changed: alterations(before, after),
		}
		if c.Review != 0 {
			e.Review = new(c.Review)
		}
		first := before == nil
		if c.Decision != nil {
			e.Decision = c.Decision
		}
		e.Text = e.sentence(first, after)
		events = append(events, e)
		before = after
	}
	return events
}

// alterations compares the fields that people know an item by. Of a new item
// they are all that it has.
func alterations(before, after *Item) []Alteration {
	if before == nil {
		before = new(Item)
	}
	b, a := before.told(), after.told()
	changed := []Alteration{}
	for n := range a {
		if a[n].value != b[n].value {
			changed = append(changed, Alteration{a[n].field, NullString(b[n].value), NullString(a[n].value)})
		}
	}
	return changed
}

type told struct{ field, value string }

func (i *Item) told() []told {
	number := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	all := []told{
		{"title", i.Title},
		{"service", i.Service},
		{"slo", string(i.SLO)},
		{"key", string(i.Key)},
		{"owner", string(i.Owner)},
		{"due", i.Due.String()},
		{"priority", string(i.Priority)},
		{"ticket", string(i.Ticket)},
		{"opened_on", i.OpenedOn.String()},
		{"done_when", string(i.DoneWhen)},
		{"status", string(i.Status)},
		{"promised", i.Facts.Promised.String()},
		{"rollovers", number(int64(i.Facts.Total))},
		{"streak", number(int64(i.Facts.Streak))},
		{"split_off", number(i.Origin)},
	}
	var snoozed, of, revisit, evidence string
	if i.Snooze != nil {
		snoozed = i.Snooze.Until.String()
	}
	if i.Closing != nil {
		of, revisit, evidence = number(i.Closing.Of), i.Closing.Revisit.String(), string(i.Closing.Evidence)
	}
	all = append(all, told{"snoozed", snoozed}, told{"duplicate_of", of}, told{"revisit", revisit}, told{"evidence", evidence})
	if s := i.Source; s != nil {
		all = append(all, told{"source", strings.TrimSpace(string(s.Title) + " " + string(s.URL))})
	} else {
		all = append(all, told{"source", ""})
	}
	return all
}

// sentence says an event in words.
func (e Event) sentence(first bool, after *Item) string {
	var b strings.Builder
	b.WriteString(e.Actor + " ")
	switch {
	case first && after.Origin != 0:
		b.WriteString("split it off item " + strconv.FormatInt(after.Origin, 10))
	case first:
		b.WriteString("reported it")
	case e.Kind == DecisionUndone && e.Decision != nil:
		b.WriteString("took back: " + string(e.Decision.Kind))
	case e.Kind == ItemsReturned && after.Return != nil:
		b.WriteString("brought it back: " + after.Return.Cause.Text())
	case e.Kind == ReviewConcluded:
		b.WriteString("concluded review")
	case e.Decision != nil && e.Decision.Kind == DecideDuplicate && e.Decision.Of == after.ID:
		b.WriteString("named it as the one that goes on for a duplicate")
	case e.Decision != nil:
		b.WriteString("decided " + string(e.Decision.Kind))
	default:
		b.WriteString("changed it")
	}
	switch {
	case e.Review == nil:
	case e.Kind == ReviewConcluded:
		b.WriteString(" " + strconv.FormatInt(*e.Review, 10))
	default:
		b.WriteString(" in review " + strconv.FormatInt(*e.Review, 10))
	}
	if e.Decision != nil && e.Decision.Reason != "" && e.Kind != DecisionUndone {
		b.WriteString(", because: " + string(e.Decision.Reason))
	}
	if first {
		return b.String()
	}
	words := make([]string, len(e.Changed))
	for n, c := range e.Changed {
		switch {
		case c.From == "":
			words[n] = c.Field + " " + string(c.To)
		case c.To == "":
			words[n] = "no " + c.Field + " any more, it was " + string(c.From)
		default:
			words[n] = c.Field + " " + string(c.To) + ", it was " + string(c.From)
		}
	}
	if len(words) > 0 {
		b.WriteString(": " + strings.Join(words, "; "))
	}
	return b.String()
}

// Text says the cause in words.
func (c ReturnCause) Text() string {
	switch c {
	case RevisitCame:
		return "the day came on which it was to be looked at again"
	case SnoozeOver:
		return "its snooze is over"
	case ServiceBurns:
		return "its service has begun to burn its budget since it was put away"
	}
	return ""
}
