package api_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/burnlist/burnlist/api"
)

func TestOnlyKnownHostsAreAnswered(t *testing.T) {
	s := newServer(t)
	for name, c := range map[string]struct {
		host, path string
		status     int
	}{
		"localhost":                  {"localhost", "/api/v1/queue", 200},
		"localhost with a port":      {"localhost:8080", "/api/v1/queue", 200},
		"another case":               {"LocalHost:8080", "/api/v1/queue", 200},
		"IPv4 loopback":              {"127.0.0.1:9", "/api/v1/queue", 200},
		"IPv6 loopback":              {"[::1]:8080", "/api/v1/queue", 200},
		"IPv6 loopback, no port":     {"[::1]", "/api/v1/queue", 200},
		"a configured name":          {"burnlist.example.org:443", "/api/v1/queue", 200},
		"its full form":              {"burnlist.example.org.", "/api/v1/queue", 200},
		"a name below it":            {"evil.burnlist.example.org", "/api/v1/queue", 421},
		"a name above it":            {"example.org", "/api/v1/queue", 421},
		"a rebound name":             {"localhost.evil.example", "/api/v1/queue", 421},
		"an address nobody told":     {"10.1.2.3:8080", "/api/v1/queue", 421},
		"a probe by address":         {"10.1.2.3:8080", "/readyz", 200},
		"a scraper by address":       {"10.1.2.3:8080", "/metrics", 200},
		"a scraper by rebound name":  {"evil.example:8080", "/metrics", 421},
		"a page of a rebound name":   {"evil.example:8080", "/", 421},
		"an address that is no page": {"evil.example:8080", "/nowhere", 421},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.ask("GET", c.path, nil, "Host", c.host).must(c.status)
			if c.status == 421 && (a.at("code") != "misdirected" || !strings.Contains(a.text, "allowed_hosts")) {
				t.Errorf("got %s", a.text)
			}
		})
	}
}

func TestPagesOfOtherSitesCannotWrite(t *testing.T) {
	s := newServer(t)
	product := `{"name": "shop", "zone": "UTC"}`
	for name, headers := range map[string][]string{
		"a browser that says so": {"Sec-Fetch-Site", "cross-site"},
		"a neighbouring site":    {"Sec-Fetch-Site", "same-site"},
		"an older browser":       {"Origin", "https://evil.example"},
	} {
		if a := s.ask("POST", "/api/v1/products", product, headers...).must(403); a.at("code") != "forbidden" {
			t.Errorf("%s: got %s", name, a.text)
		}
	}
	s.ask("GET", "/api/v1/queue", nil, "Sec-Fetch-Site", "cross-site").must(200)
	s.ask("POST", "/api/v1/products", product, "Sec-Fetch-Site", "same-origin").must(201)
}

func TestAnswersCarrySecurityHeaders(t *testing.T) {
	s := newServer(t, func(o *api.Options) {
		o.Page = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'self'")
			_, _ = io.WriteString(w, "<!doctype html>")
		})
	})
	for path, policy := range map[string]string{
		"/api/v1/queue": "default-src 'none'; frame-ancestors 'none'",
		"/nowhere":      "default-src 'none'; frame-ancestors 'none'",
		"/":             "default-src 'self'",
		"/static/x.css": "default-src 'self'",
	} {
		a := s.ask("GET", path, nil)
		if got := a.header.Get("Content-Security-Policy"); got != policy {
			t.Errorf("%s: got policy %q, want %q", path, got, policy)
		}
		if a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: nosniff is missing", path)
		}
	}
	if got := s.ask("GET", "/api/v1/nothing", nil).header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("got Cache-Control: %q", got)
	}
}

func TestHeadIsAnsweredLikeGet(t *testing.T) {
	s := newServer(t)
	a := s.ask("HEAD", "/readyz", nil).must(200)
	if a.text != "" || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		t.Errorf("got %q %v", a.text, a.header)
	}
}
