package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/burnlist/burnlist"
)

// promise is the body of a new SLO of checkout with an indicator.
func promise(name, indicator string) string {
	return fmt.Sprintf(`{"name": %q, "service": "checkout", "objective": 0.99, "indicator": %s}`, name, indicator)
}

const (
	requestsOfCheckout = `{"events": {"total": "requests_total{job=\"checkout\"}", "bad": "requests_total{job=\"checkout\",code=\"500\"}"}}`
	requestsOfSlow     = `{"events": {"total": "requests_total{job=\"slow\"}", "bad": "requests_total{job=\"slow\",code=\"500\"}"}}`
	requestsOfNobody   = `{"events": {"total": "requests_total{job=\"nobody\"}", "bad": "requests_total{job=\"nobody\",code=\"500\"}"}}`
)

// notes returns the notes of an answer, one a line.
func (a *answer) notes() string {
	a.t.Helper()
	var all []string
	for _, note := range a.at("notes").([]any) {
		all = append(all, note.(string))
	}
	return strings.Join(all, "\n")
}

func TestASourceIsAskedOfANewSLO(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.seed()
		a := s.ask("POST", "/api/v1/slos", promise("fine", requestsOfCheckout)).must(201).want(map[string]any{"name": "fine", "slice": "5m", "version": 1})
		if a.notes() != "" {
			t.Errorf("nothing is odd, but it is noted: %s", a.notes())
		}
		if got := s.ask("GET", "/api/v1/slos/fine", nil).must(200); got.body["notes"] != nil {
			t.Errorf("notes are stored: %s", got.text)
		}
		// Two samples at 4 minutes need a slice of 10.
		s.ask("POST", "/api/v1/slos", promise("slow", requestsOfSlow)).must(201).want(map[string]any{"slice": "10m"})
		given := strings.Replace(promise("narrow", requestsOfSlow), `"objective"`, `"slice": "5m", "objective"`, 1)
		if a := s.ask("POST", "/api/v1/slos", given).must(201).want(map[string]any{"slice": "5m"}); !strings.Contains(a.notes(), "slice") {
			t.Errorf("of a slice that is too narrow it is noted: %q", a.notes())
		}
		if a := s.ask("POST", "/api/v1/slos", promise("none", requestsOfNobody)).must(201).want(map[string]any{"slice": "5m"}); a.notes() == "" {
			t.Errorf("nothing is noted of an SLO without series")
		}
	})
}

func TestWhatCanNeverBeMeasuredIsRefused(t *testing.T) {
	s := newServer(t)
	s.seed()
	latency := func(threshold string) string {
		return `{"latency": {"histogram": "latency_seconds", "selector": "{job=\"checkout\"}", "threshold": ` + threshold + `}}`
	}
	s.ask("POST", "/api/v1/slos", promise("boundary", latency("1"))).must(201)
	s.unchanged(t, func() {
		for name, ask := range map[string]func() *answer{
			"created": func() *answer { return s.ask("POST", "/api/v1/slos", promise("x", latency("0.5"))) },
			"changed": func() *answer {
				return s.ask("PATCH", "/api/v1/slos/boundary", `{"indicator": `+latency("0.5")+`}`, "If-Match", `"1"`)
			},
			"previewed": func() *answer { return s.ask("POST", sloPreview, promise("x", latency("0.5"))) },
		} {
			a := ask().must(422).want(map[string]any{"errors.0.location": "body.indicator.latency.threshold"})
			if !strings.Contains(a.text, "0.25") || !strings.Contains(a.text, "1") {
				t.Errorf("%s: %s does not name the nearest boundaries", name, a.text)
			}
		}
	})
}

func TestAnSLOIsCreatedUnseenWhileItsSourceIsAway(t *testing.T) {
	for name, test := range map[string]struct {
		away  func(t *testing.T) option
		words string
	}{
		"nobody listens": {down, "cannot be reached"},
		"nobody answers": {hangs, "does not answer within 1s"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, test.away(t))
			s.ask("POST", "/api/v1/products", `{"name": "shop", "zone": "UTC"}`).must(201)
			s.ask("POST", "/api/v1/services", `{"name": "checkout", "product": "shop"}`).must(201)
			a := s.ask("POST", "/api/v1/slos", promise("unseen", requestsOfCheckout)).must(201).want(map[string]any{"slice": "5m"})
			if !strings.Contains(a.notes(), test.words) || !strings.Contains(a.notes(), "nobody knows yet") || !strings.Contains(a.notes(), "POST "+sloPreview) {
				t.Errorf("it is noted: %q", a.notes())
			}
			// What is counted stays, so nobody is asked.
			if a := s.ask("PATCH", "/api/v1/slos/unseen", `{"objective": 0.9, "window": "7d"}`, "If-Match", `"1"`).must(200); a.notes() != "" {
				t.Errorf("of another objective it is noted: %s", a.notes())
			}
			a = s.ask("PATCH", "/api/v1/slos/unseen", `{"indicator": `+requestsOfSlow+`}`, "If-Match", `"2"`).must(200).want(map[string]any{"ledger": 2})
			if !strings.Contains(a.notes(), test.words) || !strings.Contains(a.notes(), "ledger 1") {
				t.Errorf("of another indicator it is noted: %s", a.notes())
			}
			s.ask("PATCH", "/api/v1/slos/unseen", `{"retired": true}`, "If-Match", `"3"`).must(200)

			s.unchanged(t, func() {
				a := s.ask("POST", sloPreview, promise("x", requestsOfCheckout), "Burnlist-Actor", "").must(503)
				if !strings.Contains(a.text, test.words) || !strings.Contains(a.text, "create it unseen") {
					t.Errorf("of a preview it is said: %s", a.text)
				}
			})
		})
	}
}

func TestAChangeThatStartsANewLedgerSaysSo(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.seed()
		version := 1
		change := func(body string) *answer {
			t.Helper()
			a := s.ask("PATCH", "/api/v1/slos/checkout-availability", body, "If-Match", fmt.Sprintf(`"%d"`, version)).must(200)
			version = int(a.at("version").(float64))
			return a
		}
		for _, body := range []string{
			`{"objective": 0.99}`, `{"window": "7d"}`, `{"advisory": true}`, `{"retired": true}`, `{"retired": false}`, `{"indicator": ` + requestsOfCheckout + `}`,
		} {
			if a := change(body).want(map[string]any{"ledger": 1}); a.notes() != "" {
				t.Errorf("of %s it is noted: %s", body, a.notes())
			}
		}
		for i, body := range []string{`{"source": "eu"}`, `{"slice": "10m"}`, `{"indicator": ` + requestsOfSlow + `}`} {
			a := change(body).want(map[string]any{"ledger": i + 2})
			for _, words := range []string{fmt.Sprintf("start anew in ledger %d", i+2), "filled in from Prometheus", fmt.Sprintf("ledger %d, with what was counted before, is kept", i+1)} {
				if !strings.Contains(a.notes(), words) {
					t.Errorf("of %s it is noted %q, without %q", body, a.notes(), words)
				}
			}
		}
	})
}

func TestAGaugeLearnsItsIntervalFromItsSource(t *testing.T) {
	const probes = `{"gauge": {"selector": "probe_success{job=\"shop\"}", "missing_as": "bad"}}`
	s := newServer(t)
	s.seed()
	s.ask("POST", "/api/v1/slos", promise("probes", probes)).must(201).want(map[string]any{"indicator.gauge.interval": "30s", "indicator.gauge.missing_as": "bad"})
	s.ask("PATCH", "/api/v1/slos/checkout-availability", `{"indicator": `+probes+`}`, "If-Match", `"1"`).must(200).
		want(map[string]any{"indicator.gauge.interval": "30s", "ledger": 3})
	given := strings.Replace(probes, `"missing_as"`, `"interval": "1m", "missing_as"`, 1)
	s.ask("POST", "/api/v1/slos", promise("given", given)).must(201).want(map[string]any{"indicator.gauge.interval": "1m"})
	s.unchanged(t, func() {
		a := s.ask("POST", "/api/v1/slos", promise("x", strings.Replace(probes, "shop", "nobody", 1))).must(422).
			want(map[string]any{"errors.0.location": "body.indicator.gauge.interval"})
		if !strings.Contains(a.text, "such as 30s") {
			t.Errorf("it is said: %s", a.text)
		}
	})

	away := newServer(t, down(t))
	away.ask("POST", "/api/v1/products", `{"name": "shop", "zone": "UTC"}`).must(201)
	away.ask("POST", "/api/v1/services", `{"name": "checkout", "product": "shop"}`).must(201)
	away.ask("POST", "/api/v1/slos", promise("x", probes)).must(422).want(map[string]any{"errors.0.location": "body.indicator.gauge.interval"})
	away.ask("POST", "/api/v1/slos", promise("x", given)).must(201)
}

func TestAPreviewShowsTheSlotsOfTheProduct(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.seed() // on Mondays at 10:00 in Berlin
		var a *answer
		s.unchanged(t, func() {
			a = s.ask("POST", sloPreview, promise("preview", requestsOfCheckout), "Burnlist-Actor", "").must(200)
		})
		// The clocks of Berlin went back on 25 October.
		if n := len(a.want(map[string]any{
			"weekly.0.at": "2026-09-07T08:00:00Z", "weekly.6.at": "2026-10-19T08:00:00Z", "weekly.7.at": "2026-10-26T09:00:00Z", "weekly.11.at": "2026-11-23T09:00:00Z",
		}).at("weekly").([]any)); n != previewedWeeks {
			t.Errorf("%d slots", n)
		}
		s.ask("GET", "/api/v1/slos/preview", nil).must(404) // it is a name like others

		s.at(monday.Add(3 * burnlist.Day / 2))
		other := strings.Replace(promise("x", requestsOfCheckout), "checkout", "nothing-yet", 1)
		s.ask("POST", sloPreview, other).must(200).want(map[string]any{"weekly.0.at": "2026-09-08T21:00:00Z", "weekly.11.at": "2026-11-24T21:00:00Z"})
	})
}

const previewedWeeks = 12
