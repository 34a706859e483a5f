package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/api"
	"github.com/burnlist/burnlist/prioritizer"
)

func TestReadinessSaysWhichPartIsNotReady(t *testing.T) {
	s := newServer(t)
	s.ask("GET", "/readyz", nil).must(200)
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	a := s.ask("GET", "/readyz", nil).must(503)
	if a.at("errors.0.location") != "database" || strings.Contains(a.text, "board") || a.header.Get("Retry-After") == "" {
		t.Errorf("got %s", a.text)
	}
	s.ask("GET", "/livez", nil).must(200)
}

func TestAnEmptyBoardIsNotReady(t *testing.T) {
	s := newServer(t, func(o *api.Options) {
		o.Board = prioritizer.NewBoard(time.Now)
	})
	a := s.ask("GET", "/readyz", nil).must(503)
	if a.at("errors.0.location") != "board" || strings.Contains(a.text, "database") {
		t.Errorf("got %s", a.text)
	}
	for _, path := range []string{"/api/v1/queue", "/api/v1/budgets", "/api/v1/warnings"} {
		if a := s.ask("GET", path, nil).must(503); a.at("code") != "unavailable" || a.header.Get("Retry-After") == "" {
			t.Errorf("%s: got %s", path, a.text)
		}
	}
}

func TestABoardThatFallsBehindIsNotReady(t *testing.T) {
	stopped := prioritizer.NewBoard(time.Now)
	s := newServer(t, func(o *api.Options) { o.Board = stopped })
	world, err := s.store.World(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stopped.Load(world)
	s.ask("GET", "/readyz", nil).must(200)
	by := burnlist.Author{Actor: "ana", At: monday}
	if _, _, err := s.store.CreateProduct(t.Context(), by, burnlist.Product{Name: "shop", Zone: "UTC", Slot: burnlist.DefaultSlot}); err != nil {
		t.Fatal(err)
	}
	a := s.ask("GET", "/readyz", nil).must(503)
	if a.at("errors.0.location") != "board" || !strings.Contains(a.text, "behind") {
		t.Errorf("got %s", a.text)
	}
}

func TestTheQueueIsServedWithoutTheDatabase(t *testing.T) {
	s := newServer(t)
	s.seed()
	s.ask("POST", "/api/v1/items", map[string]any{"title": "pool alert", "service": "checkout"}).must(201)
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	if a := s.ask("GET", "/api/v1/queue", nil).must(200); a.at("entries.0.item.title") != "pool alert" || a.header.Get("Age") != "0" {
		t.Errorf("got %s, Age %q", a.text, a.header.Get("Age"))
	}
	s.ask("GET", "/api/v1/budgets", nil).must(200)
	s.ask("GET", "/api/v1/warnings", nil).must(200)
	for _, a := range []*answer{
		s.ask("GET", "/api/v1/items", nil),
		s.ask("POST", "/api/v1/items", map[string]any{"title": "x", "service": "checkout"}),
	} {
		if a.must(503).at("code") != "unavailable" || a.header.Get("Retry-After") == "" {
			t.Errorf("got %s", a.text)
		}
	}
}
