// Package promtest starts real Prometheus servers over made-up history, for
// tests.
package promtest

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"

	"github.com/burnlist/burnlist/internal/fleet"
)

// Start starts a Prometheus over the given series and returns its URL. Where it
// comes from and when it ends is as Run says.
func Start(t testing.TB, series []fleet.Series) string {
	t.Helper()
	dir := t.TempDir()
	if len(series) > 0 {
		writeBlock(t, filepath.Join(dir, "data"), series)
	}
	return Run(t, dir, "global: {}\n").URL
}

// Server is a Prometheus that runs.
type Server struct {
	URL     string
	Binary  string // that it was started from
	Process int    // its process id
}

// Run starts a Prometheus whose blocks lie in dir/data, with the text of its
// configuration, which may name files in dir, and with more flags. The server
// ends with the test. The binary is the one that PROMETHEUS_BIN names, or the
// one on the PATH; without any the test is skipped, or fails if REQUIRE_ALL=1.
func Run(t testing.TB, dir, configuration string, flags ...string) Server {
	t.Helper()
	binary := os.Getenv("PROMETHEUS_BIN")
	if binary == "" {
		binary = "prometheus"
	}
	binary, err := exec.LookPath(binary)
	if err != nil {
		if os.Getenv("REQUIRE_ALL") == "1" {
			t.Fatalf("there is no Prometheus: %v", err)
		}
		t.Skipf("there is no Prometheus on the PATH or in PROMETHEUS_BIN: %v", err)
	}
	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, append([]string{ //nolint:noctx // it is ended by its process id below
		"--config.file=" + config,
		"--storage.tsdb.path=" + filepath.Join(dir, "data"),
		"--storage.tsdb.retention.time=400d",
		"--web.listen-address=" + address,
		"--log.level=warn",
	}, flags...)...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", binary, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended by itself
		<-ended                //nolint:errcheck // how it ended was asked for
		_ = log.Close()
	})
	url := "http://" + address
	if err := ready(t.Context(), url, ended); err != nil {
		ended <- nil // the cleanup waits for it
		said, _ := os.ReadFile(log.Name())
		t.Fatalf("%s is not ready: %v\n%s", binary, err, said)
	}
	return Server{URL: url, Binary: binary, Process: cmd.Process.Pid}
}

// writeBlock writes all series into one block of a server's data directory.
func writeBlock(t testing.TB, dir string, series []fleet.Series) {
	t.Helper()
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for _, s := range series {
		if n := len(s.Samples); n > 0 {
			first, last = min(first, s.Samples[0].T), max(last, s.Samples[n-1].T)
		}
	}
	// The writer refuses what is older than half a block behind its newest
	// sample, and the series come one after the other.
	w, err := tsdb.NewBlockWriter(slog.New(slog.DiscardHandler), dir, 2*(last-first+1))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range series {
		app := w.Appender(t.Context())
		lset := labels.FromMap(s.Labels)
		for _, p := range s.Samples {
			if _, err := app.Append(0, lset, p.T, p.V); err != nil {
				t.Fatalf("append to %s: %v", lset, err)
			}
		}
		if err := app.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed at once
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nobody was connected
	return l.Addr().String()
}

// ready waits until the server is, for at most a minute.
func ready(ctx context.Context, url string, ended chan error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/-/ready", http.NoBody)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-tick.C:
		case err := <-ended:
			return fmt.Errorf("it ended by itself: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
