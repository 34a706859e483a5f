package store

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// errRepeated ends a writing transaction that was asked for under the key of an
// earlier one.
var errRepeated = errors.New("it was done already")

// underKey returns the change that the author made under the same key, if there
// is one. It fails with KeyReused if that was another request. Whoever has the
// counter row sees every change that there is.
func underKey(ctx context.Context, db *gorm.DB, by burnlist.Author) (changeRow, bool, error) {
	if by.Key == "" {
		return changeRow{}, false, nil
	}
	row, found, err := one[changeRow](ctx, db, "actor = ? AND idempotency_key = ?", by.Actor, by.Key)
	if err == nil && found && string(row.Request) != by.Request {
		err = burnlist.Errorf(burnlist.KeyReused, "the key was used for another request: use a new key for a new request")
	}
	return row, found && err == nil, err
}

// Repeated reports whether the author's request was done already, under the
// same key: a writing method that is called with this author then returns what
// it did, and runs none of the functions that it is given. It is for what is
// done before a write. Of an author without a key nothing is repeated, and
// nothing is read. It fails with KeyReused if the key was used for another
// request.
func (s *Store) Repeated(ctx context.Context, by burnlist.Author) (bool, error) {
	_, repeated, err := underKey(ctx, s.reader, by)
	return repeated, s.failed("look for the key of a request", err)
}
