package bench

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/ncruces/go-sqlite3/driver"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/pgtest"
	"github.com/burnlist/burnlist/store"
)

const (
	writers    = 32
	writesEach = 60
)

// BenchmarkWriters has 32 writers report items at once: through the store, where
// they take turns, under keys and without; and as bare transactions that insert
// the same rows into a database of the same tables, without a counter row,
// without reading anything, which is what the database can do at most. Every
// commit is on the disk.
func BenchmarkWriters(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		dir := b.TempDir()
		url := func(name string) string { return "sqlite:" + filepath.Join(dir, name) }
		compareWriters(b, url, func(b *testing.B, name string) *sql.DB {
			db, err := driver.Open("file:" + filepath.Join(dir, name) + "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_txlock=immediate")
			if err != nil {
				b.Fatal(err)
			}
			return db
		}, 1)
	})
	b.Run("postgres", func(b *testing.B) {
		server, err := pgtest.Start(b.Context(), pgtest.Options{Fsync: true})
		pgtest.Require(b, err)
		b.Cleanup(func() { _ = server.Close() })
		for _, name := range []string{"stored", "keyed", "copy"} {
			if err := server.Create(b.Context(), name); err != nil {
				b.Fatal(err)
			}
		}
		compareWriters(b, server.URL, func(b *testing.B, name string) *sql.DB {
			config, err := pgx.ParseConfig(server.URL(name))
			if err != nil {
				b.Fatal(err)
			}
			config.RuntimeParams["default_transaction_isolation"] = "read committed"
			return stdlib.OpenDB(*config)
		}, 8, writers)
	})
}

// compareWriters measures writing through the store of a kind of database, and
// bare writing over so many connections.
func compareWriters(b *testing.B, url func(name string) string, bare func(b *testing.B, name string) *sql.DB, connections ...int) {
	b.Helper()
	var stored float64 // writes a second through the store, without keys
	for _, name := range []string{"stored", "keyed"} {
		s := forItems(b, url(name))
		b.Run(name, func(b *testing.B) {
			round := 0
			rate := measureWriters(b, func(ctx context.Context, w, n int) error {
				by := burnlist.Author{Actor: fmt.Sprintf("writer-%d@example.org", w), At: time.Now()}
				if name == "keyed" {
					by.Key, by.Request = fmt.Sprintf("%d/%d", round, n), strings.Repeat("f", 64)
				}
				return reportItem(ctx, s, by)
			}, func() { round++ })
			if name == "stored" {
				stored = rate
			}
		})
	}
	s := forItems(b, url("copy"))
	if err := reportItem(b.Context(), s, burnlist.System(time.Now())); err != nil {
		b.Fatal(err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	for _, n := range connections {
		b.Run(fmt.Sprintf("bare/connections=%d", n), func(b *testing.B) {
			db := bare(b, "copy")
			defer db.Close()
			db.SetMaxOpenConns(n)
			db.SetMaxIdleConns(n)
			item, change := copiedRow(b, db, "items", "id"), copiedRow(b, db, "changes", "revision")
			subject := inserting(db, "change_subjects", []string{"subject", "revision"})
			var next atomic.Int64
			next.Store(time.Now().UnixNano()) // above all that there are
			rate := measureWriters(b, func(ctx context.Context, _, _ int) error {
				id := next.Add(1)
				tx, err := db.BeginTx(ctx, nil)
				if err != nil {
					return err
				}
				defer func() { _ = tx.Rollback() }() // nothing is left to take back once it is committed
				for _, row := range []struct {
					statement string
					values    []any
				}{
					{item.statement, item.with(id)},
					{change.statement, change.with(id)},
					{subject, []any{fmt.Sprintf("item/%d", id), id}},
					{subject, []any{"service/bench", id}},
				} {
					if _, err := tx.ExecContext(ctx, row.statement, row.values...); err != nil {
						return err
					}
				}
				return tx.Commit()
			}, func() {})
			b.ReportMetric(rate/stored, "x-stored")
		})
	}
}

// forItems opens a new database with one service.
func forItems(b *testing.B, url string) *store.Store {
	b.Helper()
	s := open(b, url)
	by := burnlist.System(time.Now())
	if _, _, err := s.CreateProduct(b.Context(), by, burnlist.Product{Name: "bench", Zone: "UTC", Slot: burnlist.DefaultSlot}); err != nil {
		b.Fatal(err)
	}
	if _, _, err := s.CreateService(b.Context(), by, burnlist.Service{Name: "bench", Product: "bench"}); err != nil {
		b.Fatal(err)
	}
	return s
}

func reportItem(ctx context.Context, s *store.Store, by burnlist.Author) error {
	_, _, err := s.CreateItem(ctx, by, "bench", func(v burnlist.Service, p burnlist.Product) (burnlist.Item, error) {
		return burnlist.Item{}.With(burnlist.ItemFields{
			Title: "Alert on connection pool saturation", Service: v.Name, Owner: "ana@example.org", Due: p.Today(by.At) + 14,
		}, by, p)
	})
	return err
}

// measureWriters has all writers write at once, and reports how many writes
// there were in a second, which it returns, and how long one takes.
func measureWriters(b *testing.B, write func(ctx context.Context, w, n int) error, then func()) float64 {
	b.Helper()
	var mu sync.Mutex
	var took []time.Duration
	for b.Loop() {
		var writing sync.WaitGroup
		for w := range writers {
			writing.Go(func() {
				for n := range writesEach {
					began := time.Now()
					if err := write(b.Context(), w, n); err != nil {
						b.Error(err)
						return
					}
					mu.Lock()
					took = append(took, time.Since(began))
					mu.Unlock()
				}
			})
		}
		writing.Wait()
		then()
	}
	if b.Failed() {
		b.FailNow()
	}
	slices.Sort(took)
	rate := float64(len(took)) / b.Elapsed().Seconds()
	b.ReportMetric(float64(len(took)), "writes")
	b.ReportMetric(rate, "writes/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(0, "ns/op")
	return rate
}

// template is a row that is written again and again under other keys.
type template struct {
	statement string
	values    []any
	key       int // place of the key
}

func (t template) with(key int64) []any {
	values := slices.Clone(t.values)
	values[t.key] = key
	return values
}

// copiedRow returns the newest row of a table as a template.
func copiedRow(b *testing.B, db *sql.DB, table, key string) template {
	b.Helper()
	rows, err := db.QueryContext(b.Context(), "SELECT * FROM "+table+" ORDER BY "+key+" DESC LIMIT 1")
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		b.Fatal(err)
	}
	t := template{statement: inserting(db, table, columns), values: make([]any, len(columns)), key: slices.Index(columns, key)}
	into := make([]any, len(columns))
	for i := range into {
		into[i] = &t.values[i]
	}
	if !rows.Next() {
		b.Fatalf("%s is empty: %v", table, rows.Err())
	}
	if err := rows.Scan(into...); err != nil {
		b.Fatal(err)
	}
	return t
}

// inserting returns the statement that inserts a row.
func inserting(db *sql.DB, table string, columns []string) string {
	places := make([]string, len(columns))
	for i := range places {
		places[i] = "?"
		if _, postgres := db.Driver().(*stdlib.Driver); postgres {
			places[i] = fmt.Sprintf("$%d", i+1)
		}
	}
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(places, ", ") + ")"
}
