package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// fuzzed returns a furnished server for a fuzz target, and a function that asks
// its handler and holds the answer against the document: whatever is asked, the
// answer is a declared one, and no fault of ours.
func fuzzed(f *testing.F) func(t *testing.T, method, target, body string, header http.Header) *answer {
	f.Helper()
	s := newServer(f)
	s.furnish()
	return func(t *testing.T, method, target, body string, header http.Header) *answer {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
		if err != nil {
			t.Skip("no client sends that")
		}
		r.Host, r.Header = "localhost", header
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		a := &answer{t: t, status: w.Code, header: w.Header(), text: w.Body.String()}
		if a.status >= 500 {
			t.Fatalf("%s %s %q: status %d: %s\n%s", method, target, body, a.status, a.text, s.log)
		}
		if strings.Contains(a.header.Get("Content-Type"), "json") {
			if err := json.Unmarshal([]byte(a.text), &a.body); err != nil {
				t.Fatalf("%s %s %q answers what is no JSON object: %s", method, target, body, a.text)
			}
		}
		s.doc.check(t, method, r.URL.Path, a)
		return a
	}
}

func heading(pairs ...string) http.Header {
	h := http.Header{"Content-Type": {"application/json"}, "Burnlist-Actor": {"ana@example.org"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func FuzzBody(f *testing.F) {
	for _, c := range badFormInput {
		if body, ok := c.body.(string); ok {
			f.Add(body)
		}
	}
	f.Add(`{"title": "x", "service": "checkout", "due": "2026-11-30", "owner": null, "source": {"url": "https://example.org/"}}`)
	f.Add("[o")
	ask := fuzzed(f)
	f.Fuzz(func(t *testing.T, body string) {
		a := ask(t, "POST", "/api/v1/items", body, heading())
		if a.status != 201 && a.status != 400 && a.status != 422 && a.status != 409 {
			t.Errorf("%q: status %d: %s", body, a.status, a.text)
		}
		if a.status != 201 {
			return
		}
		var sent map[string]any
		if err := json.Unmarshal([]byte(body), &sent); err != nil {
			t.Fatalf("%q was taken: %v", body, err)
		}
		if title, _ := sent["title"].(string); a.at("title") != strings.TrimSpace(title) {
			t.Errorf("%q became %q", title, a.at("title"))
		}
		// What was taken can be read.
		ask(t, "GET", a.header.Get("Location"), "", heading())
	})
}

func FuzzCursor(f *testing.F) {
	f.Add("", 1)
	f.Add(forged(`{"s":"item/1","c":"no_owner","p":1,"f":""}`), 3)
	f.Add(forged(`{"t":1,"s":83.5,"d":"2026-11-30","o":"2026-11-01","i":1,"f":""}`), 3)
	f.Add(forged(`null`), 0)
	ask := fuzzed(f)
	f.Fuzz(func(t *testing.T, cursor string, limit int) {
		for _, list := range []string{"queue", "warnings"} {
			query := url.Values{"cursor": {cursor}}
			if limit > 0 && limit <= 500 {
				query.Set("limit", "1")
			}
			a := ask(t, "GET", "/api/v1/"+list+"?"+query.Encode(), "", heading())
			if a.status != 200 && a.status != 400 && a.status != 422 {
				t.Errorf("%s: %q: status %d: %s", list, cursor, a.status, a.text)
			}
		}
	})
}

func FuzzQuery(f *testing.F) {
	for _, c := range badFormInput {
		if _, query, ok := strings.Cut(c.path, "?"); ok {
			f.Add(query)
		}
	}
	f.Add("product=shop&limit=5")
	f.Add("from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z&step=1h")
	f.Add("format=svg")
	ask := fuzzed(f)
	paths := []string{"/api/v1/items", "/api/v1/queue", "/api/v1/warnings", "/api/v1/reviews", readable["get-slo-history"], readable["get-agenda"], readable["get-digest"]}
	f.Fuzz(func(t *testing.T, query string) {
		for _, path := range paths {
			ask(t, "GET", (&url.URL{Path: path, RawQuery: query}).String(), "", heading())
		}
	})
}

func FuzzHeaders(f *testing.F) {
	for _, c := range badFormInput {
		for i := 0; i+1 < len(c.headers); i += 2 {
			f.Add(c.headers[i], c.headers[i+1])
		}
	}
	f.Add("If-None-Match", `W/"a", "b,c" , *`)
	f.Add("If-None-Match", `W/"`)
	f.Add("Accept", "application/xml;q=0.1,*/*")
	f.Add("ACCept", ";0 ")
	ask := fuzzed(f)
	f.Fuzz(func(t *testing.T, name, value string) {
		if name == "" || strings.EqualFold(name, "Host") {
			return
		}
		ask(t, "PATCH", "/api/v1/items/1", `{"title": "pool alert"}`, heading("If-Match", value, name, value))
		a := ask(t, "GET", "/api/v1/items/1", "", heading("If-None-Match", value, name, value))
		if a.status == 304 && !strings.Contains(value, "*") && !strings.Contains(value, `"`) {
			t.Errorf("%s: %q is taken for a tag", name, value)
		}
	})
}
