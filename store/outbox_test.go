package store

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

func messageTo(target, id string) burnlist.Message {
	return burnlist.Message{
		ID: id, Target: target, Product: "shop", Subject: "the review", Markdown: "# ünïcode ✓", HTML: "<p>", Slack: "*x*", CreatedAt: monday,
	}
}

// claim asks for a message, for a minute.
func claim(t *testing.T, s *Store, target string, seconds int) (burnlist.Message, bool) {
	t.Helper()
	m, got, err := s.ClaimMessage(t.Context(), target, later(seconds).At, later(seconds+60).At)
	ok(t, err)
	return m, got
}

func TestMessagesAreDeliveredInOrderOfTheirTarget(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		ok(t, s.PutMessages(t.Context(), ana, []burnlist.Message{messageTo("a", "1"), messageTo("b", "1"), messageTo("a", "2")}))
		again := messageTo("a", "1")
		again.Subject = "another"
		ok(t, s.PutMessages(t.Context(), later(1), []burnlist.Message{again, messageTo("a", "3")}))
		ok(t, s.PutMessages(t.Context(), later(1), nil))
		waits, err := s.Undelivered(t.Context())
		ok(t, err)
		if diff := cmp.Diff(map[string]int{"a": 3, "b": 1}, waits); diff != "" {
			t.Errorf("there wait (-want +got):\n%s", diff)
		}
		first, _ := claim(t, s, "a", 10)
		want := messageTo("a", "1")
		want.Sequence = 1
		if diff := cmp.Diff(want, first); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if m, got := claim(t, s, "a", 69); got {
			t.Errorf("while it is held, somebody gets %+v", m)
		}
		if m, got := claim(t, s, "b", 10); !got || m.ID != "1" || m.Target != "b" {
			t.Errorf("the other target gets %+v", m)
		}
		if m, got := claim(t, s, "a", 70); !got || m.ID != "1" {
			t.Errorf("once it is not held any more, somebody gets %+v, %v", m, got)
		}

		// It fails, and nothing overtakes it until it is tried again.
		ok(t, s.MessageFailed(t.Context(), first, "no\x00 answer \xff"+strings.Repeat("x", 2000), later(80).At, later(100).At))
		if m, got := claim(t, s, "a", 99); got {
			t.Errorf("before it is due, somebody gets %+v", m)
		}
		m, got := claim(t, s, "a", 100)
		if !got || m.ID != "1" || m.Attempts != 1 || !strings.HasPrefix(m.LastError, "no� answer �x") || len([]rune(m.LastError)) != longestCause {
			t.Errorf("when it is due, somebody gets %v, %+v", got, m)
		}
		ok(t, s.MessageFailed(t.Context(), m, "gone", later(101).At, time.Time{}))
		second, got := claim(t, s, "a", 102)
		if !got || second.ID != "2" {
			t.Errorf("behind the one that was given up, somebody gets %+v", second)
		}
		ok(t, s.MessageDelivered(t.Context(), second, later(103).At))
		ok(t, s.MessageFailed(t.Context(), second, "a late answer", later(104).At, later(104).At))
		third, got := claim(t, s, "a", 105)
		if !got || third.ID != "3" {
			t.Errorf("behind the one that was delivered, somebody gets %+v", third)
		}
		ok(t, s.MessageDelivered(t.Context(), third, later(106).At))
		if m, got := claim(t, s, "a", 1000); got {
			t.Errorf("at the end, somebody gets %+v", m)
		}
		ok(t, s.PutMessages(t.Context(), later(1000), []burnlist.Message{messageTo("a", "2")}))
		waits, err = s.Undelivered(t.Context())
		ok(t, err)
		if diff := cmp.Diff(map[string]int{"b": 1}, waits); diff != "" {
			t.Errorf("at the end there wait (-want +got):\n%s", diff)
		}
		if revision, err := s.Revision(t.Context()); err != nil || revision != 5 {
			t.Errorf("the log is at %d, want 5 as before, %v", revision, err)
		}
	})
}

func TestAMessageIsClaimedByOne(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		const messages, claimers = 10, 6
		for n := range messages {
			ok(t, s.PutMessages(t.Context(), ana, []burnlist.Message{messageTo("a", strconv.Itoa(n))}))
		}
		var mu sync.Mutex
		var order []string
		var wg sync.WaitGroup
		for range claimers {
			wg.Go(func() {
				for {
					m, got, err := s.ClaimMessage(t.Context(), "a", later(1).At, later(60).At)
					if err != nil {
						t.Error(err)
						return
					}
					if got {
						mu.Lock()
						order = append(order, m.ID)
						mu.Unlock()
						if err := s.MessageDelivered(t.Context(), m, later(2).At); err != nil {
							t.Error(err)
							return
						}
					}
					if waits, err := s.Undelivered(t.Context()); err != nil || len(waits) == 0 {
						return
					}
				}
			})
		}
		wg.Wait()
		var want []string
		for n := range messages {
			want = append(want, strconv.Itoa(n))
		}
		if diff := cmp.Diff(want, order); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
