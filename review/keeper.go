package review

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// Store is what a Keeper needs of package store; each method is one
// transaction there, and runs the function that it is given inside.
type Store interface {
	OpenReview(ctx context.Context, by burnlist.Author, product string,
		open func(p burnlist.Product, earlier []burnlist.Review) (burnlist.Review, burnlist.Agenda, error)) (burnlist.Review, int64, error)
	Refreeze(ctx context.Context, by burnlist.Author, id int64,
		freeze func(burnlist.Review, burnlist.Product) (burnlist.Review, burnlist.Agenda, error)) (burnlist.Review, int64, error)
	RecordSlots(ctx context.Context, by burnlist.Author, product string,
		record func(p burnlist.Product, known []burnlist.Review) ([]burnlist.Review, error)) ([]burnlist.Review, int64, error)
	Conclude(ctx context.Context, by burnlist.Author, id int64,
		conclude func(burnlist.Meeting) (burnlist.Conclusion, error)) (burnlist.Review, int64, error)
	Observe(ctx context.Context, by burnlist.Author, seen int64, found map[string]burnlist.State) (int64, error)
	ReturnItems(ctx context.Context, by burnlist.Author, ids []int64,
		back func(burnlist.Item, burnlist.Product, *burnlist.Standing) (burnlist.Item, bool)) (int64, error)
	// Week returns the meeting that there would be at this moment: everything of
	// a Meeting but the review, its agenda and its decisions, or those too if a
	// review of the product is open.
	Week(ctx context.Context, product string) (burnlist.Meeting, error)
	// Repeated reports whether what the author asks for was done already, under
	// the same key; the methods above then return what was done.
	Repeated(ctx context.Context, by burnlist.Author) (bool, error)
	PutMessages(ctx context.Context, by burnlist.Author, messages []burnlist.Message) error
}

// Keeper holds reviews to their times: it opens them at their slots, concludes
// those that are left open, notes slots that passed, brings items back whose
// time has come, and sends the digests of the week. Any number of keepers may
// run over one store: what each decides is decided again inside the
// transaction, so that everything happens once.
type Keeper struct {
	store      Store
	board      *prioritizer.Board
	recipients []Recipient
	link       string // of the installation, for digests; may be empty
	log        *slog.Logger
	wake       chan struct{}
	sent       map[string]bool // weekly messages that this keeper has put into the outbox
}

// NewKeeper returns a keeper of the reviews in store, which follows board. The
// link is the address under which people reach burnlist, or empty.
func NewKeeper(store Store, board *prioritizer.Board, recipients []Recipient, link string, log *slog.Logger) *Keeper {
	return &Keeper{store: store, board: board, recipients: recipients, link: link, log: log, wake: make(chan struct{}, 1), sent: map[string]bool{}}
}

// Wake makes Run look at once, as after budgets were refreshed: a service is to
// be seen to burn before somebody who sees it burn decides of its items.
func (k *Keeper) Wake() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// Run keeps the times, at each full minute and when woken, until ctx ends.
func (k *Keeper) Run(ctx context.Context, now func() time.Time) {
	for {
		k.Tick(ctx, now())
		at := now()
		minute := time.NewTimer(at.Truncate(time.Minute).Add(time.Minute).Sub(at))
		select {
		case <-ctx.Done():
			minute.Stop()
			return
		case <-minute.C:
		case <-k.wake:
			minute.Stop()
		}
	}
}

// Tick does everything that is due at now. What fails is logged, and tried
// again by the next tick. It is not safe for concurrent use.
func (k *Keeper) Tick(ctx context.Context, now time.Time) {
	by := burnlist.System(now)
	tell := func(doing string, err error) {
		if err != nil && ctx.Err() == nil {
			k.log.WarnContext(ctx, "trying again in a minute", slog.String("doing", doing), slog.Any("err", err))
		}
	}
	tell("bringing items back", k.bringBack(ctx, by, "", false))
	q := k.board.Queue()
	if q == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(q.World.Products)) {
		if ctx.Err() != nil {
			return
		}
		tell("keeping the slots of "+name, k.keepSlots(ctx, by, name))
		tell("sending the week's digest of "+name, k.sendWeek(ctx, by, q.World.Products[name]))
	}
}

// Open opens the review of a product that people ask for. Items that are due
// back are on the agenda. It fails with Conflict if a review of the product is
// open, and with NotFound.
func (k *Keeper) Open(ctx context.Context, by burnlist.Author, product string) (burnlist.Review, int64, error) {
	q, err := k.current(ctx, by, product)
	if err != nil {
		return burnlist.Review{}, 0, err
	}
	return k.store.OpenReview(ctx, by, product, func(p burnlist.Product, _ []burnlist.Review) (burnlist.Review, burnlist.Agenda, error) {
		return Freeze(q, opened(p, by), p)
	})
}

// Refreeze freezes the agenda of an open review anew. It fails with Conflict
// once anything was decided in it.
func (k *Keeper) Refreeze(ctx context.Context, by burnlist.Author, r burnlist.Review) (burnlist.Review, int64, error) {
	q, err := k.current(ctx, by, r.Product)
	if err != nil {
		return burnlist.Review{}, 0, err
	}
	return k.store.Refreeze(ctx, by, r.ID, func(r burnlist.Review, p burnlist.Product) (burnlist.Review, burnlist.Agenda, error) {
		return Freeze(q, r, p)
	})
}

// Conclude concludes a review, once.
func (k *Keeper) Conclude(ctx context.Context, by burnlist.Author, id int64) (burnlist.Review, int64, error) {
	return k.store.Conclude(ctx, by, id, func(m burnlist.Meeting) (burnlist.Conclusion, error) {
		return Conclude(m, by, k.recipients, k.link)
	})
}

// Week returns the digest of a product as of now, while its review is open or
// without one.
func (k *Keeper) Week(ctx context.Context, product string, now time.Time) (Digest, error) {
	q := k.board.Queue()
	if q == nil {
		return Digest{}, errNotLoaded
	}
	m, err := k.store.Week(ctx, product)
	if err != nil {
		return Digest{}, err
	}
	r := m.Review
	if !r.Held() {
		r = opened(m.Product, burnlist.System(now))
	}
	fresh, agenda, err := Freeze(prioritizer.Rank(q.World, now), r, m.Product)
	if err != nil {
		return Digest{}, err
	}
	if m.Review.Held() {
		// What was decided is told of the agenda that it was decided of, and the
		// budgets as they are now.
		fresh.Date, fresh.Entries, fresh.Jump, agenda.Entries = r.Date, r.Entries, r.Jump, m.Agenda.Entries
	}
	m.Review, m.Agenda = fresh, agenda
	m.Review.Tally = tally(m, now, 0)
	return Compose(m, nil, now, k.link)
}

var errNotLoaded = burnlist.Errorf(burnlist.Unavailable, "the queue is not loaded yet: try again in a moment")

func opened(p burnlist.Product, by burnlist.Author) burnlist.Review {
	return burnlist.Review{Product: p.Name, State: burnlist.ReviewOpen, OpenedAt: &by.At, OpenedBy: burnlist.NullString(by.Actor)}
}

// current returns the queue as it is at by.At, with the items of the product
// that are due back in it. What was frozen already, under the same key, needs
// none, and brings nothing back.
func (k *Keeper) current(ctx context.Context, by burnlist.Author, product string) (*prioritizer.Queue, error) {
	if done, err := k.store.Repeated(ctx, by); err != nil || done {
		return nil, err
	}
	if k.board.Queue() == nil {
		return nil, errNotLoaded
	}
	if err := k.bringBack(ctx, burnlist.System(by.At), product, true); err != nil {
		return nil, err
	}
	return prioritizer.Rank(k.board.Queue().World, by.At), nil
}

// errNotDue says that another keeper was faster.
var errNotDue = errors.New("the slot is dealt with")

// keepSlots does what is due about the slots of a product: first what passed,
// then what is left open, then the slot itself.
func (k *Keeper) keepSlots(ctx context.Context, by burnlist.Author, product string) error {
	w := k.board.Queue().World
	known := make([]burnlist.Review, 0, len(w.Reviews[product]))
	for _, r := range w.Reviews[product] {
		known = append(known, *r)
	}
	plan := Due(*w.Products[product], known, by.At)
	if len(plan.Passed) > 0 || len(plan.Met) > 0 || plan.Adopt != 0 {
		_, revision, err := k.store.RecordSlots(ctx, by, product, func(p burnlist.Product, known []burnlist.Review) ([]burnlist.Review, error) {
			return Due(p, known, by.At).Record(p, known), nil
		})
		if err == nil {
			err = k.board.Wait(ctx, revision)
		}
		if err != nil || plan.Adopt != 0 {
			return err
		}
	}
	if plan.Conclude != 0 {
		_, _, err := k.store.Conclude(ctx, by, plan.Conclude, func(m burnlist.Meeting) (burnlist.Conclusion, error) {
			if Due(m.Product, append([]burnlist.Review{m.Review}, m.Earlier...), by.At).Conclude != m.Review.ID {
				return burnlist.Conclusion{}, errNotDue
			}
			return Conclude(m, by, k.recipients, k.link)
		})
		if errors.Is(err, errNotDue) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	if plan.Slot.IsZero() {
		return nil
	}
	q, err := k.current(ctx, by, product)
	if err != nil {
		return err
	}
	_, revision, err := k.store.OpenReview(ctx, by, product, func(p burnlist.Product, known []burnlist.Review) (burnlist.Review, burnlist.Agenda, error) {
		plan := Due(p, known, by.At)
		if plan.Slot.IsZero() || plan.Adopt != 0 || plan.Conclude != 0 {
			return burnlist.Review{}, burnlist.Agenda{}, errNotDue
		}
		r := opened(p, by)
		r.Slot = plan.Slot
		return Freeze(q, r, p)
	})
	if errors.Is(err, errNotDue) || burnlist.CodeOf(err) == burnlist.Conflict {
		return nil // the next tick sees what the other one did
	}
	if err != nil {
		return fmt.Errorf("open the review of %s: %w", plan.Slot, err)
	}
	return k.board.Wait(ctx, revision)
}
