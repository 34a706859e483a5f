package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/store"
)

// fill makes n items in two services, of all kinds of places in the order.
func (s *testServer) fill(n int) {
	s.t.Helper()
	s.seed()
	s.ask("POST", "/api/v1/services", map[string]any{"name": "search", "product": "shop", "team": "discovery"}).must(201)
	for i := range n {
		item := map[string]any{"title": fmt.Sprintf("item %d", i), "service": []string{"checkout", "search"}[i%2], "priority": fmt.Sprintf("P%d", i%5)}
		if i%3 == 0 {
			item["owner"], item["due"] = "ana", fmt.Sprintf("2026-12-%02d", 1+i%28)
		}
		s.ask("POST", "/api/v1/items", item).must(201)
	}
}

// refresh puts figures in for SLO checkout-availability and waits for the board.
func (s *testServer) refresh(consumed float64) {
	s.t.Helper()
	slo, err := s.store.SLO(s.t.Context(), "checkout-availability")
	if err != nil {
		s.t.Fatal(err)
	}
	known := monday.Add(-time.Minute)
	f := &burnlist.Figures{
		SLO: slo.Name, Ledger: slo.Ledger, Objective: slo.Objective, Window: slo.Window,
		At: known, FirstData: new(known.Add(-30 * burnlist.Day)), KnownUntil: &known, Coverage: 1,
		BadWindow: 1000 * consumed, TotalWindow: 1e6, Bad7d: 100, Budget: burnlist.Known(1000),
		Consumed: burnlist.Known(consumed), Forecast: burnlist.Known(consumed + 0.1), Pace: burnlist.Known(0.4),
	}
	revision, err := s.store.Ledgers(store.Lease{}).PutBudgets(s.t.Context(), burnlist.System(monday), burnlist.Budgets{
		RefreshedAt: monday, Figures: map[string]*burnlist.Figures{slo.Name: f}, Costs: map[int64]burnlist.IncidentCost{},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.board.Wait(s.t.Context(), revision); err != nil {
		s.t.Fatal(err)
	}
}

func (a *answer) ids() (ids []float64) {
	a.t.Helper()
	for _, e := range a.at("entries").([]any) {
		ids = append(ids, e.(map[string]any)["item"].(map[string]any)["id"].(float64))
	}
	return ids
}

func TestPagingWalksAllEntriesOnce(t *testing.T) {
	s := newServer(t)
	s.fill(47)
	for _, filter := range []string{"", "&service=checkout", "&owner=ana&product=shop", "&per_service=9", "&warning=no_owner"} {
		whole := s.ask("GET", "/api/v1/queue?limit=500"+filter, nil).must(200)
		if whole.at("next_cursor") != nil {
			t.Errorf("%s: the whole queue has a next page", filter)
		}
		var walked []float64
		cursor := ""
		for page := 0; page == 0 || cursor != ""; page++ {
			a := s.ask("GET", "/api/v1/queue?limit=5"+filter+cursor, nil).must(200)
			if a.at("total") != whole.at("total") {
				t.Errorf("%s: page %d counts %v of %v", filter, page, a.at("total"), whole.at("total"))
			}
			if got, want := a.at("entries.0.position"), float64(len(walked)+1); got != want {
				t.Errorf("%s: page %d begins with position %v, want %v", filter, page, got, want)
			}
			walked = append(walked, a.ids()...)
			cursor = ""
			if next, ok := a.at("next_cursor").(string); ok {
				cursor = "&cursor=" + url.QueryEscape(next)
			}
		}
		if fmt.Sprint(walked) != fmt.Sprint(whole.ids()) || len(walked) == 0 {
			t.Errorf("%q: walked %v, want %v", filter, walked, whole.ids())
		}
	}
}

func TestAPageGoesOnBehindAnItemThatIsGone(t *testing.T) {
	s := newServer(t)
	s.fill(6)
	all := s.ask("GET", "/api/v1/queue", nil).must(200).ids()
	first := s.ask("GET", "/api/v1/queue?limit=3", nil).must(200)
	s.ask("POST", fmt.Sprintf("/api/v1/items/%v/decisions", all[2]), `{"kind": "done"}`).must(200)
	rest := s.ask("GET", "/api/v1/queue?limit=3&cursor="+first.at("next_cursor").(string), nil).must(200).ids()
	if fmt.Sprint(rest) != fmt.Sprint(all[3:]) {
		t.Errorf("got %v, want %v", rest, all[3:])
	}
}

func TestACursorBelongsToItsFilter(t *testing.T) {
	s := newServer(t)
	s.fill(6)
	cursor := s.ask("GET", "/api/v1/queue?limit=2&product=shop", nil).must(200).at("next_cursor").(string)
	s.ask("GET", "/api/v1/queue?limit=4&product=shop&cursor="+cursor, nil).must(200)
	if a := s.ask("GET", "/api/v1/queue?limit=2&cursor="+cursor, nil).must(400); a.at("errors.0.location") != "query.cursor" ||
		!strings.Contains(a.text, "another filter") {
		t.Errorf("got %s", a.text)
	}
}

func TestTheQueueIsFiltered(t *testing.T) {
	s := newServer(t)
	s.fill(10)
	s.ask("POST", "/api/v1/products", map[string]any{"name": "mail", "zone": "UTC"}).must(201)
	for filter, want := range map[string]float64{
		"":                          10,
		"?product=shop":             10,
		"?product=mail":             0,
		"?team=discovery":           5,
		"?service=checkout":         5,
		"?owner=ana":                4,
		"?tier=unknown":             10,
		"?tier=jump":                0,
		"?warning=no_owner":         6,
		"?per_service=2":            4,
		"?team=payments&owner=ana":  2,
		"?service=search&limit=500": 5,
	} {
		if got := s.ask("GET", "/api/v1/queue"+filter, nil).must(200).at("total"); got != want {
			t.Errorf("%q: got %v, want %v", filter, got, want)
		}
	}
}

func TestBudgetsSetTheTierAndSayWhy(t *testing.T) {
	s := newServer(t)
	s.fill(4)
	if a := s.ask("GET", "/api/v1/queue", nil).must(200); a.at("refreshed_at") != nil {
		t.Errorf("figures that were never measured are of %v", a.at("refreshed_at"))
	}
	s.refresh(1.38)
	a := s.ask("GET", "/api/v1/queue?tier=jump", nil).must(200)
	if a.at("total") != 2.0 || a.at("entries.0.item.service") != "checkout" || a.at("entries.0.budget.state") != "exhausted" ||
		a.at("entries.0.budget.consumed") != 1.38 || a.at("entries.0.budget.burn.1h") != nil || a.at("as_of") != "2026-11-23T09:00:00Z" || a.at("refreshed_at") != "2026-11-23T09:00:00Z" {
		t.Errorf("got %s", a.text)
	}
	b := s.ask("GET", "/api/v1/budgets", nil).must(200)
	if b.at("budgets.0.service") != "checkout" || b.at("budgets.0.slos.0.state") != "exhausted" || b.at("budgets.1.reason") != "no_slo" ||
		b.at("refreshed_at") != "2026-11-23T09:00:00Z" {
		t.Errorf("got %s", b.text)
	}
	if n := len(s.ask("GET", "/api/v1/budgets?service=search&product=shop", nil).must(200).at("budgets").([]any)); n != 1 {
		t.Errorf("got %d budgets of one service", n)
	}
	if got := s.scrape()["burnlist_budget_consumed_ratio{slo=checkout-availability}"]; got != 1.38 {
		t.Errorf("the metric says %v", got)
	}
}

func TestWarningsAreFiltered(t *testing.T) {
	s := newServer(t)
	s.fill(4)
	s.ask("POST", "/api/v1/products", map[string]any{"name": "mail", "zone": "UTC"}).must(201)
	all := s.ask("GET", "/api/v1/warnings", nil).must(200)
	for filter, fits := range map[string]func(map[string]any) bool{
		"?code=no_owner":  func(w map[string]any) bool { return w["code"] == "no_owner" },
		"?level=warn":     func(w map[string]any) bool { return w["level"] == "warn" },
		"?service=search": func(w map[string]any) bool { return w["service"] == "search" },
		"?product=shop":   func(w map[string]any) bool { return w["product"] == "shop" },
		"?product=mail":   func(w map[string]any) bool { return w["product"] == "mail" },
		"?code=no_slo":    func(w map[string]any) bool { return w["subject"] == "service/search" && w["code"] == "no_slo" },
	} {
		want := 0.0
		for _, w := range all.at("warnings").([]any) {
			if fits(w.(map[string]any)) {
				want++
			}
		}
		if got := s.ask("GET", "/api/v1/warnings"+filter, nil).must(200).at("total"); got != want || (want == 0) != (filter == "?product=mail") {
			t.Errorf("%s: got %v, want %v of %s", filter, got, want, all.text)
		}
	}
}

func TestItemsArePagedByID(t *testing.T) {
	s := newServer(t)
	s.fill(7)
	s.ask("POST", "/api/v1/items/3/decisions", `{"kind": "done"}`).must(200)
	var walked []any
	after := "0"
	for after != "<nil>" {
		a := s.ask("GET", "/api/v1/items?limit=3&after="+after, nil).must(200)
		for _, i := range a.at("items").([]any) {
			walked = append(walked, i.(map[string]any)["id"])
		}
		after = fmt.Sprint(a.at("next_cursor"))
	}
	if fmt.Sprint(walked) != "[1 2 3 4 5 6 7]" {
		t.Errorf("walked %v", walked)
	}
	s.ask("POST", "/api/v1/products", map[string]any{"name": "mail", "zone": "UTC"}).must(201)
	for filter, want := range map[string]int{
		"?status=done": 1, "?status=open": 6, "?service=search": 3, "?product=mail": 0, "?owner=ana": 3, "?key=none": 0, "?product=shop&limit=7": 7,
	} {
		if got := len(s.ask("GET", "/api/v1/items"+filter, nil).must(200).at("items").([]any)); got != want {
			t.Errorf("%s: got %d, want %d", filter, got, want)
		}
	}
}

func TestListsAreFilteredAndNeverNull(t *testing.T) {
	s := newServer(t)
	for _, name := range []string{"products", "services", "slos", "items"} {
		if n := len(s.ask("GET", "/api/v1/"+name, nil).must(200).at(name).([]any)); n != 0 {
			t.Errorf("%d %s in an empty store", n, name)
		}
	}
	s.seed()
	s.ask("POST", "/api/v1/products", `{"name": "mail", "zone": "UTC"}`).must(201)
	s.ask("POST", "/api/v1/services", `{"name": "search", "product": "shop"}`).must(201)
	for path, want := range map[string]int{
		"services?product=shop": 2, "services?product=mail": 0, "slos?service=checkout": 1, "slos?service=search": 0,
		"slos?product=shop": 1, "slos?product=mail": 0, "products": 2, "budgets?product=mail": 0, "budgets?service=search": 1,
	} {
		name, _, _ := strings.Cut(path, "?")
		if n := len(s.ask("GET", "/api/v1/"+path, nil).must(200).at(name).([]any)); n != want {
			t.Errorf("%s: got %d, want %d", path, n, want)
		}
	}
}
