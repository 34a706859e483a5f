package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/burnlist/burnlist"
)

// Option changes how a store is opened.
type Option func(*Store)

// Observed has observe told of each transaction when it ends: its kind, read or
// write, how long it took with the wait for its turn, and its result, which is
// success, refused by a rule, or error. Reads of one statement are none. It is
// called by many goroutines at a time and must not use the store.
func Observed(observe func(kind, result string, took time.Duration)) Option {
	return func(s *Store) { s.observe = observe }
}

// observed tells of a transaction that began at a time and ended with err.
func (s *Store) observed(kind string, began time.Time, err error) {
	if s.observe == nil {
		return
	}
	result := "refused"
	switch code := burnlist.CodeOf(err); {
	case err == nil, errors.Is(err, errUnchanged):
		result = "success"
	case code == burnlist.InternalError, code == burnlist.Unavailable, errors.Is(err, context.DeadlineExceeded):
		result = "error"
	}
	s.observe(kind, result, time.Since(began))
}

// Pools returns how the connections are used, by pool: read and write.
func (s *Store) Pools() map[string]sql.DBStats {
	pools := map[string]sql.DBStats{}
	if db, err := s.reader.DB(); err == nil {
		pools["read"] = db.Stats()
	}
	if db, err := s.writer.DB(); err == nil {
		pools["write"] = db.Stats()
	}
	return pools
}
