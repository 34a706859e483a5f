package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
)

const figuresPath = "/api/v1/slos/checkout-availability/figures"

func TestFiguresComeWithTheirJudgement(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.seed()
		a := s.ask("GET", figuresPath, nil).must(200).want(map[string]any{
			"slo": "checkout-availability", "service": "checkout", "state": "unknown", "reason": "no_data", "figures": nil, "refreshed_at": nil,
			"stale_for": nil, "low_traffic": false, "policy_version": 1,
		})
		if text := a.at("text").(string); !strings.Contains(text, "not measured yet") {
			t.Errorf("before the first refresh it is said: %s", text)
		}
		s.refresh(1.2)
		a = s.ask("GET", figuresPath, nil).must(200).want(map[string]any{
			"state": "exhausted", "reason": nil, "figures.consumed": 1.2, "figures.coverage": 1, "refreshed_at": "2026-11-23T09:00:00Z",
		})
		if text := a.at("text").(string); !strings.Contains(text, "overspent its 30-day budget by 20 %") {
			t.Errorf("of an exhausted budget it is said: %s", text)
		}
		for _, list := range []string{"figures.unreachable", "figures.burn_down", "figures.path", "exclusions"} {
			if n := len(a.at(list).([]any)); n != 0 {
				t.Errorf("%s has %d values", list, n)
			}
		}

		s.ask("POST", "/api/v1/slos/checkout-availability/exclusions", exclusion).must(201)
		s.ask("GET", figuresPath, nil).must(200).want(map[string]any{"exclusions.0.id": 1, "exclusions.0.author": "ana@example.org"})

		s.ask("PATCH", "/api/v1/slos/checkout-availability", `{"slice": "1h"}`, "If-Match", `"1"`).must(200)
		a = s.ask("GET", figuresPath, nil).must(200).want(map[string]any{"state": "unknown", "reason": "no_data", "figures": nil})
		if text := a.at("text").(string); !strings.Contains(text, "has changed") {
			t.Errorf("of a new ledger it is said: %s", text)
		}
		s.ask("PATCH", "/api/v1/slos/checkout-availability", `{"retired": true}`, "If-Match", `"2"`).must(200)
		a = s.ask("GET", figuresPath, nil).must(200).want(map[string]any{"state": "unknown", "figures": nil})
		if text := a.at("text").(string); !strings.Contains(text, "retired") {
			t.Errorf("of a retired SLO it is said: %s", text)
		}
		s.ask("GET", "/api/v1/slos/search-latency/figures", nil).must(404)
	})
}

func TestOldFiguresSayHowOldTheyAre(t *testing.T) {
	s := newServer(t)
	s.weekly()
	known := monday.Add(-30 * time.Hour)
	s.put(&burnlist.Figures{
		SLO: "checkout-weekly", Ledger: 2, Objective: 0.99, Window: burnlist.Duration(7 * burnlist.Day), At: known, KnownUntil: &known,
		Coverage: 1, BadWindow: 200, Consumed: burnlist.Known(1.25), Error: "no answer within 30s",
	})
	s.ask("GET", "/api/v1/slos/checkout-weekly/figures", nil).must(200).want(map[string]any{
		"state": "exhausted", "stale_for": "1d6h", "figures.error": "no answer within 30s",
	})
}

func TestPairsSayWhatIsOverAndWhatCannotBe(t *testing.T) {
	s := newServer(t)
	s.seed()
	s.ask("POST", "/api/v1/slos", `{"name": "loose", "service": "checkout", "objective": 0.9,
		"indicator": {"events": {"total": "requests_total", "bad": "requests_total{code=\"500\"}"}}}`).must(201)
	known := monday.Add(-time.Minute)
	f := &burnlist.Figures{
		SLO: "checkout-availability", Ledger: 1, Objective: 0.999, Window: burnlist.DefaultWindow, At: known, KnownUntil: &known,
		Coverage: 1, BadWindow: 100, Consumed: burnlist.Known(0.1), FastBurn: true,
	}
	f.Burn[burnlist.Span1h], f.Burn[burnlist.Span5m] = burnlist.Known(20), burnlist.Known(15)
	f.Burn[burnlist.Span6h], f.Burn[burnlist.Span30m] = burnlist.Known(20), burnlist.Known(6)
	s.put(f)
	s.ask("GET", figuresPath, nil).must(200).want(map[string]any{
		"pairs.0.pair": "1h/5m", "pairs.0.burn": "fast", "pairs.0.factor": 14.4, "pairs.0.long": 20, "pairs.0.short": 15, "pairs.0.over": true, "pairs.0.reachable": true,
		"pairs.1.pair": "6h/30m", "pairs.1.burn": "fast", "pairs.1.factor": 6, "pairs.1.over": false,
		"pairs.2.pair": "1d/2h", "pairs.2.burn": "slow", "pairs.2.factor": 3, "pairs.2.long": nil, "pairs.2.over": false,
		"pairs.3.pair": "3d/6h", "pairs.3.burn": "slow", "pairs.3.factor": 1, "pairs.3.over": false,
	})
	// Nothing but errors is a burn rate of 10, below 14.4.
	s.ask("GET", "/api/v1/slos/loose/figures", nil).must(200).want(map[string]any{
		"pairs.0.reachable": false, "pairs.1.reachable": true, "pairs.0.over": false, "state": "unknown",
	})
}
