package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/burnlist/burnlist"
)

// signal tells any number of waiters that something was committed. The zero
// signal is ready to use.
type signal struct {
	mu   sync.Mutex
	next chan struct{}
}

// wait returns a channel that is closed by the next announce. Who takes it
// before looking cannot miss what is announced after.
func (s *signal) wait() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next = make(chan struct{})
	}
	return s.next
}

func (s *signal) announce() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next != nil {
		close(s.next)
		s.next = nil
	}
}

// How the tailer reads.
const (
	defaultPoll = 100 * time.Millisecond
	longestPoll = 2 * time.Second // between attempts, while the database does not answer
	// longestLook is how long one look may take: a connection that is open at
	// this end only would be waited for without an end.
	longestLook = 5 * time.Second
)

// Tail calls deliver with all changes after the given revision, in order, each
// once; and goes on with what is committed later, by this process at once, by
// others when it next looks, every poll (100 ms if 0). A look that finds
// nothing new is delivered as an empty batch: it says that all there is has
// been delivered. If the database does not answer within 5 s, Tail says so in
// the log, once, and tries again.
//
// It ends with deliver's error, with nil when ctx ends, and with an error if
// the log goes backwards, as it does where a backup is restored or a standby
// takes over that lacks the last changes: what was delivered is then not what
// is stored. Any number of tails may run at a time.
func (s *Store) Tail(ctx context.Context, after int64, poll time.Duration, deliver func([]burnlist.Change) error) error {
	if poll <= 0 {
		poll = defaultPoll
	}
	pause, away := poll, false
	for {
		committed := s.commits.wait()
		batch, err := s.newChanges(ctx, after)
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // the end of ctx is how a tail ends; err is only its echo
		case errors.Is(err, errBackwards):
			return err
		case err != nil:
			if !away {
				s.log.WarnContext(ctx, "the change log cannot be read: trying again until it can", slog.Any("err", err))
			}
			away, pause = true, min(2*pause, max(longestPoll, poll))
		default:
			if away {
				s.log.InfoContext(ctx, "the change log can be read again")
				away, pause = false, poll
			}
			if err := deliver(batch); err != nil {
				return err
			}
			if len(batch) > 0 {
				after = batch[len(batch)-1].Revision
				continue
			}
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-committed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// errBackwards says that a revision that was read is no longer there.
var errBackwards = errors.New("the change log went backwards")

// newChanges looks at the counter first, which costs next to nothing when
// there is nothing new.
func (s *Store) newChanges(ctx context.Context, after int64) ([]burnlist.Change, error) {
	ctx, cancel := context.WithTimeout(ctx, s.look)
	defer cancel()
	revision, err := currentRevision(ctx, s.reader)
	if err != nil {
		return nil, s.failed("read the revision", err)
	}
	switch {
	case revision < after:
		return nil, fmt.Errorf("%w, from revision %d to %d, as after the restore of a backup: start burnlist again, so that it loads what is stored now",
			errBackwards, after, revision)
	case revision == after:
		return nil, nil
	}
	return s.Changes(ctx, after, mostChanges)
}
