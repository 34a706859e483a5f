package api_test

import (
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/api"
	"github.com/burnlist/burnlist/prioritizer"
)

func TestWhatIsRetiredIsKnownToFilters(t *testing.T) {
	s := newServer(t)
	s.fill(1)
	path := s.open()
	for _, c := range []struct{ path, body string }{
		{"/api/v1/products", `{"name": "mail", "zone": "UTC"}`},
		{"/api/v1/services", `{"name": "smtp", "product": "mail", "team": "post"}`},
	} {
		s.ask("POST", c.path, c.body).must(201)
	}
	s.ask("PATCH", "/api/v1/services/smtp", `{"retired": true}`, "If-Match", `"1"`).must(200)
	s.ask("PATCH", "/api/v1/products/mail", `{"retired": true}`, "If-Match", `"1"`).must(200)
	for _, list := range []string{
		"/api/v1/warnings?product=mail", "/api/v1/warnings?service=smtp", "/api/v1/warnings?subject=product/mail", "/api/v1/warnings?subject=service/smtp",
		"/api/v1/queue?product=mail", "/api/v1/queue?service=smtp", path + "/agenda?service=smtp",
	} {
		s.ask("GET", list, nil).must(200).want(map[string]any{"total": 0})
	}
	for _, list := range []string{"/api/v1/reviews?product=mail", "/api/v1/items?product=mail", "/api/v1/items?service=smtp"} {
		s.ask("GET", list, nil).must(200).want(map[string]any{"next_cursor": nil})
	}
	for _, list := range []string{
		"/api/v1/budgets?product=mail", "/api/v1/budgets?service=smtp", "/api/v1/slos?product=mail", "/api/v1/slos?service=smtp", "/api/v1/services?product=mail",
	} {
		s.ask("GET", list, nil).must(200)
	}
}

// What another replica has just stored is in the lists that are read from the
// store, though the board has not heard of it.
func TestWhatTheBoardHasNotHeardOfIsNotUnknownToTheStore(t *testing.T) {
	for name, load := range map[string]bool{"the board is behind": true, "the board is not loaded": false} {
		t.Run(name, func(t *testing.T) {
			board := prioritizer.NewBoard(time.Now)
			s := newServer(t, func(o *api.Options) { o.Board = board })
			if load {
				world, err := s.store.World(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				board.Load(world)
			}
			by := burnlist.Author{Actor: "ana", At: monday}
			if _, _, err := s.store.CreateProduct(t.Context(), by, burnlist.Product{Name: "shop", Zone: "UTC", Slot: burnlist.DefaultSlot}); err != nil {
				t.Fatal(err)
			}
			s.ask("GET", "/api/v1/reviews?product=shop", nil).must(200)
			s.ask("GET", "/api/v1/items?product=shop", nil).must(200)
			s.ask("GET", "/api/v1/services?product=shop", nil).must(200)
			s.ask("GET", "/api/v1/slos?product=shop", nil).must(200)
			s.ask("GET", "/api/v1/items?product=web", nil).must(422)
			s.ask("GET", "/api/v1/reviews?product=web", nil).must(422)
		})
	}
}
