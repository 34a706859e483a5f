package main

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/burnlist/burnlist/internal/promtest"
)

// script returns the commands of a page, those indented by four spaces, with
// the addresses of the test in place of the usual ones.
func script(t *testing.T, page string, replace ...string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var commands strings.Builder
	fenced := false
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if command, ok := strings.CutPrefix(line, "    "); ok && !fenced {
			commands.WriteString(command)
		}
	}
	return strings.NewReplacer(replace...).Replace(commands.String())
}

// TestTheWalkThroughAReviewWorks types what docs/weekly-review.md says, in an
// empty directory, with a real Prometheus.
func TestTheWalkThroughAReviewWorks(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	built, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	commands := script(t, "../../docs/weekly-review.md",
		"http://localhost:9090", promtest.Start(t, nil),
		"http://127.0.0.1:8080", "http://"+address,
		"go build -o burnlist ./cmd/burnlist", "ln -s "+built+" burnlist",
		"./burnlist serve &", "./burnlist serve --listen "+address+" & server=$!\n"+
			"until ./burnlist ready --url http://"+address+"/readyz 2> tries; do kill -0 $server; done")
	for _, line := range []string{"review open shop", "review conclude shop", "review digest shop", "server=$!"} {
		if !strings.Contains(commands, line) {
			t.Fatalf("the walk lacks %q:\n%s", line, commands)
		}
	}
	dir := t.TempDir()
	shell := exec.CommandContext(ctx, "bash", "-euo", "pipefail")
	shell.Dir = dir
	shell.Env = append(os.Environ(), "BURNLIST_SERVER=http://"+address)
	shell.Stdin = strings.NewReader("trap 'kill $server' EXIT\n" + commands)
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	shell.Cancel = func() error { return syscall.Kill(-shell.Process.Pid, syscall.SIGKILL) }
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"Review 1 of shop", "4 items", "promised for 2030-01-15", "is taken back", "Item 5 is on the agenda", "is concluded: attended",
		"deprioritised", "Retry payments with backoff", `"no_ticket"`, `"cohorts"`, "concluded review 1",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in what the walk prints", want)
		}
	}
	html, err := os.ReadFile(filepath.Join(dir, "digest.html"))
	if err != nil || !strings.Contains(string(html), "<html") {
		t.Errorf("the digest as HTML (%v): %.200s", err, html)
	}
	t.Logf("%s", out)
}

// freeAddress returns an address on loopback that nothing listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
