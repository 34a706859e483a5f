package client_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/burnlist/burnlist/client"
)

// stream answers each connection with the next of some texts, which then ends,
// or stays silent if it ends with an ellipsis.
type stream struct {
	texts []string
	from  []string // Last-Event-ID of each connection
	at    []time.Time
}

func (s *stream) RoundTrip(r *http.Request) (*http.Response, error) {
	n := len(s.from)
	s.from = append(s.from, r.Header.Get("Last-Event-ID"))
	s.at = append(s.at, time.Now())
	if n >= len(s.texts) {
		return &http.Response{StatusCode: http.StatusForbidden, Request: r, Body: io.NopCloser(strings.NewReader(`{"detail": "enough"}`))}, nil
	}
	text, silent := strings.CutSuffix(s.texts[n], "…")
	var body io.Reader = strings.NewReader(text)
	if silent {
		body = io.MultiReader(body, until{r})
	}
	header := http.Header{"Content-Type": {"text/event-stream"}}
	return &http.Response{StatusCode: http.StatusOK, Request: r, Header: header, Body: io.NopCloser(body)}, nil
}

// until is silent until its request ends.
type until struct{ r *http.Request }

func (u until) Read([]byte) (int, error) {
	<-u.r.Context().Done()
	return 0, u.r.Context().Err()
}

func event(kind string, revision int) string {
	return fmt.Sprintf("id: %d\nevent: %s\ndata: {\"revision\": %d, \"kind\": %q}\n\n", revision, kind, revision, kind)
}

// place is an event that says where a stream is, which is no change.
func place(name string, revision int) string {
	return fmt.Sprintf("id: %d\nevent: %s\ndata: {\"revision\": %d}\n\n", revision, name, revision)
}

// hear listens until the server refuses, and returns what was heard.
func hear(t *testing.T, s *stream, after int64) []string {
	t.Helper()
	var heard []string
	for e, err := range asking(t, s).Listen(t.Context(), after) {
		if err != nil {
			if p, ok := errors.AsType[*client.Problem](err); !ok || p.Status != 403 {
				t.Errorf("got %v", err)
			}
			return heard
		}
		heard = append(heard, fmt.Sprintf("%s %d", e.Kind, e.Revision))
	}
	t.Error("it ended without the refusal")
	return heard
}

func TestAListenerResumesBehindWhatItHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stream{texts: []string{
			"retry: 3000\n" + place("hello", 7) + event("item.created", 8) + ": \n\n" + event("item.decided", 9) + "id: 10\nevent: item",
			place("hello", 9) + event("item.changed", 10) + "…", // nothing comes any more
			"",
		}}
		heard := hear(t, s, -1)
		if want := []string{"item.created 8", "item.decided 9", "item.changed 10"}; !slices.Equal(heard, want) {
			t.Errorf("heard %q, want %q", heard, want)
		}
		if want := []string{"", "9", "10", "10"}; !slices.Equal(s.from, want) {
			t.Errorf("connected behind %q, want %q", s.from, want)
		}
		if got := s.at[1].Sub(s.at[0]); got != 3*time.Second {
			t.Errorf("connected again after %s, not when the server said", got)
		}
		if got := s.at[2].Sub(s.at[1]); got != 48*time.Second {
			t.Errorf("noticed the silence after %s", got)
		}
	})
}

func TestAListenerLearnsThatTheLogIsAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stream{texts: []string{place("hello", 4711) + place("reset", 12) + event("item.created", 13)}}
		heard := hear(t, s, 4711)
		if want := []string{"reset 12", "item.created 13"}; !slices.Equal(heard, want) {
			t.Errorf("heard %q, want %q", heard, want)
		}
		if want := []string{"4711", "13"}; !slices.Equal(s.from, want) {
			t.Errorf("connected behind %q, want %q", s.from, want)
		}
	})
}

func TestAListenerMayLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stream{texts: []string{event("item.created", 1) + event("item.created", 2)}}
		for e, err := range asking(t, s).Listen(t.Context(), 0) {
			if err != nil || e.Revision != 1 {
				t.Errorf("got %v, revision %d", err, e.Revision)
			}
			break
		}
		if want := []string{"0"}; !slices.Equal(s.from, want) {
			t.Errorf("connected behind %q, want %q", s.from, want)
		}
	})
}
