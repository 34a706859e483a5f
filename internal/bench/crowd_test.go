package bench

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/store"
)

// The organisation whose queue is read.
const (
	crowdProducts = 20
	crowdTeams    = 100
	crowdOwners   = 1000
	crowdServices = 2000
)

// person is who makes up the crowd.
func person() burnlist.Author {
	return burnlist.Author{Actor: "bench", At: burnlist.Instant(time.Now())}
}

// fillCrowd puts products, services with an SLO each, and n open items into a
// new database. The items are written as rows, as a million of them one by one
// would take an hour.
func fillCrowd(b *testing.B, database string, n int) *store.Store {
	b.Helper()
	s := open(b, database)
	for p := range crowdProducts {
		_, _, err := s.CreateProduct(b.Context(), person(), burnlist.Product{Name: fmt.Sprintf("product-%d", p), Zone: "Europe/Berlin", Slot: burnlist.DefaultSlot})
		if err != nil {
			b.Fatal(err)
		}
	}
	for v := range crowdServices {
		name := fmt.Sprintf("service-%d", v)
		_, _, err := s.CreateService(b.Context(), person(), burnlist.Service{
			Name: name, Product: fmt.Sprintf("product-%d", v%crowdProducts), Team: burnlist.NullString(fmt.Sprintf("team-%d", v%crowdTeams)),
		})
		if err != nil {
			b.Fatal(err)
		}
		o := slo(v, burnlist.DefaultSource)
		o.Name, o.Service = name+"-availability", name
		if _, _, err = s.CreateSLO(b.Context(), person(), o); err != nil {
			b.Fatal(err)
		}
	}
	insertItems(b, database, n)
	measureCrowd(b, s)
	return s
}

// insertItems writes n open items.
func insertItems(b *testing.B, database string, n int) {
	b.Helper()
	driver, address := "pgx", database
	numbers := fmt.Sprintf("SELECT CAST(n AS bigint) AS n FROM generate_series(1, %d) AS s(n)", n)
	day := func(ago string) string { return "to_char(date '2026-11-20' - (" + ago + ")::int, 'YYYY-MM-DD')" }
	document := func(text string) string { return "CAST(" + text + " AS json)" }
	if file, ok := strings.CutPrefix(database, "sqlite:"); ok {
		driver, address = "sqlite3", "file:"+file
		document = func(text string) string { return text }
		numbers = fmt.Sprintf("WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %d) SELECT n FROM s", n)
		day = func(ago string) string { return "date('2026-11-20', '-' || (" + ago + ") || ' days')" }
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	at := "'2026-10-01T09:00:00.000Z'"
	// Seven parts of ten have an owner and a date.
	_, err = db.ExecContext(b.Context(), `
INSERT INTO items (id, key, title, service, owner, due, priority, ticket, opened_on, status, trail, facts, version, created_at, updated_at)
SELECT n, 'BENCH-' || n, 'Alert on pool saturation above ' || (50 + n % 50) || ' % for five minutes in zone ' || (n % 17),
       'service-' || ((n * 7919) % `+strconv.Itoa(crowdServices)+`),
       CASE WHEN n % 10 < 7 THEN 'person-' || ((n * 31) % `+strconv.Itoa(crowdOwners)+`) || '@example.org' END,
       CASE WHEN n % 10 < 7 THEN `+day("(n * 13) % 60 - 30")+` END,
       'P' || ((n * 17) % 5), CASE WHEN n % 3 = 0 THEN 'OPS-' || n END, `+day("40 + (n * 29) % 300")+`, 'open',
       `+document("'{}'")+`, `+document(`'{"streak":' || ((n * 3) % 5) || ',"total":' || ((n * 3) % 5) || '}'`)+`, 1, `+at+`, `+at+`
FROM (`+numbers+`) AS numbered`)
	if err != nil {
		b.Fatalf("write %d items: %v", n, err)
	}
}

// measureCrowd stores figures of all SLOs, as a refresh does.
func measureCrowd(b *testing.B, s *store.Store) int64 {
	b.Helper()
	now := burnlist.Instant(time.Now())
	measured := burnlist.Budgets{RefreshedAt: now, Figures: map[string]*burnlist.Figures{}, Costs: map[int64]burnlist.IncidentCost{}}
	slos, err := s.SLOs(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for _, o := range slos {
		consumed := rand.Float64() * 1.2
		known := now.Add(-time.Minute)
		measured.Figures[o.Name] = &burnlist.Figures{
			SLO: o.Name, Ledger: o.Ledger, Objective: o.Objective, Window: o.Window, At: known, FirstData: new(known.Add(-40 * burnlist.Day)),
			KnownUntil: &known, Coverage: 1, BadWindow: 1000 * consumed, TotalWindow: 1e6, Bad7d: 250 * consumed, Budget: burnlist.Known(1000),
			Consumed: burnlist.Known(consumed), Forecast: burnlist.Known(consumed + rand.Float64()), Pace: burnlist.Known(3 * rand.Float64()),
		}
	}
	revision, err := s.Ledgers(store.Lease{}).PutBudgets(b.Context(), burnlist.System(now), measured)
	if err != nil {
		b.Fatal(err)
	}
	return revision
}

// vacuum does at once what PostgreSQL would do some time after so many rows.
func vacuum(ctx context.Context, b *testing.B, database string) {
	b.Helper()
	if strings.HasPrefix(database, "sqlite:") {
		return
	}
	db, err := sql.Open("pgx", database)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "VACUUM ANALYZE"); err != nil {
		b.Fatal(err)
	}
}
