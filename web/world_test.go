package web_test

import (
	"cmp"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// monday is when the tests look at the page: ten in the morning in Berlin.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// figures returns measured figures of an SLO over 30 days that spent its
// budget as given, fresh at monday.
func figures(slo string, consumed, forecast, pace float64) *burnlist.Figures {
	first, known := monday.Add(-90*burnlist.Day), monday.Add(-5*time.Minute)
	f := &burnlist.Figures{
		SLO: slo, Ledger: 1, Objective: 0.999, Window: burnlist.DefaultWindow, Kind: burnlist.KindEvents,
		At: known, FirstData: &first, KnownUntil: &known, Coverage: 0.98,
		BadWindow: consumed * 12000, TotalWindow: 12e6, Bad7d: consumed * 4000,
		Budget: burnlist.Known(12000), Consumed: burnlist.Known(consumed), Forecast: burnlist.Known(forecast),
		Pace: burnlist.Known(pace), OneEvent: burnlist.Known(1.0 / 12000),
	}
	f.Spent[burnlist.Span7d] = burnlist.Known(min(pace*7/30, consumed))
	f.Speed[burnlist.Span7d] = burnlist.Known(f.Spent[burnlist.Span7d].Or(0) * 30 / 7)
	for day := range 30 { // slowly at first, then at the speed of the last 7 days
		week := f.Spent[burnlist.Span7d].Or(0)
		f.BurnDown = append(f.BurnDown, (consumed-week)*min(1, float64(day+1)/23)+week*max(0, float64(day-22)/7))
	}
	for day := range 7 {
		f.Path = append(f.Path, consumed+(forecast-consumed)*float64(day+1)/7)
	}
	switch {
	case consumed >= 1:
		f.RecoversAt = new(monday.Add(9*burnlist.Day + 3*time.Hour))
	case forecast >= 1:
		f.ExhaustsAt = new(known.Add(time.Duration((1 - consumed) / (forecast - consumed) * float64(7*burnlist.Day))).Truncate(time.Minute))
	}
	return f
}

// world returns a small world in which every tier, most states and all
// warnings occur.
func world() *burnlist.World {
	w := burnlist.NewWorld()
	w.Revision = 4711
	w.Budgets.RefreshedAt = monday.Add(-4 * time.Minute)
	for _, p := range []burnlist.Product{
		{Name: "shop", Zone: "Europe/Berlin", Slot: burnlist.DefaultSlot},
		{Name: "media", Zone: "America/New_York", Slot: burnlist.DefaultSlot},
	} {
		w.Products[p.Name] = &p
	}
	service := func(name, product, team string) {
		w.Services[name] = &burnlist.Service{Name: name, Product: product, Team: burnlist.NullString(team), CreatedAt: monday.Add(-200 * burnlist.Day)}
	}
	slo := func(name, service string, f *burnlist.Figures) {
		w.SLOs[name] = &burnlist.SLO{
			Name: name, Service: service, Source: "default", Objective: 0.999,
			Window: burnlist.DefaultWindow, Slice: burnlist.DefaultSlice, Ledger: 1,
		}
		if f != nil {
			w.Budgets.Figures[name] = f
		}
	}
	service("checkout", "shop", "payments")
	slo("checkout-availability", "checkout", figures("checkout-availability", 1.38, 1.62, 3.1))
	slo("checkout-latency", "checkout", figures("checkout-latency", 0.31, 0.44, 0.9))
	service("cart", "shop", "storefront")
	slo("cart-availability", "cart", figures("cart-availability", 0.82, 1.21, 2.4))
	service("search", "shop", "discovery")
	slo("search-availability", "search", figures("search-availability", 0.64, 0.81, 1.2))
	service("recommendations", "shop", "discovery")
	service("catalogue", "shop", "storefront")
	slo("catalogue-availability", "catalogue", figures("catalogue-availability", 0.12, 0.15, 0.2))
	service("transcoder", "media", "video")
	slo("transcoder-success", "transcoder", figures("transcoder-success", 0.93, 1.4, 4.4))
	service("player", "media", "video")
	broken := figures("player-starts", 0.2, 0.3, 0.5)
	broken.Error = `bad_data: parse error: unexpected character: '<'`
	broken.KnownUntil = new(monday.Add(-31 * time.Hour))
	slo("player-starts", "player", broken)
	slo("player-rebuffering", "player", figures("player-rebuffering", 0.4, 0.5, 0.6))
	w.SLOs["player-rebuffering"].Advisory = true

	id := int64(140)
	item := func(f burnlist.ItemFields, facts burnlist.Facts) {
		id++
		f.Priority = cmp.Or(f.Priority, burnlist.DefaultPriority)
		opened := f.OpenedOn.Start(time.UTC)
		w.Items.Put(id, &burnlist.Item{
			ID: id, ItemFields: f, Status: burnlist.Open, Version: 1, CreatedAt: opened, UpdatedAt: opened, Facts: facts,
			Trail: burnlist.Trail{TouchedAt: opened, TitleAt: opened, OwnerAt: opened, DueAt: opened, TicketAt: opened, ServiceAt: opened, FirstDue: f.Due},
		})
	}
	start := monday.Add(-60 * burnlist.Day)
	item(burnlist.ItemFields{
		Key: "PM-31/2", Title: "Cap retries of the payment client at 2, with jitter", Service: "checkout",
		SLO: "checkout-availability", Owner: "ana@example.org", Due: burnlist.NewDate(2026, 11, 20), Priority: "P1",
		Ticket: "https://tickets.example.org/PAY-311", OpenedOn: burnlist.NewDate(2026, 9, 24),
		Source: &burnlist.Source{
			URL: "https://postmortems.example.org/31", Title: "Retry storm in checkout",
			Start: new(start), End: new(start.Add(3 * time.Hour)),
		},
	}, burnlist.Facts{Streak: 2, Total: 2, Promised: burnlist.NewDate(2026, 11, 13), PreviousRank: 14})
	w.Budgets.Costs[id] = burnlist.IncidentCost{Item: id, SLO: "checkout-availability", Share: 0.34}
	item(burnlist.ItemFields{
		Title: "Shed load before the connection pool is empty: reject at 90 % of the pool with 503 and Retry-After", Service: "checkout",
		Owner: "ben@example.org", Due: burnlist.NewDate(2026, 11, 23), Ticket: "PAY-318", OpenedOn: burnlist.NewDate(2026, 11, 12),
	}, burnlist.Facts{})
	item(burnlist.ItemFields{
		Title: "Improve monitoring", Service: "checkout", Owner: "payments", Due: burnlist.NewDate(2026, 12, 20),
		Priority: "P3", OpenedOn: burnlist.NewDate(2026, 10, 30),
	}, burnlist.Facts{})
	item(burnlist.ItemFields{
		Title: "Alert when the stock cache serves entries older than 10 minutes", Service: "cart",
		OpenedOn: burnlist.NewDate(2026, 8, 3), Priority: "P0", Ticket: "javascript:alert(document.domain)",
		Source: &burnlist.Source{URL: "https://postmortems.example.org/27"},
	}, burnlist.Facts{Streak: 5, Total: 6})
	item(burnlist.ItemFields{
		Title: "Warm the index replica before it takes traffic", Service: "search", Owner: "carol@example.org",
		Due: burnlist.NewDate(2026, 11, 1), Ticket: "https://tickets.example.org/DISC-12", OpenedOn: burnlist.NewDate(2026, 10, 20),
	}, burnlist.Facts{})
	item(burnlist.ItemFields{
		Title: "Say what recommendations promise, and measure it", Service: "recommendations", Owner: "dan@example.org",
		Due: burnlist.NewDate(2026, 12, 1), OpenedOn: burnlist.NewDate(2026, 11, 19),
	}, burnlist.Facts{})
	item(burnlist.ItemFields{
		Title: "Roll catalogue imports back with one command", Service: "catalogue", Owner: "eve@example.org", Priority: "P0",
		Due: burnlist.NewDate(2026, 11, 27), Ticket: "https://tickets.example.org/SF-90", OpenedOn: burnlist.NewDate(2026, 11, 21),
	}, burnlist.Facts{})
	item(burnlist.ItemFields{
		Title: "Drain a player edge before its certificate runs out", Service: "player", Owner: "fay@example.org",
		Due: burnlist.NewDate(2026, 11, 30), OpenedOn: burnlist.NewDate(2026, 11, 18), Ticket: "VID-7",
	}, burnlist.Facts{})
	return w
}

// queue ranks a world as of monday.
func queue(w *burnlist.World) *prioritizer.Queue { return prioritizer.Rank(w, monday) }
