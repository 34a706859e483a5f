package budget

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
)

// rereadAges are the ages at which every slice is read once more, to catch data
// that came late: from a scraper that was cut off, or through remote write.
var rereadAges = [2]int64{2 * hour, 24 * hour}

// winsToGrow is how many queries in a row must be answered before more is asked
// for at once.
const winsToGrow = 4

// mostAttempts bounds the attempts at reading again what is refused. With
// growing pauses they take about three quarters of an hour. What is known of
// it stays.
const mostAttempts = 8

// rereading is how far a ledger was read again at each of the ages.
type rereading struct {
	burnlist.Reread
	dirty  bool       // the marks are not stored as they are
	beyond [2][]Range // beyond each mark, what was read at that age or later
	most   extent     // that a query with this SLO in it may ask for
	wins   int        // queries in a row that were answered
	pause  pause      // before the next attempt
}

// newRereading returns what follows from the marks that the store keeps. A
// ledger without any is read again from now on: what is filled in that is older
// needs no second look. Marks lie on hours, so that SLOs share queries.
func newRereading(slo *burnlist.SLO, kept burnlist.Reread, now time.Time) rereading {
	again := rereading{Reread: kept, most: extent{maxSLOs, hour / seconds(slo.Slice)}}
	again.Ledger = slo.Ledger
	for i, mark := range again.marks() {
		if *mark == 0 {
			*mark = (due(now, slo.Slice) - rereadAges[i]) / hour * hour
			again.dirty = true
		}
	}
	return again
}

// marks are in the order of rereadAges.
func (a *rereading) marks() [2]*int64 { return [2]*int64{&a.After2h, &a.After24h} }

// read notes that a range was read at an instant, for the first time or again.
// What of it had an age by then need not be read at that age any more.
func (a *rereading) read(r Range, at int64) {
	for i, mark := range a.marks() {
		old := Range{max(r.From, *mark), min(r.To, at-rereadAges[i])}
		if old.From >= old.To {
			continue
		}
		if n := len(a.beyond[i]); n > 0 && a.beyond[i][n-1].From == old.To { // backwards, as gaps are filled
			a.beyond[i][n-1].From = old.From
		} else {
			a.beyond[i] = append(a.beyond[i], old)
		}
	}
	a.leap()
}

// leap moves the marks over what they need not wait for.
func (a *rereading) leap() {
	for i, mark := range a.marks() {
		for {
			n := slices.IndexFunc(a.beyond[i], func(r Range) bool { return r.From <= *mark })
			if n < 0 {
				break
			}
			if to := a.beyond[i][n].To; to > *mark {
				*mark, a.dirty = to, true
			}
			a.beyond[i] = slices.Delete(a.beyond[i], n, n+1)
		}
	}
	a.After2h = max(a.After2h, a.After24h)
}

// candidates returns the ranges that are to be read again at an instant, each
// with the instant since when it is: an hour from each mark, or what is left of
// it, or less if less can be asked for.
func (a *rereading) candidates(at, width int64) map[Range]int64 {
	found := map[Range]int64{}
	for i, mark := range a.marks() {
		to := min(*mark/hour*hour+hour, *mark+a.most.slices*width)
		if to > at-rereadAges[i] || i > 0 && to > a.After2h {
			continue
		}
		found[Range{*mark, to}] = to + rereadAges[i]
	}
	return found
}

// reread asks once more for what has waited longest to be read again, with one
// query. What was asked for and proves to be different is corrected; that it
// cannot be asked is no trouble of an SLO, and is tried again later.
func (r *round) reread(ctx context.Context) error {
	c, ok := r.oldest()
	if !ok {
		return nil
	}
	got, err := r.ask(ctx, c)
	refused, late := tooMuch(err)
	switch {
	case late || refused:
		r.askLess(c)
		return nil
	case err != nil:
		return err
	}
	at := func(b *book) int64 { return due(r.now, b.slo.Slice) }
	fresh := make([][]burnlist.Slice, len(c.books))
	var all []burnlist.Slice
	var whole []*book
	for i, b := range c.books {
		known, err := b.question.count(got, c)
		fresh[i] = corrections(b.held(c.Range), known)
		all = append(all, fresh[i]...)
		if err != nil || int64(len(known)) < c.slices() {
			b.again.fails(c.Range, r.now, at(b))
		} else {
			whole = append(whole, b)
		}
	}
	if err := r.put(ctx, all); err != nil {
		return err
	}
	for i, b := range c.books {
		b.put(fresh[i])
	}
	for _, b := range whole {
		b.again.read(c.Range, at(b))
		b.again.succeeds(c.width)
	}
	return nil
}

// oldest returns the chunk that has waited longest to be read again: SLOs of
// one width, over one range.
func (r *round) oldest() (chunk, bool) {
	type key struct {
		width int64
		Range
		slos int
	}
	since, of := map[key]int64{}, map[key][]*book{}
	for _, b := range r.books {
		if b.question == nil || b.trouble != nil || !b.again.pause.over(r.now) {
			continue
		}
		w := seconds(b.slo.Slice)
		for candidate, from := range b.again.candidates(due(r.now, b.slo.Slice), w) {
			k := key{w, candidate, b.again.most.slos}
			since[k], of[k] = from, append(of[k], b)
		}
	}
	var first *key
	for k := range of {
		if first == nil || cmp.Or(cmp.Compare(since[k], since[*first]), cmp.Compare(len(of[*first]), len(of[k])),
			cmp.Compare(k.From, first.From), cmp.Compare(k.width, first.width), cmp.Compare(k.slos, first.slos)) < 0 {
			first = &k
		}
	}
	if first == nil {
		return chunk{}, false
	}
	books := of[*first]
	return chunk{width: first.width, Range: first.Range, books: books[:min(len(books), first.slos)]}, true
}

// askLess has less asked for next time of what was refused, or not answered in
// time.
func (r *round) askLess(c chunk) {
	for _, b := range c.books {
		a := &b.again
		a.wins = 0
		switch {
		case len(c.books) > 1:
			a.most.slos = (len(c.books) + 1) / 2
		case c.slices() > 1:
			a.most.slos, a.most.slices = 1, c.slices()/2
		default:
			a.fails(c.Range, r.now, due(r.now, b.slo.Slice))
		}
	}
}

// succeeds notes that a range was read again. Only now and then is more asked
// for after that: an attempt in vain costs one of the few queries that there are.
func (a *rereading) succeeds(width int64) {
	a.pause = pause{}
	a.wins++
	if a.wins == winsToGrow {
		a.wins, a.most = 0, extent{min(2*a.most.slos, maxSLOs), min(2*a.most.slices, hour/width)}
	}
}

// fails notes that a range could not be read again, and gives up on it after
// many attempts.
func (a *rereading) fails(r Range, now time.Time, at int64) {
	a.pause.prolong(now)
	if a.pause.attempts >= mostAttempts {
		a.read(r, at)
		a.pause = pause{}
	}
}

// mark stores how far the books were read again, where that has changed.
func (r *round) mark(ctx context.Context) error {
	var marks []burnlist.Reread
	for _, b := range r.books {
		if b.again.dirty {
			marks = append(marks, b.again.Reread)
		}
	}
	if len(marks) == 0 {
		return nil
	}
	if err := r.store.PutReread(ctx, marks); err != nil {
		return fmt.Errorf("store how far slices were read again: %w", err)
	}
	for _, b := range r.books {
		b.again.dirty = false
	}
	return nil
}

// corrections returns what is to be stored of slices that were read again. What
// was known is never taken back: late data only adds. Where less is known than
// before, or clearly fewer events in all, the source has lost what it had, and
// none of the answer is taken for better.
func corrections(held map[int64]burnlist.Slice, read []burnlist.Slice) []burnlist.Slice {
	var before, now sums
	lost := false
	for _, s := range read {
		if h, asked := held[s.Start]; asked {
			lost = lost || s.State < h.State
			before.bad, before.total = before.bad+h.Bad, before.total+h.Total
			now.bad, now.total = now.bad+s.Bad, now.total+s.Total
		}
	}
	lost = lost || clearlyFewer(now.total, before.total) || clearlyFewer(now.bad, before.bad)
	var fresh []burnlist.Slice
	for _, s := range read {
		before, asked := held[s.Start]
		same := s.State == before.State && sameCount(s.Bad, before.Bad) && sameCount(s.Total, before.Total)
		if asked && (lost || same) {
			continue
		}
		s.Corrected = asked
		fresh = append(fresh, s)
	}
	return fresh
}

// clearlyFewer reports whether a number of events is smaller than before by more
// than guesses at the edges of a slice differ.
func clearlyFewer(now, before float64) bool { return before-now > max(1, before/100) }

// sameCount reports whether two numbers of events are the same but for the last bits
// of a sum.
func sameCount(a, b float64) bool {
	return math.Abs(a-b) <= 1e-6*max(1, math.Abs(a), math.Abs(b))
}
