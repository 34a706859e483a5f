package client_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/api"
	"github.com/burnlist/burnlist/client"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/review"
	"github.com/burnlist/burnlist/store"
)

// serve starts a server over an empty database, and returns a client of it.
func serve(t *testing.T) *client.Client {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "burnlist.db"), log)
	if err != nil {
		t.Fatal(err)
	}
	board := prioritizer.NewBoard(time.Now)
	h := api.New(api.Options{Store: s, Board: board, Keeper: review.NewKeeper(s, board, nil, "", log)})
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	world, err := s.World(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	board.Load(world)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Tail(t.Context(), world.Revision, 0, func(changes []burnlist.Change) error {
			board.Apply(changes)
			return nil
		})
	}()
	t.Cleanup(func() { <-done })
	c, err := client.New(server.URL, client.Actor("ana@example.org"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// shop makes a product with a service.
func shop(t *testing.T, c *client.Client) {
	t.Helper()
	if _, err := c.CreateProduct(t.Context(), client.NewProduct{Name: "shop", Zone: "Europe/Berlin"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateService(t.Context(), client.NewService{Name: "checkout", Product: "shop", Team: "payments"}); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	c := serve(t)
	shop(t, c)
	start := time.Date(2026, 11, 16, 9, 10, 0, 0, time.UTC)
	made, err := c.CreateItem(t.Context(), client.NewItem{
		Title: "Bound the queue", Service: "checkout", Owner: "ana@example.org", Due: "2030-01-15", Priority: "P1", Key: "PM-1/1",
		Source: &burnlist.Source{URL: "https://wiki.example.org/1", Start: &start, End: new(start.Add(time.Hour))},
	})
	if err != nil {
		t.Fatal(err)
	}
	read, err := c.Item(t.Context(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(made.ItemView, read); diff != "" {
		t.Errorf("an item is read otherwise than it was made (-made +read):\n%s", diff)
	}
	changed, err := c.UpdateItem(t.Context(), made.ID, made.Version, client.ItemChange{
		Title: new("Bound the queue to 1000 entries"), Owner: new(burnlist.NullString("")), Due: new(burnlist.NullString("")), Source: &burnlist.Source{},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := read
	want.Title, want.Owner, want.Due, want.Source, want.Commitment = "Bound the queue to 1000 entries", "", 0, nil, false
	want.Version, want.UpdatedAt = changed.Version, changed.UpdatedAt
	if diff := cmp.Diff(want, changed.ItemView); diff != "" {
		t.Errorf("only what was given should change, and what is empty be cleared (-want +got):\n%s", diff)
	}
	if done, err := c.DecideItem(t.Context(), made.ID, changed.Version, client.NewDecision{Kind: burnlist.DecideDone}); err != nil || done.Status != burnlist.Done {
		t.Errorf("got %v, status %s", err, done.Status)
	}
}

func TestAReviewIsHeld(t *testing.T) {
	c := serve(t)
	shop(t, c)
	i, err := c.CreateItem(t.Context(), client.NewItem{Title: "Bound the queue", Service: "checkout"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.OpenReview(t.Context(), client.NewReview{Product: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	made, err := c.DecideInReview(t.Context(), r.ID, i.ID, 0, client.NewDecision{Kind: burnlist.DecideCommit, Owner: "ben", Due: "2030-01-15"})
	if err != nil || made.Item.Owner != "ben" {
		t.Fatalf("got %v, owner %q", err, made.Item.Owner)
	}
	_, err = c.DecideInReview(t.Context(), r.ID, i.ID, 0, client.NewDecision{Kind: burnlist.DecideCarry})
	if p, ok := errors.AsType[*client.Problem](err); !ok || p.Current == nil || p.Current.Item.ID != i.ID || p.Code != burnlist.Conflict {
		t.Errorf("got %#v, want a conflict that shows how things are", err)
	}
	if undone, err := c.UndoDecision(t.Context(), r.ID, made.Decision.ID); err != nil || len(undone.Items) != 1 {
		t.Errorf("got %v, %d items", err, len(undone.Items))
	}
	if ended, err := c.ConcludeReview(t.Context(), r.ID); err != nil || ended.State != burnlist.ReviewSkipped {
		t.Errorf("got %v, state %s", err, ended.State)
	}
	if text, err := c.RenderedDigest(t.Context(), r.ID, "markdown"); err != nil || len(text) == 0 || text[0] != '#' {
		t.Errorf("got %v, %.20s", err, text)
	}
}

func TestListsAreReadPageByPage(t *testing.T) {
	c := serve(t)
	shop(t, c)
	var want []int64
	for n := range 7 {
		i, err := c.CreateItem(t.Context(), client.NewItem{Title: fmt.Sprintf("Item %d", n), Service: "checkout"})
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, i.ID)
	}
	var items, queue, agenda []int64
	for i, err := range c.AllItems(t.Context(), client.ItemFilter{Limit: 3}) {
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, i.ID)
	}
	for e, err := range c.WholeQueue(t.Context(), client.QueueFilter{Product: "shop", Limit: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		queue = append(queue, e.Item.ID)
	}
	r, err := c.OpenReview(t.Context(), client.NewReview{Product: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range c.AllEntries(t.Context(), r.ID, client.AgendaFilter{Limit: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		agenda = append(agenda, e.Item.ID)
	}
	for name, got := range map[string][]int64{"items": items, "queue": queue, "agenda": agenda} {
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	for _, err := range c.AllReviews(t.Context(), client.ReviewFilter{Product: "mail"}) {
		if p, ok := errors.AsType[*client.Problem](err); !ok || len(p.Errors) != 1 || p.Errors[0].Location != "query.product" {
			t.Errorf("got %v, want a refusal of the product", err)
		}
	}
}

func TestAStaleVersionIsRefused(t *testing.T) {
	c := serve(t)
	shop(t, c)
	p, err := c.Product(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	change := client.ProductChange{Zone: new("Europe/Lisbon")}
	if _, err := c.UpdateProduct(t.Context(), "shop", p.Version, change); err != nil {
		t.Fatal(err)
	}
	_, err = c.UpdateProduct(t.Context(), "shop", p.Version, change)
	if p, ok := errors.AsType[*client.Problem](err); !ok || p.Status != http.StatusPreconditionFailed || p.Code != burnlist.Stale {
		t.Errorf("got %v", err)
	}
}
