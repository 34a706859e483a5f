package api_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// scrape reads /metrics as Prometheus does, by series: name{label=value,…}. Of a
// histogram it returns the count.
func (s *testServer) scrape() map[string]float64 {
	s.t.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(s.ask("GET", "/metrics", nil).must(200).text))
	if err != nil {
		s.t.Fatal(err)
	}
	series := map[string]float64{}
	for name, family := range families {
		for _, m := range family.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName()+"="+l.GetValue())
			}
			value := m.GetGauge().GetValue() + m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
			series[name+"{"+strings.Join(labels, ",")+"}"] = value
		}
	}
	return series
}

func TestMetricsAgreeWithTheQueue(t *testing.T) {
	s := newServer(t)
	s.seed()
	for _, due := range []string{"2026-11-22", "2026-11-23"} {
		s.ask("POST", "/api/v1/items", map[string]any{"title": "x", "service": "checkout", "due": due, "opened_on": "2026-11-01"}).must(201)
	}
	s.metrics.Announce("1.2.3")
	s.listen("")
	s.metrics.ObserveQuery("default", "instant", 20*time.Millisecond, nil)
	s.metrics.ObserveQuery("default", "instant", time.Second, errors.New("boom"))
	s.metrics.ObserveDelivery("slack", "delivered")
	s.ask("GET", "/api/v1/items/1", nil).must(200)
	s.ask("GET", "/api/v1/items/2", nil).must(200)
	s.ask("GET", "/nowhere", nil).must(404)
	s.ask("BREW", "/api/v1/items", nil).must(405)
	series := s.scrape()
	for want, value := range map[string]float64{
		"burnlist_build_info{version=1.2.3}":                                                    1,
		"burnlist_board_revision{}":                                                             5,
		"burnlist_board_behind_seconds{}":                                                       0,
		"burnlist_queue_items{}":                                                                2,
		"burnlist_event_listeners{}":                                                            1,
		"burnlist_http_requests_in_flight{}":                                                    1, // this one
		"burnlist_store_transaction_duration_seconds{kind=write,result=success}":                5,
		"burnlist_database_connections{pool=write,state=in_use}":                                0,
		"burnlist_database_connections_limit{pool=write}":                                       1,
		"burnlist_open_items{product=shop,tier=unknown}":                                        1 + 1,
		"burnlist_open_items{product=shop,tier=jump}":                                           0,
		"burnlist_overdue_items{product=shop}":                                                  1,
		"burnlist_open_wishes{product=shop}":                                                    2,
		"burnlist_open_commitments{product=shop}":                                               0,
		"burnlist_reviews_skipped{product=shop}":                                                0,
		"burnlist_deliveries_total{result=delivered,target=slack}":                              1,
		"burnlist_undelivered_messages{target=slack}":                                           2,
		"burnlist_collecting{}":                                                                 1,
		"burnlist_collector_last_success_timestamp_seconds{source=default}":                     float64(monday.Unix()),
		"burnlist_prometheus_queries_total{kind=instant,result=success,source=default}":         1,
		"burnlist_prometheus_queries_total{kind=instant,result=error,source=default}":           1,
		"burnlist_prometheus_query_duration_seconds{kind=instant,source=default}":               2,
		"burnlist_http_request_duration_seconds{method=GET,route=/api/v1/items/:id,status=200}": 2,
		"burnlist_http_request_duration_seconds{method=POST,route=/api/v1/items,status=201}":    2,
		"burnlist_http_request_duration_seconds{method=GET,route=none,status=404}":              1,
		"burnlist_http_request_duration_seconds{method=other,route=/api/v1/items,status=405}":   1,
	} {
		if got, ok := series[want]; !ok || got != value {
			t.Errorf("%s is %v (there: %v), want %v", want, got, ok, value)
		}
	}
	for name := range series {
		if strings.HasPrefix(name, "burnlist_budget_consumed_ratio") || strings.HasPrefix(name, "burnlist_review_") {
			t.Errorf("%s is there, though nothing is known", name)
		}
	}
	if _, ok := series["go_goroutines{}"]; !ok {
		t.Error("the Go runtime's metrics are missing")
	}
}
