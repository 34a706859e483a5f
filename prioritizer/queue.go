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
	"time"

	"github.com/burnlist/burnlist"
)

// Queue is the open items of a world in the order in which to work on them. It
// is immutable: neither it nor anything it points to may be modified, and any
// number of goroutines may read it.
type Queue struct {
	Revision int64     // of the world
	At       time.Time // the moment at which dates and budgets were judged
	World    *burnlist.World
	Entries  []Ranked

	services []*place  // of all services of the world, by name
	products []*agenda // of all products of the world, by name
}

// Ranked is one item's place in the order: keys and warning bits, no
// sentences. Explain writes those.
type Ranked struct {
	Item     *burnlist.Item
	Tier     Tier
	Parts    Parts
	Score    Points // the sum of Parts, 0 to 100 points
	Rank     int32  // place in the queue of the item's product, from 1
	Warnings Codes  // of the item; a service has its own

	place   *place
	decides *judged // the SLO that sets the tier; nil if there is none
	own     bool    // decides is the SLO that the item names
}

// Product returns the name of the product whose queue the item is in.
func (r *Ranked) Product() string { return r.place.agenda.name }

// snoozed reports whether the item is out of the way on the day of the queue.
func (r *Ranked) snoozed() bool { return r.Item.SnoozedOn(r.place.agenda.today) }

// Key returns what the entry is sorted by.
func (r *Ranked) Key() Key {
	return Key{Snoozed: r.snoozed(), Tier: r.Tier, Score: r.Score, Due: r.Item.Due, OpenedOn: r.Item.OpenedOn, ID: r.Item.ID}
}

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
