package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/store"
)

// setup is the author of products, services and SLOs.
const setup = "sre-leads@example.org"

// Fill writes the world into an empty store, by the same writes that people
// make and in the order in which they would have made them, so that the
// change log and the items' trails look lived in. No write is later than now.
// It fails with the store's codes, with Exists if the world is there already.
func Fill(ctx context.Context, s *store.Store, w World, now time.Time) error {
	now = burnlist.Instant(now)
	var events []event
	at := func(when time.Time, what string, do func(at time.Time) error) {
		if when.After(now) {
			when = now
		}
		events = append(events, event{burnlist.Instant(when), what, do})
	}
	for _, p := range w.Products {
		at(p.CreatedAt, "product "+p.Name, func(at time.Time) error {
			_, _, err := s.CreateProduct(ctx, burnlist.Author{Actor: setup, At: at}, p)
			return err
		})
	}
	zones := map[string]*time.Location{}
	for _, v := range w.Services {
		for _, p := range w.Products {
			if p.Name == v.Product {
				zones[v.Name] = p.Location()
			}
		}
		at(v.CreatedAt, "service "+v.Name, func(at time.Time) error {
			_, _, err := s.CreateService(ctx, burnlist.Author{Actor: setup, At: at}, v)
			return err
		})
	}
	for _, o := range w.SLOs {
		at(o.CreatedAt, "SLO "+o.Name, func(at time.Time) error {
			_, _, err := s.CreateSLO(ctx, burnlist.Author{Actor: setup, At: at}, o)
			return err
		})
	}
	for _, i := range w.Items {
		var id int64
		at(i.opening(zones[i.Service], now), i.Title, func(at time.Time) (err error) {
			id, err = open(ctx, s, i, at)
			return err
		})
		if !i.Touched.IsZero() {
			at(i.Touched, i.Title, func(at time.Time) error { return touch(ctx, s, i, id, at) })
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	for _, e := range events {
		if err := e.do(e.at); err != nil {
			return fmt.Errorf("write the demo's %s: %w", e.what, err)
		}
	}
	return nil
}

// event is one thing that people did, to be written in the order of time.
type event struct {
	at   time.Time
	what string
	do   func(at time.Time) error
}

// open creates an item as it looked on its first day.
func open(ctx context.Context, s *store.Store, i Item, at time.Time) (int64, error) {
	by := burnlist.Author{Actor: i.Reporter, At: at}
	made, _, err := s.CreateItem(ctx, by, i.Service, func(_ burnlist.Service, p burnlist.Product) (burnlist.Item, error) {
		return burnlist.Item{}.With(i.first(), by, p)
	})
	return made.ID, err
}

// touch brings the item to what it is now: the fields that were changed later,
// or a decision.
func touch(ctx context.Context, s *store.Store, i Item, id int64, at time.Time) error {
	by := burnlist.Author{Actor: i.Reporter, At: at}
	kind := burnlist.ItemUpdated
	if i.Decision != nil {
		kind = burnlist.ItemDecided
	}
	_, _, err := s.UpdateItem(ctx, by, id, kind, i.Decision,
		func(stored burnlist.Item, p burnlist.Product, policy burnlist.Policy) (burnlist.Item, error) {
			if i.Decision != nil {
				return stored.Decide(*i.Decision, by, p, policy)
			}
			return stored.With(i.ItemFields, by, p)
		})
	return err
}

// first returns the fields that the item was opened with. Where somebody
// touched it later without a decision, something must have been different.
func (i Item) first() burnlist.ItemFields {
	f := i.ItemFields
	switch {
	case i.Touched.IsZero() || i.Decision != nil:
	case !i.FirstDue.IsZero():
		f.Due = i.FirstDue
	case f.Ticket != "":
		f.Ticket = ""
	case f.Owner != "":
		f.Owner = ""
	default:
		f.Priority = burnlist.DefaultPriority
		if i.Priority == f.Priority {
			f.Priority = "P3"
		}
	}
	return f
}
