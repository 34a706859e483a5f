package demo

import (
	"time"

	"github.com/burnlist/burnlist"
)

// entry is an item of the company as the tables write it. Days are counted
// from today in the product of its service.
type entry struct {
	key      string
	title    string
	service  string
	slo      string
	owner    string
	priority burnlist.Priority
	from     *incident
	whose    string // the product whose incident that was, if it is not the item's own
	opened   int
	due      []int // the due dates that it was given, one after the other
	ticket   string
	touched  int // the day on which a person last touched it; 0 if nobody has since it was opened
	decision *burnlist.Decision
}

const (
	ana    = "ana@example.org"
	ben    = "ben@example.org"
	chiara = "chiara@example.org"
	dmitri = "dmitri@example.org"
	elif   = "elif@example.org"
	farid  = "farid@example.org"
	grace  = "grace@example.org"
	hana   = "hana@example.org"
	ines   = "ines@example.org"
	jonas  = "jonas@example.org"
	kavya  = "kavya@example.org"
	luis   = "luis@example.org"
	mei    = "mei@example.org"
	omar   = "omar@example.org"
)

// reporters write the postmortems, and so open the items of a service.
var reporters = map[string]string{
	"checkout": ana, "payments": ana, "search": chiara, "catalog": chiara, "recommendations": dmitri,
	"inventory": farid, "shipping": grace, "depot-gateway": farid, "invoicing": hana,
	"login": ines, "profile": ines, "notifications": kavya, "helpdesk": luis, "wishlist": kavya,
}

func (e entry) item(t timeline) Item {
	today := t.today(e.service)
	i := Item{
		ItemFields: burnlist.ItemFields{
			Key: burnlist.NullString(e.key), Title: e.title, Service: e.service, SLO: burnlist.NullString(e.slo),
			Owner: burnlist.NullString(e.owner), Priority: e.priority, OpenedOn: today + burnlist.Date(e.opened),
		},
		Reporter: reporters[e.service],
		Decision: e.decision,
	}
	if e.from != nil {
		i.Source = e.from.source(t)
		i.Source.Product = burnlist.NullString(e.whose)
	}
	if e.ticket != "" {
		i.Ticket = burnlist.NullString("https://tickets.example.org/browse/" + e.ticket)
	}
	if n := len(e.due); n > 0 {
		i.Due = today + burnlist.Date(e.due[n-1])
		if n > 1 {
			i.FirstDue = today + burnlist.Date(e.due[0])
		}
		for k := 1; k < n-1; k++ { // on the day on which it was due
			i.Pushes = append(i.Pushes, Push{
				At:  t.at(e.service, e.due[k-1], 16, int(seed(e.title)%60)),
				Due: today + burnlist.Date(e.due[k]),
			})
		}
	}
	if e.touched < 0 {
		i.Touched = t.at(e.service, e.touched, 15, int(seed(e.title)%60))
	}
	return i
}

// done is the decision that something was finished, with a link that shows it.
func done(evidence string) *burnlist.Decision {
	return &burnlist.Decision{Kind: burnlist.DecideDone, Evidence: burnlist.NullString("https://" + evidence)}
}

// dropped is the decision not to do something for now, and why.
func dropped(reason string) *burnlist.Decision {
	return &burnlist.Decision{Kind: burnlist.DecideDeprioritise, Reason: burnlist.NullString(reason)}
}

// opening is the instant at which an item was opened: some time in the working
// day of its opened_on, but not after now.
func (i Item) opening(zone *time.Location, now time.Time) time.Time {
	at := i.OpenedOn.Start(zone).Add(9*time.Hour + time.Duration(seed(i.Title)%420)*time.Minute)
	if at.After(now) {
		at = now
	}
	return burnlist.Instant(at)
}
