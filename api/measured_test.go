package api_test

import (
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/store"
)

// weekly makes SLO checkout-weekly beside what seed makes: 99 % over 7 days, in
// slices of an hour. Measured puts its slices into the store: 100 requests in
// each of the last 14 days' hours, of which 21 failed in the 10 hours from
// spike on. That is 210 bad events of a budget of 168, 1.25 of it.
func (s *testServer) weekly() {
	s.t.Helper()
	s.seed()
	s.ask("POST", "/api/v1/slos", `{"name": "checkout-weekly", "service": "checkout", "objective": 0.99, "window": "7d", "slice": "1h",
		"indicator": {"events": {"total": "requests_total{job=\"checkout\"}", "bad": "requests_total{job=\"checkout\",code=\"500\"}"}}}`).must(201)
}

// spike is when the errors of checkout-weekly began.
var spike = monday.Add(-3 * burnlist.Day)

func (s *testServer) measured() {
	s.t.Helper()
	slo, err := s.store.SLO(s.t.Context(), "checkout-weekly")
	if err != nil {
		s.t.Fatal(err)
	}
	var all []burnlist.Slice
	for at := monday.Add(-14 * burnlist.Day); at.Before(monday); at = at.Add(time.Hour) {
		m := burnlist.Slice{Ledger: slo.Ledger, Start: at.Unix(), State: burnlist.SliceData, Total: 100}
		if !at.Before(spike) && at.Before(spike.Add(10*time.Hour)) {
			m.Bad = 21
		}
		all = append(all, m)
	}
	if err := s.store.Ledgers(store.Lease{}).PutSlices(s.t.Context(), all); err != nil {
		s.t.Fatal(err)
	}
}

// rolledUp replaces the slices of the day on which the errors of
// checkout-weekly began by their sum: 24 hours of 100 requests, and all 210
// errors.
func (s *testServer) rolledUp() {
	s.t.Helper()
	slo, err := s.store.SLO(s.t.Context(), "checkout-weekly")
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.store.Ledgers(store.Lease{}).RollUp(s.t.Context(), []burnlist.Rolled{{
		Ledger: slo.Ledger, Start: spike.Truncate(burnlist.Day).Unix(), Width: 86400, Data: 86400, Bad: 210, Total: 2400, BadSlices: 10,
	}}); err != nil {
		s.t.Fatal(err)
	}
}

// put stores figures, of SLOs in force, and waits for the board.
func (s *testServer) put(figures ...*burnlist.Figures) {
	s.t.Helper()
	b := burnlist.Budgets{RefreshedAt: monday, Figures: map[string]*burnlist.Figures{}, Costs: map[int64]burnlist.IncidentCost{}}
	for _, f := range figures {
		b.Figures[f.SLO] = f
	}
	revision, err := s.store.Ledgers(store.Lease{}).PutBudgets(s.t.Context(), burnlist.System(monday), b)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.board.Wait(s.t.Context(), revision); err != nil {
		s.t.Fatal(err)
	}
}

// unchanged fails the test if do writes anything.
func (s *testServer) unchanged(t *testing.T, do func()) {
	t.Helper()
	before, err := s.store.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	do()
	after, err := s.store.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if after != before {
		t.Errorf("the revision went from %d to %d: something was written", before, after)
	}
}
