package store

import (
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/burnlist/burnlist"
)

// place is where a database is: a file, or a server.
type place struct {
	file     string
	postgres *pgx.ConnConfig
}

// parse reads the address of a database. It fails with Invalid, and never
// repeats the address in its message, which may hold a password.
func parse(url string) (place, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	switch scheme {
	case "sqlite":
		// Three slashes begin an absolute path, as in other programs' addresses.
		if after, ok := strings.CutPrefix(rest, "//"); ok {
			if !strings.HasPrefix(after, "/") {
				return place{}, burnlist.Errorf(burnlist.Invalid, "the database address names a host, but SQLite is a file: write sqlite:relative/path or sqlite:///absolute/path")
			}
			rest = after
		}
		if rest == "" || strings.HasPrefix(rest, ":") || strings.HasSuffix(rest, "/") {
			return place{}, burnlist.Errorf(burnlist.Invalid, "the database address names no file: write sqlite:PATH; a database in memory is not possible")
		}
		return place{file: filepath.Clean(rest)}, nil
	case "postgres", "postgresql":
		config, err := pgx.ParseConfig(url)
		if err != nil {
			return place{}, burnlist.Errorf(burnlist.Invalid, "the database address is not one of PostgreSQL: write postgres://user:password@host:5432/name, and escape special characters of the password (%%40 for @)")
		}
		return place{postgres: config}, nil
	}
	return place{}, burnlist.Errorf(burnlist.Invalid, "the database address is of an unknown kind: write sqlite:PATH or postgres://user:password@host:5432/name")
}
