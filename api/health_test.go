package api_test

import (
	"strings"
	"testing"
	"time"

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

func TestTheQueueIsServedWithoutTheDatabase(t *testing.T) {
	s := newServer(t)
	s.seed()
	s.ask("POST", "/api/v1/items", map[string]any{"title": "pool alert", "service": "checkout"}).must(201)
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	if a := s.ask("GET", "/api/v1/queue", nil).must(200); a.at("entries.0.item.title") != "pool alert" {
		t.Errorf("got %s", a.text)
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
