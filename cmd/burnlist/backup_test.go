package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist/internal/pgtest"
)

// commandsUnder returns the commands below a heading of a page, as script does
// those of a whole page.
func commandsUnder(t *testing.T, page, heading string, replace ...string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "\n"+heading+"\n")
	if !found {
		t.Fatalf("%s has no heading %s", page, heading)
	}
	var commands strings.Builder
	for line := range strings.Lines(rest) {
		if strings.HasPrefix(line, "#") {
			break
		}
		if command, ok := strings.CutPrefix(line, "    "); ok {
			commands.WriteString(command)
		}
	}
	return strings.NewReplacer(replace...).Replace(commands.String())
}

// needs ends the test unless the programs are installed.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("REQUIRE_ALL") == "1" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

// backedUp is what the queue shows of one item.
type backedUp struct {
	ID    int64
	Title string
	Tier  string
	Score float64
}

func readQueue(ctx context.Context, url string) (revision int64, entries []backedUp, err error) {
	var page struct {
		Revision int64
		Next     string `json:"next_cursor"`
		Entries  []struct {
			Tier  string
			Score float64
			Item  struct {
				ID    int64
				Title string
			}
		}
	}
	for query := "?limit=500"; ; query = "?limit=500&cursor=" + page.Next {
		page.Next, page.Entries = "", nil
		if _, err := call(ctx, http.MethodGet, url+"/api/v1/queue"+query, nil, http.StatusOK, &page); err != nil {
			return 0, nil, err
		}
		for _, e := range page.Entries {
			entries = append(entries, backedUp{e.Item.ID, e.Item.Title, e.Tier, e.Score})
		}
		if page.Next == "" {
			return page.Revision, entries, nil
		}
	}
}

// TestABackupIsRestoredAsTheDocumentSays types what docs/operations.md says,
// while clients write. The restored server has all that was acknowledged before
// the backup began, and of the rest the first so many, in the same order.
func TestABackupIsRestoredAsTheDocumentSays(t *testing.T) {
	const page = "../../docs/operations.md"
	for name, d := range map[string]struct {
		heading  string
		programs []string
		database func(t *testing.T, dir string) string
	}{
		"sqlite":   {"### SQLite", []string{"sqlite3"}, func(_ *testing.T, _ string) string { return "sqlite:burnlist.db" }},
		"postgres": {"### PostgreSQL", []string{"pg_dump", "pg_restore", "createdb"}, func(t *testing.T, _ string) string { return pgtest.Database(t) }},
	} {
		t.Run(name, func(t *testing.T) {
			needs(t, d.programs...)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			built, err := binary()
			if err != nil {
				t.Fatal(err)
			}
			dir, address := t.TempDir(), freeAddress(t)
			database, url := d.database(t, dir), "http://"+address
			wait := "until ./burnlist ready --url " + url + "/readyz 2> tries; do kill -0 $server; done\n"
			serve := "./burnlist serve & server=$!\n" + wait
			commands := commandsUnder(t, page, d.heading,
				"kill $server && wait $server", "echo stop; read -r; kill $server && wait $server",
				"./burnlist serve &\n", serve,
				"postgres://burnlist@localhost/burnlist_restored", strings.Replace(database, "/test", "/restored_test", 1),
				" burnlist_restored\n", " restored_"+databaseName(database)+"\n")
			if strings.Count(commands, "./burnlist serve") != 1 || strings.Count(commands, "echo stop") != 1 {
				t.Fatalf("the commands are not those that are expected:\n%s", commands)
			}
			shell := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c",
				"ln -s "+built+" burnlist\ntrap 'kill $server' EXIT\n"+serve+"echo started; read -r\n"+commands+"echo restored; read -r\n")
			shell.Dir = dir
			shell.Env = append(os.Environ(), "BURNLIST_DATABASE="+database, "BURNLIST_LISTEN="+address)
			shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			shell.Cancel = func() error { return syscall.Kill(-shell.Process.Pid, syscall.SIGKILL) }
			var stderr bytes.Buffer
			shell.Stderr = &stderr
			out, err := shell.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			in, err := shell.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := shell.Start(); err != nil {
				t.Fatal(err)
			}
			var said transcript
			until := func(word string) {
				t.Helper()
				line := []byte{}
				for b := make([]byte, 1); ; {
					if _, err := out.Read(b); err != nil {
						t.Fatalf("the commands end before %q: %v\n%s\n%s", word, shell.Wait(), &said, &stderr)
					}
					_, _ = said.Write(b)
					if b[0] != '\n' {
						line = append(line, b[0])
						continue
					}
					if string(line) == word {
						return
					}
					line = line[:0]
				}
			}
			goOn := func() {
				if _, err := in.Write([]byte("\n")); err != nil {
					t.Fatal(err)
				}
			}

			until("started")
			shop(t, url)
			for n := range 50 {
				post(t, url+"/api/v1/items", object{"title": fmt.Sprint("before ", n), "service": "checkout", "priority": fmt.Sprint("P", n%5)})
			}
			before, acknowledged, err := readQueue(ctx, url)
			if err != nil {
				t.Fatal(err)
			}
			// One client writes all the while.
			stop, writing := make(chan struct{}), make(chan error)
			go func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						writing <- nil
						return
					default:
					}
					if _, err := call(ctx, http.MethodPost, url+"/api/v1/items", object{"title": fmt.Sprint("after ", n), "service": "search", "priority": fmt.Sprint("P", n%5)}, http.StatusCreated, nil); err != nil {
						writing <- err
						return
					}
				}
			}()
			goOn()
			until("stop") // the backup is made
			close(stop)
			if err := <-writing; err != nil {
				t.Fatal(err)
			}
			last, all, err := readQueue(ctx, url)
			if err != nil {
				t.Fatal(err)
			}
			goOn()
			until("restored")
			at, restored, err := readQueue(ctx, url)
			if err != nil {
				t.Fatal(err)
			}
			post(t, url+"/api/v1/items", object{"title": "and on", "service": "checkout"})
			goOn()
			err = shell.Wait()
			if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 0) {
				t.Logf("the shell ends with %v", err) // the trap ends the server, whose status it may take over
			}

			if at < before || at > last || len(restored) < len(acknowledged) {
				t.Errorf("the backup is of revision %d with %d items, want between %d with %d and %d", at, len(restored), before, len(acknowledged), last)
			}
			// Each change after the 50 items made one item.
			want := slices.DeleteFunc(slices.Clone(all), func(e backedUp) bool { return e.ID > int64(len(restored)) })
			if diff := cmp.Diff(want, restored); diff != "" {
				t.Errorf("the restored queue differs (-want +got):\n%s", diff)
			}
			if name == "sqlite" && !strings.Contains(said.String(), fmt.Sprintf("revision|%d\n", at)) {
				t.Errorf("the backup does not say that it is of revision %d: %s", at, &said)
			}
			t.Logf("backed up at revision %d, while %d to %d were written", at, before, last)
		})
	}
}

// databaseName returns the name of the database in a URL.
func databaseName(url string) string {
	_, name, _ := strings.Cut(url, "/test")
	name, _, _ = strings.Cut(name, "?")
	return "test" + name
}
