package demo

import (
	"time"

	"github.com/burnlist/burnlist"
)

// incident is something that went wrong and was written up. Its errors are in
// the series of its service and its interval in the items that came from it,
// so that what it cost can be measured.
type incident struct {
	key, title, service string
	days                int // the day, from today
	from, to            [2]int
	nights              int     // how many midnights lie inside
	errors              float64 // share of requests that failed because of it
}

var (
	cardTokens     = incident{"PM-31", "Checkout answered 502 while card tokens were rotated", "checkout", -97, [2]int{9, 5}, [2]int{10, 40}, 0, 0.20}
	carrierMove    = incident{"PM-32", "The carrier moved its label service, and every second label was refused", "shipping", -84, [2]int{10, 12}, [2]int{14, 20}, 0, 0.70}
	basketLocks    = incident{"PM-35", "Two basket updates dead-locked and checkout retried for ever", "checkout", -71, [2]int{19, 30}, [2]int{21, 15}, 0, 0.12}
	confirmRelease = incident{"PM-44", "Errors on the confirm step after release 4.12", "checkout", -20, [2]int{16, 0}, [2]int{9, 30}, 1, 0.0012}
	acquirer       = incident{"PM-33", "The acquirer's sandbox certificate was used in production", "payments", -84, [2]int{7, 50}, [2]int{9, 20}, 0, 0.30}
	authTimeouts   = incident{"PM-47", "Authorisations timed out at the card network", "payments", -8, [2]int{12, 10}, [2]int{13, 0}, 0, 0.015}
	searchOutage   = incident{"PM-49", "Search was down for 45 minutes in the evening peak", "search", -2, [2]int{18, 20}, [2]int{19, 5}, 0, 0.55}
	searchShards   = incident{"PM-40", "A shard of the search index ran out of disk", "search", -33, [2]int{3, 10}, [2]int{5, 0}, 0, 0.08}
	catalogImages  = incident{"PM-46", "The image proxy served old certificates", "catalog", -12, [2]int{9, 30}, [2]int{9, 50}, 0, 0.01}
	modelRollback  = incident{"PM-38", "Recommendations were empty for a day after a model rollback", "recommendations", -52, [2]int{8, 0}, [2]int{17, 0}, 0, 0.5}
	stockReplica   = incident{"PM-48", "The stock replica lagged and inventory answered with time-outs", "inventory", -4, [2]int{11, 5}, [2]int{14, 25}, 0, 0.40}
	labelPrinter   = incident{"PM-41", "The carrier's new label service refused every second parcel", "shipping", -26, [2]int{10, 12}, [2]int{14, 20}, 0, 0.70}
	depotLink      = incident{"PM-45", "The depot's uplink flapped for an afternoon", "depot-gateway", -15, [2]int{13, 0}, [2]int{15, 30}, 0, 0.10}
	invoiceRun     = incident{"PM-39", "The month-end invoice run was started twice", "invoicing", -49, [2]int{6, 15}, [2]int{8, 0}, 0, 0.25}
	expiredKeys    = incident{"PM-34", "Logins failed after signing keys expired unnoticed", "login", -79, [2]int{4, 0}, [2]int{6, 10}, 0, 0.60}
	slowDirectory  = incident{"PM-43", "Logins were slow because the directory was re-indexed at noon", "login", -21, [2]int{11, 30}, [2]int{14, 0}, 0, 0}
	avatarLeak     = incident{"PM-37", "Profile pictures of other people were shown", "profile", -57, [2]int{10, 0}, [2]int{12, 30}, 0, 0}
	pushProvider   = incident{"PM-42", "Push messages were lost when the provider throttled us", "notifications", -23, [2]int{17, 40}, [2]int{18, 30}, 0, 0.06}
	doubleReplies  = incident{"PM-36", "Help desk replies were sent twice", "helpdesk", -64, [2]int{13, 0}, [2]int{16, 0}, 0, 0}
)

func (i incident) start(t timeline) time.Time {
	return t.at(i.service, i.days, i.from[0], i.from[1])
}

func (i incident) end(t timeline) time.Time {
	return t.at(i.service, i.days+i.nights, i.to[0], i.to[1])
}

// bump is what the incident did to the series of its service.
func (i incident) bump(t timeline) bump {
	return bump{i.start(t), i.end(t), i.errors}
}

// source is the incident as an item names it.
func (i incident) source(t timeline) *burnlist.Source {
	return &burnlist.Source{
		URL:   burnlist.NullString("https://postmortems.example.org/" + i.key),
		Title: burnlist.NullString(i.title),
		Start: new(i.start(t)), End: new(i.end(t)),
	}
}
