package client

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
)

// ChangeEvent is what a listener is told of a change.
type ChangeEvent struct {
	Revision     int64               `json:"revision"`
	At           time.Time           `json:"at"`
	Kind         burnlist.ChangeKind `json:"kind"`
	Actor        string              `json:"actor"`
	Review       *int64              `json:"review"`   // in which or by which it was done
	Subjects     []string            `json:"subjects"` // such as item/142; of very many the first
	MoreSubjects int                 `json:"more_subjects"`
}

// EventReset is the kind of the event that is no change: the server's log does
// not have what was heard before, as after the restore of a backup. Whatever is
// known of it should be read again; the stream goes on behind its revision.
const EventReset burnlist.ChangeKind = "reset"

// Paces of a stream that the server does not set.
const (
	silence   = 45 * time.Second // after which the connection is taken for lost; the server sends something every 15 s
	reconnect = 2 * time.Second
	maxEvent  = 4 << 20
)

// Listen yields what changes behind a revision, in order and each change once;
// behind a negative revision, from now on. A connection that is lost is made
// again, and resumes. It ends with the context, or with an error if the server
// refuses or is not burnlist.
func (c *Client) Listen(ctx context.Context, after int64) iter.Seq2[ChangeEvent, error] {
	return func(yield func(ChangeEvent, error) bool) {
		s := &stream{client: c, heard: after, pause: reconnect}
		for ctx.Err() == nil {
			err := s.run(ctx, yield)
			wait := s.pause
			if p, ok := errors.AsType[*Problem](err); ok {
				if p.Refused() {
					yield(ChangeEvent{}, p)
					return
				}
				wait = max(wait, min(p.retryAfter, longestPause))
			}
			if e, ok := errors.AsType[*elsewhere](err); ok {
				yield(ChangeEvent{}, e)
				return
			}
			if errors.Is(err, errEnough) {
				return
			}
			timer := time.NewTimer(wait)
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
			timer.Stop()
		}
	}
}

// errEnough ends a stream whose listener has heard enough.
var errEnough = errors.New("the listener has heard enough")

// stream is one listener over all its connections.
type stream struct {
	client *Client
	heard  int64 // the last revision that was yielded, negative before any
	pause  time.Duration
}

// run listens over one connection, until it ends. It always fails.
func (s *stream) run(ctx context.Context, yield func(ChangeEvent, error) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lost := time.AfterFunc(silence, cancel)
	defer lost.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.client.server+at("events"), http.NoBody)
	if err != nil {
		return fmt.Errorf("ask %s: %w", s.client.server, err)
	}
	req.Header.Set("Accept", "text/event-stream, application/problem+json")
	if s.heard >= 0 {
		req.Header.Set("Last-Event-ID", strconv.FormatInt(s.heard, 10))
	}
	resp, err := s.client.do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, maxEvent)) // without it, the status says enough
		return problemOf(resp, text)
	}
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return s.client.stranger()
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, maxEvent)
	for name, data := "", ""; lines.Scan(); {
		lost.Reset(silence)
		field, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			name = value
		case "data":
			data = value // one line, as the server writes it
		case "retry":
			if ms, err := strconv.Atoi(value); err == nil && ms >= 0 {
				s.pause = min(time.Duration(ms)*time.Millisecond, longestPause)
			}
		case "": // the end of an event, or a comment
			if data == "" {
				continue
			}
			if err := s.hear(name, data, yield); err != nil {
				return err
			}
			name, data = "", ""
		}
	}
	return &Unanswered{s.client.server, cmp.Or(lines.Err(), io.EOF)}
}

// hear passes on an event.
func (s *stream) hear(name, data string, yield func(ChangeEvent, error) bool) error {
	var e ChangeEvent
	if err := json.Unmarshal([]byte(data), &e); err != nil {
		return fmt.Errorf("read an event of %s: %w", s.client.server, err)
	}
	s.heard = e.Revision
	switch {
	case name == "hello":
		return nil
	case name == string(EventReset):
		e.Kind = EventReset
	}
	if !yield(e, nil) {
		return errEnough
	}
	return nil
}
