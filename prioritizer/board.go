package prioritizer

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/burnlist/burnlist"
)

// Board holds the world and publishes its ranked queue. All methods may be
// called from any goroutine; readers of the queue take no lock.
type Board struct {
	now    func() time.Time
	queue  atomic.Pointer[Queue]
	synced atomic.Pointer[time.Time]

	ranking sync.Mutex // held while a queue is made, so that queues appear in order

	mu        sync.Mutex // guards published; never held while ranking, so that waiters can give up
	published chan struct{}
}

// judgedFor is for how long dates and budgets need not be judged again while
// nothing but items changes. At each full minute they are.
const judgedFor = time.Minute

// NewBoard returns an empty board that takes the time from now.
func NewBoard(now func() time.Time) *Board {
	return &Board{now: now, published: make(chan struct{})}
}

// Load ranks a world and publishes its queue. The board owns the world from
// then on.
func (b *Board) Load(w *burnlist.World) {
	b.ranking.Lock()
	defer b.ranking.Unlock()
	b.publish(Rank(w, b.now()))
	b.synced.Store(new(b.now()))
}

// Apply brings the world forward by changes, in order of revision, and
// publishes one queue for all of them. Changes that the world has seen are
// passed over; before Load there is no world, and nothing happens. No changes
// at all say that the board has everything there is.
func (b *Board) Apply(changes []burnlist.Change) {
	b.ranking.Lock()
	defer b.ranking.Unlock()
	q := b.queue.Load()
	if q != nil {
		defer func() { b.synced.Store(new(b.now())) }()
	}
	if q == nil || len(changes) == 0 || changes[len(changes)-1].Revision <= q.Revision {
		return
	}
	w := q.World.Clone()
	for _, c := range changes {
		w.Apply(c)
	}
	at := b.now()
	if since := at.Sub(q.At); since >= 0 && since < judgedFor && !slices.ContainsFunc(changes, beyondItems) {
		at = q.At // what was judged a moment ago need not be judged again for an item
	}
	b.publish(q.Advance(w, changes, at))
}

// Queue returns the newest queue without waiting, or nil before Load.
func (b *Board) Queue() *Queue { return b.queue.Load() }

// Behind returns for how long the board has not heard of the store: next to
// nothing, unless the store is away. Before Load it is 0.
func (b *Board) Behind() time.Duration {
	at := b.synced.Load()
	if at == nil {
		return 0
	}
	return max(0, b.now().Sub(*at))
}

// Wait returns as soon as the published queue has at least the given revision,
// so that whoever made that revision sees it. It returns the context's error if
// that ends first.
func (b *Board) Wait(ctx context.Context, revision int64) error {
	for {
		// The channel is taken before the queue is looked at: a queue published
		// in between closes it.
		b.mu.Lock()
		published := b.published
		b.mu.Unlock()
		if q := b.queue.Load(); q != nil && q.Revision >= revision {
			return nil
		}
		select {
		case <-published:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Run ranks again at each full minute, as items become overdue and budgets
// stale by the passing of time alone. It returns when ctx ends.
func (b *Board) Run(ctx context.Context) {
	for {
		now := b.now()
		minute := time.NewTimer(now.Truncate(time.Minute).Add(time.Minute).Sub(now))
		select {
		case <-ctx.Done():
			minute.Stop()
			return
		case <-minute.C:
			b.refresh()
		}
	}
}

func (b *Board) refresh() {
	b.ranking.Lock()
	defer b.ranking.Unlock()
	if q := b.queue.Load(); q != nil {
		b.publish(q.Advance(q.World, nil, b.now()))
	}
}

// publish makes q the newest queue and wakes who waits.
func (b *Board) publish(q *Queue) {
	b.queue.Store(q)
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.published)
	b.published = make(chan struct{})
}
