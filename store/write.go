package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// counterRow is the one row from which revisions are taken.
type counterRow struct {
	ID       int64 `gorm:"primaryKey;autoIncrement:false"`
	Revision int64
}

func (counterRow) TableName() string { return "counter" }

// errUnchanged ends a writing transaction that turns out to write nothing.
var errUnchanged = errors.New("nothing changed")

// write is writeOnce for what no client asks for under a key, of which nobody
// needs more than the revision.
func (s *Store) write(ctx context.Context, doing string, by burnlist.Author, do func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error)) (int64, error) {
	by.Key, by.Request = "", ""
	c, err := s.writeOnce(ctx, doing, by, do)
	return c.Revision, err
}

// writeOnce runs do in one transaction and records what it did as one change,
// which it returns. If do returns errUnchanged, everything is taken back; if it
// returns no change, what it wrote stays, but its revision is given back. Both
// return a change that has nothing but the revision that the log is at.
//
// If the author's key is that of an earlier change, do is not run: the change
// is returned that was made then, or KeyReused if that was another request.
//
// The counter row is locked from the first statement to the end. So revisions
// commit in order, and what do reads cannot be changed by another writer
// before do's own writes are in.
//
// An error says what was being done, in the words of doing.
func (s *Store) writeOnce(ctx context.Context, doing string, by burnlist.Author, do func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error)) (burnlist.Change, error) {
	if by.Actor == "" {
		return burnlist.Change{}, burnlist.Errorf(burnlist.Invalid, "the actor is missing: say who writes")
	}
	by.At = burnlist.Instant(by.At)
	var revision int64
	var change burnlist.Change
	err := s.transact(ctx, doing, func(tx *gorm.DB) error {
		var err error
		if revision, err = nextRevision(ctx, tx); err != nil {
			return err
		}
		earlier, repeated, err := underKey(ctx, tx, by)
		if err != nil {
			return err
		}
		if repeated {
			change = earlier.noun()
			return errRepeated
		}
		if change, err = do(tx, by); err != nil {
			return err
		}
		if change.Kind == "" {
			change.Revision = revision - 1
			return gorm.G[counterRow](tx).Exec(ctx, "UPDATE counter SET revision = ?", change.Revision)
		}
		change.Revision, change.At, change.Actor, change.Verified = revision, by.At, by.Actor, by.Verified
		row := changeRowOf(change)
		row.IdempotencyKey, row.Request = burnlist.NullString(by.Key), burnlist.NullString(by.Request)
		if err := gorm.G[changeRow](tx).Create(ctx, &row); err != nil {
			return err
		}
		return putSubjects(ctx, tx, change)
	})
	switch {
	case errors.Is(err, errUnchanged):
		return burnlist.Change{Revision: revision - 1}, nil
	case errors.Is(err, errRepeated):
		return change, nil
	case err != nil:
		return burnlist.Change{}, err
	}
	s.commits.announce()
	return change, nil
}

func nextRevision(ctx context.Context, tx *gorm.DB) (int64, error) {
	var row counterRow
	err := gorm.G[counterRow](tx).Raw("UPDATE counter SET revision = revision + 1 RETURNING id, revision").Scan(ctx, &row)
	if err == nil && row.Revision == 0 {
		err = errors.New("the counter row is missing")
	}
	if err != nil {
		return 0, fmt.Errorf("take the next revision: %w", err)
	}
	return row.Revision, nil
}

func currentRevision(ctx context.Context, db *gorm.DB) (int64, error) {
	row, err := gorm.G[counterRow](db).Take(ctx)
	return row.Revision, err
}

// transact runs do in one transaction that may write, in PostgreSQL's default
// isolation, even where the server was given another one. The log learns when
// writing begins to fail, and when it works again.
func (s *Store) transact(ctx context.Context, doing string, do func(tx *gorm.DB) error) error {
	options := &sql.TxOptions{}
	if s.dialect == postgresDialect {
		options.Isolation = sql.LevelReadCommitted
	}
	began := time.Now()
	err := s.failed(doing, s.writer.WithContext(ctx).Transaction(do, options))
	s.observed("write", began, err)
	if !s.closing.Load() {
		s.outage.note(ctx, s.log, err)
	}
	return err
}

// view runs read in one transaction that sees one state of the database and
// cannot write.
func (s *Store) view(ctx context.Context, read func(tx *gorm.DB) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if s.dialect == postgresDialect {
		options.Isolation = sql.LevelRepeatableRead
	}
	began := time.Now()
	err := s.reader.WithContext(ctx).Transaction(read, options)
	s.observed("read", began, err)
	return err
}

// one returns the row that fulfils the condition, and whether there is one.
func one[T any](ctx context.Context, db *gorm.DB, where string, args ...any) (T, bool, error) {
	rows, err := gorm.G[T](db).Where(where, args...).Limit(1).Find(ctx)
	if err != nil || len(rows) == 0 {
		var none T
		return none, false, err
	}
	return rows[0], true, nil
}

// replace writes all columns of row, except the key and created_at, over the
// one row that fulfils the condition.
func replace[T any](ctx context.Context, tx *gorm.DB, row T, key, where string, args ...any) error {
	n, err := gorm.G[T](tx).Where(where, args...).Select("*").Omit(key, "created_at").Updates(ctx, row)
	if err == nil && n != 1 {
		err = fmt.Errorf("an update reached %d rows instead of one", n)
	}
	return err
}

// nextID returns an id that no row of T has, greater than all that have one.
// Rows are never deleted and writers take turns, so that counting is safe.
func nextID[T any](ctx context.Context, tx *gorm.DB) (int64, error) {
	var last int64
	err := gorm.G[T](tx).Select("COALESCE(MAX(id), 0)").Scan(ctx, &last)
	return last + 1, err
}
