package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/api"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/internal/demo"
	"github.com/burnlist/burnlist/internal/promengine"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/review"
	"github.com/burnlist/burnlist/store"
	"github.com/burnlist/burnlist/web"
)

// replica is a burnlist over the demo world with a clock of its own: real
// store, board, collector, API and page, refreshed by hand.
type replica struct {
	now       atomic.Pointer[time.Time]
	store     *store.Store
	board     *prioritizer.Board
	collector *budget.Collector
	server    *httptest.Server
}

func newReplica(t *testing.T, world demo.World, at time.Time, metrics string) *replica {
	t.Helper()
	r := &replica{}
	r.now.Store(&at)
	clock := func() time.Time { return *r.now.Load() }
	log := slog.New(slog.DiscardHandler)
	r.store = filled(t, "sqlite:"+filepath.Join(t.TempDir(), "burnlist.db"), world, at)
	r.board = prioritizer.NewBoard(clock)
	r.load(t)
	r.collector = budget.NewCollector(sourcesOf(t, world, metrics), r.store.Ledgers(store.Lease{}), func() *burnlist.World { return r.board.Queue().World }, log)
	r.server = httptest.NewServer(api.New(api.Options{
		Store: r.store, Board: r.board, Keeper: review.NewKeeper(r.store, r.board, nil, "", log), Now: clock, Page: web.New(r.board.Queue, r.board.Behind, clock, log),
	}))
	t.Cleanup(r.server.Close)
	return r
}

func (r *replica) load(t *testing.T) *burnlist.World {
	t.Helper()
	world, err := r.store.World(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.board.Load(world)
	return world
}

func (r *replica) refresh(t *testing.T, at time.Time) {
	t.Helper()
	r.now.Store(&at)
	if err := r.collector.Refresh(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	r.load(t)
}

func (r *replica) get(t *testing.T, path string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.server.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %s, %v\n%s", path, resp.Status, err, body)
	}
	return string(body)
}

// TestPrometheusMayBeAwayForTwoHours runs two replicas over the same metrics,
// of which one cannot reach them for two hours.
func TestPrometheusMayBeAwayForTwoHours(t *testing.T) {
	began := time.Date(2026, 11, 20, 9, 1, 0, 0, time.UTC)
	world := demo.Build(began)
	engine := promengine.New(world.Series).Handler()
	var away atomic.Bool
	metrics := httptest.NewServer(engine)
	t.Cleanup(metrics.Close)
	flaky := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if away.Load() {
			panic(http.ErrAbortHandler) // the connection is cut
		}
		engine.ServeHTTP(w, r)
	}))
	flaky.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(flaky.Close)

	steady, cut := newReplica(t, world, began, metrics.URL), newReplica(t, world, began, flaky.URL)
	steady.refresh(t, began)
	cut.refresh(t, began)
	for minutes := 5; minutes <= 150; minutes += 5 {
		at := began.Add(time.Duration(minutes) * time.Minute)
		away.Store(minutes <= 120)
		if minutes > 120 {
			steady.refresh(t, at)
		}
		cut.refresh(t, at)
		page := strings.ReplaceAll(cut.get(t, "/"), "\u00a0", " ")
		cut.get(t, "/api/v1/queue")
		cut.get(t, "/api/v1/budgets")
		cut.get(t, "/readyz")
		// One missed slice is no outage yet, and the widest ones take 15 minutes.
		if said := strings.Contains(page, "may be out of date"); said != (minutes >= 40 && minutes <= 120) && (minutes <= 10 || minutes >= 40) {
			t.Fatalf("after %d minutes the page says that the order may be out of date: %v", minutes, said)
		}
		if minutes == 120 && !strings.Contains(page, "The figures are 2 h 1 min old") {
			t.Error("after 2 h the page does not say how old the figures are")
		}
	}
	got, want := cut.load(t), steady.load(t)
	if diff := cmp.Diff(want.Budgets.Figures, got.Budgets.Figures, cmp.Comparer(burnlist.Value.Equal)); diff != "" {
		t.Errorf("the figures differ from those of an uninterrupted run:\n%s", diff)
	}
	for name, slo := range want.SLOs {
		a := ledger(t, steady.store, slo.Ledger)
		b := ledger(t, cut.store, got.SLOs[name].Ledger)
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s: the ledger differs from that of an uninterrupted run:\n%s", name, diff)
		}
	}
}

// ledger returns everything that is kept of a ledger, with nothing that differs
// between databases.
func ledger(t *testing.T, s *store.Store, id int64) burnlist.Ledger {
	t.Helper()
	kept, err := s.Ledger(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	kept.Reread.Ledger = 0
	for i := range kept.Slices {
		kept.Slices[i].Ledger = 0
	}
	for i := range kept.Rolled {
		kept.Rolled[i].Ledger = 0
	}
	return kept
}
