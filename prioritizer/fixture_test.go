package prioritizer_test

import (
	"fmt"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// now is the moment of the tests: a Monday morning in Berlin.
var now = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

func date(month time.Month, day int) burnlist.Date { return burnlist.NewDate(2026, month, day) }

// shop returns a world with one product, in Berlin, and nothing in it.
func shop() *burnlist.World {
	w := burnlist.NewWorld()
	w.Revision = 4711
	addProduct(w, "shop", "Europe/Berlin")
	return w
}

func addProduct(w *burnlist.World, name, zone string) {
	w.Products[name] = &burnlist.Product{Name: name, Zone: zone, Slot: burnlist.DefaultSlot, Version: 1}
}

func addService(w *burnlist.World, name, product, team string) {
	w.Services[name] = &burnlist.Service{
		Name: name, Product: product, Team: burnlist.NullString(team), Version: 1,
		CreatedAt: time.Date(2026, time.October, 1, 22, 30, 0, 0, time.UTC),
	}
}

// addSLO adds an SLO and its figures, which get what every measured SLO has.
// Without figures it is not measured yet.
func addSLO(w *burnlist.World, service, name string, f *burnlist.Figures) *burnlist.SLO {
	s := &burnlist.SLO{
		Name: name, Service: service, Source: "default", Objective: 0.999,
		Window: burnlist.DefaultWindow, Slice: burnlist.DefaultSlice, Ledger: 7, Version: 1,
	}
	w.SLOs[name] = s
	if f == nil {
		return s
	}
	f.SLO, f.Ledger, f.Objective, f.Window, f.At = name, s.Ledger, s.Objective, s.Window, now
	if f.FirstData == nil && f.Consumed.AtLeast(0) {
		f.FirstData = new(now.Add(-90 * burnlist.Day))
	}
	if f.KnownUntil == nil && f.FirstData != nil {
		f.KnownUntil = new(now.Add(-time.Minute))
	}
	if f.Coverage == 0 {
		f.Coverage = 1
	}
	w.Budgets.Figures[name] = f
	return s
}

// spent returns figures with plenty of traffic.
func spent(consumed, forecast, pace float64) *burnlist.Figures {
	return &burnlist.Figures{
		Consumed: burnlist.Known(consumed), Forecast: burnlist.Known(forecast), Pace: burnlist.Known(pace),
		BadWindow: 1000 * consumed, TotalWindow: 1e6, Bad7d: 500 * forecast,
	}
}

// addItem adds an open item that has nothing wrong with it, changed by change.
func addItem(w *burnlist.World, id int64, service string, change func(*burnlist.Item)) *burnlist.Item {
	opened := time.Date(2026, time.November, 16, 23, 30, 0, 0, time.UTC) // the 17th in Berlin
	i := &burnlist.Item{
		ID: id, Status: burnlist.Open, Version: 1, CreatedAt: opened, UpdatedAt: opened,
		ItemFields: burnlist.ItemFields{
			Title: "alert at 80 % of the connection pool", Service: service, Owner: "ana@example.org",
			Due: date(time.November, 27), Priority: burnlist.DefaultPriority, Ticket: "SHOP-1", OpenedOn: date(time.November, 17),
		},
		Trail: burnlist.Trail{
			TouchedAt: opened, TitleAt: opened, OwnerAt: opened, DueAt: opened, TicketAt: opened, ServiceAt: opened,
			FirstDue: date(time.November, 27),
		},
	}
	if change != nil {
		change(i)
	}
	w.Items.Put(id, i)
	return i
}

// addReview adds a review of the shop that was concluded on a date in November,
// changed by change. Later ones get higher ids.
func addReview(w *burnlist.World, day int, state burnlist.ReviewState, change func(*burnlist.Review)) *burnlist.Review {
	at := date(time.November, day).At(10, 0, time.UTC)
	r := &burnlist.Review{
		ID: int64(100 + len(w.Reviews["shop"])), Product: "shop", State: state, Slot: date(time.November, day), Date: date(time.November, day),
		Zone: "Europe/Berlin", OpenedAt: &at, OpenedBy: "burnlist", FrozenAt: &at, ConcludedAt: &at, ConcludedBy: "burnlist",
		States: map[string]burnlist.State{}, Entries: 12, Version: 1, Updated: at,
		Tally: &burnlist.Tally{Open: 12},
	}
	if state == burnlist.ReviewAttended {
		r.ConcludedBy = "ana@example.org"
		r.Tally.Decided, r.Tally.Changed, r.Tally.Closed = 6, 3, 1
	}
	if change != nil {
		change(r)
	}
	w.Reviews["shop"] = append([]*burnlist.Review{r}, w.Reviews["shop"]...)
	return r
}

// said returns warnings as "level code since: text".
func said(warnings []prioritizer.Warning) []string {
	lines := []string{}
	for _, w := range warnings {
		lines = append(lines, fmt.Sprintf("%s %s %s: %s", w.Level, w.Code, w.Since, w.Text))
	}
	return lines
}
