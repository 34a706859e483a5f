package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/pgtest"
)

// The tests run in a zone that is neither UTC nor whole hours away from it, so
// that whatever depends on the local zone fails.
func TestMain(m *testing.M) {
	time.Local = time.FixedZone("far", 5*3600+45*60)
	if url := os.Getenv("STORE_TEST_OPEN"); url != "" { // the second process of a test
		_, err := Open(context.Background(), url, slog.New(slog.DiscardHandler))
		fmt.Print(burnlist.CodeOf(err))
		os.Exit(0)
	}
	os.Exit(pgtest.Main(m))
}

// eachStore runs test on a new store in a SQLite file and on one in
// PostgreSQL.
func eachStore(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Helper()
	eachURL(t, func(t *testing.T, url string) { test(t, open(t, url)) })
}

func eachURL(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite:"+filepath.Join(t.TempDir(), "burn list?.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, pgtest.Database(t)) })
}

func open(t *testing.T, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

var (
	monday = time.Date(2026, 11, 23, 10, 0, 0, 123_000_000, time.UTC)
	ana    = burnlist.Author{Actor: "ana", At: monday}
)

// later returns ana, so many seconds after monday.
func later(seconds int) burnlist.Author {
	return burnlist.Author{Actor: "ana", At: monday.Add(time.Duration(seconds) * time.Second)}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refusedAs fails the test unless err has the code and says the words.
func refusedAs(t *testing.T, err error, code burnlist.Code, words ...string) {
	t.Helper()
	if got := burnlist.CodeOf(err); got != code {
		t.Fatalf("got code %q (%v), want %q", got, err, code)
	}
	e, _ := errors.AsType[*burnlist.Error](err)
	for _, w := range words {
		if !strings.Contains(e.Error(), w) {
			t.Errorf("the message does not say %q: %s", w, e)
		}
	}
}

func shop() burnlist.Product {
	return burnlist.Product{Name: "shop", Zone: "Europe/Berlin", Slot: burnlist.DefaultSlot}
}

func availability(service string) burnlist.SLO {
	return burnlist.SLO{
		Name: service + "-availability", Service: service, Source: "default", Objective: 0.999,
		Window: burnlist.DefaultWindow, Slice: burnlist.DefaultSlice,
		Indicator: burnlist.Indicator{Events: &burnlist.Events{Total: `http_requests_total{service="` + service + `"}`, Bad: "errors_total"}},
	}
}

// fill stores the product shop with the services checkout and search and an
// SLO each.
func fill(t *testing.T, s *Store) {
	t.Helper()
	_, _, err := s.CreateProduct(t.Context(), ana, shop())
	ok(t, err)
	for _, name := range []string{"checkout", "search"} {
		_, _, err := s.CreateService(t.Context(), ana, burnlist.Service{Name: name, Product: "shop"})
		ok(t, err)
		_, _, err = s.CreateSLO(t.Context(), ana, availability(name))
		ok(t, err)
	}
}

// with builds an item with the given fields.
func with(by burnlist.Author, f burnlist.ItemFields) func(burnlist.Service, burnlist.Product) (burnlist.Item, error) {
	return func(v burnlist.Service, p burnlist.Product) (burnlist.Item, error) {
		f.Service = v.Name
		if f.Title == "" {
			f.Title = "alert on pool exhaustion"
		}
		return burnlist.Item{}.With(f, by, p)
	}
}

func newItem(t *testing.T, s *Store, f burnlist.ItemFields) burnlist.Item {
	t.Helper()
	i, _, err := s.CreateItem(t.Context(), ana, f.Service, with(ana, f))
	ok(t, err)
	return i
}

// edit changes the fields of an item.
func edit(by burnlist.Author, change func(*burnlist.ItemFields)) func(burnlist.Item, burnlist.Product) (burnlist.Item, error) {
	return func(i burnlist.Item, p burnlist.Product) (burnlist.Item, error) {
		f := i.ItemFields
		change(&f)
		return i.With(f, by, p)
	}
}

// decide stores a decision about an item.
func decide(t *testing.T, s *Store, by burnlist.Author, id int64, d burnlist.Decision) (burnlist.Item, error) {
	t.Helper()
	made, _, err := decideIn(t, s, by, 0, id, d, false)
	return made.Item, err
}

// decideIn stores a decision about an item in a review, by somebody who has
// seen the item as it is, or not.
func decideIn(t *testing.T, s *Store, by burnlist.Author, review, id int64, d burnlist.Decision, seen bool) (burnlist.Decided, *burnlist.ReviewDecision, error) {
	t.Helper()
	made, recorded, _, err := s.DecideItem(t.Context(), by, review, id, d, func(c burnlist.Case) (burnlist.Decided, error) {
		c.Seen = seen
		return c.Decide(d, by)
	})
	return made, recorded, err
}

func TestAddressesThatAreNoneSayWhatIs(t *testing.T) {
	for name, url := range map[string]string{
		"nothing":             "",
		"a path alone":        "burnlist.db",
		"another database":    "mysql://host/db",
		"SQLite on a host":    "sqlite://host/file",
		"SQLite in memory":    "sqlite::memory:",
		"SQLite without path": "sqlite:",
		"a directory":         "sqlite:data/",
		"a broken port":       "postgres://ana:secret@host:port/db",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(t.Context(), url, slog.New(slog.DiscardHandler))
			refusedAs(t, err, burnlist.Invalid, "write ")
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the message tells the password: %v", err)
			}
		})
	}
}

func TestAServerThatDoesNotAnswerIsUnavailable(t *testing.T) {
	_, err := Open(t.Context(), "postgres://ana@127.0.0.1:1/db", slog.New(slog.DiscardHandler))
	refusedAs(t, err, burnlist.Unavailable, "try again")
}

func TestAClosedStoreIsUnavailable(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		ok(t, answers(t, s))
		ok(t, s.Close())
		ok(t, s.Close())
		refusedAs(t, answers(t, s), burnlist.Unavailable)
		_, _, err := s.CreateProduct(t.Context(), ana, shop())
		refusedAs(t, err, burnlist.Unavailable)
		_, err = s.World(t.Context())
		refusedAs(t, err, burnlist.Unavailable)
	})
}

func TestWhatIsStoredIsThereAfterReopening(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		first := open(t, url)
		fill(t, first)
		ok(t, first.Close())
		second := open(t, url)
		if want, _, _ := strings.Cut(url, ":"); second.dialect != want {
			t.Errorf("the dialect is %s, want %s", second.dialect, want)
		}
		_, revision, err := second.CreateProduct(t.Context(), ana, burnlist.Product{Name: "bank", Zone: "UTC", Slot: burnlist.DefaultSlot})
		ok(t, err)
		if revision != 6 {
			t.Errorf("the revision is %d, want 6 after the 5 before", revision)
		}
	})
}

func TestAWriteNeedsAnActor(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		_, _, err := s.CreateProduct(t.Context(), burnlist.Author{At: monday}, shop())
		refusedAs(t, err, burnlist.Invalid, "actor")
	})
}

func TestTwoStoresOfOneSQLiteFileAreRefused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "burnlist.db")
	first := open(t, "sqlite:"+file)
	link := filepath.Join(dir, "link.db")
	ok(t, os.Symlink(file, link))
	for _, name := range []string{file, link} {
		_, err := Open(t.Context(), "sqlite:"+name, slog.New(slog.DiscardHandler))
		refusedAs(t, err, burnlist.Conflict, "another process", "stop the other one")
	}
	ok(t, first.Close())
	open(t, "sqlite:"+file)
}

func TestAnotherProcessIsRefusedAsLongAsOneHoldsTheFile(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "burnlist.db")
	other := func() string {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), "STORE_TEST_OPEN="+url)
		code, err := cmd.Output()
		ok(t, err)
		return string(code)
	}
	s := open(t, url)
	if got := other(); got != string(burnlist.Conflict) {
		t.Errorf("the second one gets code %q, want %q", got, burnlist.Conflict)
	}
	ok(t, s.Close())
	if got := other(); got != "" {
		t.Errorf("afterwards it gets code %q, want none", got)
	}
}

func TestASQLiteFileNeedsItsDirectory(t *testing.T) {
	_, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "none", "burnlist.db"), slog.New(slog.DiscardHandler))
	refusedAs(t, err, burnlist.Invalid, "create it")
}

func TestEveryConnectionHasItsPragmas(t *testing.T) {
	s := open(t, "sqlite:"+filepath.Join(t.TempDir(), "burnlist.db"))
	ok(t, answers(t, s))
	for name, pool := range map[string]struct {
		store     *Store
		reads     bool
		queryOnly string
	}{"writer": {s, false, "0"}, "readers": {s, true, "1"}} {
		t.Run(name, func(t *testing.T) {
			handle := s.writer
			if pool.reads {
				handle = s.reader
			}
			db, err := handle.DB()
			ok(t, err)
			// All connections of the pool at once, so that each is a different one.
			for n := range db.Stats().MaxOpenConnections {
				conn, err := db.Conn(t.Context())
				ok(t, err)
				t.Cleanup(func() { _ = conn.Close() })
				for pragma, want := range map[string]string{
					"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000", "query_only": pool.queryOnly,
				} {
					var got string
					ok(t, conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
					if got != want {
						t.Errorf("connection %d: %s is %s, want %s", n, pragma, got, want)
					}
				}
				_, err = conn.ExecContext(t.Context(), "DELETE FROM policies")
				if (err != nil) != pool.reads {
					t.Errorf("connection %d: a write ends with %v", n, err)
				}
			}
		})
	}
}

func TestPathsAreTakenLiterally(t *testing.T) {
	file := filepath.Join(t.TempDir(), "50% of #1?mode=memory.db")
	open(t, "sqlite://"+file)
	if _, err := os.Stat(file); err != nil {
		t.Errorf("the file is not where it was asked for: %v", err)
	}
}

// answers fails as Unavailable if the database does not answer.
func answers(t *testing.T, s *Store) error {
	t.Helper()
	_, err := s.Revision(t.Context())
	return err
}
