package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/burnlist/burnlist"
)

// memory is an outbox. It keeps what the Outbox promises within one process,
// and does not check what only a database can get wrong: that a message
// survives a restart, that claims of several processes exclude each other, that
// a claim which ran out cannot be used. The store's own tests do.
type memory struct {
	mu       sync.Mutex
	waiting  map[string][]*entry
	settled  []burnlist.Message // delivered or given up, in that order
	lost     []string           // ids of those that were given up
	failures []attempt
	changed  chan struct{} // closed and replaced at each change
	broken   int           // so many records of a delivery fail
}

type entry struct {
	burnlist.Message
	due, held time.Time
}

// attempt is one that was recorded as failed.
type attempt struct {
	id, cause string
	at, retry time.Time
}

func newMemory(messages ...burnlist.Message) *memory {
	m := &memory{waiting: map[string][]*entry{}, changed: make(chan struct{})}
	m.put(messages...)
	return m
}

func (m *memory) put(messages ...burnlist.Message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, message := range messages {
		m.waiting[message.Target] = append(m.waiting[message.Target], &entry{Message: message})
	}
}

func (m *memory) ClaimMessage(ctx context.Context, target string, now, until time.Time) (burnlist.Message, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return burnlist.Message{}, false, err
	}
	queue := m.waiting[target]
	if len(queue) == 0 || now.Before(queue[0].due) || now.Before(queue[0].held) {
		return burnlist.Message{}, false, nil
	}
	queue[0].held = until
	return queue[0].Message, true, nil
}

func (m *memory) MessageDelivered(ctx context.Context, message burnlist.Message, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken > 0 {
		m.broken--
		return errors.New("the database is away")
	}
	return m.remove(ctx, message)
}

func (m *memory) MessageFailed(ctx context.Context, message burnlist.Message, cause string, now, retry time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failures = append(m.failures, attempt{message.ID, cause, now, retry})
	if retry.IsZero() {
		m.lost = append(m.lost, message.ID)
		return m.remove(ctx, message)
	}
	if err := m.first(ctx, message); err != nil {
		return err
	}
	e := m.waiting[message.Target][0]
	e.due, e.held = retry, time.Time{}
	e.Attempts++
	e.LastError = cause
	m.tell()
	return nil
}

// first checks that a message is the oldest of its target.
func (m *memory) first(ctx context.Context, message burnlist.Message) error {
	if queue := m.waiting[message.Target]; len(queue) == 0 || queue[0].ID != message.ID {
		return fmt.Errorf("%s is not the oldest message of %s", message.ID, message.Target)
	}
	return ctx.Err()
}

func (m *memory) remove(ctx context.Context, message burnlist.Message) error {
	if err := m.first(ctx, message); err != nil {
		return err
	}
	m.waiting[message.Target] = m.waiting[message.Target][1:]
	m.settled = append(m.settled, message)
	m.tell()
	return nil
}

func (m *memory) tell() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// wait returns once the outbox is as it should be. Where it never is, the test
// ends by the time limit of go test, or as a deadlock of synctest.
func (m *memory) wait(is func() bool) {
	for {
		m.mu.Lock()
		done, changed := is(), m.changed
		m.mu.Unlock()
		if done {
			return
		}
		<-changed
	}
}

// empty waits until every message was delivered or given up, and returns the
// ids in that order.
func (m *memory) empty() []string {
	m.wait(func() bool {
		for _, queue := range m.waiting {
			if len(queue) > 0 {
				return false
			}
		}
		return true
	})
	return m.ids("")
}

// failed waits until so many attempts failed, and returns them.
func (m *memory) failed(n int) []attempt {
	m.wait(func() bool { return len(m.failures) >= n })
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.failures)
}

// ids returns the ids of what was delivered to a target or given up; of all
// targets if none is named.
func (m *memory) ids(target string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ids []string
	for _, message := range m.settled {
		if target == "" || target == message.Target {
			ids = append(ids, message.ID)
		}
	}
	return ids
}

// message is one for a target.
func message(target, id string, created time.Time) burnlist.Message {
	return burnlist.Message{
		ID: id, Target: target, Product: "shop", Subject: "Review of shop", CreatedAt: burnlist.Instant(created),
		Markdown: "# " + id + "\n", HTML: "<h1>" + id + "</h1>", Slack: "*" + id + "*",
	}
}
