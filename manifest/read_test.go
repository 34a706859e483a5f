package manifest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
	"github.com/burnlist/burnlist/config"
	"github.com/burnlist/burnlist/manifest"
)

// holding returns a client of a server that has some items, and nothing else
// that a manifest names.
func holding(t *testing.T, items ...burnlist.ItemView) *client.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var answer any
		noun, id, one := strings.Cut(strings.TrimPrefix(r.URL.Path, "/api/v1/"), "/")
		switch {
		case noun == "policy":
			answer = burnlist.DefaultPolicy()
		case noun != "items":
			answer = map[string]any{noun: []string{}}
		case !one:
			fit := []burnlist.ItemView{}
			for _, i := range items {
				if key := r.URL.Query().Get("key"); key == "" || key == string(i.Key) {
					fit = append(fit, i)
				}
			}
			answer = client.ItemList{Items: fit}
		default:
			for _, i := range items {
				if id == strconv.FormatInt(i.ID, 10) {
					answer = i
				}
			}
			if answer == nil {
				w.WriteHeader(http.StatusNotFound)
				answer = map[string]any{"status": 404, "detail": "there is no such item", "code": burnlist.NotFound}
			}
		}
		_ = json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(server.Close)
	c, err := client.New(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestAnItemThatGotAKeyIsKnownByNoOther holds whether few items are asked for
// one by one, or many are listed.
func TestAnItemThatGotAKeyIsKnownByNoOther(t *testing.T) {
	item := func(id int64, key burnlist.NullString) burnlist.ItemView {
		return burnlist.Item{ID: id, ItemFields: burnlist.ItemFields{Key: key, Title: "Bound the queue", Service: "checkout"}}.View(burnlist.Service{})
	}
	c := holding(t, item(1, ""), item(2, "PM-2"), item(3, "burnlist/3"))
	for _, others := range []int{0, 300} {
		want := &config.Manifest{}
		for _, key := range []string{"burnlist/1", "burnlist/2", "burnlist/3", "burnlist/9"} {
			want.Items = append(want.Items, config.Item{Key: key, Title: new("Bound the queue")})
		}
		for n := range others {
			want.Items = append(want.Items, config.Item{Key: fmt.Sprintf("OPS-%d", n), Title: new("x")})
		}
		s, err := manifest.Read(t.Context(), c, want)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Items) != 2 || s.Items["burnlist/1"].ID != 1 || s.Items["burnlist/3"].ID != 3 || len(s.Strangers) != 0 {
			t.Errorf("beside %d others: got %v, strangers %v; item 2 has a key of its own", others, s.Items, s.Strangers)
		}
		want.Items[0].Title = new("Alert on its length")
		if s, err = manifest.Read(t.Context(), c, want); err != nil || s.Strangers["burnlist/1"].ID != 1 || len(s.Items) != 1 {
			t.Errorf("beside %d others: %v, item 1 has another title, and strangers are %v", others, err, s.Strangers)
		}
	}
}

// TestNoTwoItemsAreExportedUnderOneKey has an item whose own key is what would
// stand for another one without.
func TestNoTwoItemsAreExportedUnderOneKey(t *testing.T) {
	item := func(id int64, key, title burnlist.NullString) burnlist.ItemView {
		return burnlist.Item{ID: id, Status: burnlist.Open, ItemFields: burnlist.ItemFields{
			Key: key, Title: string(title), Service: "checkout", Priority: "P2", OpenedOn: burnlist.NewDate(2026, 11, 1),
		}}.View(burnlist.Service{})
	}
	c := holding(t, item(5, "", "one without"), item(6, "burnlist/5", "one that has it"), item(7, "burnlist/05", "and one more"), item(8, "", "free"))
	m, err := manifest.Export(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, i := range m.Items {
		keys = append(keys, i.Key)
	}
	if got := strings.Join(keys, " "); got != "burnlist/005 burnlist/5 burnlist/05 burnlist/8" {
		t.Errorf("the keys are %s", got)
	}
	for _, others := range []int{0, 300} {
		want := &config.Manifest{Items: m.Items}
		for n := range others {
			want.Items = append(want.Items, config.Item{Key: fmt.Sprintf("OPS-%d", n)})
		}
		s, err := manifest.Read(t.Context(), c, want)
		if err != nil {
			t.Fatal(err)
		}
		for n, i := range m.Items {
			if s.Items[i.Key].ID != int64(n+5) {
				t.Errorf("beside %d others, %s is read as item %d, want %d", others, i.Key, s.Items[i.Key].ID, n+5)
			}
		}
		p := manifest.Diff(&config.Manifest{Items: m.Items}, s, false)
		if len(p.Steps)+len(p.Kept)+len(p.Refused) > 0 {
			t.Errorf("what is exported has steps: %v %v %v", p.Steps, p.Kept, p.Refused)
		}
	}
}
