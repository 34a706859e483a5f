package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"

	"github.com/burnlist/burnlist"
)

// failed says what was being done when err happened, and gives it the code
// Unavailable if the database is what does not work. It passes nil on.
func (s *Store) failed(doing string, err error) error {
	if err == nil {
		return nil
	}
	if burnlist.CodeOf(err) == burnlist.InternalError && (s.closing.Load() || unavailable(err)) {
		err = fmt.Errorf("%w: %w", burnlist.Errorf(burnlist.Unavailable, "%s", trouble(err)), err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// unavailable reports whether err is the database's own trouble, which may be
// over when the same is tried again. A caller who gave up is not.
func unavailable(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		_, connecting := errors.AsType[*pgconn.ConnectError](err)
		return connecting
	}
	if answer, ok := errors.AsType[*pgconn.PgError](err); ok {
		// Connection exceptions, resources, an operator's intervention; a server
		// that has become a standby; conflicts that other engines than
		// PostgreSQL report where it would wait; a lock that was waited for too
		// long.
		return slices.Contains([]string{"08", "53", "57"}, answer.Code[:min(2, len(answer.Code))]) ||
			slices.Contains([]string{"25006", "40001", "40P01", "55P03"}, answer.Code)
	}
	if code, ok := errors.AsType[sqlite3.ErrorCode](err); ok {
		return slices.Contains([]sqlite3.ErrorCode{sqlite3.BUSY, sqlite3.LOCKED, sqlite3.IOERR, sqlite3.CANTOPEN, sqlite3.FULL, sqlite3.READONLY}, code)
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	// Not any net.Error: every error of the operating system is one, even that
	// of a file.
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err)
}

// trouble says what is the matter with the database, and what to do about it.
func trouble(err error) string {
	if answer, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch answer.Code {
		case "53100":
			return "the disk of the database is full: make room on it, then try again"
		case "25006":
			return "the database can only be read at the moment: try again in a moment"
		}
	}
	if code, ok := errors.AsType[sqlite3.ErrorCode](err); ok {
		switch code { //nolint:exhaustive // the others are no trouble of the disk
		case sqlite3.FULL:
			return "the disk of the database is full: make room on it, then try again"
		case sqlite3.READONLY:
			return "the database file cannot be written: let burnlist write the file and its directory, then try again"
		case sqlite3.CANTOPEN:
			return "the database file cannot be opened: see that it and its directory are there and that burnlist may use them, then try again"
		case sqlite3.IOERR:
			return "the disk of the database fails: look into the server's log and at the disk, then try again"
		case sqlite3.BUSY, sqlite3.LOCKED:
			return "something else holds the database file: end it, or try again in a moment"
		}
	}
	return "the database does not answer: try again in a moment"
}

// refused makes an Invalid error about one field of an input.
func refused(what, field, format string, args ...any) error {
	return &burnlist.Error{
		Code: burnlist.Invalid, Message: "the " + what + " is not valid",
		Details: []burnlist.Detail{{Field: field, Message: fmt.Sprintf(format, args...)}},
	}
}

// renamed refuses another name than the one that a noun has; none at all
// means that it keeps it.
func renamed(what, name, to string) error {
	if to == "" || to == name {
		return nil
	}
	return refused(what, "name", "%s cannot become %s, since the past refers to it: create a new %s and retire this one", name, to, what)
}

// inUse makes a NotRetirable error that names the first three of the things
// that are still in force.
func inUse[T any](what, name, these string, things []T, label func(T) string) error {
	var some []string
	for _, thing := range things[:min(3, len(things))] {
		some = append(some, label(thing))
	}
	if len(things) > len(some) {
		some = append(some, "…")
	}
	return burnlist.Errorf(burnlist.NotRetirable, "the %s %s still has %s (%d: %s): retire, close or move them first",
		what, name, these, len(things), strings.Join(some, ", "))
}
