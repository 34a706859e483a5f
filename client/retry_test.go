package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
)

var errBroken = errors.New("connection reset by peer")

// scripted answers with the given statuses, one after the other, the last one
// again and again; 0 breaks the connection.
type scripted struct {
	statuses   []int
	retryAfter string
	keys       []string // that were sent
	at         []time.Time
}

func (s *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	status := s.statuses[min(len(s.keys), len(s.statuses)-1)]
	s.keys = append(s.keys, r.Header.Get("Idempotency-Key"))
	s.at = append(s.at, time.Now())
	if status == 0 {
		return nil, errBroken
	}
	body := `{"items": [], "id": 1, "version": 1}`
	if status >= 400 {
		body = `{"status": 1, "detail": "no", "code": "unavailable"}`
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Request: r, Body: io.NopCloser(strings.NewReader(body)),
		Header: http.Header{"Retry-After": {s.retryAfter}},
	}, nil
}

func asking(t *testing.T, s http.RoundTripper, options ...client.Option) *client.Client {
	t.Helper()
	c, err := client.New("http://burnlist.example.org", append([]client.Option{
		client.Actor("ana@example.org"), client.HTTP(&http.Client{Transport: s}),
	}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatMayBeRepeatedIsSentAgain(t *testing.T) {
	read := func(ctx context.Context, c *client.Client) error {
		_, err := c.Items(ctx, client.ItemFilter{})
		return err
	}
	write := func(ctx context.Context, c *client.Client) error {
		_, err := c.CreateItem(ctx, client.NewItem{})
		return err
	}
	change := func(ctx context.Context, c *client.Client) error {
		_, err := c.UpdateItem(ctx, 1, 1, client.ItemChange{})
		return err
	}
	preview := func(ctx context.Context, c *client.Client) error {
		_, err := c.PreviewSLO(ctx, client.NewSLO{})
		return err
	}
	for name, tc := range map[string]struct {
		call     func(context.Context, *client.Client) error
		statuses []int
		sent     int
		fails    bool
	}{
		"a read over a broken connection":          {read, []int{0, 200}, 2, false},
		"a read of a server that is not ready":     {read, []int{503, 503, 200}, 3, false},
		"a read that is never answered":            {read, []int{0}, 3, true},
		"a read that is refused":                   {read, []int{422}, 1, true},
		"a read that fails inside":                 {read, []int{500}, 1, true},
		"a write over a broken connection":         {write, []int{0, 201}, 2, false},
		"a write through a proxy without a server": {write, []int{502, 504, 201}, 3, false},
		"a write that conflicts":                   {write, []int{409}, 1, true},
		"a change of a version":                    {change, []int{0}, 1, true},
		"a change while the database is away":      {change, []int{503}, 1, true},
		"a preview whose source does not answer":   {preview, []int{503}, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{statuses: tc.statuses}
				if err := tc.call(t.Context(), asking(t, s)); (err != nil) != tc.fails {
					t.Errorf("got error %v", err)
				}
				if len(s.keys) != tc.sent {
					t.Errorf("it was sent %d times, want %d", len(s.keys), tc.sent)
				}
			})
		})
	}
}

func TestARepeatedWriteHasTheSameKeyAndEveryWriteItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{statuses: []int{0, 201}}
		c := asking(t, s)
		for _, ctx := range []context.Context{t.Context(), t.Context(), client.WithKey(t.Context(), "mine")} {
			if _, err := c.CreateItem(ctx, client.NewItem{}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.Items(t.Context(), client.ItemFilter{}); err != nil {
			t.Fatal(err)
		}
		k := s.keys // the first write twice, then the others and the read
		if len(k) != 5 || k[0] == "" || k[0] != k[1] || k[2] == "" || k[2] == k[0] || k[3] != "mine" || k[4] != "" {
			t.Errorf("got keys %q", k)
		}
	})
}

func TestRetryAfterIsHeededWithinReason(t *testing.T) {
	for after, want := range map[string]time.Duration{"5": 5 * time.Second, "3600": 10 * time.Second, "": 200 * time.Millisecond, "soon": 200 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			s := &scripted{statuses: []int{503, 200}, retryAfter: after}
			if _, err := asking(t, s).Items(t.Context(), client.ItemFilter{}); err != nil {
				t.Fatal(err)
			}
			if got := s.at[1].Sub(s.at[0]); got != want {
				t.Errorf("Retry-After %q: it waited %s, want %s", after, got, want)
			}
		})
	}
}

func TestNothingOutlivesTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		s := &scripted{statuses: []int{503}, retryAfter: "5"}
		_, err := asking(t, s).Items(ctx, client.ItemFilter{})
		if p, ok := errors.AsType[*client.Problem](err); !ok || p.Status != 503 || len(s.keys) != 1 || time.Since(begin) != 0 {
			t.Errorf("got %v after %s and %d attempts, want the refusal at once: there is no time for another", err, time.Since(begin), len(s.keys))
		}

		ctx, cancel = context.WithCancel(t.Context())
		go func() {
			<-time.After(time.Second)
			cancel()
		}()
		begin = time.Now()
		if _, err = asking(t, &scripted{statuses: []int{503}, retryAfter: "5"}).Items(ctx, client.ItemFilter{}); err == nil || time.Since(begin) != time.Second {
			t.Errorf("got %v after %s, want an end with the context", err, time.Since(begin))
		}
	})
}

func TestEachAttemptIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin, sent := time.Now(), 0
		hanging := transport(func(r *http.Request) (*http.Response, error) {
			sent++
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		_, err := asking(t, hanging, client.Timeout(4*time.Second)).Items(t.Context(), client.ItemFilter{})
		if u, ok := errors.AsType[*client.Unanswered](err); !ok || u.Server != "http://burnlist.example.org" || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if got, want := time.Since(begin), 3*4*time.Second+600*time.Millisecond; sent != 3 || got != want {
			t.Errorf("%d attempts took %s, want 3 in %s", sent, got, want)
		}
	})
}

func TestAProxysOwnAnswerIsAProblemToo(t *testing.T) {
	html := transport(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusRequestEntityTooLarge, Status: "413 Payload Too Large", Request: r, Body: io.NopCloser(strings.NewReader("<html>"))}, nil
	})
	_, err := asking(t, html).Items(t.Context(), client.ItemFilter{})
	p, ok := errors.AsType[*client.Problem](err)
	if !ok || p.Status != 413 || p.Code != "" || p.Error() != "burnlist.example.org answers 413 Payload Too Large" || !p.Refused() {
		t.Errorf("got %#v", err)
	}
}

func TestWithoutAnActorNothingIsSent(t *testing.T) {
	s := &scripted{statuses: []int{200}}
	c := asking(t, s, client.Actor(" "))
	if _, err := c.CreateItem(t.Context(), client.NewItem{}); !errors.Is(err, client.ErrNoActor) || len(s.keys) != 0 {
		t.Errorf("got %v, and %d requests", err, len(s.keys))
	}
	if _, err := c.Items(t.Context(), client.ItemFilter{}); err != nil {
		t.Errorf("a read fails: %v", err)
	}
}

func TestOnlyTheAddressOfAServerIsTaken(t *testing.T) {
	for _, address := range []string{"", "burnlist", "127.0.0.1:8080", "ftp://example.org", "http://", "http://example.org/api", "http://example.org?x=1", "http://exa mple.org"} {
		if _, err := client.New(address); burnlist.CodeOf(err) != burnlist.Invalid {
			t.Errorf("%q: got %v", address, err)
		}
	}
	for _, address := range []string{"http://127.0.0.1:8080", "https://burnlist.example.org/"} {
		c, err := client.New(address)
		if err != nil || c.Server() != strings.TrimSuffix(address, "/") {
			t.Errorf("%q: got %v", address, err)
		}
	}
}
