package store

import (
	"context"
	"slices"

	"gorm.io/gorm"
)

// Forget deletes everything that starts before the given time, in Unix seconds.
// It may stop half-way, and can be called again.
func (l *Ledgers) Forget(ctx context.Context, before int64) error {
	var ids []int64
	if err := gorm.G[ledgerRow](l.store.reader).Select("id").Order("id").Scan(ctx, &ids); err != nil {
		return l.store.failed("list the ledgers", err)
	}
	for _, table := range []string{"slices", "rolled"} {
		for part := range slices.Chunk(ids, rowsPerStatement) {
			if err := l.forget(ctx, table, part, before); err != nil {
				return err
			}
		}
	}
	return nil
}

// forget deletes the rows of some ledgers, in bounded parts, so that others get
// their turn in between.
func (l *Ledgers) forget(ctx context.Context, table string, ledgers []int64, before int64) error {
	for full := true; full; {
		err := l.transact(ctx, "forget old slices", func(tx *gorm.DB) error {
			done := tx.WithContext(ctx).Exec("DELETE FROM "+table+" WHERE (ledger, start) IN "+
				"(SELECT ledger, start FROM "+table+" WHERE ledger IN ? AND start < ? LIMIT ?)", ledgers, before, slicesPerTransaction)
			full = done.RowsAffected == slicesPerTransaction
			return done.Error
		})
		if err != nil {
			return err
		}
	}
	return nil
}
