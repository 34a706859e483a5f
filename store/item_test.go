package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

func TestItemsAreReadAsTheyWereWritten(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		east := time.FixedZone("east", 9*3600)
		start, end := monday.Add(-3*time.Hour+789), monday.Add(-2*time.Hour)
		full := burnlist.ItemFields{
			Key: "PM-31/2", Title: "alert on pool exhaustion — ünïcode ✓", Service: "checkout", SLO: "checkout-availability", Owner: "ana@example.org",
			Due: burnlist.NewDate(2026, 12, 4), Priority: "P0", Ticket: "OPS-7",
			Source:   &burnlist.Source{URL: "https://example.org/pm/31", Title: "pool", Start: new(start.In(east)), End: new(end.In(east))},
			OpenedOn: burnlist.NewDate(2026, 11, 20),
		}
		for name, f := range map[string]burnlist.ItemFields{"full": full, "bare": {Service: "search", Title: "x"}} {
			t.Run(name, func(t *testing.T) {
				want, err := burnlist.Item{}.With(f, ana, shop())
				ok(t, err)
				got, _, err := s.CreateItem(t.Context(), ana, f.Service, with(ana, f))
				ok(t, err)
				want.ID, want.Version = got.ID, 1
				if want.Source != nil {
					want.Source = &burnlist.Source{URL: want.Source.URL, Title: want.Source.Title, Start: new(burnlist.Instant(start)), End: &end}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("created (-want +got):\n%s", diff)
				}
				read, err := s.Item(t.Context(), got.ID)
				ok(t, err)
				if diff := cmp.Diff(want, read); diff != "" {
					t.Errorf("read (-want +got):\n%s", diff)
				}
			})
		}
		if !full.Source.Start.Equal(start) || full.Source.Start.Location() != east {
			t.Errorf("the caller's own source was changed to %v", full.Source)
		}
	})
}

func TestDecisionsAreRecordedWithTheirChange(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		item := newItem(t, s, burnlist.ItemFields{Service: "checkout"})
		d := burnlist.Decision{Kind: burnlist.DecideDeprioritise, Reason: "the pool is gone", Revisit: burnlist.NewDate(2027, 1, 1)}
		got, err := decide(t, s, later(5), item.ID, d)
		ok(t, err)
		want := item
		want.Status, want.Version, want.UpdatedAt, want.Trail.TouchedAt = burnlist.Deprioritised, 2, later(5).At, later(5).At
		want.Facts.LastReviewed = new(later(5).At)
		want.Closing = &burnlist.Closing{At: later(5).At, On: burnlist.NewDate(2026, 11, 23), Actor: "ana", Reason: "the pool is gone", Revisit: d.Revisit}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("decided (-want +got):\n%s", diff)
		}
		changes, err := s.Changes(t.Context(), 6, 0)
		ok(t, err)
		change := burnlist.Change{
			Revision: 7, At: later(5).At, Actor: "ana", Kind: burnlist.ItemDecided, Decision: &d,
			Subjects: []string{"item/1", "service/checkout"}, After: burnlist.After{Items: []*burnlist.Item{&want}},
		}
		if diff := cmp.Diff([]burnlist.Change{change}, changes); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
	})
}

func TestAChangeIsGivenTheItemAndItsProduct(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		item := newItem(t, s, burnlist.ItemFields{Service: "checkout"})
		_, _, err := s.UpdateItem(t.Context(), ana, item.ID,
			func(i burnlist.Item, p burnlist.Product) (burnlist.Item, error) {
				if p.Zone != "Europe/Berlin" || i.ID != item.ID {
					t.Errorf("change is given %+v and %+v", i, p)
				}
				return burnlist.Item{}, burnlist.Errorf(burnlist.Stale, "the version is not the current one")
			})
		refusedAs(t, err, burnlist.Stale)
	})
}

func TestKeysAreUniqueAndMayBeMissing(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		first := newItem(t, s, burnlist.ItemFields{Service: "checkout", Key: "PM-1"})
		second := newItem(t, s, burnlist.ItemFields{Service: "checkout"})
		newItem(t, s, burnlist.ItemFields{Service: "search"})
		_, _, err := s.CreateItem(t.Context(), ana, "search", with(ana, burnlist.ItemFields{Key: "PM-1"}))
		refusedAs(t, err, burnlist.Exists, fmt.Sprintf("item %d", first.ID), `"PM-1"`)
		take := edit(ana, func(f *burnlist.ItemFields) { f.Key = "PM-1" })
		_, _, err = s.UpdateItem(t.Context(), ana, second.ID, take)
		refusedAs(t, err, burnlist.Exists, fmt.Sprintf("item %d", first.ID))

		_, _, err = s.UpdateItem(t.Context(), ana, first.ID, edit(ana, func(f *burnlist.ItemFields) { f.Key = "" }))
		ok(t, err)
		taken, _, err := s.UpdateItem(t.Context(), ana, second.ID, take)
		ok(t, err)
		if taken.Key != "PM-1" {
			t.Errorf("the key is %q", taken.Key)
		}
	})
}

func TestAnItemNamesAnSLOOfItsService(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		create := func(service string, slo burnlist.NullString) error {
			_, _, err := s.CreateItem(t.Context(), ana, service, with(ana, burnlist.ItemFields{SLO: slo}))
			return err
		}
		refusedAs(t, create("nothing", ""), burnlist.Invalid, "service", "create it first")
		refusedAs(t, create("checkout", "nothing"), burnlist.Invalid, "slo", "no SLO")
		refusedAs(t, create("checkout", "search-availability"), burnlist.Invalid, "slo", "of search, not of checkout")
		item := newItem(t, s, burnlist.ItemFields{Service: "checkout", SLO: "checkout-availability"})
		_, _, err := s.UpdateItem(t.Context(), ana, item.ID, edit(ana, func(f *burnlist.ItemFields) { f.Service = "search" }))
		refusedAs(t, err, burnlist.Invalid, "slo", "of checkout, not of search")
		moved, _, err := s.UpdateItem(t.Context(), ana, item.ID, edit(ana, func(f *burnlist.ItemFields) {
			f.Service, f.SLO = "search", "search-availability"
		}))
		ok(t, err)
		if moved.Service != "search" || moved.SLO != "search-availability" {
			t.Errorf("moved it is %+v", moved)
		}
		changes, err := s.Changes(t.Context(), 6, 0)
		ok(t, err)
		if diff := cmp.Diff([]string{"item/1", "service/search", "service/checkout"}, changes[0].Subjects); diff != "" {
			t.Errorf("subjects (-want +got):\n%s", diff)
		}

		_, _, err = s.UpdateSLO(t.Context(), ana, "search-availability", retireSLO)
		ok(t, err)
		refusedAs(t, create("search", "search-availability"), burnlist.Invalid, "slo", "retired")
		_, _, err = s.UpdateItem(t.Context(), ana, item.ID, edit(ana, func(f *burnlist.ItemFields) { f.Title = "still editable" }))
		ok(t, err)
	})
}

func TestTheSourceNamesAnotherProduct(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		for _, name := range []string{"bank", "museum"} {
			_, _, err := s.CreateProduct(t.Context(), ana, burnlist.Product{Name: name, Zone: "UTC", Slot: burnlist.DefaultSlot})
			ok(t, err)
		}
		_, _, err := s.CreateService(t.Context(), ana, burnlist.Service{Name: "ledger", Product: "bank"})
		ok(t, err)
		from := func(product string, title burnlist.NullString) burnlist.ItemFields {
			return burnlist.ItemFields{Service: "checkout", Source: &burnlist.Source{Product: burnlist.NullString(product), Title: title}}
		}
		_, _, err = s.CreateItem(t.Context(), ana, "checkout", with(ana, from("nothing", "")))
		refusedAs(t, err, burnlist.Invalid, "source.product", "no product")
		item := newItem(t, s, from("bank", "pool"))
		if diff := cmp.Diff(&burnlist.Source{Product: "bank", Title: "pool"}, item.Source); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if i := newItem(t, s, from("shop", "")); i.Source != nil {
			t.Errorf("of its own product it has the source %+v", i.Source)
		}
		move := func(service, product string) (burnlist.Item, error) {
			i, _, err := s.UpdateItem(t.Context(), ana, item.ID, edit(ana, func(f *burnlist.ItemFields) {
				f.Service, f.Source = service, &burnlist.Source{Product: burnlist.NullString(product), Title: "pool"}
			}))
			return i, err
		}
		_, err = move("checkout", "nothing")
		refusedAs(t, err, burnlist.Invalid, "source.product")
		if i, err := move("ledger", "bank"); err != nil || i.Source.Product != "" || i.Source.Title != "pool" {
			t.Errorf("moved into the product it is %+v, %v", i, err)
		}
		if i, err := move("ledger", "shop"); err != nil || i.Source.Product != "shop" {
			t.Errorf("of another one it is %+v, %v", i, err)
		}

		// A product that was retired since stays what it was.
		museum := newItem(t, s, from("museum", ""))
		_, _, err = s.UpdateProduct(t.Context(), ana, "museum", retireProduct)
		ok(t, err)
		_, _, err = s.UpdateItem(t.Context(), ana, museum.ID, edit(ana, func(f *burnlist.ItemFields) { f.Title = "still editable" }))
		ok(t, err)
	})
}

func TestAnEditLeavesTheFactsAlone(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		item := newItem(t, s, burnlist.ItemFields{Service: "checkout", Owner: "ana"})
		item, err := decide(t, s, later(1), item.ID, burnlist.Decision{Kind: burnlist.DecideCommit, Due: burnlist.NewDate(2026, 12, 4)})
		ok(t, err)
		got, _, err := s.UpdateItem(t.Context(), later(2), item.ID, func(i burnlist.Item, p burnlist.Product) (burnlist.Item, error) {
			f := i.ItemFields
			f.Due = burnlist.NewDate(2027, 3, 1)
			i.Facts = burnlist.Facts{Promised: f.Due, Streak: 9}
			return i.With(f, later(2), p)
		})
		ok(t, err)
		if diff := cmp.Diff(item.Facts, got.Facts); diff != "" || got.Due != burnlist.NewDate(2027, 3, 1) {
			t.Errorf("due on %s, facts (-want +got):\n%s", got.Due, diff)
		}
	})
}

func TestRefusedItemsLeaveNoGapAndNoTrace(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		newItem(t, s, burnlist.ItemFields{Service: "checkout", Key: "K"})
		for range 3 {
			_, _, err := s.CreateItem(t.Context(), ana, "checkout", with(ana, burnlist.ItemFields{Key: "K"}))
			refusedAs(t, err, burnlist.Exists)
		}
		_, revision, err := s.CreateItem(t.Context(), ana, "checkout", with(ana, burnlist.ItemFields{}))
		ok(t, err)
		items, err := s.Items(t.Context(), ItemFilter{})
		ok(t, err)
		if len(items) != 2 || items[1].ID != 2 || revision != 7 {
			t.Errorf("revision %d, items %+v", revision, items)
		}
	})
}

func TestItemsAreFiltered(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		_, _, err := s.CreateProduct(t.Context(), ana, burnlist.Product{Name: "bank", Zone: "UTC", Slot: burnlist.DefaultSlot})
		ok(t, err)
		_, _, err = s.CreateService(t.Context(), ana, burnlist.Service{Name: "ledger", Product: "bank"})
		ok(t, err)
		for i, f := range []burnlist.ItemFields{
			{Service: "checkout", Owner: "ana"},
			{Service: "checkout", Owner: "bo", Key: "K2"},
			{Service: "search", Owner: "ana"},
			{Service: "ledger"},
			{Service: "ledger", Owner: "ana"},
		} {
			if item := newItem(t, s, f); item.ID != int64(i+1) {
				t.Fatalf("item %d has id %d", i+1, item.ID)
			}
		}
		_, err = decide(t, s, ana, 3, burnlist.Decision{Kind: burnlist.DecideDone})
		ok(t, err)
		for name, c := range map[string]struct {
			filter ItemFilter
			want   []int64
		}{
			"all":                {ItemFilter{}, []int64{1, 2, 3, 4, 5}},
			"of a product":       {ItemFilter{Product: "shop"}, []int64{1, 2, 3}},
			"of a service":       {ItemFilter{Service: "ledger"}, []int64{4, 5}},
			"of an owner":        {ItemFilter{Owner: "ana"}, []int64{1, 3, 5}},
			"with a key":         {ItemFilter{Key: "K2"}, []int64{2}},
			"with a status":      {ItemFilter{Status: burnlist.Done}, []int64{3}},
			"after an id":        {ItemFilter{After: 3}, []int64{4, 5}},
			"the first":          {ItemFilter{Limit: 2}, []int64{1, 2}},
			"everything at once": {ItemFilter{Product: "shop", Service: "checkout", Owner: "ana", Status: burnlist.Open, Limit: 5}, []int64{1}},
			"none":               {ItemFilter{Product: "bank", Service: "search"}, nil},
		} {
			items, err := s.Items(t.Context(), c.filter)
			ok(t, err)
			var got []int64
			for _, i := range items {
				got = append(got, i.ID)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

func TestDatesOfAllYearsAreKept(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		for _, due := range []burnlist.Date{
			burnlist.NewDate(9999, 12, 31), burnlist.NewDate(2028, 2, 29), burnlist.NewDate(1970, 1, 1), burnlist.NewDate(1, 1, 1), 0,
		} {
			item := newItem(t, s, burnlist.ItemFields{Service: "checkout", OpenedOn: burnlist.NewDate(1, 1, 1), Due: due})
			read, err := s.Item(t.Context(), item.ID)
			ok(t, err)
			if read.Due != due || read.OpenedOn != burnlist.NewDate(1, 1, 1) || read.Trail.FirstDue != due {
				t.Errorf("due %q became %q, opened on %q, first due %q", due, read.Due, read.OpenedOn, read.Trail.FirstDue)
			}
		}
	})
}
