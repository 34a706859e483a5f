package demo

import (
	"slices"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/promengine"
)

// running is a deployment with what counts it, and the SLO that is measured by
// that.
type running struct {
	counts family
	slo    string // empty if nothing can be measured
	again  bool   // it is scraped together with another one
	deployment
}

// series tells the last month of the company, and what is to come.
func series(t timeline) []promengine.Series {
	var made []promengine.Series
	for _, r := range fleet(t) {
		made = append(made, r.series(t, r.counts)...)
		if !r.again {
			made = append(made, r.up(t))
		}
	}
	return made
}

// fleet tells what went wrong, and when. What lies before the series is known
// to the reviews of that time.
func fleet(t timeline) []running {
	var all []running
	tell := func(counts family, slo string, d deployment) {
		again := slices.ContainsFunc(all, func(r running) bool { return r.service == d.service })
		all = append(all, running{counts, slo, again, d})
	}

	// Nobody talks about these two: a few requests in a thousand, for weeks.
	tell(httpFamily, "checkout-availability", deployment{
		service: "checkout", instances: 2, rate: 300, errors: 0.0002,
		bumps: []bump{
			cardTokens.bump(t),
			basketLocks.bump(t),
			{confirmRelease.start(t), t.before(-forever), 0.0020},
			confirmRelease.bump(t),
		},
	})
	tell(latencyFamily, "checkout-latency", deployment{service: "checkout", instances: 1, rate: 300, errors: 0.002})
	tell(rpcFamily, "payments-authorisation", deployment{
		service: "payments", labels: map[string]string{"method": "Authorise"}, instances: 2, rate: 260, errors: 0.0002,
		bumps: []bump{acquirer.bump(t), {authTimeouts.start(t), t.before(-forever), 0.0018}, authTimeouts.bump(t)},
	})
	// A handful of refunds a day: one bad one is most of the budget.
	tell(rpcFamily, "payments-refunds", deployment{
		service: "payments", labels: map[string]string{"method": "Refund"}, instances: 1, rate: 45.0 / 1440,
		singles: []time.Time{t.at("payments", -19, 10, 5), t.at("payments", -11, 15, 40), t.at("payments", -3, 11, 17)},
	})

	// Everybody talks about this one.
	tell(httpFamily, "search-availability", deployment{
		service: "search", instances: 2, rate: 500, errors: 0.0004, bumps: []bump{searchShards.bump(t), searchOutage.bump(t)},
	})
	tell(latencyFamily, "search-latency", deployment{service: "search", instances: 1, rate: 500, errors: 0.012})
	restart := t.at("catalog", -6, 13, 7)
	tell(httpFamily, "catalog-availability", deployment{
		service: "catalog", instances: 2, rate: 700, errors: 0.0001, bumps: []bump{catalogImages.bump(t)},
		pause: func(instance int, at time.Time) bool {
			return instance == 1 && !at.Before(restart) && at.Before(restart.Add(3*time.Minute))
		},
	})
	// The prober was away for an hour. Nobody can say that the catalog was there.
	blind := t.at("catalog", -9, 4, 0)
	tell(probeFamily, "catalog-reachable", deployment{
		service: "catalog", labels: map[string]string{"job": "blackbox", "instance": "https://shop.example.org/catalog"},
		instances: 1, rate: 1, flat: true, errors: 0.0004, missingIsBad: true,
		pause: func(_ int, at time.Time) bool { return !at.Before(blind) && at.Before(blind.Add(time.Hour)) },
	})
	tell(ratioFamily, "catalog-images", deployment{
		service: "catalog", labels: map[string]string{"job": "rules"}, instances: 1, rate: 60 / recordsWidth.Seconds(), flat: true, errors: 0.0012,
		bumps: []bump{{catalogImages.start(t), catalogImages.end(t), 0.4}},
	})
	tell(httpFamily, "", deployment{service: "recommendations", instances: 1, rate: 200, errors: 0.001})

	tell(httpFamily, "inventory-availability", deployment{
		service: "inventory", instances: 1, rate: 150, errors: 0.0003, bumps: []bump{stockReplica.bump(t)},
	})
	tell(stockFamily, "inventory-reservations", deployment{service: "inventory", instances: 1, rate: 40, errors: 0.0008})
	// Spent four weeks ago, quiet since: it recovers when that day leaves the
	// window. But it was the same with each release of the carrier before, and
	// the second one nobody even wrote up.
	tell(rpcFamily, "shipping-labels", deployment{
		service: "shipping", labels: map[string]string{"method": "CreateLabel"}, instances: 1, rate: 90, errors: 0.0003,
		bumps: []bump{
			carrierMove.bump(t),
			{t.at("shipping", -55, 10, 12), t.at("shipping", -55, 14, 20), 0.70},
			labelPrinter.bump(t),
		},
	})
	tell(httpFamily, "depot-gateway-availability", deployment{
		service: "depot-gateway", labels: map[string]string{"site": "depot"}, instances: 1, rate: 40, errors: 0.001,
		bumps: []bump{depotLink.bump(t)}, to: t.before(30 * time.Hour),
	})
	tell(httpFamily, "invoicing-availability", deployment{
		service: "invoicing", instances: 1, rate: 20, errors: 0.001, bumps: []bump{invoiceRun.bump(t), newCluster(t)},
		pause: func(_ int, at time.Time) bool { return at.Hour() < 6 || at.Hour() >= 22 }, // scaled to zero at night
	})
	// A job on Monday mornings, each time on another of four workers, whose
	// counters appear with their first document.
	tell(jobFamily, "invoicing-documents", deployment{
		service: "invoicing", labels: map[string]string{"job": "invoice-run"}, instances: 4, rate: 400, errors: 0.0008,
		pause: func(instance int, at time.Time) bool {
			return at.Weekday() != time.Monday || at.Hour() < 5 || at.Hour() >= 7 ||
				int(burnlist.DateIn(at, at.Location()))/7%4 != instance
		},
	})

	tell(httpFamily, "login-success", deployment{
		service: "login", instances: 2, rate: 220, errors: 0.00015,
		bumps: []bump{expiredKeys.bump(t), {t.before(60 * time.Hour), t.before(-forever), 0.0020}},
	})
	tell(histogramFamily, "login-latency", deployment{
		service: "login", instances: 1, rate: 220, errors: 0.002,
		bumps: []bump{{slowDirectory.start(t), slowDirectory.end(t), 0.15}},
	})
	// Going wrong right now, and over in half an hour.
	tell(rpcFamily, "notifications-delivery", deployment{
		service: "notifications", labels: map[string]string{"method": "Deliver"}, instances: 2, rate: 180, errors: 0.0004,
		bumps: []bump{pushProvider.bump(t), {t.before(45 * time.Minute), t.before(-30 * time.Minute), 0.15}},
	})
	tell(replyFamily, "", deployment{service: "helpdesk", instances: 1, rate: 6, errors: 0.01})
	tell(httpFamily, "wishlist-availability", deployment{
		service: "wishlist", instances: 1, rate: 60, errors: 0.0005, from: t.before(3 * burnlist.Day),
	})
	return all
}

// forever is later than any demo lasts.
const forever = 400 * burnlist.Day
