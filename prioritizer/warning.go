package prioritizer

import (
	"strconv"
	"time"

	"github.com/burnlist/burnlist"
)

// Warning is one named sign of theater. In an entry of the queue it has what
// the contract shows there; in the list of warnings it also says whom it
// concerns and what it was derived from.
type Warning struct {
	Code  Code          `json:"code"`
	Level Level         `json:"level" enum:"info,warn,alarm"`
	Text  string        `json:"text"`
	Since burnlist.Date `json:"since" nullable:"true" format:"date"` // in the product's calendar; null if nobody recorded it

	Subject  string `json:"subject,omitempty"` // as "item/142", "service/checkout", "review/12" or "product/shop"
	Product  string `json:"product,omitempty"`
	Service  string `json:"service,omitempty"`
	Item     int64  `json:"item,omitempty"`   // id, of an item's warning
	Title    string `json:"title,omitempty"`  // of that item
	Review   int64  `json:"review,omitempty"` // id, of a review's warning
	Evidence string `json:"evidence,omitempty"`
}

// Warnings returns all warnings: those of the products and their reviews, then
// those of the services, then those of the items in the order of the queue. The
// slice is the caller's.
func (q *Queue) Warnings() []Warning {
	all := append(q.ProductWarnings(), q.ServiceWarnings()...)
	for r := range q.All() {
		for code := range r.Warnings.All() {
			w := q.itemWarning(r, code)
			w.Subject, w.Item, w.Title = subject("item", r.Item.ID), r.Item.ID, r.Item.Title
			w.Product, w.Service, w.Evidence = r.place.agenda.name, r.Item.Service, itemEvidence(r, code)
			all = append(all, w)
		}
	}
	return all
}

// ServiceWarnings returns the warnings of the services in force, by the name of
// the service. The services of a retired product are not. The slice is the
// caller's.
func (q *Queue) ServiceWarnings() []Warning {
	all := []Warning{}
	for i := range q.services {
		if p := &q.services[i]; p.service.RetiredAt == nil && !p.agenda.retired {
			all = append(all, q.serviceWarnings(p)...)
		}
	}
	return all
}

// ProductWarnings returns the warnings of the products in force and of their
// reviews, by the name of the product: of each first those of its reviews, the
// newest first. The slice is the caller's.
func (q *Queue) ProductWarnings() []Warning {
	all := []Warning{}
	for i := range q.products {
		a := &q.products[i]
		if a.retired {
			continue
		}
		all = append(all, reviewWarnings(a.name, past(a.today, q.World.Reviews[a.name]), a.open(), &q.World.Policy)...)
	}
	return all
}

func subject(kind string, id int64) string { return kind + "/" + strconv.FormatInt(id, 10) }

// date returns the civil date of t in the product's zone; of the zero time it
// is no date.
func (p *place) date(t time.Time) burnlist.Date {
	if t.IsZero() {
		return 0
	}
	return burnlist.DateIn(t, p.agenda.zone)
}
