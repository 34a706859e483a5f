package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/pgtest"
)

// How long a server is watched by itself, and with rules.
const (
	idleFor  = 20 * time.Second
	rulesFor = 90 * time.Second
)

// perHour is how often something happens in an hour of operation: a slice is
// due every five minutes.
const perHour = 12

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// large reports whether benchmarks may take an hour.
func large() bool { return os.Getenv("BENCH_LARGE") == "1" }

// BenchmarkRefresh measures what up-to-date budgets cost by burnlist, by queries
// of each SLO over its windows, and by recording rules, all over one server. An
// operation of burnlist's is an hour, with re-reading and rolling up.
//
// The ledgers of 1,000 SLOs are made up instead of backfilled, which takes
// minutes, unless BENCH_LARGE=1.
func BenchmarkRefresh(b *testing.B) {
	s := serve(b, 1000, window, true)
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprintf("slos=%d", n), func(b *testing.B) {
			c := &comparison{server: s, slos: n}
			database := func() string { return "sqlite:" + filepath.Join(b.TempDir(), "burnlist.db") }
			if n > 100 && !large() {
				c.desk = madeUp(b, s, n, database())
			} else {
				b.Run("backfill", func(sub *testing.B) { c.backfill(sub, b, database) })
			}
			c.operate(b)
			b.Run("each SLO asks", c.naive)
			b.Run("recording rules", c.rules)
		})
	}
}

// BenchmarkRefreshOnPostgreSQL measures burnlist for 1,000 and 5,000 SLOs, with
// BENCH_LARGE=1 only. The ledgers are made up.
func BenchmarkRefreshOnPostgreSQL(b *testing.B) {
	if !large() {
		b.Skip("takes many minutes: set BENCH_LARGE=1")
	}
	s := serve(b, 5000, 2*burnlist.Day, false)
	for _, n := range []int{1000, 5000} {
		b.Run(fmt.Sprintf("slos=%d", n), func(b *testing.B) {
			c := &comparison{server: s, slos: n, desk: madeUp(b, s, n, pgtest.Database(b))}
			c.operate(b)
		})
	}
}

// comparison is of so many SLOs over one server.
type comparison struct {
	server *server
	slos   int
	desk   *desk
	cost   time.Duration // of the server's processor for an hour of burnlist; 0 if it was not measured
}

// madeUp returns burnlist over a new database whose ledgers are full, although
// nobody asked for what is in them.
func madeUp(b *testing.B, s *server, n int, database string) *desk {
	b.Helper()
	kept := settle(b, database, s.begin, slosOf(n))
	fill(b, kept, s.begin, window)
	return collect(b, database, kept, s)
}

// backfill measures how new databases are filled. The last one stays until the
// benchmark around this one ends.
func (c *comparison) backfill(b, around *testing.B, database func() string) {
	var u usage
	var queries int64
	for b.Loop() {
		b.StopTimer()
		address := database()
		c.desk = collect(b, address, settle(around, address, c.server.begin, slosOf(c.slos)), c.server)
		b.StartTimer()
		u = u.plus(c.server.use(b, func() { queries += c.desk.refresh(b, c.server.begin.Add(time.Minute)) }))
	}
	c.desk.mustKnow(b, c.server.begin)
	report(b, u, "backfill")
	b.ReportMetric(float64(queries)/float64(b.N), "queries/backfill")
}

// operate measures hours of operation.
func (c *comparison) operate(b *testing.B) {
	b.Helper()
	if c.desk == nil {
		return
	}
	at := c.server.begin
	hour := func(b *testing.B) (queries, most int64) {
		for range perHour {
			at = at.Add(time.Hour / perHour)
			if at.After(c.server.end) {
				b.Fatal("there is no more history: set a shorter -benchtime")
			}
			n := c.desk.refresh(b, at.Add(time.Minute))
			queries, most = queries+n, max(most, n)
		}
		return queries, most
	}
	c.desk.refresh(b, at.Add(time.Minute))
	hour(b) // there is nothing to read again in the first
	b.Run("burnlist", func(b *testing.B) {
		var u usage
		var queries, most int64
		logged := size(b, c.desk.database, "changes")
		for b.Loop() {
			u = u.plus(c.server.use(b, func() {
				n, worst := hour(b)
				queries, most = queries+n, max(most, worst)
			}))
		}
		c.desk.mustKnow(b, at)
		c.cost = u.server / time.Duration(b.N)
		refreshes := float64(b.N * perHour)
		report(b, u, "hour")
		b.ReportMetric(float64(queries)/refreshes, "queries/refresh")
		b.ReportMetric(float64(most), "max-queries/refresh")
		b.ReportMetric(u.wall.Seconds()*1000/refreshes, "wall-ms/refresh")
		b.ReportMetric(u.server.Seconds()*1000/refreshes, "server-cpu-ms/refresh")
		b.ReportMetric(u.own.Seconds()*1000/refreshes, "own-cpu-ms/refresh")
		b.ReportMetric(float64(size(b, c.desk.database, "changes")-logged)/refreshes, "log-bytes/refresh")
		b.ReportMetric(float64(size(b, c.desk.database, "slices", "rolled"))/float64(c.slos), "ledger-bytes-on-disk/slo")
		b.ReportMetric(float64(size(b, c.desk.database, "figures"))/float64(c.slos), "figures-bytes-on-disk/slo")
	})
}

// naive measures what each refresh costs if each SLO asks for itself.
func (c *comparison) naive(b *testing.B) {
	var u usage
	queries := 0
	for b.Loop() {
		u = u.plus(c.server.use(b, func() { queries += askEachSLO(b, c.server, c.slos) }))
	}
	report(b, u, "refresh")
	b.ReportMetric(float64(queries)/float64(b.N), "queries/refresh")
	c.ratio(b, perHour*u.server/time.Duration(b.N))
}

// rules measures what recording rules cost in an hour.
func (c *comparison) rules(b *testing.B) {
	var r recording
	for b.Loop() {
		r = c.server.watch(b, c.slos, rulesFor)
	}
	b.ReportMetric(r.server.Seconds()*1000/r.evaluations, "server-cpu-ms/evaluation")
	b.ReportMetric(r.evaluations, "evaluations")
	b.ReportMetric(r.missed, "missed")
	hourly := time.Duration(float64(r.server) / r.evaluations * float64(time.Hour/evaluateEvery))
	b.ReportMetric(hourly.Seconds()*1000, "server-cpu-ms/hour")
	c.ratio(b, hourly)
}

// ratio reports how much more of the server's processor something takes in an
// hour than burnlist does.
func (c *comparison) ratio(b *testing.B, hourly time.Duration) {
	b.Helper()
	if c.cost > 0 {
		b.ReportMetric(float64(hourly)/float64(c.cost), "x-burnlist")
	}
}

func slosOf(n int) []burnlist.SLO {
	all := make([]burnlist.SLO, n)
	for i := range all {
		all[i] = slo(i, burnlist.DefaultSource)
	}
	return all
}

func report(b *testing.B, u usage, per string) {
	b.Helper()
	n := float64(b.N)
	b.ReportMetric(u.wall.Seconds()*1000/n, "wall-ms/"+per)
	b.ReportMetric(u.server.Seconds()*1000/n, "server-cpu-ms/"+per)
	b.ReportMetric(u.own.Seconds()*1000/n, "own-cpu-ms/"+per)
}
