package demo

import (
	"time"

	"github.com/burnlist/burnlist"
)

// history is how far back the series of an old service reach: the longest
// common window and a day.
const history = 31 * burnlist.Day

// timeline turns "two days ago at 18:20" into an instant.
type timeline struct {
	now   time.Time
	zones map[string]*time.Location // by product
}

func newTimeline(now time.Time) timeline {
	t := timeline{now: burnlist.Instant(now), zones: map[string]*time.Location{}}
	for _, p := range catalogue {
		t.zones[p.name] = burnlist.Product{Zone: p.zone}.Location()
	}
	return t
}

// zoneOf returns the zone of a service's product.
func (t timeline) zoneOf(service string) *time.Location {
	for _, s := range staff {
		if s.service == service {
			return t.zones[s.product]
		}
	}
	return time.UTC
}

// today returns the civil date of now in the product of a service.
func (t timeline) today(service string) burnlist.Date {
	return burnlist.DateIn(t.now, t.zoneOf(service))
}

// at returns the instant of a civil time on the day that lies the given number
// of days from today, in the product of a service.
func (t timeline) at(service string, days, hour, minute int) time.Time {
	y, m, d := t.now.In(t.zoneOf(service)).Date()
	return burnlist.Instant(time.Date(y, m, d+days, hour, minute, 0, 0, t.zoneOf(service)))
}

// before returns the instant that lies d before now.
func (t timeline) before(d time.Duration) time.Time { return t.now.Add(-d) }

// start returns the instant at which the series begin, on a full minute.
func (t timeline) start() time.Time { return t.now.Add(-history).Truncate(time.Minute) }
