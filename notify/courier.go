package notify

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/burnlist/burnlist"
)

// Courier carries messages from an outbox to their targets. Several couriers
// may share one outbox: a claim keeps them apart.
type Courier struct {
	outbox  Outbox
	observe func(target, result string)
	log     *slog.Logger
	routes  []*route
	pace    pace
}

// route is the way to one target. One goroutine walks it.
type route struct {
	target  string
	timeout time.Duration // of one attempt
	send    func(context.Context, burnlist.Message) error
	wake    chan struct{}
	arrived string // id of the message that arrived, while that is not recorded
}

// New returns a courier for the targets. Everything that is wrong with one is
// an Invalid error; it holds no secret. observe is told of each attempt with
// delivered, failed or given_up, from several goroutines at once; it may be
// nil.
func New(targets []Target, outbox Outbox, observe func(target, result string), log *slog.Logger) (*Courier, error) {
	if observe == nil {
		observe = func(string, string) {}
	}
	c := &Courier{outbox: outbox, observe: observe, log: log, pace: usual()}
	seen := map[string]bool{}
	for _, t := range targets {
		r, err := newRoute(t, log)
		if err == nil && seen[t.Name] {
			err = burnlist.Errorf(burnlist.Invalid, "the name is taken: give each target its own")
		}
		if err != nil {
			return nil, targetError(t.Name, err)
		}
		seen[t.Name] = true
		c.routes = append(c.routes, r)
	}
	return c, nil
}

func targetError(name string, err error) error {
	return burnlist.Errorf(burnlist.CodeOf(err), "target %q: %v", name, err)
}

func newRoute(t Target, log *slog.Logger) (*route, error) {
	r := &route{target: t.Name, wake: make(chan struct{}, 1)}
	switch {
	case t.Name == "":
		return nil, burnlist.Errorf(burnlist.Invalid, "has no name: give it one")
	case (t.Webhook == nil) == (t.Mail == nil):
		return nil, burnlist.Errorf(burnlist.Invalid, "needs exactly one of a webhook and mail")
	case t.Webhook != nil:
		w := *t.Webhook
		w.Timeout = timeout(w.Timeout)
		h, err := newHook(&w)
		if err != nil {
			return nil, err
		}
		r.timeout, r.send = w.Timeout, h.send
	default:
		m := *t.Mail
		m.Timeout = timeout(m.Timeout)
		p, err := newPost(t.Name, &m, log)
		if err != nil {
			return nil, err
		}
		r.timeout, r.send = m.Timeout, p.send
	}
	return r, nil
}

func timeout(given time.Duration) time.Duration {
	if given <= 0 {
		return defaultTimeout
	}
	return given
}

// Run delivers until ctx ends: one goroutine for each target, so that one that
// hangs delays no other. An attempt under way is broken off then, and its
// message released for others.
func (c *Courier) Run(ctx context.Context, now func() time.Time) {
	var all sync.WaitGroup
	for _, r := range c.routes {
		all.Go(func() { c.walk(ctx, r, now) })
	}
	all.Wait()
}

// Wake says that something was put into the outbox; otherwise the courier looks
// every 10 s. It never blocks.
func (c *Courier) Wake() {
	for _, r := range c.routes {
		select {
		case r.wake <- struct{}{}:
		default: // it will look anyway
		}
	}
}

// walk delivers the messages of one target, one after the other.
func (c *Courier) walk(ctx context.Context, r *route, now func() time.Time) {
	var due time.Time // when the message that failed last is tried again
	for ctx.Err() == nil {
		retry, found := c.next(ctx, r, now)
		if found && retry.IsZero() {
			continue
		}
		if found {
			due = retry
		}
		wait := c.pace.poll
		if left := due.Sub(now()); left > 0 {
			wait = min(wait, left)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// next makes one attempt with the next message, if there is one. A zero retry
// says that the message is out of the way.
func (c *Courier) next(ctx context.Context, r *route, now func() time.Time) (retry time.Time, found bool) {
	start := burnlist.Instant(now())
	until := start.Add(r.timeout + c.pace.margin)
	m, found, err := c.outbox.ClaimMessage(ctx, r.target, start, until)
	if err != nil {
		if ctx.Err() == nil {
			c.log.Warn("look for messages", "target", r.target, "error", err)
		}
		return time.Time{}, false
	}
	if !found {
		return time.Time{}, false
	}
	if r.arrived != m.ID {
		if err := c.attempt(ctx, r, m); err != nil {
			return c.failed(ctx, r, m, err, burnlist.Instant(now())), true
		}
		c.observe(r.target, delivered)
		c.log.Info("message delivered", "target", r.target, "message", m.ID, "attempts", m.Attempts+1)
	}
	return c.arrived(ctx, r, m, until, now), true
}

func (c *Courier) attempt(ctx context.Context, r *route, m burnlist.Message) error {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	return r.send(ctx, m)
}

// arrived records a delivery, again and again while the claim lasts: without
// the record the message is sent once more. It returns when to look for the
// message again, if all of that was in vain.
func (c *Courier) arrived(ctx context.Context, r *route, m burnlist.Message, until time.Time, now func() time.Time) time.Time {
	r.arrived = m.ID
	for {
		err := c.record(ctx, func(ctx context.Context) error {
			return c.outbox.MessageDelivered(ctx, m, burnlist.Instant(now()))
		})
		if err == nil {
			r.arrived = ""
			return time.Time{}
		}
		c.log.Error("record that a message was delivered: it may be sent a second time",
			"target", r.target, "message", m.ID, "error", err)
		if now().Add(c.pace.first).After(until) {
			return until
		}
		timer := time.NewTimer(c.pace.first)
		select {
		case <-ctx.Done():
			timer.Stop()
			return until
		case <-timer.C:
		}
	}
}

// failed records a failed attempt, and returns when the next one is due, or
// zero if the message was given up.
func (c *Courier) failed(ctx context.Context, r *route, m burnlist.Message, err error, now time.Time) time.Time {
	why, ok := errors.AsType[*failure](err)
	if !ok {
		why = &failure{cause: err.Error()}
	}
	log := c.log.With("target", r.target, "message", m.ID, "attempts", m.Attempts+1, "cause", why.cause)
	retry := c.pace.retry(now, m.CreatedAt, m.Attempts, why, c.pace.offset(r.target))
	switch {
	case ctx.Err() != nil:
		why.cause, retry = "broken off: burnlist was stopped", now
		log.Info("message not delivered: burnlist was stopped")
	case retry.IsZero():
		c.observe(r.target, givenUp)
		log.Error("message given up", "created_at", m.CreatedAt)
	default:
		c.observe(r.target, failed)
		log.Warn("message not delivered", "retry_at", retry)
	}
	if err := c.record(ctx, func(ctx context.Context) error {
		return c.outbox.MessageFailed(ctx, m, why.cause, now, retry)
	}); err != nil {
		// It is free again when the claim ends.
		c.log.Error("record that a message was not delivered", "target", r.target, "message", m.ID, "error", err)
		return now.Add(c.pace.margin)
	}
	return retry
}

// record gives the outbox a few seconds, also when burnlist is being stopped.
func (c *Courier) record(ctx context.Context, write func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return write(ctx)
}
