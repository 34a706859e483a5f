package store

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/pgtest"
)

func TestFourMayMigrateAtOnce(t *testing.T) {
	url := pgtest.Database(t)
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			s, err := Open(t.Context(), url, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			p := shop()
			p.Name = fmt.Sprintf("shop%d", n)
			if _, _, err := s.CreateProduct(t.Context(), ana, p); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	w, err := open(t, url).World(t.Context())
	ok(t, err)
	if len(w.Products) != 4 || w.Revision != 4 {
		t.Errorf("the world is at %d with %d products, want 4 and 4", w.Revision, len(w.Products))
	}
}

// columns returns the columns of all tables, as table.column, with the
// nearest type of SQLite, whether they may be null, and their place in the
// primary key.
func columns(t *testing.T, s *Store, query string) map[string]string {
	t.Helper()
	db, err := s.reader.DB()
	ok(t, err)
	rows, err := db.QueryContext(t.Context(), query)
	ok(t, err)
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var table, column, kind string
		var required bool
		var key int
		ok(t, rows.Scan(&table, &column, &kind, &required, &key))
		kind = strings.NewReplacer("timestamp with time zone", "TEXT", "json", "TEXT", "text", "TEXT",
			"bigint", "INTEGER", "boolean", "INTEGER", "double precision", "REAL").Replace(kind)
		all[table+"."+column] = fmt.Sprintf("%s, required %v, key %d", kind, required, key)
	}
	ok(t, rows.Err())
	return all
}

func TestBothSchemasHaveTheSameColumns(t *testing.T) {
	lite := columns(t, open(t, "sqlite:"+filepath.Join(t.TempDir(), "burnlist.db")), `
		SELECT m.name, c.name, c.type, c."notnull", c.pk
		FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name <> 'goose_db_version' AND m.name NOT LIKE 'sqlite_%'`)
	big := columns(t, open(t, pgtest.Database(t)), `
		SELECT c.table_name, c.column_name, c.data_type, c.is_nullable = 'NO', COALESCE(k.ordinal_position, 0)
		FROM information_schema.columns c
		LEFT JOIN information_schema.table_constraints p
			ON p.table_schema = c.table_schema AND p.table_name = c.table_name AND p.constraint_type = 'PRIMARY KEY'
		LEFT JOIN information_schema.key_column_usage k
			ON k.constraint_schema = p.constraint_schema AND k.constraint_name = p.constraint_name AND k.column_name = c.column_name
		WHERE c.table_schema = 'public' AND c.table_name <> 'goose_db_version'`)
	if diff := cmp.Diff(lite, big); diff != "" || len(lite) < 120 {
		t.Errorf("%d columns (-sqlite +postgres):\n%s", len(lite), diff)
	}
}

// indexes returns the named indexes, with what they are on.
func indexes(t *testing.T, s *Store, query string) map[string]string {
	t.Helper()
	var all []struct {
		Name   string
		Entity string
		Single bool
		Part   bool
	}
	ok(t, s.reader.Raw(query).Scan(&all).Error)
	names := map[string]string{}
	for _, index := range all {
		names[index.Name] = index.Entity
		if index.Single {
			names[index.Name] += ", unique"
		}
		if index.Part {
			names[index.Name] += ", partial"
		}
	}
	return names
}

func TestBothSchemasHaveTheSameIndexes(t *testing.T) {
	lite := indexes(t, open(t, "sqlite:"+filepath.Join(t.TempDir(), "burnlist.db")), `
		SELECT l.name, m.name AS entity, l."unique" AS single, l.partial AS part
		FROM sqlite_master m, pragma_index_list(m.name) l WHERE m.type = 'table' AND l.origin = 'c'`)
	big := indexes(t, open(t, pgtest.Database(t)), `
		SELECT i.relname AS name, r.relname AS entity, x.indisunique AS single, x.indpred IS NOT NULL AS part
		FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class r ON r.oid = x.indrelid
		WHERE r.relnamespace = 'public'::regnamespace
			AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u'))`)
	if diff := cmp.Diff(lite, big); diff != "" || len(lite) < 10 || lite["reviews_open"] != "reviews, unique, partial" {
		t.Errorf("%d indexes, %q (-sqlite +postgres):\n%s", len(lite), lite["reviews_open"], diff)
	}
}

// Texts of SQLite sort as the times do only if they are all of one width and
// in one zone, whatever zone the writer is in.
func TestStoredTimesSortAsTimesDo(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		zones := []*time.Location{time.UTC, time.Local, time.FixedZone("east", 14*3600), time.FixedZone("west", -11*3600)}
		for n := range 12 {
			by := burnlist.Author{Actor: "ana", At: monday.Add(time.Duration(n) * 250 * time.Millisecond).In(zones[n%4])}
			p := shop()
			p.Name = fmt.Sprintf("shop%02d", 11-n)
			_, _, err := s.CreateProduct(t.Context(), by, p)
			ok(t, err)
		}
		db, err := s.reader.DB()
		ok(t, err)
		rows, err := db.QueryContext(t.Context(), "SELECT revision FROM changes WHERE at >= "+map[string]string{"sqlite": "?", "postgres": "$1"}[s.dialect]+" ORDER BY at", "2026-11-23T10:00:01.623Z")
		ok(t, err)
		defer rows.Close()
		var got []int64
		for rows.Next() {
			var revision int64
			ok(t, rows.Scan(&revision))
			got = append(got, revision)
		}
		ok(t, rows.Err())
		if diff := cmp.Diff([]int64{7, 8, 9, 10, 11, 12}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
