package store

import (
	"context"
	"database/sql"
	"io/fs"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/pressly/goose/v3"
	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// rawDB opens a database without migrating it.
func rawDB(t *testing.T, where place) *sql.DB {
	t.Helper()
	if where.postgres != nil {
		return stdlib.OpenDB(*where.postgres)
	}
	db, err := driver.Open(sqliteDSN(where.file, "mode=rwc"))
	ok(t, err)
	return db
}

// migratedTo makes a database of the schema as it was at a version, with what
// the statements put in.
func migratedTo(t *testing.T, url string, version int64, statements ...string) {
	t.Helper()
	where, err := parse(url)
	ok(t, err)
	dir, speaks := "migrations/sqlite", goose.DialectSQLite3
	if where.postgres != nil {
		dir, speaks = "migrations/postgres", goose.DialectPostgres
	}
	db := rawDB(t, where)
	defer db.Close()
	files, err := fs.Sub(migrations, dir)
	ok(t, err)
	provider, err := goose.NewProvider(speaks, db, files, goose.WithDisableGlobalRegistry(true))
	ok(t, err)
	_, err = provider.UpTo(context.WithoutCancel(t.Context()), version)
	ok(t, err)
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func TestADatabaseFromBeforeReviewsIsBroughtUpToDate(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		migratedTo(t, url, 1,
			`INSERT INTO products (name, zone, slot_weekday, slot_time, version, created_at, updated_at)
				VALUES ('shop', 'UTC', 'monday', '10:00', 2, '2026-11-02T10:00:00.500Z', '2026-11-09T10:00:00.000Z')`,
			`INSERT INTO services (name, product, version, created_at, updated_at)
				VALUES ('checkout', 'shop', 1, '2026-11-02T10:00:00.000Z', '2026-11-02T10:00:00.000Z')`,
			`INSERT INTO items (id, title, service, priority, opened_on, status, trail, facts, version, created_at, updated_at)
				VALUES (1, 'alert', 'checkout', 'P2', '2026-11-02', 'open', '{}', '{"streak":2,"total":3}', 2, '2026-11-02T10:00:00.000Z', '2026-11-09T10:00:00.000Z')`,
			`INSERT INTO changes (revision, at, actor, verified, kind, subjects, after) VALUES
				(1, '2026-11-02T10:00:00.000Z', 'ana', (1 = 0), 'item.created', '["item/1","service/checkout"]', '{"items":[{"id":1,"title":"alarm"}]}'),
				(2, '2026-11-02T10:00:00.000Z', 'burnlist', (1 = 1), 'budgets.refreshed', '["slo/availability"]', '{}'),
				(3, '2026-11-09T10:00:00.000Z', 'ana', (1 = 0), 'item.updated', '["item/1","service/checkout","service/checkout"]', '{"items":[{"id":1,"title":"alert"}]}')`,
			`UPDATE counter SET revision = 3`,
		)
		s := open(t, url)
		p, err := s.Product(t.Context(), "shop")
		ok(t, err)
		if age := time.Since(p.SlotsFrom); age < -time.Minute || age > time.Hour {
			t.Errorf("slots count from %s, want from the migration on", p.SlotsFrom)
		}
		rows, err := gorm.G[subjectRow](s.reader).Order("revision, subject").Find(t.Context())
		ok(t, err)
		want := []subjectRow{{"item/1", 1}, {"service/checkout", 1}, {"item/1", 3}, {"service/checkout", 3}}
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Errorf("subjects (-want +got):\n%s", diff)
		}
		changes, err := s.ItemChanges(t.Context(), 1)
		ok(t, err)
		if len(changes) != 2 || changes[0].After.Items[0].Title != "alarm" || changes[1].Review != 0 {
			t.Errorf("the changes of the item are %+v", changes)
		}
		i := itemOf(t, s, 1)
		if i.Snooze != nil || i.Return != nil || i.Origin != 0 || i.Facts.Total != 3 {
			t.Errorf("the item is %+v", i)
		}
		r := openShop(t, s, ana, i)
		if _, _, err := decideIn(t, s, later(1), r.ID, 1, burnlist.Decision{Kind: burnlist.DecideCarry}, false); err != nil {
			t.Error(err)
		}
	})
}

func TestALedgerFromBeforeRollUpsIsBroughtUpToDate(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		const ago = "'2026-11-02T10:00:00.000Z'"
		migratedTo(t, url, 2,
			`INSERT INTO products (name, zone, slot_weekday, slot_time, slots_from, version, created_at, updated_at)
				VALUES ('shop', 'UTC', 'monday', '10:00', `+ago+`, 1, `+ago+`, `+ago+`)`,
			`INSERT INTO services (name, product, version, created_at, updated_at) VALUES ('checkout', 'shop', 1, `+ago+`, `+ago+`)`,
			`INSERT INTO ledgers (id, slo, indicator, created_at) VALUES
				(1, 'availability', '{"events":{"total":"all","bad":"bad"}}', `+ago+`), (2, 'availability', '{"events":{"total":"all","good":"good"}}', `+ago+`)`,
			`INSERT INTO slos (name, service, source, objective, window_seconds, slice_seconds, indicator, advisory, ledger, version, created_at, updated_at)
				VALUES ('availability', 'checkout', 'default', 0.999, 2592000, 300, '{"events":{"total":"all","good":"good"}}', (1 = 0), 2, 2, `+ago+`, `+ago+`)`,
			`INSERT INTO slices (ledger, start, state, bad, total) VALUES (1, 600, 2, 1, 2), (2, 3600, 2, 0.1, 0.3), (2, 3900, 1, 0, 0), (2, 300, 0, 0, 0)`,
			`UPDATE counter SET revision = 4`,
		)
		s := open(t, url)
		want := burnlist.Ledger{
			Slices: []burnlist.Slice{
				{Ledger: 2, Start: 300, State: burnlist.SliceDead},
				{Ledger: 2, Start: 3600, State: burnlist.SliceData, Bad: 0.1, Total: 0.3},
				{Ledger: 2, Start: 3900, State: burnlist.SliceEmpty},
			},
			Reread: burnlist.Reread{Ledger: 2},
		}
		if diff := cmp.Diff(want, ledgerOf(t, s, 2)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		// What is new works on it.
		l, _ := acquire(t, s, "ana")
		row := rolledOf(want, hour, hour)
		ok(t, s.Ledgers(l).RollUp(t.Context(), []burnlist.Rolled{row}))
		ok(t, s.Ledgers(l).PutReread(t.Context(), []burnlist.Reread{{Ledger: 2, After2h: 7200}}))
		want.Slices, want.Rolled, want.Reread.After2h = want.Slices[:1], []burnlist.Rolled{row}, 7200
		if diff := cmp.Diff(want, ledgerOf(t, s, 2)); diff != "" {
			t.Errorf("afterwards (-want +got):\n%s", diff)
		}
		e := anHour(1)
		e.SLO = "availability"
		_, revision, err := s.AddExclusion(t.Context(), ana, e)
		ok(t, err)
		if revision != 5 {
			t.Errorf("the revision is %d, want 5", revision)
		}
	})
}
