package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// revisions walks the change log with a filter, page by page.
func (s *testServer) revisions(query string) []float64 {
	s.t.Helper()
	var walked []float64
	for after, page := "0", 0; after != ""; page++ {
		if page > 20 {
			s.t.Fatal("the log does not end")
		}
		a := s.ask("GET", "/api/v1/changes?limit=2&after="+after+query, nil).must(200)
		for _, c := range a.at("changes").([]any) {
			walked = append(walked, c.(map[string]any)["revision"].(float64))
		}
		after = ""
		if next, ok := a.at("next_cursor").(float64); ok {
			after = fmt.Sprint(next)
		}
	}
	return walked
}

func TestTheChangeLogIsRead(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.fill(2)      // 1 to 6, of which 3 is the SLO and 5 and 6 are items
		s.refresh(0.5) // 7
		path := s.open()
		s.decide(path, 1, `"kind": "reassign", "owner": "ben"`, "Burnlist-Actor", "eve").must(200)
		s.ask("POST", "/api/v1/items/1/decisions", `{"kind": "done"}`).must(200)
		newest, err := s.store.Revision(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var all []float64
		for n := range newest {
			all = append(all, float64(n+1))
		}
		decided := float64(newest - 1)
		for query, want := range map[string][]float64{
			"":                                           all,
			"&subject=item/1":                            {5, decided, decided + 1},
			"&subject=item%2F2":                          {6},
			"&subject=slo/checkout-availability":         {3},
			"&subject=service/checkout":                  {2, 3, 5, 8, decided, decided + 1},
			"&subject=review/1&kind=item.decided":        {decided},
			"&kind=item.decided":                         {decided, decided + 1},
			"&kind=budgets.refreshed":                    {7},
			"&kind=item.created&subject=policy":          nil,
			"&subject=item/77":                           nil,
			"&kind=item.created&subject=product/shop":    nil,
			"&kind=product.created&subject=product/shop": {1},
		} {
			if diff := cmp.Diff(want, s.revisions(query)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", query, diff)
			}
		}
		s.ask("GET", fmt.Sprintf("/api/v1/changes?after=%d", newest-2), nil).must(200).want(map[string]any{
			"changes.0.revision": int(newest) - 1, "changes.0.actor": "eve", "changes.0.verified": false, "changes.0.kind": "item.decided",
			"changes.0.at": "2026-11-23T09:00:00Z", "changes.0.review": 1, "changes.0.decision.kind": "reassign", "changes.0.decision.owner": "ben",
			"changes.0.subjects.0": "item/1", "changes.0.subjects.1": "service/checkout", "changes.0.subjects.2": "review/1",
			"changes.1.review": nil, "changes.1.decision.kind": "done", "next_cursor": nil,
		})
		s.ask("GET", "/api/v1/changes?limit=1", nil).must(200).want(map[string]any{"changes.0.decision": nil, "changes.0.review": nil, "next_cursor": 1})
		if beyond := s.ask("GET", "/api/v1/changes?after=1000000", nil).must(200); len(beyond.at("changes").([]any)) != 0 || beyond.at("next_cursor") != nil {
			t.Errorf("beyond the newest: %s", beyond.text)
		}
		if a := s.ask("GET", "/api/v1/changes?kind=budgets.refreshed", nil).must(200); len(a.at("changes.0.subjects").([]any)) != 0 {
			t.Errorf("refreshed budgets touch %s", a.text)
		}
	})
}

func TestWhatTheChangeLogCannotHaveIsRefused(t *testing.T) {
	s := newServer(t)
	s.seed()
	for query, c := range map[string]struct{ at, says string }{
		"kind=item.painted":        {"query.kind", "use one of product.created, "},
		"subject=items/1":          {"query.subject", "item/142"},
		"subject=item/":            {"query.subject", "item/142"},
		"subject=item/one":         {"query.subject", "item/142"},
		"subject=item/01":          {"query.subject", "item/142"},
		"subject=review/-1":        {"query.subject", "item/142"},
		"subject=policy/1":         {"query.subject", "item/142"},
		"subject=service":          {"query.subject", "item/142"},
		"subject=service/bank":     {"query.subject", "there is no service"},
		"subject=product/bank":     {"query.subject", "there is no product"},
		"subject=slo/availability": {"query.subject", "there is no SLO"},
		"after=-1":                 {"query.after", ""},
		"limit=501":                {"query.limit", ""},
		"limit=0":                  {"query.limit", ""},
		"since=1":                  {"query.since", ""},
	} {
		t.Run(query, func(t *testing.T) {
			s.t = t
			a := s.ask("GET", "/api/v1/changes?"+query, nil).must(422)
			if a.at("errors.0.location") != c.at || !strings.Contains(a.at("errors.0.message").(string), c.says) {
				t.Errorf("got %s", a.text)
			}
		})
	}
}
