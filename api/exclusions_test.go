package api_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
)

const (
	exclusionsPath = "/api/v1/slos/checkout-weekly/exclusions"
	// exclusion is the errors of checkout-weekly, half an hour more than they
	// lasted.
	exclusion = `{"start": "2026-11-20T09:20:00Z", "end": "2026-11-20T19:30:00Z", "reason": "dependency", "note": "outage of the bank"}`
)

func TestAnExclusionHoldsUntilItIsTakenBack(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.weekly()
		s.measured()
		history := historyPath + "?step=1d&from=2026-11-19T09:00:00Z"
		a := s.ask("POST", exclusionsPath, exclusion).must(201).want(map[string]any{
			"id": 1, "slo": "checkout-weekly", "start": "2026-11-20T09:20:00Z", "end": "2026-11-20T19:30:00Z", "reason": "dependency",
			"note": "outage of the bank", "author": "ana@example.org", "created_at": "2026-11-23T09:00:00Z", "removed_at": nil, "removed_by": nil,
		})
		if a.header.Get("Location") != exclusionsPath {
			t.Errorf("it is said to be at %s", a.header.Get("Location"))
		}
		if held := s.board.Queue().World.Exclusions["checkout-weekly"]; len(held) != 1 || strconv.FormatInt(s.board.Queue().Revision, 10) != a.header.Get("Burnlist-Revision") {
			t.Errorf("at revision %d the board has %d exclusions, at %s one was made", s.board.Queue().Revision, len(held), a.header.Get("Burnlist-Revision"))
		}
		s.ask("GET", history, nil).must(200).want(map[string]any{"points.2.consumed": 0, "points.2.state": "healthy"})
		if a := s.ask("POST", exclusionsPath, exclusion).must(409); !strings.Contains(a.text, "exclusion 1") {
			t.Errorf("the same again: %s", a.text)
		}
		if a := s.ask("POST", exclusionsPath+"/preview", exclusion).must(409); !strings.Contains(a.text, "exclusion 1") {
			t.Errorf("of a preview of the same again it is said: %s", a.text)
		}

		s.at(monday.Add(time.Hour))
		s.ask("POST", exclusionsPath, `{"start": "2026-12-01T00:00:00Z", "end": "2026-12-01T06:00:00Z", "reason": "maintenance"}`).must(201)
		s.ask("GET", "/api/v1/slos/checkout-weekly/figures", nil).must(200).want(map[string]any{"exclusions.0.id": 2, "exclusions.1.id": 1})
		first := s.ask("POST", exclusionsPath+"/1/remove", nil, "Burnlist-Actor", "bob").must(200).want(map[string]any{
			"id": 1, "removed_at": "2026-11-23T10:00:00Z", "removed_by": "bob",
		})
		s.ask("POST", exclusionsPath+"/preview", exclusion).must(200) // it holds no longer
		s.at(monday.Add(2 * time.Hour))
		again := s.ask("POST", exclusionsPath+"/1/remove", nil).must(200)
		if again.text != first.text || again.header.Get("Burnlist-Revision") != first.header.Get("Burnlist-Revision") {
			t.Errorf("taken back again it is %s at %s, once %s at %s", again.text, again.header.Get("Burnlist-Revision"), first.text, first.header.Get("Burnlist-Revision"))
		}
		s.ask("GET", history, nil).must(200).want(map[string]any{"points.2.consumed": 1.25, "points.2.state": "exhausted"})
		a = s.ask("GET", exclusionsPath, nil).must(200).want(map[string]any{
			"exclusions.0.id": 2, "exclusions.0.removed_at": nil, "exclusions.1.id": 1, "exclusions.1.removed_by": "bob",
		})
		if n := len(a.at("exclusions").([]any)); n != 2 {
			t.Errorf("%d exclusions", n)
		}
		if held := s.board.Queue().World.Exclusions["checkout-weekly"]; len(held) != 1 || held[0].ID != 2 {
			t.Errorf("the board has %v", held)
		}
		if n := len(s.ask("GET", "/api/v1/slos/checkout-availability/exclusions", nil).must(200).at("exclusions").([]any)); n != 0 {
			t.Errorf("another SLO has %d of them", n)
		}
	})
}

func TestAPreviewOfAnExclusionShowsWhatItDoes(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.weekly()
		s.measured()
		var a *answer
		s.unchanged(t, func() {
			a = s.ask("POST", exclusionsPath+"/preview", exclusion, "Burnlist-Actor", "").must(200)
		})
		a.want(map[string]any{
			"slo": "checkout-weekly", "rounded_start": "2026-11-20T09:00:00Z", "rounded_end": "2026-11-20T20:00:00Z", "coarser": false, "note": nil,
			"takes.bad": 210, "takes.total": 1100, "takes.seconds": 11 * 3600,
			"now.state": "exhausted", "now.reason": nil, "now.figures.consumed": 1.25, "now.figures.bad_window": 210, "now.figures.excluded": "0s",
			"then.state": "healthy", "then.figures.consumed": 0, "then.figures.bad_window": 0, "then.figures.excluded": "11h", "then.figures.coverage": 1,
		})
		// What is excluded already cannot be taken out again.
		s.ask("POST", exclusionsPath, `{"start": "2026-11-20T09:00:00Z", "end": "2026-11-20T14:00:00Z", "reason": "attack"}`).must(201)
		s.ask("POST", exclusionsPath+"/preview", exclusion).must(200).want(map[string]any{
			"takes.bad": 105, "takes.total": 600, "takes.seconds": 6 * 3600, "now.figures.consumed": 0.625, "then.figures.consumed": 0,
			"then.figures.excluded": "11h",
		})
		s.ask("POST", "/api/v1/slos/search-latency/exclusions/preview", exclusion).must(404)
	})
}

func TestAPreviewOfAnExclusionSaysWhatElseIsToBeKnown(t *testing.T) {
	s := newServer(t)
	s.weekly()
	s.measured()
	body := func(start, end time.Time) string {
		return fmt.Sprintf(`{"start": %q, "end": %q, "reason": "load_test"}`, start.Format(time.RFC3339), end.Format(time.RFC3339))
	}
	for name, test := range map[string]struct {
		start, end time.Duration // since monday
		note       string
		total      float64
	}{
		"long ago":              {-9 * burnlist.Day, -8 * burnlist.Day, "has left the window", 2400},
		"before the first data": {-20 * burnlist.Day, -14 * burnlist.Day, "has left the window", 0},
		"ahead":                 {burnlist.Day, 2 * burnlist.Day, "lies ahead", 0},
		"going on":              {-2 * time.Hour, 2 * time.Hour, "not over", 200},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.ask("POST", exclusionsPath+"/preview", body(monday.Add(test.start), monday.Add(test.end))).must(200).want(map[string]any{"takes.total": test.total})
			if note := a.at("note"); note == nil || !strings.Contains(note.(string), test.note) {
				t.Errorf("it is said: %v", note)
			}
		})
	}
}

func TestAnExclusionTakesOutWholeDaysWhereOnlyTheyAreKept(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.weekly()
		s.measured()
		s.rolledUp()
		a := s.ask("POST", exclusionsPath+"/preview", exclusion).must(200).want(map[string]any{
			"rounded_start": "2026-11-20T00:00:00Z", "rounded_end": "2026-11-21T00:00:00Z", "coarser": true,
			"takes.bad": 210, "takes.total": 2400, "takes.seconds": 86400, "then.figures.consumed": 0, "then.figures.excluded": "1d",
		})
		if note := a.at("note"); note == nil || !strings.Contains(note.(string), "takes out all of those") {
			t.Errorf("it is said: %v", note)
		}
	})
}

func TestARetiredSLOTakesNoExclusions(t *testing.T) {
	s := newServer(t)
	s.weekly()
	s.ask("PATCH", "/api/v1/slos/checkout-weekly", `{"retired": true}`, "If-Match", `"1"`).must(200)
	s.unchanged(t, func() {
		s.ask("POST", exclusionsPath, exclusion).must(409)
		s.ask("POST", exclusionsPath+"/preview", exclusion).must(409)
	})
}
