package demo

import (
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/promengine"
)

// series tells the last month of the company, and what is to come.
func series(t timeline) []promengine.Series {
	var made []promengine.Series
	tell := func(counts family, d deployment) {
		made = append(made, d.series(t, counts)...)
		if counts[0].name != latencyFamily[0].name { // a service is scraped once, however much it counts
			made = append(made, d.up(t))
		}
	}

	// Nobody talks about these two: a few requests in a thousand, for weeks.
	tell(httpFamily, deployment{
		service: "checkout", instances: 2, rate: 300, errors: 0.0002,
		bumps: []bump{{confirmRelease.start(t), t.before(-forever), 0.0020}, confirmRelease.bump(t)},
	})
	tell(latencyFamily, deployment{service: "checkout", instances: 1, rate: 300, errors: 0.002})
	tell(rpcFamily, deployment{
		service: "payments", labels: map[string]string{"method": "Authorise"}, instances: 2, rate: 260, errors: 0.0002,
		bumps: []bump{{authTimeouts.start(t), t.before(-forever), 0.0018}, authTimeouts.bump(t)},
	})
	// A handful of refunds a day: one bad one is most of the budget.
	made = append(made, deployment{
		service: "payments", labels: map[string]string{"method": "Refund"}, instances: 1, rate: 45.0 / 1440,
		singles: []time.Time{t.at("payments", -19, 10, 5), t.at("payments", -11, 15, 40), t.at("payments", -3, 11, 17)},
	}.series(t, rpcFamily)...)

	// Everybody talks about this one.
	tell(httpFamily, deployment{
		service: "search", instances: 2, rate: 500, errors: 0.0004, bumps: []bump{searchOutage.bump(t)},
	})
	tell(latencyFamily, deployment{service: "search", instances: 1, rate: 500, errors: 0.012})
	restart := t.at("catalog", -6, 13, 7)
	tell(httpFamily, deployment{
		service: "catalog", instances: 2, rate: 700, errors: 0.0001, bumps: []bump{catalogImages.bump(t)},
		pause: func(instance int, at time.Time) bool {
			return instance == 1 && !at.Before(restart) && at.Before(restart.Add(3*time.Minute))
		},
	})
	tell(httpFamily, deployment{service: "recommendations", instances: 1, rate: 200, errors: 0.001})

	tell(httpFamily, deployment{
		service: "inventory", instances: 1, rate: 150, errors: 0.0003, bumps: []bump{stockReplica.bump(t)},
	})
	// Spent four weeks ago, quiet since: it recovers when that day leaves the window.
	tell(rpcFamily, deployment{
		service: "shipping", labels: map[string]string{"method": "CreateLabel"}, instances: 1, rate: 90, errors: 0.0003,
		bumps: []bump{labelPrinter.bump(t)},
	})
	tell(httpFamily, deployment{
		service: "depot-gateway", labels: map[string]string{"site": "depot"}, instances: 1, rate: 40, errors: 0.001,
		bumps: []bump{depotLink.bump(t)}, to: t.before(30 * time.Hour),
	})
	tell(httpFamily, deployment{
		service: "invoicing", instances: 1, rate: 20, errors: 0.001,
		pause: func(_ int, at time.Time) bool { return at.Hour() < 6 || at.Hour() >= 22 }, // scaled to zero at night
	})

	tell(httpFamily, deployment{
		service: "login", instances: 2, rate: 220, errors: 0.00015,
		bumps: []bump{{t.before(60 * time.Hour), t.before(-forever), 0.0020}},
	})
	tell(latencyFamily, deployment{service: "login", instances: 1, rate: 220, errors: 0.002, bumps: []bump{{slowDirectory.start(t), slowDirectory.end(t), 0.15}}})
	// Going wrong right now, and over in half an hour.
	tell(rpcFamily, deployment{
		service: "notifications", labels: map[string]string{"method": "Deliver"}, instances: 2, rate: 180, errors: 0.0004,
		bumps: []bump{pushProvider.bump(t), {t.before(45 * time.Minute), t.before(-30 * time.Minute), 0.15}},
	})
	tell(replyFamily, deployment{service: "helpdesk", instances: 1, rate: 6, errors: 0.01})
	tell(httpFamily, deployment{
		service: "wishlist", instances: 1, rate: 60, errors: 0.0005, from: t.before(3 * burnlist.Day),
	})
	return made
}

// forever is later than any demo lasts.
const forever = 400 * burnlist.Day
