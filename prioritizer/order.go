package prioritizer

import (
	"iter"
	"slices"
	"sort"
)

// Entries of an order per chunk. A change copies the chunks that it touches and
// the list of all chunks, so that both stay small for a million entries.
const (
	chunkSize = 256
	chunkMost = 2 * chunkSize
	chunkFew  = chunkSize / 4
)

// itemCodes is how many codes items may have, and one for none.
const itemCodes = int(lastItemCode) + 1

// order is an immutable sorted list of entries that finds places, and counts
// warnings, in logarithmic time; and from which another one is made in about
// the time that its number of chunks takes. The nil order is empty.
type order struct {
	chunks []chunk
	// sums holds, for each chunk, what all chunks before it hold: entries at
	// index 0, and entries with each code at the index of that code. The last
	// ones are of all chunks.
	sums []int32
}

type chunk struct {
	entries []*Ranked // at least one
	warned  [itemCodes]uint16
}

func newChunk(entries []*Ranked) chunk {
	c := chunk{entries: entries}
	for _, r := range entries {
		for code := range r.Warnings.All() {
			c.warned[code]++
		}
	}
	return c
}

// newOrder returns the order of sorted entries. It keeps the slice.
func newOrder(sorted []*Ranked) *order {
	return orderOf(cut(make([]chunk, 0, len(sorted)/chunkSize+1), sorted))
}

// cut appends sorted entries in chunks. The slice is kept.
func cut(chunks []chunk, sorted []*Ranked) []chunk {
	for len(sorted) > chunkMost {
		chunks = append(chunks, newChunk(sorted[:chunkSize:chunkSize]))
		sorted = sorted[chunkSize:]
	}
	if len(sorted) > 0 {
		chunks = append(chunks, newChunk(sorted))
	}
	return chunks
}

func orderOf(chunks []chunk) *order {
	o := &order{chunks: chunks, sums: make([]int32, (len(chunks)+1)*itemCodes)}
	for i, c := range chunks {
		before, after := o.sums[i*itemCodes:(i+1)*itemCodes], o.sums[(i+1)*itemCodes:(i+2)*itemCodes]
		after[0] = before[0] + int32(len(c.entries))
		for code := 1; code < itemCodes; code++ {
			after[code] = before[code] + int32(c.warned[code])
		}
	}
	return o
}

// before returns how many entries with the code, or entries at all for none,
// the chunks before the given one hold.
func (o *order) before(chunk int, code Code) int { return int(o.sums[chunk*itemCodes+int(code)]) }

func (o *order) len() int {
	if o == nil {
		return 0
	}
	return o.before(len(o.chunks), 0)
}

// find returns how many entries come before the key.
func (o *order) find(key Key) int {
	at := o.chunkOf(key)
	if at == o.end() {
		return o.len()
	}
	return o.before(at, 0) + within(o.chunks[at].entries, key)
}

// chunkOf returns the first chunk that does not end before the key.
func (o *order) chunkOf(key Key) int {
	return sort.Search(o.end(), func(i int) bool {
		entries := o.chunks[i].entries
		return entries[len(entries)-1].key.Compare(key) >= 0
	})
}

func (o *order) end() int {
	if o == nil {
		return 0
	}
	return len(o.chunks)
}

func within(entries []*Ranked, key Key) int {
	return sort.Search(len(entries), func(i int) bool { return entries[i].key.Compare(key) >= 0 })
}

// warned returns how many of the first n entries have the code; for none, n.
func (o *order) warned(n int, code Code) int {
	if code == 0 || n == 0 {
		return n
	}
	chunk := o.chunkAt(n - 1)
	count := o.before(chunk, code)
	for _, r := range o.chunks[chunk].entries[:n-o.before(chunk, 0)] {
		if r.Warnings.Has(code) {
			count++
		}
	}
	return count
}

// chunkAt returns the chunk that holds the entry of a place, from 0.
func (o *order) chunkAt(place int) int {
	return sort.Search(len(o.chunks), func(i int) bool { return o.before(i+1, 0) > place })
}

// at returns the entry of a place, from 0, that there is.
func (o *order) at(place int) *Ranked {
	chunk := o.chunkAt(place)
	return o.chunks[chunk].entries[place-o.before(chunk, 0)]
}

// slice yields the entries from place from, from 0, to before place to; only
// those with the code, unless it is none.
func (o *order) slice(from, to int, code Code) iter.Seq[*Ranked] {
	return func(yield func(*Ranked) bool) {
		if from >= to {
			return
		}
		for i := o.chunkAt(from); i < len(o.chunks) && o.before(i, 0) < to; i++ {
			c, first := &o.chunks[i], o.before(i, 0)
			if code != 0 && c.warned[code] == 0 {
				continue
			}
			for _, r := range c.entries[max(from-first, 0):min(to-first, len(c.entries))] {
				if (code == 0 || r.Warnings.Has(code)) && !yield(r) {
					return
				}
			}
		}
	}
}

// all yields all entries.
func (o *order) all() iter.Seq[*Ranked] { return o.slice(0, o.len(), 0) }

// replace returns the order without the entries out, which it has, and with the
// entries in, which it has not. Both are sorted.
func (o *order) replace(out, in []*Ranked) *order {
	if o == nil {
		return newOrder(slices.Clone(in))
	}
	chunks := make([]chunk, 0, len(o.chunks)+len(in)/chunkSize+1)
	at := 0
	for len(out)+len(in) > 0 && at < len(o.chunks) {
		var next Key
		switch {
		case len(out) == 0:
			next = in[0].key
		case len(in) == 0, out[0].key.Compare(in[0].key) < 0:
			next = out[0].key
		default:
			next = in[0].key
		}
		touched := max(at, min(o.chunkOf(next), len(o.chunks)-1)) // what comes behind all goes to the last one
		chunks = append(chunks, o.chunks[at:touched]...)
		at = touched + 1

		entries := o.chunks[touched].entries
		mine := func(of []*Ranked) int {
			if at == len(o.chunks) {
				return len(of)
			}
			last := entries[len(entries)-1].key
			return sort.Search(len(of), func(i int) bool { return of[i].key.Compare(last) > 0 })
		}
		gone, come := mine(out), mine(in)
		entries = merge(entries, out[:gone], in[:come])
		out, in = out[gone:], in[come:]
		if few := len(chunks) - 1; few >= 0 && len(entries) < chunkFew && len(chunks[few].entries) < chunkSize {
			entries = slices.Concat(chunks[few].entries, entries)
			chunks = chunks[:few]
		}
		chunks = cut(chunks, entries)
	}
	chunks = append(chunks, o.chunks[at:]...)
	return orderOf(cut(chunks, slices.Clone(in)))
}

// merge returns a new list without the entries out and with the entries in.
func merge(entries, out, in []*Ranked) []*Ranked {
	merged := make([]*Ranked, 0, max(0, len(entries)-len(out)+len(in)))
	for _, r := range entries {
		if len(out) > 0 && out[0] == r {
			out = out[1:]
			continue
		}
		for len(in) > 0 && in[0].key.Compare(r.key) < 0 {
			merged, in = append(merged, in[0]), in[1:]
		}
		merged = append(merged, r)
	}
	return append(merged, in...)
}
