package main

import (
	"context"
	"database/sql"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestServeRefusesWhatItShouldNotDo(t *testing.T) {
	dir := t.TempDir()
	settings := filepath.Join(dir, "settings.yaml")
	if err := os.WriteFile(settings, []byte("refresh: 30\nlisten: 127.0.0.1:0\ncolour: red\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		args []string
		says []string
	}{
		"an address that others reach":      {[]string{"serve", "--listen", "0.0.0.0:0"}, []string{"insecure-listen", "sign-in"}},
		"the demo on an address like that":  {[]string{"demo", "--listen", ":8080"}, []string{"insecure-listen"}},
		"a database of an unknown kind":     {[]string{"serve", "--listen", "127.0.0.1:0", "--database", "mysql://localhost/x"}, []string{"sqlite:", "postgres://"}},
		"a file with several mistakes":      {[]string{"serve", "--config", settings}, []string{"refresh", "colour"}},
		"a file that is not there":          {[]string{"serve", "--config", filepath.Join(dir, "none.yaml")}, []string{"none.yaml"}},
		"a flag that does not exist":        {[]string{"serve", "--colour"}, []string{"colour"}},
		"an argument that means nothing":    {[]string{"serve", "now"}, []string{"now"}},
		"a command that does not exist":     {[]string{"rank"}, []string{"rank"}},
		"a PostgreSQL that does not answer": {[]string{"serve", "--listen", "127.0.0.1:0", "--database", "postgres://u@127.0.0.1:1/x?connect_timeout=2"}, []string{"database"}},
		"a directory that is not there":     {[]string{"serve", "--listen", "127.0.0.1:0", "--database", "sqlite:" + filepath.Join(dir, "no", "x.db")}, []string{"x.db"}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := run(t, tc.args...)
			if err != nil {
				t.Fatal(err)
			}
			for range p.lines {
				t.Error("it printed something as if it had started")
			}
			<-p.ended
			if code := p.cmd.ProcessState.ExitCode(); code == 0 {
				t.Error("it ended with exit code 0")
			}
			for _, want := range tc.says {
				if !strings.Contains(p.stderr.String(), want) {
					t.Errorf("%q is not in what it said:\n%s", want, p.stderr)
				}
			}
		})
	}
}

func TestASecondServerOnOneSQLiteFileIsRefused(t *testing.T) {
	database := "sqlite:" + filepath.Join(t.TempDir(), "burnlist.db")
	start(t, "serve", "--listen", "127.0.0.1:0", "--database", database)
	second, err := run(t, "serve", "--listen", "127.0.0.1:0", "--database", database)
	if err != nil {
		t.Fatal(err)
	}
	for range second.lines {
		t.Error("the second server started")
	}
	<-second.ended
	if second.cmd.ProcessState.ExitCode() == 0 || !strings.Contains(second.stderr.String(), "burnlist.db") {
		t.Errorf("exit code %d, said: %s", second.cmd.ProcessState.ExitCode(), second.stderr)
	}
}

func TestServeStopsWhenAsked(t *testing.T) {
	p := start(t, "serve", "--listen", "127.0.0.1:0", "--database", "sqlite:"+filepath.Join(t.TempDir(), "burnlist.db"))
	if _, err := call(t.Context(), http.MethodGet, p.url+"/readyz", nil, http.StatusOK, nil); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-p.ended
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit code %d, said: %s", code, p.stderr)
	}
}

// TestASecondSignalEndsTheDrain keeps a request open, for which a server that
// was asked to stop waits.
func TestASecondSignalEndsTheDrain(t *testing.T) {
	p := start(t, "serve", "--listen", "127.0.0.1:0", "--database", "sqlite:"+filepath.Join(t.TempDir(), "burnlist.db"))
	address := strings.TrimPrefix(p.url, "http://")
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	// The server says that it waits for the body.
	head := "POST /api/v1/products HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
	if _, err := io.WriteString(conn, head); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for ended := false; !ended; {
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		select {
		case <-p.ended:
			ended = true
		case <-tick.C:
		}
	}
	if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		t.Errorf("it waited for the request, and ended with %s", p.cmd.ProcessState)
	}
}

// TestServeEndsWhenTheLogGoesBackwards changes the database behind its back, as
// the restore of a backup does.
func TestServeEndsWhenTheLogGoesBackwards(t *testing.T) {
	file := filepath.Join(t.TempDir(), "burnlist.db")
	p := start(t, "serve", "--listen", "127.0.0.1:0", "--database", "sqlite:"+file)
	shop(t, p.url)
	db, err := sql.Open("sqlite3", "file:"+file+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), "UPDATE counter SET revision = 0"); err != nil {
		t.Fatal(err)
	}
	<-p.ended
	if p.cmd.ProcessState.ExitCode() != 1 || !strings.Contains(p.stderr.String(), "went backwards") {
		t.Errorf("it ended with %s and said: %s", p.cmd.ProcessState, p.stderr)
	}
}

// TestTheDemoPrintsAndServesTheQueue runs the command of the README.
func TestTheDemoPrintsAndServesTheQueue(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	p, err := run(t, "demo", "--listen", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	url := ""
	for line := range p.lines {
		printed.WriteString(line + "\n")
		if rest, ok := strings.CutPrefix(line, "Look at it:"); ok {
			url = strings.TrimSpace(rest)
		}
		if strings.HasPrefix(line, "End it") {
			break
		}
	}
	if url == "" {
		t.Fatalf("no address in what it printed:\n%s%s", printed.String(), p.stderr)
	}
	var q struct {
		Total   int `json:"total"`
		Entries []struct {
			Tier string `json:"tier"`
			Item struct {
				Title string `json:"title"`
			} `json:"item"`
		} `json:"entries"`
	}
	if _, err := call(ctx, http.MethodGet, url+"/api/v1/queue", nil, http.StatusOK, &q); err != nil {
		t.Fatal(err)
	}
	if len(q.Entries) < shown || q.Entries[0].Tier != "jump" {
		t.Fatalf("%d entries, the first in tier %q", len(q.Entries), q.Entries[0].Tier)
	}
	for _, e := range q.Entries[:shown] {
		if !strings.Contains(printed.String(), e.Item.Title) {
			t.Errorf("%q is in the served queue but was not printed:\n%s", e.Item.Title, printed.String())
		}
	}
	resp, err := http.Get(url) //nolint:noctx // the page of the server just started
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the page answers %s", resp.Status)
	}
}
