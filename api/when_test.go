package api_test

import (
	"strings"
	"testing"
	"time"
)

func TestADueDateMayBeRelativeToTodayInTheProductsZone(t *testing.T) {
	eachServer(t, func(_ *testing.T, s *testServer) {
		s.fill(1)
		s.at(time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC)) // the 25th in Berlin, a Wednesday
		s.ask("POST", "/api/v1/items", `{"title": "x", "service": "checkout", "due": " Next FRIDAY "}`).must(201).
			want(map[string]any{"due": "2026-12-04", "opened_on": "2026-11-25"})
		s.ask("POST", "/api/v1/items", `{"title": "x", "service": "checkout", "due": "today"}`).must(201).want(map[string]any{"due": "2026-11-25"})
		s.ask("POST", "/api/v1/items", `{"title": "x", "service": "checkout", "due": null}`).must(201).want(map[string]any{"due": nil})
		s.ask("PATCH", "/api/v1/items/2", `{"due": "in 1 month"}`, "If-Match", `"1"`).must(200).want(map[string]any{"due": "2026-12-25"})
		s.ask("PATCH", "/api/v1/items/2", `{"priority": "P1"}`, "If-Match", `"2"`).must(200).want(map[string]any{"due": "2026-12-25"})
		s.ask("PATCH", "/api/v1/items/2", `{"due": null}`, "If-Match", `"3"`).must(200).want(map[string]any{"due": nil})
		s.ask("GET", "/api/v1/items/2/history", nil).must(200).want(map[string]any{"events.1.changed.0.to": "2026-12-25"})
	})
}

func TestADecisionIsRecordedWithTheDatesItMeant(t *testing.T) {
	eachServer(t, func(_ *testing.T, s *testServer) {
		s.fill(4)
		s.at(time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC))
		path := s.open()
		s.decide(path, 1, `"kind": "commit", "owner": "ana", "due": "end of month"`).must(200).
			want(map[string]any{"decision.decision.due": "2026-11-30", "item.due": "2026-11-30"})
		s.decide(path, 1, `"kind": "commit", "owner": "ana", "due": "end of month"`).must(200).want(map[string]any{"decision.id": 1}) // once more
		s.decide(path, 2, `"kind": "snooze", "reason": "r", "until": "next week"`).must(200).
			want(map[string]any{"decision.decision.until": "2026-12-02", "item.snoozed": "2026-12-02"})
		s.decide(path, 3, `"kind": "split", "parts": [{"title": "x", "owner": "ana", "due": "2 weeks"}]`).must(200).
			want(map[string]any{"decision.decision.parts.0.due": "2026-12-09", "parts.0.due": "2026-12-09"})
		s.ask("GET", path+"/decisions", nil).must(200).want(map[string]any{"decisions.0.decision.due": "2026-11-30", "decisions.1.decision.until": "2026-12-02"})

		s.ask("POST", "/api/v1/items/4/decisions", `{"kind": "deprioritise", "reason": "r", "revisit": "in 3 months"}`).must(200).
			want(map[string]any{"closing.revisit": "2027-02-25"})
		s.ask("GET", "/api/v1/items/4/history", nil).must(200).want(map[string]any{"events.1.decision.revisit": "2027-02-25", "events.1.decision.reason": "r"})
	})
}

func TestWhatNamesNoDayIsRefusedWhereItStands(t *testing.T) {
	s := newServer(t)
	s.fill(1)
	for _, test := range []struct{ path, body, location, says string }{
		{"/items", `{"title": "x", "service": "checkout", "due": "next sprint"}`, "body.due", "the day on which the sprint ends"},
		{"/items", `{"title": "x", "service": "checkout", "due": ""}`, "body.due", "end of month"},
		{"/items", `{"title": "x", "service": "checkout", "due": 3}`, "body.due", "expected string"},
		{"/items/1/decisions", `{"kind": "commit", "due": "soon"}`, "body.due", "in 2 weeks"},
		{"/items/1/decisions", `{"kind": "snooze", "reason": "r", "until": "in a while"}`, "body.until", "in 2 weeks"},
		{"/items/1/decisions", `{"kind": "snooze", "reason": "r", "until": "today"}`, "body.until", "after today"},
		{"/items/1/decisions", `{"kind": "deprioritise", "reason": "r", "revisit": "2026-02-30"}`, "body.revisit", "YYYY-MM-DD"},
		{"/items/1/decisions", `{"kind": "split", "parts": [{"title": "x"}, {"title": "y", "due": "later"}]}`, "body.parts[1].due", "in 2 weeks"},
	} {
		a := s.ask("POST", "/api/v1"+test.path, test.body).must(422)
		if at, _ := a.at("errors.0.location").(string); at != test.location || !strings.Contains(a.text, test.says) {
			t.Errorf("%s: refused at %q, want %q with %q: %s", test.body, at, test.location, test.says, a.text)
		}
	}
	a := s.ask("PATCH", "/api/v1/items/1", `{"due": "whenever"}`, "If-Match", `"1"`).must(422)
	a.want(map[string]any{"errors.0.location": "body.due"})
	s.ask("GET", "/api/v1/items/1", nil).must(200).want(map[string]any{"version": 1})
}
