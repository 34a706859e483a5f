package fleet_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/burnlist/burnlist/internal/fleet"
)

func TestTheSameSeedMakesTheSameFleet(t *testing.T) {
	start := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	same := func(a, b []fleet.Series) bool {
		return slices.EqualFunc(a, b, func(a, b fleet.Series) bool {
			return maps.Equal(a.Labels, b.Labels) && slices.Equal(a.Samples, b.Samples)
		})
	}
	first := fleet.New(1, start, 24*time.Hour)
	if !same(first, fleet.New(1, start, 24*time.Hour)) {
		t.Error("the same seed makes another fleet")
	}
	if same(first, fleet.New(2, start, 24*time.Hour)) {
		t.Error("another seed makes the same fleet")
	}
}

func TestTheFleetHasWhatMakesCountersHardToCount(t *testing.T) {
	start := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	end := start.Add(30 * 24 * time.Hour).UnixMilli()
	found := map[string]bool{}
	for _, s := range fleet.New(7, start, 30*24*time.Hour) {
		for i, p := range s.Samples {
			if p.T < start.UnixMilli() || p.T >= end {
				t.Fatalf("%v has a sample at %d, outside the fleet's time", s.Labels, p.T)
			}
			if i == 0 {
				found["birth"] = found["birth"] || p.T > start.Add(24*time.Hour).UnixMilli()
				continue
			}
			before := s.Samples[i-1]
			if p.T <= before.T {
				t.Fatalf("%v goes from %d to %d", s.Labels, before.T, p.T)
			}
			found["reset"] = found["reset"] || p.V < before.V
			found["gap"] = found["gap"] || p.T-before.T > 10*60_000
			found["off the grid"] = found["off the grid"] || p.T%15_000 != 0
		}
		if n := len(s.Samples); n > 0 {
			found["death"] = found["death"] || s.Samples[n-1].T < end-24*3600_000
		}
	}
	for _, what := range []string{"birth", "death", "reset", "gap", "off the grid"} {
		if !found[what] {
			t.Errorf("there is no %s in the fleet", what)
		}
	}
}
