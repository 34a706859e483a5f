package budget

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
)

// round is what is asked of one source at one visit. It holds no lock while it
// waits for the source or the store: what the books hold can be measured all
// the time.
type round struct {
	source  *Source
	store   Ledgers
	books   []*book // in order of the SLOs' names
	now     time.Time
	bound   time.Duration // nothing more is asked after that long
	relaxed bool          // the round before had nothing new to ask

	began    time.Time
	asked    bool
	refusals map[*book]int  // of each SLO alone
	troubled map[*book]bool // by this round
	unwell   error          // why it is not known whether the source was alive
	answered bool           // the source answered at least once
	cut      bool           // the bound kept something from being asked
	idle     bool           // there was nothing new to ask
	news     bool           // figures may differ from before
	away     error          // why the source as a whole could not be asked
	failed   error          // the store's error
}

// mostRefusals bounds the queries that halve the range of one SLO in one round.
const mostRefusals = 24

// run asks for everything that is missing, and then for something old again. It
// returns when that is done, when its time is over, when the source proves to be
// away, or when the store fails.
func (r *round) run(ctx context.Context) {
	r.began = time.Now()
	r.refusals, r.troubled = map[*book]int{}, map[*book]bool{}
	err := r.collect(ctx)
	r.idle = !r.asked
	if err == nil && r.unwell == nil && (r.idle || !r.relaxed) {
		err = r.reread(ctx)
	}
	if stored, ok := errors.AsType[storeError](err); ok {
		r.failed = stored.err
		return
	}
	if ctx.Err() != nil {
		return
	}
	r.away = cmp.Or(err, r.unwell)
	r.failed = r.mark(ctx)
	for _, b := range r.books {
		said := ""
		switch {
		case b.question == nil:
			continue // the error says that the indicator cannot be asked at all
		case r.away != nil && len(b.missing(due(r.now, b.slo.Slice))) > 0:
			said = clip(r.away.Error())
		case b.trouble != nil:
			said = b.trouble.err
		}
		r.news = b.says(said) || r.news
	}
}

// over reports whether the time of the round is. The first query is always
// asked, so that each round gets something done.
func (r *round) over() bool { return r.asked && time.Since(r.began) >= r.bound }

// collect asks for what is missing: first all SLOs together, then alone those
// that were in trouble before. These are tried again with growing pauses only,
// because each attempt may cost many queries, or much time; those that wait
// longest come first.
func (r *round) collect(ctx context.Context) error {
	var together []need
	var before []*book
	for _, b := range r.books {
		missing := b.missing(due(r.now, b.slo.Slice))
		switch {
		case b.question == nil:
		case b.trouble != nil:
			before = append(before, b)
		case len(missing) > 0:
			together = append(together, need{b, missing})
		}
	}
	if err := r.all(ctx, together); err != nil {
		return err
	}
	slices.SortStableFunc(before, func(a, b *book) int { return a.trouble.newest.until.Compare(b.trouble.newest.until) })
	for _, b := range before {
		if r.over() {
			break
		}
		if err := r.again(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// again asks alone for what is missing of an SLO in trouble: first for the
// newest slice, and if that works for the rest.
func (r *round) again(ctx context.Context, b *book) error {
	at, w := due(r.now, b.slo.Slice), seconds(b.slo.Slice)
	newest := chunk{width: w, Range: Range{at - w, at}, books: []*book{b}}
	if t := b.trouble; len(b.lacks(newest.Range)) > 0 {
		if !t.newest.over(r.now) {
			return nil
		}
		if err := r.resolve(ctx, newest); err != nil {
			return err
		}
		if r.troubled[b] {
			t.newest.prolong(r.now)
			return nil
		}
		t.newest = pause{}
	}
	if !b.trouble.rest.over(r.now) {
		return nil
	}
	if err := r.all(ctx, []need{{b, b.missing(at)}}); err != nil {
		return err
	}
	switch {
	case r.troubled[b]:
		b.trouble.rest.prolong(r.now)
	case len(b.missing(at)) == 0:
		b.trouble = nil
	}
	return nil
}

func (r *round) all(ctx context.Context, needs []need) error {
	for _, c := range plan(needs) {
		if r.over() {
			r.cut = true
			return nil
		}
		if err := r.resolve(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// resolve asks for a chunk. If the source refuses, or does not answer in time,
// the chunk is cut down until what the source will not answer is alone, and
// marked; the rest is answered. The error is the store's, or says that the
// source as a whole cannot be asked.
func (r *round) resolve(ctx context.Context, c chunk) error {
	spent := func(b *book) bool { return r.refusals[b] >= mostRefusals }
	c.books = slices.DeleteFunc(slices.Clone(c.books), spent) // a later round goes on with these
	if len(c.books) == 0 {
		return nil
	}
	got, err := r.ask(ctx, c)
	if err == nil {
		return r.keep(ctx, c, got)
	}
	refused, late := tooMuch(err)
	if !refused && !late {
		return err
	}
	single := len(c.books) == 1
	if !c.proven && (late || !single) {
		// Does it fail over these SLOs, or over anything in this range?
		_, none := r.ask(ctx, chunk{width: c.width, Range: c.Range})
		if none != nil {
			newer, older := c.halves()
			if late && c.slices() > 1 {
				newer.shrink() // the next round asks for less
			}
			if refused, _ := tooMuch(none); !refused || c.slices() == 1 {
				return none
			}
			return r.both(ctx, newer, older)
		}
		c.proven = true
	}
	if !single {
		a, b := c.split()
		return r.both(ctx, a, b)
	}
	b := c.books[0]
	r.refusals[b]++
	newer, older := c.halves()
	switch {
	case c.slices() == 1:
		r.fail(b, err)
	case late:
		// Each half could take as long again: it has to wait.
		newer.shrink()
		r.refusals[b] = mostRefusals
		r.fail(b, err)
	case r.refusals[b] >= mostRefusals:
		r.fail(b, err)
	default:
		return r.both(ctx, newer, older)
	}
	return nil
}

// both resolves the two parts of a chunk. What there is no time for is asked
// for in pieces of the same size next time, so that a search is not begun anew
// in each round.
func (r *round) both(ctx context.Context, a, b chunk) error {
	for _, c := range []chunk{a, b} {
		if r.over() {
			r.cut = true
			c.shrink()
			continue
		}
		if err := r.resolve(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func (r *round) ask(ctx context.Context, c chunk) (readings, error) {
	questions := make([]*question, len(c.books))
	for i, b := range c.books {
		questions[i] = b.question
	}
	r.asked = true
	began := time.Now()
	got, err := r.source.ask(ctx, questions, c.width, c.Range)
	if err != nil {
		return nil, err
	}
	r.answered = true
	if time.Since(began) < r.source.timeout/8 {
		c.grow()
	}
	if err := got[aliveTag].wrong(); err != nil && r.unwell == nil {
		r.unwell = fmt.Errorf("the liveness expression does not say whether the source is alive: %w: correct it", err)
	}
	return got, nil
}

// keep stores what was answered, and then adds it to the ledgers: a slice that
// is in a ledger is not asked for again.
func (r *round) keep(ctx context.Context, c chunk, got readings) error {
	answered := make([][]burnlist.Slice, len(c.books))
	var all []burnlist.Slice
	for i, b := range c.books {
		known, err := b.question.count(got, c)
		if err != nil {
			r.fail(b, err)
		} else {
			b.again.read(c.Range, due(r.now, b.slo.Slice))
		}
		answered[i] = known
		all = append(all, known...)
	}
	if err := r.put(ctx, all); err != nil {
		return err
	}
	for i, b := range c.books {
		b.put(answered[i])
	}
	return nil
}

// put stores slices that differ from what is known.
func (r *round) put(ctx context.Context, all []burnlist.Slice) error {
	if len(all) == 0 {
		return nil
	}
	if err := r.store.PutSlices(ctx, all); err != nil {
		return storeError{fmt.Errorf("store slices: %w", err)}
	}
	r.news = true
	return nil
}

// fail marks an SLO that cannot be answered.
func (r *round) fail(b *book, err error) {
	r.troubled[b] = true
	b.fail(err)
}

// storeError tells the store's errors from the source's.
type storeError struct{ err error }

func (e storeError) Error() string { return e.err.Error() }
func (e storeError) Unwrap() error { return e.err }
