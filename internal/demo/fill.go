package demo

import (
	"cmp"
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
// and burnlist make and in the order in which they would have made them, so
// that the change log, the reviews and the items' trails look lived in. No
// write is later than now. It fails with the store's codes, with Exists if the
// world is there already.
func Fill(ctx context.Context, s *store.Store, w World, now time.Time) error {
	f := &filling{
		store: s, now: burnlist.Instant(now), ids: map[string]int64{},
		reviews: map[slot]int64{}, past: newPast(newTimeline(now)),
	}
	f.down[0], f.down[1] = downtime(w, f.now)
	f.found(w)
	f.exclude(w)
	for _, i := range w.Items {
		f.follow(i, w)
	}
	f.hold(w)
	slices.SortStableFunc(f.events, func(a, b event) int { return a.at.Compare(b.at) })
	for _, e := range f.events {
		if err := e.do(ctx, e.at); err != nil {
			return fmt.Errorf("write the demo's %s: %w", e.what, err)
		}
	}
	return nil
}

// filling is a Fill under way: first events are collected, then they happen.
type filling struct {
	store  *store.Store
	now    time.Time
	past   past
	down   [2]time.Time // burnlist was down from the first to the second
	events []event

	world   *burnlist.World  // as burnlist last saw it
	ids     map[string]int64 // of items, by key or else by title
	reviews map[slot]int64
}

// event is one thing that people or burnlist did, to be written in the order of
// time.
type event struct {
	at   time.Time
	what string
	do   func(ctx context.Context, at time.Time) error
}

// slot is one of a product.
type slot struct {
	product string
	date    burnlist.Date
}

// at notes an event. What would have happened while burnlist was down happens
// as soon as it is back.
func (f *filling) at(when time.Time, what string, do func(ctx context.Context, at time.Time) error) {
	if when.After(f.down[0]) && when.Before(f.down[1]) {
		when = f.down[1]
	}
	if when.After(f.now) {
		when = f.now
	}
	f.events = append(f.events, event{burnlist.Instant(when), what, do})
}

// common is the slot that all products had before each got its own.
var common = burnlist.Slot{Weekday: "friday", Time: "16:00"}

// found notes how products, services and SLOs came to be. The reviews begin
// with the slots that the products have now.
func (f *filling) found(w World) {
	for _, p := range w.Products {
		f.at(p.CreatedAt, "product "+p.Name, func(ctx context.Context, at time.Time) error {
			young := p
			young.Slot = common
			_, _, err := f.store.CreateProduct(ctx, burnlist.Author{Actor: setup, At: at}, young)
			return err
		})
		moved := slotsAt(p, f.now)[weeks].Add(-3 * burnlist.Day)
		if moved.After(f.down[0]) {
			moved = f.down[0].Add(-time.Hour)
		}
		f.at(moved, "slot of "+p.Name, func(ctx context.Context, at time.Time) error {
			_, _, err := f.store.UpdateProduct(ctx, burnlist.Author{Actor: setup, At: at}, p.Name, func(stored burnlist.Product) (burnlist.Product, error) {
				stored.Slot = p.Slot
				return stored, nil
			})
			return err
		})
	}
	for _, v := range w.Services {
		f.at(v.CreatedAt, "service "+v.Name, func(ctx context.Context, at time.Time) error {
			_, _, err := f.store.CreateService(ctx, burnlist.Author{Actor: setup, At: at}, v)
			return err
		})
	}
	for _, o := range w.SLOs {
		f.at(o.CreatedAt, "SLO "+o.Name, func(ctx context.Context, at time.Time) error {
			_, _, err := f.store.CreateSLO(ctx, burnlist.Author{Actor: setup, At: at}, o)
			return err
		})
	}
}

// exclude notes the exclusions that people made and took back.
func (f *filling) exclude(w World) {
	for _, e := range w.Exclusions {
		var id int64
		f.at(e.CreatedAt, "exclusion of "+e.SLO, func(ctx context.Context, at time.Time) error {
			made, _, err := f.store.AddExclusion(ctx, burnlist.Author{Actor: e.Author, At: at}, e)
			id = made.ID
			return err
		})
		if e.RemovedAt == nil {
			continue
		}
		f.at(*e.RemovedAt, "exclusion of "+e.SLO, func(ctx context.Context, at time.Time) error {
			_, _, err := f.store.RemoveExclusion(ctx, burnlist.Author{Actor: string(e.RemovedBy), At: at}, e.SLO, id)
			return err
		})
	}
}

// follow notes what happened to an item outside of reviews.
func (f *filling) follow(i Item, w World) {
	name := i.name()
	f.at(i.opening(zoneIn(w, i.Service), f.now), i.Title, func(ctx context.Context, at time.Time) error {
		by := burnlist.Author{Actor: i.Reporter, At: at}
		made, _, err := f.store.CreateItem(ctx, by, i.Service, func(_ burnlist.Service, p burnlist.Product) (burnlist.Item, error) {
			return burnlist.Item{}.With(i.first(), by, p)
		})
		f.ids[name] = made.ID
		return err
	})
	for _, push := range i.Pushes {
		fields := i.first()
		fields.Due = push.Due
		f.at(push.At, i.Title, func(ctx context.Context, at time.Time) error { return f.edit(ctx, name, i.Reporter, at, fields) })
	}
	if i.Touched.IsZero() {
		return
	}
	f.at(i.Touched, i.Title, func(ctx context.Context, at time.Time) error {
		if i.Decision != nil {
			return f.decide(ctx, 0, name, burnlist.Author{Actor: i.Reporter, At: at}, *i.Decision)
		}
		return f.edit(ctx, name, i.Reporter, at, i.ItemFields)
	})
}

func zoneIn(w World, service string) *time.Location {
	for _, v := range w.Services {
		for _, p := range w.Products {
			if v.Name == service && v.Product == p.Name {
				return p.Location()
			}
		}
	}
	return time.UTC
}

// edit gives an item other fields.
func (f *filling) edit(ctx context.Context, name, actor string, at time.Time, fields burnlist.ItemFields) error {
	by := burnlist.Author{Actor: actor, At: at}
	_, _, err := f.store.UpdateItem(ctx, by, f.ids[name],
		func(stored burnlist.Item, p burnlist.Product) (burnlist.Item, error) {
			return stored.With(fields, by, p)
		})
	return err
}

// decide makes a decision of an item, in a review or alone if that is 0.
func (f *filling) decide(ctx context.Context, review int64, name string, by burnlist.Author, d burnlist.Decision) error {
	_, _, _, err := f.store.DecideItem(ctx, by, review, f.ids[name], d, func(c burnlist.Case) (burnlist.Decided, error) {
		return c.Decide(d, by)
	})
	return err
}

// name is what a Choice calls the item.
func (i Item) name() string { return cmp.Or(string(i.Key), i.Title) }

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
