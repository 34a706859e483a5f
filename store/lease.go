package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/burnlist/burnlist"
)

// Lease is the right to do, until some time, what only one of all replicas may
// do. It is held under a name by at most one holder at a time. The epoch is
// another, and higher, each time that it changes hands or was let expire.
type Lease struct {
	Name   string
	Holder string
	Epoch  int64
	Until  time.Time // by the database's clock
}

type leaseRow struct {
	Name   string `gorm:"primaryKey"`
	Holder string
	Epoch  int64
	Until  instant `gorm:"column:until_at"`
}

func (leaseRow) TableName() string { return "leases" }

// clock is the time of the database as it is when a row is looked at, not when
// the transaction began: who waited for a lock looks at the clock afterwards.
func (s *Store) clock() string {
	if s.dialect == postgresDialect {
		return "clock_timestamp()"
	}
	return "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
}

// clockIn is the time of the database in so many seconds, which are its one
// argument.
func (s *Store) clockIn() string {
	if s.dialect == postgresDialect {
		return "clock_timestamp() + CAST(? AS double precision) * interval '1 second'"
	}
	return "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', CAST(? AS REAL) || ' seconds')"
}

// Acquire takes the lease of a name for a holder, or extends it, to end after
// ttl by the database's clock. Extending keeps the epoch. While somebody else
// holds it, held is false and the returned lease allows nothing. A holder in
// SQLite never waits for another: that was in a process which is gone, as one
// process holds the file. It fails as Invalid without a name, a holder or a ttl
// of at least a millisecond.
func (s *Store) Acquire(ctx context.Context, name, holder string, ttl time.Duration) (l Lease, held bool, err error) {
	if name == "" || holder == "" || ttl < time.Millisecond {
		return Lease{}, false, burnlist.Errorf(burnlist.Invalid, "a lease needs a name, a holder and at least a millisecond, not %q, %q and %s", name, holder, ttl)
	}
	free := "leases.until_at <= " + s.clock()
	if s.dialect == sqliteDialect {
		free = "TRUE"
	}
	var row leaseRow
	err = s.transact(ctx, "acquire a lease", func(tx *gorm.DB) error {
		return gorm.G[leaseRow](tx).Raw(
			"INSERT INTO leases (name, holder, epoch, until_at) VALUES (?, ?, 1, "+s.clockIn()+") "+
				"ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_at = "+s.clockIn()+", "+
				"epoch = leases.epoch + CASE WHEN leases.holder = excluded.holder AND leases.until_at > "+s.clock()+" THEN 0 ELSE 1 END "+
				"WHERE leases.holder = excluded.holder OR "+free+" "+
				"RETURNING name, holder, epoch, until_at",
			name, holder, ttl.Seconds(), ttl.Seconds(),
		).Scan(ctx, &row)
	})
	if err != nil || row.Name == "" {
		// No zero lease, under which everything may be written.
		return Lease{Name: name, Holder: holder}, false, err
	}
	return Lease{Name: row.Name, Holder: row.Holder, Epoch: row.Epoch, Until: row.Until.Time}, true, nil
}

// Release ends a lease at once, so that nobody has to wait until it expires. A
// lease that is no longer held is left to whoever holds it now.
func (s *Store) Release(ctx context.Context, l Lease) error {
	return s.transact(ctx, "release a lease", func(tx *gorm.DB) error {
		return gorm.G[leaseRow](tx).Exec(ctx, "UPDATE leases SET until_at = "+s.clock()+
			" WHERE name = ? AND holder = ? AND epoch = ? AND until_at > "+s.clock(), l.Name, l.Holder, l.Epoch)
	})
}

// mustHold fails with Conflict unless the lease is held at this moment. It then
// stays so until the transaction ends: who wants to take the lease over waits
// for the lock on its row.
func (s *Store) mustHold(ctx context.Context, tx *gorm.DB, l Lease) error {
	var lock []clause.Expression
	if s.dialect == postgresDialect {
		lock = append(lock, clause.Locking{Strength: clause.LockingStrengthShare})
	}
	rows, err := gorm.G[leaseRow](tx, lock...).
		Where("name = ? AND holder = ? AND epoch = ? AND until_at > "+s.clock(), l.Name, l.Holder, l.Epoch).Limit(1).Find(ctx)
	if err == nil && len(rows) == 0 {
		err = burnlist.Errorf(burnlist.Conflict, "%s does not hold the lease %q any more: acquire it again before writing", l.Holder, l.Name)
	}
	return err
}
