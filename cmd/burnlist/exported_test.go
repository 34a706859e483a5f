package main_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

func TestWhatIsExportedChangesNothingWhereItComesFrom(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh func(*testing.T) string) {
		s := serve(t, fresh(t), true)
		p, _ := s.plan(t, read(t, s.export(t)), false)
		if len(p.Steps)+len(p.Kept)+len(p.Refused) > 0 || p.Unchanged < 50 {
			t.Errorf("%d unchanged; steps: %v\nkept: %v\nrefused: %v", p.Unchanged, p.Steps, p.Kept, p.Refused)
		}
	})
}

// TestWhatIsExportedMakesTheSameElsewhere has one exception: an item that comes
// back so soon that nobody may put it away until then stays open.
func TestWhatIsExportedMakesTheSameElsewhere(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh func(*testing.T) string) {
		from, to := serve(t, fresh(t), true), serve(t, fresh(t), false)
		text := from.export(t)
		m := read(t, text)
		_, refused := to.apply(t, m, false)
		soon := map[string]bool{}
		for _, r := range refused {
			if !strings.Contains(r.Message, "is too soon") {
				t.Errorf("%s %s: %s", r.At, r.Thing, r.Message)
			}
			soon[r.Thing.Name] = true
		}
		if len(soon) != 1 {
			t.Errorf("%d items come back soon; the demo has 1", len(soon))
		}
		for n := range m.Items {
			if i := &m.Items[n]; soon[i.Key] {
				i.Status, i.Reason, i.Revisit = new(burnlist.Open), "", 0
			}
		}
		var want bytes.Buffer
		if err := m.Write(&want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(to.export(t), want.String()); diff != "" {
			t.Errorf("exported there -, here +:\n%s", diff)
		}
		if lines, refused := to.apply(t, m, false); len(lines)+len(refused) > 0 {
			t.Errorf("the second time: %v, refused: %v", lines, refused)
		}
	})
}
