package budget

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"github.com/burnlist/burnlist"
)

// round is what one refresh asks of one source.
type round struct {
	source *Source
	store  Slices
	books  []*book // in order of the SLOs' names
	now    time.Time

	alone    map[*book]int   // queries that each SLO was asked alone
	refused  map[*book]error // what was last refused to each SLO alone
	troubled map[*book]bool
	answered bool  // the source answered at least once
	away     error // why the source as a whole could not be asked any more
	failed   error // the store's error
}

const (
	// mostAlone bounds the queries that halve the range of one SLO in one
	// refresh.
	mostAlone = 24
	// mostStored bounds the slices that are stored in one transaction, so that
	// other writers get a turn in a long backfill.
	mostStored = 5000
)

func tagOf(slo, part string) model.LabelValue { return model.LabelValue(slo + "/" + part) }

// run asks for everything that is missing. It returns when that is done, when
// the source proves to be away, or when the store fails.
func (r *round) run(ctx context.Context) {
	r.alone, r.refused, r.troubled = map[*book]int{}, map[*book]error{}, map[*book]bool{}
	err := r.collect(ctx)
	if stored, ok := errors.AsType[storeError](err); ok {
		r.failed = stored.err
	} else if ctx.Err() == nil {
		r.away = err
	}
	for _, b := range r.books {
		switch {
		case b.question.counters.total == "":
			// The error says that the indicator cannot be asked at all.
		case r.away != nil && len(b.missing(due(r.now, b.slo.Slice))) > 0:
			b.err = clip(r.away.Error())
		case b.trouble != nil:
			b.err = b.trouble.err
		}
	}
}

// collect asks for what is missing: first all SLOs together, then alone those
// that were in trouble before. Of these, the long ranges are tried again with
// growing pauses only, because each attempt may cost many queries.
func (r *round) collect(ctx context.Context) error {
	var together []need
	var before []*book
	for _, b := range r.books {
		missing := b.missing(due(r.now, b.slo.Slice))
		switch {
		case b.question.counters.total == "":
		case b.trouble != nil:
			before = append(before, b)
		case len(missing) > 0:
			together = append(together, need{b, missing})
		}
	}
	if err := r.all(ctx, together); err != nil {
		return err
	}
	for _, b := range before {
		at, w := due(r.now, b.slo.Slice), seconds(b.slo.Slice)
		newest := Range{at - w, at}
		if len(b.ledger.Missing(newest.From, newest.To)) > 0 {
			if err := r.resolve(ctx, chunk{w, newest, []*book{b}}, true); err != nil {
				return err
			}
		}
		if r.troubled[b] || r.now.Before(b.trouble.next) {
			continue
		}
		if err := r.all(ctx, []need{{b, b.missing(at)}}); err != nil {
			return err
		}
		if !r.troubled[b] {
			b.trouble = nil
		}
	}
	return nil
}

func (r *round) all(ctx context.Context, needs []need) error {
	for _, c := range plan(needs, r.source.limit()) {
		if err := r.resolve(ctx, c, false); err != nil {
			return err
		}
	}
	return nil
}

// resolve asks for a chunk. If the source refuses, the chunk is cut down until
// what the source will not answer is alone, and marked; the rest is answered.
// Alive says that the source is known to answer something over this range. The
// error is the store's, or says that the source as a whole cannot be asked.
func (r *round) resolve(ctx context.Context, c chunk, alive bool) error {
	if len(c.books) == 1 {
		b := c.books[0]
		if r.alone[b] >= mostAlone {
			if err := r.refused[b]; err != nil {
				r.fail(b, err)
			}
			return nil // the next refresh goes on
		}
		r.alone[b]++
	}
	got, err := r.ask(ctx, c)
	if err == nil {
		return r.keep(ctx, c, got)
	}
	if _, refused := errors.AsType[*refusal](err); !refused {
		return err
	}
	switch {
	case len(c.books) == 1 && c.slices() == 1:
		r.fail(c.books[0], err)
		return nil
	case len(c.books) == 1:
		r.refused[c.books[0]] = err
		return r.both(ctx, alive, c.halves)
	case !alive:
		// Does it refuse these SLOs, or anything over this range?
		if _, none := r.ask(ctx, chunk{c.width, c.Range, nil}); none != nil {
			if _, refused := errors.AsType[*refusal](none); !refused || c.slices() == 1 {
				return none
			}
			return r.both(ctx, false, c.halves)
		}
	}
	return r.both(ctx, true, c.split)
}

func (r *round) both(ctx context.Context, alive bool, cut func() (a, b chunk)) error {
	a, b := cut()
	if err := r.resolve(ctx, a, alive); err != nil {
		return err
	}
	return r.resolve(ctx, b, alive)
}

func (r *round) ask(ctx context.Context, c chunk) (readings, error) {
	questions := make([]question, len(c.books))
	for i, b := range c.books {
		questions[i] = b.question
	}
	got, err := r.source.ask(ctx, questions, c.width, c.Range)
	r.source.learn(err)
	r.answered = r.answered || err == nil
	return got, err
}

// keep stores what was answered, and then adds it to the ledgers: a slice that
// is in a ledger is not asked for again.
func (r *round) keep(ctx context.Context, c chunk, got readings) error {
	answered := make([][]burnlist.Slice, len(c.books))
	var all []burnlist.Slice
	for i, b := range c.books {
		known, err := b.slices(got, c)
		if err != nil {
			r.fail(b, err)
		}
		answered[i] = known
		all = append(all, known...)
	}
	slices.SortFunc(all, func(a, b burnlist.Slice) int {
		return cmp.Or(cmp.Compare(a.Ledger, b.Ledger), cmp.Compare(a.Start, b.Start))
	})
	for batch := range slices.Chunk(all, mostStored) {
		if err := r.store.PutSlices(ctx, batch); err != nil {
			return storeError{fmt.Errorf("store slices: %w", err)}
		}
	}
	for i, b := range c.books {
		b.put(answered[i])
	}
	return nil
}

// fail marks an SLO that cannot be answered, once in a refresh.
func (r *round) fail(b *book, err error) {
	if r.troubled[b] {
		b.trouble.err = clip(err.Error())
		return
	}
	r.troubled[b] = true
	b.fail(err, r.now)
}

// storeError tells the store's errors from the source's.
type storeError struct{ err error }

func (e storeError) Error() string { return e.err.Error() }
func (e storeError) Unwrap() error { return e.err }
