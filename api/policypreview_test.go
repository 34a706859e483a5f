package api_test

import (
	"fmt"
	"testing"
)

const policyPreview = "/api/v1/policy/preview"

func TestAPreviewOfAPolicyIsWhatThePolicyThenDoes(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.fill(24)
		s.refresh(0.7)
		// A budget that will be spent to 80 % is at risk now, and would not be.
		const change = `{"at_risk": 0.9, "weights": {"budget": 0, "priority": 60, "incident": 0, "overdue": 40, "rollovers": 0}}`
		before := s.ask("GET", "/api/v1/queue?limit=500", nil).must(200)
		var a *answer
		s.unchanged(t, func() {
			a = s.ask("POST", policyPreview+"?limit=500", change, "Burnlist-Actor", "").must(200)
		})
		a.want(map[string]any{
			"policy_version": 1, "total": 24, "total_services": 2, "as_of": "2026-11-23T09:00:00Z",
			"services.0.service": "checkout", "services.0.state_now": "at_risk", "services.0.state_then": "healthy", "services.0.reason": nil,
		})
		if n := len(a.at("services").([]any)); n != 1 {
			t.Errorf("%d services are said to change", n)
		}
		s.ask("PATCH", "/api/v1/policy", change, "If-Match", `"1"`).must(200)
		after := s.ask("GET", "/api/v1/queue?limit=500", nil).must(200)

		place := func(queue *answer) map[float64][3]any {
			all := map[float64][3]any{}
			for i := range queue.at("entries").([]any) {
				at := func(name string) any { return queue.at(fmt.Sprintf("entries.%d.%s", i, name)) }
				all[at("item.id").(float64)] = [3]any{at("rank"), at("tier"), at("score")}
			}
			return all
		}
		was, is := place(before), place(after)
		moved, farthest := 0, -1.0
		for i := range a.at("entries").([]any) {
			at := func(name string) any { return a.at(fmt.Sprintf("entries.%d.%s", i, name)) }
			id := at("item").(float64)
			if got := [3]any{at("rank_now"), at("tier_now"), at("score_now")}; got != was[id] {
				t.Errorf("item %v is said to be at %v, and was at %v", id, got, was[id])
			}
			if got := [3]any{at("rank_then"), at("tier_then"), at("score_then")}; got != is[id] {
				t.Errorf("item %v is said to come to %v, and came to %v", id, got, is[id])
			}
			if was[id] == is[id] {
				t.Errorf("item %v is listed, and stays at %v", id, is[id])
			}
			by := at("rank_then").(float64) - at("rank_now").(float64)
			if by = max(by, -by); i > 0 && by > farthest {
				t.Errorf("item %v moves by %v, and one before it by %v", id, by, farthest)
			}
			moved, farthest = moved+1, by
			delete(was, id)
		}
		for id, place := range was {
			if is[id] != place {
				t.Errorf("item %v is not listed, and went from %v to %v", id, place, is[id])
			}
		}
		if moved == 0 || a.at("moved") != float64(moved) {
			t.Errorf("%v are said to move, and %d are listed", a.at("moved"), moved)
		}
	})
}

func TestAPreviewOfAPolicyKeepsToAProductAndALimit(t *testing.T) {
	s := newServer(t)
	s.fill(12)
	s.ask("POST", "/api/v1/products", `{"name": "mail", "zone": "UTC"}`).must(201)
	const change = `{"weights": {"budget": 0, "priority": 100, "incident": 0, "overdue": 0, "rollovers": 0}}`
	all := s.ask("POST", policyPreview, change).must(200)
	some := s.ask("POST", policyPreview+"?product=shop&limit=2", change).must(200)
	if some.at("moved") != all.at("moved") || all.at("moved").(float64) <= 2 || len(some.at("entries").([]any)) != 2 ||
		some.at("entries.0.item") != all.at("entries.0.item") {
		t.Errorf("of %s\ngot %s", all.text, some.text)
	}
	s.ask("POST", policyPreview+"?product=mail", change).must(200).want(map[string]any{"total": 0, "moved": 0, "total_services": 0})
	s.ask("POST", policyPreview, `{}`).must(200).want(map[string]any{"total": 12, "moved": 0})
}
