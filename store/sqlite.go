package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/gormlite"

	"github.com/burnlist/burnlist"
)

// openSQLite opens the file for this process alone, with one connection that
// writes and a pool that cannot. One writer, because SQLite's own waiting for
// the lock is not fair.
func (s *Store) openSQLite(file string) error {
	// Two names of one file must meet at one lock.
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target
	}
	s.dialect = sqliteDialect
	if err := mayBeDatabase(file); err != nil {
		return err
	}
	unlock, err := lockFile(file + ".lock")
	if err != nil {
		return err
	}
	if err := ownFile(file); err != nil {
		return errors.Join(err, unlock())
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

// sqliteHeader is what every SQLite file begins with, but for an empty one.
const sqliteHeader = "SQLite format 3\x00"

// mayBeDatabase refuses what is there already and is no SQLite database, before
// anything is put beside it.
func mayBeDatabase(file string) error {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return burnlist.Errorf(burnlist.Invalid, "%s is not a regular file: name another database file", file)
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // nothing was written
	begin := make([]byte, len(sqliteHeader))
	n, err := io.ReadFull(f, begin)
	switch {
	case err == nil && string(begin) == sqliteHeader, errors.Is(err, io.EOF):
		return nil
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("read %s: %w", file, err)
	}
	return burnlist.Errorf(burnlist.Invalid, "%s is not a SQLite database, it begins with %q: name another database file", file, begin[:n])
}

// ownFile creates the file if it is not there, for this user alone.
func ownFile(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// sqliteDSN puts the pragmas into the name, because one that is executed
// reaches only one connection of a pool. modeof gives the files that SQLite
// makes beside the database the permissions of that. synchronous is FULL, because with
// NORMAL a loss of power can take back what was committed.
func sqliteDSN(file, more string) string {
	path := filepath.ToSlash(file)
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?modeof=" + strings.ReplaceAll(url.QueryEscape(path), "+", "%20") +
		"&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&" + more
}
