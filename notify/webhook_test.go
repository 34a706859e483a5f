package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// receiver is a server for a webhook. It handles each request by the next of
// its ways, and the last one again and again.
type receiver struct {
	*httptest.Server
	ways []way

	mu    sync.Mutex
	asked int
	taken []string // ids of messages that it took, in that order

	reached chan struct{} // is sent to where it hangs
}

type way func(s *receiver, w http.ResponseWriter, r *http.Request)

func receive(t *testing.T, ways ...way) *receiver {
	t.Helper()
	s := &receiver{ways: ways, reached: make(chan struct{}, 100)}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	way := s.ways[min(s.asked, len(s.ways)-1)]
	s.asked++
	s.mu.Unlock()
	way(s, w, r)
}

func (s *receiver) take(r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken = append(s.taken, r.Header.Get(idHeader))
}

func (s *receiver) seen() (asked int, taken []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked, slices.Clone(s.taken)
}

func takes(s *receiver, _ http.ResponseWriter, r *http.Request) { s.take(r) }

func answers(status int, body string, headers ...string) way {
	return func(_ *receiver, w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// hangs never answers.
func hangs(s *receiver, _ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	select {
	case s.reached <- struct{}{}:
	default:
	}
	<-r.Context().Done()
}

// late takes the message, and answers when the client has lost patience.
func late(s *receiver, w http.ResponseWriter, r *http.Request) {
	s.take(r)
	hangs(s, w, r)
}

// dies hangs up after so much of an answer.
func dies(answer string) way {
	return func(_ *receiver, w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, answer)
		_ = conn.Close()
	}
}

func (s *receiver) target(name string, timeout time.Duration) Target {
	return Target{Name: name, Webhook: &Webhook{URL: s.URL + "/services/s3cr3t", Timeout: timeout}}
}

func TestWebhookGetsTheTextAndTheID(t *testing.T) {
	type request struct {
		Method, Path, ID, Type string
		Body                   any
	}
	got := make(chan request, 1)
	s := receive(t, func(_ *receiver, w http.ResponseWriter, r *http.Request) {
		var body any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		got <- request{r.Method, r.URL.Path, r.Header.Get("Burnlist-Message-Id"), r.Header.Get("Content-Type"), body}
		w.WriteHeader(http.StatusNoContent)
	})
	box := newMemory(message("chat", "review-12", time.Now()))
	seen, _ := deliver(t, box, s.target("chat", time.Minute))
	box.empty()
	want := request{"POST", "/services/s3cr3t", "review-12", "application/json; charset=utf-8", map[string]any{"text": "*review-12*"}}
	if diff := cmp.Diff(want, <-got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"chat delivered": 1}, seen.of); diff != "" {
		t.Errorf("observed (-want +got):\n%s", diff)
	}
}

// TestWebhookThatFailsFirstGetsAllInOrder sends two messages to a receiver that
// fails on the first one, once. The receiver takes a message twice exactly
// where the answer was lost.
func TestWebhookThatFailsFirstGetsAllInOrder(t *testing.T) {
	once, twice := []string{"first", "second"}, []string{"first", "first", "second"}
	for name, c := range map[string]struct {
		first  way
		taken  []string
		failed int
		cause  string
	}{
		"it answers 500":        {answers(500, "sorry"), once, 1, "answered 500 Internal Server Error"},
		"it is busy":            {answers(429, "", "Retry-After", "86400"), once, 1, "answered 429 Too Many Requests"},
		"it refuses":            {answers(404, "no_service"), once, 1, "answered 404 Not Found: no_service"},
		"it hangs":              {hangs, once, 1, "no answer within 1m0s"},
		"it answers too late":   {late, twice, 1, "no answer within 1m0s"},
		"it hangs up":           {dies(""), once, 1, "EOF"},
		"it dies in a line":     {dies("HTTP/1.1 200 O"), once, 1, "EOF"},
		"it dies in a header":   {dies("HTTP/1.1 200 OK\r\nContent-"), once, 1, "malformed MIME header"},
		"it talks nonsense":     {dies("220 smtp.example.org ESMTP\r\n"), once, 1, "malformed HTTP"},
		"its header never ends": {dies("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20)), once, 1, ""},
		"it takes it and then hangs with half a body": {func(s *receiver, w http.ResponseWriter, r *http.Request) {
			s.take(r)
			_, _ = io.WriteString(w, "o")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, once, 0, ""},
		"it takes it and then hangs up": {func(s *receiver, w http.ResponseWriter, r *http.Request) {
			s.take(r)
			dies("")(s, w, r)
		}, twice, 1, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := receive(t, c.first, takes)
			box := newMemory(message("chat", "first", time.Now()), message("chat", "second", time.Now()))
			courier, _, _ := prepare(t, box, s.target("chat", time.Minute))
			impatient(courier, s.reached)
			run(t, courier)
			if diff := cmp.Diff(once, box.empty()); diff != "" {
				t.Errorf("delivered (-want +got):\n%s", diff)
			}
			if _, taken := s.seen(); !slices.Equal(taken, c.taken) {
				t.Errorf("the receiver took %v, want %v", taken, c.taken)
			}
			if len(box.failures) != c.failed || c.failed > 0 && !strings.Contains(box.failures[0].cause, c.cause) {
				t.Errorf("failures are %+v, want %d with %q", box.failures, c.failed, c.cause)
			}
		})
	}
}

// TestWebhookThatHangsDelaysNoOther has the first target hang for as long as
// the test lasts.
func TestWebhookThatHangsDelaysNoOther(t *testing.T) {
	stuck := receive(t, hangs)
	works := receive(t, takes)
	box := newMemory(message("stuck", "1", time.Now()))
	deliver(t, box, stuck.target("stuck", time.Hour), works.target("works", time.Minute))
	<-stuck.reached
	box.put(message("works", "1", time.Now()), message("works", "2", time.Now()))
	box.wait(func() bool { return len(box.settled) == 2 })
	if diff := cmp.Diff([]string{"1", "2"}, box.ids("works")); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
}

func TestRedirectIsFollowedOnlyWhereItRepeatsThePost(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		where  string // E is elsewhere
		follow bool
	}{
		"308 on the same server":                   {308, "/new", true},
		"307 on the same server":                   {307, "/new", true},
		"302 on the same server, which would GET":  {302, "/new", false},
		"307 to elsewhere":                         {307, "E/new", false},
		"308 to elsewhere":                         {308, "E/new", false},
		"303 to elsewhere":                         {303, "E/new", false},
		"307 to elsewhere in the form of a reply":  {307, "//E/new", false},
		"307 to itself, for ever":                  {307, "", false},
		"300 without a place":                      {300, "-", false},
		"304, which is no answer to a POST at all": {304, "-", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			elsewhere := receive(t, takes)
			loop := 0
			s := receive(t, func(s *receiver, w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/new" {
					if r.Method == http.MethodPost {
						s.take(r)
					}
					return
				}
				loop++
				if loop > 20 {
					t.Error("followed for ever")
					return
				}
				if c.where != "-" {
					where := strings.ReplaceAll(c.where, "//E", strings.TrimPrefix(elsewhere.URL, "http:"))
					w.Header().Set("Location", strings.ReplaceAll(where, "E", elsewhere.URL))
				}
				w.WriteHeader(c.status)
			})
			target := s.target("chat", time.Minute)
			if c.where == "" {
				target.Webhook.URL = s.URL + "/"
			}
			box := newMemory(message("chat", "1", time.Now().Add(-time.Hour))) // its patience is over, so one attempt
			deliver(t, box, target)
			box.empty()
			if asked, _ := elsewhere.seen(); asked != 0 {
				t.Errorf("another server was asked %d times", asked)
			}
			_, taken := s.seen()
			if c.follow != (len(taken) == 1) || c.follow != (len(box.lost) == 0) {
				t.Errorf("the receiver took %v, and given up is %v; want it followed: %t", taken, box.lost, c.follow)
			}
		})
	}
}

// TestNobodyIsToldTheAddressOfAWebhook looks at everything that is stored or
// logged when receivers fail that quote it.
func TestNobodyIsToldTheAddressOfAWebhook(t *testing.T) {
	gone := receive(t, takes)
	gone.Close()
	quoting := func(status int) way {
		return func(_ *receiver, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", r.URL.String()+"%zz") // which the client cannot parse
			w.Header().Set("Retry-After", r.URL.String())
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, "cannot post hunter two "+r.URL.String())
		}
	}
	plain := receive(t, takes)
	for name, address := range map[string]string{
		"a server that is away":               gone.URL,
		"a host that cannot be":               "http://chat.invalid",
		"a server without TLS":                strings.Replace(plain.URL, "http:", "https:", 1),
		"a page that is not found":            receive(t, quoting(404)).URL,
		"a server that is down":               receive(t, quoting(503)).URL,
		"a redirect that cannot be":           receive(t, quoting(307)).URL,
		"a redirect that is none":             receive(t, quoting(300)).URL,
		"a server that hangs":                 receive(t, hangs).URL,
		"an address with a user and password": strings.Replace(gone.URL, "//", "//hunter2:hunter2@", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box := newMemory(message("chat", "1", time.Now()))
			seen, log := deliver(t, box, Target{Name: "chat", Webhook: &Webhook{
				URL: address + "/services/T0/hunter2?token=hunter2&hunter2#hunter2", Timeout: time.Second,
			}})
			for _, a := range box.failed(1) {
				if a.cause == "" || strings.Contains(a.cause, "hunter") {
					t.Errorf("the cause is %q", a.cause)
				}
			}
			if text := log.String(); !strings.Contains(text, "message not delivered") || strings.Contains(text, "hunter") {
				t.Errorf("logged is %s", text)
			}
			seen.mu.Lock()
			defer seen.mu.Unlock()
			if seen.of["chat failed"] == 0 {
				t.Errorf("observed is %v", seen.of)
			}
		})
	}
}

func TestTheFilterLeavesBurnlistsOwnWordsAlone(t *testing.T) {
	hook := func(path string) *hook {
		h, err := newHook(&Webhook{URL: "https://chat.example.org" + path, Timeout: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	answered := func(path string, status int, answer string) string {
		return hook(path).answered(&http.Response{StatusCode: status}, answer).cause
	}
	for name, c := range map[string]struct{ got, want string }{
		"a redirect": {
			answered("/redir/address", 302, ""),
			"answered 302 Found: it redirects to elsewhere, give the address that it redirects to",
		},
		"the name of a status": {answered("/Found", 404, "no_Found"), "answered 404 Not Found"},
		"what it answers": {
			answered("/answered/channel", 410, "channel_is_archived"),
			"answered 410 Gone: …_is_archived",
		},
		"no answer": {hook("/answer").fail(context.DeadlineExceeded).cause, "no answer within 1m0s"},
		"an error":  {hook("/hunter2").fail(errors.New("cannot dial hunter2")).cause, "cannot dial …"},
		"a mail server that is silent": {
			(&post{Mail: Mail{Timeout: time.Minute}, secrets: secrets{"answer"}}).fail(os.ErrDeadlineExceeded).cause,
			"no answer within 1m0s",
		},
	} {
		if c.got != c.want {
			t.Errorf("%s: the cause is %q, want %q", name, c.got, c.want)
		}
	}
}

func TestStatusSaysWhetherToHurry(t *testing.T) {
	h := &hook{}
	for status, refused := range map[int]bool{
		300: true, 301: true, 308: true, 400: true, 401: true, 403: true, 404: true, 410: true, 413: true,
		408: false, 429: false, 500: false, 502: false, 503: false, 504: false,
	} {
		f := h.answered(&http.Response{StatusCode: status, Header: http.Header{"Retry-After": {"7"}}}, "")
		if f.refused != refused {
			t.Errorf("%d counts as refused: %t", status, f.refused)
		}
		if heeded := f.retryAfter == "7"; heeded != (status == 429 || status == 503) {
			t.Errorf("Retry-After of %d is heeded: %t", status, heeded)
		}
	}
}
