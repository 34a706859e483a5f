package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/api"
	"github.com/burnlist/burnlist/internal/pgtest"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/store"
)

// listen opens a stream over the network. It ends with the test, or by close.
func (s *testServer) listen(query string, headers ...string) (*stream, int64) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/api/v1/events"+query, http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { cancel(); _ = response.Body.Close() })
	if got := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || got != "text/event-stream" {
		s.t.Fatalf("got %s as %s", response.Status, got)
	}
	l := &stream{t: s.t, lines: bufio.NewReader(response.Body), close: cancel}
	fields, _ := l.event()
	if fields["event"] != "hello" || fields["retry"] == "" {
		s.t.Fatalf("the stream begins with %v", fields)
	}
	var place struct{ Revision int64 }
	if err := json.Unmarshal([]byte(fields["data"]), &place); err != nil || strconv.FormatInt(place.Revision, 10) != fields["id"] {
		s.t.Fatalf("hello says %v: %v", fields, err)
	}
	return l, place.Revision
}

// follow reads changes up to a revision and says what is wrong with their order.
func (l *stream) follow(after, upTo int64) error {
	for want := after + 1; want <= upTo; want++ {
		switch name, id := l.next(); {
		case name == "":
			return fmt.Errorf("the stream ended before revision %d", want)
		case id != want:
			return fmt.Errorf("got revision %d instead of %d", id, want)
		}
	}
	return nil
}

func TestAnEventSaysWhatChanged(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.seed()
		s.ask("POST", "/api/v1/items", map[string]any{"title": "x\ny", "service": "checkout"}).must(422) // no event
		l, at := s.listen("")
		revision := s.ask("POST", "/api/v1/items", map[string]any{"title": "Retry payments", "service": "checkout", "owner": "ben@example.org", "due": "2026-12-01"}).
			must(201).header.Get("Burnlist-Revision")
		fields, _ := l.event()
		if fields["id"] != revision || revision != strconv.FormatInt(at+1, 10) || fields["event"] != "item.created" {
			t.Errorf("got %v, want revision %s", fields, revision)
		}
		var data any
		if err := json.Unmarshal([]byte(fields["data"]), &data); err != nil {
			t.Fatal(err)
		}
		for _, fault := range s.doc.faults(schema{"$ref": "#/components/schemas/ChangeEvent"}, data, "data") {
			t.Error(fault)
		}
		for _, want := range []string{`"actor":"ana@example.org"`, `"item/1"`, `"service/checkout"`, `"review":null`, `"at":"2026-11-23T09:00:00Z"`} {
			if !strings.Contains(fields["data"], want) {
				t.Errorf("%s lacks %s", fields["data"], want)
			}
		}
		review := s.ask("POST", "/api/v1/reviews", map[string]any{"product": "shop"}).must(201)
		if fields, _ := l.event(); fields["event"] != "states.changed" || !strings.Contains(fields["data"], `"actor":"burnlist"`) {
			t.Errorf("got %v", fields)
		}
		if fields, _ := l.event(); fields["event"] != "review.opened" || !strings.Contains(fields["data"], fmt.Sprintf(`"review":%v`, review.at("id"))) {
			t.Errorf("got %v", fields)
		}
		// What one hears of, one can read.
		if got := s.ask("GET", "/api/v1/queue", nil).must(200).at("revision"); got != float64(at+3) {
			t.Errorf("the queue is at %v, want %d", got, at+3)
		}
	})
}

// resume opens a stream behind a revision, for goroutines that may not end the
// test.
func (s *testServer) resume(at int64) (*stream, error) {
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+"/api/v1/events", http.NoBody)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Last-Event-ID", strconv.FormatInt(at, 10))
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	s.t.Cleanup(func() { _ = response.Body.Close() })
	l := &stream{t: s.t, lines: bufio.NewReader(response.Body)}
	if name, from := l.next(); name != "hello" || from != at {
		return nil, fmt.Errorf("resumed with %s at %d instead of %d", name, from, at)
	}
	return l, nil
}

// report writes an item into a store, and returns the revision of the change.
func report(ctx context.Context, to *store.Store, title string) (int64, error) {
	by := burnlist.Author{Actor: "ana", At: monday}
	_, revision, err := to.CreateItem(ctx, by, "checkout", func(_ burnlist.Service, p burnlist.Product) (burnlist.Item, error) {
		return burnlist.Item{}.With(burnlist.ItemFields{Title: title, Service: "checkout"}, by, p)
	})
	return revision, err
}

// TestManyListenersMissNothing has 500 listeners read what four writers do.
// One of them is cut off halfway and resumes, one reads nothing until the end.
func TestManyListenersMissNothing(t *testing.T) {
	s := newServer(t)
	s.seed()
	const listeners, writers, each = 500, 4, 25
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	goroutines := runtime.NumGoroutine()
	streams := make([]*stream, listeners)
	var began int64
	for i := range streams {
		streams[i], began = s.listen("")
	}
	late, _ := s.listen("")
	runtime.GC()
	runtime.ReadMemStats(&after)
	t.Logf("%d listeners, server and clients in one process: %d KiB of heap and stacks and %d goroutines more",
		listeners+1, (int64(after.HeapInuse+after.StackInuse)-int64(before.HeapInuse+before.StackInuse))>>10, runtime.NumGoroutine()-goroutines)

	last := began + writers*each
	var reading, writing sync.WaitGroup
	for i, l := range streams {
		reading.Go(func() {
			at := began
			if i == 0 {
				at += writers * each / 2
				if err := l.follow(began, at); err != nil {
					t.Error(err)
				}
				l.close()
				var err error
				if l, err = s.resume(at); err != nil {
					t.Error(err)
					return
				}
			}
			if err := l.follow(at, last); err != nil {
				t.Errorf("listener %d: %v", i, err)
			}
		})
	}
	for w := range writers {
		writing.Go(func() {
			for n := range each {
				if _, err := report(t.Context(), s.store, fmt.Sprintf("item %d of %d", n, w)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	written := time.Now()
	reading.Wait()
	t.Logf("the last listener has the last of %d changes %s after it was written", writers*each, time.Since(written).Round(time.Millisecond))
	if err := late.follow(began, last); err != nil {
		t.Errorf("who read late: %v", err)
	}
}

// stocked is an option that writes changes before anybody follows the log.
func stocked(t *testing.T, changes int) func(*api.Options) {
	return func(o *api.Options) {
		by := burnlist.Author{Actor: "ana", At: monday}
		if _, _, err := o.Store.CreateProduct(t.Context(), by, burnlist.Product{Name: "shop", Zone: "UTC", Slot: burnlist.Slot{Weekday: "monday", Time: "10:00"}}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := o.Store.CreateService(t.Context(), by, burnlist.Service{Name: "checkout", Product: "shop"}); err != nil {
			t.Fatal(err)
		}
		for n := 2; n < changes; n++ {
			if _, err := report(t.Context(), o.Store, fmt.Sprint("item ", n)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestWhatIsNotKeptComesFromTheLog(t *testing.T) {
	const stored = 250 // more than one look
	for name, database := range map[string]func() string{
		"sqlite":   func() string { return "sqlite:" + filepath.Join(t.TempDir(), "burnlist.db") },
		"postgres": func() string { return pgtest.Database(t) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServerOn(t, database(), stocked(t, stored))
			for from := range int64(2) {
				l, at := s.listen(fmt.Sprint("?after=", from))
				if at != from {
					t.Errorf("begins at %d, want %d", at, from)
				}
				if err := l.follow(from, stored); err != nil {
					t.Error(err)
				}
				if _, err := report(t.Context(), s.store, "one more"); err != nil {
					t.Fatal(err)
				}
				if err := l.follow(stored, stored+from+1); err != nil {
					t.Error(err)
				}
			}
			// The id of the last event goes before what the address says.
			l, at := s.listen("?after=1", "Last-Event-ID", "249")
			if err := l.follow(249, stored+2); err != nil || at != 249 {
				t.Errorf("from %d: %v", at, err)
			}
		})
	}
}

func TestEventsOfAnotherReplicaArrive(t *testing.T) {
	database := pgtest.Database(t)
	writes, listens := newServerOn(t, database), newServerOn(t, database)
	l, began := listens.listen("")
	writes.seed()
	if err := l.follow(began, began+3); err != nil {
		t.Fatal(err)
	}
	for n := range int64(20) {
		at, err := report(t.Context(), writes.store, strconv.FormatInt(n, 10))
		if err != nil {
			t.Fatal(err)
		}
		// Who wrote goes on at another replica, which may not have heard of it.
		other, from := listens.listen(fmt.Sprint("?after=", at))
		if from != at {
			t.Errorf("begins at %d, want %d", from, at)
		}
		if _, err := report(t.Context(), writes.store, "and on"); err != nil {
			t.Fatal(err)
		}
		if err := other.follow(at, at+1); err != nil {
			t.Error(err)
		}
		other.close()
		if err := l.follow(at-1, at+1); err != nil {
			t.Error(err)
		}
	}
}

func TestARevisionThatTheLogDoesNotHaveIsReset(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.seed()
		l, at := s.listen("", "Last-Event-ID", "4711")
		if at != 4711 {
			t.Errorf("begins at %d", at)
		}
		fields, _ := l.event()
		if fields["event"] != "reset" || fields["id"] != "3" || fields["data"] != `{"revision":3}` {
			t.Errorf("got %v, want a reset to 3", fields)
		}
		s.ask("POST", "/api/v1/items", map[string]any{"title": "x", "service": "checkout"}).must(201)
		if err := l.follow(3, 4); err != nil {
			t.Error(err)
		}
	})
}

func TestARevisionIsANumber(t *testing.T) {
	s := newServer(t)
	for _, query := range []string{"?after=-1", "?after=x", "?after=1&after=2", "?from=3"} {
		if a := s.ask("GET", "/api/v1/events"+query, nil); a.status != 422 && a.status != 400 {
			t.Errorf("%s: got %d", query, a.status)
		}
	}
	s.ask("GET", "/api/v1/events", nil, "Last-Event-ID", "last").must(422)
	if a := s.ask("HEAD", "/api/v1/events", nil).must(200); a.header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("got %v", a.header)
	}
	s.ask("POST", "/api/v1/events", `{}`).must(405)
}

func TestNobodyListensBeforeTheQueueIsLoaded(t *testing.T) {
	s := newServer(t, func(o *api.Options) { o.Board = prioritizer.NewBoard(o.Now) })
	s.ask("GET", "/api/v1/events", nil).must(503)
}
