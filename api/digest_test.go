package api_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist/review"
)

func TestADigestComesInFourForms(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.fill(3)
		s.report("<script>alert(1)</script>", nil)
		path := s.open()
		s.decide(path, 1, `"kind": "done"`).must(200)
		s.decide(path, 4, `"kind": "deprioritise", "reason": "<b>no</b>"`).must(200)
		for _, from := range []string{path + "/digest", "/api/v1/products/shop/digest"} {
			s.ask("GET", from, nil).must(200).want(map[string]any{"state": "open", "review": 1, "tally.decided": 2})
			for format, want := range map[string]string{
				"json": "application/json", "markdown": "text/markdown; charset=utf-8",
				"html": "text/html; charset=utf-8", "slack": "text/plain; charset=utf-8",
			} {
				a := s.ask("GET", from+"?format="+format, nil).must(200)
				if a.header.Get("Content-Type") != want || !strings.Contains(a.text, "shop") {
					t.Errorf("%s as %s is %s: %s", from, format, a.header.Get("Content-Type"), a.text)
				}
				styled := strings.Contains(a.header.Get("Content-Security-Policy"), "style-src 'unsafe-inline'")
				if styled != (format == "html") || !strings.Contains(a.header.Get("Content-Security-Policy"), "default-src 'none'") {
					t.Errorf("%s as %s may do %s", from, format, a.header.Get("Content-Security-Policy"))
				}
				if format == "html" && strings.Contains(a.text, "<script") {
					t.Errorf("a title became a script: %s", a.text)
				}
			}
		}
		s.ask("POST", path+"/conclude", nil).must(200)
		for _, format := range []string{"markdown", "html", "slack"} {
			s.ask("GET", path+"/digest?format="+format, nil).must(200)
		}
		s.ask("GET", "/api/v1/products/shop/digest", nil).must(200).want(map[string]any{"review": nil, "state": "open"})
	})
}

func TestPromisesRollOverAndAreMeasured(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.seed()
		s.report("promised", map[string]any{"owner": "ana", "due": "2026-11-24"})
		s.report("in time", map[string]any{"owner": "ana", "due": "2026-11-26"})
		s.refresh(1.2)
		first := s.open()
		s.decide(first, 1, `"kind": "carry"`).must(200)
		s.ask("POST", first+"/conclude", nil).must(200).want(map[string]any{"tally.rollovers": 0, "jump": 2})

		s.at(monday.Add(48 * time.Hour))
		s.ask("POST", "/api/v1/items/2/decisions", `{"kind": "done"}`).must(200)
		s.at(monday.Add(7 * 24 * time.Hour))
		second := s.open()
		s.decide(second, 1, `"kind": "carry"`).must(200)
		s.ask("POST", second+"/conclude", nil).must(200).want(map[string]any{
			"tally.rollovers": 1, "tally.closed": 1, "tally.aligned": 1, "tally.on_time": 1, "tally.open": 1, "tally.last_jump": 2,
		})
		s.ask("GET", "/api/v1/items/1", nil).must(200).want(map[string]any{"promised": "2026-11-24", "rollovers.streak": 1, "rollovers.total": 1})
		s.ask("GET", "/api/v1/queue", nil).must(200).want(map[string]any{"entries.0.previous_rank": 1})

		// Nobody comes to the third one.
		s.at(monday.Add(14 * 24 * time.Hour))
		third := s.open()
		s.ask("POST", third+"/conclude", nil).must(200).want(map[string]any{"state": "skipped"})
		s.ask("GET", "/api/v1/items/1", nil).must(200).want(map[string]any{"rollovers.total": 1})

		s.ask("GET", "/api/v1/products/shop/figures", nil).must(200).want(map[string]any{
			"product": "shop", "open.count": 1, "open.commitments": 1, "open.overdue": 1,
			"weeks.11.begin": "2026-11-30", "weeks.11.review.id": 2, "weeks.11.review.alignment": 1, "weeks.11.rollovers": 1, "weeks.11.rollover_rate": 1,
			"weeks.10.closed": 1, "weeks.10.on_time": 1, "weeks.12.review.state": "skipped", "cohorts.11.done": 1, "cohorts.11.completion": 0.5,
		})
		series := s.scrape()
		for name, want := range map[string]float64{
			"burnlist_review_alignment_ratio":                 1,
			"burnlist_review_rollover_ratio":                  1,
			"burnlist_review_last_attended_timestamp_seconds": float64(monday.Add(7 * 24 * time.Hour).Unix()),
			"burnlist_reviews_skipped":                        1,
			"burnlist_open_commitments":                       1,
			"burnlist_open_wishes":                            0,
		} {
			if got, ok := series[name+"{product=shop}"]; !ok || got != want {
				t.Errorf("%s is %v (there: %v), want %v", name, got, ok, want)
			}
		}
		for query, want := range map[string]string{
			"code=rolled_over":                    "item/1",
			"item=1&code=rolled_over":             "item/1",
			"subject=item/1&code=rolled_over":     "item/1",
			"product=shop&code=overdue":           "item/1",
			"review=3":                            "review/3",
			"subject=review/3&level=warn&limit=1": "review/3",
		} {
			a := s.ask("GET", "/api/v1/warnings?"+query, nil).must(200).want(map[string]any{"total": 1, "warnings.0.subject": want})
			if a.at("warnings.0.evidence") == "" {
				t.Errorf("%s: there is no evidence: %s", query, a.text)
			}
		}
		s.ask("POST", "/api/v1/products", `{"name": "mail", "zone": "UTC"}`).must(201)
		s.ask("POST", "/api/v1/services", `{"name": "search", "product": "mail", "team": "post"}`).must(201)
		for _, query := range []string{
			"item=2", "review=4", "review=3&level=alarm", "subject=item/2", "product=mail&code=overdue", "service=search&code=overdue",
		} {
			s.ask("GET", "/api/v1/warnings?"+query, nil).must(200).want(map[string]any{"total": 0})
		}
	})
}

func TestWhatIsStoredOfADigestIsWhatIsServed(t *testing.T) {
	s := newServer(t)
	s.fill(2)
	path := s.open()
	s.ask("POST", path+"/conclude", nil).must(200)
	stored, err := s.store.Digest(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	var d review.Digest
	if err := json.Unmarshal(stored, &d); err != nil {
		t.Fatal(err)
	}
	if got := s.ask("GET", path+"/digest?format=markdown", nil).must(200).text; got != d.Markdown() {
		t.Errorf("got %s, want %s", got, d.Markdown())
	}
}
