package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/promtest"
)

// window is that of the SLOs.
const window = 30 * burnlist.Day

// simulated is how much time refreshes can pass through.
const simulated = 8 * time.Hour

// server is a real Prometheus with the history of many services up to now,
// which goes on scraping them.
type server struct {
	promtest.Server
	dir     string
	begin   time.Time // of what is simulated; a whole hour
	end     time.Time // of the history
	idle    float64   // processors that it uses by itself
	version string
}

// serve writes a history, which reaches back so far from what is simulated, and
// starts a server over it.
func serve(b *testing.B, services int, back time.Duration, rules bool) *server {
	b.Helper()
	s := &server{dir: b.TempDir(), end: time.Now().UTC().Truncate(time.Minute)}
	s.begin = s.end.Add(-simulated).Truncate(time.Hour)
	counters := newCounters(services)
	began := time.Now()
	samples := writeHistory(b, s.dir, counters, s.begin.Add(-back-2*time.Hour), s.end, rules)
	wrote := time.Since(began)

	target := httptest.NewServer(&exporter{counters: counters, last: s.end})
	b.Cleanup(target.Close)
	s.Server = promtest.Run(b, s.dir, fmt.Sprintf(`
global: {scrape_interval: %s, scrape_timeout: 10s, evaluation_interval: %s}
rule_files: [%q]
scrape_configs:
  - {job_name: bench, honor_labels: true, static_configs: [{targets: [%q]}]}
`, scrapeEvery, evaluateEvery, s.rulesFile(), strings.TrimPrefix(target.URL, "http://")),
		"--web.enable-lifecycle",
		// It would begin to make larger blocks of ours while it is measured.
		"--storage.tsdb.min-block-duration=2h", "--storage.tsdb.max-block-duration=2h")
	s.version = s.info(b)
	b.Logf("Prometheus %s: %d services, %.0f M samples in %.0f MB, written in %s",
		s.version, services, float64(samples)/1e6, float64(s.blocks(b))/1e6, wrote.Round(time.Second))
	s.rest(b)
	return s
}

func (s *server) rulesFile() string { return filepath.Join(s.dir, "rules*.yml") }

// rest measures what the server uses when nobody asks it anything.
func (s *server) rest(b *testing.B) {
	b.Helper()
	s.idle = 0
	wait(b, 5*time.Second) // for what starting left to do
	u := s.use(b, func() { wait(b, idleFor) })
	s.idle = u.server.Seconds() / u.wall.Seconds()
	b.Logf("idle: %.4f processors", s.idle)
}

// wait lets time pass in which the server is watched.
func wait(b *testing.B, d time.Duration) {
	b.Helper()
	select {
	case <-time.After(d):
	case <-b.Context().Done():
		b.Fatal(b.Context().Err())
	}
}

// blocks returns the size of the history.
func (s *server) blocks(b *testing.B) int64 {
	b.Helper()
	var size int64
	err := filepath.WalkDir(filepath.Join(s.dir, "data"), func(_ string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return size
}

func (s *server) info(b *testing.B) string {
	b.Helper()
	var said struct {
		Data struct{ Version string }
	}
	if err := json.Unmarshal(s.request(b, http.MethodGet, "/api/v1/status/buildinfo", nil), &said); err != nil {
		b.Fatal(err)
	}
	if said.Data.Version == "" {
		return "built without a version, from " + filepath.Base(s.Binary)
	}
	return said.Data.Version
}

// request asks the server something and returns its answer.
func (s *server) request(b *testing.B, method, path string, form url.Values) []byte {
	b.Helper()
	// Not the benchmark's context: cleaning up asks for things, too.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.Context()), 5*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s, %v: %.500s", path, resp.Status, err, body)
	}
	return body
}

// metrics returns the sum over all series of each of the server's own metrics.
func (s *server) metrics(b *testing.B) map[string]float64 {
	b.Helper()
	sums := map[string]float64{}
	for line := range strings.Lines(string(s.request(b, http.MethodGet, "/metrics", nil))) {
		name, _, _ := strings.Cut(line, " ")
		name, _, _ = strings.Cut(name, "{")
		if v, err := strconv.ParseFloat(strings.TrimSpace(line[strings.LastIndexByte(line, ' ')+1:]), 64); err == nil {
			sums[name] += v
		}
	}
	return sums
}
