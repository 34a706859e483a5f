package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

type productRow struct {
	Name        string `gorm:"primaryKey"`
	Zone        string
	SlotWeekday string
	SlotTime    string
	SlotsFrom   instant
	Retired     instant `gorm:"column:retired_at"`
	Version     int64
	Created     instant `gorm:"column:created_at"`
	Updated     instant `gorm:"column:updated_at"`
}

func (productRow) TableName() string { return "products" }

func productRowOf(p burnlist.Product) productRow {
	return productRow{
		Name: p.Name, Zone: p.Zone, SlotWeekday: p.Slot.Weekday, SlotTime: p.Slot.Time, SlotsFrom: at(p.SlotsFrom),
		Retired: atOrNull(p.RetiredAt), Version: p.Version, Created: at(p.CreatedAt), Updated: at(p.UpdatedAt),
	}
}

func (r productRow) noun() burnlist.Product {
	return burnlist.Product{
		Name: r.Name, Zone: r.Zone, Slot: burnlist.Slot{Weekday: r.SlotWeekday, Time: r.SlotTime}, SlotsFrom: r.SlotsFrom.Time,
		RetiredAt: r.Retired.pointer(), Version: r.Version, CreatedAt: r.Created.Time, UpdatedAt: r.Updated.Time,
	}
}

// CreateProduct stores a new product, in force, and returns it with the
// revision of the change. It fails with Invalid, or Exists if the name is
// taken.
func (s *Store) CreateProduct(ctx context.Context, by burnlist.Author, p burnlist.Product) (burnlist.Product, int64, error) {
	change, err := s.writeOnce(ctx, "create a product", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		p.SlotsFrom, p.RetiredAt, p.Version, p.CreatedAt, p.UpdatedAt = by.At, nil, 1, by.At, by.At
		if err := p.Validate(); err != nil {
			return burnlist.Change{}, err
		}
		if _, taken, err := one[productRow](ctx, tx, "name = ?", p.Name); err != nil {
			return burnlist.Change{}, err
		} else if taken {
			return burnlist.Change{}, burnlist.Errorf(burnlist.Exists, "there is a product %s already: choose another name, or change that one", p.Name)
		}
		row := productRowOf(p)
		return productChange(burnlist.ProductCreated, p), gorm.G[productRow](tx).Create(ctx, &row)
	})
	if err != nil {
		return burnlist.Product{}, 0, err
	}
	return *change.After.Products[0], change.Revision, nil
}

// UpdateProduct stores what change makes of the product, and returns it with
// the revision of the change. Retiring it is to set RetiredAt. From when it
// comes back, or gets another weekday, its slots count anew. It fails with what
// change fails with, with NotFound, with Invalid, and with NotRetirable while
// services of the product are in force.
func (s *Store) UpdateProduct(ctx context.Context, by burnlist.Author, name string, change func(burnlist.Product) (burnlist.Product, error)) (burnlist.Product, int64, error) {
	var after burnlist.Product
	revision, err := s.write(ctx, "change a product", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		before, err := product(ctx, tx, name)
		if err != nil {
			return burnlist.Change{}, err
		}
		if after, err = change(before); err != nil {
			return burnlist.Change{}, err
		}
		if err := renamed("product", name, after.Name); err != nil {
			return burnlist.Change{}, err
		}
		after.Name, after.Version, after.CreatedAt, after.UpdatedAt = name, before.Version, before.CreatedAt, before.UpdatedAt
		after.SlotsFrom = slotsFrom(before, after, by)
		after = productRowOf(after).noun()
		if same(before, after) {
			return burnlist.Change{}, errUnchanged
		}
		if err := after.Validate(); err != nil {
			return burnlist.Change{}, err
		}
		if before.RetiredAt == nil && after.RetiredAt != nil {
			if err := productUnused(ctx, tx, name); err != nil {
				return burnlist.Change{}, err
			}
		}
		after.Version, after.UpdatedAt = before.Version+1, by.At
		return productChange(burnlist.ProductUpdated, after),
			replace(ctx, tx, productRowOf(after), "name", "name = ? AND version = ?", name, before.Version)
	})
	if err != nil {
		return burnlist.Product{}, 0, err
	}
	return after, revision, nil
}

// slotsFrom returns since when the slots of a changed product open reviews: a
// slot that it did not have then was missed by nobody.
func slotsFrom(before, after burnlist.Product, by burnlist.Author) time.Time {
	was, _ := before.Slot.Day()
	is, _ := after.Slot.Day()
	if is != was || before.RetiredAt != nil && after.RetiredAt == nil {
		return by.At
	}
	return before.SlotsFrom
}

// Product returns one product, retired or not, or fails with NotFound.
func (s *Store) Product(ctx context.Context, name string) (burnlist.Product, error) {
	p, err := product(ctx, s.reader, name)
	return p, s.failed("read a product", err)
}

// Products returns all products by name, retired ones included.
func (s *Store) Products(ctx context.Context) ([]burnlist.Product, error) {
	all, err := products(ctx, s.reader)
	return all, s.failed("read the products", err)
}

func product(ctx context.Context, db *gorm.DB, name string) (burnlist.Product, error) {
	row, ok, err := one[productRow](ctx, db, "name = ?", name)
	if err == nil && !ok {
		err = burnlist.Errorf(burnlist.NotFound, "there is no product %q: look for it among the products", name)
	}
	if err != nil {
		return burnlist.Product{}, err
	}
	return row.noun(), nil
}

func products(ctx context.Context, db *gorm.DB) ([]burnlist.Product, error) {
	rows, err := gorm.G[productRow](db).Order("name").Find(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]burnlist.Product, len(rows))
	for i, row := range rows {
		all[i] = row.noun()
	}
	return all, nil
}

// productInForce fails with Invalid unless the product that the field of
// another noun names exists and is not retired.
func productInForce(ctx context.Context, tx *gorm.DB, name, of, field string) error {
	p, err := product(ctx, tx, name)
	switch {
	case burnlist.CodeOf(err) == burnlist.NotFound:
		return refused(of, field, "there is no product %q: create it first", name)
	case err == nil && p.RetiredAt != nil:
		return refused(of, field, "the product %s is retired: name another, or bring it back first", name)
	}
	return err
}

func productUnused(ctx context.Context, tx *gorm.DB, name string) error {
	services, err := gorm.G[serviceRow](tx).Where("product = ? AND retired_at IS NULL", name).Order("name").Find(ctx)
	if err != nil || len(services) == 0 {
		return err
	}
	return inUse("product", name, "services in force", services, func(r serviceRow) string { return r.Name })
}

func productChange(kind burnlist.ChangeKind, p burnlist.Product) burnlist.Change {
	return burnlist.Change{
		Kind: kind, Subjects: []string{"product/" + p.Name},
		After: burnlist.After{Products: []*burnlist.Product{&p}},
	}
}
