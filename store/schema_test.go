package store

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

// dataSets are the data sets of testdata/schema: what each version of the schema
// could store that the one before could not, in the SQL of both databases.
func dataSets(t *testing.T) map[int64][]string {
	t.Helper()
	sets := map[int64][]string{}
	files, err := filepath.Glob("testdata/schema/*.sql")
	ok(t, err)
	for _, file := range files {
		version, err := strconv.ParseInt(strings.TrimSuffix(filepath.Base(file), ".sql"), 10, 64)
		ok(t, err)
		text, err := os.ReadFile(file)
		ok(t, err)
		for statement := range strings.SplitSeq(string(text), ";\n") {
			if statement = strings.TrimSpace(statement); statement != "" {
				sets[version] = append(sets[version], statement)
			}
		}
	}
	return sets
}

// rows returns the rows of all tables of a database as texts, by table, with
// the given columns or, if they are nil, with all; and which columns these are.
func rows(t *testing.T, url string, of map[string][]string) (all, columns map[string][]string) {
	t.Helper()
	where, err := parse(url)
	ok(t, err)
	db := rawDB(t, where)
	defer db.Close()
	tables := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if where.postgres != nil {
		tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
	}
	list := func(query string) (texts, names []string) {
		found, err := db.QueryContext(t.Context(), query)
		ok(t, err)
		defer found.Close()
		names, err = found.Columns()
		ok(t, err)
		for found.Next() {
			values := make([]any, len(names))
			for i := range values {
				values[i] = new(any)
			}
			ok(t, found.Scan(values...))
			var text strings.Builder
			for i, v := range values {
				fmt.Fprintf(&text, "%s=%s ", names[i], *v.(*any))
			}
			texts = append(texts, text.String())
		}
		ok(t, found.Err())
		slices.Sort(texts)
		return texts, names
	}
	all, columns = map[string][]string{}, map[string][]string{}
	found, _ := list(tables)
	for _, table := range found {
		_, table, _ = strings.Cut(strings.TrimSpace(table), "=")
		what := "*"
		if of != nil {
			if of[table] == nil {
				continue
			}
			what = strings.Join(of[table], ", ")
		}
		if table != "goose_db_version" {
			all[table], columns[table] = list("SELECT " + what + " FROM " + table)
		}
	}
	return all, columns
}

// schemaOf returns everything that the live schema consists of.
func schemaOf(t *testing.T, s *Store) []string {
	t.Helper()
	query := "SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_master WHERE tbl_name <> 'goose_db_version'"
	if s.dialect == postgresDialect {
		query = `SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' ||
				COALESCE(column_default, '') || ' ' || COALESCE(collation_name, '')
			FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'goose_db_version'
			UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'goose_db_version'
			UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
			WHERE connamespace = 'public'::regnamespace AND conrelid <> 'goose_db_version'::regclass`
	}
	var parts []string
	ok(t, s.reader.Raw(query).Scan(&parts).Error)
	slices.Sort(parts)
	return parts
}

// TestEveryEarlierSchemaIsBroughtUpToDate starts from each version of the
// schema, with rows in every table that it had, each of which came there in the
// version that could first have it.
func TestEveryEarlierSchemaIsBroughtUpToDate(t *testing.T) {
	sets := dataSets(t)
	files, err := fs.Glob(migrations, "migrations/sqlite/*.sql")
	ok(t, err)
	newest := int64(len(files))
	fresh := map[string][]string{}
	eachURL(t, func(t *testing.T, url string) {
		s := open(t, url)
		fresh[s.dialect] = schemaOf(t, s)
	})
	for from := int64(1); from <= newest; from++ {
		t.Run(fmt.Sprint("from ", from), func(t *testing.T) {
			eachURL(t, func(t *testing.T, url string) {
				for version := int64(1); version <= from; version++ {
					migratedTo(t, url, version, sets[version]...)
				}
				before, columns := rows(t, url, nil)
				for table, found := range before {
					if len(found) == 0 && from < newest {
						t.Errorf("the data set has nothing in %s: add rows to testdata/schema/%05d.sql or before", table, from)
					}
				}
				s := open(t, url)
				if diff := cmp.Diff(fresh[s.dialect], schemaOf(t, s)); diff != "" {
					t.Errorf("the schema is another than that of a new database (-new +upgraded):\n%s", diff)
				}
				after, _ := rows(t, url, columns)
				if diff := cmp.Diff(before, after); diff != "" {
					t.Errorf("what was stored is another (-before +after):\n%s", diff)
				}
				stillWorks(t, s)
			})
		})
	}
}

// stillWorks reads everything and writes to everything.
func stillWorks(t *testing.T, s *Store) {
	t.Helper()
	w, err := s.World(t.Context())
	ok(t, err)
	if len(w.Products) != 2 || len(w.Services) != 2 || len(w.SLOs) != 1 || w.Items.Get(1) == nil || w.Items.Get(2) == nil || w.Policy.AtRisk != 0.7 || w.Policy.Validate() != nil {
		t.Errorf("the world lacks something: %+v", w)
	}
	if consumed, _ := w.Budgets.Figures["checkout-availability"].Consumed.Get(); consumed != 1.5 || w.Budgets.Costs[1].Share != 0.25 {
		t.Errorf("the budgets are %+v", w.Budgets)
	}
	if i := itemOf(t, s, 1); i.Key != "PM-1" || i.Facts.Total != 3 || i.Source == nil {
		t.Errorf("the item is %+v", i)
	}
	changes, err := s.Changes(t.Context(), 0, 0)
	ok(t, err)
	if int64(len(changes)) != w.Revision || changes[5].Decision == nil {
		t.Errorf("%d changes up to revision %d", len(changes), w.Revision)
	}
	past, err := s.ItemChanges(t.Context(), 3)
	ok(t, err)
	if len(past) != 2 {
		t.Errorf("the item has %d changes, want 2", len(past))
	}
	if kept := ledgerOf(t, s, 2); len(kept.Slices) != 3 {
		t.Errorf("the ledger has %+v", kept)
	}
	next := w.Revision + 1
	wrote := func(revision int64, err error) {
		t.Helper()
		ok(t, err)
		if revision != next {
			t.Errorf("the change is revision %d, want %d", revision, next)
		}
		next++
	}
	l, held := acquire(t, s, "ana")
	if !held {
		t.Fatal("the lease that was stored ended long ago, and cannot be acquired")
	}
	r, revision, err := s.OpenReview(t.Context(), ana, "shop", opens(ana, itemOf(t, s, 1), itemOf(t, s, 2)))
	wrote(revision, err)
	_, _, err = decideIn(t, s, later(1), r.ID, 1, burnlist.Decision{Kind: burnlist.DecideCarry}, false)
	wrote(next, err)
	_, revision, err = s.Conclude(t.Context(), later(2), r.ID, finds(later(2), []burnlist.Message{messageTo("page", "review-x")}, 1))
	wrote(revision, err)
	revision, err = s.Ledgers(l).PutBudgets(t.Context(), later(3), burnlist.Budgets{RefreshedAt: monday, Figures: map[string]*burnlist.Figures{
		"checkout-availability": figuresOf("checkout-availability", 2),
	}})
	wrote(revision, err)
	ok(t, s.Ledgers(l).PutReread(t.Context(), []burnlist.Reread{{Ledger: 1, After2h: 7200}}))
	e := anHour(1)
	e.SLO = "checkout-availability"
	_, revision, err = s.AddExclusion(t.Context(), ana, e)
	wrote(revision, err)
	_, revision, err = s.UpdatePolicy(t.Context(), later(4), func(p burnlist.Policy) (burnlist.Policy, error) { p.AtRisk = 0.8; return p, nil })
	wrote(revision, err)
}
