package api

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/burnlist/burnlist/store"
)

// Announce adds which version runs. It is called once.
func (m *Metrics) Announce(version string) {
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "burnlist_build_info", Help: "1, by the version that runs.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(build)
}

// WatchEvents adds how many listen to the events. It is called once.
func (m *Metrics) WatchEvents(e *Events) {
	m.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "burnlist_event_listeners",
			Help: "Open streams of events.",
		}, func() float64 { n, _ := e.load(); return float64(n) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "burnlist_event_buffered_bytes",
			Help: "Size of the events that are kept for listeners that are behind.",
		}, func() float64 { _, n := e.load(); return float64(n) }),
	)
}

// WatchStore adds how the connections to the database are used. It is called
// once.
func (m *Metrics) WatchStore(s *store.Store) { m.registry.MustRegister(pools{s}) }

// pools reads the use of the store's connections at each scrape.
type pools struct{ store *store.Store }

var (
	poolConnections = prometheus.NewDesc("burnlist_database_connections",
		"Open connections to the database by pool, read or write, and state, in_use or idle.", []string{"pool", "state"}, nil)
	poolMost = prometheus.NewDesc("burnlist_database_connections_limit",
		"How many connections to the database there may be.", []string{"pool"}, nil)
	poolWaits = prometheus.NewDesc("burnlist_database_connection_waits_total",
		"How often a connection to the database had to be waited for.", []string{"pool"}, nil)
	poolWaited = prometheus.NewDesc("burnlist_database_connection_wait_seconds_total",
		"For how long connections to the database were waited for, all together.", []string{"pool"}, nil)
)

// Describe implements prometheus.Collector.
func (pools) Describe(ch chan<- *prometheus.Desc) {
	ch <- poolConnections
	ch <- poolMost
	ch <- poolWaits
	ch <- poolWaited
}

// Collect implements prometheus.Collector.
func (p pools) Collect(ch chan<- prometheus.Metric) {
	metric := func(d *prometheus.Desc, kind prometheus.ValueType, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, kind, v, labels...)
	}
	for name, stats := range p.store.Pools() {
		metric(poolConnections, prometheus.GaugeValue, float64(stats.InUse), name, "in_use")
		metric(poolConnections, prometheus.GaugeValue, float64(stats.Idle), name, "idle")
		metric(poolMost, prometheus.GaugeValue, float64(stats.MaxOpenConnections), name)
		metric(poolWaits, prometheus.CounterValue, float64(stats.WaitCount), name)
		metric(poolWaited, prometheus.CounterValue, stats.WaitDuration.Seconds(), name)
	}
}
