package budget

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/burnlist/burnlist"
)

// desk attends to the SLOs of one source, and knows nothing of the others.
type desk struct {
	name   string
	source *Source       // nil at the desk of a collector without sources
	wake   chan struct{} // holds one value while a round is wanted

	attending sync.Mutex // one round, or one tidying up, at a time; guards what follows
	idle      bool       // the latest round had nothing new to ask
	tidied    time.Time
}

func newDesk(name string, source *Source) *desk {
	return &desk{name: name, source: source, wake: make(chan struct{}, 1), idle: true}
}

func (d *desk) poke() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// attend is the loop of a desk. It ends with ctx, and calls stop if it finds
// that somebody else collects.
func (c *Collector) attend(ctx context.Context, d *desk, now func() time.Time, every time.Duration, stop context.CancelCauseFunc) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-d.wake: // the world is read after this
		default:
		}
		news, err := c.visit(ctx, d, now(), c.bound)
		if err == nil {
			if c.shouldMeasure(news, now(), every) {
				select {
				case c.measureSoon <- struct{}{}:
				default: // is wished for already
				}
			}
			err = c.tidy(ctx, d, now(), c.bound)
		}
		if c.over(ctx, err, stop) {
			return
		}
		c.say(ctx, "store", d.name, err)
		select {
		case <-ctx.Done():
			return
		case <-d.wake:
		case <-tick.C:
		}
	}
}

// visit has one round of the desk asked, for as long as bound, and pokes the
// desk if that left something. News says that figures may differ from before.
// The error is the store's, or that of ctx.
func (c *Collector) visit(ctx context.Context, d *desk, now time.Time, bound time.Duration) (news bool, err error) {
	d.attending.Lock()
	defer d.attending.Unlock()
	open, err := c.open(ctx, now)
	if err != nil || d.source == nil {
		return false, err
	}
	r := &round{source: d.source, store: c.store, books: open.of(d), now: now, bound: bound, relaxed: d.idle}
	r.run(ctx)
	if err := ctx.Err(); err != nil {
		return false, err
	}
	d.idle = r.idle
	if r.answered {
		c.mu.Lock()
		c.succeeded[d.name] = burnlist.Instant(now)
		c.mu.Unlock()
	}
	c.say(ctx, "source", d.name, r.away)
	if r.failed != nil {
		return r.news, r.failed
	}
	for _, b := range r.books {
		var trouble error
		if b.trouble != nil {
			trouble = errors.New(b.trouble.err)
		}
		c.say(ctx, "slo", b.slo.Name, trouble)
	}
	if r.cut && r.away == nil {
		d.poke()
	}
	return r.news, nil
}
