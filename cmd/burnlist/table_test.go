package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/burnlist/burnlist/client"
)

var update = flag.Bool("update", false, "write the golden files anew")

// answered reads an answer of the API as it was recorded.
func answered[T any](t *testing.T, name string) T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var doc T
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return doc
}

// tables are those of recorded answers, which have wide and combining
// characters, pipes, formulas, control characters, and values that are missing.
func tables(t *testing.T) map[string]*table {
	t.Helper()
	return map[string]*table{
		"queue":   queueTable(answered[client.QueueDocument](t, "queue.json")),
		"items":   itemsTable(answered[client.ItemList](t, "items.json")),
		"budgets": budgetsTable(answered[client.BudgetList](t, "budgets.json")),
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s has changed; if on purpose, run the test with -update (-want +got):\n%s", name, diff)
	}
}

func TestTablesFitTheTerminal(t *testing.T) {
	for name, table := range tables(t) {
		for _, room := range []int{60, 80, 120} {
			var out bytes.Buffer
			if err := table.printText(&out, room); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				if n := cells(strings.TrimSuffix(line, "\n")); n > room {
					t.Errorf("%s: a line takes %d of %d cells: %s", name, n, room, line)
				}
			}
			golden(t, fmt.Sprintf("%s-%d.txt", name, room), out.Bytes())
		}
		var out bytes.Buffer
		if err := table.printCSV(&out); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".csv", out.Bytes())
		out.Reset()
		if err := table.printMarkdown(&out); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".md", out.Bytes())
	}
}

// TestNoTableBreaksALine holds for any texts and widths: no line is too long,
// there is one for each row, numbers are whole, and what is cut says so.
func TestNoTableBreaksALine(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab |,=\"\n\r\t\x1b漢é\u0301\u200d\u202e😀…\u2028")), 0, 40, -1)
	rapid.Check(t, func(t *rapid.T) {
		table := &table{columns: []column{
			{name: "number", right: true}, {name: "text", least: 5}, {name: "state", spare: 1}, {name: "note", least: 3, spare: 2},
		}}
		for range rapid.IntRange(0, 4).Draw(t, "rows") {
			table.rows = append(table.rows, []cell{
				plain(strconv.Itoa(rapid.IntRange(0, 99999).Draw(t, "number"))), plain(text.Draw(t, "text")),
				plain(rapid.SampledFrom(states).Draw(t, "state")), plain(text.Draw(t, "note")),
			})
		}
		room := rapid.IntRange(18, 100).Draw(t, "room")
		var out bytes.Buffer
		if err := table.printText(&out, room); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		head := 1
		if at := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "(no room for") }); at >= 0 {
			head += len(lines) - at
		}
		if len(lines) != len(table.rows)+head {
			t.Fatalf("%d rows make %d lines:\n%s", len(table.rows), len(lines), out.String())
		}
		for i, line := range lines {
			if cells(line) > room {
				t.Fatalf("a line takes %d of %d cells: %q", cells(line), room, line)
			}
			if i > 0 && i <= len(table.rows) && !strings.HasPrefix(strings.TrimLeft(line, " "), table.rows[i-1][0].shown) {
				t.Fatalf("the number %s is not whole: %q", table.rows[i-1][0].shown, line)
			}
		}

		out.Reset()
		if err := table.printCSV(&out); err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(&out).ReadAll()
		if err != nil || len(records) != len(table.rows)+1 {
			t.Fatalf("%v, %d records of %d rows", err, len(records), len(table.rows))
		}
		for i, row := range table.rows {
			for at, c := range row {
				got := records[i+1][at]
				if strings.TrimPrefix(got, "'") != oneLine(c.raw) || strings.HasPrefix(got, "=") {
					t.Fatalf("%q is read as %q", c.raw, got)
				}
			}
		}

		out.Reset()
		if err := table.printMarkdown(&out); err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n") {
			bars := strings.Count(strings.NewReplacer(`\\`, "", `\|`, "").Replace(line), "|")
			if bars != len(table.columns)+1 {
				t.Fatalf("line %d has %d bars: %s", i, bars, line)
			}
		}
	})
}

func TestWhatNobodyKnowsIsCalledSo(t *testing.T) {
	list := answered[client.BudgetList](t, "budgets.json")
	table := budgetsTable(list)
	at := slices.IndexFunc(table.columns, func(c column) bool { return c.name == "consumed" })
	state := slices.IndexFunc(table.columns, func(c column) bool { return c.name == "state" })
	seen := 0
	for i, b := range list.Budgets {
		if b.State != "unknown" {
			continue
		}
		seen++
		if row := table.rows[i]; row[state].shown != "unknown" || row[state].raw != "unknown" || row[at].shown != "unknown" || row[at].raw != "unknown" {
			t.Errorf("%s is shown as %v", b.Service, row)
		}
	}
	if seen == 0 {
		t.Error("nothing in the recorded answer is unknown")
	}
	for _, row := range table.rows {
		for _, c := range row {
			if c.shown == "" {
				t.Errorf("a cell is blank: %v", row)
			}
		}
	}
}
