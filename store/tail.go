package store

import (
	"context"
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
)

// Tail calls deliver with all changes after the given revision, in order, each
// once, in batches that are never empty; and goes on with what is committed
// later, by this process at once, by others when it next looks, every poll
// (100 ms if 0). It ends with deliver's error, or with nil when ctx ends. If
// the database does not answer it says so in the log, once, and tries again.
// Any number of tails may run at a time.
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
		case err != nil:
			if !away {
				s.log.WarnContext(ctx, "the change log cannot be read: trying again until it can", slog.Any("err", err))
			}
			away, pause, committed = true, min(2*pause, max(longestPoll, poll)), nil
		case away:
			s.log.InfoContext(ctx, "the change log can be read again")
			away, pause = false, poll
		}
		if len(batch) > 0 {
			if err := deliver(batch); err != nil {
				return err
			}
			after = batch[len(batch)-1].Revision
			continue
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

// newChanges looks at the counter first, which costs next to nothing when
// there is nothing new.
func (s *Store) newChanges(ctx context.Context, after int64) ([]burnlist.Change, error) {
	revision, err := currentRevision(ctx, s.reader)
	if err != nil {
		return nil, s.failed("read the revision", err)
	}
	if revision <= after {
		return nil, nil
	}
	return s.Changes(ctx, after, mostChanges)
}
