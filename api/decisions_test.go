package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestOfThoseWhoDecideAtOnceTheOthersLearnOfTheFirst(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.fill(2)
		path := s.open()
		answers := make([]*answer, 6)
		var deciding sync.WaitGroup
		for i := range answers {
			deciding.Go(func() {
				answers[i] = s.decide(path, 1, fmt.Sprintf(`"kind": "reassign", "owner": "owner-%d"`, i), "Burnlist-Actor", fmt.Sprintf("actor-%d", i))
			})
		}
		deciding.Wait()
		first := -1
		for i, a := range answers {
			if a.status == 200 {
				if first >= 0 {
					t.Errorf("%d and %d both decided", first, i)
				}
				first = i
			}
		}
		if first < 0 {
			t.Fatal("nobody decided")
		}
		for i, a := range answers {
			if i == first {
				continue
			}
			a.must(409).want(map[string]any{
				"code": "conflict", "current.item.id": 1, "current.item.version": 2, "current.item.owner": fmt.Sprintf("owner-%d", first),
				"current.decision.actor": fmt.Sprintf("actor-%d", first), "current.decision.decision.kind": "reassign",
			})
		}
		s.ask("GET", path, nil).must(200).want(map[string]any{"decisions": 1})
	})
}

func TestWhoHasSeenTheItemMayDecideAnew(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.fill(2)
		path := s.open()
		first := s.decide(path, 1, `"kind": "reassign", "owner": "ben"`, "If-Match", `"1"`).must(200)
		if first.header.Get("ETag") != `"2"` {
			t.Errorf("got ETag %s", first.header.Get("ETag"))
		}
		s.decide(path, 1, `"kind": "done"`).must(409)
		s.decide(path, 1, `"kind": "done"`, "If-Match", `"1"`).must(412).want(map[string]any{
			"code": "precondition_failed", "current.item.version": 2, "current.decision.id": 1,
		})
		s.decide(path, 1, `"kind": "done"`, "If-Match", `"2"`, "Burnlist-Actor", "eve").must(200).want(map[string]any{"decision.id": 2, "item.status": "done"})
		s.ask("GET", path+"/agenda", nil).must(200)
		entries := s.ask("GET", path, nil).must(200)
		entries.want(map[string]any{"decisions": 2, "undecided": 1})
		s.ask("GET", path+"/agenda?service=checkout", nil).must(200).want(map[string]any{
			"entries.0.decision.id": 2, "entries.0.decision.actor": "eve", "entries.0.current.status": "done", "entries.0.current.version": 3, "entries.0.current.owner": "ben",
		})
	})
}

func TestTheSameDecisionSentAgainIsRecordedOnce(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.fill(3)
		path := s.open()
		for item, c := range map[int]struct{ decision, version string }{
			1: {`"kind": "done"`, ""},
			2: {`"kind": "split", "parts": [{"title": "a"}, {"title": "b"}]`, `"1"`},
			3: {`"kind": "carry"`, `"1"`},
		} {
			first := s.decide(path, item, c.decision, "If-Match", c.version).must(200)
			again := s.decide(path, item, c.decision, "If-Match", c.version).must(200)
			if again.text != first.text || again.header.Get("ETag") != first.header.Get("ETag") {
				t.Errorf("%s was answered by %s, then by %s", c.decision, first.text, again.text)
			}
			s.decide(path, item, c.decision, "Burnlist-Actor", "eve").must(409) // another person must see it first
		}
		s.ask("GET", path, nil).must(200).want(map[string]any{"decisions": 3})
		s.ask("GET", "/api/v1/queue", nil).must(200).want(map[string]any{"total": 4})
	})
}

func TestADecisionIsTakenBack(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.fill(3)
		path := s.open()
		s.decide(path, 1, `"kind": "done"`).must(200)
		s.decide(path, 2, `"kind": "split", "parts": [{"title": "a"}]`).must(200)
		s.ask("POST", path+"/decisions/1/undo", nil, "Burnlist-Actor", "ben").must(200).want(map[string]any{
			"decision.id": 1, "decision.undone_by": "ben", "items.0.id": 1, "items.0.status": "open", "items.0.version": 3, "items.0.last_reviewed": nil,
		})
		if a := s.ask("POST", path+"/decisions/1/undo", nil).must(409); !strings.Contains(a.text, "undone already") {
			t.Errorf("got %s", a.text)
		}
		s.ask("POST", path+"/decisions/2/undo", nil).must(200).want(map[string]any{"items.0.id": 2, "items.1.id": 4, "items.1.status": "duplicate", "items.1.closing.of": 2})
		s.ask("GET", path, nil).must(200).want(map[string]any{"decisions": 0, "undecided": 3})
		s.ask("GET", path+"/decisions", nil).must(200).want(map[string]any{"decisions.0.undone_by": "ben", "decisions.1.undone_by": "ana@example.org"})
		s.ask("GET", "/api/v1/queue", nil).must(200).want(map[string]any{"total": 3})

		s.decide(path, 3, `"kind": "carry"`).must(200)
		s.ask("PATCH", "/api/v1/items/3", `{"title": "another"}`, "If-Match", `"2"`).must(200)
		if a := s.ask("POST", path+"/decisions/3/undo", nil).must(409); !strings.Contains(a.text, "changed since") {
			t.Errorf("got %s", a.text)
		}
		s.ask("POST", path+"/conclude", `{}`).must(200).want(map[string]any{"state": "attended", "tally.decided": 1})
	})
}

func TestTheHistoryOfAnItemIsTold(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.fill(1)
		s.ask("PATCH", "/api/v1/items/1", `{"due": "2026-12-24"}`, "If-Match", `"1"`).must(200)
		path := s.open()
		s.decide(path, 1, `"kind": "split", "parts": [{"title": "a part"}]`, "Burnlist-Actor", "ben").must(200)
		s.ask("POST", path+"/decisions/1/undo", nil).must(200)
		a := s.ask("GET", "/api/v1/items/1/history", nil).must(200).want(map[string]any{
			"events.0.kind": "item.created", "events.0.actor": "ana@example.org", "events.0.review": nil, "events.0.decision": nil,
			"events.1.kind": "item.updated", "events.1.changed.0.field": "due", "events.1.changed.0.to": "2026-12-24",
			"events.2.kind": "item.decided", "events.2.review": 1, "events.2.actor": "ben", "events.2.decision.kind": "split",
			"events.3.kind": "decision.undone", "events.3.review": 1,
		})
		if n := len(a.at("events").([]any)); n != 4 {
			t.Errorf("%d things happened: %s", n, a.text)
		}
		part := s.ask("GET", "/api/v1/items/2/history", nil).must(200)
		if text := part.at("events.0.text").(string); !strings.Contains(text, "split it off item 1") {
			t.Errorf("a part began as %q", text)
		}
	})
}

func TestAllDecisionsCanBeMadeAlone(t *testing.T) {
	s := newServer(t)
	s.fill(9)
	for item, c := range map[int]struct {
		decision string
		want     map[string]any
	}{
		1: {`"kind": "done"`, map[string]any{"status": "done"}},
		2: {`"kind": "commit", "owner": "ben", "due": "2026-12-01"`, map[string]any{"promised": "2026-12-01", "owner": "ben"}},
		3: {`"kind": "carry", "reason": "waiting for parts"`, map[string]any{"status": "open", "last_reviewed": "2026-11-23T09:00:00Z"}},
		4: {`"kind": "deprioritise", "reason": "r", "revisit": null`, map[string]any{"status": "deprioritised", "closing.revisit": "2027-02-21"}},
		5: {`"kind": "snooze", "reason": "r", "until": "2026-12-01"`, map[string]any{"snoozed": "2026-12-01"}},
		6: {`"kind": "reassign", "owner": "eve", "of": null, "parts": null`, map[string]any{"owner": "eve"}},
		7: {`"kind": "duplicate", "of": 2`, map[string]any{"status": "duplicate", "closing.of": 2}},
		8: {`"kind": "split", "parts": [{"title": "a", "owner": null, "due": null}]`, map[string]any{"status": "open", "version": 2}},
	} {
		s.ask("POST", fmt.Sprintf("/api/v1/items/%d/decisions", item), "{"+c.decision+"}").must(200).want(c.want)
	}
	s.ask("POST", "/api/v1/items/1/decisions", `{"kind": "reopen", "reason": "not done"}`).must(200).want(map[string]any{"status": "open", "closing": nil})
	s.ask("GET", "/api/v1/items/10", nil).must(200).want(map[string]any{"origin": 8, "title": "a"})
	s.ask("GET", "/api/v1/reviews", nil).must(200).want(map[string]any{"next_cursor": nil})
}
