package review

import (
	"cmp"
	"slices"

	"github.com/burnlist/burnlist"
)

func (c *composer) rolledOver(rolled []int64) []DigestRollover {
	all := make([]DigestRollover, 0, len(rolled))
	for _, id := range rolled {
		f := c.Items[id].Facts
		all = append(all, DigestRollover{DigestItem: c.item(id), Streak: f.Streak, Total: f.Total, Promised: f.Promised})
	}
	slices.SortFunc(all, func(a, b DigestRollover) int {
		return cmp.Or(cmp.Compare(b.Streak, a.Streak), cmp.Compare(b.Total, a.Total), cmp.Compare(a.Promised, b.Promised), cmp.Compare(a.ID, b.ID))
	})
	return listed(all)
}

func (c *composer) closed() ([]DigestClosed, burnlist.Value) {
	var all []DigestClosed
	var late []int
	zone := c.Product.Location()
	for _, i := range c.own {
		if i.Status != burnlist.Done || !closedSince(i, c.Meeting, c.now) {
			continue
		}
		line := DigestClosed{
			DigestItem: c.item(i.ID), On: closedOn(*i.Closing, zone), Promised: i.Facts.Promised, Evidence: i.Closing.Evidence,
		}
		line.Jump = c.WasJump[i.ID]
		if !i.Facts.Promised.IsZero() {
			days := daysLate(i, zone)
			line.DaysLate = &days
			late = append(late, days)
		}
		all = append(all, line)
	}
	slices.SortFunc(all, func(a, b DigestClosed) int {
		return cmp.Or(first(a.Jump, b.Jump), cmp.Compare(b.On, a.On), cmp.Compare(a.ID, b.ID))
	})
	return listed(all), median(late)
}

func (c *composer) putAway() []DigestPutAway {
	var all []DigestPutAway
	for _, i := range c.own {
		if i.Status == burnlist.Deprioritised && closedSince(i, c.Meeting, c.now) {
			all = append(all, DigestPutAway{DigestItem: c.item(i.ID), Reason: i.Closing.Reason, Until: i.Closing.Revisit})
		}
	}
	slices.SortFunc(all, func(a, b DigestPutAway) int {
		return cmp.Or(first(a.Jump, b.Jump), cmp.Compare(a.Until, b.Until), cmp.Compare(a.ID, b.ID))
	})
	return listed(all)
}

// returned finds what came back, whether somebody has decided of it since, so
// that only the agenda knows, or not.
func (c *composer) returned() DigestReturns {
	last, before := c.LastAttended()
	recent := func(r *burnlist.Return) bool {
		return r != nil && (!before || last.ConcludedAt == nil || r.At.After(*last.ConcludedAt))
	}
	all := []DigestReturn{}
	for _, i := range c.own {
		r := c.seen[i.ID].Item.Returned
		if recent(i.Return) {
			r = i.Return
		}
		if recent(r) {
			all = append(all, DigestReturn{DigestItem: c.item(i.ID), Cause: r.Cause})
		}
	}
	slices.SortFunc(all, func(a, b DigestReturn) int { return cmp.Or(first(a.Jump, b.Jump), cmp.Compare(a.ID, b.ID)) })
	return DigestReturns{Count: len(all), Items: listed(all)}
}

func (c *composer) backlog(t burnlist.Tally) DigestBacklog {
	var ages []int
	today := c.Product.Today(c.now)
	for _, i := range c.own {
		if i.Status == burnlist.Open {
			ages = append(ages, max(0, int(today-i.OpenedOn)))
		}
	}
	return DigestBacklog{Open: t.Open, Wishes: t.Open - t.Commitments, Commitments: t.Commitments, MedianAge: median(ages)}
}
