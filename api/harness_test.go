package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/api"
	"github.com/burnlist/burnlist/internal/pgtest"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/review"
	"github.com/burnlist/burnlist/store"
)

// monday is the moment at which the tests happen.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// testServer is the API over a real store and a real board that follows it.
// Each answer that goes through it is held against /openapi.json.
type testServer struct {
	t       testing.TB
	url     string
	handler http.Handler
	file    string // of the database, if it is one
	store   *store.Store
	board   *prioritizer.Board
	keeper  *review.Keeper
	clock   atomic.Pointer[time.Time] // what the server takes for now
	metrics *api.Metrics
	events  *api.Events
	log     *lockedBuffer
	doc     *document
}

func newServer(t testing.TB, options ...func(*api.Options)) *testServer {
	t.Helper()
	file := filepath.Join(t.TempDir(), "burnlist.db")
	s := newServerOn(t, "sqlite:"+file, options...)
	s.file = file
	return s
}

func newServerOn(t testing.TB, database string, options ...func(*api.Options)) *testServer {
	t.Helper()
	s := &testServer{t: t, log: &lockedBuffer{}, events: api.NewEvents()}
	s.clock.Store(&monday)
	now := func() time.Time { return *s.clock.Load() }
	log := slog.New(slog.NewTextHandler(s.log, nil))
	var err error
	s.board = prioritizer.NewBoard(now)
	s.metrics = api.NewMetrics(s.board, func() (map[string]time.Time, bool) { return map[string]time.Time{"default": monday}, true },
		func() map[string]int { return map[string]int{"slack": 2} })
	if s.store, err = store.Open(t.Context(), database, log, store.Observed(s.metrics.ObserveTransaction)); err != nil {
		t.Fatal(err)
	}
	s.metrics.WatchEvents(s.events)
	s.metrics.WatchStore(s.store)
	s.keeper = review.NewKeeper(s.store, s.board, nil, "https://burnlist.example.org", log)
	o := api.Options{
		Store: s.store, Board: s.board, Keeper: s.keeper, Events: s.events, Sources: sources(t), AllowedHosts: []string{"burnlist.example.org"},
		Metrics: s.metrics, Version: "test", Now: now, Log: log,
		Deadline: 2 * time.Minute, // a busy machine under the race detector is slow; what a deadline does has tests of its own
	}
	for _, option := range options {
		option(&o)
	}
	if o.Board == s.board {
		s.follow()
	}
	s.handler = api.New(o)
	server := httptest.NewServer(s.handler)
	s.url = server.URL
	t.Cleanup(func() {
		s.events.Close()
		server.Close()
		if t.Failed() {
			t.Logf("the server's log:\n%s", s.log)
		}
		if err := s.store.Close(); err != nil {
			t.Error(err)
		}
	})
	s.doc = readDocument(t, s.url)
	return s
}

// eachServer runs a test on both databases.
func eachServer(t *testing.T, test func(t *testing.T, s *testServer)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, newServer(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, newServerOn(t, pgtest.Database(t))) })
}

// follow loads the board and keeps it up to date as long as the test runs.
func (s *testServer) follow() {
	world, err := s.store.World(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	revision := world.Revision
	s.board.Load(world)
	ctx, cancel := context.WithCancel(s.t.Context())
	var tailing sync.WaitGroup
	tailing.Go(func() {
		if err := s.store.Tail(ctx, revision, 0, func(changes []burnlist.Change) error {
			s.board.Apply(changes)
			s.events.Publish(changes)
			return nil
		}); err != nil {
			s.t.Error(err)
		}
	})
	s.t.Cleanup(func() { cancel(); tailing.Wait() })
}

// answer is what came back.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	text   string
	body   map[string]any
}

// ask sends a request: body is a string, or is written as JSON, or is nil.
// Headers come in pairs; an actor and a content type are added unless they are
// given, and an empty value takes a header away.
func (s *testServer) ask(method, path string, body any, headers ...string) *answer {
	s.t.Helper()
	var content []byte
	switch b := body.(type) {
	case nil:
	case string:
		content = []byte(b)
	default:
		var err error
		if content, err = json.Marshal(b); err != nil {
			s.t.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, bytes.NewReader(content))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Burnlist-Actor", "ana@example.org")
	for i := 0; i+1 < len(headers); i += 2 {
		switch {
		case headers[i] == "Host":
			r.Host = headers[i+1]
		case headers[i+1] == "":
			r.Header.Del(headers[i])
		case strings.HasPrefix(headers[i], "+"): // beside what is there
			r.Header.Add(headers[i][1:], headers[i+1])
		default:
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	a := &answer{t: s.t, status: response.StatusCode, header: response.Header, text: string(text)}
	if strings.Contains(a.header.Get("Content-Type"), "json") && len(text) > 0 {
		if err := json.Unmarshal(text, &a.body); err != nil {
			s.t.Fatalf("%s %s answered what is no JSON object: %s", method, path, text)
		}
	}
	if s.doc != nil {
		s.doc.check(s.t, method, path, a)
	}
	return a
}

// must fails the test unless the answer has the status.
func (a *answer) must(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("got status %d, want %d: %s", a.status, status, a.text)
	}
	return a
}

// at returns the value at a path of names and indexes, such as entries.0.item.id.
func (a *answer) at(path string) any {
	a.t.Helper()
	var v any = a.body
	for name := range strings.SplitSeq(path, ".") {
		switch c := v.(type) {
		case map[string]any:
			var ok bool
			if v, ok = c[name]; !ok {
				a.t.Fatalf("no %s in %s", path, a.text)
			}
		case []any:
			i := 0
			for _, digit := range name {
				i = i*10 + int(digit-'0')
			}
			if i >= len(c) {
				a.t.Fatalf("no %s in %s", path, a.text)
			}
			v = c[i]
		default:
			a.t.Fatalf("no %s in %s", path, a.text)
		}
	}
	return v
}

// seed makes product shop, service checkout and SLO checkout-availability.
func (s *testServer) seed() {
	s.t.Helper()
	s.ask("POST", "/api/v1/products", map[string]any{"name": "shop", "zone": "Europe/Berlin"}).must(201)
	s.ask("POST", "/api/v1/services", map[string]any{"name": "checkout", "product": "shop", "team": "payments"}).must(201)
	s.ask("POST", "/api/v1/slos", map[string]any{
		"name": "checkout-availability", "service": "checkout", "objective": 0.999,
		"indicator": map[string]any{"events": map[string]any{"total": `requests_total{job="checkout"}`, "bad": `requests_total{job="checkout",code="500"}`}},
	}).must(201)
}

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
