package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// fenced returns the files of a page: what stands between fences after "Save
// this as".
func fenced(t *testing.T, page string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)Save this as `([^`]+)`[.:]\n\n```[a-z]+\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		files[m[1]] = m[2]
	}
	return files
}

// TestTheExampleOfTheFilesWorks types what docs/files.md says.
func TestTheExampleOfTheFilesWorks(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	t.Setenv("BURNLIST_PROMETHEUS_URL", "http://127.0.0.1:1")
	server := start(t, "serve", "--listen", "127.0.0.1:0", "--database", "sqlite:"+filepath.Join(t.TempDir(), "burnlist.db"))
	built, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files := fenced(t, "../../docs/files.md")
	if len(files) != 2 {
		t.Fatalf("the page has %d files", len(files))
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	shell := exec.CommandContext(ctx, "bash", "-euo", "pipefail")
	shell.Dir = dir
	shell.Env = append(os.Environ(), "BURNLIST_SERVER="+server.url, "BURNLIST_ACTOR=ana@example.org", "PATH="+filepath.Dir(built)+":"+os.Getenv("PATH"))
	shell.Stdin = strings.NewReader(script(t, "../../docs/files.md"))
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rest := string(out)
	for _, want := range []string{
		"1 product, 2 services, 1 SLO and 2 items: no problem\n", "+ item PM-31/1\n", "= 0 unchanged\nthat would be done\n",
		"~ policy snooze_days 28 → 14\n+ product shop\n", "~ item PM-31/2 status open → done\n= 0 unchanged\n", "= 7 unchanged, nothing to do\n",
		"! item PM-31/1 owner kept (decided on ", "): ben@example.org → ana@example.org; --force changes it\n",
		"due kept (decided on ", "= 6 unchanged, nothing to do\n", "= 7 unchanged, nothing to do\n",
		"+ item OPS-1\n+ item OPS-2\n~ item OPS-2 status open → done\n",
	} {
		at := strings.Index(rest, want)
		if at < 0 {
			t.Fatalf("%q is not in what is printed, or not in its place:\n%s", want, out)
		}
		rest = rest[at+len(want):]
	}
}

func TestFilesEndWithACodeThatSaysWhy(t *testing.T) {
	server := serving(t)
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	alike := file("alike.yaml", "products: [{name: shop, zone: Europe/Berlin}]\n")
	other := file("other.yaml", "services: [{name: checkout, team: cashiers}]\n")
	refused := file("refused.yaml", "services: [{name: mail, product: post}]\n")
	unsound := file("unsound.yaml", "services: [{name: mail, product: the post}]\n")
	unreadable := file("unreadable.yaml", "services: [{name: mail, colour: red}]\n")
	table := file("table.csv", "Key,Title\nA,Bound the queue\nB,\n")
	open := file("open.csv", "Key,Title\nC,\"Bound the queue\nD,x\nE,y\n")
	columns := []string{"--map", "key=Key", "--map", "title=Title", "--service", "checkout"}
	for _, tc := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no files", []string{"apply"}, 2, "-f FILE"},
		{"no files to check", []string{"check"}, 2, "name the files"},
		{"nothing differs", []string{"apply", "-f", alike, "--dry-run"}, 0, "= 1 unchanged, nothing to do"},
		{"something differs", []string{"apply", "-f", alike, "-f", other, "--dry-run"}, 4, "~ service checkout team payments → cashiers\n= 1 unchanged\n"},
		{"it is done", []string{"apply", "-f", other}, 0, "~ service checkout team payments → cashiers\n= 0 unchanged\n"},
		{"the server refuses", []string{"apply", "-f", refused}, 3, `refused.yaml:1:12: service mail: the service is not valid; product there is no product "post"`},
		{"a value is not sound", []string{"apply", "-f", unsound}, 4, "unsound.yaml:1:34: service mail: product \"the post\" is not a name"},
		{"a field is not known", []string{"apply", "-f", unreadable}, 4, `unreadable.yaml:1:25: "colour" is not known here`},
		{"a value is not sound, offline", []string{"check", unsound, "--server", "http://127.0.0.1:1"}, 2, "unknown flag: --server"},
		{"a check finds it", []string{"check", unsound}, 4, "1 problem"},
		{"a check of nothing", []string{"check", os.DevNull}, 4, "there is nothing in the files"},
		{"a check finds nothing", []string{"check", refused}, 0, "names product post, which is not in the files: it has to be on the server"},
		{"nobody who writes", []string{"apply", "-f", refused, "--actor", " "}, 2, "BURNLIST_ACTOR"},
		{"a server that is not there", []string{"apply", "-f", other, "--server", "http://127.0.0.1:1"}, 1, "start it with burnlist serve"},
		{"a file that is not there", []string{"apply", "-f", filepath.Join(dir, "none.yaml")}, 4, "none.yaml: cannot be read: no such file"},
		{"an export", []string{"export"}, 0, "  - name: checkout\n    product: shop\n    team: cashiers\n"},
		{"an export into a folder that is not there", []string{"export", "-o", filepath.Join(dir, "none", "x.yaml")}, 1, "x.yaml"},
		{"a table of which a row is not sound", append([]string{"import", "items", table}, columns...), 4, "table.csv:3:3: item B: title is empty"},
		{"a table, the row left out", append([]string{"import", "items", table, "--skip-bad"}, columns...), 0, "+ item A\n"},
		{"a table with a quote that stays open", append([]string{"import", "items", open, "--skip-bad"}, columns...), 2, "from line 2 of " + open + " on"},
		{"the table again", append([]string{"import", "items", table, "--skip-bad"}, columns...), 0, "= 1 unchanged, nothing to do\n"},
		{"a column that is not there", []string{"import", "items", table, "--map", "key=Id"}, 2, `no column "Id"`},
		{"a column without a name", []string{"import", "items", table, "--map", "key"}, 2, "NAME=VALUE"},
		{"a table that is not there", []string{"import", "items", filepath.Join(dir, "none.csv")}, 2, "none.csv"},
		{"a delimiter that is none", []string{"import", "items", table, "--delimiter", "::"}, 2, "one character, or tab"},
	} {
		s := say(t, server, tc.args...)
		if s.code != tc.code || !strings.Contains(s.out+s.err, tc.says) {
			t.Errorf("%s: it ended with %d, want %d, and said:\n%s%s\nwant %s", tc.name, s.code, tc.code, s.out, s.err, tc.says)
		}
	}
}

// TestAnInterruptedApplyGoesOnTheNextTime interrupts it as Ctrl-C does, once it
// has begun to write.
func TestAnInterruptedApplyGoesOnTheNextTime(t *testing.T) {
	server := serving(t)
	var text strings.Builder
	text.WriteString("items:\n")
	for n := range 500 {
		fmt.Fprintf(&text, "  - {key: PM-%d, title: Bound the queue, service: checkout}\n", n)
	}
	file := filepath.Join(t.TempDir(), "items.yaml")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := run(t, "apply", "-f", file, "--server", server, "--actor", "ana@example.org")
	if err != nil {
		t.Fatal(err)
	}
	done := 0
	for line := range p.lines {
		if !strings.HasPrefix(line, "+ item ") {
			t.Errorf("it printed %q", line)
		}
		done++
		if done > 1 {
			continue
		}
		if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
	}
	<-p.ended
	if code := p.cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(p.stderr.String(), fmt.Sprintf("%d of 500 steps done; repeat it to go on", done)) {
		t.Errorf("it ended with %d after %d steps, and said %s", code, done, p.stderr)
	}
	s := say(t, server, "apply", "-f", file).must(t, 0)
	// What the server was doing when it was interrupted may be done, or not.
	if rest := strings.Count(s.out, "+ item "); rest != 500-done && rest != 500-done-1 {
		t.Errorf("%d steps were done, and %d the next time", done, rest)
	}
	say(t, server, "apply", "-f", file, "--dry-run").must(t, 0)
}
