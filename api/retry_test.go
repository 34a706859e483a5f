package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ncruces/go-sqlite3/driver"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/api"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/review"
)

// office is a product of its own, so that what happens to others does not
// matter.
type office struct {
	s    *testServer
	name string
}

func (o office) post(path, body string) *answer {
	o.s.t.Helper()
	a := o.s.ask("POST", "/api/v1/"+path, body)
	if a.status != http.StatusOK && a.status != http.StatusCreated {
		o.s.t.Fatalf("POST %s: %d %s", path, a.status, a.text)
	}
	return a
}

func (o office) patch(path, body, version string) {
	o.s.t.Helper()
	o.s.ask("PATCH", path, body, "If-Match", version).must(200)
}

func (o office) product() {
	o.s.t.Helper()
	o.post("products", fmt.Sprintf(`{"name": %q, "zone": "UTC"}`, o.name))
}

// service makes a service of the product's name.
func (o office) service() {
	o.s.t.Helper()
	o.product()
	o.post("services", fmt.Sprintf(`{"name": %q, "product": %q}`, o.name, o.name))
}

// slo makes an SLO of the same name.
func (o office) slo() string {
	o.s.t.Helper()
	o.service()
	return o.post("slos", o.sloBody(0.999)).header.Get("Location")
}

func (o office) sloBody(objective float64) string {
	return fmt.Sprintf(`{"name": %q, "service": %q, "objective": %v, "indicator": {"gauge": {"selector": "probe_success"}}}`, o.name, o.name, objective)
}

// item makes an item of the service, and returns its path.
func (o office) item() string {
	o.s.t.Helper()
	return o.post("items", fmt.Sprintf(`{"title": "alert", "service": %q}`, o.name)).header.Get("Location")
}

func number(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// review opens a review with one item on its agenda.
func (o office) review() (path, item string) {
	o.s.t.Helper()
	o.service()
	item = o.item()
	return o.post("reviews", fmt.Sprintf(`{"product": %q}`, o.name)).header.Get("Location"), item
}

// keyed is a request that is sent more than once under one key.
type keyed struct {
	// ask makes what the request needs, and returns it.
	ask   func(o office) (path, body string)
	other string // another body
	// meanwhile changes what the request made.
	meanwhile func(o office, path string)
}

const anHour = `{"start": "2026-11-20T10:00:00Z", "end": "2026-11-20T11:00:00Z", "reason": "maintenance"}`

// keyedRequests are all that take a key, by their operation; some in two ways.
var keyedRequests = map[string]keyed{
	"create-product": {
		ask: func(o office) (string, string) {
			return "/api/v1/products", fmt.Sprintf(`{"name": %q, "zone": "UTC"}`, o.name)
		},
		other:     `{"name": "another", "zone": "UTC"}`,
		meanwhile: func(o office, _ string) { o.patch("/api/v1/products/"+o.name, `{"zone": "Europe/Berlin"}`, `"1"`) },
	},
	"create-service": {
		ask: func(o office) (string, string) {
			o.product()
			return "/api/v1/services", fmt.Sprintf(`{"name": %q, "product": %q, "team": "one"}`, o.name, o.name)
		},
		other: `{"name": "another", "product": "shop"}`,
		meanwhile: func(o office, _ string) {
			o.patch("/api/v1/services/"+o.name, `{"team": "two", "retired": true}`, `"1"`)
		},
	},
	"create-slo": {
		ask: func(o office) (string, string) {
			o.service()
			return "/api/v1/slos", o.sloBody(0.99)
		},
		other: `{"name": "another", "service": "checkout", "objective": 0.9, "indicator": {"gauge": {"selector": "probe_success"}}}`,
		meanwhile: func(o office, _ string) {
			o.patch("/api/v1/slos/"+o.name, `{"objective": 0.5, "retired": true}`, `"1"`)
		},
	},
	"create-exclusion": {
		ask:   func(o office) (string, string) { return o.slo() + "/exclusions", anHour },
		other: strings.Replace(anHour, "maintenance", "attack", 1),
		meanwhile: func(o office, path string) {
			id := o.s.ask("GET", path, nil).must(200).at("exclusions.0.id")
			o.post(fmt.Sprintf("slos/%s/exclusions/%v/remove", o.name, id), `{}`)
		},
	},
	"remove-exclusion": {
		ask: func(o office) (string, string) {
			path := o.slo() + "/exclusions"
			id := o.post("slos/"+o.name+"/exclusions", anHour).at("id")
			return fmt.Sprintf("%s/%v/remove", path, id), ""
		},
		other:     `{}`,
		meanwhile: func(o office, _ string) { o.post("slos/"+o.name+"/exclusions", anHour) },
	},
	"create-item": {
		ask: func(o office) (string, string) {
			o.service()
			return "/api/v1/items", fmt.Sprintf(`{"title": "alert", "service": %q, "source": {"start": "2026-11-01T10:00:00Z", "end": "2026-11-01T12:00:00+01:00"}}`, o.name)
		},
		other: `{"title": "another", "service": "checkout"}`,
		meanwhile: func(o office, _ string) {
			list := o.s.ask("GET", "/api/v1/items?service="+o.name, nil).must(200)
			o.patch(fmt.Sprintf("/api/v1/items/%v", list.at("items.0.id")), `{"title": "alarm", "owner": "ben", "source": null}`, `"1"`)
		},
	},
	"decide-item": {
		ask: func(o office) (string, string) {
			o.service()
			return o.item() + "/decisions", `{"kind": "done", "evidence": "https://example.org/77"}`
		},
		other: `{"kind": "done"}`,
		meanwhile: func(o office, path string) {
			o.post(strings.TrimPrefix(path, "/api/v1/"), `{"kind": "reopen", "reason": "it is not"}`)
		},
	},
	"decide-item by a split": {
		ask: func(o office) (string, string) {
			o.service()
			return o.item() + "/decisions", `{"kind": "split", "parts": [{"title": "a"}]}`
		},
		other: `{"kind": "split", "parts": [{"title": "b"}]}`,
		meanwhile: func(o office, path string) {
			o.patch(strings.TrimSuffix(path, "/decisions"), `{"title": "alarm"}`, `"2"`)
		},
	},
	"open-review": {
		ask: func(o office) (string, string) {
			o.service()
			o.item()
			return "/api/v1/reviews", fmt.Sprintf(`{"product": %q}`, o.name)
		},
		other: `{"product": "shop"}`,
		meanwhile: func(o office, _ string) {
			list := o.s.ask("GET", "/api/v1/reviews?product="+o.name, nil).must(200)
			o.post(fmt.Sprintf("reviews/%v/conclude", list.at("reviews.0.id")), `{}`)
		},
	},
	"cancel-slot": {
		ask: func(o office) (string, string) {
			o.product()
			return "/api/v1/reviews/cancel", fmt.Sprintf(`{"product": %q, "slot": "2026-11-30", "reason": "holiday"}`, o.name)
		},
		other: `{"product": "shop", "slot": "2026-12-07", "reason": "holiday"}`,
		meanwhile: func(o office, _ string) {
			o.patch("/api/v1/products/"+o.name, `{"slot": {"weekday": "friday", "time": "10:00"}}`, `"1"`)
		},
	},
	"refreeze-review": {
		ask: func(o office) (string, string) {
			path, _ := o.review()
			o.item()
			return path + "/refreeze", ""
		},
		other: `{}`,
		meanwhile: func(o office, path string) {
			review := strings.TrimSuffix(strings.TrimPrefix(path, "/api/v1/"), "/refreeze")
			o.post(review+"/agenda", fmt.Sprintf(`{"item": %s}`, number(o.item())))
		},
	},
	"conclude-review": {
		ask: func(o office) (string, string) {
			path, item := o.review()
			o.post(strings.TrimPrefix(path, "/api/v1/")+"/decisions", fmt.Sprintf(`{"item": %s, "kind": "carry"}`, number(item)))
			return path + "/conclude", ""
		},
		other: `{}`,
		meanwhile: func(o office, _ string) {
			o.post("reviews", fmt.Sprintf(`{"product": %q}`, o.name))
		},
	},
	"add-to-agenda": {
		ask: func(o office) (string, string) {
			path, _ := o.review()
			return path + "/agenda", fmt.Sprintf(`{"item": %s}`, number(o.item()))
		},
		other: `{"item": 1}`,
		meanwhile: func(o office, path string) {
			// The agenda is frozen anew without the item, which is then closed.
			added := o.s.ask("GET", path, nil).must(200).at("entries.1.item.id")
			o.post(fmt.Sprintf("items/%v/decisions", added), `{"kind": "done"}`)
			o.post(strings.TrimPrefix(path, "/api/v1/")[:strings.LastIndexByte(path, '/')-len("/api/v1/")]+"/refreeze", `{}`)
		},
	},
	"decide-in-review": {
		ask: func(o office) (string, string) {
			path, item := o.review()
			return path + "/decisions", fmt.Sprintf(`{"item": %s, "kind": "split", "parts": [{"title": "a"}, {"title": "b", "owner": "ben"}]}`, number(item))
		},
		other:     `{"item": 1, "kind": "carry"}`,
		meanwhile: func(o office, path string) { o.post(strings.TrimPrefix(path, "/api/v1/")+"/1/undo", `{}`) },
	},
	"decide-in-review of a duplicate": {
		ask: func(o office) (string, string) {
			o.service()
			goesOn := number(o.item())
			item := number(o.item())
			path := o.post("reviews", fmt.Sprintf(`{"product": %q}`, o.name)).header.Get("Location")
			return path + "/decisions", fmt.Sprintf(`{"item": %s, "kind": "duplicate", "of": %s}`, item, goesOn)
		},
		other: `{"item": 1, "kind": "carry"}`,
		meanwhile: func(o office, _ string) {
			open := o.s.ask("GET", "/api/v1/items?status=open&service="+o.name, nil).must(200)
			o.patch(fmt.Sprintf("/api/v1/items/%v", open.at("items.0.id")), `{"title": "it goes on"}`, fmt.Sprintf("%q", fmt.Sprint(open.at("items.0.version"))))
		},
	},
	"undo-decision": {
		ask: func(o office) (string, string) {
			path, item := o.review()
			o.post(strings.TrimPrefix(path, "/api/v1/")+"/decisions", fmt.Sprintf(`{"item": %s, "kind": "split", "parts": [{"title": "a"}]}`, number(item)))
			return path + "/decisions/1/undo", ""
		},
		other: `{}`,
		meanwhile: func(o office, path string) {
			list := o.s.ask("GET", "/api/v1/items?status=open&service="+o.name, nil).must(200)
			o.post(strings.TrimPrefix(strings.TrimSuffix(path, "/1/undo"), "/api/v1/"), fmt.Sprintf(`{"item": %v, "kind": "done"}`, list.at("items.0.id")))
		},
	},
}

func TestEveryPostThatWritesTakesAKey(t *testing.T) {
	s := newServer(t)
	var got []string
	for path, operations := range s.doc.Paths {
		for method, o := range operations {
			takes := slices.ContainsFunc(o.Parameters, func(p parameter) bool {
				return p.Name == "Idempotency-Key" && p.In == "header" && !p.Required
			})
			if writes := method == "post" && !preview.MatchString(path); writes != takes {
				t.Errorf("%s %s: takes a key %v, want %v", method, path, takes, writes)
			} else if writes {
				got = append(got, o.OperationID)
			}
		}
	}
	want := map[string]bool{}
	for name := range keyedRequests {
		operation, _, _ := strings.Cut(name, " ")
		want[operation] = true
	}
	slices.Sort(got)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), got); diff != "" || len(got) != 14 {
		t.Errorf("%d operations are tried here (-here +documented):\n%s", len(want), diff)
	}
}

func TestARequestUnderAKeyIsDoneOnce(t *testing.T) {
	for name := range keyedRequests {
		t.Run(name, func(t *testing.T) {
			eachServer(t, func(t *testing.T, s *testServer) { sentAgain(t, s, keyedRequests[name]) })
		})
	}
}

func sentAgain(t *testing.T, s *testServer, k keyed) {
	t.Helper()
	s.seed()
	s.report("somebody else's", nil)
	path, body := k.ask(office{s, "bank"})
	send := func(body string, headers ...string) *answer {
		if body == "" {
			return s.ask("POST", path, nil, append([]string{"Idempotency-Key", "first/1"}, headers...)...)
		}
		return s.ask("POST", path, body, append([]string{"Idempotency-Key", "first/1"}, headers...)...)
	}
	before, err := s.store.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	answers := make([]*answer, 16)
	var sending sync.WaitGroup
	for i := range answers {
		sending.Go(func() { answers[i] = send(body) })
	}
	sending.Wait()
	first := answers[0]
	if first.status != 200 && first.status != 201 {
		t.Fatalf("got %d %s", first.status, first.text)
	}
	for _, a := range answers[1:] {
		mustBeTheSame(t, "at the same time", first, a)
	}
	s.mustHaveOne(before, "ana@example.org", first)

	refused, err := s.store.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if a := send(k.other).must(422); a.at("code") != "key_reused" || !strings.Contains(a.text, "use a new key") {
		t.Errorf("another request under the key got %s", a.text)
	}
	if now, err := s.store.Revision(t.Context()); err != nil || now != refused {
		t.Errorf("another request under the key brought the log from %d to %d (%v)", refused, now, err)
	}

	k.meanwhile(office{s, "bank"}, path)
	changed, err := s.store.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mustBeTheSame(t, "after it was changed", first, send(body))
	if now, err := s.store.Revision(t.Context()); err != nil || now != changed || changed == refused {
		t.Errorf("the log was at %d, then was changed to %d, and the same request brought it to %d (%v)", refused, changed, now, err)
	}
	if a := send(k.other, "Burnlist-Actor", "ben"); strings.Contains(a.text, "key_reused") {
		t.Errorf("another actor's key is refused: %s", a.text)
	}
}

// mustBeTheSame compares two answers to one request.
func mustBeTheSame(t *testing.T, when string, first, again *answer) {
	t.Helper()
	type told struct {
		status                   int
		etag, location, revision string
		body                     map[string]any
	}
	of := func(a *answer) told {
		body := maps.Clone(a.body)
		delete(body, "notes") // what a source says is not stored
		return told{a.status, a.header.Get("ETag"), a.header.Get("Location"), a.header.Get("Burnlist-Revision"), body}
	}
	if diff := cmp.Diff(of(first), of(again), cmp.AllowUnexported(told{})); diff != "" {
		t.Errorf("%s (-first +again):\n%s", when, diff)
	}
}

// mustHaveOne fails unless the log has one change of the actor after a revision:
// that of the answer.
func (s *testServer) mustHaveOne(after int64, actor string, a *answer) {
	s.t.Helper()
	changes, err := s.store.Changes(s.t.Context(), after, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	changes = slices.DeleteFunc(changes, func(c burnlist.Change) bool { return c.Actor != actor })
	if len(changes) != 1 || strconv.FormatInt(changes[0].Revision, 10) != a.header.Get("Burnlist-Revision") {
		s.t.Errorf("the log has %d changes, want the one of revision %s: %+v", len(changes), a.header.Get("Burnlist-Revision"), changes)
	}
}

func TestAKeyBelongsToItsActor(t *testing.T) {
	s := newServer(t)
	s.seed()
	item := map[string]any{"title": "x", "service": "checkout"}
	first := s.ask("POST", "/api/v1/items", item, "Idempotency-Key", "k").must(201)
	other := s.ask("POST", "/api/v1/items", item, "Idempotency-Key", "k", "Burnlist-Actor", "ben").must(201)
	third := s.ask("POST", "/api/v1/items", item).must(201)
	if first.at("id") != 1.0 || other.at("id") != 2.0 || third.at("id") != 3.0 {
		t.Errorf("got items %v, %v and %v", first.at("id"), other.at("id"), third.at("id"))
	}
	// An actor is known by what is stored, and not by the spaces around it.
	again := s.ask("POST", "/api/v1/items", item, "Idempotency-Key", "k", "Burnlist-Actor", " ben ").must(201)
	mustBeTheSame(t, "with spaces", other, again)
	// The key is of the whole API, not of an address.
	s.ask("POST", "/api/v1/products", `{"name": "bank", "zone": "UTC"}`, "Idempotency-Key", "k").must(422).want(map[string]any{"code": "key_reused"})
	s.ask("POST", "/api/v1/reviews", `{"product": "shop"}`, "Idempotency-Key", "k").must(422).want(map[string]any{"code": "key_reused"})
	s.ask("POST", "/api/v1/slos", office{s, "checkout"}.sloBody(0.9), "Idempotency-Key", "k").must(422).want(map[string]any{"code": "key_reused"})
}

func TestARequestThatFailsLeavesItsKey(t *testing.T) {
	s := newServer(t)
	s.seed()
	s.ask("POST", "/api/v1/items", `{"title": "x", "service": "bank"}`, "Idempotency-Key", "k").must(422)
	s.ask("POST", "/api/v1/items", `{"title": "x", "service": "checkout"}`, "Idempotency-Key", "k").must(201)
	// One that changes nothing does, too.
	s.ask("POST", "/api/v1/items/1/decisions", `{"kind": "done"}`).must(200)
	s.ask("POST", "/api/v1/items/1/decisions", `{"kind": "done"}`, "Idempotency-Key", "l").must(200)
	s.ask("POST", "/api/v1/items/1/decisions", `{"kind": "reopen", "reason": "r"}`, "Idempotency-Key", "l").must(200)
}

// An SLO that was created needs its source no more, and an agenda that was
// frozen no queue.
func TestWhatWasDoneIsAnsweredWithoutWhatItNeeded(t *testing.T) {
	s := newServer(t)
	s.seed()
	s.report("x", nil)
	slo := office{s, "checkout"}.sloBody(0.9)
	created := s.ask("POST", "/api/v1/slos", slo, "Idempotency-Key", "slo").must(201)
	opened := s.ask("POST", "/api/v1/reviews", `{"product": "shop"}`, "Idempotency-Key", "open").must(201)
	added := s.ask("POST", "/api/v1/reviews/1/agenda", fmt.Sprintf(`{"item": %d}`, s.report("y", nil)), "Idempotency-Key", "add").must(201)
	refrozen := s.ask("POST", "/api/v1/reviews/1/refreeze", nil, "Idempotency-Key", "freeze").must(200)

	bare := newServerOn(t, "sqlite:"+s.restored(), withoutQueueAndSources)
	mustBeTheSame(t, "without its source", created, bare.ask("POST", "/api/v1/slos", slo, "Idempotency-Key", "slo"))
	mustBeTheSame(t, "without the queue", opened, bare.ask("POST", "/api/v1/reviews", `{"product": "shop"}`, "Idempotency-Key", "open"))
	mustBeTheSame(t, "without the queue", added, bare.ask("POST", "/api/v1/reviews/1/agenda", `{"item": 2}`, "Idempotency-Key", "add"))
	mustBeTheSame(t, "without the queue", refrozen, bare.ask("POST", "/api/v1/reviews/1/refreeze", nil, "Idempotency-Key", "freeze"))
	bare.ask("POST", "/api/v1/reviews/1/refreeze", nil, "Idempotency-Key", "anew").must(503)
}

func TestWhatIsNoKeyIsRefused(t *testing.T) {
	s := newServer(t)
	for name, headers := range map[string][]string{
		"a space":         {"Idempotency-Key", "a b"},
		"not ASCII":       {"Idempotency-Key", "schlüssel"},
		"a control":       {"Idempotency-Key", "a\tb"},
		"too long":        {"Idempotency-Key", strings.Repeat("k", 201)},
		"given twice":     {"Idempotency-Key", "a", "+Idempotency-Key", "a"},
		"empty":           {"+Idempotency-Key", " "},
		"given and empty": {"Idempotency-Key", "a", "+Idempotency-Key", " "},
	} {
		t.Run(name, func(t *testing.T) {
			s.t = t
			a := s.ask("POST", "/api/v1/products", `{"name": "shop", "zone": "UTC"}`, headers...).must(400)
			if a.at("errors.0.location") != "header.Idempotency-Key" {
				t.Errorf("got %s", a.text)
			}
		})
	}
	s.t = t
	s.ask("POST", "/api/v1/products", `{"name": "shop", "zone": "UTC"}`, "Idempotency-Key", strings.Repeat("~", 200)).must(201)
}

// restored returns a copy of the database of a server, for another one.
func (s *testServer) restored() string {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "copy.db")
	db, err := driver.Open("file:" + s.file)
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(s.t.Context(), "VACUUM INTO ?", file); err != nil {
		s.t.Fatal(err)
	}
	return file
}

// withoutQueueAndSources is a server that has nothing but its database.
func withoutQueueAndSources(o *api.Options) {
	o.Board = prioritizer.NewBoard(time.Now)
	o.Keeper = review.NewKeeper(o.Store, o.Board, nil, "", o.Log)
	o.Sources = nil
}
