package prioritizer_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

var update = flag.Bool("update", false, "write the golden files anew")

// contract returns a world with one entry of every kind that the contract of
// the queue tells apart.
func contract() *burnlist.World {
	w := shop()
	addService(w, "checkout", "shop", "payments")
	f := spent(1.38, 1.62, 3.1)
	f.Spent[burnlist.Span7d] = burnlist.Known(0.72)
	f.Burn[burnlist.Span1h], f.Burn[burnlist.Span6h] = burnlist.Known(2.9), burnlist.Known(3.1)
	f.SlowBurn, f.Coverage = true, 0.98
	f.RecoversAt = new(time.Date(2026, 12, 3, 4, 5, 0, 0, time.UTC))
	f.KnownUntil = new(now.Add(-26 * time.Hour))
	addSLO(w, "checkout", "checkout-availability", f)
	addService(w, "search", "shop", "")

	addItem(w, 142, "checkout", func(i *burnlist.Item) {
		i.Key, i.Priority, i.Due, i.Ticket, i.Version = "PM-31/2", "P1", date(11, 20), "", 7
		i.Facts = burnlist.Facts{Promised: date(11, 13), Streak: 1, Total: 2, LastReviewed: new(now.Add(-7 * burnlist.Day)), PreviousRank: 14}
		i.Facts.Rolled = []burnlist.Rollover{
			{Review: 9, Date: date(10, 26), Promised: date(10, 20)},
			{Review: 12, Date: date(11, 16), Promised: date(11, 13)},
		}
		i.Snooze = &burnlist.Snooze{Until: date(11, 23), Reason: "wait for the vendor", At: now.Add(-5 * burnlist.Day), Actor: "ana@example.org"} // over, today
		start := time.Date(2026, 11, 10, 8, 0, 0, 0, time.UTC)
		i.Source = &burnlist.Source{URL: "https://example.org/pm/31", Title: "Checkout down", Start: &start, End: new(start.Add(time.Hour))}
	})
	w.Budgets.Costs[142] = burnlist.IncidentCost{Item: 142, SLO: "checkout-availability", Share: 0.12}
	addItem(w, 143, "search", func(i *burnlist.Item) {
		i.Owner, i.Due, i.Origin = "", 0, 142
		i.Snooze = &burnlist.Snooze{Until: date(11, 30), Reason: "wait for the vendor", At: now.Add(-5 * burnlist.Day), Actor: "ana@example.org"}
		i.Return = &burnlist.Return{At: now.Add(-6 * burnlist.Day), Cause: burnlist.RevisitCame, From: now.Add(-96 * burnlist.Day)}
	})
	addReview(w, 9, burnlist.ReviewAttended, func(r *burnlist.Review) { r.States["checkout"] = burnlist.Exhausted })
	addReview(w, 16, burnlist.ReviewSkipped, nil)
	return w
}

// TestTheJSONOfAnEntryIsTheContract compares with a golden file: meetings and
// dashboards build on these names.
func TestTheJSONOfAnEntryIsTheContract(t *testing.T) {
	q := prioritizer.Rank(contract(), now)
	for i, file := range []string{"testdata/entry.json", "testdata/entry_unknown.json"} {
		golden(t, file, show(q, i))
	}
	golden(t, "testdata/budgets.json", q.Budgets())
	golden(t, "testdata/warnings.json", q.Warnings())
}

func golden(t *testing.T, file string, v any) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestAnEntryHasAReasonForEachSignal(t *testing.T) {
	q := prioritizer.Rank(contract(), now)
	e := q.Show(entries(q)[1], 7)
	var got []string
	for _, r := range e.Reasons {
		got = append(got, r.Signal)
	}
	if diff := cmp.Diff(prioritizer.Signals[:], got); diff != "" {
		t.Errorf("signals (-want +got):\n%s", diff)
	}
	if e.Position != 7 || e.Rank != 2 || e.PreviousRank != nil {
		t.Errorf("position %d, rank %d, previous rank %v, want 7, 2 and none", e.Position, e.Rank, e.PreviousRank)
	}
}
