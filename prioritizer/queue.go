// Package prioritizer decides in which order the open action items are worked
// on, and says why: Rank orders a world, Explain writes the sentences, and
// Board keeps the newest queue at hand.
//
// Ranking is a pure function of the world and the moment. The package knows no
// database, no network and no request; it gets worlds and changes, and gives
// out immutable queues.
package prioritizer

import (
	"cmp"
	"iter"
	"sync/atomic"
	"time"

	"github.com/burnlist/burnlist"
)

// Queue is the open items of a world in the order in which to work on them. It
// is immutable: neither it nor anything it points to may be modified, and any
// number of goroutines may read it.
type Queue struct {
	Revision int64     // of the world
	At       time.Time // the moment at which dates and budgets were judged, to the millisecond
	World    *burnlist.World

	facets   facets
	keep     *keep
	ranked   burnlist.ByID[Ranked] // by item
	services []served              // all services of the world, by name
	index    map[string]int        // of services
	products []held                // all products of the world, by name
	teams    map[string]bool       // that owners were held against, see groups
	fleet    fleet
}

// fleet says which services there are of what. It is immutable.
type fleet struct {
	ofProduct, ofTeam map[string][]string // names of services
	productOf         map[string]string   // by team; empty for a team with services in several products
}

func newFleet(services []served) fleet {
	f := fleet{map[string][]string{}, map[string][]string{}, map[string]string{}}
	for i := range services {
		name, product, team := services[i].service.Name, services[i].service.Product, string(services[i].service.Team)
		f.ofProduct[product] = append(f.ofProduct[product], name)
		f.ofTeam[team] = append(f.ofTeam[team], name)
		if other, seen := f.productOf[team]; seen && other != product {
			f.productOf[team] = ""
		} else {
			f.productOf[team] = product
		}
	}
	return f
}

// Len returns how many items the queue has.
func (q *Queue) Len() int { return q.facets.all.len() }

// All yields the entries in their order.
func (q *Queue) All() iter.Seq[*Ranked] { return q.facets.all.all() }

// Entry returns the entry of an item, or nil if the queue does not have it.
func (q *Queue) Entry(item int64) *Ranked { return q.ranked.Get(item) }

// Rank returns the place of an entry of this queue in the queue of its product,
// from 1.
func (q *Queue) Rank(r *Ranked) int { return q.facets.by[byProduct][r.Product()].find(r.key) + 1 }

// Ranks returns the rank of each entry of a page. Those that follow each other
// in their product's queue are not looked up one by one.
func (q *Queue) Ranks(page []*Ranked) []int {
	ranks := make([]int, len(page))
	var product string
	var of *order
	rank := 0 // of the entry before, if it is of the same product
	for i, r := range page {
		if of == nil || r.Product() != product {
			product, of, rank = r.Product(), q.facets.by[byProduct][r.Product()], 0
		}
		if rank > 0 && rank < of.len() && of.at(rank) == r {
			rank++
		} else {
			rank = of.find(r.key) + 1
		}
		ranks[i] = rank
	}
	return ranks
}

// Ranked is one item in the queue: keys and warning bits, no sentences. Explain
// writes those. A queue that follows another by some changes has the same
// *Ranked for each item of which Explain would say the same, so that what was
// made of it can be kept.
type Ranked struct {
	Item     *burnlist.Item
	Tier     Tier
	Parts    Parts
	Score    Points // the sum of Parts, 0 to 100 points
	Warnings Codes  // of the item; a service has its own

	key     Key
	place   *place
	decides *judged                // the SLO that sets the tier; nil if there is none
	own     bool                   // decides is the SLO that the item names
	text    atomic.Pointer[[]byte] // see Queue.Text
}

// Product returns the name of the product whose queue the item is in.
func (r *Ranked) Product() string { return r.place.agenda.name }

// snoozed reports whether the item is out of the way on the day of the queue.
func (r *Ranked) snoozed() bool { return r.key.Snoozed }

// Key returns what the entry is sorted by.
func (r *Ranked) Key() Key { return r.key }

// Key is what the queue is sorted by. As no two items share an id, no two keys
// of a queue are equal.
type Key struct {
	Snoozed  bool          `json:"z,omitempty"`
	Tier     Tier          `json:"t"`
	Score    Points        `json:"s"`
	Due      burnlist.Date `json:"d"`
	OpenedOn burnlist.Date `json:"o"`
	ID       int64         `json:"i"`
}

// Compare returns a negative number if k comes before o in the queue, a
// positive one if it comes after, and 0 if they are the same: the snoozed items
// come after all others; then by tier, the higher score, the earlier due date
// (none last), the older item, the smaller id.
func (k Key) Compare(o Key) int {
	if k.Snoozed != o.Snoozed {
		if o.Snoozed {
			return -1
		}
		return 1
	}
	if k.Tier != o.Tier {
		return cmp.Compare(k.Tier, o.Tier)
	}
	if k.Score != o.Score {
		return cmp.Compare(o.Score, k.Score)
	}
	if k.Due != o.Due {
		if k.Due.IsZero() || o.Due.IsZero() {
			return cmp.Compare(o.Due, k.Due)
		}
		return cmp.Compare(k.Due, o.Due)
	}
	if k.OpenedOn != o.OpenedOn {
		return cmp.Compare(k.OpenedOn, o.OpenedOn)
	}
	return cmp.Compare(k.ID, o.ID)
}

// next returns the least key behind k.
func (k Key) next() Key {
	k.ID++
	return k
}
