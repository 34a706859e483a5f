package api_test

import (
	"strings"
	"testing"
)

func TestAnItemSaysWhenItIsDone(t *testing.T) {
	eachServer(t, func(_ *testing.T, s *testServer) {
		s.seed()
		s.ask("POST", "/api/v1/items", `{"title": "x", "service": "checkout", "due": "tomorrow", "done_when": " the alert has fired in a drill "}`).must(201).
			want(map[string]any{"done_when": "the alert has fired in a drill"})
		s.ask("PATCH", "/api/v1/items/1", `{"done_when": "a second drill"}`, "If-Match", `"1"`).must(200).want(map[string]any{"done_when": "a second drill", "version": 2})
		s.ask("PATCH", "/api/v1/items/1", `{"title": "y"}`, "If-Match", `"2"`).must(200).want(map[string]any{"done_when": "a second drill"})
		s.ask("GET", "/api/v1/queue", nil).must(200).want(map[string]any{"entries.0.item.done_when": "a second drill"})
		s.ask("GET", "/api/v1/items/1/history", nil).must(200).want(map[string]any{
			"events.1.changed.0.field": "done_when", "events.1.changed.0.to": "a second drill",
		})
		path := s.open()
		s.decide(path, 1, `"kind": "split", "parts": [{"title": "z"}]`).must(200).want(map[string]any{
			"item.done_when": "a second drill", "parts.0.done_when": nil,
		})
		s.ask("PATCH", "/api/v1/items/1", `{"done_when": null}`, "If-Match", `"4"`).must(200).want(map[string]any{"done_when": nil})

		s.ask("POST", "/api/v1/items", `{"title": "x", "service": "checkout", "done_when": "`+strings.Repeat("é", 1000)+`"}`).must(201)
		s.ask("POST", "/api/v1/items", `{"title": "x", "service": "checkout", "done_when": "`+strings.Repeat("é", 1001)+`"}`).must(422).
			want(map[string]any{"errors.0.location": "body.done_when"})
		s.ask("POST", "/api/v1/items", `{"title": "x", "service": "checkout", "done_when": "one\nline"}`).must(422).
			want(map[string]any{"errors.0.location": "body.done_when"})
	})
}

func TestAWrittenItemComesWithAdvice(t *testing.T) {
	s := newServer(t)
	s.seed()
	a := s.ask("POST", "/api/v1/items", `{"title": "Improve monitoring", "service": "checkout", "owner": "Payments"}`).must(201).want(map[string]any{
		"id": 1, "product": "shop", "advice.0.code": "group_owner", "advice.1.code": "vague",
	})
	if text, _ := a.at("advice.1.text").(string); !strings.HasPrefix(text, `"Improve" has no end: name what will be measured`) {
		t.Errorf("the advice is %q", text)
	}
	for _, code := range []string{"vague", "group_owner"} { // the same as the warnings say
		s.ask("GET", "/api/v1/queue?warning="+code, nil).must(200).want(map[string]any{"total": 1})
	}
	s.ask("PATCH", "/api/v1/items/1", `{"owner": "ana@example.org", "done_when": "the drill on replica lag has paged somebody"}`, "If-Match", `"1"`).must(200)
	a = s.ask("PATCH", "/api/v1/items/1", `{"priority": "P1"}`, "If-Match", `"2"`).must(200)
	if advice, ok := a.at("advice").([]any); !ok || len(advice) != 0 {
		t.Errorf("advice on what was made good: %s", a.text)
	}
	s.ask("GET", "/api/v1/queue?warning=vague", nil).must(200).want(map[string]any{"total": 0})
	if strings.Contains(s.ask("GET", "/api/v1/items/1", nil).must(200).text, "advice") {
		t.Error("an item that is only read comes with advice")
	}
}
