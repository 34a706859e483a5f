package budget

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/burnlist/burnlist"
)

// Ledgers is what the collector needs of a store. A write that the store
// refuses with Conflict says that somebody else collects now.
type Ledgers interface {
	// Ledger returns all that is kept of a ledger.
	Ledger(ctx context.Context, ledger int64) (burnlist.Ledger, error)
	// PutSlices inserts slices, or replaces those of the same ledger and start.
	PutSlices(ctx context.Context, slices []burnlist.Slice) error
	// RollUp stores hours and days, and deletes the slices and hours that lie in
	// them.
	RollUp(ctx context.Context, rows []burnlist.Rolled) error
	// PutReread stores how far ledgers were read again.
	PutReread(ctx context.Context, marks []burnlist.Reread) error
	// Forget deletes what starts before an instant, in Unix seconds.
	Forget(ctx context.Context, before int64) error
	// PutBudgets replaces all figures and incident costs, as one change, and
	// returns its revision.
	PutBudgets(ctx context.Context, by burnlist.Author, b burnlist.Budgets) (int64, error)
}

// Collector keeps the ledgers of all SLOs complete, and their figures fresh.
// Each source has a desk of its own, so that one that hangs or refuses holds up
// nobody else's figures. The methods are safe for concurrent use.
type Collector struct {
	desks map[string]*desk // by the name of the source
	store Ledgers
	world func() *burnlist.World
	log   *slog.Logger
	bound time.Duration // of the time in which a round of Run asks a source

	opening sync.Mutex // guards books
	books   map[int64]*book

	measuring   sync.Mutex    // of which one runs at a time
	measureSoon chan struct{} // holds one value while Run is to measure

	mu        sync.Mutex // guards what follows
	said      map[string]string
	succeeded map[string]time.Time
	woken     int       // how often
	heard     int       // how much of that the latest figures know of
	measured  time.Time // the instant they are of
	forgot    time.Time // when what is too old was last forgotten
}

// defaultBound keeps a long backfill from holding up the newest slices of its
// own source.
const defaultBound = 20 * time.Second

// NewCollector returns a collector that asks the given sources. World returns
// what is to be measured; what it returns is not modified.
func NewCollector(sources []*Source, store Ledgers, world func() *burnlist.World, log *slog.Logger) *Collector {
	c := &Collector{
		desks: map[string]*desk{}, store: store, world: world, log: log, bound: defaultBound,
		books: map[int64]*book{}, measureSoon: make(chan struct{}, 1),
		said: map[string]string{}, succeeded: map[string]time.Time{},
	}
	for _, s := range sources {
		c.desks[s.name] = newDesk(s.name, s)
	}
	if len(sources) == 0 { // somebody has to measure
		c.desks[""] = newDesk("", nil)
	}
	return c
}

// LastSuccess returns the time of the latest round in which each source
// answered a query, by the name of the source. It stands still while nothing
// is due, and so may be as old as the longest slice of the source's SLOs while
// all is well. A source that never answered is not in it.
func (c *Collector) LastSuccess() map[string]time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.succeeded)
}

// Wake makes Run ask every source at once, or once more after the round under
// way, and measure anew. Any number of calls until then are as one. It is for
// when the world has come to hold something new to measure.
func (c *Collector) Wake() {
	c.mu.Lock()
	c.woken++
	c.mu.Unlock()
	for _, d := range c.desks {
		d.poke()
	}
}

// Run attends to every source by itself, at once and then every so often, 30 s
// if every is 0, and at once when it is woken. A round asks for about 20 s and
// the query under way, the newest slices first, and leaves what is still
// missing to the next one, which follows at once. After a round that brought
// something new, and as often as every says, the figures of all SLOs are
// measured from what is known by then, and stored.
//
// It returns nil when ctx has ended. If the store refuses a write with Conflict,
// somebody else collects: Run returns that error, and a new Collector has to be
// made to collect again, because this one does not know what the other wrote.
//
// What goes wrong is logged when it begins, changes and ends.
func (c *Collector) Run(ctx context.Context, now func() time.Time, every time.Duration) error {
	if every <= 0 {
		every = 30 * time.Second
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var loops sync.WaitGroup
	for _, d := range c.desks {
		loops.Go(func() { c.attend(ctx, d, now, every, stop) })
	}
	loops.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-c.measureSoon:
			}
			err := c.measure(ctx, now())
			if c.over(ctx, err, stop) {
				return
			}
			c.say(ctx, "refresh", "figures", err)
		}
	})
	loops.Wait()
	if lost := context.Cause(ctx); burnlist.CodeOf(lost) == burnlist.Conflict {
		c.log.LogAttrs(context.WithoutCancel(ctx), slog.LevelWarn, "collecting ends: somebody else collects now", slog.Any("error", lost))
		return lost
	}
	return nil
}

// over reports whether Run has come to its end: its context has, or err says
// that somebody else collects.
func (c *Collector) over(ctx context.Context, err error, stop context.CancelCauseFunc) bool {
	if burnlist.CodeOf(err) == burnlist.Conflict {
		stop(err)
	}
	return ctx.Err() != nil
}

// Refresh does everything once: it asks all sources for all slices that are
// missing, stores them, and then stores the figures of all SLOs and the
// incident costs of all items, as of now. That a source or an SLO cannot be
// asked is no error of a refresh: it is in the figures. Refresh fails if the
// store does, or if ctx ends; what was stored until then is not asked for
// again.
func (c *Collector) Refresh(ctx context.Context, now time.Time) error {
	return c.refresh(ctx, now, math.MaxInt64)
}

// refresh is Refresh, but asks no source for longer than bound.
func (c *Collector) refresh(ctx context.Context, now time.Time, bound time.Duration) error {
	desks := slices.SortedFunc(maps.Values(c.desks), func(a, b *desk) int { return cmp.Compare(a.name, b.name) })
	failed := make([]error, len(desks))
	var visits sync.WaitGroup
	for i, d := range desks {
		visits.Go(func() { _, failed[i] = c.visit(ctx, d, now, bound) })
	}
	visits.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	if err := c.measure(ctx, now); err != nil {
		return err
	}
	for _, d := range desks {
		if err := c.tidy(ctx, d, now, bound); err != nil {
			return err
		}
	}
	return nil
}

// measure stores the figures of all SLOs and the costs of all incidents, as
// far as the books know them.
func (c *Collector) measure(ctx context.Context, now time.Time) error {
	c.measuring.Lock()
	defer c.measuring.Unlock()
	c.mu.Lock()
	c.heard = c.woken // before the world is read
	c.mu.Unlock()
	open, err := c.open(ctx, now)
	if err == nil {
		if _, err = c.store.PutBudgets(ctx, burnlist.System(now), open.budgets(now)); err != nil {
			err = fmt.Errorf("store the budgets: %w", err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.heard = -1
		return err
	}
	c.measured = now
	return nil
}

// shouldMeasure reports whether the figures are to be measured again at an
// instant, after a round that brought something new, or did not.
func (c *Collector) shouldMeasure(news bool, now time.Time, every time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return news || c.woken != c.heard || now.Sub(c.measured) >= every-every/10
}

// say logs an error when it is new or has changed, and its end. Ports and counts
// change from one attempt to the next and say nothing new.
func (c *Collector) say(ctx context.Context, kind, name string, err error) {
	key := kind + "/" + name
	gist := ""
	if err != nil {
		gist = strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return -1
			}
			return r
		}, err.Error())
	}
	c.mu.Lock()
	before, failing := c.said[key]
	if err != nil {
		c.said[key] = gist
	} else {
		delete(c.said, key)
	}
	c.mu.Unlock()
	switch {
	case err == nil && failing:
		c.log.LogAttrs(ctx, slog.LevelInfo, "collecting works again", slog.String(kind, name))
	case err != nil && (!failing || before != gist):
		c.log.LogAttrs(ctx, slog.LevelWarn, "collecting fails", slog.String(kind, name), slog.Any("error", err))
	}
}
