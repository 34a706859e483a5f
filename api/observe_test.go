package api_test

import (
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/burnlist/burnlist/api"
)

// requestLines are the lines of the log about requests, without what differs
// from run to run.
func (s *testServer) requestLines() []string {
	var lines []string
	for line := range strings.Lines(s.log.String()) {
		if strings.Contains(line, "msg=request ") {
			_, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			lines = append(lines, regexp.MustCompile(`(took|bytes)=\S+`).ReplaceAllString(rest, "$1=N"))
		}
	}
	return lines
}

func TestTheLogHasOneLineForEachWriteAndFailure(t *testing.T) {
	s := newServer(t)
	s.seed()
	before := len(s.requestLines())
	s.ask("GET", "/api/v1/items", nil, "X-Request-Id", "r-1").must(200)
	s.ask("GET", "/api/v1/items/77", nil, "X-Request-Id", "r-2", "Burnlist-Actor", "").must(404)
	s.ask("POST", "/api/v1/items", map[string]any{"title": "x", "service": "checkout"}, "X-Request-Id", "r-3").must(201)
	s.ask("POST", "/api/v1/items", `{}`, "X-Request-Id", "r-4", "Burnlist-Actor", strings.Repeat("é", 300)).must(400)
	s.ask("GET", "/nowhere", nil, "X-Request-Id", "r-5", "Burnlist-Actor", "ana\tben").must(404)
	want := []string{
		`level=INFO msg=request request=r-2 method=GET route=/api/v1/items/:id status=404 took=N bytes=N client=127.0.0.1`,
		`level=INFO msg=request request=r-3 method=POST route=/api/v1/items status=201 took=N bytes=N client=127.0.0.1 actor=ana@example.org revision=4`,
		`level=INFO msg=request request=r-4 method=POST route=/api/v1/items status=400 took=N bytes=N client=127.0.0.1 actor=` + strings.Repeat("é", 200) + `…`,
		`level=INFO msg=request request=r-5 method=GET route="" status=404 took=N bytes=N client=127.0.0.1 actor="ana\tben"`,
	}
	got := s.requestLines()[before:]
	if len(got) != len(want) {
		t.Fatalf("got %d lines, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got  %s\nwant %s", got[i], want[i])
		}
	}
}

func TestReadsAreLoggedAtDebugLevel(t *testing.T) {
	log := &lockedBuffer{}
	s := newServer(t, func(o *api.Options) {
		o.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	s.ask("GET", "/api/v1/queue", nil, "X-Request-Id", "r-1").must(200)
	if !regexp.MustCompile(`level=DEBUG msg=request request=r-1 method=GET route=/api/v1/queue status=200 took=\S+ bytes=[1-9]`).MatchString(log.String()) {
		t.Errorf("got %s", log)
	}
}

func TestMetricsFollowTheConventions(t *testing.T) {
	s := newServer(t)
	s.seed()
	s.metrics.Announce("1.2.3")
	s.metrics.ObserveQuery("default", "instant", 1, nil)
	s.metrics.ObserveDelivery("slack", "delivered")
	problems, err := promlint.New(strings.NewReader(s.ask("GET", "/metrics", nil).must(200).text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}
