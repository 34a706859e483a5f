//go:build !race

package budget_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/fleet"
	"github.com/burnlist/burnlist/internal/promengine"
	"github.com/burnlist/burnlist/internal/promtest"
)

// fleetSLOs has two SLOs for each service of the fleet: one that counts bad
// events, one that counts good ones.
func fleetSLOs() []burnlist.SLO {
	var all []burnlist.SLO
	for i, s := range fleet.Services() {
		of := fmt.Sprintf(`http_requests_total{service=%q}`, s.Name)
		code := func(code string) string {
			return fmt.Sprintf(`http_requests_total{service=%q,code=%q}`, s.Name, code)
		}
		slo := burnlist.SLO{
			Name: s.Name + "-bad", Service: s.Name, Source: burnlist.DefaultSource, Objective: 0.99, Ledger: int64(2*i + 1),
			Window: burnlist.DefaultWindow, Slice: burnlist.DefaultSlice,
			Indicator: burnlist.Indicator{Events: &burnlist.Events{Total: of, Bad: code("500")}},
		}
		all = append(all, slo)
		slo.Name, slo.Ledger, slo.Slice = s.Name+"-good", int64(2*i+2), burnlist.Duration(30*time.Minute)
		slo.Indicator.Events = &burnlist.Events{Total: of, Good: code("200")}
		all = append(all, slo)
	}
	return all
}

func embedded(all []fleet.Series) []promengine.Series {
	series := make([]promengine.Series, len(all))
	for i, s := range all {
		samples := make([]promengine.Sample, len(s.Samples))
		for j, p := range s.Samples {
			samples[j] = promengine.Sample(p)
		}
		series[i] = promengine.Series{Labels: s.Labels, Samples: promengine.Fixed(samples)}
	}
	return series
}

// edges returns the slices of a service in which engines may differ: where a
// series is born, and where a scrape lies a millisecond after the slice's
// start, which 2.x includes in a range and 3.x does not.
func edges(all []fleet.Series, service string, width int64) map[int64]bool {
	found := map[int64]bool{}
	for _, s := range all {
		if s.Labels["service"] != service || len(s.Samples) == 0 {
			continue
		}
		found[s.Samples[0].T/1000/width*width] = true
		for _, p := range s.Samples {
			if p.T%(width*1000) == 1 {
				found[p.T/1000] = true
			}
		}
	}
	return found
}

// TestEveryEngineGivesTheSameLedger asks a real Prometheus, 2.x or 3.x, and the
// embedded engine, which is that of 3.x, for the same fleet. Their ledgers are
// the same to the last bit, but for two kinds of slices, and only there:
//
//   - A series is born in the slice, from a small number: if its first sample
//     lies more than 1.1 scrapes after the slice's start, and its slope would
//     be 0 between half a scrape and 1.1 scrapes before that sample, increase
//     reaches back that far in 2.x, and by half a scrape in 3.x.
//   - A series is reset in the slice, and a scrape lies exactly one millisecond
//     after its start: increase sees that scrape in 2.x only.
func TestEveryEngineGivesTheSameLedger(t *testing.T) {
	length := 30 * burnlist.Day
	all := fleet.New(7, at.Add(-length), length)
	world := worldOf(fleetSLOs()...)
	asked, wanted := newMemory(), newMemory()
	url := promtest.Start(t, all)
	embeddedURL := serve(t, promengine.New(embedded(all)).Handler())
	for minutes := range 3 {
		now := at.Add(time.Duration(minutes*5-9) * time.Minute)
		refresh(t, collector(t, asked, url, world), now)
		refresh(t, collector(t, wanted, embeddedURL, world), now)
	}
	compared := 0
	for _, slo := range fleetSLOs() {
		if said := asked.budgets.Figures[slo.Name].Error; said != "" {
			t.Fatalf("%s: %s", slo.Name, said)
		}
		got, want := asked.of(slo.Ledger), wanted.of(slo.Ledger)
		if len(got) != len(want) || len(got) < 1440 {
			t.Fatalf("%s: %d slices, want %d and not less than 1440", slo.Name, len(got), len(want))
		}
		edge := edges(all, slo.Service, int64(slo.Slice.Std()/time.Second))
		if len(edge)*50 > len(got) {
			t.Fatalf("%s: %d of %d slices may differ, which is too many to compare the rest", slo.Name, len(edge), len(got))
		}
		differ := 0
		for i := range got {
			if got[i] == want[i] {
				continue
			}
			differ++
			near := math.Abs(got[i].Total-want[i].Total) <= 0.2*want[i].Total && math.Abs(got[i].Bad-want[i].Bad) <= 0.2*want[i].Total
			if !edge[got[i].Start] || !near {
				t.Errorf("%s: slice %s is %+v, want %+v", slo.Name, time.Unix(got[i].Start, 0).UTC(), got[i], want[i])
			}
		}
		if differ > 0 {
			t.Logf("%s: %d of %d slices differ at an edge", slo.Name, differ, len(got))
			continue
		}
		compared++
		value := gocmp.Comparer(func(a, b burnlist.Value) bool {
			x, known := a.Get()
			y, alsoKnown := b.Get()
			return known == alsoKnown && math.Abs(x-y) <= 1e-9*max(1, math.Abs(y))
		})
		if diff := gocmp.Diff(asked.budgets.Figures[slo.Name], wanted.budgets.Figures[slo.Name], value); diff != "" {
			t.Errorf("%s: the figures differ: %s", slo.Name, diff)
		}
	}
	if compared < 15 {
		t.Errorf("the figures of %d SLOs were compared, want 15 at least", compared)
	}
}
