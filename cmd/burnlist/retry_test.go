package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/burnlist/burnlist/internal/pgtest"
	"github.com/burnlist/burnlist/store"
)

// keyed is a request that was answered in the end.
type keyed struct {
	kind, path, body, actor, key string

	revision int64
	etag     string
	answer   string
	cut      bool // it was sent more than once
	unheard  bool // it was done by the time that it was sent again
}

// retrier is a client that sends every request under a key of its own until it
// is answered, whatever happens to the server meanwhile.
type retrier struct {
	actor  string
	server func() (url string, begun int64) // and at which revision it was when it began to serve
	sent   []*keyed
}

// post sends one request until it is answered, and returns what was answered.
func (c *retrier) post(ctx context.Context, kind, path string, body object) (object, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	k := &keyed{kind: kind, path: path, body: string(text), actor: c.actor, key: fmt.Sprintf("%s/%d", kind, len(c.sent))}
	for {
		url, begun := c.server()
		status, err := k.send(ctx, url)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil || status == http.StatusServiceUnavailable:
			k.cut = true
			continue
		case status != http.StatusOK && status != http.StatusCreated:
			return nil, fmt.Errorf("%s %s %s, sent again %v: %d %s", kind, path, text, k.cut, status, k.answer)
		}
		k.unheard = k.cut && k.revision <= begun
		c.sent = append(c.sent, k)
		answer := object{}
		err = json.Unmarshal([]byte(k.answer), &answer)
		return answer, err
	}
}

func (k *keyed) send(ctx context.Context, url string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/api/v1/"+k.path, strings.NewReader(k.body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Burnlist-Actor", k.actor)
	req.Header.Set("Idempotency-Key", k.key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	k.answer, k.etag = string(text), resp.Header.Get("ETag")
	k.revision, _ = strconv.ParseInt(resp.Header.Get("Burnlist-Revision"), 10, 64) // none where it failed
	return resp.StatusCode, nil
}

// week sends every kind of request that takes a key, about a product of its own
// whose slot is days away.
func (c *retrier) week(ctx context.Context, name string) error {
	var failed error
	post := func(kind, path string, body object) object {
		if failed != nil {
			return object{}
		}
		var answer object
		answer, failed = c.post(ctx, kind, path, body)
		return answer
	}
	id := func(of object) string { return fmt.Sprint(of["id"]) }
	item := func(title string) object {
		return post("create-item", "items", object{"title": title, "service": name})
	}
	slot := time.Now().UTC().AddDate(0, 0, 3)
	post("create-product", "products", object{
		"name": name, "zone": "UTC", "slot": object{"weekday": strings.ToLower(slot.Weekday().String()), "time": "10:00"},
	})
	post("create-service", "services", object{"name": name, "product": name})
	post("create-slo", "slos", object{
		"name": name, "service": name, "objective": 0.999, "indicator": object{"ratio": object{"expression": "errors:ratio"}},
	})
	excluded := post("create-exclusion", "slos/"+name+"/exclusions", object{
		"start": time.Now().Add(-2 * time.Hour), "end": time.Now().Add(-time.Hour), "reason": "maintenance",
	})
	post("remove-exclusion", "slos/"+name+"/exclusions/"+id(excluded)+"/remove", object{})
	first, second := item("Cap the pool"), item("Alert on saturation")
	post("decide-item", "items/"+id(first)+"/decisions", object{"kind": "split", "parts": []object{{"title": "Measure the pool"}}})
	post("cancel-slot", "reviews/cancel", object{"product": name, "slot": slot.Format(time.DateOnly), "reason": "holiday"})
	review := "reviews/" + id(post("open-review", "reviews", object{"product": name}))
	post("refreeze-review", review+"/refreeze", object{})
	post("add-to-agenda", review+"/agenda", object{"item": item("Reported in the meeting")["id"]})
	post("decide-in-review", review+"/decisions", object{"item": second["id"], "kind": "split", "parts": []object{{"title": "one"}, {"title": "two"}}})
	post("undo-decision", review+"/decisions/1/undo", object{})
	post("decide-in-review", review+"/decisions", object{"item": first["id"], "kind": "duplicate", "of": second["id"]})
	post("conclude-review", review+"/conclude", object{})
	return failed
}

// itemsOfWeek is how many items a week leaves: three are reported, three split
// off.
const itemsOfWeek = 6

// kills returns how often the server is killed.
func kills(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(cmp.Or(os.Getenv("KILLS"), "5"))
	if err != nil {
		t.Fatalf("KILLS: %v", err)
	}
	return n
}

// onDisk are databases of which every commit is on the disk.
var onDisk = map[string]func(t *testing.T) string{
	"sqlite": func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "burnlist.db") },
	"postgres": func(t *testing.T) string {
		server, err := pgtest.Start(t.Context(), pgtest.Options{Fsync: true})
		pgtest.Require(t, err)
		t.Cleanup(func() {
			if err := server.Close(); err != nil {
				t.Error(err)
			}
		})
		return server.URL("postgres")
	},
}

// TestARequestUnderAKeyHasOneEffectWhateverIsKilled kills the server at random
// moments while several clients send all kinds of requests, each until it is
// answered.
func TestARequestUnderAKeyHasOneEffectWhateverIsKilled(t *testing.T) {
	const clients = 6
	away := httptest.NewServer(nil)
	away.Close()
	t.Setenv("BURNLIST_PROMETHEUS_URL", away.URL) // an SLO can be created unseen
	for name, database := range onDisk {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience+time.Duration(kills(t))*20*time.Second)
			defer cancel()
			at := database(t)
			var serving sync.RWMutex
			p := start(t, "serve", "--listen", "127.0.0.1:0", "--database", at)
			begun := int64(0)
			server := func() (string, int64) { serving.RLock(); defer serving.RUnlock(); return p.url, begun }

			enough := make(chan struct{})
			all := make([]*retrier, clients)
			weeks := make([]int, clients)
			var working sync.WaitGroup
			for n := range all {
				all[n] = &retrier{actor: fmt.Sprintf("client-%d@example.org", n), server: server}
				working.Go(func() {
					for {
						if err := all[n].week(ctx, fmt.Sprintf("shop-%d-%d", n, weeks[n])); err != nil {
							t.Error(err)
							return
						}
						weeks[n]++
						select {
						case <-enough:
							return
						default:
						}
					}
				})
			}
			for range kills(t) {
				select {
				case <-time.After(time.Duration(rand.Int64N(int64(300 * time.Millisecond)))):
				case <-ctx.Done():
				}
				serving.Lock()
				p.kill()
				p = start(t, "serve", "--listen", "127.0.0.1:0", "--database", at)
				var q queue
				if _, err := call(ctx, http.MethodGet, p.url+"/api/v1/queue?limit=1", nil, http.StatusOK, &q); err != nil {
					t.Error(err)
				}
				begun = q.Revision
				serving.Unlock()
			}
			close(enough)
			working.Wait()
			if t.Failed() {
				return
			}

			var sent []*keyed
			for _, c := range all {
				sent = append(sent, c.sent...)
			}
			cut, unheard := map[string]int{}, map[string]int{}
			for _, k := range sent {
				again := *k
				status, err := again.send(ctx, p.url)
				if err != nil || status >= 300 || again.revision != k.revision || again.etag != k.etag || !sameAnswer(k, &again) {
					t.Errorf("%s was answered by %s %s, and later by %d %s %s (%v)", k.kind, k.etag, k.answer, status, again.etag, again.answer, err)
				}
				if k.cut {
					cut[k.kind]++
				}
				if k.unheard {
					unheard[k.kind]++
				}
			}
			if len(cut) == 0 {
				t.Error("nothing was cut off: no kill shows anything")
			}
			p.kill()
			total := 0
			for _, n := range weeks {
				total += n
			}
			mustHaveOneEffectEach(t, at, sent, total*itemsOfWeek)
			t.Logf("%d kills, %d requests; cut off: %d %v; of them done, but not heard of: %d %v",
				kills(t), len(sent), sum(cut), cut, sum(unheard), unheard)
		})
	}
}

// sameAnswer compares two bodies, but for what is not stored.
func sameAnswer(a, b *keyed) bool {
	if a.kind != "create-slo" {
		return a.answer == b.answer
	}
	head := func(answer string) string { before, _, _ := strings.Cut(answer, `"notes"`); return before }
	return head(a.answer) == head(b.answer)
}

func sum(of map[string]int) (n int) {
	for _, v := range of {
		n += v
	}
	return n
}

// mustHaveOneEffectEach holds the change log and the items of a database against
// what was answered.
func mustHaveOneEffectEach(t *testing.T, database string, sent []*keyed, items int) {
	t.Helper()
	s, err := store.Open(t.Context(), database, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	changes, err := s.ChangeLog(t.Context(), store.ChangeFilter{})
	if err != nil {
		t.Fatal(err)
	}
	answered := map[int64]*keyed{}
	for _, k := range sent {
		if other := answered[k.revision]; other != nil {
			t.Errorf("%s and %s have revision %d", k.key, other.key, k.revision)
		}
		answered[k.revision] = k
	}
	touched := map[string]int64{}
	for n, c := range changes {
		if c.Revision != int64(n)+1 {
			t.Fatalf("the change at place %d has revision %d", n+1, c.Revision)
		}
		for _, subject := range c.Subjects {
			touched[subject]++
		}
		k := answered[c.Revision]
		delete(answered, c.Revision)
		if c.Actor != "burnlist" && (k == nil || k.actor != c.Actor) {
			t.Errorf("revision %d, %s by %s, was answered to nobody", c.Revision, c.Kind, c.Actor)
		}
	}
	if len(answered) > 0 {
		t.Errorf("%d answers name a revision that is not there: %v", len(answered), slices.Sorted(maps.Keys(answered)))
	}
	stored, err := s.Items(t.Context(), store.ItemFilter{})
	if err != nil {
		t.Fatal(err)
	}
	if len(stored) != items {
		t.Errorf("there are %d items, want %d", len(stored), items)
	}
	for _, i := range stored {
		if n := touched[fmt.Sprintf("item/%d", i.ID)]; i.Version != n {
			t.Errorf("item %d has version %d after %d changes", i.ID, i.Version, n)
		}
	}
}
