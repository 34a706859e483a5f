package budget

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/promengine"
)

// scrapes is a gauge that is 1 from so long before noon until so long before
// it, a sample every so often.
func scrapes(pod string, from, until, every time.Duration) promengine.Series {
	var samples []promengine.Sample
	for t := noon.Add(-from + 3*time.Second); t.Before(noon.Add(-until)); t = t.Add(every) {
		samples = append(samples, promengine.Sample{T: t.UnixMilli(), V: 1})
	}
	return promengine.Series{Labels: labelled(fmt.Sprintf("g{pod=%q}", pod)), Samples: promengine.Fixed(samples)}
}

func TestAnIntervalIsThatOfSeriesWhichLivedLongEnough(t *testing.T) {
	const minute = time.Minute
	merged := func(a, b promengine.Series) promengine.Series {
		a.Samples = promengine.Fixed(slices.Concat(a.Samples(0, noon.UnixMilli()), b.Samples(0, noon.UnixMilli())))
		return a
	}
	for _, every := range []time.Duration{15 * time.Second, minute, 5 * minute} {
		for name, test := range map[string]struct {
			all     []promengine.Series
			unknown bool
		}{
			"alive for ten minutes":     {[]promengine.Series{scrapes("a", 10*minute, 0, every)}, true},
			"alive for twenty minutes":  {[]promengine.Series{scrapes("a", 20*minute, 0, every)}, false},
			"alive for forty minutes":   {[]promengine.Series{scrapes("a", 40*minute, 0, every)}, false},
			"alive for two hours":       {[]promengine.Series{scrapes("a", 120*minute, 0, every)}, false},
			"two of three are young":    {[]promengine.Series{scrapes("a", 120*minute, 0, every), scrapes("b", 20*minute, 0, every), scrapes("c", 12*minute, 0, every)}, false},
			"replaced by another":       {[]promengine.Series{scrapes("a", 120*minute, 40*minute, every), scrapes("b", 40*minute, 0, every)}, false},
			"replaced a moment ago":     {[]promengine.Series{scrapes("a", 120*minute, 14*minute, every), scrapes("b", 14*minute, 0, every)}, false},
			"gone":                      {[]promengine.Series{scrapes("a", 120*minute, 40*minute, every)}, true},
			"restarted as what it was":  {[]promengine.Series{merged(scrapes("a", 120*minute, 40*minute+every, every), scrapes("a", 40*minute, 0, every))}, false},
			"away for half of the hour": {[]promengine.Series{merged(scrapes("a", 120*minute, 45*minute, every), scrapes("a", 20*minute, 0, every))}, false},
		} {
			if name == "away for half of the hour" && every > minute {
				continue // ten minutes are too short to tell, and an hour misses half
			}
			t.Run(fmt.Sprintf("%s, every %s", name, every), func(t *testing.T) {
				i := burnlist.Indicator{Gauge: &burnlist.Gauge{Selector: "g"}}
				p, err := sourceOf(t, append(test.all, alive())).Probe(t.Context(), *sloOf(i), noon)
				if err != nil {
					t.Fatal(err)
				}
				want := every
				if test.unknown {
					want = 0
				}
				if (p.Interval-want).Abs() > want/25 || Width(p.Interval) != Width(want) {
					t.Errorf("the interval is %s, want %s", p.Interval, want)
				}
			})
		}
	}
	for _, every := range []time.Duration{5 * time.Second, 45 * time.Second, 90 * time.Second, 3 * minute, 4 * minute, 10 * minute, 30 * minute} {
		i := burnlist.Indicator{Gauge: &burnlist.Gauge{Selector: "g"}}
		p, err := sourceOf(t, []promengine.Series{scrapes("a", 240*minute, 0, every), alive()}).Probe(t.Context(), *sloOf(i), noon)
		if err != nil || p.Interval != every {
			t.Errorf("the interval is %s, %v, want %s", p.Interval, err, every)
		}
	}
}
