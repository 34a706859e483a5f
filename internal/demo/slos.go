package demo

import (
	"time"

	"github.com/burnlist/burnlist"
)

// depotSource is the Prometheus of a site that lost its link 30 hours ago.
const depotSource = "depot"

// recordsWidth is the slice of the ratio that the company records.
const recordsWidth = 15 * time.Minute

// promise is an SLO of the company, without what they all have in common.
type promise struct {
	name, service string
	objective     float64
	days          int // of the window
	slice         time.Duration
	source        string
	advisory      bool
	age           int // days since it was set
	indicator     burnlist.Indicator
}

var promises = []promise{
	{
		name: "checkout-availability", service: "checkout", objective: 0.999, days: 30, age: 240,
		indicator: httpErrors("checkout"),
	},
	{
		name: "checkout-latency", service: "checkout", objective: 0.99, days: 30, age: 240,
		indicator: withinThreshold("checkout"),
	},
	{
		name: "payments-authorisation", service: "payments", objective: 0.999, days: 30, age: 240,
		indicator: rpcErrors("payments", "Authorise"),
	},
	{
		name: "payments-refunds", service: "payments", objective: 0.999, days: 30, age: 150,
		indicator: rpcErrors("payments", "Refund"),
	},
	{
		name: "search-availability", service: "search", objective: 0.995, days: 28, age: 240,
		indicator: httpErrors("search"),
	},
	{
		name: "search-latency", service: "search", objective: 0.99, days: 28, age: 60, advisory: true,
		indicator: withinThreshold("search"),
	},
	{
		name: "catalog-availability", service: "catalog", objective: 0.9995, days: 30, age: 240,
		indicator: httpErrors("catalog"),
	},
	{
		name: "catalog-reachable", service: "catalog", objective: 0.995, days: 30, age: 45, slice: 15 * time.Minute,
		indicator: burnlist.Indicator{Gauge: &burnlist.Gauge{ // where the prober saw nothing, a customer may not have either
			Selector: `probe_success{job="blackbox",service="catalog"}`, MissingAs: burnlist.MissingBad, Interval: burnlist.Duration(time.Minute),
		}},
	},
	{
		name: "catalog-images", service: "catalog", objective: 0.99, days: 30, age: 20, slice: recordsWidth, advisory: true,
		indicator: burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: `service:image_errors:ratio_rate5m{service="catalog"}`}},
	},
	{
		name: "recommendations-availability", service: "recommendations", objective: 0.99, days: 30, age: 90,
		indicator: httpErrors("recommender"), // the label that the service had before it was renamed
	},
	{
		name: "inventory-availability", service: "inventory", objective: 0.995, days: 60, age: 240, slice: 15 * time.Minute,
		indicator: httpErrors("inventory"),
	},
	{
		name: "inventory-reservations", service: "inventory", objective: 0.995, days: 30, age: 80, slice: 10 * time.Minute,
		indicator: burnlist.Indicator{Events: &burnlist.Events{ // taken over as it stood in a file for Sloth
			Total: `sum(rate(stock_reservations_total{service="inventory"}[{{.window}}]))`,
			Bad:   `sum(rate(stock_reservations_total{service="inventory",outcome!="done"}[{{.window}}]))`,
		}},
	},
	{
		name: "shipping-labels", service: "shipping", objective: 0.995, days: 30, age: 240,
		indicator: rpcErrors("shipping", "CreateLabel"),
	},
	{
		name: "depot-gateway-availability", service: "depot-gateway", objective: 0.99, days: 30, age: 120, source: depotSource,
		indicator: httpErrors("depot-gateway"),
	},
	{
		name: "invoicing-availability", service: "invoicing", objective: 0.99, days: 30, age: 240,
		indicator: httpErrors("invoicing"),
	},
	{
		name: "invoicing-documents", service: "invoicing", objective: 0.99, days: 28, age: 70, slice: 15 * time.Minute,
		indicator: burnlist.Indicator{Events: &burnlist.Events{
			Total:  `invoice_documents_total{job="invoice-run"}`,
			Bad:    `invoice_documents_total{job="invoice-run",outcome="failed"}`,
			Births: burnlist.CountBirths, // each run begins anew
		}},
	},
	{
		name: "login-success", service: "login", objective: 0.999, days: 7, age: 240,
		indicator: httpErrors("login"),
	},
	{
		name: "login-latency", service: "login", objective: 0.99, days: 30, age: 240,
		indicator: burnlist.Indicator{Latency: &burnlist.Latency{
			Histogram: "http_request_duration_seconds", Selector: `{service="login"}`, Threshold: 0.3,
		}},
	},
	{
		name: "notifications-delivery", service: "notifications", objective: 0.995, days: 30, age: 240,
		indicator: rpcErrors("notifications", "Deliver"),
	},
	{
		name: "helpdesk-replies", service: "helpdesk", objective: 0.99, days: 30, age: 100,
		indicator: burnlist.Indicator{Events: &burnlist.Events{ // the old and the new name stand side by side, and nothing tells their series apart
			Total: `{__name__=~"helpdesk_replies_total|helpdesk_reply_total",service="helpdesk"}`,
			Bad:   `{__name__=~"helpdesk_replies_total|helpdesk_reply_total",service="helpdesk",outcome="failed"}`,
		}},
	},
	{
		name: "wishlist-availability", service: "wishlist", objective: 0.99, days: 30, age: 3,
		indicator: httpErrors("wishlist"),
	},
}

func httpErrors(service string) burnlist.Indicator {
	s := `http_requests_total{service="` + service + `"`
	return burnlist.Indicator{Events: &burnlist.Events{Total: s + `}`, Bad: s + `,code=~"5.."}`}}
}

func rpcErrors(service, method string) burnlist.Indicator {
	s := `rpc_server_handled_total{service="` + service + `",method="` + method + `"`
	return burnlist.Indicator{Events: &burnlist.Events{Total: s + `}`, Bad: s + `,grpc_code!="OK"}`}}
}

// withinThreshold counts the requests that took at most 300 ms as good ones.
func withinThreshold(service string) burnlist.Indicator {
	return burnlist.Indicator{Events: &burnlist.Events{
		Total: `http_request_duration_seconds_count{service="` + service + `"}`,
		Good:  `http_request_duration_seconds_bucket{service="` + service + `",le="0.3"}`,
	}}
}

func slos(t timeline) []burnlist.SLO {
	var all []burnlist.SLO
	for _, p := range promises {
		slo := burnlist.SLO{
			Name: p.name, Service: p.service, Source: burnlist.DefaultSource, Objective: p.objective,
			Window: burnlist.Duration(time.Duration(p.days) * burnlist.Day), Slice: burnlist.DefaultSlice,
			Indicator: p.indicator, Advisory: p.advisory,
			CreatedAt: t.before(time.Duration(p.age) * burnlist.Day),
		}
		if p.source != "" {
			slo.Source = p.source
		}
		if p.slice != 0 {
			slo.Slice = burnlist.Duration(p.slice)
		}
		all = append(all, slo)
	}
	return all
}
