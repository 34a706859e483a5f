package budget

import (
	"context"
	"fmt"
	"time"

	"github.com/burnlist/burnlist"
)

// rolledAtOnce is how many rows are handed to the store together, about.
const rolledAtOnce = 1000

// tidy rolls up what is old in the books of a desk, once an hour, and forgets
// what is too old in all, once a day. If that takes longer than bound, the rest
// follows after the next round. The error is the store's, or that of ctx.
func (c *Collector) tidy(ctx context.Context, d *desk, now time.Time, bound time.Duration) error {
	d.attending.Lock()
	defer d.attending.Unlock()
	if now.Sub(d.tidied) < time.Hour {
		return nil
	}
	began := time.Now()
	open, err := c.open(ctx, now)
	if err != nil {
		return err
	}
	if err := c.forget(ctx, open, now); err != nil {
		return err
	}
	var rows []burnlist.Rolled
	of := map[*book][]burnlist.Rolled{}
	store := func() error {
		if err := c.store.RollUp(ctx, rows); err != nil {
			return fmt.Errorf("roll up: %w", err)
		}
		for b, rolled := range of {
			b.putRolled(rolled)
		}
		rows = nil
		clear(of)
		return nil
	}
	for _, b := range open.of(d) {
		if rolled := b.rollUp(due(now, b.slo.Slice), open.world.Exclusions[b.slo.Name]); len(rolled) > 0 {
			rows, of[b] = append(rows, rolled...), rolled
		}
		if len(rows) < rolledAtOnce {
			continue
		}
		if err := store(); err != nil {
			return err
		}
		if time.Since(began) >= bound {
			return nil
		}
	}
	if len(rows) > 0 {
		if err := store(); err != nil {
			return err
		}
	}
	d.tidied = now
	return nil
}

// forget drops what lies too far back, unless that was done within a day.
func (c *Collector) forget(ctx context.Context, open shelf, now time.Time) error {
	c.mu.Lock()
	before := c.forgot
	if now.Sub(before) < burnlist.Day {
		c.mu.Unlock()
		return nil
	}
	c.forgot = now
	c.mu.Unlock()
	oldest := now.Add(-burnlist.RetainedHistory).Unix()
	if err := c.store.Forget(ctx, oldest); err != nil {
		c.mu.Lock()
		c.forgot = before
		c.mu.Unlock()
		return fmt.Errorf("forget what is too old: %w", err)
	}
	for _, b := range open.books {
		b.forget(oldest)
	}
	return nil
}
