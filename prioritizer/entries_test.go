package prioritizer_test

import (
	"maps"
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// entries returns those of a queue in their order.
func entries(q *prioritizer.Queue) []*prioritizer.Ranked { return slices.Collect(q.All()) }

// show shows entry i of a queue at its place in it.
func show(q *prioritizer.Queue, i int) prioritizer.Entry { return q.Show(entries(q)[i], i+1) }

// ids returns those of all items, ascending.
func ids(w *burnlist.World) []int64 {
	var all []int64
	for id := range w.Items.All() {
		all = append(all, id)
	}
	slices.Sort(all)
	return all
}

// asMaps compares items by their ids.
var asMaps = cmp.Transformer("items", func(b burnlist.ByID[burnlist.Item]) map[int64]*burnlist.Item { return maps.Collect(b.All()) })
