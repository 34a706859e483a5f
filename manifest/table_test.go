package manifest_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/config"
	"github.com/burnlist/burnlist/manifest"
)

var issues = manifest.Table{
	Columns: map[string]string{
		"key": "issue key", "title": "Summary", "service": "Component", "owner": "Assignee", "priority": "Priority", "due": "Due Date",
		"opened_on": "Created", "status": "Status", "source.url": "Postmortem",
	},
	Service: "checkout", Delimiter: ';', DateFormat: "02/01/2006",
	Priorities: map[string]burnlist.Priority{"Highest": "P0", "Low": "P3"},
	Statuses:   map[string]burnlist.Status{"To Do": burnlist.Open, "Resolved": burnlist.Done},
}

const header = "\xef\xbb\xbfIssue Key;Summary;Component;Assignee;Priority;Due Date;Created;Status;Postmortem;Labels\n"

var sameItems = cmp.Options{cmpopts.IgnoreTypes(config.Written{}), cmpopts.EquateEmpty()}

func TestATableOfItemsIsReadByItsColumns(t *testing.T) {
	m, problems, err := issues.Read(strings.NewReader(header+
		"OPS-1;\"Retry\npayments;  with \"\"backoff\"\"\";search;ana@example.org;highest;24/12/2026;01/11/2026;To Do;https://wiki.example.org/1;x\n"+
		";;;;;;;;;\n"+
		"OPS-2;Bound the queue;;;P1;;;resolved;;\r\n"), "issues.csv", now)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	want := []config.Item{{
		Key: "OPS-1", Title: new(`Retry payments; with "backoff"`), Service: new("search"), Owner: new(burnlist.NullString("ana@example.org")),
		Priority: new(burnlist.Priority("P0")), Due: new(burnlist.NewDate(2026, 12, 24)), OpenedOn: new(burnlist.NewDate(2026, 11, 1)),
		Status: new(burnlist.Open), Source: &burnlist.Source{URL: "https://wiki.example.org/1"},
	}, {
		Key: "OPS-2", Title: new("Bound the queue"), Service: new("checkout"), Priority: new(burnlist.Priority("P1")), Status: new(burnlist.Done),
	}}
	if diff := cmp.Diff(m.Items, want, sameItems); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
	if at := m.Items[1].At("").String(); at != "issues.csv:5:1" {
		t.Errorf("the second item is at %s", at)
	}
}

func TestEveryBadRowIsToldWithItsPlace(t *testing.T) {
	m, problems, err := issues.Read(strings.NewReader(header+
		"OPS-1;;;;Urgent;2026-12-24;31/02/2026;Waiting;wiki;\n"+ // everything at once
		"OPS-2;Bound the queue;;;;;;;;\n"+
		"OPS-2;Bound the queue again;;;;;;;;\n"+
		";Without a key;;;;;;;;\n"+
		"OPS-3;short\n"+
		"OPS-4;"+strings.Repeat("x", 301)+";;;;;;;;\n"+
		"OPS-5;Caf\xe9;;;;;;;;\n"+
		"OPS-6;a \"quote;;;;;;;;\n"+
		"OPS-7;The last one;;;;;;;;\n"+
		"OPS-8;\"in one\" line;;;;;;;;\n"), "issues.csv", now)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%s %s: %s", p.At, p.Thing, p.Message))
	}
	want := []string{
		`issues.csv:2:17 item OPS-1: due "2026-12-24" is not a date of the form 02/01/2006`, `issues.csv:2:28 item OPS-1: opened_on "31/02/2026" is not`,
		"issues.csv:2:7 item OPS-1: title is empty", `issues.csv:2:10 item OPS-1: priority "Urgent" is not`,
		`issues.csv:2:47 item OPS-1: source.url "wiki" is not a web address`, `issues.csv:2:39 item OPS-1: status "Waiting" is none`,
		"issues.csv:4:1 item OPS-2: key OPS-2 is at issues.csv:3:1 already", "issues.csv:5:1 item: key is empty",
		"issues.csv:6:1 item: has 2 cells, and the header has 10", "issues.csv:7:7 item OPS-4: title has 301 characters",
		"issues.csv:8:7 item OPS-5: title is not UTF-8", "issues.csv:9:9 item: is not CSV: bare \" in non-quoted-field",
		"issues.csv:11:14 item: is not CSV: extraneous or missing",
	}
	if len(got) != len(want) {
		t.Fatalf("got %d problems, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("problem %d:\n got %s\nwant %s", i, got[i], want[i])
		}
	}
	if len(m.Items) != 2 || m.Items[0].Key != "OPS-2" || m.Items[1].Key != "OPS-7" {
		t.Errorf("the sound rows are %+v", m.Items)
	}
}

func TestATableThatCannotBeReadSaysWhatToDo(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"nothing":                    {"", "has no header"},
		"a column that is not there": {"Key;Summary\n", `has no column "Due Date" for due: its columns are Key, Summary`},
		"a column that is there twice": {
			strings.Replace(header, "Labels", "summary", 1), `has the column "Summary" twice`,
		},
		"another delimiter": {strings.ReplaceAll(header, ";", ","), "has no column"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := issues.Read(strings.NewReader(tc.text), "issues.csv", now)
			if burnlist.CodeOf(err) != burnlist.Invalid || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
	for name, tc := range map[string]struct{ rows, want string }{
		"a quote that is never closed":    {"OPS-1;\"Bound the queue;;;;;;;;\nOPS-2;x;;;;;;;;\nOPS-3;y;;;;;;;;\n", "from line 2 of issues.csv on: a quote opens in the row there, and is not closed as it should be until line 4"},
		"a quote that is closed by luck":  {"OPS-1;x;;;;;;;;\nOPS-2;\"Bound the queue;;;;;;;;\nOPS-3;\"y\";;;;;;;;\nOPS-4;z;;;;;;;;\n", "from line 3 of issues.csv on"},
		"a quote in a cell of some lines": {"OPS-1;\"Bound\nthe \"queue\"\";;;;;;;;\n", "quotes in a quoted cell twice"},
	} {
		t.Run(name, func(t *testing.T) {
			m, _, err := issues.Read(strings.NewReader(header+tc.rows), "issues.csv", now)
			if burnlist.CodeOf(err) != burnlist.Invalid || !strings.Contains(err.Error(), tc.want) || m != nil {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
	for want, columns := range map[string]map[string]string{
		"no column is key":    {"title": "Summary"},
		"no column is title":  {"key": "Issue key"},
		`"colour" is not a f`: {"colour": "Summary"},
	} {
		if _, _, err := (manifest.Table{Columns: columns, Delimiter: ';'}).Read(strings.NewReader(header), "x", now); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// FuzzTable holds that the items of any table can be written as a manifest and
// are sound, each with a key of its own.
func FuzzTable(f *testing.F) {
	f.Add(header + "OPS-1;\"Retry\npayments\";search;ana@example.org;highest;24/12/2026;01/11/2026;To Do;https://wiki.example.org/1;x\n;;;;;;;;;\n")
	f.Add("issue key;summary;component;assignee;priority;due date;created;status;postmortem\n1;2;3;4;;;;;\n\"\"\"\";\x00;\xff;;;;;;\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, problems, err := issues.Read(strings.NewReader(text), "issues.csv", now)
		if err != nil {
			if burnlist.CodeOf(err) != burnlist.Invalid {
				t.Fatalf("the error has no code: %v", err)
			}
			return
		}
		for _, p := range problems {
			if p.At.Line < 2 || p.At.Column < 1 || p.Message == "" {
				t.Fatalf("a problem without a place: %+v", p)
			}
		}
		if unsound, _ := manifest.Check(m, now); len(unsound) > 0 {
			t.Fatalf("items are not sound: %v", unsound)
		}
		var written bytes.Buffer
		if err := m.Write(&written); err != nil {
			t.Fatal(err)
		}
		again, err := config.ReadManifest(&written, "-")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(again.Items, m.Items, sameItems); diff != "" {
			t.Fatalf("read again -, read from the table +:\n%s", diff)
		}
	})
}
