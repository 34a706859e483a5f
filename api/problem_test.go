package api_test

import (
	"bufio"
	"database/sql"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/ncruces/go-sqlite3/driver" // to break the database behind the store's back

	"github.com/burnlist/burnlist/api"
	"github.com/burnlist/burnlist/internal/pgtest"
)

func TestBadInputIsRefusedWithWhatToDoAboutIt(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { testBadInput(t, newServer(t)) })
	t.Run("postgres", func(t *testing.T) { testBadInput(t, newServerOn(t, pgtest.Database(t))) })
}

// badInput is a request that is refused, and how.
type badInput struct {
	method, path string
	body         any
	headers      []string
	status       int
	code         string
	words        []string // parts of the answer
}

// location matches the words that say where a fault is.
var location = regexp.MustCompile(`^(body|query|path|header)\b[][A-Za-z0-9_.-]*$`)

func testBadInput(t *testing.T, s *testServer) {
	s.seed()
	s.ask("POST", "/api/v1/items", map[string]any{"title": "pool alert", "service": "checkout", "key": "PM-1"}).must(201)
	// Review 1 is open, with item 1 and, to be read only, item 2. Item 3 came
	// later. Review 2 is over.
	s.ask("POST", "/api/v1/products", map[string]any{"name": "ops", "zone": "UTC"}).must(201)
	s.ask("POST", "/api/v1/services", map[string]any{"name": "pager", "product": "ops"}).must(201)
	s.ask("POST", "/api/v1/items", `{"title": "page earlier", "service": "pager", "source": {"product": "shop"}}`).must(201)
	s.ask("POST", "/api/v1/reviews", `{"product": "shop"}`).must(201)
	s.ask("POST", "/api/v1/items", `{"title": "born later", "service": "checkout"}`).must(201)
	s.ask("POST", "/api/v1/reviews", `{"product": "ops"}`).must(201)
	s.ask("POST", "/api/v1/reviews/2/conclude", nil).must(200)
	slo := func(change string) string {
		b := `{"name":"x","service":"checkout","objective":0.99,"indicator":{"events":{"total":"a{b=\"c\"}","bad":"a{b=\"d\"}"}}}`
		old, replacement, _ := strings.Cut(change, " => ")
		if !strings.Contains(b, old) {
			t.Fatalf("%s is not in the body", old)
		}
		return strings.Replace(b, old, replacement, 1)
	}
	table := map[string]badInput{
		"a body that is no JSON": {
			"POST", "/api/v1/items", "{\n \"title\": oops}", nil,
			400, "bad_request",
			[]string{"body", "line 2, column 11"},
		},
		"a body that breaks off": {
			"POST", "/api/v1/items", `{"title": "x"`, nil,
			400, "bad_request",
			[]string{"unexpected end"},
		},
		"two values in one body": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout"} {}`, nil,
			400, "bad_request",
			[]string{"line 1, column 39"},
		},
		"a body that is no object": {
			"POST", "/api/v1/items", `[1]`, nil,
			422, "invalid",
			[]string{"body", "expected object"},
		},
		"no body at all": {
			"POST", "/api/v1/items", nil, nil,
			400, "bad_request",
			[]string{"body is required"},
		},
		"a body that is not UTF-8": {
			"POST", "/api/v1/items", "{\"title\": \"\xff\", \"service\": \"checkout\"}", nil,
			400, "bad_request",
			[]string{"UTF-8"},
		},
		"a body of another type": {
			"POST", "/api/v1/items", `title=x`,
			[]string{"Content-Type", "application/x-www-form-urlencoded"},
			415, "unsupported_media_type",
			[]string{"Content-Type: application/json"},
		},
		"a body that is too large": {
			"POST", "/api/v1/items", `{"title": "` + strings.Repeat("x", 1<<20) + `"}`, nil,
			413, "too_large",
			[]string{"1048576 bytes"},
		},
		"no actor": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout"}`,
			[]string{"Burnlist-Actor", ""},
			400, "bad_request",
			[]string{"header.Burnlist-Actor", "Burnlist-Actor: ana@example.org"},
		},
		"an actor of blanks": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout"}`,
			[]string{"Burnlist-Actor", "  "},
			400, "bad_request",
			[]string{"header.Burnlist-Actor"},
		},
		"an actor that is too long": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout"}`,
			[]string{"Burnlist-Actor", strings.Repeat("x", 201)},
			400, "bad_request",
			[]string{"header.Burnlist-Actor", "200"},
		},
		"burnlist's own name as actor": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout"}`,
			[]string{"Burnlist-Actor", "burnlist"},
			400, "bad_request",
			[]string{"header.Burnlist-Actor", "use another name"},
		},
		"two actors": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout"}`,
			[]string{"+Burnlist-Actor", "bob"},
			400, "bad_request",
			[]string{"header.Burnlist-Actor", "more than once"},
		},
		"two versions": {
			"PATCH", "/api/v1/items/1", `{"title": "y"}`,
			[]string{"If-Match", `"1"`, "+If-Match", `"2"`},
			400, "bad_request",
			[]string{"header.If-Match", "more than once"},
		},
		"a field in capitals": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "OWNER": "ana"}`, nil,
			422, "invalid",
			[]string{"body.OWNER", "not a field"},
		},
		"a field in capitals beside its own": {
			"POST", "/api/v1/items", `{"title": "x", "Title": "y", "service": "checkout"}`, nil,
			422, "invalid",
			[]string{"body.Title", "not a field"},
		},
		"a field given twice": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"title": "a", "title": "b"}}`, nil,
			400, "bad_request",
			[]string{"body.source.title", "more than once"},
		},
		"half a megabyte of brackets": {
			"POST", "/api/v1/items", `{"title": ` + strings.Repeat("[", 1<<19), nil,
			400, "bad_request",
			[]string{"body.title" + strings.Repeat("[0]", 31), "levels deep"},
		},
		"a query that holds a zero byte": {
			"GET", "/api/v1/items?owner=%00", nil, nil,
			400, "bad_request",
			[]string{"query.owner", "plain text"},
		},
		"a query that is not UTF-8": {
			"GET", "/api/v1/items?owner=%ff", nil, nil,
			400, "bad_request",
			[]string{"query.owner", "plain text"},
		},
		"a path that holds a zero byte": {
			"GET", "/api/v1/products/%00", nil, nil,
			400, "bad_request",
			[]string{"path", "plain text"},
		},
		"a service that holds a zero byte": {
			"POST", "/api/v1/items", `{"title": "x", "service": "a\u0000"}`, nil,
			422, "invalid",
			[]string{"body.service"},
		},
		"no window at all": {
			"POST", "/api/v1/slos", slo(`"objective" => "window":"0d","objective"`), nil,
			422, "invalid",
			[]string{"body.window", "1d to 90d"},
		},
		"no slice at all": {
			"POST", "/api/v1/slos", slo(`"objective" => "slice":"0s","objective"`), nil,
			422, "invalid",
			[]string{"body.slice", "5m"},
		},
		"very much wrong at once": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout"` + manyFields(200) + `}`, nil,
			422, "invalid",
			[]string{"body.x0", "not a field"},
		},
		"an unknown field": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "severity": "SEV1"}`, nil,
			422, "invalid",
			[]string{"body.severity", "not a field"},
		},
		"a field that is not the client's to set": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "status": "done"}`, nil,
			422, "invalid",
			[]string{"body.status"},
		},
		"an unknown field inside": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"severity": 1}}`, nil,
			422, "invalid",
			[]string{"body.source.severity"},
		},
		"a missing field": {
			"POST", "/api/v1/items", `{"service": "checkout"}`, nil,
			422, "invalid",
			[]string{"body.title", "is missing"},
		},
		"a required field that is null": {
			"POST", "/api/v1/items", `{"title": null, "service": "checkout"}`, nil,
			422, "invalid",
			[]string{"body.title", "expected string"},
		},
		"everything wrong at once": {
			"POST", "/api/v1/items", `{"title": 1, "service": "checkout", "due": "soon", "priority": "urgent"}`, nil,
			422, "invalid",
			[]string{"body.title", "body.due", "date", "body.priority", "P0, P1"},
		},
		"a date that does not exist": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "due": "2026-02-30"}`, nil,
			422, "invalid",
			[]string{"body.due"},
		},
		"a date that is due before it was opened": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "due": "2026-11-01"}`, nil,
			422, "invalid",
			[]string{"body.due", "before the item was opened"},
		},
		"half an incident": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"start": "2026-11-01T10:00:00Z"}}`, nil,
			422, "invalid",
			[]string{"body.source", "both start and end"},
		},
		"a time that is none": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"start": "yesterday"}}`, nil,
			422, "invalid",
			[]string{"body.source.start", "date-time"},
		},
		"a link that is none": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"url": "javascript:alert(1)"}}`, nil,
			422, "invalid",
			[]string{"body.source.url", "https://"},
		},
		"control characters in a title": {
			"POST", "/api/v1/items", `{"title": "a\u0000b", "service": "checkout"}`, nil,
			422, "invalid",
			[]string{"body.title", "control characters"},
		},
		"a service that is not there": {
			"POST", "/api/v1/items", `{"title": "x", "service": "search"}`, nil,
			422, "invalid",
			[]string{"body.service", "create it first"},
		},
		"an SLO that is not there": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "slo": "latency"}`, nil,
			422, "invalid",
			[]string{"body.slo"},
		},
		"a key that is taken": {
			"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "key": "PM-1"}`, nil,
			409, "exists",
			[]string{"item 1"},
		},
		"a name that is taken": {
			"POST", "/api/v1/products", `{"name": "shop", "zone": "UTC"}`, nil,
			409, "exists",
			[]string{"shop"},
		},
		"a name with blanks": {
			"POST", "/api/v1/products", `{"name": "web shop", "zone": "UTC"}`, nil,
			422, "invalid",
			[]string{"body.name", "letters"},
		},
		"a zone that is none": {
			"POST", "/api/v1/products", `{"name": "x", "zone": "CEST"}`, nil,
			422, "invalid",
			[]string{"body.zone", "Europe/Berlin"},
		},
		"a weekday that is none": {
			"POST", "/api/v1/products", `{"name": "x", "zone": "UTC", "slot": {"weekday": "someday", "time": "25:00"}}`, nil,
			422, "invalid",
			[]string{"body.slot.weekday", "body.slot.time"},
		},
		"a product that is not there": {
			"POST", "/api/v1/services", `{"name": "x", "product": "y"}`, nil,
			422, "invalid",
			[]string{"body.product"},
		},
		"a duration without a unit": {
			"POST", "/api/v1/slos", slo(`"objective" => "window":"30","objective"`), nil,
			422, "invalid",
			[]string{"body.window", "30d"},
		},
		"a duration that is a number": {
			"POST", "/api/v1/slos", slo(`"objective" => "window":30,"objective"`), nil,
			422, "invalid",
			[]string{"body.window", "expected string"},
		},
		"a window that is too long": {
			"POST", "/api/v1/slos", slo(`"objective" => "window":"91d","objective"`), nil,
			422, "invalid",
			[]string{"body.window", "1d to 90d"},
		},
		"an objective of 100 percent": {
			"POST", "/api/v1/slos", slo(`0.99 => 1`), nil,
			422, "invalid",
			[]string{"body.objective"},
		},
		"a number that is too large": {
			"POST", "/api/v1/slos", slo(`0.99 => 1e999`), nil,
			400, "bad_request",
			[]string{"1e999"},
		},
		"a source that is not configured": {
			"POST", "/api/v1/slos", slo(`"objective" => "source":"us","objective"`), nil,
			422, "invalid",
			[]string{"body.source", "default, eu"},
		},
		"a selector that is no PromQL": {
			"POST", "/api/v1/slos", slo(`a{b=\"d\"} => a{b=`), nil,
			422, "invalid",
			[]string{"body.indicator.events.bad", "1:"},
		},
		"a selector that is a query": {
			"POST", "/api/v1/slos", slo(`a{b=\"d\"} => sum(rate(a[5m]))`), nil,
			422, "invalid",
			[]string{"body.indicator.events.bad", "bare selector"},
		},
		"bad and good at once": {
			"POST", "/api/v1/slos", slo(`"bad" => "good":"g","bad"`), nil,
			422, "invalid",
			[]string{"body.indicator.events", "exactly one"},
		},
		"an indicator of nothing": {
			"POST", "/api/v1/slos", `{"name":"x","service":"checkout","objective":0.99,"indicator":{}}`, nil,
			422, "invalid",
			[]string{"body.indicator", "give one of events, latency, gauge and ratio"},
		},
		"an unknown query parameter": {
			"GET", "/api/v1/queue?produkt=shop", nil, nil,
			422, "invalid",
			[]string{"query.produkt", "not a parameter"},
		},
		"a query parameter given twice": {
			"GET", "/api/v1/queue?product=shop&product=mail", nil, nil,
			400, "bad_request",
			[]string{"query.product", "more than once"},
		},
		"a query that is malformed": {
			"GET", "/api/v1/queue?product=%zz", nil, nil,
			400, "bad_request",
			[]string{"cannot be read"},
		},
		"a limit that is too high": {
			"GET", "/api/v1/queue?limit=501", nil, nil,
			422, "invalid",
			[]string{"query.limit", "500"},
		},
		"a limit that is no number": {
			"GET", "/api/v1/items?limit=many", nil, nil,
			422, "invalid",
			[]string{"query.limit", "integer"},
		},
		"a tier that is none": {
			"GET", "/api/v1/queue?tier=urgent", nil, nil,
			422, "invalid",
			[]string{"query.tier", "within_budget"},
		},
		"a warning that is none": {
			"GET", "/api/v1/queue?warning=lazy", nil, nil,
			422, "invalid",
			[]string{"query.warning", "no_owner"},
		},
		"a cursor that is none": {
			"GET", "/api/v1/queue?cursor=abc", nil, nil,
			400, "bad_request",
			[]string{"query.cursor", "next_cursor"},
		},
		"an id that is no number": {
			"GET", "/api/v1/items/first", nil, nil,
			422, "invalid",
			[]string{"path.id", "integer"},
		},
		"an item that is not there": {
			"GET", "/api/v1/items/4711", nil, nil,
			404, "not_found",
			[]string{"4711"},
		},
		"a product that is nowhere": {
			"GET", "/api/v1/products/mail", nil, nil,
			404, "not_found",
			[]string{"mail"},
		},
		"an address that is not there": {
			"GET", "/api/v2/queue", nil, nil,
			404, "not_found",
			[]string{"/openapi.json"},
		},
		"a method that is not allowed": {
			"DELETE", "/api/v1/items/1", nil, nil,
			405, "method_not_allowed",
			[]string{"Allow"},
		},
		"a patch without a version": {
			"PATCH", "/api/v1/items/1", `{"title": "y"}`, nil,
			428, "precondition_required",
			[]string{"If-Match"},
		},
		"a patch of any version": {
			"PATCH", "/api/v1/items/1", `{"title": "y"}`,
			[]string{"If-Match", "*"},
			428, "precondition_required",
			[]string{"If-Match"},
		},
		"a version that is none": {
			"PATCH", "/api/v1/items/1", `{"title": "y"}`,
			[]string{"If-Match", "1"},
			400, "bad_request",
			[]string{"header.If-Match", `If-Match: \"7\"`},
		},
		"a version that is past": {
			"PATCH", "/api/v1/items/1", `{"title": "y"}`,
			[]string{"If-Match", `"9"`},
			412, "precondition_failed",
			[]string{"version 1 now", "read it again"},
		},
		"a decision that is none": {
			"POST", "/api/v1/items/1/decisions", `{"kind": "forget"}`, nil,
			422, "invalid",
			[]string{"body.kind", "deprioritise"},
		},
		"a decision without its reason": {
			"POST", "/api/v1/items/1/decisions", `{"kind": "deprioritise"}`, nil,
			422, "invalid",
			[]string{"body.reason", "say why"},
		},
		"a decision in the past": {
			"POST", "/api/v1/items/1/decisions", `{"kind": "deprioritise", "reason": "r", "revisit": "2026-11-23"}`, nil,
			422, "invalid",
			[]string{"body.revisit", "2026-11-23 is too soon"},
		},
		"a threshold that is out of range": {
			"PATCH", "/api/v1/policy", `{"snooze_days": 29}`,
			[]string{"If-Match", `"1"`},
			422, "invalid",
			[]string{"body.snooze_days", "28"},
		},
		"a threshold that is null": {
			"PATCH", "/api/v1/policy", `{"rollover_alarm": null}`,
			[]string{"If-Match", `"1"`},
			422, "invalid",
			[]string{"body.rollover_alarm", "cannot be null"},
		},
		"weights that do not sum to 100": {
			"PATCH", "/api/v1/policy", `{"weights": {"budget": 50, "priority": 50, "incident": 50, "overdue": 0, "rollovers": 0}}`,
			[]string{"If-Match", `"1"`},
			422, "invalid",
			[]string{"body.weights", "150"},
		},
		"weights that are not all there": {
			"PATCH", "/api/v1/policy", `{"weights": {"budget": 100}}`,
			[]string{"If-Match", `"1"`},
			422, "invalid",
			[]string{"body.weights.priority", "is missing"},
		},
	}
	maps.Copy(table, badReviewInput)
	maps.Copy(table, badBudgetInput)
	maps.Copy(table, badFormInput)
	for name, c := range table {
		t.Run(name, func(t *testing.T) {
			before := s.board.Queue().Revision
			a := s.ask(c.method, c.path, c.body, c.headers...)
			if a.status != c.status || a.at("code") != c.code || a.at("status") != float64(c.status) ||
				a.at("type") != "urn:burnlist:problem:"+c.code {
				t.Errorf("got %d %s, want %d %s", a.status, a.text, c.status, c.code)
			}
			var places []string
			if faults, ok := a.body["errors"].([]any); ok {
				for i := range faults {
					places = append(places, a.at(fmt.Sprintf("errors.%d.location", i)).(string))
				}
			}
			for _, words := range c.words {
				if location.MatchString(words) {
					if !slices.Contains(places, words) {
						t.Errorf("the answer is about %q, not about %s: %s", places, words, a.text)
					}
				} else if !strings.Contains(a.text, words) {
					t.Errorf("%q is not in the answer: %s", words, a.text)
				}
			}
			if a.header.Get("X-Request-Id") == "" {
				t.Error("the answer has no request id")
			}
			if after := s.board.Queue().Revision; after != before {
				t.Errorf("the revision went from %d to %d: something was written", before, after)
			}
		})
	}
	if strings.Contains(s.log.String(), "level=ERROR") {
		t.Errorf("bad input is logged as our error: %s", s.log)
	}
}

// manyFields returns so many fields that no request has.
func manyFields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `, "x%d": 1`, i)
	}
	return b.String()
}

func TestAnAnswerListsSoManyFaultsAndNoMore(t *testing.T) {
	s := newServer(t)
	a := s.ask("POST", "/api/v1/items", `{"title": "x", "service": "checkout"`+manyFields(200)+`}`).must(422)
	if n := len(a.at("errors").([]any)); n != 50 {
		t.Errorf("it lists %d faults, want 50", n)
	}
}

func TestARequestThatTheDatabaseKeepsWaitingIsEnded(t *testing.T) {
	database := pgtest.Database(t)
	s := newServerOn(t, database, func(o *api.Options) { o.Deadline = 200 * time.Millisecond })
	db, err := sql.Open("pgx", database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), "UPDATE counter SET revision = revision"); err != nil {
		t.Fatal(err)
	}
	a := s.ask("POST", "/api/v1/products", `{"name": "shop", "zone": "UTC"}`).must(503)
	if a.at("code") != "unavailable" || a.header.Get("Retry-After") == "" {
		t.Errorf("got %s", a.text)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	s.ask("GET", "/api/v1/products/shop", nil).must(404)
}

func TestAWrongMethodLearnsTheRightOnes(t *testing.T) {
	s := newServer(t)
	allow := s.ask("DELETE", "/api/v1/items", nil).must(405).header.Get("Allow")
	if !strings.Contains(allow, "GET") || !strings.Contains(allow, "POST") {
		t.Errorf("got Allow: %q", allow)
	}
}

func TestAPanicIsAnsweredAndLoggedOnce(t *testing.T) {
	s := newServer(t, func(o *api.Options) {
		o.Page = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret") })
	})
	a := s.ask("GET", "/", nil, "X-Request-Id", "req-17").must(500)
	if strings.Contains(a.text, "secret") || !strings.Contains(a.text, "req-17") {
		t.Errorf("got %s", a.text)
	}
	log := s.log.String()
	if strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, "secret") || !strings.Contains(log, "req-17") {
		t.Errorf("the log is %s", log)
	}
}

func TestAnInternalErrorSaysNothingInternalAndIsLoggedOnce(t *testing.T) {
	s := newServer(t)
	db, err := sql.Open("sqlite3", "file:"+s.file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "DROP TABLE items"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	a := s.ask("GET", "/api/v1/items", nil, "X-Request-Id", "req-18").must(500)
	if strings.Contains(a.text, "table") || !strings.Contains(a.text, "req-18") || a.at("code") != "internal" {
		t.Errorf("got %s", a.text)
	}
	if log := s.log.String(); strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, "req-18") {
		t.Errorf("the log is %s", log)
	}
}

func TestABodyThatBreaksOffIsTheClientsFault(t *testing.T) {
	s := newServer(t)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	request := "POST /api/v1/products HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("got %s, want 400", response.Status)
	}
}

func TestRequestIDsAreKeptIfTheyAreSane(t *testing.T) {
	s := newServer(t)
	if got := s.ask("GET", "/livez", nil, "X-Request-Id", "abc-1").header.Get("X-Request-Id"); got != "abc-1" {
		t.Errorf("got %q", got)
	}
	if got := s.ask("GET", "/livez", nil, "X-Request-Id", strings.Repeat("x", 101)).header.Get("X-Request-Id"); len(got) > 100 || got == "" {
		t.Errorf("got %q", got)
	}
}
