// Package store keeps the nouns, the change log and the slices in SQLite or
// PostgreSQL, and tells whoever asks what changed.
//
// Every exported method that reads or writes nouns is one transaction. A
// writing one takes the next revision as its first statement, so that
// revisions commit in order and writers queue up instead of deadlocking; it
// makes exactly one change, or none if nothing changes. Where a decision
// depends on what is stored, the method takes a pure function and runs it
// inside the transaction.
//
// The package decides what must hold between nouns: names are unique, what is
// referred to exists, what something in force hangs on is not retired. What
// must hold within a noun is the root package's. It knows no HTTP, no
// Prometheus, and no clock but the database's, by which leases expire.
//
// Measurements (Ledgers) make no change of their own. They are written under a
// lease, which one of all replicas has.
//
// Errors carry a code: NotFound, Exists, Conflict, Invalid and NotRetirable as
// each method says, and Unavailable if the database does not answer.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
)

// The dialects.
const (
	sqliteDialect   = "sqlite"
	postgresDialect = "postgres"
)

// Store is one database. It is safe for concurrent use.
type Store struct {
	dialect string
	writer  *gorm.DB // SQLite: of one connection
	reader  *gorm.DB // a pool of its own, so that reads do not wait for writes; SQLite's cannot write
	log     *slog.Logger
	look    time.Duration // bounds each look of a tail
	commits signal
	outage  outage                                        // of writing
	observe func(kind, result string, took time.Duration) // nil tells nobody
	closing atomic.Bool
	close   func() error
}

// Shared reports whether other processes may use the database at the same time.
func (s *Store) Shared() bool { return s.dialect == postgresDialect }

// Open opens the database at url, "sqlite:PATH" or "postgres://…", and brings
// its schema up to date. A url of another form is an Invalid error. A SQLite
// file is opened by one process at a time; the second gets a Conflict error.
func Open(ctx context.Context, url string, log *slog.Logger, options ...Option) (*Store, error) {
	place, err := parse(url)
	if err != nil {
		return nil, err
	}
	s := &Store{log: log, look: longestLook}
	for _, option := range options {
		option(s)
	}
	if place.postgres != nil {
		err = s.openPostgres(place.postgres)
	} else {
		err = s.openSQLite(place.file)
	}
	if err != nil {
		return nil, s.unopened(err)
	}
	db, err := s.writer.DB()
	if err == nil {
		err = db.PingContext(ctx) // the migrations' lock would wait for minutes
	}
	if err == nil {
		err = migrate(ctx, db, s.dialect)
	}
	if err != nil {
		return nil, s.unopened(errors.Join(err, s.close()))
	}
	return s, nil
}

// unopened says that err happened while the database was opened. What is wrong
// with a file then does not pass by itself, as the trouble of a server may.
func (s *Store) unopened(err error) error {
	if s.dialect == sqliteDialect {
		return fmt.Errorf("open the database: %w", err)
	}
	return s.failed("open the database", err)
}

// Close ends all connections, and lets another process have the SQLite file.
// Methods that are called afterwards fail as Unavailable.
func (s *Store) Close() error {
	if s.closing.Swap(true) {
		return nil
	}
	if err := s.close(); err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}

// Revision returns the revision that the change log is at. It fails as
// Unavailable if the database does not answer.
func (s *Store) Revision(ctx context.Context) (int64, error) {
	revision, err := currentRevision(ctx, s.reader)
	return revision, s.failed("read the revision", err)
}

// connect makes a GORM handle of an opened pool.
func connect(dialector gorm.Dialector, log *slog.Logger) (*gorm.DB, error) {
	return gorm.Open(dialector, &gorm.Config{
		QueryFields:            true, // the first read after another replica's ALTER would fail with SELECT *
		TranslateError:         true,
		SkipDefaultTransaction: true, // every transaction here is explicit
		DisableAutomaticPing:   true,
		Logger:                 sqlLog{log},
	})
}
