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
