package review

import (
	"fmt"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// Digest tells those who were not there what a review came to, or how a
// product stands in a week. It is a document: the API serves it, and a
// conclusion stores it. Each list holds what matters most, at most mostListed
// of it, and has the count of everything beside it. Markdown, HTML and Slack
// say the same in at most mostWords words.
//
// An owner is named where a decision or an item has one. Nothing is ever
// counted or compared per person.
type Digest struct {
	Product string               `json:"product"`
	Review  *int64               `json:"review"` // null: of the week, without a review
	State   burnlist.ReviewState `json:"state" enum:"open,attended,skipped"`
	Date    burnlist.Date        `json:"date" format:"date"` // of the review, or of the day
	Zone    string               `json:"zone"`
	Since   *time.Time           `json:"since"` // the last attended review before this one was concluded; null if there was none
	At      time.Time            `json:"at"`    // the moment that it tells of
	Link    burnlist.NullString  `json:"link" nullable:"true"`

	Entries   int            `json:"entries"`   // items of the product on the agenda
	Undecided int            `json:"undecided"` // of them, those open still of which nothing was decided
	Tally     burnlist.Tally `json:"tally"`
	// Alignment is the share of the items closed since the last attended review
	// that stood in tier 1 on its agenda, and AlignmentText the same in words, or
	// why there is none.
	Alignment     burnlist.Value `json:"alignment" nullable:"true"`
	AlignmentText string         `json:"alignment_text"`
	// DaysFromPromise is the median of the days from the promised date to the
	// closing, negative if before; null if nothing closed had a promise.
	DaysFromPromise burnlist.Value `json:"median_days_from_promise" nullable:"true"`

	Budgets        DigestBudgets    `json:"budgets"`
	Decided        []DecidedKind    `json:"decided" nullable:"false"` // in the order in which they matter; none without decisions
	FirstUndecided []DigestItem     `json:"first_undecided" nullable:"false"`
	RolledOver     []DigestRollover `json:"rolled_over" nullable:"false"` // the worst first; Tally.Rollovers counts them
	Closed         []DigestClosed   `json:"closed" nullable:"false"`      // what stood in tier 1 first; Tally.Closed counts them
	Deprioritised  []DigestPutAway  `json:"deprioritised" nullable:"false"`
	Returned       DigestReturns    `json:"returned"`
	Warnings       DigestWarnings   `json:"warnings"`
	Backlog        DigestBacklog    `json:"backlog"`
	Next           burnlist.Date    `json:"next" nullable:"true" format:"date"` // the next slot; null if the product is retired
}

// DigestItem names an item.
type DigestItem struct {
	ID      int64  `json:"id"`
	Title   string `json:"title"`
	Service string `json:"service"`
	Jump    bool   `json:"jump"` // it stood in tier 1; of a closed item: on the agenda of the last attended review
}

// DigestBudgets are the budgets of the services, as the agenda froze them.
type DigestBudgets struct {
	Services   int                `json:"services"`
	Burning    int                `json:"burning"` // services exhausted or burning
	Jump       []DigestService    `json:"jump" nullable:"false"`
	AtRisk     int                `json:"at_risk"`
	Watch      []DigestService    `json:"watch" nullable:"false"`
	Unknown    int                `json:"unknown"`
	Unclear    []DigestService    `json:"unclear" nullable:"false"`
	Healthy    int                `json:"healthy"`
	MeasuredAt *time.Time         `json:"measured_at"` // null if nothing was
	Age        *burnlist.Duration `json:"age"`         // of the figures at the freeze, if they were older than 15 minutes
}

// DigestService is a service and the sentence about its budget.
type DigestService struct {
	Service   string          `json:"service"`
	State     burnlist.State  `json:"state" enum:"exhausted,burning,at_risk,healthy,unknown"`
	Reason    burnlist.Reason `json:"reason" nullable:"true"`
	OpenItems int             `json:"open_items"`
	Text      string          `json:"text"`
}

// DecidedKind is the items of which the last decision that stands was of one
// kind.
type DecidedKind struct {
	Kind  burnlist.DecisionKind `json:"kind" enum:"done,commit,carry,deprioritise,snooze,reassign,reopen,duplicate,split"`
	Count int                   `json:"count"`
	Items []DigestDecision      `json:"items" nullable:"false"` // none of carry, which is only counted
}

// DigestDecision is what was decided of one item. What does not belong to the
// kind of the decision is null.
type DigestDecision struct {
	DigestItem

	Owner    burnlist.NullString `json:"owner" nullable:"true"`
	Due      burnlist.Date       `json:"due" nullable:"true" format:"date"`
	Until    burnlist.Date       `json:"until" nullable:"true" format:"date"` // when it is back, of what was snoozed or deprioritised
	Of       *int64              `json:"of"`                                  // the item that goes on for a duplicate
	Parts    int                 `json:"parts"`                               // of a split
	Evidence burnlist.NullString `json:"evidence" nullable:"true"`
	Reason   burnlist.NullString `json:"reason" nullable:"true"`
}

// DigestRollover is an item that rolled over at this review.
type DigestRollover struct {
	DigestItem

	Streak   int           `json:"streak"`
	Total    int           `json:"total"`
	Promised burnlist.Date `json:"promised" format:"date"`
}

// DigestClosed is an item done since the last attended review.
type DigestClosed struct {
	DigestItem

	On       burnlist.Date       `json:"on" format:"date"`
	Promised burnlist.Date       `json:"promised" nullable:"true" format:"date"`
	DaysLate *int                `json:"days_late"` // after the promised date; negative if before, null without one
	Evidence burnlist.NullString `json:"evidence" nullable:"true"`
}

// DigestPutAway is an item deprioritised since the last attended review.
type DigestPutAway struct {
	DigestItem

	Reason burnlist.NullString `json:"reason" nullable:"true"`
	Until  burnlist.Date       `json:"until" nullable:"true" format:"date"`
}

// DigestReturns are the items that came back by themselves since the last
// attended review.
type DigestReturns struct {
	Count int            `json:"count"`
	Items []DigestReturn `json:"items" nullable:"false"`
}

// DigestReturn is an item that came back by itself.
type DigestReturn struct {
	DigestItem

	Cause burnlist.ReturnCause `json:"cause" enum:"revisit,snooze_over,service_burns"`
}

// DigestWarnings are the warnings of the product, its services and items as the
// agenda found them, rollovers as the review left them, and those of its
// reviews.
type DigestWarnings struct {
	Count    int             `json:"count"`
	Alarms   int             `json:"alarms"` // of them
	Codes    []WarningCount  `json:"codes" nullable:"false"`
	Listed   []DigestWarning `json:"listed" nullable:"false"` // those of the product and its reviews, then the alarms
	Unlisted int             `json:"unlisted"`                // of those, how many more there are
}

// WarningCount counts the warnings with one code.
type WarningCount struct {
	Code   string `json:"code"`
	Count  int    `json:"count"`
	Alarms int    `json:"alarms"` // of them
}

// DigestWarning is one warning. Of an item's, Item names it.
type DigestWarning struct {
	Code    string            `json:"code"`
	Level   prioritizer.Level `json:"level" enum:"info,warn,alarm"`
	Subject string            `json:"subject"` // as "item/142", "service/checkout" or "product/shop"
	Item    *DigestItem       `json:"item"`
	Text    string            `json:"text"`
}

// DigestBacklog is what is open.
type DigestBacklog struct {
	Open        int            `json:"open"`
	Wishes      int            `json:"wishes"`      // without an owner or a due date
	Commitments int            `json:"commitments"` // with both
	MedianAge   burnlist.Value `json:"median_age_days" nullable:"true"`
}

// mostListed is how many lines of one kind a digest keeps, and mostUndecided
// how many of the items that nobody decided of.
const (
	mostListed    = 20
	mostUndecided = 5
)

// Subject says in one line what the digest is about. It holds nothing that
// somebody wrote but the name of the product.
func (d Digest) Subject() string {
	head := fmt.Sprintf("%s review %s", d.Product, d.Date)
	if d.Review == nil {
		head = fmt.Sprintf("%s week to %s", d.Product, d.Date)
	}
	burns := "no service burns"
	switch n := d.Budgets.Burning; {
	case n == 1:
		burns = "1 service burns"
	case n > 1:
		burns = number(n) + " services burn"
	case d.Budgets.Healthy+d.Budgets.AtRisk == 0:
		burns = "no budget known"
	}
	decided := fmt.Sprintf("%s of %s decided", number(d.Tally.Decided), number(d.Entries))
	switch {
	case d.Review == nil:
		decided = number(d.Backlog.Open) + " open"
	case d.State == burnlist.ReviewSkipped:
		decided = "skipped, nobody decided anything"
	}
	return fmt.Sprintf("%s: %s, %s, %s closed", head, burns, decided, number(d.Tally.Closed))
}
