package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/pgtest"
)

// soon fails the test if nothing comes for far longer than anything takes.
func soon[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case got := <-from:
		return got
	case <-time.After(time.Minute):
		t.Fatal("nothing comes")
		panic("unreachable")
	}
}

// tail runs s.Tail until the test ends, and returns what it delivers.
func tail(t *testing.T, s *Store, after int64, poll time.Duration) <-chan burnlist.Change {
	t.Helper()
	delivered := make(chan burnlist.Change, 10_000)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- s.Tail(ctx, after, poll, func(batch []burnlist.Change) error {
			for _, c := range batch {
				delivered <- c
			}
			return nil
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := soon(t, done); err != nil {
			t.Errorf("the tail ended with %v", err)
		}
	})
	return delivered
}

func TestConcurrentWritersLeaveNoGap(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		const writers, each = 8, 15
		var wg sync.WaitGroup
		var mu sync.Mutex
		byRevision := map[int64]int64{}
		for w := range writers {
			wg.Go(func() {
				for n := range each {
					by := burnlist.Author{Actor: fmt.Sprintf("writer %d", w), At: monday}
					i, revision, err := s.CreateItem(t.Context(), by, "checkout", with(by, burnlist.ItemFields{}))
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					byRevision[revision] = i.ID
					mu.Unlock()
					if n%3 == 0 { // and some that are refused or change nothing
						if _, _, err := s.CreateItem(t.Context(), by, "nothing", with(by, burnlist.ItemFields{})); err == nil {
							t.Error("an item of no service was taken")
						}
						if _, _, err := s.UpdateItem(t.Context(), by, i.ID, edit(by, func(*burnlist.ItemFields) {})); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		wg.Wait()
		changes, err := s.Changes(t.Context(), 5, 0)
		ok(t, err)
		if len(changes) != writers*each {
			t.Fatalf("there are %d changes, want %d", len(changes), writers*each)
		}
		for n, c := range changes {
			if want := int64(n + 6); c.Revision != want || c.After.Items[0].ID != want-5 || byRevision[want] != want-5 {
				t.Fatalf("place %d holds revision %d of item %d, which its writer was told is %d", n, c.Revision, c.After.Items[0].ID, byRevision[want])
			}
		}
	})
}

func TestTheWorldIsThatOfItsRevision(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		ctx, stop := context.WithCancel(t.Context())
		var readers, writers sync.WaitGroup
		var mu sync.Mutex
		seen := map[int64]*burnlist.World{}
		for range 2 {
			readers.Go(func() {
				for ctx.Err() == nil {
					w, err := s.World(t.Context()) //nolint:contextcheck // ctx only says when to stop
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					seen[w.Revision] = w
					mu.Unlock()
				}
			})
		}
		for n := range 3 {
			writers.Go(func() {
				for m := range 12 {
					by := later(100*n + m)
					i, _, err := s.CreateItem(t.Context(), by, "checkout", with(by, burnlist.ItemFields{}))
					if err != nil {
						t.Error(err)
						return
					}
					if _, err := decide(t, s, by, i.ID, burnlist.Decision{Kind: []burnlist.DecisionKind{burnlist.DecideDone, burnlist.DecideDeprioritise}[m%2], Reason: "enough"}); err != nil {
						t.Error(err)
					}
					if _, _, err := s.UpdateService(t.Context(), by, "search", func(v burnlist.Service) (burnlist.Service, error) {
						v.Team = burnlist.NullString(fmt.Sprintf("team %d", by.At.Unix()))
						return v, nil
					}); err != nil {
						t.Error(err)
					}
					e, _, err := s.AddExclusion(t.Context(), by, anHour(100*n+m+1))
					if err != nil {
						t.Error(err)
						return
					}
					if m%2 == 1 { // so that some always hold
						if _, _, err := s.RemoveExclusion(t.Context(), by, e.SLO, e.ID); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		writers.Wait()
		stop()
		readers.Wait()
		if last, err := s.World(t.Context()); err != nil {
			t.Fatal(err)
		} else {
			seen[last.Revision] = last
		}
		changes, err := s.Changes(t.Context(), 0, 0)
		ok(t, err)
		compared, replayed := 0, burnlist.NewWorld()
		for _, c := range changes {
			replayed.Apply(c)
			if w, ok := seen[c.Revision]; ok {
				compared++
				if diff := cmp.Diff(replayed, w, asMaps); diff != "" {
					t.Fatalf("at revision %d the log makes another world (-log +read):\n%s", c.Revision, diff)
				}
			}
		}
		if compared != len(seen) || len(seen) < 3 {
			t.Errorf("compared %d of %d worlds", compared, len(seen))
		}
	})
}

func TestATailDeliversInOrderAndResumes(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		// These never look by themselves, but for the first time.
		all, rest := tail(t, s, 0, time.Hour), tail(t, s, 3, time.Hour)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 10 {
					if _, _, err := s.CreateItem(t.Context(), ana, "checkout", with(ana, burnlist.ItemFields{})); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for want := int64(1); want <= 45; want++ {
			if got := soon(t, all); got.Revision != want {
				t.Fatalf("got revision %d, want %d", got.Revision, want)
			}
			if want > 3 {
				if got := soon(t, rest); got.Revision != want {
					t.Fatalf("the resumed one got revision %d, want %d", got.Revision, want)
				}
			}
		}
		wg.Wait()
	})
}

func TestEveryCommitWakesATail(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		delivered := tail(t, s, 5, time.Hour)
		for range 50 {
			_, revision, err := s.CreateItem(t.Context(), ana, "checkout", with(ana, burnlist.ItemFields{}))
			ok(t, err)
			if got := soon(t, delivered); got.Revision != revision {
				t.Fatalf("got revision %d, want %d", got.Revision, revision)
			}
		}
	})
}

func TestATailSeesWhatOthersCommit(t *testing.T) {
	url := pgtest.Database(t)
	here, there := open(t, url), open(t, url)
	delivered := tail(t, here, 0, 5*time.Millisecond)
	_, revision, err := there.CreateProduct(t.Context(), ana, shop())
	ok(t, err)
	if got := soon(t, delivered); got.Revision != revision || got.After.Products[0].Name != "shop" {
		t.Errorf("got %+v", got)
	}
}

func TestATailEndsWithTheErrorOfItsReader(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		enough := errors.New("enough")
		if err := s.Tail(t.Context(), 0, 0, func([]burnlist.Change) error { return enough }); !errors.Is(err, enough) {
			t.Errorf("it ended with %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Tail(ctx, 0, 0, func([]burnlist.Change) error { return enough }); err != nil {
			t.Errorf("with its context it ended with %v", err)
		}
	})
}

func TestChangesComeInBatches(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		var got []int64
		for after := int64(0); ; {
			batch, err := s.Changes(t.Context(), after, 2)
			ok(t, err)
			if len(batch) == 0 {
				break
			}
			for _, c := range batch {
				got = append(got, c.Revision)
			}
			after = got[len(got)-1]
		}
		if diff := cmp.Diff([]int64{1, 2, 3, 4, 5}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// warnings passes on the text of what is logged as a warning.
type warnings struct {
	slog.Handler
	to chan string
}

func (w warnings) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

func (w warnings) Handle(_ context.Context, r slog.Record) error {
	w.to <- r.Level.String() + " " + r.Message
	return nil
}

func TestATailOutlivesAnOutageAndSaysSoOnce(t *testing.T) {
	server, err := pgtest.Start(t.Context(), pgtest.Options{})
	pgtest.Require(t, err)
	defer server.Close()
	said := make(chan string, 100)
	s, err := Open(t.Context(), server.URL("postgres"), slog.New(warnings{slog.DiscardHandler, said}))
	ok(t, err)
	defer s.Close()
	delivered := tail(t, s, 0, time.Millisecond)
	_, _, err = s.CreateProduct(t.Context(), ana, shop())
	ok(t, err)
	soon(t, delivered)

	ok(t, server.Kill())
	if got := soon(t, said); got != "WARN the change log cannot be read: trying again until it can" {
		t.Errorf("it says %q", got)
	}
	// Each connection's end of the server notices by itself that it was killed.
	for _, pool := range []*gorm.DB{s.reader, s.writer} {
		db, err := pool.DB()
		ok(t, err)
		for err = nil; err == nil; {
			err = db.PingContext(t.Context())
		}
	}
	refusedAs(t, answers(t, s), burnlist.Unavailable)
	_, _, err = s.CreateService(t.Context(), ana, burnlist.Service{Name: "checkout", Product: "shop"})
	refusedAs(t, err, burnlist.Unavailable, "try again")
	_, err = s.World(t.Context())
	refusedAs(t, err, burnlist.Unavailable)
	refusedAs(t, s.Ledgers(Lease{}).PutSlices(t.Context(), []burnlist.Slice{{Ledger: 1}}), burnlist.Unavailable)
	if got := soon(t, said); got != "WARN the database cannot be written" {
		t.Errorf("it says %q", got)
	}

	ok(t, server.Resume(t.Context()))
	if got := soon(t, said); got != "INFO the change log can be read again" {
		t.Errorf("it says %q", got)
	}
	_, revision, err := s.CreateService(t.Context(), ana, burnlist.Service{Name: "checkout", Product: "shop"})
	ok(t, err)
	if got := soon(t, said); got != "INFO the database can be written again" {
		t.Errorf("it says %q", got)
	}
	if got := soon(t, delivered); got.Revision != revision {
		t.Errorf("it goes on with revision %d, want %d", got.Revision, revision)
	}
}

// asMaps compares items by their ids.
var asMaps = cmp.Transformer("items", func(b burnlist.ByID[burnlist.Item]) map[int64]*burnlist.Item { return maps.Collect(b.All()) })
