package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist/prioritizer"
)

// TestReusedEntriesSayWhatTheQueueSays reads the queue after each of many
// changes, so that most entries come from what was encoded before.
func TestReusedEntriesSayWhatTheQueueSays(t *testing.T) {
	s := newServer(t)
	s.fill(12)
	for step := range 8 {
		id := 1 + step
		s.ask("POST", fmt.Sprintf("/api/v1/items/%d/decisions", id), map[string]any{"kind": []string{"done", "carry"}[step%2]}).must(200)
		if step == 5 {
			s.refresh(0.9)
		}
		a := s.ask("GET", "/api/v1/queue?limit=500", nil).must(200)
		q := s.board.Queue()
		var want []prioritizer.Entry
		for r := range q.All() {
			want = append(want, q.Show(r, len(want)+1))
		}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(a.at("entries"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(generic(t, text), generic(t, got)); diff != "" {
			t.Fatalf("after step %d (-explained +answered):\n%s", step, diff)
		}
	}
}

func generic(t *testing.T, text []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheETagOfTheQueueNamesRevisionMomentAndQuery(t *testing.T) {
	s := newServer(t)
	s.fill(7)
	tag := func(query string) string {
		t.Helper()
		return s.ask("GET", "/api/v1/queue"+query, nil).must(200).header.Get("ETag")
	}
	first := tag("")
	if first == "" || tag("") != first {
		t.Errorf("the ETag is %q, and then another", first)
	}
	seen := map[string]string{first: ""}
	for _, query := range []string{"?limit=5", "?product=shop", "?service=checkout", "?product=shop&as_of=2026-12-01T00:00:00Z", "?product=shop&as_of=2026-12-02T00:00:00Z"} {
		if other, taken := seen[tag(query)]; taken {
			t.Errorf("%s has the ETag of %q", query, other)
		}
		seen[tag(query)] = query
	}
	s.ask("POST", "/api/v1/items", map[string]any{"title": "another", "service": "checkout"}).must(201)
	if tag("") == first {
		t.Error("the ETag stayed as the queue changed")
	}
}

func TestAsOfReadsTheDatesAtAnotherMoment(t *testing.T) {
	s := newServer(t)
	s.seed()
	s.ask("POST", "/api/v1/items", map[string]any{"title": "due in December", "service": "checkout", "owner": "ana", "due": "2026-12-05"}).must(201)
	overdue := func(asOf string) (texts []string) {
		t.Helper()
		a := s.ask("GET", "/api/v1/queue?product=shop&warning=overdue"+asOf, nil).must(200)
		for _, e := range a.at("entries").([]any) {
			for _, w := range e.(map[string]any)["warnings"].([]any) {
				if w := w.(map[string]any); w["code"] == "overdue" {
					texts = append(texts, w["text"].(string))
				}
			}
		}
		return texts
	}
	if got := overdue(""); got != nil {
		t.Errorf("now: %v", got)
	}
	if got := overdue("&as_of=2026-12-05T12:00:00Z"); got != nil {
		t.Errorf("on the day itself: %v", got)
	}
	if diff := cmp.Diff([]string{"5 days overdue"}, overdue("&as_of=2026-12-10T12:00:00%2B01:00")); diff != "" {
		t.Errorf("five days later (-want +got):\n%s", diff)
	}
	a := s.ask("GET", "/api/v1/queue?product=shop&as_of=2026-12-10T12:00:00%2B01:00", nil).must(200)
	if got := a.at("as_of"); got != "2026-12-10T11:00:00Z" {
		t.Errorf("as of %v", got)
	}
	for query, location := range map[string]string{
		"?as_of=2026-12-10T12:00:00Z":                                              "query.as_of", // no product
		"?product=shop&as_of=2027-06-01T00:00:00Z":                                 "query.as_of",
		"?product=shop&as_of=2026-01-01T00:00:00Z":                                 "query.as_of",
		"?product=shop&as_of=tomorrow":                                             "query.as_of",
		"?product=shop&as_of=" + monday.Add(100*24*time.Hour).Format("2006-01-02"): "query.as_of",
	} {
		if got := s.ask("GET", "/api/v1/queue"+query, nil).must(422).at("errors.0.location"); got != location {
			t.Errorf("%s: the fault is at %v, want %s", query, got, location)
		}
	}
	page := s.ask("GET", "/api/v1/queue?product=shop&limit=1&as_of=2026-12-10T12:00:00Z", nil).must(200)
	if cursor, ok := page.at("next_cursor").(string); ok {
		s.ask("GET", "/api/v1/queue?product=shop&limit=1&cursor="+cursor, nil).must(400)
	}
}
