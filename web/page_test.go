package web_test

import (
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/web"
)

var update = flag.Bool("update", false, "write the golden files anew")

// get asks the page for path, showing w as of monday.
func get(t *testing.T, w *burnlist.World, path string) *httptest.ResponseRecorder {
	t.Helper()
	return getAt(t, queue(w), monday, path)
}

func getAt(t *testing.T, q *prioritizer.Queue, now time.Time, path string) *httptest.ResponseRecorder {
	t.Helper()
	h := web.New(func() *prioritizer.Queue { return q }, inTouch, func() time.Time { return now }, slog.New(slog.DiscardHandler))
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	if answer.Header().Get("Content-Type") == "text/html; charset=utf-8" {
		wellFormed(t, answer.Body.String())
	}
	return answer
}

// version is that of a style sheet, in its address: the golden files are of the
// page, not of its looks.
var version = regexp.MustCompile(`\?v=[0-9a-f]+`)

func TestThePageLooksAsItShould(t *testing.T) {
	tests := map[string]struct {
		world *burnlist.World
		path  string
	}{
		"home.html":    {world(), "/"},
		"shop.html":    {world(), "/?product=shop&tier=jump"},
		"begin.html":   {burnlist.NewWorld(), "/"},
		"refused.html": {world(), "/?product=shpo&sort=loudest"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := version.ReplaceAll(get(t, test.world, test.path).Body.Bytes(), []byte("?v=version"))
			golden := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(golden, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("the page has changed; if on purpose, run the test with -update (-want +got):\n%s", diff)
			}
		})
	}
}
