package review

import (
	"cmp"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
)

// Figures say how a product keeps its promises, by week and by month. They are
// derived anew each time, and count nothing per person.
type Figures struct {
	Product string    `json:"product"`
	Zone    string    `json:"zone"` // whose civil dates are counted
	At      time.Time `json:"at"`
	Weeks   []Week    `json:"weeks" nullable:"false"`   // the last 13 ISO weeks, the current one included, oldest first
	Cohorts []Cohort  `json:"cohorts" nullable:"false"` // the last 13 months, the current one included, oldest first
	Open    OpenItems `json:"open"`
}

// Week is what happened in one ISO week, by the product's calendar.
type Week struct {
	Begin  burnlist.Date `json:"begin" format:"date"` // its Monday
	Review *WeekReview   `json:"review"`              // null if none is dated in the week

	Closed   int `json:"closed"`   // items done in the week, and not reopened since
	Promised int `json:"promised"` // of them, those that had a promised date
	OnTime   int `json:"on_time"`  // of them, those done by that date
	// DaysFromPromise is the median of the days from the promised date to the
	// closing, negative if before; null if nothing closed had a promise.
	DaysFromPromise burnlist.Value `json:"median_days_from_promise" nullable:"true"`
	Deprioritised   int            `json:"deprioritised"` // items deprioritised in the week that have not come back

	Rollovers int `json:"rollovers"` // found by the attended reviews of the week
	// RolloverRate is the rollovers as a share of the items that were open when
	// those reviews were concluded; null without an attended review, or if
	// nothing was open.
	RolloverRate burnlist.Value `json:"rollover_rate" nullable:"true"`
	Wishes       *int           `json:"wishes"`      // open items at the last conclusion of the week; null without one
	Commitments  *int           `json:"commitments"` // likewise
}

// WeekReview is the review that stands for a week: an attended one before an
// open, a skipped and a cancelled one, and of several alike the latest.
type WeekReview struct {
	ID    int64                `json:"id"`
	State burnlist.ReviewState `json:"state" enum:"open,attended,skipped,cancelled"`
	// Alignment is the share of the items closed since the attended review
	// before it that stood in tier 1 on that one's agenda. It is null unless this
	// review was attended, something was closed and something stood there.
	Alignment burnlist.Value `json:"alignment" nullable:"true"`
	Aligned   int            `json:"aligned"` // 0 unless it was attended
	Closed    int            `json:"closed"`  // since the attended review before it; 0 unless it was attended
}

// Cohort is the items that were opened in one month, as they are now.
type Cohort struct {
	Begin         burnlist.Date `json:"begin" format:"date"` // the first day of the month
	Opened        int           `json:"opened"`              // the sum of the next four
	Done          int           `json:"done"`
	Deprioritised int           `json:"deprioritised"`
	Duplicate     int           `json:"duplicate"`
	Open          int           `json:"open"`
	// Completion is done ÷ (opened − duplicate). What was deprioritised is not
	// completed. It is null if nothing but duplicates was opened.
	Completion burnlist.Value `json:"completion" nullable:"true"`
}

// OpenItems are the items that are open now, snoozed ones included. Their ages
// are civil days since opened_on, and null if nothing is open.
type OpenItems struct {
	Count       int            `json:"count"`
	Wishes      int            `json:"wishes"`      // without an owner or a due date
	Commitments int            `json:"commitments"` // with both
	Overdue     int            `json:"overdue"`
	MedianAge   burnlist.Value `json:"median_age_days" nullable:"true"`
	P90Age      burnlist.Value `json:"p90_age_days" nullable:"true"` // nine in ten are no older
	Oldest      burnlist.Value `json:"oldest_days" nullable:"true"`
}

// spans of the figures.
const (
	figureWeeks  = 13
	figureMonths = 13
)

// Measure counts the figures of a product as of now. The reviews are all of the
// product that may fall into the weeks, in any order; the items are all of it,
// whatever their status.
func Measure(p burnlist.Product, reviews []burnlist.Review, items []burnlist.Item, now time.Time) Figures {
	return Figures{
		Product: p.Name, Zone: p.Zone, At: burnlist.Instant(now),
		Weeks: weeks(p, reviews, items, now), Cohorts: cohorts(items, p.Today(now)), Open: openItems(items, p.Today(now)),
	}
}

func weeks(p burnlist.Product, reviews []burnlist.Review, items []burnlist.Item, now time.Time) []Week {
	zone := p.Location()
	first := monday(p.Today(now)) - (figureWeeks-1)*7
	all := make([]Week, figureWeeks)
	for n := range all {
		all[n].Begin = first + burnlist.Date(7*n)
	}
	of := func(d burnlist.Date) (n int, ok bool) {
		n = int(d-first) / 7
		return n, d >= first && n < figureWeeks
	}

	late := make([][]int, figureWeeks)
	for _, i := range items {
		if i.Closing == nil || i.Closing.At.After(now) {
			continue
		}
		n, ok := of(closedOn(*i.Closing, zone))
		switch {
		case !ok:
		case i.Status == burnlist.Deprioritised:
			all[n].Deprioritised++
		case i.Status == burnlist.Done:
			all[n].Closed++
			if i.Facts.Promised.IsZero() {
				continue
			}
			days := daysLate(i, zone)
			all[n].Promised++
			if days <= 0 {
				all[n].OnTime++
			}
			late[n] = append(late[n], days)
		}
	}

	held := make([][]burnlist.Review, figureWeeks)
	for _, r := range reviews {
		if n, ok := of(r.Date); ok {
			held[n] = append(held[n], r)
		}
	}
	for n := range all {
		all[n].DaysFromPromise = median(late[n])
		all[n].review(held[n])
	}
	return all
}

// review writes what the reviews of the week found.
func (w *Week) review(of []burnlist.Review) {
	if len(of) == 0 {
		return
	}
	rank := map[burnlist.ReviewState]int{burnlist.ReviewAttended: 3, burnlist.ReviewOpen: 2, burnlist.ReviewSkipped: 1}
	stands := slices.MaxFunc(of, func(a, b burnlist.Review) int {
		return cmp.Or(cmp.Compare(rank[a.State], rank[b.State]), cmp.Compare(a.Date, b.Date), cmp.Compare(a.ID, b.ID))
	})
	w.Review = &WeekReview{ID: stands.ID, State: stands.State}
	if stands.State == burnlist.ReviewAttended && stands.Tally != nil {
		w.Review.Alignment, w.Review.Aligned, w.Review.Closed = stands.Tally.Alignment(), stands.Tally.Aligned, stands.Tally.Closed
	}

	open := 0
	var last *burnlist.Review
	for n := range of {
		r := &of[n]
		if r.Tally == nil || r.State != burnlist.ReviewAttended && r.State != burnlist.ReviewSkipped {
			continue
		}
		if r.State == burnlist.ReviewAttended {
			w.Rollovers += r.Tally.Rollovers
			open += r.Tally.Open
		}
		if last == nil || cmp.Or(cmp.Compare(r.Date, last.Date), cmp.Compare(r.ID, last.ID)) > 0 {
			last = r
		}
	}
	w.RolloverRate = share(w.Rollovers, open)
	if last != nil {
		w.Wishes, w.Commitments = new(last.Tally.Open-last.Tally.Commitments), new(last.Tally.Commitments)
	}
}

func cohorts(items []burnlist.Item, today burnlist.Date) []Cohort {
	year, month, _ := today.Start(time.UTC).Date()
	all := make([]Cohort, figureMonths)
	for n := range all {
		all[n].Begin = burnlist.NewDate(year, month-time.Month(figureMonths-1-n), 1)
	}
	for _, i := range items {
		n, exact := slices.BinarySearchFunc(all, i.OpenedOn, func(c Cohort, d burnlist.Date) int { return cmp.Compare(c.Begin, d) })
		if !exact {
			n--
		}
		if n < 0 || i.OpenedOn >= burnlist.NewDate(year, month+1, 1) {
			continue
		}
		c := &all[n]
		c.Opened++
		switch i.Status {
		case burnlist.Open:
			c.Open++
		case burnlist.Done:
			c.Done++
		case burnlist.Deprioritised:
			c.Deprioritised++
		case burnlist.Duplicate:
			c.Duplicate++
		}
	}
	for n := range all {
		all[n].Completion = share(all[n].Done, all[n].Opened-all[n].Duplicate)
	}
	return all
}

func openItems(items []burnlist.Item, today burnlist.Date) OpenItems {
	var o OpenItems
	var ages []int
	for _, i := range items {
		if i.Status != burnlist.Open {
			continue
		}
		o.Count++
		if i.Commitment() {
			o.Commitments++
		} else {
			o.Wishes++
		}
		if i.DaysOverdue(today) > 0 {
			o.Overdue++
		}
		ages = append(ages, max(0, int(today-i.OpenedOn)))
	}
	o.MedianAge = median(ages)
	if n := len(ages); n > 0 { // which median has sorted
		o.P90Age = burnlist.Known(float64(ages[(9*n+9)/10-1]))
		o.Oldest = burnlist.Known(float64(ages[n-1]))
	}
	return o
}

// monday returns the first day of the ISO week of a date.
func monday(d burnlist.Date) burnlist.Date {
	return d - burnlist.Date((d.Weekday()+6)%7)
}

// median sorts the numbers and returns the middle one, or the mean of the two
// in the middle; of none it is unknown.
func median(of []int) burnlist.Value {
	n := len(of)
	if n == 0 {
		return burnlist.Value{}
	}
	slices.Sort(of)
	return burnlist.Known(float64(of[(n-1)/2]+of[n/2]) / 2)
}

// share returns part ÷ whole, unknown if there is no whole.
func share(part, whole int) burnlist.Value {
	if whole == 0 {
		return burnlist.Value{}
	}
	return burnlist.Known(float64(part) / float64(whole))
}
