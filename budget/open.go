package budget

import (
	"context"
	"fmt"
	"time"

	"github.com/burnlist/burnlist"
)

// longestPast is how far back slices are kept and looked for, 13 months.
const longestPast = 400 * burnlist.Day

// open sees to it that there is a book for each SLO that holds all that the
// store has for it, and that books out of use are dropped. All of it, because
// only the very first data tells a service scaled to zero from a young one.
func (c *Collector) open(ctx context.Context, slos []*burnlist.SLO, now time.Time) error {
	used := map[int64]bool{}
	for _, slo := range slos {
		used[slo.Ledger] = true
		if b := c.books[slo.Ledger]; b != nil {
			b.see(slo)
			continue
		}
		b, at := newBook(slo), due(now, slo.Slice)
		stored, err := c.store.Slices(ctx, slo.Ledger, at-int64(longestPast/time.Second), at)
		if err != nil {
			return fmt.Errorf("load the slices of %s: %w", slo.Name, err)
		}
		b.put(stored)
		c.books[slo.Ledger] = b
	}
	for ledger := range c.books {
		if !used[ledger] {
			delete(c.books, ledger)
		}
	}
	return nil
}
