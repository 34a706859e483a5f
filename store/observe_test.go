package store

import (
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestTransactionsAreObserved(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		var mu sync.Mutex
		var seen []string
		s, err := Open(t.Context(), url, slog.New(slog.DiscardHandler), Observed(func(kind, result string, took time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			if took <= 0 {
				t.Errorf("%s took %s", kind, took)
			}
			seen = append(seen, kind+" "+result)
		}))
		ok(t, err)
		defer s.Close()
		_, _, err = s.CreateProduct(t.Context(), ana, shop())
		ok(t, err)
		_, _, err = s.CreateProduct(t.Context(), ana, shop())
		if err == nil {
			t.Error("the same product twice")
		}
		_, err = s.World(t.Context())
		ok(t, err)
		used := s.Pools()
		if used["read"].OpenConnections == 0 || used["write"].MaxOpenConnections == 0 || used["write"].InUse != 0 {
			t.Errorf("the pools are %+v", used)
		}
		ok(t, s.Close())
		if _, _, err := s.CreateProduct(t.Context(), ana, shop()); err == nil {
			t.Error("a closed store writes")
		}
		if want := []string{"write success", "write refused", "read success", "write error"}; !slices.Equal(seen, want) {
			t.Errorf("got %q, want %q", seen, want)
		}
	})
}
