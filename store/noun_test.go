package store

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

func TestProductsAreReadAsTheyWereWritten(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		p := shop()
		// Somebody in another zone, with a clock finer than what is stored.
		by := burnlist.Author{Actor: "ana", At: monday.Add(456_789).In(time.FixedZone("west", -9*3600))}
		created, revision, err := s.CreateProduct(t.Context(), by, p)
		ok(t, err)
		p.SlotsFrom, p.Version, p.CreatedAt, p.UpdatedAt = monday, 1, monday, monday
		if diff := cmp.Diff(p, created); diff != "" || revision != 1 {
			t.Errorf("revision %d, created (-want +got):\n%s", revision, diff)
		}
		updated, revision, err := s.UpdateProduct(t.Context(), later(60), "shop", func(p burnlist.Product) (burnlist.Product, error) {
			return burnlist.Product{Zone: "America/New_York", Slot: p.Slot, RetiredAt: new(later(59).At)}, nil
		})
		ok(t, err)
		p.Zone, p.Version, p.UpdatedAt, p.RetiredAt = "America/New_York", 2, later(60).At, new(later(59).At)
		if diff := cmp.Diff(p, updated); diff != "" || revision != 2 {
			t.Errorf("revision %d, updated (-want +got):\n%s", revision, diff)
		}
		read, err := s.Product(t.Context(), "shop")
		ok(t, err)
		if diff := cmp.Diff(updated, read); diff != "" {
			t.Errorf("read (-want +got):\n%s", diff)
		}
		if read.UpdatedAt.Location() != time.UTC || read.RetiredAt.Location() != time.UTC {
			t.Errorf("times are in %s and %s, want UTC", read.UpdatedAt.Location(), read.RetiredAt.Location())
		}
		updated, _, err = s.UpdateProduct(t.Context(), later(90), "shop", func(p burnlist.Product) (burnlist.Product, error) {
			p.RetiredAt = nil
			return p, nil
		})
		ok(t, err)
		if updated.RetiredAt != nil || updated.Version != 3 {
			t.Errorf("brought back it is %+v", updated)
		}
	})
}

func TestSlotsCountFromWhenTheyWereGiven(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		p := shop()
		p.SlotsFrom = monday.Add(-1000 * time.Hour) // which is not the client's to say
		_, _, err := s.CreateProduct(t.Context(), ana, p)
		ok(t, err)
		for n, step := range []struct {
			name   string
			change func(p *burnlist.Product)
			anew   bool
		}{
			{"another time of the day", func(p *burnlist.Product) { p.Slot.Time = "11:00" }, false},
			{"another zone", func(p *burnlist.Product) { p.Zone = "UTC" }, false},
			{"the same weekday", func(p *burnlist.Product) { p.Slot.Weekday = "Monday" }, false},
			{"another weekday", func(p *burnlist.Product) { p.Slot.Weekday = "friday" }, true},
			{"an instant", func(p *burnlist.Product) { p.SlotsFrom = monday.Add(time.Hour); p.Slot.Time = "12:00" }, false},
			{"retired", func(p *burnlist.Product) { p.RetiredAt = new(monday) }, false},
			{"brought back", func(p *burnlist.Product) { p.RetiredAt = nil }, true},
		} {
			before, err := s.Product(t.Context(), "shop")
			ok(t, err)
			after, _, err := s.UpdateProduct(t.Context(), later(n+1), "shop", func(p burnlist.Product) (burnlist.Product, error) {
				step.change(&p)
				return p, nil
			})
			ok(t, err)
			want := before.SlotsFrom
			if step.anew {
				want = later(n + 1).At
			}
			if !after.SlotsFrom.Equal(want) {
				t.Errorf("%s: slots count from %s, want %s", step.name, after.SlotsFrom, want)
			}
		}
	})
}

func TestListsAreInTheOrderOfBytes(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		want := []string{"Z", "a", "a-b", "a.b", "a_b", "ab"}
		for _, i := range []int{3, 0, 5, 1, 4, 2} {
			p := shop()
			p.Name = want[i]
			_, _, err := s.CreateProduct(t.Context(), ana, p)
			ok(t, err)
		}
		products, err := s.Products(t.Context())
		ok(t, err)
		var got []string
		for _, p := range products {
			got = append(got, p.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestServicesMoveBetweenProductsInForce(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		for _, name := range []string{"bank", "museum"} {
			_, _, err := s.CreateProduct(t.Context(), ana, burnlist.Product{Name: name, Zone: "UTC", Slot: burnlist.DefaultSlot})
			ok(t, err)
		}
		_, _, err := s.UpdateProduct(t.Context(), ana, "museum", retireProduct)
		ok(t, err)
		move := func(to string) (burnlist.Service, error) {
			v, _, err := s.UpdateService(t.Context(), later(1), "checkout", func(v burnlist.Service) (burnlist.Service, error) {
				v.Product, v.Team = to, "payments"
				return v, nil
			})
			return v, err
		}
		_, err = move("museum")
		refusedAs(t, err, burnlist.Invalid, "product", "retired")
		_, err = move("nowhere")
		refusedAs(t, err, burnlist.Invalid, "product", "create it first")
		moved, err := move("bank")
		ok(t, err)
		want := burnlist.Service{Name: "checkout", Product: "bank", Team: "payments", Version: 2, CreatedAt: monday, UpdatedAt: later(1).At}
		if diff := cmp.Diff(want, moved); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		read, err := s.Service(t.Context(), "checkout")
		ok(t, err)
		if diff := cmp.Diff(want, read); diff != "" {
			t.Errorf("read (-want +got):\n%s", diff)
		}
		changes, err := s.Changes(t.Context(), 8, 0)
		ok(t, err)
		if diff := cmp.Diff([]string{"service/checkout", "product/bank", "product/shop"}, changes[0].Subjects); diff != "" {
			t.Errorf("subjects (-want +got):\n%s", diff)
		}
		all, err := s.Services(t.Context())
		ok(t, err)
		if len(all) != 2 || all[0].Name != "checkout" || all[1].Name != "search" || all[1].Team != "" {
			t.Errorf("all services are %+v", all)
		}
		_, _, err = s.CreateService(t.Context(), ana, burnlist.Service{Name: "ghost", Product: "museum"})
		refusedAs(t, err, burnlist.Invalid, "retired")
	})
}

func retireProduct(p burnlist.Product) (burnlist.Product, error) {
	p.RetiredAt = new(monday)
	return p, nil
}

func retireService(v burnlist.Service) (burnlist.Service, error) {
	v.RetiredAt = new(monday)
	return v, nil
}

func retireSLO(o burnlist.SLO) (burnlist.SLO, error) {
	o.RetiredAt = new(monday)
	return o, nil
}

func TestWhatIsInUseIsNotRetired(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		item := newItem(t, s, burnlist.ItemFields{Service: "checkout"})
		_, _, err := s.UpdateProduct(t.Context(), ana, "shop", retireProduct)
		refusedAs(t, err, burnlist.NotRetirable, "checkout, search", "retire")
		_, _, err = s.UpdateService(t.Context(), ana, "checkout", retireService)
		refusedAs(t, err, burnlist.NotRetirable, "checkout-availability")
		_, _, err = s.UpdateSLO(t.Context(), ana, "checkout-availability", retireSLO)
		ok(t, err)
		_, _, err = s.UpdateService(t.Context(), ana, "checkout", retireService)
		refusedAs(t, err, burnlist.NotRetirable, "open items", "1", "close")

		_, err = decide(t, s, ana, item.ID, burnlist.Decision{Kind: burnlist.DecideDone})
		ok(t, err)
		_, _, err = s.UpdateService(t.Context(), ana, "checkout", retireService)
		ok(t, err)
		_, err = decide(t, s, ana, item.ID, burnlist.Decision{Kind: burnlist.DecideReopen, Reason: "it came back"})
		refusedAs(t, err, burnlist.Conflict, "checkout is retired")
		_, _, err = s.CreateItem(t.Context(), ana, "checkout", with(ana, burnlist.ItemFields{}))
		refusedAs(t, err, burnlist.Invalid, "service", "retired")
		_, _, err = s.CreateSLO(t.Context(), ana, func() burnlist.SLO { o := availability("checkout"); o.Name = "more"; return o }())
		refusedAs(t, err, burnlist.Invalid, "service", "retired")
		_, _, err = s.UpdateSLO(t.Context(), ana, "checkout-availability", func(o burnlist.SLO) (burnlist.SLO, error) {
			o.RetiredAt = nil
			return o, nil
		})
		refusedAs(t, err, burnlist.Conflict, "checkout is retired")

		_, _, err = s.UpdateSLO(t.Context(), ana, "search-availability", retireSLO)
		ok(t, err)
		_, _, err = s.UpdateService(t.Context(), ana, "search", retireService)
		ok(t, err)
		_, _, err = s.UpdateProduct(t.Context(), ana, "shop", retireProduct)
		ok(t, err)
		_, _, err = s.UpdateService(t.Context(), ana, "search", func(v burnlist.Service) (burnlist.Service, error) {
			v.RetiredAt = nil
			return v, nil
		})
		refusedAs(t, err, burnlist.Conflict, "shop is retired")
	})
}

func TestNamesStayAndAreUnique(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		_, _, err := s.CreateProduct(t.Context(), ana, shop())
		refusedAs(t, err, burnlist.Exists, "shop")
		_, _, err = s.CreateService(t.Context(), ana, burnlist.Service{Name: "search", Product: "shop"})
		refusedAs(t, err, burnlist.Exists, "search")
		_, _, err = s.CreateSLO(t.Context(), ana, availability("search"))
		refusedAs(t, err, burnlist.Exists, "search-availability")

		_, _, err = s.UpdateProduct(t.Context(), ana, "shop", func(p burnlist.Product) (burnlist.Product, error) { p.Name = "store"; return p, nil })
		refusedAs(t, err, burnlist.Invalid, "name", "create a new product")
		_, _, err = s.UpdateService(t.Context(), ana, "search", func(v burnlist.Service) (burnlist.Service, error) { v.Name = "find"; return v, nil })
		refusedAs(t, err, burnlist.Invalid, "name", "create a new service")
		_, _, err = s.UpdateSLO(t.Context(), ana, "search-availability", func(o burnlist.SLO) (burnlist.SLO, error) { o.Name = "find"; return o, nil })
		refusedAs(t, err, burnlist.Invalid, "name", "create a new SLO")

		_, _, err = s.UpdateProduct(t.Context(), ana, "store", retireProduct)
		refusedAs(t, err, burnlist.NotFound, `"store"`)
		_, _, err = s.UpdateService(t.Context(), ana, "find", retireService)
		refusedAs(t, err, burnlist.NotFound, `"find"`)
		_, _, err = s.UpdateSLO(t.Context(), ana, "find", retireSLO)
		refusedAs(t, err, burnlist.NotFound, `"find"`)
		for _, read := range []func() error{
			func() error { _, err := s.Product(t.Context(), "none"); return err },
			func() error { _, err := s.Service(t.Context(), "none"); return err },
			func() error { _, err := s.SLO(t.Context(), "none"); return err },
			func() error { _, err := s.Item(t.Context(), 99); return err },
		} {
			refusedAs(t, read(), burnlist.NotFound, "there is no")
		}
	})
}

func TestWhatIsNotValidIsNotStored(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		broken := shop()
		broken.Zone, broken.Name = "Mars/Olympus", "mars"
		_, _, err := s.CreateProduct(t.Context(), ana, broken)
		refusedAs(t, err, burnlist.Invalid, "zone")
		_, _, err = s.UpdateProduct(t.Context(), ana, "shop", func(p burnlist.Product) (burnlist.Product, error) { p.Zone = ""; return p, nil })
		refusedAs(t, err, burnlist.Invalid, "zone")
		_, _, err = s.UpdateSLO(t.Context(), ana, "search-availability", func(o burnlist.SLO) (burnlist.SLO, error) {
			o.Objective = math.NaN()
			return o, nil
		})
		refusedAs(t, err, burnlist.Invalid, "objective")
		_, _, err = s.UpdatePolicy(t.Context(), ana, func(p burnlist.Policy) (burnlist.Policy, error) { p.AtRisk = 7; return p, nil })
		refusedAs(t, err, burnlist.Invalid, "at_risk")
		w, err := s.World(t.Context())
		ok(t, err)
		if w.Revision != 5 {
			t.Errorf("the log is at %d, want 5", w.Revision)
		}
	})
}

func TestWritingTheSameChangesNothing(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		item := newItem(t, s, burnlist.ItemFields{Service: "checkout", Source: &burnlist.Source{Title: "pool", Start: new(monday), End: new(later(9).At)}})
		by := later(3600)
		p, r1, err := s.UpdateProduct(t.Context(), by, "shop", func(p burnlist.Product) (burnlist.Product, error) { return p, nil })
		ok(t, err)
		v, r2, err := s.UpdateService(t.Context(), by, "search", func(v burnlist.Service) (burnlist.Service, error) { return v, nil })
		ok(t, err)
		o, r3, err := s.UpdateSLO(t.Context(), by, "search-availability", func(o burnlist.SLO) (burnlist.SLO, error) { return o, nil })
		ok(t, err)
		i, r4, err := s.UpdateItem(t.Context(), by, item.ID, edit(by, func(*burnlist.ItemFields) {}))
		ok(t, err)
		rules, r5, err := s.UpdatePolicy(t.Context(), by, func(p burnlist.Policy) (burnlist.Policy, error) { return p, nil })
		ok(t, err)
		if diff := cmp.Diff([]int64{6, 6, 6, 6, 6}, []int64{r1, r2, r3, r4, r5}); diff != "" {
			t.Errorf("revisions (-want +got):\n%s", diff)
		}
		for what, at := range map[string]time.Time{"product": p.UpdatedAt, "service": v.UpdatedAt, "SLO": o.UpdatedAt, "item": i.UpdatedAt} {
			if !at.Equal(monday) {
				t.Errorf("the %s is as of %s, want %s", what, at, monday)
			}
		}
		if diff := cmp.Diff(item, i); diff != "" {
			t.Errorf("the item (-want +got):\n%s", diff)
		}
		if rules != burnlist.DefaultPolicy() {
			t.Errorf("the policy is %+v", rules)
		}
		changes, err := s.Changes(t.Context(), 0, 0)
		ok(t, err)
		if len(changes) != 6 {
			t.Errorf("there are %d changes, want 6", len(changes))
		}
	})
}

func TestPolicyVersionsCountUp(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		rules, err := s.Policy(t.Context())
		ok(t, err)
		if rules != burnlist.DefaultPolicy() {
			t.Errorf("at first it is %+v", rules)
		}
		for i, days := range []int{21, 28} {
			rules, _, err = s.UpdatePolicy(t.Context(), later(i), func(p burnlist.Policy) (burnlist.Policy, error) {
				p.HorizonDays = days
				return p, nil
			})
			ok(t, err)
		}
		want := burnlist.DefaultPolicy()
		want.HorizonDays, want.Version, want.UpdatedAt = 28, 3, later(1).At
		if rules != want {
			t.Errorf("got %+v, want %+v", rules, want)
		}
		if read, err := s.Policy(t.Context()); err != nil || read != want {
			t.Errorf("read %+v, %v", read, err)
		}
	})
}

func TestANewIndicatorSourceOrSliceBeginsANewLedger(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		for _, step := range []struct {
			name   string
			change func(*burnlist.SLO)
			renews bool
		}{
			{"another objective", func(o *burnlist.SLO) { o.Objective = 1 - 1.0/3 }, false},
			{"another window", func(o *burnlist.SLO) { o.Window = burnlist.Duration(7 * burnlist.Day) }, false},
			{"advisory", func(o *burnlist.SLO) { o.Advisory = true }, false},
			{"retired", func(o *burnlist.SLO) { o.RetiredAt = new(monday) }, false},
			{"back", func(o *burnlist.SLO) { o.RetiredAt = nil }, false},
			{"a ledger of the caller's", func(o *burnlist.SLO) { o.Ledger, o.Advisory = 77, false }, false},
			{"another indicator", func(o *burnlist.SLO) {
				o.Indicator = burnlist.Indicator{Events: &burnlist.Events{Total: "all", Good: "good"}}
			}, true},
			{"another source", func(o *burnlist.SLO) { o.Source = "thanos" }, true},
			{"another slice", func(o *burnlist.SLO) { o.Slice = burnlist.Duration(time.Hour) }, true},
		} {
			before, err := s.SLO(t.Context(), "checkout-availability")
			ok(t, err)
			want := before
			step.change(&want)
			after, _, err := s.UpdateSLO(t.Context(), later(1), "checkout-availability", func(o burnlist.SLO) (burnlist.SLO, error) {
				step.change(&o)
				return o, nil
			})
			ok(t, err)
			if renewed := after.Ledger != before.Ledger; renewed != step.renews {
				t.Errorf("%s: the ledger went from %d to %d", step.name, before.Ledger, after.Ledger)
			}
			if step.renews && after.Ledger <= 2 {
				t.Errorf("%s: ledger %d is not new", step.name, after.Ledger)
			}
			want.Ledger, want.Version, want.UpdatedAt = after.Ledger, before.Version+1, later(1).At
			if diff := cmp.Diff(want, after); diff != "" {
				t.Errorf("%s (-want +got):\n%s", step.name, diff)
			}
			read, err := s.SLO(t.Context(), "checkout-availability")
			ok(t, err)
			if diff := cmp.Diff(after, read); diff != "" {
				t.Errorf("%s, read (-want +got):\n%s", step.name, diff)
			}
		}
		_, _, err := s.UpdateSLO(t.Context(), ana, "checkout-availability", func(o burnlist.SLO) (burnlist.SLO, error) {
			o.Service = "search"
			return o, nil
		})
		refusedAs(t, err, burnlist.Invalid, "service", "create a new SLO")
		all, err := s.SLOs(t.Context())
		ok(t, err)
		if len(all) != 2 || all[0].Ledger == all[1].Ledger {
			t.Errorf("all SLOs are %+v", all)
		}
	})
}
