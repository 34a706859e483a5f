package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestADigestIsDeliveredThoughTheServerIsKilled kills the server after a target
// has got the digest and before it could answer. The target gets it once more,
// with the same id, and everything behind it once and in order.
func TestADigestIsDeliveredThoughTheServerIsKilled(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of it is waiting until the claim of the killed server ends
			ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
			defer cancel()
			type sent struct{ id, text string }
			arrived := make(chan sent, 16)
			kill := make(chan struct{})
			var first sync.Once
			target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				text, _ := io.ReadAll(r.Body)
				arrived <- sent{r.Header.Get("Burnlist-Message-Id"), string(text)}
				first.Do(func() {
					close(kill)
					<-r.Context().Done() // the server dies before it hears an answer
				})
			}))
			defer target.Close()
			settings := filepath.Join(t.TempDir(), "settings.yaml")
			if err := os.WriteFile(settings, fmt.Appendf(nil, "notify:\n  - name: channel\n    webhook_url: %s/hook\n    timeout: 1s\n", target.URL), 0o600); err != nil {
				t.Fatal(err)
			}
			args := []string{"serve", "--config", settings, "--listen", "127.0.0.1:0", "--database", database(t)}
			p := start(t, args...)
			shop(t, p.url)
			post(t, p.url+"/api/v1/items", object{"title": "Bound the queue", "service": "checkout"})
			conclude := func(url string, review int) {
				t.Helper()
				if _, err := call(ctx, http.MethodPost, url+"/api/v1/reviews", object{"product": "shop"}, http.StatusCreated, nil); err != nil {
					t.Fatal(err)
				}
				at := fmt.Sprintf("%s/api/v1/reviews/%d", url, review)
				for _, step := range []struct {
					path string
					body object
				}{{"/decisions", object{"item": 1, "kind": "carry"}}, {"/conclude", object{}}} {
					if _, err := call(ctx, http.MethodPost, at+step.path, step.body, http.StatusOK, nil); err != nil {
						t.Fatal(err)
					}
				}
			}
			conclude(p.url, 1)
			select {
			case <-kill:
			case <-ctx.Done():
				t.Fatal("the digest never arrived")
			}
			p.kill()
			again := start(t, args...)
			conclude(again.url, 2)

			var ids []string
			for len(ids) < 3 {
				select {
				case s := <-arrived:
					ids = append(ids, s.id)
					if !strings.Contains(s.text, "shop review") {
						t.Errorf("what arrived is no digest: %.200s", s.text)
					}
				case <-ctx.Done():
					t.Fatalf("only %q arrived", ids)
				}
			}
			if got := strings.Join(ids, " "); got != "review-1 review-1 review-2" {
				t.Errorf("%q arrived; want the first twice, as the server was killed, and the second once", got)
			}
			t.Log("one duplicate, by a kill between the sending and the note of it")
		})
	}
}
