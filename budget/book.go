package budget

import (
	"slices"
	"sync"
	"time"

	"github.com/burnlist/burnlist"
)

// book is what the collector keeps of one ledger from round to round. What
// stands above mu belongs to whoever attends to the desk of its source.
type book struct {
	slo      *burnlist.SLO // as it was when the latest round began
	question *question     // nil if the indicator cannot be asked at all
	most     extent        // that a query with this SLO in it may ask for
	trouble  *trouble
	again    rereading

	extrapolated bool // never changes

	mu         sync.Mutex // guards what follows
	ledger     *Ledger
	exclusions []*burnlist.Exclusion
	err        string            // why something is missing after the latest round
	figures    *burnlist.Figures // that are still true, if of is asked about
	of         *burnlist.SLO
}

// trouble is kept of an SLO that could not be answered together with others.
// It is asked alone until it can.
type trouble struct {
	err    string
	newest pause // before the newest slice is asked for
	rest   pause // before anything older is
}

// pause is the time between two attempts at an SLO in trouble. It grows with
// each attempt that fails. None is the zero value.
type pause struct {
	attempts int
	until    time.Time
}

const (
	firstPause = 30 * time.Second
	lastPause  = 10 * time.Minute
)

func (p *pause) prolong(now time.Time) {
	p.until = now.Add(min(firstPause<<min(p.attempts, 10), lastPause))
	p.attempts++
}

func (p *pause) over(now time.Time) bool { return !now.Before(p.until) }

// newBook returns the book of an SLO's ledger, of which the store keeps what
// kept holds.
func newBook(slo *burnlist.SLO, kept burnlist.Ledger, now time.Time) *book {
	b := &book{
		slo: slo, ledger: NewLedger(slo.Slice), most: extent{maxSLOs, maxPoints},
		again: newRereading(slo, kept.Reread, now), extrapolated: Extrapolated(slo.Indicator),
	}
	b.ledger.Load(kept)
	var err error
	if b.question, err = newQuestion(slo); err != nil {
		b.err = clip(err.Error())
		return b
	}
	b.question.see(kept.Slices)
	for _, r := range kept.Rolled {
		b.question.see([]burnlist.Slice{{Bad: r.Bad, Total: r.Total}})
	}
	return b
}

// put adds slices that are in the store.
func (b *book) put(stored []burnlist.Slice) {
	if len(stored) == 0 {
		return
	}
	b.question.see(stored)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ledger.Put(stored)
	b.figures = nil
}

// held returns the slices of a range that were asked for and not rolled up, by
// their start.
func (b *book) held(r Range) map[int64]burnlist.Slice {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := map[int64]burnlist.Slice{}
	for _, s := range b.ledger.Slices() {
		if s.Start >= r.From && s.Start < r.To {
			found[s.Start] = s
		}
	}
	return found
}

// missing returns the ranges of the window up to at that were never asked for.
func (b *book) missing(at int64) []Range {
	return b.lacks(Range{at - seconds(b.slo.Window), at})
}

func (b *book) lacks(r Range) []Range {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ledger.Missing(r.From, r.To)
}

// fail notes that the SLO could not be answered.
func (b *book) fail(err error) {
	if b.trouble == nil {
		b.trouble = &trouble{}
	}
	b.trouble.err = clip(err.Error())
}

// says sets why something is missing, and reports whether that is new.
func (b *book) says(err string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == err {
		return false
	}
	b.err, b.figures = err, nil
	return true
}

// rollUp returns what is to be rolled up at an instant.
func (b *book) rollUp(at int64, exclusions []*burnlist.Exclusion) []burnlist.Rolled {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.exclude(exclusions)
	rolled := b.ledger.RollUp(at, b.again.After24h)
	for i := range rolled {
		rolled[i].Ledger = b.slo.Ledger
	}
	return rolled
}

// putRolled takes over rows that are in the store.
func (b *book) putRolled(stored []burnlist.Rolled) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ledger.PutRolled(stored)
	b.figures = nil
}

func (b *book) forget(before int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ledger.Forget(before)
	b.figures = nil
}

// exclude has the exclusions count that hold now. They are never modified, so
// that the same ones say the same.
func (b *book) exclude(all []*burnlist.Exclusion) {
	if !slices.Equal(b.exclusions, all) {
		b.ledger.Exclude(all)
		b.exclusions, b.figures = all, nil
	}
}
