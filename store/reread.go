package store

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// PutReread stores how far ledgers were read again, in one transaction for each
// few hundred of them. It fails with Invalid, and with NotFound if there is no
// such ledger.
func (l *Ledgers) PutReread(ctx context.Context, marks []burnlist.Reread) error {
	for _, m := range marks {
		if m.After24h < 0 || m.After24h > m.After2h {
			return burnlist.Errorf(burnlist.Invalid, "ledger %d cannot have been read again up to %d after a day and up to %d after two hours: keep the first mark at or before the second", m.Ledger, m.After24h, m.After2h)
		}
	}
	marks = inOrder(slices.Clone(marks), func(m burnlist.Reread) spot { return spot{ledger: m.Ledger} })
	for part := range slices.Chunk(marks, rowsPerStatement) {
		err := l.transact(ctx, "store how far ledgers were read again", func(tx *gorm.DB) error {
			values := make([]any, 0, 3*len(part))
			for _, m := range part {
				values = append(values, m.Ledger, m.After2h, m.After24h)
			}
			// Both databases name the columns of values so.
			rows := strings.TrimSuffix(strings.Repeat("(CAST(? AS bigint), CAST(? AS bigint), CAST(? AS bigint)), ", len(part)), ", ")
			done := tx.WithContext(ctx).Exec("UPDATE ledgers SET reread_2h = marks.column2, reread_24h = marks.column3 FROM (VALUES "+rows+") AS marks WHERE ledgers.id = marks.column1", values...)
			if done.Error == nil && done.RowsAffected != int64(len(part)) {
				return noLedger(part[0].Ledger, part[len(part)-1].Ledger)
			}
			return done.Error
		})
		if err != nil {
			return err
		}
	}
	return nil
}
