package main_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/api"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/client"
	"github.com/burnlist/burnlist/config"
	"github.com/burnlist/burnlist/internal/demo"
	"github.com/burnlist/burnlist/internal/pgtest"
	"github.com/burnlist/burnlist/internal/promengine"
	"github.com/burnlist/burnlist/manifest"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/review"
	"github.com/burnlist/burnlist/store"
)

// now is the moment at which the tests happen.
var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// server is a real API over a real store, whose sources play the metrics of the
// demo.
type server struct {
	*client.Client
	store *store.Store
}

// sqlite returns the URL of a new database.
func sqlite(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "burnlist.db") }

// eachDatabase runs a test on both kinds of databases; fresh makes one.
func eachDatabase(t *testing.T, test func(t *testing.T, fresh func(*testing.T) string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, sqlite) })
	t.Run("postgres", func(t *testing.T) {
		test(t, func(t *testing.T) string { return pgtest.Database(t) })
	})
}

// serve serves a database until the test ends, with the demo in it if fill.
func serve(t *testing.T, database string, fill bool) *server {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	s, err := store.Open(t.Context(), database, log)
	if err != nil {
		t.Fatal(err)
	}
	world := demo.Build(now)
	if fill {
		if err := demo.Fill(t.Context(), s, world, now); err != nil {
			t.Fatal(err)
		}
	}
	metrics := httptest.NewServer(promengine.New(world.Series).Handler())
	var sources []*budget.Source
	for _, w := range world.Sources {
		source, err := budget.NewSource(budget.SourceConfig{Name: w.Name, URL: metrics.URL, Timeout: time.Minute, Liveness: w.Liveness}, nil)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, source)
	}
	clock := func() time.Time { return now }
	board := prioritizer.NewBoard(clock)
	loaded, err := s.World(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	revision := loaded.Revision
	board.Load(loaded)
	ctx, cancel := context.WithCancel(t.Context())
	var tailing sync.WaitGroup
	tailing.Go(func() {
		if err := s.Tail(ctx, revision, 0, func(changes []burnlist.Change) error {
			board.Apply(changes)
			return nil
		}); err != nil {
			t.Error(err)
		}
	})
	web := httptest.NewServer(api.New(api.Options{
		Store: s, Board: board, Keeper: review.NewKeeper(s, board, nil, "", log), Sources: sources, Now: clock, Deadline: time.Minute,
	}))
	t.Cleanup(func() {
		web.Close()
		metrics.Close()
		cancel()
		tailing.Wait()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := client.New(web.URL, client.Actor("ana@example.org"))
	if err != nil {
		t.Fatal(err)
	}
	return &server{c, s}
}

// read reads a manifest.
func read(t *testing.T, text string) *config.Manifest {
	t.Helper()
	m, err := config.ReadManifest(strings.NewReader(text), "-")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// plan returns what has to be done on the server.
func (s *server) plan(t *testing.T, m *config.Manifest, force bool) (manifest.Plan, manifest.State) {
	t.Helper()
	state, err := manifest.Read(t.Context(), s.Client, m)
	if err != nil {
		t.Fatal(err)
	}
	return manifest.Diff(m, state, force), state
}

// apply brings the server to the manifest, and returns the lines of the plan
// and what was refused.
func (s *server) apply(t *testing.T, m *config.Manifest, force bool) (lines []string, refused []manifest.Refusal) {
	t.Helper()
	p, state := s.plan(t, m, force)
	refused, err := p.Run(t.Context(), s.Client, state, func(manifest.Step, *manifest.Refusal) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range p.Steps {
		lines = append(lines, step.String())
	}
	for _, k := range p.Kept {
		lines = append(lines, k.String())
	}
	return lines, append(p.Refused, refused...)
}

func (s *server) export(t *testing.T) string {
	t.Helper()
	m, err := manifest.Export(t.Context(), s.Client)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := m.Write(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}
