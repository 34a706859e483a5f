package bench

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/ncruces/go-sqlite3/driver"
)

// size returns the bytes that tables of a database take on disk: in PostgreSQL
// with their indexes and what was left by updates, in SQLite as after a VACUUM.
func size(b *testing.B, database string, tables ...string) int64 {
	b.Helper()
	driver, address, measure := "pgx", database, sizeInPostgreSQL
	if file, ok := strings.CutPrefix(database, "sqlite:"); ok {
		driver, address, measure = "sqlite3", "file:"+file, sizeInSQLite
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	var all int64
	for _, table := range tables {
		n, err := measure(b.Context(), conn, table)
		if err != nil {
			b.Fatalf("the size of %s: %v", table, err)
		}
		all += n
	}
	return all
}

func sizeInPostgreSQL(ctx context.Context, conn *sql.Conn, table string) (int64, error) {
	var bytes int64
	err := conn.QueryRowContext(ctx, "SELECT pg_total_relation_size($1::regclass)", table).Scan(&bytes)
	return bytes, err
}

// sizeInSQLite copies a table into a database of its own.
func sizeInSQLite(ctx context.Context, conn *sql.Conn, table string) (int64, error) {
	var schema string
	if err := conn.QueryRowContext(ctx, "SELECT sql FROM sqlite_schema WHERE name = ?", table).Scan(&schema); err != nil {
		return 0, err
	}
	for _, do := range []string{
		"PRAGMA foreign_keys = OFF",
		"ATTACH ':memory:' AS copied",
		strings.Replace(schema, "CREATE TABLE ", "CREATE TABLE copied.", 1),
		"INSERT INTO copied." + table + " SELECT * FROM main." + table,
	} {
		if _, err := conn.ExecContext(ctx, do); err != nil {
			return 0, err
		}
	}
	var pages, bytes int64
	if err := conn.QueryRowContext(ctx, "PRAGMA copied.page_count").Scan(&pages); err != nil {
		return 0, err
	}
	if err := conn.QueryRowContext(ctx, "PRAGMA copied.page_size").Scan(&bytes); err != nil {
		return 0, err
	}
	_, err := conn.ExecContext(ctx, "DETACH copied")
	return pages * bytes, err
}
