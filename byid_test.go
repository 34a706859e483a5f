package burnlist_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/burnlist/burnlist"
)

// TestByIDIsAMapWhoseClonesDoNotMeet holds a chain of clones against maps.
func TestByIDIsAMapWhoseClonesDoNotMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var table burnlist.ByID[int]
		model := map[int64]*int{}
		type frozen struct {
			table burnlist.ByID[int]
			model map[int64]*int
		}
		var earlier []frozen
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			id := rapid.SampledFrom([]int64{0, 1, 2, 255, 256, 257, 511, 512, 1 << 40}).Draw(t, "id")
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0, 1:
				thing := new(rapid.Int().Draw(t, "thing"))
				table.Put(id, thing)
				model[id] = thing
			case 2:
				table.Put(id, nil)
				delete(model, id)
			case 3:
				earlier = append(earlier, frozen{table, maps.Clone(model)})
				table = table.Clone()
			}
			if got, want := table.Get(id), model[id]; got != want {
				t.Fatalf("%d has %v, want %v", id, got, want)
			}
		}
		for _, f := range append(earlier, frozen{table, model}) {
			if diff := cmp.Diff(f.model, maps.Collect(f.table.All())); diff != "" || f.table.Len() != len(f.model) {
				t.Fatalf("%d things (-want +got):\n%s", f.table.Len(), diff)
			}
		}
	})
}
