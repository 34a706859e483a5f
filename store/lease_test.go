package store

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/pgtest"
)

// acquire returns the lease "collect" of a holder for an hour.
func acquire(t *testing.T, s *Store, holder string) (Lease, bool) {
	t.Helper()
	l, held, err := s.Acquire(t.Context(), "collect", holder, time.Hour)
	ok(t, err)
	if l.Name != "collect" || l.Holder != holder {
		t.Errorf("the lease is %+v", l)
	}
	return l, held
}

// expire lets all leases be over.
func expire(t *testing.T, s *Store) {
	t.Helper()
	ok(t, s.writer.Exec("UPDATE leases SET until_at = ?", at(monday.AddDate(-10, 0, 0))).Error)
}

func TestALeaseHasOneHolderUntilItExpires(t *testing.T) {
	s := open(t, pgtest.Database(t))
	var before Lease
	for n, step := range []struct {
		holder string
		first  func() // what happens before
		held   bool
		epoch  int64
	}{
		{holder: "ana", held: true, epoch: 1},
		{holder: "ana", held: true, epoch: 1},
		{holder: "bo"},
		{holder: "bo", first: func() { expire(t, s) }, held: true, epoch: 2},
		{holder: "ana"},
		{holder: "ana", first: func() { ok(t, s.Release(t.Context(), Lease{Name: "collect", Holder: "ana", Epoch: 1})) }},
		{holder: "bo", held: true, epoch: 2},
		{holder: "ana", first: func() { ok(t, s.Release(t.Context(), before)) }, held: true, epoch: 3},
		{holder: "ana", first: func() { expire(t, s) }, held: true, epoch: 4},
	} {
		if step.first != nil {
			step.first()
		}
		l, held := acquire(t, s, step.holder)
		if held != step.held || l.Epoch != step.epoch {
			t.Fatalf("step %d: %s holds it: %v, in epoch %d, want %v and %d", n, step.holder, held, l.Epoch, step.held, step.epoch)
		}
		if held {
			before = l
		}
	}
	other, held, err := s.Acquire(t.Context(), "keep", "bo", time.Hour)
	if err != nil || !held || other.Epoch != 1 {
		t.Errorf("the lease of another name is %+v, %v, %v", other, held, err)
	}
}

// The file of SQLite belongs to one process, so that another holder is gone.
func TestALeaseOfSQLiteIsAlwaysGranted(t *testing.T) {
	s := open(t, "sqlite:"+filepath.Join(t.TempDir(), "burnlist.db"))
	for n, step := range []struct {
		holder string
		epoch  int64
	}{{"ana", 1}, {"ana", 1}, {"bo", 2}, {"ana", 3}} {
		if l, held := acquire(t, s, step.holder); !held || l.Epoch != step.epoch {
			t.Errorf("step %d: %s holds it: %v, in epoch %d, want %d", n, step.holder, held, l.Epoch, step.epoch)
		}
	}
	expire(t, s)
	if l, held := acquire(t, s, "ana"); !held || l.Epoch != 4 {
		t.Errorf("after it expired it is %+v, %v", l, held)
	}
}

func TestALeaseEndsByTheClockOfTheDatabase(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		now := func() time.Time {
			var row leaseRow
			ok(t, s.reader.Raw("SELECT "+s.clock()+" AS until_at").Scan(&row).Error)
			return row.Until.Time
		}
		for _, again := range []bool{false, true} {
			const ttl = 90*time.Minute + 250*time.Millisecond
			before := now()
			l, held, err := s.Acquire(t.Context(), "collect", "ana", ttl)
			after := now()
			if err != nil || !held || l.Until.Before(before.Add(ttl-time.Millisecond)) || l.Until.After(after.Add(ttl+time.Millisecond)) {
				t.Errorf("again %v: between %s and %s it was acquired until %s, %v, %v", again, before, after, l.Until, held, err)
			}
		}
		for name, of := range map[string]struct {
			name, holder string
			ttl          time.Duration
		}{"no name": {"", "ana", time.Hour}, "no holder": {"collect", "", time.Hour}, "no time": {"collect", "ana", 0}} {
			_, _, err := s.Acquire(t.Context(), of.name, of.holder, of.ttl)
			if code := burnlist.CodeOf(err); code != burnlist.Invalid {
				t.Errorf("%s: the code is %q", name, code)
			}
		}
		if changes, err := s.Changes(t.Context(), 0, 0); err != nil || len(changes) != 0 {
			t.Errorf("leases made changes: %v, %v", changes, err)
		}
	})
}

func TestOneOfEightTakesOver(t *testing.T) {
	url := pgtest.Database(t)
	replicas := []*Store{open(t, url), open(t, url)}
	for round := range int64(6) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		var winners []Lease
		for n := range 8 {
			wg.Go(func() {
				l, held, err := replicas[n%2].Acquire(t.Context(), "collect", fmt.Sprintf("replica %d", n), time.Hour)
				if err != nil {
					t.Error(err)
				}
				if held {
					mu.Lock()
					defer mu.Unlock()
					winners = append(winners, l)
				}
			})
		}
		wg.Wait()
		if len(winners) != 1 || winners[0].Epoch != round+1 {
			t.Fatalf("round %d: the holders are %+v, want one of epoch %d", round, winners, round+1)
		}
		if round%2 == 0 {
			expire(t, replicas[0])
		} else {
			ok(t, replicas[1].Release(t.Context(), winners[0]))
		}
	}
}

// leased are the writes that need the lease.
func leased(l *Ledgers) map[string]func(t *testing.T) error {
	return map[string]func(t *testing.T) error{
		"slices": func(t *testing.T) error {
			return l.PutSlices(t.Context(), []burnlist.Slice{{Ledger: 1, Start: 90_000, State: burnlist.SliceData, Bad: 1, Total: 2}})
		},
		"roll-up": func(t *testing.T) error {
			return l.RollUp(t.Context(), []burnlist.Rolled{{Ledger: 1, Start: 3600, Width: 3600, Data: 300, Bad: 1, Total: 2}})
		},
		"re-reading": func(t *testing.T) error {
			return l.PutReread(t.Context(), []burnlist.Reread{{Ledger: 1, After2h: 7200, After24h: 3600}})
		},
		"forgetting": func(t *testing.T) error { return l.Forget(t.Context(), 1000) },
		"budgets": func(t *testing.T) error {
			_, err := l.PutBudgets(t.Context(), ana, burnlist.Budgets{
				RefreshedAt: monday, Figures: map[string]*burnlist.Figures{"search-availability": figuresOf("search-availability", 1)},
			})
			return err
		},
	}
}

func TestWritesNeedTheLease(t *testing.T) {
	for name, lose := range map[string]func(t *testing.T, s *Store, l Lease) Lease{
		"it expired":         func(t *testing.T, s *Store, l Lease) Lease { expire(t, s); return l },
		"it was released":    func(t *testing.T, s *Store, l Lease) Lease { ok(t, s.Release(t.Context(), l)); return l },
		"it was never taken": func(_ *testing.T, _ *Store, l Lease) Lease { l.Name = "keep"; return l },
		"it was taken over": func(t *testing.T, s *Store, l Lease) Lease {
			expire(t, s)
			acquire(t, s, "bo")
			return l
		},
		"it is the holder's, but not this one": func(t *testing.T, s *Store, l Lease) Lease {
			expire(t, s)
			acquire(t, s, "ana")
			return l
		},
		"somebody else has it": func(t *testing.T, s *Store, l Lease) Lease {
			if s.dialect == sqliteDialect {
				acquire(t, s, "bo")
				return l
			}
			refused, held := acquire(t, s, "bo")
			if held {
				t.Error("it was given away")
			}
			return refused
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachStore(t, func(t *testing.T, s *Store) {
				fill(t, s)
				ok(t, s.Ledgers(Lease{}).PutSlices(t.Context(), []burnlist.Slice{
					{Ledger: 1, Start: 300, State: burnlist.SliceData, Total: 5}, {Ledger: 1, Start: 3600, State: burnlist.SliceData, Bad: 1, Total: 2},
				}))
				kept := func() (burnlist.Ledger, burnlist.Budgets, int64) {
					ledger, err := s.Ledger(t.Context(), 1)
					ok(t, err)
					w, err := s.World(t.Context())
					ok(t, err)
					return ledger, w.Budgets, w.Revision
				}
				l, _ := acquire(t, s, "ana")
				lost := lose(t, s, l)
				ledger, budgets, revision := kept()
				for what, write := range leased(s.Ledgers(lost)) {
					refusedAs(t, write(t), burnlist.Conflict, lost.Name, "acquire it again")
					gotLedger, gotBudgets, gotRevision := kept()
					if diff := cmp.Diff([]any{ledger, budgets, revision}, []any{gotLedger, gotBudgets, gotRevision}); diff != "" {
						t.Errorf("%s: what was refused was written (-want +got):\n%s", what, diff)
					}
				}
			})
		})
	}
}

func TestWritesUnderTheLeaseAreDone(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		ok(t, s.Ledgers(Lease{}).PutSlices(t.Context(), []burnlist.Slice{{Ledger: 1, Start: 300, State: burnlist.SliceData, Total: 5}}))
		l, _ := acquire(t, s, "ana")
		acquire(t, s, "ana") // which is the same one
		for what, write := range leased(s.Ledgers(l)) {
			if err := write(t); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		got, err := s.Ledgers(l).Ledger(t.Context(), 1)
		ok(t, err)
		want := burnlist.Ledger{
			Slices: []burnlist.Slice{{Ledger: 1, Start: 90_000, State: burnlist.SliceData, Bad: 1, Total: 2}},
			Rolled: []burnlist.Rolled{{Ledger: 1, Start: 3600, Width: 3600, Data: 300, Bad: 1, Total: 2}},
			Reread: burnlist.Reread{Ledger: 1, After2h: 7200, After24h: 3600},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if w, err := s.World(t.Context()); err != nil || len(w.Budgets.Figures) != 1 {
			t.Errorf("the figures are %v, %v", w.Budgets.Figures, err)
		}
	})
}

func TestALeaseStaysWithItsHolderWhileHeWrites(t *testing.T) {
	url := pgtest.Database(t)
	s, other := open(t, url), open(t, url)
	l, _ := acquire(t, s, "ana")
	takeable := func() error {
		return other.writer.Exec("SELECT 1 FROM leases WHERE name = 'collect' FOR NO KEY UPDATE NOWAIT").Error
	}
	ledgers := s.Ledgers(l)
	err := ledgers.transact(t.Context(), "write", func(*gorm.DB) error {
		if err := takeable(); err == nil {
			t.Error("the lease can be taken over in the middle of a write")
		}
		return ledgers.transact(t.Context(), "write beside it", func(*gorm.DB) error { return nil })
	})
	ok(t, err)
	ok(t, takeable())
}
