package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// migrations are never edited and never reordered, only added to, in both
// dialects alike.
//
//go:embed migrations
var migrations embed.FS

// migrate brings the schema up to date. On PostgreSQL any number of starters
// may do so at once; on SQLite the lock file sees to it that there is one.
func migrate(ctx context.Context, db *sql.DB, dialect string) error {
	dir, err := fs.Sub(migrations, "migrations/"+dialect)
	if err != nil {
		return fmt.Errorf("find the migrations: %w", err)
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	speaks := goose.DialectSQLite3
	if dialect == postgresDialect {
		speaks = goose.DialectPostgres
		// Who comes second asks again every second, for two minutes.
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
		if err != nil {
			return fmt.Errorf("set up the lock for migrations: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(speaks, db, dir, options...)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}
