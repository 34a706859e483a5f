package bench

import (
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
)

const (
	scrapeEvery   = 60 * time.Second
	evaluateEvery = 30 * time.Second
	blockLength   = 3 * 24 * time.Hour // as a Prometheus that keeps 30 days makes them
)

// counter is the traffic of one service: http_requests_total with the codes 200
// and 500, from one instance.
type counter struct {
	service   string
	perSecond float64 // at noon
	bad       float64 // share
	rng       *rand.Rand

	goods, bads float64
	ratio       float64 // of errors in the latest minute
}

func newCounters(n int) []*counter {
	all := make([]*counter, n)
	for i := range all {
		rng := rand.New(rand.NewPCG(7, uint64(i)))
		all[i] = &counter{
			service: serviceName(i), rng: rng,
			perSecond: math.Pow(10, 3*rng.Float64()), // 1 to 1,000 requests a second
			bad:       math.Pow(10, -4+1.5*rng.Float64()),
		}
	}
	return all
}

func serviceName(i int) string { return fmt.Sprintf("service-%04d", i) }

// pass lets time pass up to an instant.
func (c *counter) pass(at time.Time, by time.Duration) {
	day := 0.55 + 0.45*math.Sin(2*math.Pi*float64(at.Unix()%86400)/86400)
	requests := math.Floor(c.perSecond * day * by.Seconds() * (0.8 + 0.4*c.rng.Float64()))
	bad := math.Min(requests, math.Round(requests*c.bad*2*c.rng.Float64()))
	c.goods, c.bads = c.goods+requests-bad, c.bads+bad
	c.ratio = bad / max(requests, 1)
}

func (c *counter) series(code string) labels.Labels {
	return labels.FromStrings("__name__", "http_requests_total", "job", "bench", "instance", "one", "service", c.service, "code", code)
}

// recorded is what the recording rules would have made of it so far.
func (c *counter) recorded() labels.Labels {
	return labels.FromStrings("__name__", "slo:sli_error:ratio_rate5m",
		"sloth_id", c.service+"-availability", "sloth_service", c.service, "sloth_slo", "availability", "sloth_window", "5m")
}

// writeHistory writes blocks with the counters from start to end, and with the
// error ratios of 5 minutes that rules would have recorded of them, unless
// there are to be no rules. It returns the number of samples.
func writeHistory(b *testing.B, dir string, counters []*counter, start, end time.Time, rules bool) int {
	b.Helper()
	samples := 0
	for from := start; from.Before(end); from = from.Add(blockLength) {
		to := from.Add(blockLength)
		if to.After(end) {
			to = end
		}
		// The writer refuses what is older than half a block behind its newest
		// sample, and the series come one after the other.
		w, err := tsdb.NewBlockWriter(slog.New(slog.DiscardHandler), filepath.Join(dir, "data"), 2*blockLength.Milliseconds())
		if err != nil {
			b.Fatal(err)
		}
		const writers = 2
		var wrote [writers]int
		var failed [writers]error
		var parts sync.WaitGroup
		for n := range writers {
			parts.Go(func() {
				for i := n; i < len(counters) && failed[n] == nil; i += writers {
					app := w.Appender(b.Context())
					var count int
					if count, failed[n] = counters[i].write(app, from, to, rules); failed[n] == nil {
						failed[n] = app.Commit()
					}
					wrote[n] += count
				}
			})
		}
		parts.Wait()
		app := w.Appender(b.Context())
		for t := from; t.Before(to); t = t.Add(scrapeEvery) {
			if _, err := app.Append(0, labels.FromStrings("__name__", "up", "job", "bench", "instance", "one"), t.UnixMilli(), 1); err != nil {
				b.Fatal(err)
			}
		}
		if err := app.Commit(); err != nil {
			b.Fatal(err)
		}
		for n := range writers {
			if failed[n] != nil {
				b.Fatal(failed[n])
			}
			samples += wrote[n]
		}
		if _, err := w.Flush(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	return samples
}

// write appends a counter's samples from one instant to before another.
func (c *counter) write(app storage.Appender, from, to time.Time, rules bool) (samples int, err error) {
	var good, bad, ratio storage.SeriesRef
	goods, bads, ratios := c.series("200"), c.series("500"), c.recorded()
	for t := from; t.Before(to); t = t.Add(scrapeEvery) {
		c.pass(t, scrapeEvery)
		if good, err = app.Append(good, goods, t.UnixMilli(), c.goods); err != nil {
			return 0, err
		}
		if bad, err = app.Append(bad, bads, t.UnixMilli(), c.bads); err != nil {
			return 0, err
		}
		samples += 2
		if !rules {
			continue
		}
		for at := t; at.Before(t.Add(scrapeEvery)); at = at.Add(evaluateEvery) {
			if ratio, err = app.Append(ratio, ratios, at.UnixMilli(), c.ratio); err != nil {
				return 0, err
			}
			samples++
		}
	}
	return samples, nil
}

// exporter goes on with the counters for whoever scrapes it.
type exporter struct {
	mu       sync.Mutex
	counters []*counter
	last     time.Time
}

func (e *exporter) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	_, _ = io.WriteString(w, "# TYPE http_requests_total counter\n")
	for _, c := range e.counters {
		c.pass(now, now.Sub(e.last))
		for code, v := range map[string]float64{"200": c.goods, "500": c.bads} {
			_, _ = fmt.Fprintf(w, "http_requests_total{job=\"bench\",instance=\"one\",service=%q,code=%q} %g\n", c.service, code, v)
		}
	}
	e.last = now
}
