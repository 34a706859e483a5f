package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/burnlist/burnlist/client"
)

func TestARedirectLosesNoWrite(t *testing.T) {
	var arrived []string // by method, where a redirect leads
	answer := func(w http.ResponseWriter, r *http.Request) {
		arrived = append(arrived, r.Method)
		_, _ = w.Write([]byte(`{"id": 1, "version": 1, "items": []}`))
	}
	other := httptest.NewServer(http.HandlerFunc(answer))
	defer other.Close()
	target, status := "", 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/moved/") {
			answer(w, r)
			return
		}
		http.Redirect(w, r, target+r.URL.Path, status)
	}))
	defer server.Close()
	own := &http.Client{}
	for _, h := range []*http.Client{nil, own} {
		options := []client.Option{client.Actor("ana@example.org")}
		if h != nil {
			options = append(options, client.HTTP(h))
		}
		c, err := client.New(server.URL, options...)
		if err != nil {
			t.Fatal(err)
		}
		calls := map[string]func() error{
			http.MethodGet:   func() error { _, err := c.Items(t.Context(), client.ItemFilter{}); return err },
			http.MethodPost:  func() error { _, err := c.CreateItem(t.Context(), client.NewItem{Title: "x"}); return err },
			http.MethodPatch: func() error { _, err := c.UpdateItem(t.Context(), 1, 1, client.ItemChange{}); return err },
		}
		for method, call := range calls {
			for _, status = range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect} {
				for name, to := range map[string]string{"another host": other.URL, "the same host": server.URL + "/moved"} {
					what := fmt.Sprintf("%s, %d to %s", method, status, name)
					target, arrived = to, nil
					err := call()
					if keeps := method == http.MethodGet || status == http.StatusTemporaryRedirect; keeps && to != other.URL {
						if err != nil || len(arrived) != 1 || arrived[0] != method {
							t.Errorf("%s: got %v, and %v arrived", what, err, arrived)
						}
						continue
					}
					want := server.URL + " is redirected to " + to
					if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), ": give that address") || len(arrived) > 0 {
						t.Errorf("%s: got %v, and %v arrived; want %s", what, err, arrived, want)
					}
					if _, again := errors.AsType[*client.Unanswered](err); again {
						t.Errorf("%s: it would be sent again", what)
					}
				}
			}
		}
	}
	if own.CheckRedirect != nil {
		t.Error("the client that was given is changed")
	}
	target, status = other.URL, http.StatusFound
	c, err := client.New(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, err := range c.Listen(t.Context(), 0) {
		told++
		if err == nil || !strings.Contains(err.Error(), "is redirected") {
			t.Errorf("the stream says %v", err)
		}
	}
	if told != 1 {
		t.Errorf("the stream said %d things, want that it is redirected", told)
	}
}

// TestNothingElsePassesForBurnlist asks servers that answer everything with
// success.
func TestNothingElsePassesForBurnlist(t *testing.T) {
	answer := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answer)) }))
	defer server.Close()
	c, err := client.New(server.URL, client.Actor("ana@example.org"))
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]func() error{
		"items":    func() error { _, err := c.Items(t.Context(), client.ItemFilter{}); return err },
		"queue":    func() error { _, err := c.Queue(t.Context(), client.QueueFilter{}); return err },
		"item":     func() error { _, err := c.Item(t.Context(), 1); return err },
		"created":  func() error { _, err := c.CreateItem(t.Context(), client.NewItem{}); return err },
		"policy":   func() error { _, err := c.Policy(t.Context()); return err },
		"product":  func() error { _, err := c.Product(t.Context(), "shop"); return err },
		"changed":  func() error { _, err := c.UpdateProduct(t.Context(), "shop", 1, client.ProductChange{}); return err },
		"recorded": func() error { _, err := c.DecideInReview(t.Context(), 1, 1, 0, client.NewDecision{}); return err },
		"undone":   func() error { _, err := c.UndoDecision(t.Context(), 1, 1); return err },
		"added":    func() error { _, err := c.AddToAgenda(t.Context(), 1, client.NewEntry{}); return err },
		"excluded": func() error { _, err := c.PreviewExclusion(t.Context(), "x", client.NewExclusion{}); return err },
		"digest":   func() error { _, err := c.Digest(t.Context(), 1); return err },
		"stream": func() error {
			for _, err := range c.Listen(t.Context(), 0) {
				return err
			}
			return nil
		},
	}
	for _, answer = range []string{`{"status": "ok"}`, `{}`, `[]`, `null`, `"ok"`, `<html>Please log in</html>`, ``} {
		for name, call := range calls {
			if err := call(); err == nil || err.Error() != server.URL+" does not answer as burnlist does: look at the address" {
				t.Errorf("%s, answered with %q: got %v", name, answer, err)
			}
		}
	}
}
