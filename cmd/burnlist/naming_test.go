package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestDigitsNeverNameTheWrongItem(t *testing.T) {
	server := serving(t)
	for _, key := range []string{"9", "1", "PM-1/3"} { // of items 1, 2 and 3
		say(t, server, "item", "add", "Has the key "+key, "--service", "checkout", "--key", key).must(t, 0)
	}
	say(t, server, "item", "add", "Has no key", "--service", "checkout").must(t, 0)
	say(t, server, "review", "open", "shop").must(t, 0)
	for _, tc := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"item", "show", "1"}, 3, "1 is the number of one item and the key of item 2: name key:1 if you mean item 2, or else number:1"},
		{[]string{"item", "done", "1"}, 3, "key:1"},
		{[]string{"review", "decide", "shop", "1", "done"}, 3, "key:1"},
		{[]string{"item", "show", "key:1"}, 0, "Item 2: Has the key 1"},
		{[]string{"item", "show", "number:1"}, 0, "Item 1: Has the key 9"},
		{[]string{"item", "show", "9"}, 3, "the key of item 1"},
		{[]string{"item", "show", "key:9"}, 0, "Item 1: Has the key 9"},
		{[]string{"item", "show", "2"}, 0, "Item 2: Has the key 1"},
		{[]string{"item", "show", "key:2"}, 3, `no item with the key "2"`},
		{[]string{"item", "show", "number:nine"}, 2, "not the number of an item"},
		{[]string{"item", "show", "key:"}, 2, "neither the number of an item nor a key"},
		{[]string{"item", "show", ""}, 2, "neither the number of an item nor a key"},
		{[]string{"review", "decide", "shop", "PM-1/3", "carry", "--reason", "x"}, 0, "tem 3"},
		{[]string{"review", "decide", "shop", "PM-1/3", "done"}, 3, "--again decides anew"},
		{[]string{"review", "decide", "shop", "PM-1/3", "done", "--again"}, 0, "tem 3"},
		{[]string{"review", "add", "shop", "4"}, 3, "agenda"},
		{[]string{"review", "add", "shop", "PM-9"}, 3, "PM-9"},
	} {
		if s := say(t, server, tc.args...); s.code != tc.code || !strings.Contains(s.out+s.err, tc.says) {
			t.Errorf("%v ended with %d, want %d, and said:\n%s%s\nwant %s", tc.args, s.code, tc.code, s.out, s.err, tc.says)
		}
	}
	say(t, server, "item", "add", "Born in the meeting", "--service", "checkout", "--key", "PM-2").must(t, 0)
	if s := say(t, server, "review", "add", "shop", "PM-2").must(t, 0); !strings.Contains(s.out, "Item 5 is on the agenda") {
		t.Errorf("got %s", s.out)
	}
}

func TestAProblemNamesWhatWasTyped(t *testing.T) {
	server := serving(t)
	for _, args := range [][]string{{"queue", "--product", "mail"}, {"queue", "--tier", "first"}, {"item", "add", "x", "--service", "mail"}, {"item", "show", "number:0"}} {
		s := say(t, server, args...).must(t, 3)
		for _, part := range []string{"query.", "path.", "body."} {
			if strings.Contains(s.err, part) {
				t.Errorf("%v: it speaks of the request: %s", args, s.err)
			}
		}
	}
}

func TestSeveralDecisionsAreOneDocument(t *testing.T) {
	server := serving(t)
	for range 3 {
		say(t, server, "item", "add", "Bound the queue", "--service", "checkout").must(t, 0)
	}
	for args, want := range map[string]struct{ code, items int }{"1 2": {0, 2}, "99 3": {3, 1}, "98 99": {3, 0}} {
		s := say(t, server, append([]string{"item", "done", "-o", "json"}, strings.Fields(args)...)...).must(t, want.code)
		var all []struct{ Status string }
		if err := json.Unmarshal([]byte(s.out), &all); err != nil || len(all) != want.items || len(all) > 0 && all[0].Status != "done" {
			t.Errorf("%s: got %v, %v", args, err, all)
		}
	}
}

func TestWhatIsLeftOutIsNamedInFull(t *testing.T) {
	table := &table{columns: []column{{name: "number", right: true}}, rows: [][]cell{{plain("1234567890")}}}
	for n, name := range []string{"title", "service", "priority", "promised", "rollovers"} {
		table.columns = append(table.columns, column{name: name, spare: n + 1})
		table.rows[0] = append(table.rows[0], plain("x"))
	}
	var out bytes.Buffer
	if err := table.printText(&out, 18); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"service,", "priority,", "promised,", "rollovers)"} {
		if !strings.Contains(out.String(), name) {
			t.Errorf("%s is not named:\n%s", name, out.String())
		}
	}
}
