package budget

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
)

// shelf is a world with the books of its SLOs.
type shelf struct {
	world *burnlist.World
	slos  []*burnlist.SLO // that are not retired, in order of their names
	books map[int64]*book // of each of them, by ledger
}

// of returns the books of a desk, in order of the SLOs' names, which know the
// SLOs as they are in this world. Only whoever attends to the desk may ask for
// them.
func (s shelf) of(d *desk) []*book {
	var books []*book
	for _, slo := range s.slos {
		if slo.Source == d.name {
			b := s.books[slo.Ledger]
			b.slo = slo
			books = append(books, b)
		}
	}
	return books
}

// open returns the world as it is now, and sees to it that there is a book for
// each SLO, with all that the store has for it. All of it, because only the very
// first data tells a service scaled to zero from a young one. Books out of use
// are dropped; a round that still holds one puts its answers where nobody looks.
//
// A book is of one ledger, and so of one definition of bad and total: an SLO
// whose indicator changed has another one.
func (c *Collector) open(ctx context.Context, now time.Time) (shelf, error) {
	c.opening.Lock()
	defer c.opening.Unlock()
	s := shelf{world: c.world()}
	s.slos = slices.SortedFunc(maps.Values(s.world.SLOs), func(a, b *burnlist.SLO) int { return cmp.Compare(a.Name, b.Name) })
	s.slos = slices.DeleteFunc(s.slos, func(o *burnlist.SLO) bool { return o.RetiredAt != nil })
	s.books = make(map[int64]*book, len(s.slos))
	for _, slo := range s.slos {
		b := c.books[slo.Ledger]
		if b == nil {
			kept, err := c.store.Ledger(ctx, slo.Ledger)
			if err != nil {
				return shelf{}, fmt.Errorf("load the ledger of %s: %w", slo.Name, err)
			}
			b = newBook(slo, kept, now)
			c.books[slo.Ledger] = b // also if a later one cannot be loaded
		}
		if c.desks[slo.Source] == nil {
			err := fmt.Errorf("the source %q is not configured: add it, or name another one in the SLO", slo.Source)
			c.say(ctx, "source", slo.Source, err)
			b.says(err.Error())
		}
		s.books[slo.Ledger] = b
	}
	c.books = maps.Clone(s.books)
	return s, nil
}
