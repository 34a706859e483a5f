package burnlist

import (
	"iter"
	"maps"
)

// pageSize is how many ids in a row share a page: small enough to copy for one
// change, large enough that a million ids make few pages.
const pageSize = 256

// ByID holds things by their ids, which are not negative. The zero ByID is
// empty and ready to use. It is for one goroutine, except that any number may
// read one that nobody changes any more.
type ByID[T any] struct {
	pages map[int64]*[pageSize]*T
	own   map[int64]bool // pages that no clone shares
	n     int
}

// Clone returns a copy that can be changed by itself, at the cost of copying
// which pages there are: the pages are shared until one of them is written to.
// The original must not be changed from then on, because its clone would change
// with it.
func (b *ByID[T]) Clone() ByID[T] { return ByID[T]{pages: maps.Clone(b.pages), n: b.n} }

// Len returns how many things there are.
func (b *ByID[T]) Len() int { return b.n }

// Get returns what has the id, or nil.
func (b *ByID[T]) Get(id int64) *T {
	if page := b.pages[id/pageSize]; page != nil {
		return page[id%pageSize]
	}
	return nil
}

// Put sets what has the id; nil takes it out.
func (b *ByID[T]) Put(id int64, thing *T) {
	was := b.Get(id)
	if was == thing {
		return
	}
	switch {
	case was == nil:
		b.n++
	case thing == nil:
		b.n--
	}
	b.page(id / pageSize)[id%pageSize] = thing
}

// page returns a page that may be written to.
func (b *ByID[T]) page(number int64) *[pageSize]*T {
	page := b.pages[number]
	if page != nil && b.own[number] {
		return page
	}
	written := new([pageSize]*T)
	if page != nil {
		*written = *page
	}
	if b.pages == nil {
		b.pages = map[int64]*[pageSize]*T{}
	}
	if b.own == nil {
		b.own = map[int64]bool{}
	}
	b.pages[number], b.own[number] = written, true
	return written
}

// All yields all ids and what has them, in no particular order.
func (b *ByID[T]) All() iter.Seq2[int64, *T] {
	return func(yield func(int64, *T) bool) {
		for number, page := range b.pages {
			for n, thing := range page {
				if thing != nil && !yield(number*pageSize+int64(n), thing) {
					return
				}
			}
		}
	}
}
