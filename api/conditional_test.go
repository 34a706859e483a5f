package api_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/burnlist/burnlist/api"
)

// readable are addresses of everything that can be read of a full world, by
// operation.
var readable = map[string]string{
	"list-products": "/api/v1/products", "get-product": "/api/v1/products/shop", "preview-digest": "/api/v1/products/shop/digest",
	"get-figures": "/api/v1/products/shop/figures", "list-services": "/api/v1/services", "get-service": "/api/v1/services/checkout",
	"list-slos": "/api/v1/slos", "get-slo": "/api/v1/slos/checkout-availability",
	"get-slo-figures": "/api/v1/slos/checkout-availability/figures", "get-slo-history": "/api/v1/slos/checkout-availability/history",
	"list-exclusions": "/api/v1/slos/checkout-availability/exclusions", "list-items": "/api/v1/items", "get-item": "/api/v1/items/1",
	"get-history": "/api/v1/items/1/history", "list-reviews": "/api/v1/reviews", "get-review": "/api/v1/reviews/1",
	"get-agenda": "/api/v1/reviews/1/agenda", "list-decisions": "/api/v1/reviews/1/decisions", "get-digest": "/api/v1/reviews/1/digest",
	"get-queue": "/api/v1/queue", "list-budgets": "/api/v1/budgets", "list-warnings": "/api/v1/warnings", "list-changes": "/api/v1/changes", "get-policy": "/api/v1/policy",
	"listen": "/api/v1/events",
}

// furnish makes what readable reads.
func (s *testServer) furnish() {
	s.t.Helper()
	s.seed()
	s.ask("POST", "/api/v1/items", map[string]any{"title": "pool alert", "service": "checkout"}).must(201)
	s.ask("POST", "/api/v1/reviews", `{"product": "shop"}`).must(201)
}

func TestWhatOneHasAlreadyIsNotSentAgain(t *testing.T) {
	s := newServer(t)
	s.furnish()
	for path, operations := range s.doc.Paths {
		o, ok := operations["get"]
		if !ok || !strings.HasPrefix(path, "/api/") || o.OperationID == "listen" { // a stream is never had already
			continue
		}
		path, ok := readable[o.OperationID]
		if !ok {
			t.Errorf("nothing is known to read for %s: add it to readable", o.OperationID)
			continue
		}
		t.Run(o.OperationID, func(t *testing.T) {
			a := s.ask("GET", path, nil).must(200)
			tag := a.header.Get("ETag")
			if tag == "" || a.header.Get("Cache-Control") != "private, no-cache" {
				t.Fatalf("got ETag %q and Cache-Control %q", tag, a.header.Get("Cache-Control"))
			}
			weak := "W/" + strings.TrimPrefix(tag, "W/")
			for name, have := range map[string]string{
				"the tag": tag, "the weak tag": weak, "the strong tag": strings.TrimPrefix(tag, "W/"), "any": "*",
				"one of several": `"x, y", W/"z" , ` + tag + `, "w"`, "several, no blanks": `"x",` + tag,
			} {
				b := s.ask("GET", path, nil, "If-None-Match", have).must(304)
				if b.header.Get("ETag") != tag || b.header.Get("Cache-Control") != "private, no-cache" || b.header.Get("Content-Length") != "" {
					t.Errorf("%s: got %v", name, b.header)
				}
			}
			for name, have := range map[string]string{
				"another": `"x"`, "no tag": "x", "half a tag": strings.TrimSuffix(tag, `"`), "nothing": " ", "a longer one": strings.TrimSuffix(tag, `"`) + `x"`,
				"one inside another": `"x` + strings.ReplaceAll(tag, `"`, "") + `"`, "a blank inside": `W/ ` + tag,
			} {
				if name == "a blank inside" && !strings.HasPrefix(tag, "W/") {
					continue
				}
				if b := s.ask("GET", path, nil, "If-None-Match", have).must(200); b.text != a.text {
					t.Errorf("%s: got another answer", name)
				}
			}
			head := s.ask("HEAD", path, nil, "If-None-Match", tag).must(304)
			if head.header.Get("ETag") != tag {
				t.Errorf("HEAD: got %v", head.header)
			}
			s.ask("HEAD", path, nil).must(200)
		})
	}
	if metrics := s.ask("GET", "/metrics", nil).text; !strings.Contains(metrics, `route="/api/v1/items/:id",status="304"`) {
		t.Error("the metrics do not count answers without a body")
	}
}

func TestATagChangesWithTheAnswer(t *testing.T) {
	s := newServer(t)
	s.furnish()
	tag := func(path string) string { return s.ask("GET", path, nil).must(200).header.Get("ETag") }
	list, queue, item, other := tag("/api/v1/items"), tag("/api/v1/warnings"), tag("/api/v1/items/1"), tag("/api/v1/budgets?product=shop")
	s.ask("PATCH", "/api/v1/services/checkout", `{"team": "wallet"}`, "If-Match", `"1"`).must(200)
	if a := s.ask("GET", "/api/v1/items/1", nil, "If-None-Match", item).must(200); a.at("team") != "wallet" {
		t.Errorf("got %s", a.text)
	}
	s.ask("GET", "/api/v1/items", nil, "If-None-Match", list).must(200)
	s.ask("GET", "/api/v1/warnings", nil, "If-None-Match", queue).must(200)
	s.ask("GET", "/api/v1/budgets?product=shop", nil, "If-None-Match", other).must(200)
	if tag("/api/v1/budgets?product=shop") == tag("/api/v1/budgets?service=checkout") {
		t.Error("two questions have the same tag")
	}
	// The tag of a thing names the version that one has seen.
	s.ask("PATCH", "/api/v1/items/1", `{"title": "y"}`, "If-Match", tag("/api/v1/items/1")).must(200)
	s.ask("PATCH", "/api/v1/items/1", `{"title": "z"}`, "If-Match", item).must(412)
	s.ask("PATCH", "/api/v1/items/1", `{"title": "z"}`, "If-Match", `"2-"`).must(400)
	s.ask("PATCH", "/api/v1/items/1", `{"title": "z"}`, "If-Match", list).must(400)
}

func TestFailuresHaveNoTag(t *testing.T) {
	s := newServer(t)
	for path, status := range map[string]int{"/api/v1/items/7": 404, "/api/v1/queue?tier=x": 422, "/api/v1/nothing": 404} {
		if a := s.ask("GET", path, nil, "If-None-Match", "*").must(status); a.header.Get("ETag") != "" || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: got %v", path, a.header)
		}
	}
}

// TestStreamsPassAsTheyAreWritten asks a handler that cannot go on before the
// client has read its first line.
func TestStreamsPassAsTheyAreWritten(t *testing.T) {
	for name, contentType := range map[string]string{"events": "text/event-stream", "a document that is flushed": "application/json"} {
		t.Run(name, func(t *testing.T) {
			read := make(chan struct{})
			e := echo.New()
			e.Use(api.Conditional)
			e.GET("/api/v1/events", func(c echo.Context) error {
				c.Response().Header().Set("Content-Type", contentType)
				c.Response().WriteHeader(http.StatusOK)
				_, _ = io.WriteString(c.Response(), "one\n")
				c.Response().Flush()
				<-read
				_, err := io.WriteString(c.Response(), "two\n")
				return err
			})
			server := httptest.NewServer(e)
			defer server.Close()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/api/v1/events", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("If-None-Match", "*")
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.StatusCode != http.StatusOK || response.Header.Get("ETag") != "" {
				t.Errorf("got %s, ETag %q", response.Status, response.Header.Get("ETag"))
			}
			first := make([]byte, 4)
			if _, err := io.ReadFull(response.Body, first); err != nil || string(first) != "one\n" {
				t.Fatalf("got %q, %v", first, err)
			}
			close(read)
			if rest, err := io.ReadAll(response.Body); err != nil || string(rest) != "two\n" {
				t.Errorf("got %q, %v", rest, err)
			}
		})
	}
}

func TestAPanicBehindAHeldAnswerIsStillAnswered(t *testing.T) {
	e := echo.New()
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			defer func() {
				if recover() != nil {
					_ = c.String(http.StatusInternalServerError, "sorry")
				}
			}()
			return next(c)
		}
	}, api.Conditional)
	e.GET("/api/v1/x", func(c echo.Context) error {
		c.Response().Header().Set("Content-Type", "application/json")
		c.Response().WriteHeader(http.StatusOK)
		panic("half way")
	})
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/x", http.NoBody))
	if w.Code != http.StatusInternalServerError || w.Body.String() != "sorry" {
		t.Errorf("got %d %q", w.Code, w.Body)
	}
}
