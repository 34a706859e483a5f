package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
)

// kept is what the store has of an SLO's ledger.
type kept struct {
	slo        burnlist.SLO
	rows       burnlist.Ledger
	exclusions []burnlist.Exclusion // that hold
}

func (s *server) keptOf(ctx context.Context, o burnlist.SLO) (kept, error) {
	rows, err := s.Store.Ledger(ctx, o.Ledger)
	if err != nil {
		return kept{}, err
	}
	all, err := s.Store.Exclusions(ctx, o.Name)
	if err != nil {
		return kept{}, err
	}
	held := slices.DeleteFunc(all, func(e burnlist.Exclusion) bool { return e.RemovedAt != nil })
	return kept{slo: o, rows: rows, exclusions: held}, nil
}

// ledger returns the ledger without what the exclusions take out, and more of
// them beside those that hold.
func (k kept) ledger(more ...*burnlist.Exclusion) *budget.Ledger {
	for _, e := range k.exclusions {
		more = append(more, &e)
	}
	l := budget.NewLedger(k.slo.Slice)
	l.Load(k.rows)
	l.Exclude(more)
	return l
}

// resolution says from when to when only hours or days are kept of what lies
// after an instant. It is empty if all slices are.
func (k kept) resolution(after time.Time) burnlist.NullString {
	until := map[int64]int64{} // where the rows of a width end, in Unix seconds
	for _, r := range k.rows.Rolled {
		if end := r.Start + r.Width; end > after.Unix() {
			until[r.Width] = max(until[r.Width], end)
		}
	}
	var said []string
	for _, width := range []struct {
		seconds int64
		name    string
	}{{burnlist.DayWidth, "days"}, {burnlist.HourWidth, "hours"}} {
		if end, ok := until[width.seconds]; ok {
			said = append(said, fmt.Sprintf("until %s only the sums of %s are kept", time.Unix(end, 0).UTC().Format(time.RFC3339), width.name))
		}
	}
	if len(said) == 0 {
		return ""
	}
	return burnlist.NullString(strings.Join(said, ", ") + ": what happened in one counts as spread evenly over it, and an exclusion that cuts one takes out all of it")
}
