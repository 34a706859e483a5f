package store

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"github.com/burnlist/burnlist"
)

// guarded fails as Stale unless an item is at a version.
func guarded(i burnlist.Item, version int64) error {
	if i.Version != version {
		return burnlist.Errorf(burnlist.Stale, "item %d is at version %d", i.ID, i.Version)
	}
	return nil
}

// untilFresh reads an item and has write write over that version of it, until
// nobody else was faster. It returns the revision of the change.
func untilFresh(t *testing.T, s *Store, id int64, write func(seen burnlist.Item) (int64, error)) (int64, error) {
	t.Helper()
	for {
		seen, err := s.Item(t.Context(), id)
		if err != nil {
			return 0, err
		}
		revision, err := write(seen)
		if burnlist.CodeOf(err) != burnlist.Stale {
			return revision, err
		}
	}
}

// Thirty-two writers count in the titles of four items, decide of them, and
// create others. Whoever tails the log meanwhile sees every revision once, in
// order, and each version of an item behind the one before.
func TestThirtyTwoWritersLoseNothing(t *testing.T) {
	const writers, each, contested = 32, 9, 4
	eachURL(t, func(t *testing.T, url string) {
		s := open(t, url)
		fill(t, s)
		for range contested {
			newItem(t, s, burnlist.ItemFields{Service: "checkout", Title: "0"})
		}
		other := s // that tails
		if s.Shared() {
			other = open(t, url)
		}
		const before = 5 + contested
		tailed := tail(t, other, before, 0)

		var mu sync.Mutex
		written := map[int64]string{} // what each revision was said to be
		var writing sync.WaitGroup
		for w := range writers {
			writing.Go(func() {
				for n := range each {
					by := burnlist.Author{Actor: fmt.Sprintf("writer %d", w), At: later(n).At}
					if n%2 == 1 {
						by.Key, by.Request = strconv.Itoa(n), "r"
					}
					id := rand.Int64N(contested) + 1
					var revision int64
					var err error
					kind := []string{"create", "count", "decide"}[n%3]
					switch kind {
					case "create":
						_, revision, err = s.CreateItem(t.Context(), by, "search", with(by, burnlist.ItemFields{}))
					case "count":
						revision, err = untilFresh(t, s, id, func(seen burnlist.Item) (int64, error) {
							_, revision, err := s.UpdateItem(t.Context(), by, id, func(i burnlist.Item, p burnlist.Product) (burnlist.Item, error) {
								count, err := strconv.Atoi(seen.Title)
								if err != nil {
									return i, err
								}
								f := seen.ItemFields
								f.Title = strconv.Itoa(count + 1)
								after, err := i.With(f, by, p)
								if err != nil {
									return i, err
								}
								return after, guarded(i, seen.Version)
							})
							return revision, err
						})
					case "decide":
						d := burnlist.Decision{Kind: burnlist.DecideReassign, Owner: burnlist.NullString(fmt.Sprintf("owner %d of %d", n, w))}
						revision, err = untilFresh(t, s, id, func(seen burnlist.Item) (int64, error) {
							_, _, revision, err := s.DecideItem(t.Context(), by, 0, id, d, func(c burnlist.Case) (burnlist.Decided, error) {
								if err := guarded(c.Item, seen.Version); err != nil {
									return burnlist.Decided{}, err
								}
								return c.Decide(d, by)
							})
							return revision, err
						})
					}
					if err != nil {
						t.Errorf("%s: %v", kind, err)
						return
					}
					mu.Lock()
					written[revision] = kind
					mu.Unlock()
				}
			})
		}
		writing.Wait()
		if t.Failed() {
			return
		}
		if len(written) != writers*each {
			t.Fatalf("%d writes have %d revisions", writers*each, len(written))
		}

		versions := map[int64]int64{}
		for id := range int64(contested) {
			versions[id+1] = 1
		}
		counts, kinds := 0, map[string]burnlist.ChangeKind{"create": burnlist.ItemCreated, "count": burnlist.ItemUpdated, "decide": burnlist.ItemDecided}
		for n := range int64(writers * each) {
			c := soon(t, tailed)
			if c.Revision != before+n+1 || c.Kind != kinds[written[c.Revision]] {
				t.Fatalf("at place %d the tail has revision %d, %s, of which its writer said %q", n+1, c.Revision, c.Kind, written[c.Revision])
			}
			i := c.After.Items[0]
			if i.Version != versions[i.ID]+1 {
				t.Fatalf("revision %d has version %d of item %d behind version %d", c.Revision, i.Version, i.ID, versions[i.ID])
			}
			versions[i.ID] = i.Version
		}
		for id := range int64(contested) {
			i := itemOf(t, s, id+1)
			count, err := strconv.Atoi(i.Title)
			ok(t, err)
			counts += count
			if i.Version != versions[i.ID] {
				t.Errorf("item %d is at version %d, its last change at %d", i.ID, i.Version, versions[i.ID])
			}
		}
		if want := writers * each / 3; counts != want {
			t.Errorf("the items count %d, want %d: updates are lost", counts, want)
		}
	})
}
