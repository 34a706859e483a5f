package api_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
)

func TestAnAgendaIsFrozenAnewUntilSomethingIsDecided(t *testing.T) {
	eachServer(t, func(_ *testing.T, s *testServer) {
		s.fill(2)
		path := s.open()
		s.report("late", nil)
		s.ask("GET", path, nil).must(200).want(map[string]any{"entries": 2})
		s.ask("POST", path+"/refreeze", nil).must(200).want(map[string]any{"entries": 3, "state": "open", "id": 1})
		s.decide(path, 1, `"kind": "carry"`).must(200)
		s.ask("POST", path+"/refreeze", nil).must(409)
		s.ask("POST", path+"/decisions/1/undo", nil).must(200)
		s.ask("POST", path+"/refreeze", nil).must(409) // it would lose what was recorded
	})
}

func TestAnItemBornInTheMeetingIsAddedAndDecided(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.fill(2)
		path := s.open()
		born := s.report("born here", nil)
		s.decide(path, born, `"kind": "carry"`).must(409)
		a := s.ask("POST", path+"/agenda", map[string]any{"item": born}).must(201).want(map[string]any{
			"position": 3, "added": true, "read_only": false, "item.title": "born here", "decision": nil, "current.version": 1,
		})
		if a.header.Get("Location") != path+"/agenda" {
			t.Errorf("got Location %s", a.header.Get("Location"))
		}
		s.ask("POST", path+"/agenda", map[string]any{"item": born}).must(409)
		s.decide(path, born, `"kind": "commit", "owner": "ben", "due": "2026-12-01"`).must(200)
		s.ask("GET", path, nil).must(200).want(map[string]any{"entries": 3, "undecided": 2})
		closed := s.report("closed at once", nil)
		s.ask("POST", fmt.Sprintf("/api/v1/items/%d/decisions", closed), `{"kind": "done"}`).must(200)
		s.ask("POST", path+"/agenda", map[string]any{"item": closed}).must(409)
	})
}

func TestItemsOfOtherProductsAreShownToBeReadOnly(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.fill(2)
		s.ask("POST", "/api/v1/products", `{"name": "mail", "zone": "UTC"}`).must(201)
		s.ask("POST", "/api/v1/services", `{"name": "smtp", "product": "mail"}`).must(201)
		other := s.report("retry mails", map[string]any{"service": "smtp", "source": map[string]any{"product": "shop", "title": "the outage"}})
		s.ask("GET", fmt.Sprintf("/api/v1/items/%d", other), nil).must(200).want(map[string]any{"source.product": "shop"})
		path := s.open()
		s.ask("GET", path, nil).must(200).want(map[string]any{
			"entries": 2, "undecided": 2, "related.0.item.id": other, "related.0.read_only": true, "related.0.item.product": "mail", "related.0.position": 3,
		})
		if a := s.decide(path, other, `"kind": "done"`).must(409); !strings.Contains(a.text, "product mail") {
			t.Errorf("got %s", a.text)
		}
		s.ask("PATCH", fmt.Sprintf("/api/v1/items/%d", other), `{"source": {"title": "the outage"}}`, "If-Match", `"1"`).must(200).
			want(map[string]any{"source.product": nil})
	})
}

func TestTheFirstFiveOfAServiceAreShownTheSnoozedLast(t *testing.T) {
	s := newServer(t)
	s.seed()
	for i := range 7 {
		s.report(fmt.Sprint("item ", i), nil)
	}
	s.ask("POST", "/api/v1/items/1/decisions", `{"kind": "snooze", "reason": "later", "until": "2026-12-01"}`).must(200)
	path := s.open()
	s.report("added", nil)
	s.ask("POST", path+"/agenda", `{"item": 8}`).must(201)
	doc := s.ask("GET", path, nil).must(200).want(map[string]any{"services.0.more": 3})
	var ids []float64
	for _, e := range doc.at("services.0.entries").([]any) {
		ids = append(ids, e.(map[string]any)["item"].(map[string]any)["id"].(float64))
	}
	if fmt.Sprint(ids) != "[2 3 4 5 6]" {
		t.Errorf("the first five are %v", ids)
	}
	// The whole agenda is paged by position.
	var walked []float64
	for query, page := "?limit=3", 0; query != "" && page < 5; page++ {
		a := s.ask("GET", path+"/agenda"+query, nil).must(200).want(map[string]any{"total": 8})
		walked = append(walked, a.ids()...)
		query = ""
		if next, ok := a.at("next_cursor").(float64); ok {
			query = fmt.Sprintf("?limit=3&after=%v", next)
		}
	}
	if fmt.Sprint(walked) != "[2 3 4 5 6 7 1 8]" {
		t.Errorf("walked %v", walked)
	}
}

func TestAReviewOfThousandsStaysSmall(t *testing.T) {
	s := newServer(t)
	s.seed()
	s.report("the root of it all", nil)
	parts := make([]burnlist.Part, 20)
	for i := range parts {
		parts[i].Title = strings.Repeat("long ", 59) + strconv.Itoa(i)
	}
	body, err := json.Marshal(map[string]any{"kind": "split", "parts": parts})
	if err != nil {
		t.Fatal(err)
	}
	for range 250 {
		s.ask("POST", "/api/v1/items/1/decisions", string(body)).must(200)
	}
	path := s.open()
	a := s.ask("GET", path, nil).must(200).want(map[string]any{"entries": 5001, "undecided": 5001, "services.0.more": 4996})
	if len(a.text) > 32<<10 {
		t.Errorf("a review of 5,001 items is answered by %d bytes", len(a.text))
	}
	s.at(monday.Add(time.Minute))
	s.decide(path, 1, `"kind": "carry"`).must(200)
	s.ask("GET", path+"/agenda?after=4999", nil).must(200).want(map[string]any{"total": 5001, "entries.0.position": 5000, "next_cursor": nil})
	s.ask("POST", path+"/conclude", nil).must(200).want(map[string]any{"state": "attended", "tally.open": 5001})
	if text := s.ask("GET", path+"/digest?format=markdown", nil).must(200).text; len(strings.Fields(text)) > 1100 {
		t.Errorf("the digest has %d words", len(strings.Fields(text)))
	}
}
