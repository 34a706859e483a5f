package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/burnlist/burnlist/internal/pgtest"
)

// databases are a fresh one of each kind.
var databases = map[string]func(t *testing.T) string{
	"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "burnlist.db") },
	"postgres": func(t *testing.T) string { return pgtest.Database(t) },
}

type meeting struct {
	ID    int64  `json:"id"`
	State string `json:"state"`
	Tally *struct {
		Decided   int `json:"decided"`
		Rollovers int `json:"rollovers"`
	} `json:"tally"`
}

type recorded struct {
	Decisions []struct {
		Item  int64  `json:"item"`
		Actor string `json:"actor"`
	} `json:"decisions"`
}

type reviewed struct {
	ID        int64  `json:"id"`
	Version   int64  `json:"version"`
	Promised  string `json:"promised"`
	Rollovers struct {
		Total int `json:"total"`
	} `json:"rollovers"`
}

// overdueItems creates items that were due yesterday.
func overdueItems(ctx context.Context, url string, n int) error {
	day := func(days int) string { return time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly) }
	var wg sync.WaitGroup
	failed := make(chan error, n)
	for c := range 8 {
		wg.Go(func() {
			for i := c; i < n; i += 8 {
				if _, err := call(ctx, http.MethodPost, url+"/api/v1/items", object{
					"title": fmt.Sprintf("Cap pool %d", i), "service": "checkout", "owner": "ana@example.org",
					"opened_on": day(-20), "due": day(-3),
				}, http.StatusCreated, nil); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(failed)
	return <-failed
}

// decider is one of many who decide at once.
type decider struct {
	actor  string
	review int64
	item   int64
}

// decide sends the decider's decision until it is recorded: with the version
// that a conflict tells, and after a failure only if it is not recorded yet.
func (d decider) decide(ctx context.Context, server func() string) error {
	version := int64(0)
	for unsure := false; ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if unsure {
			there, err := d.recorded(ctx, server())
			if err != nil {
				continue // the server is not back yet
			}
			if there {
				return nil
			}
		}
		body, _ := json.Marshal(object{"item": d.item, "kind": "reassign", "owner": d.actor})
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, fmt.Sprintf("%s/api/v1/reviews/%d/decisions", server(), d.review), bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Burnlist-Actor", d.actor)
		if version != 0 {
			req.Header.Set("If-Match", fmt.Sprintf(`"%d"`, version))
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			unsure = true
			continue
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			unsure = true
			continue
		}
		switch resp.StatusCode {
		case http.StatusOK:
			return nil
		case http.StatusServiceUnavailable:
			unsure = true
		case http.StatusConflict, http.StatusPreconditionFailed:
			var p struct {
				Current struct {
					Item reviewed `json:"item"`
				} `json:"current"`
			}
			if err := json.Unmarshal(text, &p); err != nil || p.Current.Item.Version == 0 {
				return fmt.Errorf("a conflict without the current state: %s", text)
			}
			version, unsure = p.Current.Item.Version, false
		default:
			return fmt.Errorf("%s: %s", resp.Status, text)
		}
	}
}

func (d decider) recorded(ctx context.Context, url string) (bool, error) {
	var all recorded
	if _, err := call(ctx, http.MethodGet, fmt.Sprintf("%s/api/v1/reviews/%d/decisions", url, d.review), nil, http.StatusOK, &all); err != nil {
		return false, err
	}
	for _, r := range all.Decisions {
		if r.Actor == d.actor {
			return true, nil
		}
	}
	return false, nil
}

// TestTwoHundredDecidersLoseNothing has 200 people decide of 40 items in one
// review at once, while the server is killed in the middle and started again.
func TestTwoHundredDecidersLoseNothing(t *testing.T) {
	const people, items = 200, 40
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			at := database(t)
			var mu sync.Mutex
			current := start(t, "serve", "--listen", "127.0.0.1:0", "--database", at)
			server := func() string { mu.Lock(); defer mu.Unlock(); return current.url }
			shop(t, server())
			if err := overdueItems(ctx, server(), items); err != nil {
				t.Fatal(err)
			}
			var r meeting
			if _, err := call(ctx, http.MethodPost, server()+"/api/v1/reviews", object{"product": "shop"}, http.StatusCreated, &r); err != nil {
				t.Fatal(err)
			}

			var wg sync.WaitGroup
			failed := make(chan error, people)
			done := make(chan struct{}, people)
			for n := range people {
				wg.Go(func() {
					d := decider{actor: fmt.Sprintf("person-%d@example.org", n), review: r.ID, item: int64(n%items) + 1}
					if err := d.decide(ctx, server); err != nil {
						failed <- fmt.Errorf("%s: %w", d.actor, err)
					}
					done <- struct{}{}
				})
			}
			for range people / 4 {
				<-done
			}
			mu.Lock()
			current.kill()
			current = start(t, "serve", "--listen", "127.0.0.1:0", "--database", at)
			mu.Unlock()
			wg.Wait()
			close(failed)
			for err := range failed {
				t.Error(err)
			}

			var all recorded
			if _, err := call(ctx, http.MethodGet, fmt.Sprintf("%s/api/v1/reviews/%d/decisions", server(), r.ID), nil, http.StatusOK, &all); err != nil {
				t.Fatal(err)
			}
			by, of := map[string]int{}, map[int64]int{}
			for _, d := range all.Decisions {
				by[d.Actor]++
				of[d.Item]++
			}
			if len(all.Decisions) != people || len(by) != people {
				t.Errorf("%d decisions of %d people are recorded, want one of each of %d", len(all.Decisions), len(by), people)
			}
			for id := range int64(items) {
				var i reviewed
				if _, err := call(ctx, http.MethodGet, fmt.Sprintf("%s/api/v1/items/%d", server(), id+1), nil, http.StatusOK, &i); err != nil {
					t.Fatal(err)
				}
				if want := int64(1 + of[i.ID]); i.Version != want {
					t.Errorf("item %d has version %d after %d decisions, want %d", i.ID, i.Version, of[i.ID], want)
				}
			}
		})
	}
}

// TestAConclusionIsWholeOrNotAtAll kills the server at different moments of a
// conclusion of 400 items.
func TestAConclusionIsWholeOrNotAtAll(t *testing.T) {
	const items = 400
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
			defer cancel()
			at := database(t)
			p := start(t, "serve", "--listen", "127.0.0.1:0", "--database", at)
			shop(t, p.url)
			if err := overdueItems(ctx, p.url, items); err != nil {
				t.Fatal(err)
			}
			var r meeting
			if _, err := call(ctx, http.MethodPost, p.url+"/api/v1/reviews", object{"product": "shop"}, http.StatusCreated, &r); err != nil {
				t.Fatal(err)
			}
			review := fmt.Sprintf("/api/v1/reviews/%d", r.ID)
			if _, err := call(ctx, http.MethodPost, p.url+review+"/decisions", object{"item": 1, "kind": "carry"}, http.StatusOK, nil); err != nil {
				t.Fatal(err)
			}
			killedBefore := 0
			for delay := time.Millisecond; r.State != "attended"; delay = delay * 3 / 2 {
				asked := make(chan struct{})
				go func() {
					defer close(asked)
					_, _ = call(ctx, http.MethodPost, p.url+review+"/conclude", object{}, http.StatusOK, nil) // the server may not live to answer
				}()
				select {
				case <-asked:
				case <-time.After(delay):
				}
				p.kill()
				<-asked
				p = start(t, "serve", "--listen", "127.0.0.1:0", "--database", at)
				if _, err := call(ctx, http.MethodGet, p.url+review, nil, http.StatusOK, &r); err != nil {
					t.Fatal(err)
				}
				var list struct {
					Items []reviewed `json:"items"`
				}
				if _, err := call(ctx, http.MethodGet, p.url+"/api/v1/items?limit=500", nil, http.StatusOK, &list); err != nil {
					t.Fatal(err)
				}
				rolled := 0
				for _, i := range list.Items {
					rolled += i.Rollovers.Total
				}
				switch {
				case len(list.Items) != items:
					t.Fatalf("%d items, want %d", len(list.Items), items)
				case r.State == "open" && rolled == 0:
					killedBefore++
				case r.State == "attended" && rolled == items && r.Tally != nil && r.Tally.Rollovers == items && r.Tally.Decided == 1:
				default:
					t.Fatalf("after a kill the review is %s and %d of %d items rolled over", r.State, rolled, items)
				}
			}
			var digest object
			if _, err := call(ctx, http.MethodGet, p.url+review+"/digest?format=json", nil, http.StatusOK, &digest); err != nil {
				t.Fatal(err)
			}
			if killedBefore == 0 {
				t.Error("every kill came too late to show anything")
			}
			t.Logf("killed %d times before the conclusion was there", killedBefore)
		})
	}
}
