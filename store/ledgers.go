package store

import (
	"context"
	"database/sql"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// Ledgers are the measurements in a store, written under a lease. A write under
// a lease that has expired or was taken over fails with Conflict and writes
// nothing. It is safe for concurrent use.
type Ledgers struct {
	store *Store
	lease Lease
}

// Ledgers returns the measurements, to be written under a lease. The zero Lease
// is not checked: that is for where nobody else can write.
func (s *Store) Ledgers(l Lease) *Ledgers { return &Ledgers{store: s, lease: l} }

// transact runs do in one transaction, in which the lease is held to the end.
func (l *Ledgers) transact(ctx context.Context, doing string, do func(tx *gorm.DB) error) error {
	return l.store.transact(ctx, doing, func(tx *gorm.DB) error {
		if err := l.held(ctx, tx); err != nil {
			return err
		}
		return do(tx)
	})
}

func (l *Ledgers) held(ctx context.Context, tx *gorm.DB) error {
	if l.lease == (Lease{}) {
		return nil
	}
	return l.store.mustHold(ctx, tx, l.lease)
}

// Ledger returns everything that is kept of one ledger, as Store.Ledger does.
func (l *Ledgers) Ledger(ctx context.Context, id int64) (burnlist.Ledger, error) {
	return l.store.Ledger(ctx, id)
}

// readLedger is one statement, so that it sees one state without a transaction:
// what is rolled up moves from one table to the other. Slices have no width,
// and how far the ledger was read again has a negative one.
const readLedger = `
	SELECT start, 0 AS width, state AS data, 0 AS empty, bad, total, 0 AS bad_slices,
		CASE WHEN violated THEN 1 ELSE 0 END AS violations, CASE WHEN corrected THEN 1 ELSE 0 END AS corrections
	FROM slices WHERE ledger = ?
	UNION ALL
	SELECT start, width, data, empty, bad, total, bad_slices, violations, corrections
	FROM rolled WHERE ledger = ?
	UNION ALL
	SELECT 0, -1, reread_2h, reread_24h, 0, 0, 0, 0, 0 FROM ledgers WHERE id = ?
	ORDER BY start, width DESC`

// Ledger returns everything that is kept of one ledger. Slices that lie in what
// was rolled up already are left out, as they are in its sums. A ledger that
// does not exist is empty.
func (s *Store) Ledger(ctx context.Context, id int64) (burnlist.Ledger, error) {
	kept := burnlist.Ledger{Reread: burnlist.Reread{Ledger: id}}
	rows, err := s.reader.WithContext(ctx).Raw(readLedger, id, id, id).Rows()
	if err == nil {
		err = scanLedger(rows, id, &kept)
	}
	if err != nil {
		return burnlist.Ledger{}, s.failed("read a ledger", err)
	}
	return kept, nil
}

// scanLedger reads the rows by hand: there may be thousands of each of
// thousands of ledgers when burnlist starts.
func scanLedger(rows *sql.Rows, id int64, kept *burnlist.Ledger) error {
	defer func() { _ = rows.Close() }() // what it could say, Err does
	var r burnlist.Rolled
	var rolledUntil int64
	columns := []any{&r.Start, &r.Width, &r.Data, &r.Empty, &r.Bad, &r.Total, &r.BadSlices, &r.Violations, &r.Corrections}
	for rows.Next() {
		if err := rows.Scan(columns...); err != nil {
			return err
		}
		r.Ledger = id
		switch {
		case r.Width < 0:
			kept.Reread.After2h, kept.Reread.After24h = r.Data, r.Empty
		case r.Start < rolledUntil:
		case r.Width > 0:
			kept.Rolled = append(kept.Rolled, r)
			rolledUntil = r.Start + r.Width
		default:
			kept.Slices = append(kept.Slices, burnlist.Slice{
				Ledger: id, Start: r.Start, State: burnlist.SliceState(r.Data), Bad: r.Bad, Total: r.Total,
				Violated: r.Violations == 1, Corrected: r.Corrections == 1,
			})
		}
	}
	return rows.Err()
}
