package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

// asking returns ana with a key and the fingerprint of a request.
func asking(request string) burnlist.Author {
	by := later(1)
	by.Key, by.Request = "k", request
	return by
}

func TestWhatWasDoneUnderAKeyIsReturnedAgain(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		by := asking("create shop")
		again, err := s.Repeated(t.Context(), by)
		ok(t, err)
		if again {
			t.Error("it was repeated before it was done")
		}
		first, revision, err := s.CreateProduct(t.Context(), by, shop())
		ok(t, err)
		_, _, err = s.UpdateProduct(t.Context(), later(2), "shop", func(p burnlist.Product) (burnlist.Product, error) {
			p.Zone = "UTC"
			return p, nil
		})
		ok(t, err)
		later := by
		later.At = monday.Add(burnlist.Day)
		second, then, err := s.CreateProduct(t.Context(), later, shop())
		ok(t, err)
		if diff := cmp.Diff(first, second); diff != "" || revision != 1 || then != 1 {
			t.Errorf("revision %d, then %d (-first +second):\n%s", revision, then, diff)
		}
		again, err = s.Repeated(t.Context(), later)
		ok(t, err)
		if now, err := s.Revision(t.Context()); !again || err != nil || now != 2 {
			t.Errorf("it was repeated: %v, and the log is at %d (%v), want true and 2", again, now, err)
		}

		other := asking("create bank")
		_, err = s.Repeated(t.Context(), other)
		refusedAs(t, err, burnlist.KeyReused, "use a new key")
		_, _, err = s.CreateProduct(t.Context(), other, burnlist.Product{Name: "bank", Zone: "UTC", Slot: burnlist.DefaultSlot})
		refusedAs(t, err, burnlist.KeyReused, "use a new key")
		other.Actor = "ben"
		_, then, err = s.CreateProduct(t.Context(), other, burnlist.Product{Name: "bank", Zone: "UTC", Slot: burnlist.DefaultSlot})
		ok(t, err)
		if then != 3 {
			t.Errorf("another actor's write has revision %d, want 3", then)
		}
	})
}

// Something that no client asks for under a key does not take one.
func TestAnUpdateLeavesTheKeyOfItsAuthor(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		by := asking("rename")
		for n, team := range []burnlist.NullString{"one", "two"} {
			v, revision, err := s.UpdateService(t.Context(), by, "checkout", func(v burnlist.Service) (burnlist.Service, error) {
				v.Team = team
				return v, nil
			})
			ok(t, err)
			if v.Team != team || revision != int64(6+n) {
				t.Errorf("team %q at revision %d, want %q at %d", v.Team, revision, team, 6+n)
			}
		}
	})
}

func TestALogFromBeforeKeysIsBroughtUpToDate(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		migratedTo(t, url, 3,
			`INSERT INTO changes (revision, at, actor, verified, kind, subjects, after) VALUES
				(1, '2026-11-02T10:00:00.000Z', 'ana', (1 = 0), 'product.created', '["product/shop"]', '{"products":[{"name":"shop"}]}'),
				(2, '2026-11-02T10:00:00.000Z', 'ana', (1 = 0), 'budgets.refreshed', '["slo/availability"]', '{}')`,
			`UPDATE counter SET revision = 2`,
		)
		s := open(t, url)
		_, revision, err := s.CreateProduct(t.Context(), asking("r"), burnlist.Product{Name: "bank", Zone: "UTC", Slot: burnlist.DefaultSlot})
		ok(t, err)
		changes, err := s.ChangeLog(t.Context(), ChangeFilter{})
		ok(t, err)
		if len(changes) != 3 || revision != 3 || changes[1].Subjects[0] != "slo/availability" || changes[2].Kind != burnlist.ProductCreated {
			t.Errorf("revision %d, the log is %+v", revision, changes)
		}
	})
}

func TestItemsAreReadAsTheyWere(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		first, second := newItem(t, s, burnlist.ItemFields{Service: "checkout"}), newItem(t, s, burnlist.ItemFields{Service: "search"})    // 6 and 7
		changed, _, err := s.UpdateItem(t.Context(), later(1), first.ID, edit(later(1), func(f *burnlist.ItemFields) { f.Owner = "ben" })) // 8
		ok(t, err)
		for revision, want := range map[int64][]burnlist.Item{7: {second, first}, 8: {second, changed}, 99: {second, changed}} {
			got, err := s.ItemsAt(t.Context(), revision, second.ID, first.ID)
			ok(t, err)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("at revision %d (-want +got):\n%s", revision, diff)
			}
		}
		_, err = s.ItemsAt(t.Context(), 6, second.ID)
		refusedAs(t, err, burnlist.NotFound, "at revision 6")
	})
}
