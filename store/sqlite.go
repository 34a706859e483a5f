package store

import (
	"errors"
	"net/url"
	"path/filepath"
	"runtime"

	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/gormlite"
)

// openSQLite opens the file for this process alone, with one connection that
// writes and a pool that cannot. One writer, because SQLite's own waiting for
// the lock is not fair.
func (s *Store) openSQLite(file string) error {
	// Two names of one file must meet at one lock.
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target
	}
	unlock, err := lockFile(file + ".lock")
	if err != nil {
		return err
	}
	writer, err := driver.Open(sqliteDSN(file, "mode=rwc&_txlock=immediate"))
	if err != nil {
		return errors.Join(err, unlock())
	}
	writer.SetMaxOpenConns(1)
	reader, err := driver.Open(sqliteDSN(file, "mode=ro&_pragma=query_only(1)"))
	if err != nil {
		return errors.Join(err, writer.Close(), unlock())
	}
	readers := max(4, runtime.GOMAXPROCS(0))
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)

	s.dialect = sqliteDialect
	s.close = func() error {
		// The last connection to close tidies up the log file, which a reader
		// cannot.
		return errors.Join(reader.Close(), writer.Close(), unlock())
	}
	var werr, rerr error
	s.writer, werr = connect(gormlite.OpenDB(writer), s.log)
	s.reader, rerr = connect(gormlite.OpenDB(reader), s.log)
	if err := errors.Join(werr, rerr); err != nil {
		return errors.Join(err, s.close())
	}
	return nil
}

// sqliteDSN puts the pragmas into the name, because one that is executed
// reaches only one connection of a pool. synchronous is FULL, because with
// NORMAL a loss of power can take back what was committed.
func sqliteDSN(file, more string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(file)}).EscapedPath() +
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&" + more
}
