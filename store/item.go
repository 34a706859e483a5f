package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// CreateItem stores the item that build makes for the service, which must be
// in force, under a new id, and returns it with the revision of the change.
// Ids ascend in the order of revisions. It fails with what build fails with,
// with Invalid, and with Exists if the key is taken.
func (s *Store) CreateItem(ctx context.Context, by burnlist.Author, service string, build func(burnlist.Service, burnlist.Product) (burnlist.Item, error)) (burnlist.Item, int64, error) {
	change, err := s.writeOnce(ctx, "create an item", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		v, err := serviceInForce(ctx, tx, service, "item")
		if err != nil {
			return burnlist.Change{}, err
		}
		p, err := product(ctx, tx, v.Product)
		if err != nil {
			return burnlist.Change{}, err
		}
		after, err := build(v, p)
		if err != nil {
			return burnlist.Change{}, err
		}
		if after.Service != service {
			return burnlist.Change{}, refused("item", "service", "is %q instead of %q: build the item for the service that was asked for", after.Service, service)
		}
		if after.ID, err = nextID[itemRow](ctx, tx); err != nil {
			return burnlist.Change{}, err
		}
		after.Version, after.CreatedAt, after.UpdatedAt = 1, by.At, by.At
		after.Source = awaySource(after.Source, p.Name)
		row := itemRowOf(after)
		after = row.noun()
		if err := itemMayBecome(ctx, tx, burnlist.Item{}, after); err != nil {
			return burnlist.Change{}, err
		}
		return itemChange(burnlist.ItemCreated, after, after), gorm.G[itemRow](tx).Create(ctx, &row)
	})
	if err != nil {
		return burnlist.Item{}, 0, err
	}
	return *change.After.Items[0], change.Revision, nil
}

// UpdateItem stores what change makes of the item, and returns it with the
// revision of the change. change is given the item as it is, and the product of
// the service that it has so far. It fails with what change fails with, with NotFound, with Invalid, with Exists if the key is taken,
// and with Conflict if the item would be open in a retired service. The facts
// stay as they are, whatever change makes of them: only decisions and concluded
// reviews write those.
func (s *Store) UpdateItem(ctx context.Context, by burnlist.Author, id int64, change func(burnlist.Item, burnlist.Product) (burnlist.Item, error)) (burnlist.Item, int64, error) {
	var after burnlist.Item
	revision, err := s.write(ctx, "change an item", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		before, err := item(ctx, tx, id)
		if err != nil {
			return burnlist.Change{}, err
		}
		v, err := service(ctx, tx, before.Service)
		if err != nil {
			return burnlist.Change{}, err
		}
		p, err := product(ctx, tx, v.Product)
		if err != nil {
			return burnlist.Change{}, err
		}
		if after, err = change(before, p); err != nil {
			return burnlist.Change{}, err
		}
		after.ID, after.Version, after.CreatedAt, after.UpdatedAt = id, before.Version, before.CreatedAt, before.UpdatedAt
		after.Facts = before.Facts
		if after.Service == before.Service {
			after.Source = awaySource(after.Source, p.Name)
		} else if to, ok, err := one[serviceRow](ctx, tx, "name = ?", after.Service); err != nil {
			return burnlist.Change{}, err
		} else if ok {
			after.Source = awaySource(after.Source, to.Product)
		}
		after = itemRowOf(after).noun()
		// Somebody who writes what is there already has not touched anything.
		untouched := after
		untouched.Trail.TouchedAt = before.Trail.TouchedAt
		if same(before, untouched) {
			after = before
			return burnlist.Change{}, errUnchanged
		}
		after, err = putItem(ctx, tx, by, before, after)
		return itemChange(burnlist.ItemUpdated, before, after), err
	})
	if err != nil {
		return burnlist.Item{}, 0, err
	}
	return after, revision, nil
}

// putItem stores what became of an item under its next version, and returns it
// as it is stored.
func putItem(ctx context.Context, tx *gorm.DB, by burnlist.Author, before, after burnlist.Item) (burnlist.Item, error) {
	after.ID, after.Version, after.CreatedAt, after.UpdatedAt = before.ID, before.Version+1, before.CreatedAt, by.At
	row := itemRowOf(after)
	after = row.noun()
	if err := itemMayBecome(ctx, tx, before, after); err != nil {
		return after, err
	}
	return after, replace(ctx, tx, row, "id", "id = ? AND version = ?", before.ID, before.Version)
}

// awaySource returns the source of an item of a product: that product is not
// named as the one whose incident it was.
func awaySource(s *burnlist.Source, product string) *burnlist.Source {
	if s == nil || s.Product != burnlist.NullString(product) {
		return s
	}
	own := *s
	own.Product = ""
	if own == (burnlist.Source{}) {
		return nil
	}
	return &own
}

// itemMayBecome holds a new or changed item against what it refers to. A
// service or an SLO that was retired after the item came to it may stay. The
// zero before means that the item is new.
func itemMayBecome(ctx context.Context, tx *gorm.DB, before, after burnlist.Item) error {
	moved, opened := after.Service != before.Service, after.Status == burnlist.Open && before.Status != burnlist.Open
	switch {
	case moved:
		if _, err := serviceInForce(ctx, tx, after.Service, "item"); err != nil {
			return err
		}
	case opened:
		v, err := service(ctx, tx, after.Service)
		if err == nil && v.RetiredAt != nil {
			err = burnlist.Errorf(burnlist.Conflict, "the service %s is retired: move the item to another service, or bring the service back, before you reopen it", v.Name)
		}
		if err != nil {
			return err
		}
	}
	if after.SLO != "" && (moved || after.SLO != before.SLO) {
		o, ok, err := one[sloRow](ctx, tx, "name = ?", after.SLO)
		switch {
		case err != nil:
			return err
		case !ok:
			return refused("item", "slo", "there is no SLO %q: name one of the service's SLOs, or none", after.SLO)
		case o.Service != after.Service:
			return refused("item", "slo", "%s is an SLO of %s, not of %s: name one of the service's own, or none", o.Name, o.Service, after.Service)
		case !o.Retired.IsZero():
			return refused("item", "slo", "%s is retired: name one that is in force, or none", o.Name)
		}
	}
	if s := after.Source; s != nil && s.Product != "" && (before.Source == nil || s.Product != before.Source.Product) {
		_, ok, err := one[productRow](ctx, tx, "name = ?", s.Product)
		if err == nil && !ok {
			err = refused("item", "source.product", "there is no product %q: name the one whose incident it was, or none", s.Product)
		}
		if err != nil {
			return err
		}
	}
	if after.Key != "" && after.Key != before.Key {
		holder, taken, err := one[itemRow](ctx, tx, "key = ? AND id <> ?", after.Key, after.ID)
		if err != nil {
			return err
		}
		if taken {
			return burnlist.Errorf(burnlist.Exists, "item %d has the key %q already: change that item, or choose another key", holder.ID, after.Key)
		}
	}
	return nil
}

// Item returns one item, or fails with NotFound.
func (s *Store) Item(ctx context.Context, id int64) (burnlist.Item, error) {
	i, err := item(ctx, s.reader, id)
	return i, s.failed("read an item", err)
}

func item(ctx context.Context, db *gorm.DB, id int64) (burnlist.Item, error) {
	row, ok, err := one[itemRow](ctx, db, "id = ?", id)
	if err == nil && !ok {
		err = burnlist.Errorf(burnlist.NotFound, "there is no item %d: look for it among the items", id)
	}
	if err != nil {
		return burnlist.Item{}, err
	}
	return row.noun(), nil
}

// ItemFilter selects items. Fields that are zero select all.
type ItemFilter struct {
	Product string // of the item's service
	Service string
	Owner   string
	Key     string
	Status  burnlist.Status
	After   int64 // items of a greater id
	Limit   int   // at most so many; 0 is no limit
}

// Items returns the items that fulfil all of the filter, by id.
func (s *Store) Items(ctx context.Context, f ItemFilter) ([]burnlist.Item, error) {
	query := gorm.G[itemRow](s.reader).Where("id > ?", f.After)
	if f.Product != "" {
		query = query.Where("service IN (SELECT name FROM services WHERE product = ?)", f.Product)
	}
	for _, equal := range []struct{ column, value string }{
		{"service", f.Service}, {"owner", f.Owner}, {"key", f.Key}, {"status", string(f.Status)},
	} {
		if equal.value != "" {
			query = query.Where(equal.column+" = ?", equal.value)
		}
	}
	if f.Limit > 0 {
		query = query.Limit(f.Limit)
	}
	rows, err := query.Order("id").Find(ctx)
	if err != nil {
		return nil, s.failed("read the items", err)
	}
	all := make([]burnlist.Item, len(rows))
	for i, row := range rows {
		all[i] = row.noun()
	}
	return all, nil
}

func itemChange(kind burnlist.ChangeKind, before, after burnlist.Item) burnlist.Change {
	return burnlist.Change{
		Kind:     kind,
		Subjects: slices.Compact([]string{fmt.Sprintf("item/%d", after.ID), "service/" + after.Service, "service/" + before.Service}),
		After:    burnlist.After{Items: []*burnlist.Item{&after}},
	}
}
