package burnlist

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// Item is an action item: one thing that a postmortem asked for.
type Item struct {
	ID int64 `json:"id"`
	ItemFields
	Status    Status    `json:"status" enum:"open,done,deprioritised,duplicate"`
	Closing   *Closing  `json:"closing"`          // set unless the item is open
	Snooze    *Snooze   `json:"snooze"`           // set while an open item is out of the way
	Return    *Return   `json:"return"`           // set from when it came back by itself until somebody decides of it
	Origin    int64     `json:"origin,omitempty"` // the item that it was split off, or 0
	Trail     Trail     `json:"trail"`
	Facts     Facts     `json:"facts"`
	Version   int64     `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// ItemFields are the parts of an item that people write.
type ItemFields struct {
	Key      NullString `json:"key" nullable:"true"` // the reporter's own, unique
	Title    string     `json:"title"`
	Service  string     `json:"service"`
	SLO      NullString `json:"slo" nullable:"true"` // the SLO of the service that it addresses, if one
	Owner    NullString `json:"owner" nullable:"true"`
	Due      Date       `json:"due" nullable:"true" format:"date"`
	Priority Priority   `json:"priority" enum:"P0,P1,P2,P3,P4"`
	Ticket   NullString `json:"ticket" nullable:"true"`
	Source   *Source    `json:"source"`
	OpenedOn Date       `json:"opened_on" format:"date"`
	DoneWhen NullString `json:"done_when" nullable:"true"` // how anybody can tell that it is done
}

// Source is the incident that an item came from.
type Source struct {
	// Product is the one whose incident it was, if not the item's own. Its
	// reviews see the item without deciding of it.
	Product NullString `json:"product" nullable:"true"`
	URL     NullString `json:"url" nullable:"true"` // of the postmortem
	Title   NullString `json:"title" nullable:"true"`
	Start   *time.Time `json:"start"` // of the incident; with End, or neither
	End     *time.Time `json:"end"`
}

// Status says where an item is in its life.
type Status string

// The statuses.
const (
	Open          Status = "open"
	Done          Status = "done"
	Deprioritised Status = "deprioritised"
	Duplicate     Status = "duplicate"
)

// Priority is how much its reporter thinks an item matters, P0 most.
type Priority string

// Priorities are all of them, the most important first.
var Priorities = []Priority{"P0", "P1", "P2", "P3", "P4"}

// DefaultPriority is that of an item that names none.
const DefaultPriority Priority = "P2"

// Closing says how an item left the queue.
type Closing struct {
	At       time.Time  `json:"at"`
	On       Date       `json:"on" format:"date"` // the day in the product's zone, then
	Actor    string     `json:"actor"`
	Reason   NullString `json:"reason" nullable:"true"`
	Evidence NullString `json:"evidence" nullable:"true"`              // of something done: a link
	Revisit  Date       `json:"revisit" nullable:"true" format:"date"` // of something deprioritised: when it comes back
	Of       int64      `json:"of,omitempty"`                          // of a duplicate: the item that goes on
}

// Snooze says until when an open item is out of the way.
type Snooze struct {
	Until  Date       `json:"until" format:"date"` // on this day it is back
	Reason NullString `json:"reason"`
	At     time.Time  `json:"at"`
	Actor  string     `json:"actor"`
}

// repeated reports whether a decision snoozes the item as it is snoozed already.
func (s *Snooze) repeated(d Decision) bool {
	return s != nil && d.Kind == DecideSnooze && s.Until == d.Until && s.Reason == d.Reason
}

// Return says why an item came back by itself.
type Return struct {
	At    time.Time   `json:"at"`
	Cause ReturnCause `json:"cause" enum:"revisit,snooze_over,service_burns"`
	From  time.Time   `json:"from"` // of the decision that had put it away
}

// ReturnCause names what brings an item back.
type ReturnCause string

// The causes.
const (
	RevisitCame  ReturnCause = "revisit"       // the date of a deprioritised item came
	SnoozeOver   ReturnCause = "snooze_over"   // the date of a snoozed item came
	ServiceBurns ReturnCause = "service_burns" // its service entered tier 1 after the decision, and stayed
)

// Trail is what warnings need to know of an item's past.
type Trail struct {
	TouchedAt time.Time `json:"touched_at"` // a human last changed anything
	TitleAt   time.Time `json:"title_at"`   // the title last changed
	OwnerAt   time.Time `json:"owner_at"`   // the owner last changed
	DueAt     time.Time `json:"due_at"`     // the due date last changed
	FirstDue  Date      `json:"first_due" nullable:"true" format:"date"`
	LastDue   Date      `json:"last_due" nullable:"true" format:"date"` // the due date, or the last one before it was taken away
	Slips     int       `json:"slips"`                                  // moves of the due date to a later day
	SlippedAt time.Time `json:"slipped_at"`                             // the last of them
	Snoozes   int       `json:"snoozes"`                                // times that it was snoozed
	TicketAt  time.Time `json:"ticket_at"`                              // the ticket last changed
	ServiceAt time.Time `json:"service_at"`                             // the service last changed
}

// SnoozedOn reports whether the item is out of the way today.
func (i Item) SnoozedOn(today Date) bool { return i.Snooze != nil && today < i.Snooze.Until }

// Incident returns the interval of the incident that the item came from, if it
// is known.
func (i Item) Incident() (start, end time.Time, ok bool) {
	if i.Source == nil || i.Source.Start == nil || i.Source.End == nil {
		return time.Time{}, time.Time{}, false
	}
	return *i.Source.Start, *i.Source.End, true
}

// Deciding returns those of the given SLOs of the item's service that decide
// about the item: the one that it names, if that may rank, else all that may.
func (i Item) Deciding(of []*SLO) []*SLO {
	var may []*SLO
	for _, s := range of {
		switch {
		case !s.Ranks():
		case i.SLO == NullString(s.Name):
			return []*SLO{s}
		default:
			may = append(may, s)
		}
	}
	return may
}

// Commitment reports whether an item has both an owner and a due date. An open
// item without is a wish.
func (i Item) Commitment() bool { return i.Owner != "" && !i.Due.IsZero() }

// DaysOverdue returns by how many days today is later than the due date of an
// open item; due today is 0. Today is the civil date in the product's zone.
func (i Item) DaysOverdue(today Date) int {
	if i.Status != Open || i.Due.IsZero() || today <= i.Due {
		return 0
	}
	return int(today - i.Due)
}

// With returns the item with new fields, its trail brought up to date: for the
// zero Item a new one, opened today unless the fields say when. Whether
// service, SLO and key may be used is the store's to say. It fails with
// Invalid.
func (i Item) With(f ItemFields, by Author, product Product) (Item, error) {
	today := product.Today(by.At)
	if f.Priority == "" {
		f.Priority = DefaultPriority
	}
	if f.OpenedOn.IsZero() {
		f.OpenedOn = today
	}
	if f.Source != nil && *f.Source == (Source{}) {
		f.Source = nil
	}
	f.Title = strings.TrimSpace(f.Title)
	for _, s := range []*NullString{&f.Key, &f.Owner, &f.Ticket, &f.DoneWhen} {
		*s = NullString(strings.TrimSpace(string(*s))) // a blank owner is none
	}
	if err := f.validate(max(today, i.OpenedOn)); err != nil {
		return Item{}, err
	}
	if !i.CreatedAt.IsZero() {
		if err := i.mayBecome(f, by); err != nil {
			return Item{}, err
		}
	}
	if i.CreatedAt.IsZero() {
		i.Status, i.CreatedAt = Open, by.At
		i.Trail = Trail{TitleAt: by.At, OwnerAt: by.At, DueAt: by.At, TicketAt: by.At, ServiceAt: by.At}
	}
	stamp := func(changed bool, at *time.Time) {
		if changed {
			*at = by.At
		}
	}
	stamp(f.Title != i.Title, &i.Trail.TitleAt)
	stamp(f.Owner != i.Owner, &i.Trail.OwnerAt)
	stamp(f.Due != i.Due, &i.Trail.DueAt)
	stamp(f.Ticket != i.Ticket, &i.Trail.TicketAt)
	stamp(f.Service != i.Service, &i.Trail.ServiceAt)
	if i.Trail.FirstDue.IsZero() {
		i.Trail.FirstDue = f.Due
	}
	if !f.Due.IsZero() {
		if !i.Trail.LastDue.IsZero() && f.Due > i.Trail.LastDue {
			i.Trail.Slips++
			i.Trail.SlippedAt = by.At
		}
		i.Trail.LastDue = f.Due
	}
	i.ItemFields = f
	return i.touched(by), nil
}

// mayBecome refuses what would make the item another one than reviews know.
func (i Item) mayBecome(f ItemFields, by Author) error {
	var c check
	c.that(f.OpenedOn <= i.OpenedOn || by.At.Sub(i.CreatedAt) < Day, "opened_on",
		"%s is later than %s: an item does not become younger; only an earlier day can be given once it is a day old", f.OpenedOn, i.OpenedOn)
	c.that(i.Status == Open || f.Service == i.Service, "service", "cannot change while the item is %s: reopen it first", i.Status)
	return c.err("the item")
}

func (i Item) touched(by Author) Item {
	if by.Actor != System(by.At).Actor {
		i.Trail.TouchedAt = by.At
	}
	i.UpdatedAt = by.At
	return i
}

func (f ItemFields) validate(today Date) error {
	var c check
	c.text("key", string(f.Key), 0, 200)
	c.text("title", f.Title, 1, 300)
	c.name("service", f.Service)
	if f.SLO != "" {
		c.name("slo", string(f.SLO))
	}
	c.text("owner", string(f.Owner), 0, 200)
	c.that(slices.Contains(Priorities, f.Priority), "priority", "%q is not a priority: use P0, P1, P2, P3 or P4", clip(string(f.Priority)))
	c.text("ticket", string(f.Ticket), 0, 500)
	c.text("done_when", string(f.DoneWhen), 0, 1000)
	c.that(f.OpenedOn <= today, "opened_on", "%s is in the future: today is %s in the product's zone", f.OpenedOn, today)
	c.that(f.Due.IsZero() || f.Due >= f.OpenedOn, "due", "%s lies before the item was opened, on %s: give a later due date, or the opened_on that fits", f.Due, f.OpenedOn)
	if s := f.Source; s != nil {
		c.link("source.url", string(s.URL))
		c.text("source.title", string(s.Title), 0, 300)
		if s.Product != "" {
			c.name("source.product", string(s.Product))
		}
		c.that((s.Start == nil) == (s.End == nil), "source", "has only one end of the incident: give both start and end, or neither")
		if s.Start != nil && s.End != nil {
			c.year("source.start", *s.Start)
			c.year("source.end", *s.End)
			c.that(s.Start.Before(*s.End), "source.end", "is not after the start: give the interval of the incident in order")
			c.that(s.End.Sub(*s.Start) <= 90*Day, "source", "spans more than 90 days: give the interval of the incident itself")
		}
	}
	return c.err("the item")
}

// year keeps instants to those that every format can write.
func (c *check) year(field string, t time.Time) {
	year := t.UTC().Year()
	c.that(year >= 1970 && year <= 9998, field, "lies in the year %d: give the instant of the incident", year)
}

// link checks an optional web address.
func (c *check) link(field, s string) {
	if s == "" {
		return
	}
	c.text(field, s, 0, 2000)
	c.that(IsLink(s), field, "%q is not a web address: use http://… or https://…", clip(s))
}

// IsLink reports whether s is a web address that may be shown as a link.
func IsLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}
