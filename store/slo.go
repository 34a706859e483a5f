package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

type sloRow struct {
	Name          string `gorm:"primaryKey"`
	Service       string
	Source        string
	Objective     float64
	WindowSeconds int64
	SliceSeconds  int64
	Indicator     document[burnlist.Indicator]
	Advisory      bool
	Ledger        int64
	Retired       instant `gorm:"column:retired_at"`
	Version       int64
	Created       instant `gorm:"column:created_at"`
	Updated       instant `gorm:"column:updated_at"`
}

func (sloRow) TableName() string { return "slos" }

func sloRowOf(o burnlist.SLO) sloRow {
	return sloRow{
		Name: o.Name, Service: o.Service, Source: o.Source, Objective: o.Objective,
		WindowSeconds: int64(o.Window.Std() / time.Second), SliceSeconds: int64(o.Slice.Std() / time.Second),
		Indicator: document[burnlist.Indicator]{o.Indicator}, Advisory: o.Advisory, Ledger: o.Ledger,
		Retired: atOrNull(o.RetiredAt), Version: o.Version, Created: at(o.CreatedAt), Updated: at(o.UpdatedAt),
	}
}

func (r sloRow) noun() burnlist.SLO {
	return burnlist.SLO{
		Name: r.Name, Service: r.Service, Source: r.Source, Objective: r.Objective,
		Window: burnlist.Duration(r.WindowSeconds) * burnlist.Duration(time.Second), Slice: burnlist.Duration(r.SliceSeconds) * burnlist.Duration(time.Second),
		Indicator: r.Indicator.V, Advisory: r.Advisory, Ledger: r.Ledger,
		RetiredAt: r.Retired.pointer(), Version: r.Version, CreatedAt: r.Created.Time, UpdatedAt: r.Updated.Time,
	}
}

// ledgerRow says which indicator the slices of a ledger were counted by.
type ledgerRow struct {
	ID        int64  `gorm:"primaryKey;autoIncrement:false"`
	SLO       string `gorm:"column:slo"`
	Indicator document[burnlist.Indicator]
	Created   instant `gorm:"column:created_at"`
	Reread2h  int64   `gorm:"column:reread_2h"`
	Reread24h int64   `gorm:"column:reread_24h"`
}

func (ledgerRow) TableName() string { return "ledgers" }

// CreateSLO stores a new SLO, in force, of a service that is, gives it its
// first ledger, and returns it with the revision of the change. It fails with
// Invalid, or Exists if the name is taken.
func (s *Store) CreateSLO(ctx context.Context, by burnlist.Author, o burnlist.SLO) (burnlist.SLO, int64, error) {
	change, err := s.writeOnce(ctx, "create an SLO", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		o.RetiredAt, o.Version, o.CreatedAt, o.UpdatedAt = nil, 1, by.At, by.At
		if err := o.Validate(); err != nil {
			return burnlist.Change{}, err
		}
		if _, taken, err := one[sloRow](ctx, tx, "name = ?", o.Name); err != nil {
			return burnlist.Change{}, err
		} else if taken {
			return burnlist.Change{}, burnlist.Errorf(burnlist.Exists, "there is an SLO %s already: choose another name, or change that one", o.Name)
		}
		if _, err := serviceInForce(ctx, tx, o.Service, "SLO"); err != nil {
			return burnlist.Change{}, err
		}
		var err error
		if o.Ledger, err = newLedger(ctx, tx, o, by); err != nil {
			return burnlist.Change{}, err
		}
		row := sloRowOf(o)
		return sloChange(burnlist.SLOCreated, o), gorm.G[sloRow](tx).Create(ctx, &row)
	})
	if err != nil {
		return burnlist.SLO{}, 0, err
	}
	return *change.After.SLOs[0], change.Revision, nil
}

// UpdateSLO stores what change makes of the SLO, and returns it with the
// revision of the change. If other events are counted than before, or from
// another source or in other slices, it gets a new ledger. Retiring it is to
// set RetiredAt. It fails with what change fails with, with NotFound, with
// Invalid, which is also to move it to another service, and with Conflict if
// it is to come back into a retired service.
func (s *Store) UpdateSLO(ctx context.Context, by burnlist.Author, name string, change func(burnlist.SLO) (burnlist.SLO, error)) (burnlist.SLO, int64, error) {
	var after burnlist.SLO
	revision, err := s.write(ctx, "change an SLO", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		before, err := slo(ctx, tx, name)
		if err != nil {
			return burnlist.Change{}, err
		}
		if after, err = change(before); err != nil {
			return burnlist.Change{}, err
		}
		if err := renamed("SLO", name, after.Name); err != nil {
			return burnlist.Change{}, err
		}
		after.Name, after.Ledger, after.Version, after.CreatedAt, after.UpdatedAt = name, before.Ledger, before.Version, before.CreatedAt, before.UpdatedAt
		if same(before, after) {
			return burnlist.Change{}, errUnchanged
		}
		if err := after.Validate(); err != nil {
			return burnlist.Change{}, err
		}
		after = sloRowOf(after).noun()
		if after.Service != before.Service {
			return burnlist.Change{}, refused("SLO", "service", "%s is a promise about %s: create a new SLO for %s, and retire this one", name, before.Service, after.Service)
		}
		if before.RetiredAt != nil && after.RetiredAt == nil {
			v, err := service(ctx, tx, after.Service)
			if err == nil && v.RetiredAt != nil {
				err = burnlist.Errorf(burnlist.Conflict, "the service %s is retired: bring it back first", v.Name)
			}
			if err != nil {
				return burnlist.Change{}, err
			}
		}
		if !after.Indicator.Equal(before.Indicator) || after.Source != before.Source || after.Slice != before.Slice {
			if after.Ledger, err = newLedger(ctx, tx, after, by); err != nil {
				return burnlist.Change{}, err
			}
		}
		after.Version, after.UpdatedAt = before.Version+1, by.At
		return sloChange(burnlist.SLOUpdated, after),
			replace(ctx, tx, sloRowOf(after), "name", "name = ? AND version = ?", name, before.Version)
	})
	if err != nil {
		return burnlist.SLO{}, 0, err
	}
	return after, revision, nil
}

// newLedger begins a ledger for what o counts, and returns its id.
func newLedger(ctx context.Context, tx *gorm.DB, o burnlist.SLO, by burnlist.Author) (int64, error) {
	id, err := nextID[ledgerRow](ctx, tx)
	if err != nil {
		return 0, err
	}
	return id, gorm.G[ledgerRow](tx).Create(ctx, &ledgerRow{
		ID: id, SLO: o.Name, Indicator: document[burnlist.Indicator]{o.Indicator}, Created: at(by.At),
	})
}

// SLO returns one SLO, retired or not, or fails with NotFound.
func (s *Store) SLO(ctx context.Context, name string) (burnlist.SLO, error) {
	o, err := slo(ctx, s.reader, name)
	return o, s.failed("read an SLO", err)
}

// SLOs returns all SLOs by name, retired ones included.
func (s *Store) SLOs(ctx context.Context) ([]burnlist.SLO, error) {
	all, err := slos(ctx, s.reader)
	return all, s.failed("read the SLOs", err)
}

func slo(ctx context.Context, db *gorm.DB, name string) (burnlist.SLO, error) {
	row, ok, err := one[sloRow](ctx, db, "name = ?", name)
	if err == nil && !ok {
		err = burnlist.Errorf(burnlist.NotFound, "there is no SLO %q: look for it among the SLOs", name)
	}
	if err != nil {
		return burnlist.SLO{}, err
	}
	return row.noun(), nil
}

func slos(ctx context.Context, db *gorm.DB) ([]burnlist.SLO, error) {
	rows, err := gorm.G[sloRow](db).Order("name").Find(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]burnlist.SLO, len(rows))
	for i, row := range rows {
		all[i] = row.noun()
	}
	return all, nil
}

func sloChange(kind burnlist.ChangeKind, o burnlist.SLO) burnlist.Change {
	return burnlist.Change{
		Kind: kind, Subjects: []string{"slo/" + o.Name, "service/" + o.Service},
		After: burnlist.After{SLOs: []*burnlist.SLO{&o}},
	}
}
