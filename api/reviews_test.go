package api_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// report makes an item of checkout with some more fields, and returns its id.
func (s *testServer) report(title string, more map[string]any) int {
	s.t.Helper()
	item := map[string]any{"title": title, "service": "checkout"}
	maps.Copy(item, more)
	return int(s.ask("POST", "/api/v1/items", item).must(201).at("id").(float64))
}

// open opens a review of shop, and returns its path.
func (s *testServer) open() string {
	s.t.Helper()
	return s.ask("POST", "/api/v1/reviews", `{"product": "shop"}`).must(201).header.Get("Location")
}

// decide decides of an item in a review.
func (s *testServer) decide(path string, item int, decision string, headers ...string) *answer {
	s.t.Helper()
	return s.ask("POST", path+"/decisions", fmt.Sprintf(`{"item": %d, %s}`, item, decision), headers...)
}

// at sets the server's clock.
func (s *testServer) at(now time.Time) { s.clock.Store(&now) }

// want fails the test unless the values are at their places in the answer.
func (a *answer) want(places map[string]any) *answer {
	a.t.Helper()
	for place, want := range places {
		if n, ok := want.(int); ok {
			want = float64(n)
		}
		got := a.at(place)
		if g, ok := got.(float64); ok {
			if w, ok := want.(float64); ok && math.Abs(g-w) < 1e-9 { // what was computed
				continue
			}
		}
		if got != want {
			a.t.Errorf("%s is %v, want %v: %s", place, got, want, a.text)
		}
	}
	return a
}

func TestAReviewGoesFromItsAgendaToItsDigest(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.fill(8) // items 1 to 8, in turn of checkout and search
		s.refresh(1.2)
		path := s.open()
		if path != "/api/v1/reviews/1" {
			t.Fatalf("the review is at %s", path)
		}
		doc := s.ask("GET", path, nil).must(200).want(map[string]any{
			"state": "open", "product": "shop", "date": "2026-11-23", "slot": nil, "opened_by": "ana@example.org", "tally": nil,
			"entries": 8, "jump": 4, "states.checkout": "exhausted", "decisions": 0, "undecided": 8, "more_related": 0,
			"services.0.service": "checkout", "services.0.state": "exhausted", "services.0.more": 0,
			"services.0.entries.0.position": 1, "services.0.entries.0.tier": "jump", "services.0.entries.0.decision": nil,
			"services.0.entries.0.current.version": 1, "services.0.entries.0.added": false, "services.0.entries.0.read_only": false,
			"services.1.service": "search", "services.1.state": "unknown",
		})
		if text := doc.at("services.0.text").(string); !strings.Contains(text, "overspent its 30-day budget by 20 %") {
			t.Errorf("checkout is said to be %q", text)
		}

		s.decide(path, 1, `"kind": "done", "evidence": "https://example.org/pr/1"`).must(200).want(map[string]any{
			"decision.id": 1, "decision.review": 1, "decision.item": 1, "decision.actor": "ana@example.org", "decision.undone_at": nil,
			"item.status": "done", "item.version": 2, "survivor": nil,
		})
		s.decide(path, 3, `"kind": "commit", "owner": "ben", "due": "2026-12-01"`).must(200).want(map[string]any{
			"item.commitment": true, "item.promised": "2026-12-01", "item.last_reviewed": "2026-11-23T09:00:00Z",
		})
		s.decide(path, 5, `"kind": "deprioritise", "reason": "goes away with the old pool"`).must(200)
		s.decide(path, 2, `"kind": "snooze", "reason": "after the freeze", "until": "2026-12-10"`).must(200).want(map[string]any{"item.snoozed": "2026-12-10"})
		s.decide(path, 4, `"kind": "duplicate", "of": 6`).must(200).want(map[string]any{"item.status": "duplicate", "item.closing.of": 6, "survivor.id": 6})
		s.decide(path, 8, `"kind": "carry"`).must(200)
		s.decide(path, 7, `"kind": "split", "parts": [{"title": "alert"}, {"title": "runbook", "owner": "eve"}]`).must(200).want(map[string]any{
			"parts.0.id": 9, "parts.0.title": "alert", "parts.0.origin": 7, "parts.0.service": "checkout", "parts.1.owner": "eve", "item.status": "open",
		})
		s.ask("GET", path, nil).must(200).want(map[string]any{"decisions": 7, "undecided": 1})
		s.ask("GET", path+"/agenda?service=checkout", nil).must(200).want(map[string]any{
			"total": 4, "entries.0.item.status": "open", // as it was frozen
		})
		shown := s.ask("GET", path+"/decisions", nil).must(200)
		if n := len(shown.at("decisions").([]any)); n != 7 {
			t.Errorf("the review has %d decisions: %s", n, shown.text)
		}

		done := s.ask("POST", path+"/conclude", nil).must(200).want(map[string]any{
			"state": "attended", "concluded_by": "ana@example.org", "tally.decided": 7, "tally.closed": 1, "tally.deprioritised": 1, "tally.rollovers": 0,
		})
		again := s.ask("POST", path+"/conclude", nil, "Burnlist-Actor", "ben").must(200)
		if again.text != done.text || again.header.Get("Burnlist-Revision") != done.header.Get("Burnlist-Revision") {
			t.Errorf("concluded twice: %s, then %s", done.text, again.text)
		}
		s.decide(path, 6, `"kind": "done"`).must(409).want(map[string]any{"current.item.status": "open", "current.decision": nil})
		s.ask("POST", path+"/decisions/1/undo", nil).must(409)
		s.ask("POST", path+"/refreeze", nil).must(409)
		s.ask("POST", path+"/agenda", `{"item": 9}`).must(409)

		digest := s.ask("GET", path+"/digest", nil).must(200).want(map[string]any{
			"product": "shop", "review": 1, "state": "attended", "entries": 8, "undecided": 1, "tally.decided": 7,
		})
		s.ask("POST", "/api/v1/items/6/decisions", `{"kind": "done"}`).must(200)
		s.ask("GET", path, nil).must(200).want(map[string]any{"decisions": 7, "undecided": 0}) // nothing is left to decide
		s.at(monday.Add(100 * time.Hour))
		if later := s.ask("GET", path+"/digest", nil).must(200); later.text != digest.text {
			t.Errorf("the digest was %s, and became %s", digest.text, later.text)
		}
	})
}

func TestOfThoseWhoOpenAtOnceOneDoes(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.fill(2)
		statuses := make([]int, 6)
		var opening sync.WaitGroup
		for i := range statuses {
			opening.Go(func() { statuses[i] = s.ask("POST", "/api/v1/reviews", `{"product": "shop"}`).status })
		}
		opening.Wait()
		slices.Sort(statuses)
		if !slices.Equal(statuses, []int{201, 409, 409, 409, 409, 409}) {
			t.Errorf("got %v", statuses)
		}
		list := s.ask("GET", "/api/v1/reviews?product=shop&state=open", nil).must(200)
		if n := len(list.at("reviews").([]any)); n != 1 {
			t.Errorf("%d reviews are open", n)
		}
	})
}

func TestReviewsAreListedNewestFirst(t *testing.T) {
	s := newServer(t)
	s.fill(1)
	s.ask("POST", "/api/v1/products", `{"name": "mail", "zone": "UTC"}`).must(201)
	for range 5 {
		s.ask("POST", s.open()+"/conclude", nil).must(200)
	}
	s.ask("POST", "/api/v1/reviews", `{"product": "mail"}`).must(201)
	var walked []float64
	for query, page := "?product=shop&limit=2", 0; query != "" && page < 5; page++ {
		a := s.ask("GET", "/api/v1/reviews"+query, nil).must(200)
		for _, r := range a.at("reviews").([]any) {
			walked = append(walked, r.(map[string]any)["id"].(float64))
		}
		query = ""
		if next, ok := a.at("next_cursor").(float64); ok {
			query = fmt.Sprintf("?product=shop&limit=2&before=%v", next)
		}
	}
	if fmt.Sprint(walked) != "[5 4 3 2 1]" {
		t.Errorf("walked %v", walked)
	}
	s.ask("GET", "/api/v1/reviews?state=open", nil).must(200).want(map[string]any{"reviews.0.product": "mail", "next_cursor": nil})
	s.ask("GET", "/api/v1/reviews?state=skipped&product=mail", nil).must(200).want(map[string]any{"next_cursor": nil})
}

func TestSlotsAreCancelled(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.fill(2)
		a := s.ask("POST", "/api/v1/reviews/cancel", `{"product": "shop", "slot": "2026-11-30", "reason": " public holiday "}`).must(201).want(map[string]any{
			"state": "cancelled", "slot": "2026-11-30", "date": "2026-11-30", "reason": "public holiday", "concluded_by": "ana@example.org", "frozen_at": nil,
		})
		path := a.header.Get("Location")
		s.ask("GET", path, nil).must(200).want(map[string]any{"state": "cancelled", "undecided": 0})
		s.ask("GET", path+"/agenda", nil).must(200).want(map[string]any{"total": 0})
		s.ask("GET", path+"/digest", nil).must(404)
		s.ask("POST", path+"/conclude", nil).must(409)
		s.ask("POST", "/api/v1/reviews/cancel", `{"product": "shop", "slot": "2026-11-30", "reason": "again"}`).must(409)

		// The keeper opens the next slot, people call it off before it began.
		s.at(time.Date(2026, 12, 7, 9, 0, 0, 0, time.UTC))
		s.keeper.Tick(t.Context(), *s.clock.Load())
		opened := s.ask("GET", "/api/v1/reviews?state=open", nil).must(200).want(map[string]any{"reviews.0.slot": "2026-12-07"})
		s.decide(fmt.Sprintf("/api/v1/reviews/%v", opened.at("reviews.0.id")), 1, `"kind": "carry"`).must(200)
		s.ask("POST", "/api/v1/reviews/cancel", `{"product": "shop", "slot": "2026-12-07", "reason": "all are ill"}`).must(409)
		s.ask("POST", fmt.Sprintf("/api/v1/reviews/%v/decisions/1/undo", opened.at("reviews.0.id")), nil).must(200)
		s.ask("POST", "/api/v1/reviews/cancel", `{"product": "shop", "slot": "2026-12-07", "reason": "all are ill"}`).must(201).want(map[string]any{
			"id": opened.at("reviews.0.id"), "state": "cancelled",
		})
		s.ask("GET", "/api/v1/warnings?code=review_skipped", nil).must(200).want(map[string]any{"total": 0})
	})
}
