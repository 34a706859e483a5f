package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// spoken is what a command that ended has said.
type spoken struct {
	out, err string
	code     int
}

// say runs a command against a server, and waits until it ends.
func say(t *testing.T, server string, args ...string) spoken {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "BURNLIST_SERVER="+server, "BURNLIST_ACTOR=ana@example.org", "USER=")
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			t.Fatal(err)
		}
	}
	return spoken{out.String(), said.String(), cmd.ProcessState.ExitCode()}
}

// must fails the test unless the command has ended with a code.
func (s spoken) must(t *testing.T, code int) spoken {
	t.Helper()
	if s.code != code {
		t.Fatalf("it ended with %d, want %d:\n%s%s", s.code, code, s.out, s.err)
	}
	return s
}

// serving starts a server with product shop over an empty database. It has a
// source that does not answer, so that SLOs can be created.
func serving(t *testing.T) string {
	t.Helper()
	t.Setenv("BURNLIST_PROMETHEUS_URL", "http://127.0.0.1:1")
	p := start(t, "serve", "--listen", "127.0.0.1:0", "--database", "sqlite:"+filepath.Join(t.TempDir(), "burnlist.db"))
	shop(t, p.url)
	return p.url
}

func TestCommandsEndWithACodeThatSaysWhy(t *testing.T) {
	server := serving(t)
	say(t, server, "item", "add", "Bound the queue", "--service", "checkout").must(t, 0)
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }))
	defer broken.Close()
	for name, tc := range map[string]struct {
		args []string
		code int
		says string
	}{
		"a list":                           {[]string{"queue"}, 0, ""},
		"help":                             {[]string{"queue", "--help"}, 0, ""},
		"nothing":                          {nil, 0, ""},
		"a server that is not there":       {[]string{"queue", "--server", "http://127.0.0.1:1"}, 1, "start it with burnlist serve, or give --server"},
		"a server that fails":              {[]string{"queue", "--server", broken.URL}, 1, "500"},
		"an address that is none":          {[]string{"queue", "--server", "localhost"}, 2, "--server"},
		"a flag that there is not":         {[]string{"queue", "--colour"}, 2, "--colour"},
		"a value of another type":          {[]string{"queue", "--limit", "many"}, 2, "limit"},
		"two flags that contradict":        {[]string{"queue", "--limit", "3", "--all"}, 2, "--all"},
		"a form that there is not":         {[]string{"queue", "--output", "xml"}, 2, "markdown"},
		"a state that there is not":        {[]string{"budgets", "--state", "fine"}, 2, "healthy"},
		"an argument too many":             {[]string{"queue", "shop"}, 2, "shop"},
		"an argument too few":              {[]string{"item", "show"}, 2, "1 arg"},
		"no items":                         {[]string{"item", "done"}, 2, "at least 1 arg"},
		"a command that there is not":      {[]string{"rank"}, 2, "rank"},
		"a subcommand that there is not":   {[]string{"item", "rank"}, 2, "rank"},
		"no service":                       {[]string{"item", "add", "x"}, 2, "--service"},
		"nothing to change":                {[]string{"item", "edit", "1"}, 2, "--owner"},
		"a time that is none":              {[]string{"item", "edit", "1", "--source-start", "noon"}, 2, "2026-11-16T09:10:00Z"},
		"a day that is none":               {[]string{"review", "cancel", "shop", "monday"}, 2, "YYYY-MM-DD"},
		"nobody who writes":                {[]string{"item", "done", "1", "--actor", " "}, 2, "BURNLIST_ACTOR"},
		"a filter by what there is not":    {[]string{"queue", "--product", "mail"}, 3, "mail"},
		"a tier that there is not":         {[]string{"queue", "--tier", "first"}, 3, "jump"},
		"an item that there is not":        {[]string{"item", "show", "99"}, 3, "99"},
		"a key that there is not":          {[]string{"item", "show", "PM-9"}, 3, "PM-9"},
		"a decision that breaks a rule":    {[]string{"item", "reassign", "1"}, 3, "owner is missing"},
		"a due date that is none":          {[]string{"item", "commit", "1", "--owner", "ben", "--due", "someday"}, 3, "due"},
		"an item of which some are not":    {[]string{"item", "commit", "1", "99", "--owner", "ben", "--due", "2030-01-15"}, 3, "99"},
		"a review of a product without it": {[]string{"review", "show", "shop"}, 1, "open one with"},
	} {
		t.Run(name, func(t *testing.T) {
			s := say(t, server, tc.args...).must(t, tc.code)
			if !strings.Contains(s.err, tc.says) {
				t.Errorf("%q is not in what it said:\n%s", tc.says, s.err)
			}
			if failed := s.code != 0; failed != (s.err != "") {
				t.Errorf("it ended with %d and said %q", s.code, s.err)
			}
		})
	}
	if i := say(t, server, "items", "--owner", "ben", "--output", "csv").must(t, 0); !strings.Contains(i.out, "Bound the queue") {
		t.Errorf("the item that could be decided was not:\n%s", i.out)
	}
}

func TestItemsAreReportedChangedAndDecided(t *testing.T) {
	server := serving(t)
	post(t, server+"/api/v1/slos", object{
		"name": "checkout-availability", "service": "checkout", "objective": 0.999,
		"indicator": object{"events": object{"total": "requests_total", "bad": "errors_total"}},
	})
	wish := say(t, server, "item", "add", "Bound the queue", "--service", "checkout").must(t, 0)
	for _, want := range []string{"Item 1", "owned by nobody", "a wish", "burnlist item commit 1"} {
		if !strings.Contains(wish.out, want) {
			t.Errorf("%q is not in:\n%s", want, wish.out)
		}
	}
	say(t, server, "item", "add", "Alert on its length", "--service", "checkout", "--slo", "checkout-availability", "--owner", "ana@example.org",
		"--due", "2030-01-15", "--priority", "P1", "--key", "PM-1/2", "--ticket", "https://tickets.example.org/7", "--opened-on", "2026-01-02",
		"--source-url", "https://wiki.example.org/1", "--source-title", "Queue full", "--source-start", "2026-01-01T10:00:00Z",
		"--source-end", "2026-01-01T10:30:00+01:00").must(t, 3) // it ended before it began
	say(t, server, "item", "add", "Alert on its length", "--service", "checkout", "--slo", "checkout-availability", "--owner", "ana@example.org",
		"--due", "2030-01-15", "--priority", "P1", "--key", "PM-1/2", "--ticket", "https://tickets.example.org/7", "--opened-on", "2026-01-02",
		"--source-url", "https://wiki.example.org/1", "--source-title", "Queue full", "--source-start", "2026-01-01T10:00:00Z",
		"--source-end", "2026-01-01T12:30:00+01:00").must(t, 0)
	say(t, server, "item", "edit", "PM-1/2", "--title", "Alert on its length above 1000", "--owner", "", "--ticket", "", "--source-title", "Queue was full").must(t, 0)

	var item map[string]any
	if err := json.Unmarshal([]byte(say(t, server, "item", "show", "2", "--output", "json").must(t, 0).out), &item); err != nil {
		t.Fatal(err)
	}
	got := object{}
	for _, field := range []string{"id", "title", "service", "slo", "owner", "due", "priority", "key", "ticket", "opened_on", "source"} {
		got[field] = item[field]
	}
	if diff := cmp.Diff(object{
		"id": 2.0, "title": "Alert on its length above 1000", "service": "checkout", "slo": "checkout-availability", "owner": nil,
		"due": "2030-01-15", "priority": "P1", "key": "PM-1/2", "ticket": nil, "opened_on": "2026-01-02",
		"source": object{"product": nil, "url": "https://wiki.example.org/1", "title": "Queue was full", "start": "2026-01-01T10:00:00Z", "end": "2026-01-01T11:30:00Z"},
	}, got); diff != "" {
		t.Errorf("the item is not as it was written (-want +got):\n%s", diff)
	}

	for _, step := range []struct {
		args []string
		says string
	}{
		{[]string{"commit", "1", "PM-1/2", "--owner", "ben@example.org", "--due", "2030-02-01"}, "owned by ben@example.org, due 2030-02-01"},
		{[]string{"reassign", "1", "--owner", "mei@example.org"}, "owned by mei@example.org"},
		{[]string{"deprioritise", "1", "--reason", "it is being replaced"}, "comes back on"},
		{[]string{"reopen", "1", "--reason", "it is not"}, "Item 1 is open"},
		{[]string{"done", "1", "--evidence", "https://example.org/changes/7"}, "see https://example.org/changes/7"},
	} {
		if s := say(t, server, append([]string{"item"}, step.args...)...).must(t, 0); !strings.Contains(s.out, step.says) {
			t.Errorf("item %s: %q is not in:\n%s", step.args[0], step.says, s.out)
		}
	}
	until := strings.TrimSpace(tomorrow(t))
	if s := say(t, server, "item", "snooze", "2", "--reason", "frozen", "--until", until).must(t, 0); !strings.Contains(s.out, "snoozed until "+until) {
		t.Errorf("got:\n%s", s.out)
	}
	shown := say(t, server, "item", "show", "1").must(t, 0)
	for _, want := range []string{"Item 1: Bound the queue", "done, on ", "of shop", "payments", "mei@example.org", "ana@example.org reported it", "decided deprioritise"} {
		if !strings.Contains(shown.out, want) {
			t.Errorf("%q is not in:\n%s", want, shown.out)
		}
	}
}

// tomorrow is the day after today in the zone of product shop.
func tomorrow(t *testing.T) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "date", "-d", "tomorrow 12:00", "+%F")
	cmd.Env = append(os.Environ(), "TZ=Europe/Berlin")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestJSONIsWhatTheAPIAnswers(t *testing.T) {
	server := serving(t)
	say(t, server, "item", "add", "Bound the queue to < 1000 & alert", "--service", "checkout", "--owner", "ana").must(t, 0)
	say(t, server, "item", "add", "Tidy up", "--service", "search").must(t, 0)
	for path, args := range map[string][]string{
		"queue?product=shop":                  {"queue", "--product", "shop"},
		"queue?limit=1&warning=no_due_date":   {"queue", "--limit", "1", "--warning", "no_due_date"},
		"queue?team=payments&owner=ana":       {"queue", "--team", "payments", "--owner", "ana"},
		"queue?tier=unknown&per_service=1":    {"queue", "--tier", "unknown", "--per-service", "1"},
		"queue?service=search":                {"queue", "--service", "search"},
		"items?service=checkout&status=open":  {"items", "--service", "checkout", "--status", "open"},
		"items?product=shop&owner=ana":        {"items", "--product", "shop", "--owner", "ana"},
		"items?key=PM-1":                      {"items", "--key", "PM-1"},
		"budgets?product=shop":                {"budgets", "--product", "shop"},
		"budgets?service=checkout":            {"budgets", "--service", "checkout", "--state", "unknown"},
		"items/1":                             {"item", "show", "1"},
		"queue?warning=no_slo&product=shop":   {"queue", "--warning", "no_slo", "--product", "shop"},
		"items?status=done&product=shop":      {"items", "--status", "done", "--product", "shop"},
		"items?product=shop&service=checkout": {"items", "--product", "shop", "--service", "checkout"},
	} {
		var want, got map[string]any
		if _, err := call(t.Context(), http.MethodGet, server+"/api/v1/"+path, nil, http.StatusOK, &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(say(t, server, append(args, "--output", "json")...).must(t, 0).out), &got); err != nil {
			t.Fatal(err)
		}
		// The board ranks anew each minute, perhaps between the two.
		delete(want, "as_of")
		delete(got, "as_of")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q answers otherwise than %s (-API +command):\n%s", args, path, diff)
		}
	}
}

// TestAllIsAllPages asks a server that answers with two pages.
func TestAllIsAllPages(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RequestURI())
		q := r.URL.Query()
		last := q.Get("cursor") != "" || q.Get("after") != ""
		next, id := `"here"`, 1
		switch {
		case last:
			next, id = "null", 2
		case strings.HasSuffix(r.URL.Path, "items"):
			next = "1"
		}
		_, _ = fmt.Fprintf(w, `{"revision": 1, "total": 2, "next_cursor": %s, "refreshed_at": "2026-11-23T09:00:00Z",
			"entries": [{"position": %d, "tier": "jump", "item": {"id": %d}}], "items": [{"id": %d}]}`, next, id, id, id)
	}))
	defer server.Close()
	for name, field := range map[string]string{"queue": "entries", "items": "items"} {
		var doc map[string]any
		if err := json.Unmarshal([]byte(say(t, server.URL, name, "--all", "-o", "json").must(t, 0).out), &doc); err != nil {
			t.Fatal(err)
		}
		if list, _ := doc[field].([]any); len(list) != 2 || doc["next_cursor"] != nil {
			t.Errorf("%s --all has %v", name, doc)
		}
		if s := say(t, server.URL, name).must(t, 0); !strings.Contains(s.out, "--all shows the rest") {
			t.Errorf("%s does not say that there is more:\n%s", name, s.out)
		}
		if s := say(t, server.URL, name, "-o", "csv").must(t, 0); !strings.Contains(s.err, "--all shows the rest") || strings.Contains(s.out, "rest") {
			t.Errorf("%s does not say apart that there is more:\n%s%s", name, s.out, s.err)
		}
	}
	if !slices.Contains(asked, "/api/v1/queue?cursor=here&limit=500") || !slices.Contains(asked, "/api/v1/items?after=1&limit=500") {
		t.Errorf("asked for %q", asked)
	}
}

func TestAnOldAnswerSaysSo(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Age", "130")
		_, _ = io.WriteString(w, `{"revision": 1, "entries": [], "budgets": [], "refreshed_at": null}`)
	}))
	defer server.Close()
	for _, name := range []string{"queue", "budgets"} {
		if s := say(t, server.URL, name).must(t, 0); !strings.Contains(s.out, "2m10s ago") || !strings.Contains(s.out, "nothing is measured yet") {
			t.Errorf("%s says:\n%s", name, s.out)
		}
	}
}

func TestAdviceIsPrinted(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"id": 7, "version": 1, "title": "Improve monitoring", "status": "open", "advice": [{"code": "vague", "text": "name what will be measured"}]}`)
	}))
	defer server.Close()
	if s := say(t, server.URL, "item", "add", "Improve monitoring", "--service", "checkout").must(t, 0); !strings.Contains(s.out, "vague: name what will be measured") {
		t.Errorf("it says:\n%s", s.out)
	}
}

func TestCtrlCEndsACommand(t *testing.T) {
	arrived, gone := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
		close(gone)
	}))
	defer server.Close()
	p, err := run(t, "queue", "--server", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	<-arrived
	if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	for range p.lines {
		t.Error("it printed something")
	}
	<-p.ended
	<-gone
	if p.cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(p.stderr.String(), "interrupted") {
		t.Errorf("it ended with %s and said: %s", p.cmd.ProcessState, p.stderr)
	}
}

func TestTheShellCompletesNames(t *testing.T) {
	server := serving(t)
	post(t, server+"/api/v1/slos", object{
		"name": "checkout-availability", "service": "checkout", "objective": 0.999,
		"indicator": object{"events": object{"total": "requests_total", "bad": "errors_total"}},
	})
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"a product":                  {[]string{"queue", "--product", ""}, "shop\n:4\n"},
		"a service by its begin":     {[]string{"items", "--service", "ch"}, "checkout\n:4\n"},
		"an SLO":                     {[]string{"item", "add", "x", "--slo", "checkout-"}, "checkout-availability\n:4\n"},
		"a product as an argument":   {[]string{"review", "open", ""}, "shop\n:4\n"},
		"a tier":                     {[]string{"queue", "--tier", ""}, "jump\nwatch\nunknown\nwithin_budget\n:4\n"},
		"a form":                     {[]string{"budgets", "-o", ""}, "table\njson\ncsv\nmarkdown\n:4\n"},
		"a server that is not there": {[]string{"queue", "--server", "http://127.0.0.1:1", "--product", ""}, ":4\n"},
		"an address that is none":    {[]string{"queue", "--server", "x", "--product", ""}, ":4\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s := say(t, server, append([]string{"__complete"}, tc.args...)...).must(t, 0)
			if s.out != tc.want || strings.Contains(s.err, "does not answer") {
				t.Errorf("got %q, want %q; it said %s", s.out, tc.want, s.err)
			}
		})
	}
	if s := say(t, server, "completion", "bash").must(t, 0); !strings.Contains(s.out, "__start_burnlist") {
		t.Errorf("no script:\n%.200s", s.out)
	}
}

// TestTheDayInTheDocsWorks types what docs/commands.md says.
func TestTheDayInTheDocsWorks(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	server := serving(t)
	built, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	shell := exec.CommandContext(ctx, "bash", "-euo", "pipefail")
	shell.Dir = dir
	shell.Env = append(os.Environ(), "BURNLIST_SERVER="+server, "PATH="+filepath.Dir(built)+":"+os.Getenv("PATH"))
	shell.Stdin = strings.NewReader(script(t, "../../docs/commands.md"))
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"Item 1 is reported", "a wish", "no_slo", "nobody", "Item 2 is open, owned by ben@example.org", "| 1 | PM-31/1 | done |", "decided done"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in what is printed:\n%s", want, out)
		}
	}
	for _, name := range []string{"queue.csv", "items.json"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !strings.Contains(string(text), "connection pool") {
			t.Errorf("%s (%v): %.200s", name, err, text)
		}
	}
}
