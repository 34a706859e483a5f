package burnlist_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
)

// refusedFor reports an error unless err says that something is wrong with a
// field, and with no other.
func refusedFor(t *testing.T, err error, field string) {
	t.Helper()
	e, ok := errors.AsType[*burnlist.Error](err)
	if !ok || e.Code != burnlist.Invalid {
		t.Fatalf("got %v, want it refused as invalid", err)
	}
	if slices.ContainsFunc(e.Details, func(d burnlist.Detail) bool { return d.Field != field }) || len(e.Details) == 0 {
		t.Errorf("refused for %+v, want %s", e.Details, field)
	}
}

func TestExclusionsThatCannotHoldAreRefused(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	valid := burnlist.Exclusion{Start: now.Add(-2 * time.Hour), End: now.Add(-time.Hour), Reason: burnlist.Maintenance}
	if err := valid.Validate(now); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*burnlist.Exclusion)
		field  string
	}{
		"ends before it starts":      {func(e *burnlist.Exclusion) { e.End = e.Start }, "end"},
		"longer than a month":        {func(e *burnlist.Exclusion) { e.End = e.Start.Add(32 * burnlist.Day) }, "end"},
		"of two years ago":           {func(e *burnlist.Exclusion) { e.Start, e.End = now.AddDate(-2, 0, 0), now.AddDate(-2, 0, 1) }, "start"},
		"of next year":               {func(e *burnlist.Exclusion) { e.Start, e.End = now.AddDate(1, 0, 0), now.AddDate(1, 0, 1) }, "start"},
		"for no reason":              {func(e *burnlist.Exclusion) { e.Reason = "" }, "reason"},
		"for a reason of one's own":  {func(e *burnlist.Exclusion) { e.Reason = "it was Friday" }, "reason"},
		"for another reason, unsaid": {func(e *burnlist.Exclusion) { e.Reason, e.Note = burnlist.OtherReason, " " }, "note"},
		"with a very long note":      {func(e *burnlist.Exclusion) { e.Note = strings.Repeat("a", 1001) }, "note"},
	} {
		t.Run(name, func(t *testing.T) {
			e := valid
			c.change(&e)
			refusedFor(t, e.Validate(now), c.field)
		})
	}
}

func TestAWorldHoldsTheExclusionsThatHold(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	first := burnlist.Exclusion{ID: 2, SLO: "a", Start: now.Add(-time.Hour), End: now}
	second := burnlist.Exclusion{ID: 1, SLO: "a", Start: now, End: now.Add(time.Hour)}
	w := burnlist.NewWorld()
	before := w.Clone()
	w.Apply(burnlist.Change{Revision: 1, After: burnlist.After{Exclusions: []*burnlist.Exclusion{&second}}})
	w.Apply(burnlist.Change{Revision: 2, After: burnlist.After{Exclusions: []*burnlist.Exclusion{&first}}})
	if got := w.Exclusions["a"]; len(got) != 2 || got[0].ID != 2 || got[1].ID != 1 {
		t.Errorf("holds %v, want the earlier one first", got)
	}
	if len(before.Exclusions["a"]) != 0 {
		t.Error("a clone changed with the world")
	}
	second.RemovedAt = &now
	w.Apply(burnlist.Change{Revision: 3, After: burnlist.After{Exclusions: []*burnlist.Exclusion{&second}}})
	if got := w.Exclusions["a"]; len(got) != 1 || got[0].ID != 2 {
		t.Errorf("holds %v, want the one that was not taken back", got)
	}
}
