// Package demo makes up a company, its services, the last month of its metrics
// and the last quarter of its reviews, so that burnlist can be tried and tested
// without a Prometheus of one's own.
//
// The story: search had a loud outage two days ago and everybody talks about
// it, though it is comfortably within its budget. Meanwhile checkout and
// payments lose a few requests in a thousand, quietly, for weeks, and the
// action items that would have prevented it are months old. Around these
// stand services in every other state that burnlist knows, with SLOs over every
// kind of indicator.
//
// For three months the products have held their weekly reviews, some better
// than others: items rolled over in them, due dates were pushed, and the budget
// of shipping was spent at each of them without a consequence.
//
// The package decides what happened. What burnlist makes of it is computed by
// the same code as for anybody else; nothing here knows about states.
package demo

import (
	"slices"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/promengine"
)

// World is the made-up company.
type World struct {
	Sources  []Source
	Products []burnlist.Product
	Services []burnlist.Service
	SLOs     []burnlist.SLO
	// Exclusions are those that were made, taken back or not, without ids.
	Exclusions []burnlist.Exclusion
	Items      []Item
	Meetings   []Meeting
	Series     []promengine.Series
}

// Source is a Prometheus that the SLOs of the world name. All of them are
// played by one engine over the world's series; what tells them apart is the
// expression that says whether they are alive.
type Source struct {
	Name     string
	Liveness string
}

// Item is an action item, and what people did with it since it was opened.
type Item struct {
	burnlist.ItemFields
	Reporter string             // who opened it, and touched it since
	FirstDue burnlist.Date      // the due date that it was opened with, if that was moved since; else zero
	Pushes   []Push             // due dates that it had between the first one and the last
	Touched  time.Time          // when a person last touched it; zero if nobody has since it was opened
	Decision *burnlist.Decision // what was decided of it when it was last touched; nil leaves it open
}

// Push is a due date that was moved.
type Push struct {
	At  time.Time
	Due burnlist.Date
}

// Build makes up the company as it is at now. The same now gives the same
// company. What is over happened at civil times of past days; what still goes
// on, such as a link that is down, began so many hours before now. The series
// go on after now, for a year.
func Build(now time.Time) World {
	t := newTimeline(now)
	return World{
		Sources: []Source{
			{Name: burnlist.DefaultSource, Liveness: "count(up) > 0"},
			{Name: depotSource, Liveness: `count(up{site="depot"}) > 0`},
		},
		Products:   products(t),
		Services:   services(t),
		SLOs:       slos(t),
		Exclusions: exclusions(t),
		Items:      items(t),
		Meetings:   slices.Concat(shopMeetings, logisticsMeetings, accountsMeetings),
		Series:     series(t),
	}
}

func items(t timeline) []Item {
	var all []Item
	for _, e := range slices.Concat(shopEntries, logisticsEntries, accountsEntries) {
		all = append(all, e.item(t))
	}
	return all
}
