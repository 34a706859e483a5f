package demo

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/store"
)

func TestEveryKindOfIndicatorIsInTheStory(t *testing.T) {
	shown, rank := map[burnlist.IndicatorKind]bool{}, map[burnlist.IndicatorKind]bool{}
	expressions, births := false, false
	for _, slo := range Build(instants["a Saturday at noon"]).SLOs {
		if err := slo.Validate(); err != nil {
			t.Errorf("%s: %v", slo.Name, err)
		}
		if err := budget.Check(slo.Indicator); err != nil {
			t.Errorf("%s: %v", slo.Name, err)
		}
		shown[slo.Indicator.Kind()] = true
		rank[slo.Indicator.Kind()] = rank[slo.Indicator.Kind()] || slo.Ranks()
		expressions = expressions || budget.Extrapolated(slo.Indicator)
		births = births || slo.Indicator.CountsBirths()
	}
	for what, holds := range map[string]bool{
		"events rank":            rank[burnlist.KindEvents],
		"latencies rank":         rank[burnlist.KindLatency],
		"gauges rank":            rank[burnlist.KindGauge],
		"a ratio is advisory":    shown[burnlist.KindRatio] && !rank[burnlist.KindRatio],
		"there is an expression": expressions,
		"births count":           births,
	} {
		if !holds {
			t.Errorf("it does not hold that %s", what)
		}
	}
}

// everyKindOfIndicatorCounts looks for what the figures of each kind say that
// no others do.
func everyKindOfIndicatorCounts(t *testing.T, q *prioritizer.Queue) {
	t.Helper()
	of := q.World.Budgets.Figures
	prober, images, documents := of["catalog-reachable"], of["catalog-images"], of["invoicing-documents"]
	const samples = 30 * 24 * 60
	for what, holds := range map[string]bool{
		"reservations are extrapolated":               of["inventory-reservations"].Extrapolated,
		"slow logins are counted from the histogram":  of["login-latency"].Kind == burnlist.KindLatency && of["login-latency"].BadWindow > 1000,
		"every minute of the prober counts":           prober.TotalWindow > 0.99*samples && prober.TotalWindow <= samples+1,
		"the hour that it was away is bad":            prober.BadWindow >= 60 && prober.BadWindow < 120,
		"images weigh by time, one for each slice":    images.TimeWeighted && images.TotalWindow > 2870 && images.TotalWindow <= 2880,
		"documents are counted in four or five runs":  documents.TotalWindow > 20_000 && documents.TotalWindow < 40_000,
		"nothing is counted of what was not answered": of["helpdesk-replies"].TotalWindow == 0,
	} {
		if !holds {
			t.Errorf("it does not hold that %s", what)
		}
	}
}

// anAnnouncedMoveIsNoFault looks at invoicing, whose state would be another one
// without the exclusion, and at search, whose exclusion was taken back.
func anAnnouncedMoveIsNoFault(t *testing.T, q *prioritizer.Queue) {
	t.Helper()
	f := *q.World.Budgets.Figures["invoicing-availability"]
	if f.Excluded != burnlist.Duration(4*time.Hour) {
		t.Errorf("%s of invoicing are excluded, want 4h", f.Excluded)
	}
	f.Consumed = f.ConsumedAltogether
	if v := q.World.Policy.Judge(f, f.At); v.State != burnlist.AtRisk && v.State != burnlist.Exhausted {
		t.Errorf("with all errors, of %s of its budget, invoicing would be %s: want it worse than healthy", f.Consumed, v.State)
	}
	if f := q.World.Budgets.Figures["search-availability"]; f.Excluded != 0 {
		t.Errorf("%s of search are excluded, want none", f.Excluded)
	}
}

// exclusionsWereMade looks at what the store keeps of them.
func exclusionsWereMade(t *testing.T, s *store.Store, w World) {
	t.Helper()
	for _, want := range w.Exclusions {
		all, err := s.Exclusions(t.Context(), want.SLO)
		if err != nil {
			t.Fatal(err)
		}
		if len(all) != 1 {
			t.Errorf("%s has %d exclusions, want 1", want.SLO, len(all))
			continue
		}
		want.ID = all[0].ID
		if diff := cmp.Diff(want, all[0]); diff != "" {
			t.Errorf("the exclusion of %s is stored with other fields (-want +got):\n%s", want.SLO, diff)
		}
	}
}
