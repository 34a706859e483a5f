package budget

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
)

// settle is how long a slice is left alone after its end, for the last scrapes
// in it to arrive.
const settle = time.Minute

// due returns the end of the newest slice that may be asked for at now, in
// Unix seconds.
func due(now time.Time, width burnlist.Duration) int64 {
	w := seconds(width)
	return now.Add(-settle).Unix() / w * w
}

func seconds(d burnlist.Duration) int64 { return int64(d.Std() / time.Second) }

// need is an SLO with the slices that it misses.
type need struct {
	book    *book
	missing []Range
}

// chunk is what is asked at once: books of one width, over one range of
// slices.
type chunk struct {
	width int64 // seconds
	Range
	books []*book
}

// slices returns how many slices a chunk asks for of each SLO.
func (c chunk) slices() int64 { return (c.To - c.From) / c.width }

// halves splits the range of a chunk of more than one slice. The newer half
// comes first, as everywhere: the newest slices decide most.
func (c chunk) halves() (newer, older chunk) {
	newer, older = c, c
	newer.From = c.From + c.slices()/2*c.width
	older.To = newer.From
	return newer, older
}

// split halves the SLOs of a chunk of more than one.
func (c chunk) split() (a, b chunk) {
	a, b = c, c
	n := len(c.books) / 2
	a.books, b.books = c.books[:n:n], c.books[n:]
	return a, b
}

// plan shares the missing slices out into chunks, the newest first. SLOs of
// the same width that miss the same range share its chunks. No chunk asks for
// more than 200 SLOs, or for more slices than limit over all of its SLOs.
func plan(needs []need, limit int) []chunk {
	type key struct {
		width int64
		Range
	}
	shared := map[key][]*book{}
	for _, n := range needs {
		for _, r := range n.missing {
			k := key{seconds(n.book.slo.Slice), r}
			shared[k] = append(shared[k], n.book)
		}
	}
	var chunks []chunk
	for _, k := range slices.Collect(maps.Keys(shared)) {
		for books := range slices.Chunk(shared[k], maxSLOs) {
			most := max(1, min(maxPoints, int64(limit/len(books))))
			for to := k.To; to > k.From; to -= most * k.width {
				chunks = append(chunks, chunk{k.width, Range{max(k.From, to-most*k.width), to}, books})
			}
		}
	}
	slices.SortFunc(chunks, func(a, b chunk) int {
		return cmp.Or(cmp.Compare(b.To, a.To), cmp.Compare(b.From, a.From), cmp.Compare(a.width, b.width),
			cmp.Compare(a.books[0].slo.Name, b.books[0].slo.Name))
	})
	return chunks
}
