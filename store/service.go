package store

import (
	"context"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

type serviceRow struct {
	Name    string `gorm:"primaryKey"`
	Product string
	Team    burnlist.NullString
	Retired instant `gorm:"column:retired_at"`
	Version int64
	Created instant `gorm:"column:created_at"`
	Updated instant `gorm:"column:updated_at"`
}

func (serviceRow) TableName() string { return "services" }

func serviceRowOf(v burnlist.Service) serviceRow {
	return serviceRow{
		Name: v.Name, Product: v.Product, Team: v.Team,
		Retired: atOrNull(v.RetiredAt), Version: v.Version, Created: at(v.CreatedAt), Updated: at(v.UpdatedAt),
	}
}

func (r serviceRow) noun() burnlist.Service {
	return burnlist.Service{
		Name: r.Name, Product: r.Product, Team: r.Team,
		RetiredAt: r.Retired.pointer(), Version: r.Version, CreatedAt: r.Created.Time, UpdatedAt: r.Updated.Time,
	}
}

// CreateService stores a new service, in force, of a product that is, and
// returns it with the revision of the change. It fails with Invalid, or Exists
// if the name is taken.
func (s *Store) CreateService(ctx context.Context, by burnlist.Author, v burnlist.Service) (burnlist.Service, int64, error) {
	change, err := s.writeOnce(ctx, "create a service", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		v.RetiredAt, v.Version, v.CreatedAt, v.UpdatedAt = nil, 1, by.At, by.At
		if err := v.Validate(); err != nil {
			return burnlist.Change{}, err
		}
		if _, taken, err := one[serviceRow](ctx, tx, "name = ?", v.Name); err != nil {
			return burnlist.Change{}, err
		} else if taken {
			return burnlist.Change{}, burnlist.Errorf(burnlist.Exists, "there is a service %s already: choose another name, or change that one", v.Name)
		}
		if err := productInForce(ctx, tx, v.Product, "service", "product"); err != nil {
			return burnlist.Change{}, err
		}
		row := serviceRowOf(v)
		return serviceChange(burnlist.ServiceCreated, v, v), gorm.G[serviceRow](tx).Create(ctx, &row)
	})
	if err != nil {
		return burnlist.Service{}, 0, err
	}
	return *change.After.Services[0], change.Revision, nil
}

// UpdateService stores what change makes of the service, and returns it with
// the revision of the change. A service may move to another product that is in
// force; its SLOs and items go with it. Retiring it is to set RetiredAt. It
// fails with what change fails with, with NotFound, with Invalid, with
// Conflict if it is to come back into a retired product, and with NotRetirable
// while SLOs of the service are in force or items of it are open.
func (s *Store) UpdateService(ctx context.Context, by burnlist.Author, name string, change func(burnlist.Service) (burnlist.Service, error)) (burnlist.Service, int64, error) {
	var after burnlist.Service
	revision, err := s.write(ctx, "change a service", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		before, err := service(ctx, tx, name)
		if err != nil {
			return burnlist.Change{}, err
		}
		if after, err = change(before); err != nil {
			return burnlist.Change{}, err
		}
		if err := renamed("service", name, after.Name); err != nil {
			return burnlist.Change{}, err
		}
		after.Name, after.Version, after.CreatedAt, after.UpdatedAt = name, before.Version, before.CreatedAt, before.UpdatedAt
		after = serviceRowOf(after).noun()
		if same(before, after) {
			return burnlist.Change{}, errUnchanged
		}
		if err := after.Validate(); err != nil {
			return burnlist.Change{}, err
		}
		if err := serviceMayBecome(ctx, tx, before, after); err != nil {
			return burnlist.Change{}, err
		}
		after.Version, after.UpdatedAt = before.Version+1, by.At
		return serviceChange(burnlist.ServiceUpdated, before, after),
			replace(ctx, tx, serviceRowOf(after), "name", "name = ? AND version = ?", name, before.Version)
	})
	if err != nil {
		return burnlist.Service{}, 0, err
	}
	return after, revision, nil
}

// serviceMayBecome holds a change of a service against what it belongs to and
// what belongs to it.
func serviceMayBecome(ctx context.Context, tx *gorm.DB, before, after burnlist.Service) error {
	if after.Product != before.Product {
		if err := productInForce(ctx, tx, after.Product, "service", "product"); err != nil {
			return err
		}
	}
	switch {
	case before.RetiredAt != nil && after.RetiredAt == nil:
		p, err := product(ctx, tx, after.Product)
		if err == nil && p.RetiredAt != nil {
			err = burnlist.Errorf(burnlist.Conflict, "the product %s is retired: bring it back first, or move the service to another", p.Name)
		}
		return err
	case before.RetiredAt == nil && after.RetiredAt != nil:
		slos, err := gorm.G[sloRow](tx).Where("service = ? AND retired_at IS NULL", after.Name).Order("name").Find(ctx)
		if err != nil {
			return err
		}
		if len(slos) > 0 {
			return inUse("service", after.Name, "SLOs in force", slos, func(r sloRow) string { return r.Name })
		}
		items, err := gorm.G[itemRow](tx).Where("service = ? AND status = ?", after.Name, burnlist.Open).Order("id").Find(ctx)
		if err != nil {
			return err
		}
		if len(items) > 0 {
			return inUse("service", after.Name, "open items", items, func(r itemRow) string { return strconv.FormatInt(r.ID, 10) })
		}
	}
	return nil
}

// Service returns one service, retired or not, or fails with NotFound.
func (s *Store) Service(ctx context.Context, name string) (burnlist.Service, error) {
	v, err := service(ctx, s.reader, name)
	return v, s.failed("read a service", err)
}

// Services returns all services by name, retired ones included.
func (s *Store) Services(ctx context.Context) ([]burnlist.Service, error) {
	all, err := services(ctx, s.reader)
	return all, s.failed("read the services", err)
}

func service(ctx context.Context, db *gorm.DB, name string) (burnlist.Service, error) {
	row, ok, err := one[serviceRow](ctx, db, "name = ?", name)
	if err == nil && !ok {
		err = burnlist.Errorf(burnlist.NotFound, "there is no service %q: look for it among the services", name)
	}
	if err != nil {
		return burnlist.Service{}, err
	}
	return row.noun(), nil
}

func services(ctx context.Context, db *gorm.DB) ([]burnlist.Service, error) {
	rows, err := gorm.G[serviceRow](db).Order("name").Find(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]burnlist.Service, len(rows))
	for i, row := range rows {
		all[i] = row.noun()
	}
	return all, nil
}

// serviceInForce returns the service that another noun names, or fails with
// Invalid.
func serviceInForce(ctx context.Context, tx *gorm.DB, name, of string) (burnlist.Service, error) {
	// PostgreSQL fails on what is no text, instead of not finding it.
	if !burnlist.ValidName(name) {
		return burnlist.Service{}, refused(of, "service", "%q is not the name of a service: look for it among the services", name)
	}
	v, err := service(ctx, tx, name)
	switch {
	case burnlist.CodeOf(err) == burnlist.NotFound:
		return v, refused(of, "service", "there is no service %q: create it first", name)
	case err == nil && v.RetiredAt != nil:
		return v, refused(of, "service", "the service %s is retired: name another, or bring it back first", name)
	}
	return v, err
}

func serviceChange(kind burnlist.ChangeKind, before, after burnlist.Service) burnlist.Change {
	return burnlist.Change{
		Kind:     kind,
		Subjects: slices.Compact([]string{"service/" + after.Name, "product/" + after.Product, "product/" + before.Product}),
		After:    burnlist.After{Services: []*burnlist.Service{&after}},
	}
}
