package api_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/burnlist/burnlist/api"
	"github.com/burnlist/burnlist/internal/pgtest"
	"github.com/burnlist/burnlist/prioritizer"
)

// TestMain runs the tests and then sees to it that each status that the
// document declares was an answer in one of them. Undeclared ones fail where
// they come up.
func TestMain(m *testing.M) {
	code := pgtest.Main(m)
	whole := func(name string) bool { f := flag.Lookup(name); return f == nil || f.Value.String() == "" }
	if code == 0 && whole("test.run") && whole("test.skip") && whole("test.list") && whole("test.fuzz") {
		for _, missing := range seen.missing() {
			fmt.Fprintf(os.Stderr, "no test was answered with what the document declares: %s\n", missing)
			code = 1
		}
	}
	os.Exit(code)
}

// neverSeen are statuses that no test provokes, by operation, and why.
var neverSeen = map[string]string{
	"livez 500":  "it does nothing that could fail but by a defect of the program",
	"readyz 500": "what fails in it is 503; the rest is a defect of the program",
}

// seen is what was answered over all tests of the package.
var seen sightings

type sightings struct {
	mu       sync.Mutex
	declared map[string]bool // by operation and status, as "get-item 404"
	answered map[string]bool
}

func (s *sightings) declare(d *document) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.declared == nil {
		s.declared, s.answered = map[string]bool{}, map[string]bool{}
	}
	for _, operations := range d.Paths {
		for _, o := range operations {
			for status := range o.Responses {
				s.declared[o.OperationID+" "+status] = true
			}
		}
	}
}

func (s *sightings) answer(o operation, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answered[o.OperationID+" "+strconv.Itoa(status)] = true
}

func (s *sightings) missing() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for one := range s.declared {
		if _, argued := neverSeen[one]; !argued && !s.answered[one] {
			all = append(all, one)
		}
	}
	slices.Sort(all)
	return all
}

// writable is a request for each operation that is no GET, at a server that was
// furnished. It need not succeed there.
var writable = map[string]struct{ path, body string }{
	"create-product":    {"/api/v1/products", `{"name": "mail", "zone": "UTC"}`},
	"update-product":    {"/api/v1/products/shop", `{"zone": "UTC"}`},
	"create-service":    {"/api/v1/services", `{"name": "search", "product": "shop"}`},
	"update-service":    {"/api/v1/services/checkout", `{"team": "wallet"}`},
	"create-slo":        {"/api/v1/slos", sloBody("other")},
	"update-slo":        {"/api/v1/slos/checkout-availability", `{"objective": 0.99}`},
	"preview-slo":       {"/api/v1/slos/preview", sloBody("other")},
	"create-exclusion":  {"/api/v1/slos/checkout-availability/exclusions", exclusionBody},
	"preview-exclusion": {"/api/v1/slos/checkout-availability/exclusions/preview", exclusionBody},
	"remove-exclusion":  {"/api/v1/slos/checkout-availability/exclusions/1/remove", `{}`},
	"create-item":       {"/api/v1/items", `{"title": "x", "service": "checkout"}`},
	"update-item":       {"/api/v1/items/1", `{"title": "y"}`},
	"decide-item":       {"/api/v1/items/1/decisions", `{"kind": "done"}`},
	"open-review":       {"/api/v1/reviews", `{"product": "shop"}`},
	"cancel-slot":       {"/api/v1/reviews/cancel", `{"product": "shop", "slot": "2026-11-30", "reason": "holiday"}`},
	"refreeze-review":   {"/api/v1/reviews/1/refreeze", `{}`},
	"conclude-review":   {"/api/v1/reviews/1/conclude", `{}`},
	"add-to-agenda":     {"/api/v1/reviews/1/agenda", `{"item": 1}`},
	"decide-in-review":  {"/api/v1/reviews/1/decisions", `{"item": 1, "kind": "done"}`},
	"undo-decision":     {"/api/v1/reviews/1/decisions/1/undo", `{}`},
	"update-policy":     {"/api/v1/policy", `{"snooze_days": 14}`},
	"preview-policy":    {"/api/v1/policy/preview", `{"snooze_days": 14}`},
}

const exclusionBody = `{"start": "2026-11-20T10:00:00Z", "end": "2026-11-20T11:00:00Z", "reason": "maintenance"}`

func sloBody(name string) string {
	return `{"name": "` + name + `", "service": "checkout", "objective": 0.999,
		"indicator": {"events": {"total": "requests_total{job=\"checkout\"}", "bad": "requests_total{job=\"checkout\",code=\"500\"}"}}}`
}

// asked is a request for an operation.
type asked struct {
	operation
	method, template, path string
	body                   any
}

// everyOperation calls walk with a request for each operation.
func (s *testServer) everyOperation(walk func(a asked)) {
	s.t.Helper()
	for _, template := range slices.Sorted(maps.Keys(s.doc.Paths)) {
		for method, o := range s.doc.Paths[template] {
			a := asked{operation: o, method: strings.ToUpper(method), template: template, path: readable[o.OperationID]}
			if w, ok := writable[o.OperationID]; ok {
				a.path, a.body = w.path, w.body
			}
			if !strings.HasPrefix(template, "/api/") {
				a.path = template
			}
			if a.path == "" {
				s.t.Errorf("no request is known for %s: add it to readable or writable", o.OperationID)
				continue
			}
			walk(a)
		}
	}
}

func (o operation) declares(status int) bool { _, ok := o.Responses[strconv.Itoa(status)]; return ok }

// TestWhatCanGoWrongEverywhere provokes, for every operation, the failures that
// are those of all.
func TestWhatCanGoWrongEverywhere(t *testing.T) {
	s := newServer(t)
	s.furnish()
	before := s.board.Queue().Revision
	changed := func(path string) string {
		if strings.Contains(path, "?") {
			return path + "&nonsense=1"
		}
		return path + "?nonsense=1"
	}
	absent := regexp.MustCompile(`\{[^}]+\}`)
	s.everyOperation(func(a asked) {
		ask := func(status int, path string, body any, headers ...string) {
			t.Helper()
			if b := s.ask(a.method, path, body, headers...); b.status != status {
				t.Errorf("%s: status %d, want %d: %s", a.OperationID, b.status, status, b.text)
			}
		}
		version := []string{"If-Match", `"1"`}
		ask(421, a.path, a.body, "Host", "evil.example")
		ask(422, changed(a.path), a.body, version...)
		if !strings.HasPrefix(a.path, "/api/") {
			return
		}
		ask(400, a.path+"?x=%zz", a.body, version...)
		s.raw(a, panicking{}, 500)
		if a.template != a.path && strings.Contains(a.template, "{") {
			ask(404, absent.ReplaceAllString(a.template, "4711"), a.body, version...)
		}
		if a.method == "GET" {
			return
		}
		ask(403, a.path, a.body, "Sec-Fetch-Site", "cross-site")
		ask(413, a.path, strings.Repeat(" ", 1<<20+1))
		ask(415, a.path, "x", append(version, "Content-Type", "text/plain")...)
		s.raw(a, failing{os.ErrDeadlineExceeded}, 408)
		if a.declares(412) {
			ask(412, a.path, a.body, "If-Match", `"99"`)
		}
		if a.declares(428) {
			ask(428, a.path, a.body)
		}
	})
	if after := s.board.Queue().Revision; after != before {
		t.Errorf("the revision went from %d to %d: something was written", before, after)
	}
}

// TestEveryOperationSaysThatTheDatabaseIsAway asks a server whose board was
// never loaded and whose database is closed.
func TestEveryOperationSaysThatTheDatabaseIsAway(t *testing.T) {
	s := newServer(t, func(o *api.Options) { o.Board = prioritizer.NewBoard(o.Now) })
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	s.everyOperation(func(a asked) {
		if !a.declares(503) {
			return
		}
		if b := s.ask(a.method, a.path, a.body, "If-Match", `"1"`); b.status != 503 || b.header.Get("Retry-After") == "" {
			t.Errorf("%s: status %d, want 503: %s", a.OperationID, b.status, b.text)
		}
	})
}

// raw asks the handler itself, with a body that no network could send.
func (s *testServer) raw(a asked, body io.Reader, status int) {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), a.method, "http://localhost"+a.path, body)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Burnlist-Actor", "ana@example.org")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	b := &answer{t: s.t, status: w.Code, header: w.Header(), text: w.Body.String()}
	if err := json.Unmarshal(w.Body.Bytes(), &b.body); err != nil {
		s.t.Errorf("%s: %v", a.OperationID, err)
		return
	}
	s.doc.check(s.t, a.method, a.path, b)
	if b.status != status {
		s.t.Errorf("%s: status %d, want %d: %s", a.OperationID, b.status, status, b.text)
	}
}

// panicking is a body on which a handler panics.
type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("a defect") }

// failing is a body that does not arrive.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestAnSLOComesBackAfterItsService(t *testing.T) {
	s := newServer(t)
	s.seed()
	for _, path := range []string{"/api/v1/slos/checkout-availability", "/api/v1/services/checkout"} {
		s.ask("PATCH", path, `{"retired": true}`, "If-Match", `"1"`).must(200)
	}
	a := s.ask("PATCH", "/api/v1/slos/checkout-availability", `{"retired": false}`, "If-Match", `"2"`).must(409)
	if a.at("code") != "conflict" || !strings.Contains(a.text, "bring it back first") {
		t.Errorf("got %s", a.text)
	}
}
