package review

import (
	"context"
	"slices"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// bringBack notes in which states the services are, and brings back what is
// due; for the agenda of a product it does not wait for a service to have
// burned for a day. It returns when the board has seen it.
func (k *Keeper) bringBack(ctx context.Context, by burnlist.Author, product string, freezing bool) error {
	q := k.board.Queue()
	if q == nil {
		return nil
	}
	if err := k.observe(ctx, by, q); err != nil {
		return err
	}
	w := k.board.Queue().World
	cause := func(i burnlist.Item, p burnlist.Product, s *burnlist.Standing) burnlist.ReturnCause {
		return i.ReturnsAt(by.At, p.Today(by.At), s, freezing)
	}
	var due []int64
	for _, i := range w.Items.All() {
		service := w.Services[i.Service]
		if i.Status == burnlist.Open && i.Snooze == nil || service == nil || service.RetiredAt != nil || product != "" && service.Product != product {
			continue
		}
		if p := w.Products[service.Product]; p != nil && cause(*i, *p, w.Standings[i.Service]) != "" {
			due = append(due, i.ID)
		}
	}
	if len(due) == 0 {
		return nil
	}
	slices.Sort(due)
	revision, err := k.store.ReturnItems(ctx, by, due, func(i burnlist.Item, p burnlist.Product, s *burnlist.Standing) (burnlist.Item, bool) {
		why := cause(i, p, s)
		if why == "" {
			return i, false
		}
		return i.Returned(why, by), true
	})
	if err != nil {
		return err
	}
	return k.board.Wait(ctx, revision)
}

// observe stores the states of the services that are in another one than is
// known, and returns when the board has seen it.
func (k *Keeper) observe(ctx context.Context, by burnlist.Author, q *prioritizer.Queue) error {
	q = prioritizer.Rank(q.World, by.At)
	found := map[string]burnlist.State{}
	for _, b := range q.Budgets() {
		if s := q.World.Standings[b.Service]; s == nil || s.State != b.State {
			found[b.Service] = b.State
		}
	}
	if len(found) == 0 {
		return nil
	}
	revision, err := k.store.Observe(ctx, by, q.Revision, found)
	if err != nil {
		return err
	}
	return k.board.Wait(ctx, revision)
}
