package api

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// Metrics is what burnlist tells a Prometheus about itself, in a registry of
// its own. Safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	asking   *prometheus.HistogramVec
	asked    *prometheus.CounterVec
	serving  *prometheus.HistogramVec
	inFlight prometheus.Gauge
	answered *prometheus.CounterVec
	stored   *prometheus.HistogramVec
	sent     *prometheus.CounterVec
}

// NewMetrics returns metrics that read the board, whether this process collects
// and its last success by source, and how many messages were not delivered yet
// by target, whenever they are scraped. Each of the three may be nil.
func NewMetrics(board *prioritizer.Board, collecting func() (lastSuccess map[string]time.Time, is bool), undelivered func() map[string]int) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		asking: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "burnlist_prometheus_query_duration_seconds",
			Help:    "How long queries to a Prometheus source took.",
			Buckets: []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"source", "kind"}),
		asked: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "burnlist_prometheus_queries_total",
			Help: "Queries to a Prometheus source by result, success or error.",
		}, []string{"source", "kind", "result"}),
		serving: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "burnlist_http_request_duration_seconds",
			Help:    "How long requests took. Streams of events are left out.",
			Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"method", "route", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "burnlist_http_requests_in_flight",
			Help: "Requests that are being answered, without streams of events.",
		}),
		answered: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "burnlist_http_response_bytes_total",
			Help: "Size of the bodies of answers.",
		}, []string{"route"}),
		stored: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "burnlist_store_transaction_duration_seconds",
			Help:    "How long transactions of the database took by kind, read or write, and result, success, refused or error.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"kind", "result"}),
		sent: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "burnlist_deliveries_total",
			Help: "Attempts to deliver a message to a target by result.",
		}, []string{"target", "result"}),
	}
	m.registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.asking, m.asked, m.serving, m.inFlight, m.answered, m.stored, m.sent, &readings{board: board, collecting: collecting, undelivered: undelivered},
	)
	return m
}

// ObserveQuery counts one query to a Prometheus source. It fits
// budget.NewSource.
func (m *Metrics) ObserveQuery(source, kind string, took time.Duration, err error) {
	result := "success"
	if err != nil {
		result = "error"
	}
	m.asking.WithLabelValues(source, kind).Observe(took.Seconds())
	m.asked.WithLabelValues(source, kind, result).Inc()
}

// ObserveDelivery counts one attempt to deliver a message. Targets are those
// that are configured, and results a handful of words.
func (m *Metrics) ObserveDelivery(target, result string) {
	m.sent.WithLabelValues(target, result).Inc()
}

// ObserveTransaction counts one transaction of the store. It fits
// store.Observed.
func (m *Metrics) ObserveTransaction(kind, result string, took time.Duration) {
	m.stored.WithLabelValues(kind, result).Observe(took.Seconds())
}

// methods that get a label of their own; others share one, so that clients
// cannot make up series.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

// observeRequest counts an answer. A stream ends when its listener leaves, so
// that its length says nothing about this server.
func (m *Metrics) observeRequest(method, route string, status int, size int64, took time.Duration) {
	if !slices.Contains(methods, method) {
		method = "other"
	}
	if status == http.StatusNotFound && route == "" {
		route = "none"
	}
	m.answered.WithLabelValues(route).Add(float64(size))
	if route == eventsPath && status == http.StatusOK {
		return
	}
	m.serving.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *Metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// readings are the gauges that are read from the board at each scrape, so that
// they agree with the queue and vanish with what they are about.
type readings struct {
	board       *prioritizer.Board
	collecting  func() (lastSuccess map[string]time.Time, is bool)
	undelivered func() map[string]int
}

var (
	openItems = prometheus.NewDesc("burnlist_open_items",
		"Open action items.", []string{"product", "tier"}, nil)
	overdueItems = prometheus.NewDesc("burnlist_overdue_items",
		"Open action items whose due date has passed.", []string{"product"}, nil)
	consumedRatio = prometheus.NewDesc("burnlist_budget_consumed_ratio",
		"Share of the error budget that is consumed; above 1 it is overspent. Absent while unknown.", []string{"slo"}, nil)
	collects = prometheus.NewDesc("burnlist_collecting",
		"1 if this process collects, 0 if another one over the same database does.", nil, nil)
	lastSuccess = prometheus.NewDesc("burnlist_collector_last_success_timestamp_seconds",
		"When a Prometheus source last answered a query. It stands still while nothing is due.", []string{"source"}, nil)
	openWishes = prometheus.NewDesc("burnlist_open_wishes",
		"Open action items without an owner or a due date.", []string{"product"}, nil)
	openCommitments = prometheus.NewDesc("burnlist_open_commitments",
		"Open action items with an owner and a due date.", []string{"product"}, nil)
	alignmentRatio = prometheus.NewDesc("burnlist_review_alignment_ratio",
		"Share of the items closed before the last attended review that the one before it had put first. Absent while unknown.", []string{"product"}, nil)
	rolloverRatio = prometheus.NewDesc("burnlist_review_rollover_ratio",
		"Share of the open items that rolled over at the last attended review. Absent while unknown.", []string{"product"}, nil)
	lastAttended = prometheus.NewDesc("burnlist_review_last_attended_timestamp_seconds",
		"When the last attended review was concluded. Absent before the first.", []string{"product"}, nil)
	skippedReviews = prometheus.NewDesc("burnlist_reviews_skipped",
		"Reviews that were skipped since the last attended one.", []string{"product"}, nil)
	boardRevision = prometheus.NewDesc("burnlist_board_revision",
		"Revision of the change log that the queue shows.", nil, nil)
	boardBehind = prometheus.NewDesc("burnlist_board_behind_seconds",
		"For how long the queue has not heard of the database.", nil, nil)
	queueItems = prometheus.NewDesc("burnlist_queue_items",
		"Action items in the queue.", nil, nil)
	refreshed = prometheus.NewDesc("burnlist_budgets_refreshed_timestamp_seconds",
		"When the figures of the budgets last changed. Absent before the first refresh.", nil, nil)
	undeliveredMessages = prometheus.NewDesc("burnlist_undelivered_messages",
		"Messages that were not delivered to their target yet.", []string{"target"}, nil)
)

// Describe implements prometheus.Collector.
func (r *readings) Describe(ch chan<- *prometheus.Desc) {
	ch <- openItems
	ch <- overdueItems
	ch <- consumedRatio
	ch <- collects
	ch <- lastSuccess
	ch <- openWishes
	ch <- openCommitments
	ch <- alignmentRatio
	ch <- rolloverRatio
	ch <- lastAttended
	ch <- skippedReviews
	ch <- undeliveredMessages
	ch <- boardRevision
	ch <- boardBehind
	ch <- queueItems
	ch <- refreshed
}

// Collect implements prometheus.Collector.
func (r *readings) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	if r.collecting != nil {
		successes, is := r.collecting()
		one := 0.0
		if is {
			one = 1
		}
		gauge(collects, one)
		for source, at := range successes {
			if !at.IsZero() {
				gauge(lastSuccess, float64(at.UnixMilli())/1000, source)
			}
		}
	}
	if r.undelivered != nil {
		for target, n := range r.undelivered() {
			gauge(undeliveredMessages, float64(n), target)
		}
	}
	if r.board == nil {
		return
	}
	q := r.board.Queue()
	if q == nil {
		return
	}
	gauge(boardRevision, float64(q.Revision))
	gauge(boardBehind, r.board.Behind().Seconds())
	gauge(queueItems, float64(q.Len()))
	if at := q.World.Budgets.RefreshedAt; !at.IsZero() {
		gauge(refreshed, float64(at.UnixMilli())/1000)
	}
	totals := q.Totals()
	for _, p := range totals.Products {
		for tier, n := range p.Open {
			gauge(openItems, float64(n), p.Product, tier.String())
		}
		gauge(overdueItems, float64(p.Overdue), p.Product)
		gauge(openWishes, float64(p.Wishes), p.Product)
		gauge(openCommitments, float64(p.Commitments), p.Product)
		last, skipped := sinceAttended(q.World.Reviews[p.Product])
		gauge(skippedReviews, float64(skipped), p.Product)
		if last == nil || last.Tally == nil || last.ConcludedAt == nil {
			continue
		}
		gauge(lastAttended, float64(last.ConcludedAt.UnixMilli())/1000, p.Product)
		if share, ok := last.Tally.Alignment().Get(); ok {
			gauge(alignmentRatio, share, p.Product)
		}
		if last.Tally.Open > 0 {
			gauge(rolloverRatio, float64(last.Tally.Rollovers)/float64(last.Tally.Open), p.Product)
		}
	}
	for _, o := range totals.SLOs {
		gauge(consumedRatio, o.Consumed, o.SLO)
	}
}

// sinceAttended returns the last attended of the reviews of a product, which
// come newest first, or nil; and how many were skipped since.
func sinceAttended(reviews []*burnlist.Review) (last *burnlist.Review, skipped int) {
	for _, r := range reviews {
		switch r.State {
		case burnlist.ReviewAttended:
			return r, skipped
		case burnlist.ReviewSkipped:
			skipped++
		case burnlist.ReviewOpen, burnlist.ReviewCancelled:
		}
	}
	return nil, skipped
}
