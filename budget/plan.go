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

// Due returns the end of the newest slice of a width that was read by now.
func Due(now time.Time, width burnlist.Duration) time.Time {
	return time.Unix(due(now, width), 0).UTC()
}

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

// extent is how much one query asks for, or may ask for.
type extent struct {
	slos   int
	slices int64 // of each SLO
}

// The most that one query may ask for: three days of 200 SLOs with slices of
// five minutes, and points per series below the 11,000 at which Prometheus
// refuses.
const (
	maxSlices = 3 * 288 * maxSLOs
	maxPoints = 10_000
	maxSLOs   = 200
)

// chunk is what is asked at once: books of one width, over one range of
// slices.
type chunk struct {
	width int64 // seconds
	Range
	books  []*book
	proven bool // the source is known to answer something over this range
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

// shrink keeps later queries about the SLOs of a chunk from asking for more
// than it does.
func (c chunk) shrink() {
	for _, b := range c.books {
		b.most.slos, b.most.slices = min(b.most.slos, len(c.books)), min(b.most.slices, c.slices())
	}
}

// grow lets later queries about the SLOs of a chunk ask for twice as much. The
// number of SLOs is doubled even if fewer were asked for, because those that
// may be asked for as much can be too few to fill a chunk.
func (c chunk) grow() {
	for _, b := range c.books {
		b.most.slos = min(2*b.most.slos, maxSLOs)
		b.most.slices = max(b.most.slices, min(2*c.slices(), maxPoints))
	}
}

// plan shares the missing slices out into chunks, the newest first. SLOs of
// the same width that miss the same range share its chunks, as far as each of
// them may be asked for as much. Of chunks that end with the same slice, those
// that may prove to be too much come last.
func plan(needs []need) []chunk {
	type key struct {
		width int64
		Range
		most extent
	}
	shared := map[key][]*book{}
	for _, n := range needs {
		for _, r := range n.missing {
			w, most := seconds(n.book.slo.Slice), n.book.most
			most.slices = min(most.slices, (r.To-r.From)/w)
			k := key{w, r, most}
			shared[k] = append(shared[k], n.book)
		}
	}
	var chunks []chunk
	for _, k := range slices.Collect(maps.Keys(shared)) {
		for books := range slices.Chunk(shared[k], k.most.slos) {
			most := min(k.most.slices, maxSlices/int64(len(books)))
			for to := k.To; to > k.From; to -= most * k.width {
				chunks = append(chunks, chunk{width: k.width, Range: Range{max(k.From, to-most*k.width), to}, books: books})
			}
		}
	}
	slices.SortFunc(chunks, func(a, b chunk) int {
		x, y := a.books[0], b.books[0]
		return cmp.Or(cmp.Compare(b.To, a.To), cmp.Compare(y.most.slos, x.most.slos), cmp.Compare(y.most.slices, x.most.slices),
			cmp.Compare(b.From, a.From), cmp.Compare(a.width, b.width), cmp.Compare(x.slo.Name, y.slo.Name))
	})
	return chunks
}
