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

// Slices is what the collector needs of a store.
type Slices interface {
	// Slices returns the slices of a ledger that start in [from, to), in Unix
	// seconds.
	Slices(ctx context.Context, ledger, from, to int64) ([]burnlist.Slice, error)
	// PutSlices inserts slices, or replaces those of the same ledger and start.
	PutSlices(ctx context.Context, slices []burnlist.Slice) error
	// PutBudgets replaces all figures and incident costs, as one change, and
	// returns its revision.
	PutBudgets(ctx context.Context, by burnlist.Author, b burnlist.Budgets) (int64, error)
}

// Collector keeps the ledgers of all SLOs complete, and their figures fresh.
// Its methods are safe for concurrent use; one refresh runs at a time.
type Collector struct {
	sources map[string]*Source
	store   Slices
	world   func() *burnlist.World
	log     *slog.Logger
	bound   time.Duration // of the time in which a refresh asks a source
	wake    chan struct{} // holds one value while a refresh is wanted

	refreshing sync.Mutex // guards books and said
	books      map[int64]*book
	said       map[string]string // what was logged last, by SLO or source

	mu        sync.Mutex // guards succeeded
	succeeded map[string]time.Time
}

// defaultBound keeps a long backfill of one source from holding up the figures
// of all.
const defaultBound = 20 * time.Second

// NewCollector returns a collector that asks the given sources. World returns
// what is to be measured; what it returns is not modified.
func NewCollector(sources []*Source, store Slices, world func() *burnlist.World, log *slog.Logger) *Collector {
	c := &Collector{
		sources: map[string]*Source{}, store: store, world: world, log: log,
		bound: defaultBound, wake: make(chan struct{}, 1),
		books: map[int64]*book{}, said: map[string]string{}, succeeded: map[string]time.Time{},
	}
	for _, s := range sources {
		c.sources[s.name] = s
	}
	return c
}

// LastSuccess returns the time of the latest refresh in which each source
// answered a query, by the name of the source. It stands still while nothing
// is due, and so may be as old as the longest slice of the source's SLOs while
// all is well. A source that never answered is not in it.
func (c *Collector) LastSuccess() map[string]time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.succeeded)
}

// Wake makes Run refresh at once, or once more after the refresh under way. Any
// number of calls until then are as one. It is for when the world has come to
// hold something new to measure.
func (c *Collector) Wake() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Run refreshes at once and then every so often, 30 s if every is 0, until
// ctx ends; and at once when it is woken. A refresh of Run asks each source for
// about 20 s and the query under way, the newest slices first, and leaves what is still missing to the
// next one, which follows at once: a long backfill holds up nobody's figures.
// What goes wrong is logged when it begins, changes and ends.
func (c *Collector) Run(ctx context.Context, now func() time.Time, every time.Duration) {
	if every <= 0 {
		every = 30 * time.Second
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for ctx.Err() == nil {
		err := c.refresh(ctx, now(), c.bound)
		if ctx.Err() == nil {
			c.refreshing.Lock()
			c.say(ctx, "refresh", "", err)
			c.refreshing.Unlock()
		}
		select {
		case <-ctx.Done():
		case <-c.wake:
		case <-tick.C:
		}
	}
}

// Refresh asks the sources for all slices that are missing, stores them, and
// then stores the figures of all SLOs and the incident costs of all items, as
// of now. That a source or an SLO cannot be asked is no error of a refresh: it
// is in the figures. Refresh fails if the store does, or if ctx ends; what was
// stored until then is not asked for again.
func (c *Collector) Refresh(ctx context.Context, now time.Time) error {
	return c.refresh(ctx, now, math.MaxInt64)
}

// refresh is Refresh, but asks no source for longer than bound; it wakes Run
// if that left something.
func (c *Collector) refresh(ctx context.Context, now time.Time, bound time.Duration) error {
	c.refreshing.Lock()
	defer c.refreshing.Unlock()
	world := c.world()
	slos := slices.SortedFunc(maps.Values(world.SLOs), func(a, b *burnlist.SLO) int { return cmp.Compare(a.Name, b.Name) })
	slos = slices.DeleteFunc(slos, func(s *burnlist.SLO) bool { return s.RetiredAt != nil })
	if err := c.open(ctx, slos, now); err != nil {
		return err
	}

	bySource := map[string][]*book{}
	for _, slo := range slos {
		bySource[slo.Source] = append(bySource[slo.Source], c.books[slo.Ledger])
	}
	rounds := make([]*round, 0, len(bySource))
	var asking sync.WaitGroup
	for name, books := range bySource {
		source, ok := c.sources[name]
		if !ok {
			err := fmt.Errorf("the source %q is not configured: add it, or name another one in the SLO", name)
			c.say(ctx, "source", name, err)
			for _, b := range books {
				b.err = err.Error()
			}
			continue
		}
		r := &round{source: source, store: c.store, books: books, now: now, bound: bound}
		rounds = append(rounds, r)
		asking.Go(func() { r.run(ctx) })
	}
	asking.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	var failed error
	cut := false
	for _, r := range rounds {
		cut = cut || r.cut && r.away == nil
		failed = errors.Join(failed, r.failed)
		if r.answered {
			c.mu.Lock()
			c.succeeded[r.source.name] = burnlist.Instant(now)
			c.mu.Unlock()
		}
		c.say(ctx, "source", r.source.name, r.away)
	}
	if failed != nil {
		return failed
	}
	for _, slo := range slos {
		var trouble error
		if b := c.books[slo.Ledger]; b.trouble != nil {
			trouble = errors.New(b.trouble.err)
		}
		c.say(ctx, "slo", slo.Name, trouble)
	}
	if _, err := c.store.PutBudgets(ctx, burnlist.System(now), c.measure(world, slos, now)); err != nil {
		return fmt.Errorf("store the budgets: %w", err)
	}
	if cut {
		c.Wake()
	}
	return nil
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
	before, failing := c.said[key]
	switch {
	case err == nil && failing:
		delete(c.said, key)
		c.log.LogAttrs(ctx, slog.LevelInfo, "collecting works again", slog.String(kind, name))
	case err != nil && (!failing || before != gist):
		c.said[key] = gist
		c.log.LogAttrs(ctx, slog.LevelWarn, "collecting fails", slog.String(kind, name), slog.Any("error", err))
	}
}
