package manifest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
	"github.com/burnlist/burnlist/config"
)

func (d *differ) item(want config.Item) {
	t, at := Thing{Item, want.Key}, want.At("")
	if s, ok := d.have.Strangers[want.Key]; ok {
		d.refuse(t, want.At("key"), "stands for item %d without a key, but that one is called %q on the server: give the item a key of its own, there and here", s.ID, s.Title)
		return
	}
	if want.Status != nil && *want.Status == burnlist.Duplicate && want.Of == "" {
		if is, ok := d.have.Items[want.Key]; !ok || is.Status != burnlist.Duplicate {
			d.refuse(t, want.At("status"), "is a duplicate of nothing: give of, the key of the item that goes on")
			return
		}
	}
	if want.OpenedOn != nil && want.OpenedOn.IsZero() {
		want.OpenedOn = nil // there is no item without
	}
	is, ok := d.have.Items[want.Key]
	if !ok {
		d.newItem(t, at, want)
		return
	}
	kept := len(d.Kept)
	reopen, closes := d.status(t, want, is)
	if reopen != nil {
		d.Steps = append(d.Steps, *reopen)
	}
	c, body := d.fields(t, want, is)
	d.alter(t, at, c, body, needs(want)...)
	if closes != nil {
		d.closing = append(d.closing, *closes)
	}
	d.done(len(c) > 0 || reopen != nil || closes != nil || len(d.Kept) > kept)
}

// fields returns the change of what is written of an item.
func (d *differ) fields(t Thing, want config.Item, is burnlist.ItemView) (changes, client.ItemChange) {
	var c changes
	body := client.ItemChange{
		Title:    differs(&c, "title", is.Title, trimmed(want.Title)),
		Service:  differs(&c, "service", is.Service, want.Service),
		SLO:      differs(&c, "slo", is.SLO, want.SLO),
		Priority: differs(&c, "priority", is.Priority, want.Priority),
		Ticket:   differs(&c, "ticket", is.Ticket, trimmed(want.Ticket)),
		OpenedOn: differs(&c, "opened_on", is.OpenedOn, want.OpenedOn),
		DoneWhen: differs(&c, "done_when", is.DoneWhen, trimmed(want.DoneWhen)),
	}
	if s := want.Source; s != nil && !sameSource(is.Source, s) {
		body.Source = s
		c.note("source", is.Source, s)
	}
	var promised changes // what a decision may have said
	owner := differs(&promised, "owner", is.Owner, trimmed(want.Owner))
	due := differs(&promised, "due", is.Due, want.Due)
	if d.keep(t, is, promised) {
		return c, body
	}
	body.Owner = owner
	if due != nil {
		body.Due = new(burnlist.NullString(due.String()))
	}
	return append(c, promised...), body
}

// status returns the decisions that bring an item to its status: one that opens
// it again, and one that closes it.
func (d *differ) status(t Thing, want config.Item, is burnlist.ItemView) (reopen, closes *Step) {
	var c changes
	if differs(&c, "status", is.Status, want.Status) == nil || d.keep(t, is, c) {
		return nil, nil
	}
	if is.Status != burnlist.Open {
		reopen = &Step{
			Thing: t, Action: Alter, At: want.At("status"), Changes: []Change{{"status", string(is.Status), string(burnlist.Open)}},
			Body: client.NewDecision{Kind: burnlist.DecideReopen, Reason: reason(want)},
		}
	}
	if *want.Status != burnlist.Open {
		closes = closingOf(t, want)
	}
	return reopen, closes
}

// keep reports whether differences stay as they are because somebody has
// decided of the item, and notes them.
func (d *differ) keep(t Thing, is burnlist.ItemView, c changes) bool {
	on, decided := decided(is)
	if !decided || d.force {
		return false
	}
	for _, change := range c {
		d.Kept = append(d.Kept, Kept{t, on.UTC().Format(time.DateOnly), change})
	}
	return true
}

// decided reports whether anybody ever decided of the item, and when last.
// Every decision that stands stamps last_reviewed, in a review or outside of
// one, so that nobody needs to read the history. The parts of a split have it
// from the item that was decided of.
func decided(is burnlist.ItemView) (time.Time, bool) {
	switch {
	case is.Reviewed != nil:
		return *is.Reviewed, true
	case is.Closing != nil:
		return is.Closing.At, true
	}
	return time.Time{}, false
}

func (d *differ) newItem(t Thing, at config.Place, want config.Item) {
	switch {
	case want.Title == nil:
		d.missing(t, at, "title")
		return
	case want.Service == nil:
		d.missing(t, at, "service")
		return
	}
	body := client.NewItem{Key: want.Key, Title: *trimmed(want.Title), Service: *want.Service}
	for _, text := range []struct {
		to    *string
		given *burnlist.NullString
	}{{&body.SLO, want.SLO}, {&body.Owner, want.Owner}, {&body.Ticket, want.Ticket}, {&body.DoneWhen, want.DoneWhen}} {
		if text.given != nil {
			*text.to = string(*text.given)
		}
	}
	if want.Due != nil {
		body.Due = want.Due.String()
	}
	fill(&body.Priority, want.Priority)
	fill(&body.OpenedOn, want.OpenedOn)
	if want.Source != nil && !sameSource(nil, want.Source) {
		body.Source = want.Source
	}
	d.create(t, at, body, needs(want)...)
	if want.Status != nil && *want.Status != burnlist.Open {
		d.closing = append(d.closing, *closingOf(t, want))
	}
}

// closingOf returns the decision that closes an open item.
func closingOf(t Thing, want config.Item) *Step {
	s := Step{
		Thing: t, Action: Alter, At: want.At("status"),
		Changes: []Change{{"status", string(burnlist.Open), string(*want.Status)}},
	}
	body := client.NewDecision{Reason: string(want.Reason)}
	switch *want.Status {
	case burnlist.Done:
		body.Kind, body.Evidence = burnlist.DecideDone, string(want.Evidence)
	case burnlist.Deprioritised:
		body.Kind, body.Reason, body.Revisit = burnlist.DecideDeprioritise, reason(want), want.Revisit.String()
	case burnlist.Duplicate:
		body.Kind, s.Of = burnlist.DecideDuplicate, string(want.Of)
		s.Needs = []Thing{{Item, s.Of}}
	case burnlist.Open:
	}
	s.Body = body
	return &s
}

// reason is why an item gets another status.
func reason(want config.Item) string {
	return cmp.Or(string(want.Reason), "applied from "+want.At("").File)
}

// needs are the things that an item names.
func needs(want config.Item) []Thing {
	var all []Thing
	if want.Service != nil {
		all = append(all, Thing{Service, *want.Service})
	}
	if want.SLO != nil && *want.SLO != "" {
		all = append(all, Thing{SLO, string(*want.SLO)})
	}
	return all
}

// trimmed returns a text without the blanks around it, which the server drops.
func trimmed[T ~string](s *T) *T {
	if s == nil {
		return nil
	}
	return new(T(strings.TrimSpace(string(*s))))
}

func sameSource(is, want *burnlist.Source) bool {
	a, b := fillSource(is), fillSource(want)
	same := func(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }
	return a.Product == b.Product && a.URL == b.URL && a.Title == b.Title && same(a.Start, b.Start) && same(a.End, b.End)
}

func fillSource(s *burnlist.Source) (of burnlist.Source) {
	fill(&of, s)
	return of
}

// inOrder returns decisions that close items so that a duplicate is decided
// while the item that goes on is still open.
func inOrder(closing []Step) []Step {
	into := map[string][]int{} // duplicates, by what goes on for them
	for n, s := range closing {
		if s.Of != "" {
			into[s.Of] = append(into[s.Of], n)
		}
	}
	var all []Step
	seen := make([]bool, len(closing))
	var visit func(n int)
	visit = func(n int) {
		if seen[n] {
			return
		}
		seen[n] = true // a circle is the server's to refuse
		for _, duplicate := range into[closing[n].Thing.Name] {
			visit(duplicate)
		}
		all = append(all, closing[n])
	}
	for n := range closing {
		visit(n)
	}
	return slices.Clip(all)
}
