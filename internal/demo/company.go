package demo

import (
	"time"

	"github.com/burnlist/burnlist"
)

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
