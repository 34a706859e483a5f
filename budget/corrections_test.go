package budget

import (
	"testing"

	"github.com/burnlist/burnlist"
)

func TestLateDataOnlyAdds(t *testing.T) {
	data := func(start int64, bad, total float64) burnlist.Slice {
		return burnlist.Slice{Start: start, State: burnlist.SliceData, Bad: bad, Total: total}
	}
	for name, test := range map[string]struct {
		held, read []burnlist.Slice
		want       int // corrected
	}{
		"a part is lost":                    {[]burnlist.Slice{data(0, 900, 1000)}, []burnlist.Slice{data(0, 0, 100)}, 0},
		"more came late":                    {[]burnlist.Slice{data(0, 1, 100)}, []burnlist.Slice{data(0, 5, 150)}, 1},
		"one slice lost, another gained":    {[]burnlist.Slice{data(0, 1, 100), data(300, 9, 100)}, []burnlist.Slice{data(0, 5, 150), data(300, 0, 50)}, 0},
		"bad events only, later":            {[]burnlist.Slice{data(0, 1, 100)}, []burnlist.Slice{data(0, 5, 100)}, 1},
		"one guess too high, all more":      {[]burnlist.Slice{data(0, 1, 100), data(300, 1, 130)}, []burnlist.Slice{data(0, 5, 200), data(300, 1, 110)}, 2},
		"fewer by a guess at the edges":     {[]burnlist.Slice{data(0, 5, 1000)}, []burnlist.Slice{data(0, 6, 990)}, 1},
		"fewer by more than that":           {[]burnlist.Slice{data(0, 5, 1000)}, []burnlist.Slice{data(0, 6, 989)}, 0},
		"fewer by one event of a few":       {[]burnlist.Slice{data(0, 2, 10)}, []burnlist.Slice{data(0, 2, 9)}, 1},
		"fewer by two events of a few":      {[]burnlist.Slice{data(0, 2, 10)}, []burnlist.Slice{data(0, 2, 8)}, 0},
		"what was never asked for is taken": {nil, []burnlist.Slice{data(0, 2, 8)}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			held := map[int64]burnlist.Slice{}
			for _, s := range test.held {
				held[s.Start] = s
			}
			got := corrections(held, test.read)
			n := 0
			for _, s := range got {
				if s.Corrected {
					n++
				}
			}
			if n != test.want || len(test.held) == 0 && len(got) != len(test.read) {
				t.Errorf("%+v, want %d corrected", got, test.want)
			}
		})
	}
}
