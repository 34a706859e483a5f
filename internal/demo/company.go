package demo

import (
	"time"

	"github.com/burnlist/burnlist"
)

// depotSource is the Prometheus of a site that lost its link 30 hours ago.
const depotSource = "depot"

var catalogue = []struct {
	name, zone, weekday, time string
}{
	{"shop", "Europe/Berlin", "tuesday", "10:00"},
	{"logistics", "America/New_York", "wednesday", "09:30"},
	{"accounts", "Asia/Kolkata", "monday", "14:00"},
}

// staff says which team runs a service, for which product, and for how many
// days already.
var staff = []struct {
	service, product, team string
	days                   int
}{
	{"checkout", "shop", "payments", 390},
	{"payments", "shop", "payments", 390},
	{"search", "shop", "discovery", 390},
	{"catalog", "shop", "discovery", 390},
	{"recommendations", "shop", "discovery", 210},
	{"inventory", "logistics", "warehouse", 390},
	{"shipping", "logistics", "delivery", 390},
	{"depot-gateway", "logistics", "warehouse", 300},
	{"invoicing", "logistics", "finance-systems", 390},
	{"login", "accounts", "identity", 390},
	{"profile", "accounts", "identity", 390},
	{"notifications", "accounts", "messaging", 390},
	{"helpdesk", "accounts", "care", 280},
	{"wishlist", "accounts", "messaging", 4},
}

// promise is an SLO of the company, without what they all have in common.
type promise struct {
	name, service string
	objective     float64
	days          int // of the window
	slice         time.Duration
	source        string
	advisory      bool
	age           int // days since it was set
	events        burnlist.Events
}

var promises = []promise{
	{
		name: "checkout-availability", service: "checkout", objective: 0.999, days: 30, age: 240,
		events: httpErrors("checkout"),
	},
	{
		name: "checkout-latency", service: "checkout", objective: 0.99, days: 30, age: 240,
		events: withinThreshold("checkout"),
	},
	{
		name: "payments-authorisation", service: "payments", objective: 0.999, days: 30, age: 240,
		events: rpcErrors("payments", "Authorise"),
	},
	{
		name: "payments-refunds", service: "payments", objective: 0.999, days: 30, age: 150,
		events: rpcErrors("payments", "Refund"),
	},
	{
		name: "search-availability", service: "search", objective: 0.995, days: 28, age: 240,
		events: httpErrors("search"),
	},
	{
		name: "search-latency", service: "search", objective: 0.99, days: 28, age: 60, advisory: true,
		events: withinThreshold("search"),
	},
	{
		name: "catalog-availability", service: "catalog", objective: 0.9995, days: 30, age: 240,
		events: httpErrors("catalog"),
	},
	{
		name: "recommendations-availability", service: "recommendations", objective: 0.99, days: 30, age: 90,
		events: httpErrors("recommender"), // the label that the service had before it was renamed
	},
	{
		name: "inventory-availability", service: "inventory", objective: 0.995, days: 60, age: 240, slice: 15 * time.Minute,
		events: httpErrors("inventory"),
	},
	{
		name: "shipping-labels", service: "shipping", objective: 0.995, days: 30, age: 240,
		events: rpcErrors("shipping", "CreateLabel"),
	},
	{
		name: "depot-gateway-availability", service: "depot-gateway", objective: 0.99, days: 30, age: 120, source: depotSource,
		events: httpErrors("depot-gateway"),
	},
	{
		name: "invoicing-availability", service: "invoicing", objective: 0.99, days: 30, age: 240,
		events: httpErrors("invoicing"),
	},
	{
		name: "login-success", service: "login", objective: 0.999, days: 7, age: 240,
		events: httpErrors("login"),
	},
	{
		name: "login-latency", service: "login", objective: 0.99, days: 30, age: 240,
		events: withinThreshold("login"),
	},
	{
		name: "notifications-delivery", service: "notifications", objective: 0.995, days: 30, age: 240,
		events: rpcErrors("notifications", "Deliver"),
	},
	{
		name: "helpdesk-replies", service: "helpdesk", objective: 0.99, days: 30, age: 100,
		events: burnlist.Events{ // the old and the new name stand side by side, and nothing tells their series apart
			Total: `{__name__=~"helpdesk_replies_total|helpdesk_reply_total",service="helpdesk"}`,
			Bad:   `{__name__=~"helpdesk_replies_total|helpdesk_reply_total",service="helpdesk",outcome="failed"}`,
		},
	},
	{
		name: "wishlist-availability", service: "wishlist", objective: 0.99, days: 30, age: 3,
		events: httpErrors("wishlist"),
	},
}

func httpErrors(service string) burnlist.Events {
	s := `http_requests_total{service="` + service + `"`
	return burnlist.Events{Total: s + `}`, Bad: s + `,code=~"5.."}`}
}

func rpcErrors(service, method string) burnlist.Events {
	s := `rpc_server_handled_total{service="` + service + `",method="` + method + `"`
	return burnlist.Events{Total: s + `}`, Bad: s + `,grpc_code!="OK"}`}
}

// withinThreshold counts the requests that took at most 300 ms as good ones.
func withinThreshold(service string) burnlist.Events {
	return burnlist.Events{
		Total: `http_request_duration_seconds_count{service="` + service + `"}`,
		Good:  `http_request_duration_seconds_bucket{service="` + service + `",le="0.3"}`,
	}
}

func products(t timeline) []burnlist.Product {
	var all []burnlist.Product
	for _, p := range catalogue {
		all = append(all, burnlist.Product{
			Name: p.name, Zone: p.zone, Slot: burnlist.Slot{Weekday: p.weekday, Time: p.time},
			CreatedAt: t.before(400 * burnlist.Day),
		})
	}
	return all
}

func services(t timeline) []burnlist.Service {
	var all []burnlist.Service
	for _, s := range staff {
		all = append(all, burnlist.Service{
			Name: s.service, Product: s.product, Team: burnlist.NullString(s.team),
			CreatedAt: t.before(time.Duration(s.days) * burnlist.Day),
		})
	}
	return all
}

func slos(t timeline) []burnlist.SLO {
	var all []burnlist.SLO
	for _, p := range promises {
		slo := burnlist.SLO{
			Name: p.name, Service: p.service, Source: burnlist.DefaultSource, Objective: p.objective,
			Window: burnlist.Duration(time.Duration(p.days) * burnlist.Day), Slice: burnlist.DefaultSlice,
			Indicator: burnlist.Indicator{Events: new(p.events)}, Advisory: p.advisory,
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
