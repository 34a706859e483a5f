package demo

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/promengine"
)

// TestARangeIsAPartOfTheWhole asks series for ranges in any order, before and
// after now, and holds the answers against one asked for everything at once.
func TestARangeIsAPartOfTheWhole(t *testing.T) {
	now := instants["in the fold of New York's clocks"]
	start, end := now.Add(-history-time.Hour).UnixMilli(), now.Add(6*time.Hour).UnixMilli()
	whole, asked := Build(now).Series, Build(now).Series
	answers := make([][]promengine.Sample, len(whole))
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, len(whole)-1).Draw(t, "series")
		from := rapid.Int64Range(start, end).Draw(t, "from")
		to := from + rapid.Int64Range(-1, 2*time.Hour.Milliseconds()).Draw(t, "length")
		if answers[n] == nil {
			answers[n] = whole[n].Samples(start, end+2*time.Hour.Milliseconds())
		}
		var want []promengine.Sample
		for _, s := range answers[n] {
			if s.T >= from && s.T <= to {
				want = append(want, s)
			}
		}
		got := asked[n].Samples(from, to)
		if len(got)+len(want) > 0 && !slices.Equal(got, want) {
			t.Fatalf("%v in [%d, %d]:\n%s", whole[n].Labels, from, to, cmp.Diff(want, got))
		}
	})
}

func TestCountersGrowExceptWhereAnInstanceStarts(t *testing.T) {
	now := instants["a Saturday at noon"]
	resets := map[string]int{}
	gauges := []string{"up", "probe_success", "service:image_errors:ratio_rate5m"}
	for _, s := range Build(now).Series {
		if slices.Contains(gauges, s.Labels["__name__"]) {
			continue
		}
		samples := s.Samples(0, now.Add(48*time.Hour).UnixMilli())
		if len(samples) == 0 {
			t.Errorf("%v has no samples", s.Labels)
			continue
		}
		for i, p := range samples[1:] {
			if before := samples[i]; p.T <= before.T {
				t.Fatalf("%v goes back in time at %d", s.Labels, p.T)
			} else if p.V < before.V {
				resets[s.Labels["instance"]+"/"+s.Labels["code"]]++
				if p.T-before.T < 2*60_000 {
					t.Errorf("%v falls at %d although it was there a minute before", s.Labels, p.T)
				}
			}
		}
	}
	for instance, times := range map[string]int{"catalog-1/200": 1, "invoicing-0/200": 33} {
		if got := resets[instance]; got < times-1 || got > times {
			t.Errorf("%s was reset %d times, want about %d", instance, got, times)
		}
		delete(resets, instance)
	}
	for instance := range resets {
		if strings.HasPrefix(instance, "invoice-run-") {
			continue // its turn comes every fourth week
		}
		if instance != "catalog-1/500" && instance != "invoicing-0/500" {
			t.Errorf("%s was reset", instance)
		}
	}
}

func TestTheDepotIsSilentSinceItsLinkIsGone(t *testing.T) {
	now := instants["a Saturday at noon"]
	gone := now.Add(-30 * time.Hour)
	there := 0
	for _, s := range Build(now).Series {
		if s.Labels["site"] != "depot" {
			continue
		}
		there++
		before := s.Samples(gone.Add(-time.Hour).UnixMilli(), gone.UnixMilli())
		after := s.Samples(gone.Add(time.Minute).UnixMilli(), now.Add(time.Hour).UnixMilli())
		if len(before) < 59 || len(after) != 0 {
			t.Errorf("%v has %d samples in the hour before and %d after", s.Labels, len(before), len(after))
		}
	}
	if there < 2 { // requests by code, and up
		t.Errorf("the depot has %d series", there)
	}
}

func TestSeriesEndAYearAfterTheDemoBegan(t *testing.T) {
	now := instants["a Saturday at noon"]
	end := now.Add(366 * burnlist.Day)
	for _, s := range Build(now).Series[:1] {
		if got := s.Samples(end.Add(-time.Hour).UnixMilli(), end.Add(-2*time.Minute).UnixMilli()); len(got) < 57 {
			t.Errorf("%d samples in the last hour", len(got))
		}
		if got := s.Samples(end.Add(2*time.Minute).UnixMilli(), 1<<60); len(got) != 0 {
			t.Errorf("%d samples after the end", len(got))
		}
	}
}

func TestSeriesMayBeReadByManyAtOnce(t *testing.T) {
	now := instants["a Saturday at noon"]
	s := Build(now).Series[0]
	want := Build(now).Series[0].Samples(0, now.UnixMilli())
	var readers sync.WaitGroup
	for n := range 4 {
		readers.Go(func() {
			for to := now.Add(-time.Duration(9-n) * time.Hour); !to.After(now); to = to.Add(time.Hour) {
				got := s.Samples(0, to.UnixMilli())
				end := slices.IndexFunc(want, func(p promengine.Sample) bool { return p.T > to.UnixMilli() })
				if end < 0 {
					end = len(want)
				}
				if end == 0 || !slices.Equal(got, want[:end]) {
					t.Errorf("reader %d got %d samples up to %s, want %d, or others", n, len(got), to, end)
				}
			}
		})
	}
	readers.Wait()
}
