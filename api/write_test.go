package api_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/burnlist/burnlist"
)

func TestWhatIsWrittenIsInTheQueueAtOnce(t *testing.T) {
	s := newServer(t)
	s.seed()
	for i := 1; i <= 20; i++ {
		a := s.ask("POST", "/api/v1/items", map[string]any{"title": "pool alert", "service": "checkout"}).must(201)
		if got := s.ask("GET", "/api/v1/queue", nil).must(200).at("total"); got != float64(i) {
			t.Fatalf("the queue has %v entries right after item %d was created", got, i)
		}
		if a.header.Get("Burnlist-Revision") != strconv.Itoa(3+i) || a.header.Get("ETag") != `"1"` ||
			a.header.Get("Location") != fmt.Sprintf("/api/v1/items/%d", i) {
			t.Errorf("headers of a creation: %v", a.header)
		}
		if got := s.ask("GET", a.header.Get("Location"), nil).must(200); got.at("title") != "pool alert" || !strings.HasPrefix(got.header.Get("ETag"), `"1-`) {
			t.Errorf("read back: %s", got.text)
		}
	}
}

func TestWritesRecordTheirActor(t *testing.T) {
	s := newServer(t)
	s.ask("POST", "/api/v1/products", map[string]any{"name": "shop", "zone": "UTC"}, "Burnlist-Actor", " ana ").must(201)
	changes, err := s.store.Changes(t.Context(), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(changes) != 1 || changes[0].Actor != "ana" || changes[0].Verified || !changes[0].At.Equal(monday) {
		t.Errorf("got %+v", changes)
	}
}

func TestOfTwoWhoEditTheSameVersionOneWins(t *testing.T) {
	s := newServer(t)
	s.seed()
	s.ask("POST", "/api/v1/items", map[string]any{"title": "x", "service": "checkout"}).must(201)
	answers := make([]*answer, 8)
	var editing sync.WaitGroup
	for i := range answers {
		editing.Go(func() {
			answers[i] = s.ask("PATCH", "/api/v1/items/1", map[string]any{"title": fmt.Sprintf("by %d", i)}, "If-Match", `"1"`)
		})
	}
	editing.Wait()
	winner := ""
	for _, a := range answers {
		switch a.status {
		case http.StatusOK:
			if winner != "" {
				t.Errorf("two edits of one version went through: %s and %s", winner, a.text)
			}
			winner = a.at("title").(string)
		case http.StatusPreconditionFailed:
			if !strings.Contains(a.text, "version 2 now") {
				t.Errorf("got %s", a.text)
			}
		default:
			t.Errorf("got %d %s", a.status, a.text)
		}
	}
	a := s.ask("GET", "/api/v1/items/1", nil).must(200)
	if winner == "" || a.at("title") != winner || !strings.HasPrefix(a.header.Get("ETag"), `"2-`) {
		t.Errorf("%q won, but there is %s", winner, a.text)
	}
}

func TestAbsentKeepsAndNullClears(t *testing.T) {
	s := newServer(t)
	s.seed()
	s.ask("POST", "/api/v1/items", map[string]any{
		"title": "x", "service": "checkout", "owner": "ana", "due": "2026-12-01", "slo": "checkout-availability", "ticket": "T-1", "key": "K",
		"source": map[string]any{"url": "https://example.org/31", "start": "2026-11-01T10:00:00Z", "end": "2026-11-01T12:00:00+01:00"},
	}).must(201)

	a := s.ask("PATCH", "/api/v1/items/1", `{"owner": null}`, "If-Match", `"1"`).must(200)
	if a.at("owner") != nil || a.at("due") != "2026-12-01" || a.at("source.start") != "2026-11-01T10:00:00Z" || a.at("commitment") != false {
		t.Errorf("after the owner was cleared: %s", a.text)
	}
	a = s.ask("PATCH", "/api/v1/items/1", `{"due": null, "slo": null, "ticket": null, "key": null, "source": null}`, "If-Match", `"2"`).must(200)
	for _, field := range []string{"due", "slo", "ticket", "key", "source"} {
		if a.at(field) != nil {
			t.Errorf("%s was not cleared: %s", field, a.text)
		}
	}
	a = s.ask("PATCH", "/api/v1/items/1", `{"title": null, "priority": null, "service": null, "opened_on": null}`, "If-Match", `"3"`).must(422)
	for i, field := range []string{"opened_on", "priority", "service", "title"} {
		if a.at(fmt.Sprintf("errors.%d.location", i)) != "body."+field || !strings.Contains(a.text, "cannot be null") {
			t.Errorf("null for %s: got %s", field, a.text)
		}
	}
	if a := s.ask("PATCH", "/api/v1/items/1", `{"source": {"start": "soon", "colour": 1}}`, "If-Match", `"3"`).must(422); !strings.Contains(a.text, "body.source.start") || !strings.Contains(a.text, "body.source.colour") {
		t.Errorf("got %s", a.text)
	}
}

func TestAWriteThatChangesNothingMakesNoVersion(t *testing.T) {
	s := newServer(t)
	s.seed()
	made := s.ask("POST", "/api/v1/items", map[string]any{"title": "x", "service": "checkout", "owner": "ana"}).must(201)
	for path, body := range map[string]string{
		"/api/v1/items/1":                    `{"title": "x", "owner": "ana"}`,
		"/api/v1/products/shop":              `{}`,
		"/api/v1/services/checkout":          `{"team": "payments", "retired": false}`,
		"/api/v1/slos/checkout-availability": `{"objective": 0.999}`,
		"/api/v1/policy":                     `{"at_risk": 0.75}`,
	} {
		a := s.ask("PATCH", path, body, "If-Match", `"1"`).must(200)
		if a.header.Get("ETag") != `"1"` || a.header.Get("Burnlist-Revision") != made.header.Get("Burnlist-Revision") {
			t.Errorf("%s: got %v", path, a.header)
		}
	}
}

func TestAWeakenedVersionIsTheSameVersion(t *testing.T) {
	s := newServer(t)
	s.seed()
	a := s.ask("PATCH", "/api/v1/services/checkout", `{"team": null}`, "If-Match", `W/"1"`).must(200)
	if a.at("team") != nil || a.header.Get("ETag") != `"2"` {
		t.Errorf("got %s", a.text)
	}
}

func TestNounsAreMadeWithTheirDefaults(t *testing.T) {
	s := newServer(t)
	s.seed()
	for path, want := range map[string]map[string]any{
		"/api/v1/products/shop":              {"slot.weekday": "monday", "slot.time": "10:00", "retired_at": nil, "version": 1.0},
		"/api/v1/services/checkout":          {"team": "payments", "product": "shop"},
		"/api/v1/slos/checkout-availability": {"window": "30d", "slice": "5m", "source": "default", "advisory": false},
	} {
		a := s.ask("GET", path, nil).must(200)
		for at, v := range want {
			if a.at(at) != v {
				t.Errorf("%s: %s is %v, want %v", path, at, a.at(at), v)
			}
		}
		if a.header.Get("Cache-Control") == "no-store" {
			t.Errorf("%s has an ETag, but must not be kept", path)
		}
	}
	a := s.ask("POST", "/api/v1/items", map[string]any{"title": "x", "service": "checkout", "owner": nil, "priority": "P0"}).must(201)
	if a.at("priority") != "P0" || a.at("opened_on") != "2026-11-23" || a.at("status") != "open" || a.at("product") != "shop" || a.at("team") != "payments" {
		t.Errorf("got %s", a.text)
	}
}

func TestASourceStartsANewLedgerAndAnObjectiveDoesNot(t *testing.T) {
	s := newServer(t)
	s.seed()
	ledger := s.ask("GET", "/api/v1/slos/checkout-availability", nil).must(200).at("ledger")
	a := s.ask("PATCH", "/api/v1/slos/checkout-availability", `{"objective": 0.99, "window": "7d", "advisory": true}`, "If-Match", `"1"`).must(200)
	if a.at("objective") != 0.99 || a.at("window") != "7d" || a.at("advisory") != true || a.at("ledger") != ledger {
		t.Errorf("got %s", a.text)
	}
	a = s.ask("PATCH", "/api/v1/slos/checkout-availability", `{"source": "eu"}`, "If-Match", `"2"`).must(200)
	if a.at("source") != "eu" || a.at("ledger") == ledger {
		t.Errorf("another source goes on with the old ledger: %s", a.text)
	}
	a = s.ask("PATCH", "/api/v1/slos/checkout-availability", `{"source": "us", "indicator": {"events": {"total": "sum(a)", "bad": "rate(b[5m])"}}}`, "If-Match", `"3"`).must(422)
	for _, field := range []string{"body.source", "body.indicator.events.total", "body.indicator.events.bad"} {
		if !strings.Contains(a.text, `"`+field+`"`) {
			t.Errorf("%s is not in the answer: %s", field, a.text)
		}
	}
	s.ask("PATCH", "/api/v1/slos/checkout-availability", `{"retired": true}`, "If-Match", `"3"`).must(200)
}

func TestAnSLOWhoseSourceIsGoneCanBeRetiredButNotBroughtBack(t *testing.T) {
	s := newServer(t)
	s.seed()
	by := burnlist.Author{Actor: "ana", At: monday}
	if _, _, err := s.store.CreateSLO(t.Context(), by, burnlist.SLO{
		Name: "old", Service: "checkout", Source: "gone", Objective: 0.9, Window: burnlist.DefaultWindow, Slice: burnlist.DefaultSlice,
		Indicator: burnlist.Indicator{Events: &burnlist.Events{Total: `a{b="c"}`, Bad: `a{b="d"}`}},
	}); err != nil {
		t.Fatal(err)
	}
	if a := s.ask("PATCH", "/api/v1/slos/old", `{"objective": 0.99}`, "If-Match", `"1"`).must(422); a.at("errors.0.location") != "body.source" {
		t.Errorf("got %s", a.text)
	}
	s.ask("PATCH", "/api/v1/slos/old", `{"retired": true}`, "If-Match", `"1"`).must(200)
	s.ask("PATCH", "/api/v1/slos/old", `{"retired": false}`, "If-Match", `"2"`).must(422)
	s.ask("PATCH", "/api/v1/slos/old", `{"retired": false, "source": "eu"}`, "If-Match", `"2"`).must(200)
}

func TestRetiringGoesFromTheLeavesToTheRoot(t *testing.T) {
	s := newServer(t)
	s.seed()
	s.ask("POST", "/api/v1/items", map[string]any{"title": "x", "service": "checkout"}).must(201)
	retire := func(path, version string) *answer {
		return s.ask("PATCH", path, `{"retired": true}`, "If-Match", version)
	}
	for _, path := range []string{"/api/v1/products/shop", "/api/v1/services/checkout"} {
		if a := retire(path, `"1"`).must(409); a.at("code") != "in_use" {
			t.Errorf("%s: got %s", path, a.text)
		}
	}
	retire("/api/v1/slos/checkout-availability", `"1"`).must(200)
	retire("/api/v1/services/checkout", `"1"`).must(409) // its item is open
	s.ask("POST", "/api/v1/items/1/decisions", `{"kind": "done", "evidence": "https://example.org/pr/1"}`).must(200)
	retire("/api/v1/services/checkout", `"1"`).must(200)
	if a := retire("/api/v1/products/shop", `"1"`).must(200); a.at("retired_at") != "2026-11-23T09:00:00Z" || a.at("version") != 2.0 {
		t.Errorf("got %s", a.text)
	}
	s.ask("POST", "/api/v1/items", `{"title": "y", "service": "checkout"}`).must(422)
	s.ask("POST", "/api/v1/items/1/decisions", `{"kind": "reopen", "reason": "not done"}`).must(409)
	if a := s.ask("PATCH", "/api/v1/services/checkout", `{"retired": false}`, "If-Match", `"2"`).must(409); a.at("code") != "conflict" {
		t.Errorf("a service came back into a retired product: %s", a.text)
	}
	s.ask("PATCH", "/api/v1/products/shop", `{"retired": false}`, "If-Match", `"2"`).must(200)
	if a := s.ask("PATCH", "/api/v1/services/checkout", `{"retired": false}`, "If-Match", `"2"`).must(200); a.at("retired_at") != nil {
		t.Errorf("got %s", a.text)
	}
	if a := s.ask("GET", "/api/v1/slos?product=shop", nil).must(200); a.at("slos.0.retired_at") == nil {
		t.Errorf("a retired SLO is not in the list: %s", a.text)
	}
}

func TestDecisionsMoveAnItemThroughItsLife(t *testing.T) {
	s := newServer(t)
	s.seed()
	s.ask("POST", "/api/v1/items", map[string]any{"title": "x", "service": "checkout"}).must(201)
	decide := func(body string, headers ...string) *answer {
		return s.ask("POST", "/api/v1/items/1/decisions", body, headers...)
	}
	total := func() any { return s.ask("GET", "/api/v1/queue", nil).must(200).at("total") }

	if a := decide(`{"kind": "reassign", "owner": "ben"}`).must(200); a.at("owner") != "ben" || a.at("version") != 2.0 {
		t.Errorf("reassigned: %s", a.text)
	}
	decide(`{"kind": "done"}`, "If-Match", `"1"`).must(412)
	if a := decide(`{"kind": "deprioritise", "reason": "rewritten soon"}`, "If-Match", `"2"`).must(200); a.at("status") != "deprioritised" ||
		a.at("closing.revisit") != "2027-02-21" || total() != 0.0 {
		t.Errorf("deprioritised: %s", a.text)
	}
	if a := decide(`{"kind": "done"}`).must(409); a.at("code") != "conflict" {
		t.Errorf("done while deprioritised: %s", a.text)
	}
	if a := decide(`{"kind": "reopen", "reason": "not rewritten"}`).must(200); a.at("closing") != nil || total() != 1.0 {
		t.Errorf("reopened: %s", a.text)
	}
	done := decide(`{"kind": "done"}`).must(200)
	again := decide(`{"kind": "done"}`).must(200)
	if done.header.Get("ETag") != again.header.Get("ETag") || total() != 0.0 {
		t.Errorf("done twice: %s, %s", done.text, again.text)
	}
}

func TestThePolicyChangesTheRanking(t *testing.T) {
	s := newServer(t)
	s.seed()
	s.ask("POST", "/api/v1/items", map[string]any{"title": "x", "service": "checkout", "priority": "P0"}).must(201)
	if a := s.ask("GET", "/api/v1/queue", nil).must(200); a.at("policy_version") != 1.0 || a.at("entries.0.score") != 25.0 {
		t.Errorf("got %s", a.text)
	}
	a := s.ask("PATCH", "/api/v1/policy", `{"weights": {"budget": 50, "priority": 50, "incident": 0, "overdue": 0, "rollovers": 0}, "stale_after": "12h", "snooze_days": 14, "always_exhausted": 4}`, "If-Match", `"1"`).must(200)
	if a.at("weights.priority") != 50.0 || a.at("snooze_days") != 14.0 || a.at("always_exhausted") != 4.0 || a.at("rollover_alarm") != 3.0 || a.at("stale_after") != "12h" || a.at("horizon_days") != 14.0 || a.header.Get("ETag") != `"2"` {
		t.Errorf("got %s", a.text)
	}
	if a := s.ask("GET", "/api/v1/queue", nil).must(200); a.at("policy_version") != 2.0 || a.at("entries.0.score") != 50.0 {
		t.Errorf("got %s", a.text)
	}
}
