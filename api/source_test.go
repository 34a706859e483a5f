package api_test

import (
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/api"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/internal/promengine"
)

// began is when the first sample of the tests' series was taken.
var began = monday.Add(-40 * burnlist.Day)

// sampled returns what a series has that takes the value of a function of the
// time since it began, every so often until the tests happen.
func sampled(every time.Duration, value func(since time.Duration) float64) func(from, to int64) []promengine.Sample {
	step := every.Milliseconds()
	return func(from, to int64) []promengine.Sample {
		var all []promengine.Sample
		first := began.UnixMilli()
		for t := first + max(0, (from-first+step-1)/step)*step; t <= min(to, monday.Add(burnlist.Day).UnixMilli()); t += step {
			all = append(all, promengine.Sample{T: t, V: value(time.Duration(t-first) * time.Millisecond)})
		}
		return all
	}
}

// counter counts events that come at a steady pace.
func counter(perSecond float64) func(since time.Duration) float64 {
	return func(since time.Duration) float64 { return math.Floor(perSecond * since.Seconds()) }
}

// seriesOfTests are: of checkout one request in 2000 fails; of slow, which is
// scraped every 4 minutes, as many; the histogram of checkout has the
// boundaries 0.1, 0.25 and 1; the probe of the shop succeeds.
func seriesOfTests() []promengine.Series {
	named := func(name string, labels map[string]string, samples func(from, to int64) []promengine.Sample) promengine.Series {
		all := maps.Clone(labels)
		all["__name__"] = name
		return promengine.Series{Labels: all, Samples: samples}
	}
	one := func(time.Duration) float64 { return 1 }
	all := []promengine.Series{
		named("up", map[string]string{"job": "checkout"}, sampled(time.Minute, one)),
		named("probe_success", map[string]string{"job": "shop"}, sampled(30*time.Second, one)),
		named("latency_seconds_count", map[string]string{"job": "checkout"}, sampled(time.Minute, counter(1))),
	}
	for job, every := range map[string]time.Duration{"checkout": time.Minute, "slow": 4 * time.Minute} {
		all = append(all,
			named("requests_total", map[string]string{"job": job, "code": "200"}, sampled(every, counter(0.9995))),
			named("requests_total", map[string]string{"job": job, "code": "500"}, sampled(every, counter(0.0005))))
	}
	for le, perSecond := range map[string]float64{"0.1": 0.9, "0.25": 0.999, "1.0": 1, "+Inf": 1} {
		all = append(all, named("latency_seconds_bucket", map[string]string{"job": "checkout", "le": le}, sampled(time.Minute, counter(perSecond))))
	}
	return all
}

// sources are two names for one Prometheus with the tests' series.
func sources(t testing.TB) []*budget.Source {
	t.Helper()
	server := httptest.NewServer(promengine.New(seriesOfTests()).Handler())
	t.Cleanup(server.Close)
	return []*budget.Source{source(t, "default", server.URL), source(t, "eu", server.URL)}
}

func source(t testing.TB, name, url string) *budget.Source {
	t.Helper()
	s, err := budget.NewSource(budget.SourceConfig{Name: name, URL: url}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// option changes what a server is made of.
type option = func(*api.Options)

// down makes the default source one that nobody answers for.
func down(t *testing.T) option {
	t.Helper()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	return func(o *api.Options) { o.Sources[0] = source(t, "default", server.URL) }
}

// hangs makes the default source one that takes requests and never answers,
// and shortens how long the server waits.
func hangs(t *testing.T) option {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-t.Context().Done():
		}
	}))
	t.Cleanup(server.Close) // after the context of the test has ended
	return func(o *api.Options) {
		o.Sources[0] = source(t, "default", server.URL)
		o.Deadline = 4 * time.Second
	}
}
