// Package fleet makes up the counters of a small fleet of services, the same
// ones for the same seed: with what makes counters hard to count.
package fleet

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// Sample is the value of a series at an instant.
type Sample struct {
	T int64 // Unix milliseconds
	V float64
}

// Series is a time series: its labels, with its name under "__name__", and its
// samples in rising order of time.
type Series struct {
	Labels  map[string]string
	Samples []Sample
}

// Service is one service of the fleet, and what is peculiar about it. Its
// counter is http_requests_total{service, instance, code}, with the codes 200
// and 500; beside it, up{service, instance} is scraped.
type Service struct {
	Name      string
	Scrape    time.Duration // interval of scrapes
	Jitter    time.Duration // most by which a scrape is off the grid of its interval; 0 is on the grid
	Instances int
	PerSecond float64 // requests of one instance at noon
	Night     float64 // share of them at night
	Bad       float64 // share of them that fail
	Resets    time.Duration
	Gaps      bool // scrapes are lost for minutes now and then
	BornAfter time.Duration
	FromZero  bool          // its counters are 0 until it is born
	DiesAfter time.Duration // before the end, 0 never
}

// Services returns the services of the fleet.
func Services() []Service {
	return []Service{
		{Name: "steady", Scrape: 30 * time.Second, Jitter: 11 * time.Second, Instances: 2, PerSecond: 40, Night: 1, Bad: 0.001},
		{Name: "on-grid", Scrape: 60 * time.Second, Instances: 1, PerSecond: 3, Night: 0.2, Bad: 0.01},
		{Name: "day-and-night", Scrape: 15 * time.Second, Jitter: 4 * time.Second, Instances: 1, PerSecond: 90, Night: 0.001, Bad: 0.0005},
		{Name: "restarting", Scrape: 30 * time.Second, Jitter: 3 * time.Second, Instances: 2, PerSecond: 10, Night: 0.5, Bad: 0.02, Resets: 7 * time.Hour},
		{Name: "restarting-on-grid", Scrape: 60 * time.Second, Instances: 1, PerSecond: 10, Night: 1, Bad: 0.02, Resets: 5 * time.Hour},
		{Name: "rare", Scrape: 60 * time.Second, Jitter: 20 * time.Second, Instances: 1, PerSecond: 0.003, Night: 1, Bad: 0.05},
		{Name: "gappy", Scrape: 30 * time.Second, Jitter: 10 * time.Second, Instances: 2, PerSecond: 5, Night: 0.7, Bad: 0.005, Gaps: true},
		{Name: "young", Scrape: 30 * time.Second, Jitter: 10 * time.Second, Instances: 1, PerSecond: 8, Night: 0.7, Bad: 0.01, BornAfter: 27*24*time.Hour + 100*time.Second},
		{Name: "newborn", Scrape: 60 * time.Second, Jitter: 10 * time.Second, Instances: 3, PerSecond: 2, Night: 1, Bad: 0.2, BornAfter: 10*24*time.Hour + 100*time.Second, FromZero: true},
		{Name: "gone", Scrape: 60 * time.Second, Jitter: 5 * time.Second, Instances: 1, PerSecond: 8, Night: 0.7, Bad: 0.01, DiesAfter: 12*24*time.Hour + 77*time.Second},
	}
}

// New returns the series of the fleet from start on for the given time. Start
// is a whole minute.
func New(seed uint64, start time.Time, length time.Duration) []Series {
	var all []Series
	for i, s := range Services() {
		for n := range s.Instances {
			rng := rand.New(rand.NewPCG(seed, uint64(i*100+n)))
			all = append(all, s.instance(rng, fmt.Sprintf("%s-%d", s.Name, n), start, length)...)
		}
	}
	return all
}

// instance makes the three series of one instance, by one scrape after the
// other.
func (s Service) instance(rng *rand.Rand, name string, start time.Time, length time.Duration) []Series {
	labelled := func(metric string, more ...string) map[string]string {
		return labels.FromStrings(append([]string{"__name__", metric, "service", s.Name, "instance", name}, more...)...).Map()
	}
	good := Series{Labels: labelled("http_requests_total", "code", "200")}
	bad := Series{Labels: labelled("http_requests_total", "code", "500")}
	up := Series{Labels: labelled("up")}
	var goods, bads, carryGood, carryBad float64
	reset := s.nextReset(rng, 0)
	gapEnd, last := time.Duration(0), time.Duration(0)
	for at := time.Duration(0); at < length; at += s.Scrape {
		t := at
		if s.Jitter > 0 {
			t += time.Duration(rng.Int64N(int64(s.Jitter/time.Millisecond))) * time.Millisecond
		}
		requests := s.PerSecond * s.traffic(t) * (t - last).Seconds()
		last = t
		if s.Resets > 0 && t >= reset {
			goods, bads = 0, 0
			reset = s.nextReset(rng, t)
		}
		if s.FromZero && t < s.BornAfter {
			requests = 0
		}
		carryGood += requests * (1 - s.Bad) * 2 * rng.Float64()
		carryBad += requests * s.Bad * 2 * rng.Float64()
		goods, carryGood = whole(goods, carryGood)
		bads, carryBad = whole(bads, carryBad)
		if s.Gaps && t >= gapEnd && rng.IntN(2000) == 0 {
			gapEnd = t + time.Duration(1+rng.IntN(25))*time.Minute
		}
		if t < gapEnd || t < s.BornAfter || s.DiesAfter > 0 && t >= length-s.DiesAfter {
			continue
		}
		ms := start.Add(t).UnixMilli()
		good.Samples = append(good.Samples, Sample{ms, goods})
		bad.Samples = append(bad.Samples, Sample{ms, bads})
		up.Samples = append(up.Samples, Sample{ms, 1})
	}
	return []Series{good, bad, up}
}

// whole moves the whole events from carry to the counter.
func whole(counter, carry float64) (float64, float64) {
	n := float64(int64(carry))
	return counter + n, carry - n
}

// nextReset is somewhere around one interval after t.
func (s Service) nextReset(rng *rand.Rand, t time.Duration) time.Duration {
	if s.Resets == 0 {
		return 0
	}
	return t + s.Resets/2 + time.Duration(rng.Int64N(int64(s.Resets)))
}

// traffic is 1 by day, from 6 to 18 o'clock, and the night's share else.
func (s Service) traffic(t time.Duration) float64 {
	if hour := int(t.Hours()) % 24; hour >= 6 && hour < 18 {
		return 1
	}
	return s.Night
}
