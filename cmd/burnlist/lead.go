package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/review"
	"github.com/burnlist/burnlist/store"
)

// leader collects and keeps while it holds the lease to do so: of all replicas
// over one database, one does at a time. All of them answer requests.
type leader struct {
	store   *store.Store
	sources []*budget.Source
	world   func() *burnlist.World
	keeper  *review.Keeper
	refresh time.Duration
	ttl     time.Duration // of the lease
	log     *slog.Logger

	collector atomic.Pointer[budget.Collector] // nil while another replica collects
}

// leaseName is the lease that every replica wants.
const leaseName = "collector"

// How long a lease lasts that is not renewed. Whoever dies with it, or is
// paused for longer, is followed by another replica within that time and the
// pause between two attempts. A SQLite file has one process, for which nobody
// waits.
const (
	leaseTTL       = 8 * time.Second
	leaseTTLSQLite = time.Hour
)

func leaseFor(s *store.Store) time.Duration {
	if s.Shared() {
		return leaseTTL
	}
	return leaseTTLSQLite
}

// holderName tells one process from all others, also from an earlier one of
// the same machine.
func holderName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return host + "/" + rand.Text()[:8]
}

// run tries to get the lease, and leads while it has it, until ctx ends.
func (l *leader) run(ctx context.Context) {
	holder := holderName()
	again := time.NewTicker(min(l.ttl/4, leaseTTL/4))
	defer again.Stop()
	failing := false
	for {
		lease, held, err := l.store.Acquire(ctx, leaseName, holder, l.ttl)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if !failing {
				l.log.WarnContext(ctx, "this process cannot ask for the lease to collect: look at the database", "error", err)
			}
		case held:
			l.lead(ctx, lease)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}

// lead collects and keeps until the lease is lost or ctx ends. What it knows of
// the ledgers begins anew, because another replica may have written since.
func (l *leader) lead(ctx context.Context, lease store.Lease) {
	l.log.InfoContext(ctx, "this process collects and keeps the reviews", "lease", lease.Epoch)
	term, end := context.WithCancel(ctx)
	collector := budget.NewCollector(l.sources, l.store.Ledgers(lease), l.world, l.log)
	l.collector.Store(collector)
	var loops sync.WaitGroup
	loops.Go(func() {
		defer end()
		_ = collector.Run(term, now, l.refresh) // it says itself why it gave up
	})
	loops.Go(func() { l.keeper.Run(term, now) })
	l.renew(term, lease)
	end()
	loops.Wait()
	l.collector.Store(nil)
	if ctx.Err() == nil {
		l.log.WarnContext(ctx, "this process no longer collects: its lease was lost", "lease", lease.Epoch)
		return
	}
	release, done := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer done()
	if err := l.store.Release(release, lease); err != nil {
		l.log.WarnContext(release, "the lease stays until it expires", "error", err)
	}
}

// renew extends the lease until that fails for as long as it lasts, somebody
// else has it, or ctx ends.
func (l *leader) renew(ctx context.Context, lease store.Lease) {
	tick := time.NewTicker(l.ttl / 4)
	defer tick.Stop()
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		attempt, done := context.WithTimeout(ctx, l.ttl/4)
		renewed, held, err := l.store.Acquire(attempt, lease.Name, lease.Holder, l.ttl)
		done()
		switch {
		case err == nil && (!held || renewed.Epoch != lease.Epoch), err != nil && time.Since(last) > l.ttl:
			return
		case err == nil:
			last = time.Now()
		}
	}
}

// wake has new SLOs measured at once, if this process collects.
func (l *leader) wake() {
	if c := l.collector.Load(); c != nil {
		c.Wake()
	}
}

// collecting reports whether this process collects, and when each source last
// answered it.
func (l *leader) collecting() (lastSuccess map[string]time.Time, is bool) {
	c := l.collector.Load()
	if c == nil {
		return nil, false
	}
	return c.LastSuccess(), true
}
