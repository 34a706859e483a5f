package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/burnlist/burnlist/internal/pgtest"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/store"
)

// acknowledged is what a server said it has stored.
type acknowledged struct {
	ID       int64 `json:"id"`
	revision string
}

// write posts items from several clients at once until each has sent its
// share, or its server is gone. It returns what was acknowledged.
func write(ctx context.Context, urls []string, clients, each int, then func(client int, a acknowledged) error) ([]acknowledged, error) {
	var (
		mu    sync.Mutex
		all   []acknowledged
		first error
		wg    sync.WaitGroup
	)
	for c := range clients {
		wg.Go(func() {
			url := urls[c%len(urls)]
			for n := range each {
				a := acknowledged{}
				header, err := call(ctx, http.MethodPost, url+"/api/v1/items", object{
					"title": fmt.Sprintf("Cap the pool of client %d at %d connections", c, n), "service": []string{"checkout", "search"}[n%2],
					"priority": fmt.Sprintf("P%d", rand.IntN(5)), "owner": "ana@example.org",
				}, http.StatusCreated, &a)
				mu.Lock()
				if err == nil {
					a.revision = header.Get("Burnlist-Revision")
					all = append(all, a)
				} else if first == nil {
					first = err
				}
				mu.Unlock()
				if err == nil {
					err = then(c, a)
				}
				if err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return all, first
}

type queue struct {
	AsOf     time.Time `json:"as_of"`
	Revision int64     `json:"revision"`
	Total    int       `json:"total"`
	Entries  []struct {
		Item struct {
			ID int64 `json:"id"`
		} `json:"item"`
	} `json:"entries"`
}

func (q queue) ids() []int64 {
	ids := make([]int64, len(q.Entries))
	for i, e := range q.Entries {
		ids[i] = e.Item.ID
	}
	return ids
}

// awaitItem asks for the queue until the item is in it.
func awaitItem(ctx context.Context, url string, id int64) error {
	for {
		var q queue
		if _, err := call(ctx, http.MethodGet, url+"/api/v1/queue?limit=500", nil, http.StatusOK, &q); err != nil {
			return err
		}
		if slices.Contains(q.ids(), id) {
			return nil
		}
	}
}

// TestTwoServersOverOnePostgreSQLShowTheSameOrder writes 200 items from eight
// clients through two servers.
func TestTwoServersOverOnePostgreSQLShowTheSameOrder(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	database := pgtest.Database(t)
	urls := []string{
		start(t, "serve", "--listen", "127.0.0.1:0", "--database", database).url,
		start(t, "serve", "--listen", "127.0.0.1:0", "--database", database).url,
	}
	shop(t, urls[0])
	if err := awaitService(ctx, urls[1], "search"); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var own, other []time.Duration
	began := time.Now()
	all, err := write(ctx, urls, 8, 25, func(c int, a acknowledged) error {
		acked := time.Now()
		if err := awaitItem(ctx, urls[c%2], a.ID); err != nil {
			return err
		}
		there := time.Now()
		if err := awaitItem(ctx, urls[(c+1)%2], a.ID); err != nil {
			return err
		}
		mu.Lock()
		own, other = append(own, there.Sub(acked)), append(other, time.Since(acked))
		mu.Unlock()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 200 || len(other) != 200 {
		t.Fatalf("%d items acknowledged and %d seen, want 200", len(all), len(other))
	}
	slices.Sort(own)
	slices.Sort(other)
	t.Logf("200 items in %s; from an acknowledged write to the new order there: median %s, worst %s; on the other server too: median %s, worst %s",
		time.Since(began).Round(time.Millisecond), own[100], own[199], other[100], other[199])

	s, err := store.Open(ctx, database, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	changes, err := s.Changes(ctx, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	items := 0
	for i, c := range changes {
		if c.Revision != int64(i)+1 {
			t.Fatalf("the change at place %d has revision %d", i+1, c.Revision)
		}
		items += len(c.After.Items)
	}
	if items != 200 {
		t.Errorf("%d items in the change log, want 200", items)
	}
	world, err := s.World(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range urls {
		var q queue
		if _, err := call(ctx, http.MethodGet, url+"/api/v1/queue?limit=500", nil, http.StatusOK, &q); err != nil {
			t.Fatal(err)
		}
		var want []int64
		for e := range prioritizer.Rank(world, q.AsOf).All() {
			want = append(want, e.Item.ID)
		}
		if !slices.Equal(q.ids(), want) || q.Total != 200 || q.Revision != world.Revision {
			t.Errorf("%s shows revision %d with %d items in another order than a fresh ranking of revision %d", url, q.Revision, q.Total, world.Revision)
		}
	}
}

func awaitService(ctx context.Context, url, name string) error {
	for {
		_, err := call(ctx, http.MethodGet, url+"/api/v1/services/"+name, nil, http.StatusOK, nil)
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
}

// TestNothingAcknowledgedIsLost kills a server in the middle of eight clients'
// writes and starts it again.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	for name, database := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "burnlist.db") },
		"postgres": func(t *testing.T) string { return pgtest.Database(t) },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			url := database(t)
			p := start(t, "serve", "--listen", "127.0.0.1:0", "--database", url)
			shop(t, p.url)
			var acks atomic.Int64
			all, err := write(ctx, []string{p.url}, 8, 1000, func(int, acknowledged) error {
				if acks.Add(1) == 100 {
					p.kill()
				}
				return nil
			})
			if err == nil {
				t.Fatal("every write was acknowledged: the server was not killed in the middle")
			}
			again := start(t, "serve", "--listen", "127.0.0.1:0", "--database", url)
			var q queue
			if _, err := call(ctx, http.MethodGet, again.url+"/api/v1/queue?limit=500", nil, http.StatusOK, &q); err != nil {
				t.Fatal(err)
			}
			there := map[int64]bool{}
			for _, id := range q.ids() {
				there[id] = true
			}
			lost := 0
			for _, a := range all {
				if !there[a.ID] {
					lost++
				}
			}
			if lost > 0 {
				t.Errorf("%d of %d acknowledged items are lost", lost, len(all))
			}
			t.Logf("%d items acknowledged before the kill, %d stored, %d lost", len(all), q.Total, lost)
		})
	}
}
