package prioritizer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
)

// How far back reviews are looked at.
const (
	warnedReviews = 4 // reviews that warnings are given of
	pacedReviews  = 8 // attended reviews that show how many items a meeting handles
	pacedFrom     = 2 // attended reviews from which on they do
	calledOff     = 3 // slots that have to be cancelled in a row to be warned of
)

// ReviewWarnings returns the warnings of a product and its reviews as of now:
// first those of the reviews, the newest first. Open is how many items of the
// product are open, the snoozed ones included. Reviews may come in any order;
// those that are open or dated after now are passed over. It is pure.
// A retired product has no warnings. The slice is the caller's.
func ReviewWarnings(product burnlist.Product, reviews []burnlist.Review, open int, policy burnlist.Policy, now time.Time) []Warning {
	if product.RetiredAt != nil {
		return []Warning{}
	}
	all := make([]*burnlist.Review, len(reviews))
	for n := range reviews {
		all[n] = &reviews[n]
	}
	return reviewWarnings(product.Name, past(product.Today(now), all), open, &policy)
}

// past returns the reviews that were attended, skipped or cancelled and are
// dated up to today, newest first. A slot that passed may be recorded after a
// later review, so the dates count before the ids.
func past(today burnlist.Date, reviews []*burnlist.Review) []*burnlist.Review {
	var all []*burnlist.Review
	for _, r := range reviews {
		if r.Date <= today && r.State != burnlist.ReviewOpen {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *burnlist.Review) int {
		return cmp.Or(cmp.Compare(b.Date, a.Date), cmp.Compare(b.ID, a.ID))
	})
	return all
}

// heldBy returns those of the reviews that were attended, and those that were
// skipped though there was something to meet for.
func heldBy(past []*burnlist.Review) []*burnlist.Review {
	var held []*burnlist.Review
	for _, r := range past {
		if r.State == burnlist.ReviewAttended || r.State == burnlist.ReviewSkipped && (!r.Held() || r.Entries > 0) {
			held = append(held, r)
		}
	}
	return held
}

// attended returns those of the reviews that were attended.
func attended(reviews []*burnlist.Review) []*burnlist.Review {
	var all []*burnlist.Review
	for _, r := range reviews {
		if r.State == burnlist.ReviewAttended {
			all = append(all, r)
		}
	}
	return all
}

// reviewWarnings judges reviews as past returns them.
func reviewWarnings(product string, past []*burnlist.Review, open int, policy *burnlist.Policy) []Warning {
	all := append([]Warning{}, cancelledInARow(product, past)...)
	held := heldBy(past)
	met := false
	for n, r := range held[:min(len(held), warnedReviews)] {
		met = met || r.State == burnlist.ReviewAttended
		w := Warning{Since: r.Date, Subject: subject("review", r.ID), Product: product, Review: r.ID}
		switch {
		case satInVain(r):
			w.Code, w.Level = NoDecisions, Warn
			w.Text, w.Evidence = vainText(product, r)
		case !met:
			w.Code, w.Level = ReviewSkipped, Warn
			w.Text, w.Evidence = skippedText(product, r)
			if n+1 < len(held) && held[n+1].State == burnlist.ReviewSkipped {
				w.Level = Alarm
				w.Text += "; the one before was skipped too"
			}
		default:
			continue
		}
		all = append(all, w)
	}
	all = append(all, nothingClosed(product, held, policy)...)
	return append(all, overload(product, past, open, policy)...)
}

// satInVain reports whether people met and left everything as it was: they
// decided to carry on with everything, or concluded a review without a
// decision. What burnlist itself concludes nobody sat in.
func satInVain(r *burnlist.Review) bool {
	if r.State == burnlist.ReviewAttended {
		return r.Tally != nil && r.Tally.Changed == 0
	}
	machine := burnlist.System(time.Time{}).Actor
	return r.ConcludedBy != "" && string(r.ConcludedBy) != machine
}

func vainText(product string, r *burnlist.Review) (text, evidence string) {
	if r.State == burnlist.ReviewAttended {
		return fmt.Sprintf("the review of %s on %s changed nothing: all that was decided was to carry on as before", product, r.Date),
			Count(r.Tally.Decided, "item") + " carried on, nothing else decided"
	}
	return fmt.Sprintf("the review of %s on %s was concluded without a decision", product, r.Date),
		fmt.Sprintf("concluded by a person, %s on the agenda, nothing decided", Count(r.Entries, "item")) // whom it does not say: a warning is of a meeting
}

func skippedText(product string, r *burnlist.Review) (text, evidence string) {
	if !r.Held() {
		return fmt.Sprintf("the slot of %s on %s passed without a review", product, r.Date),
			cmp.Or(string(r.Reason), "no agenda was frozen")
	}
	return fmt.Sprintf("the review of %s on %s was skipped: nobody decided anything", product, r.Date),
		Count(r.Entries, "item") + " on the agenda, nothing decided"
}

// cancelledInARow warns of slots that were cancelled one after the other, with
// no review that was attended or skipped since. Each alone has its reason; all
// together nobody meets, and nothing else would tell.
func cancelledInARow(product string, past []*burnlist.Review) []Warning {
	var slots []*burnlist.Review
	var reasons []string
	met := len(past)
	for n, r := range past {
		if r.State != burnlist.ReviewCancelled {
			met = n
			break
		}
		if r.Slot.IsZero() {
			continue // people opened it beside the slots
		}
		slots = append(slots, r)
		if len(slots) <= mostEvidence {
			reasons = append(reasons, fmt.Sprintf("%s: %s", r.Date, Clip(cmp.Or(string(r.Reason), "no reason"), mostWords)))
		}
	}
	if len(slots) < calledOff {
		return nil
	}
	newest, since := slots[0], slots[len(slots)-1].Date // before which maybe nothing is known
	for _, r := range past[met:] {
		if r.State == burnlist.ReviewAttended || r.State == burnlist.ReviewSkipped && satInVain(r) {
			since = r.Date
			break
		}
	}
	slices.Reverse(reasons)
	return []Warning{{
		Code: ReviewSkipped, Level: Warn, Since: newest.Date, Subject: subject("review", newest.ID), Product: product, Review: newest.ID,
		Text:     fmt.Sprintf("the last %d slots of %s were cancelled: nobody has met since %s", len(slots), product, since),
		Evidence: strings.Join(reasons, "; "),
	}}
}

func productWarning(product string, c Code) Warning {
	return Warning{Code: c, Level: c.Definition().Level, Subject: "product/" + product, Product: product}
}

// nothingClosed warns of a product whose attended reviews find, one after the
// other, that nothing was closed.
func nothingClosed(product string, held []*burnlist.Review, policy *burnlist.Policy) []Warning {
	w := productWarning(product, NothingClosed)
	var found []string
	run := 0
	for _, r := range attended(held) {
		if r.Tally == nil || r.Tally.Closed > 0 {
			break
		}
		run++
		w.Since = r.Date
		if run <= mostEvidence {
			found = append(found, fmt.Sprintf("%s on %s: none closed, %d open", subject("review", r.ID), r.Date, r.Tally.Open))
		}
	}
	if run == 0 || run < policy.NothingClosed {
		return nil
	}
	slices.Reverse(found)
	w.Text = product + " closed nothing before its last attended review"
	if run > 1 {
		w.Text = fmt.Sprintf("%s closed nothing before any of its last %d attended reviews", product, run)
	}
	w.Evidence = strings.Join(found, "; ")
	return []Warning{w}
}

// overload warns of a product that has more open items than some meetings
// handle.
func overload(product string, past []*burnlist.Review, open int, policy *burnlist.Policy) []Warning {
	each, how := handles(past, policy)
	most := each * float64(policy.OverloadMeetings)
	if float64(open) <= most {
		return nil
	}
	w := productWarning(product, QueueOverload)
	w.Text = fmt.Sprintf("%s has %s: more than %s can handle, which is %s", product, Count(open, "open item"), Count(policy.OverloadMeetings, "meeting"), trimmed(most))
	w.Evidence = fmt.Sprintf("%d open; %s", open, how)
	// A concluded review knows how many were open then, an empty one too.
	for _, r := range past {
		if r.Tally == nil {
			continue
		}
		if float64(r.Tally.Open) <= most {
			break
		}
		w.Since = r.Date
	}
	return []Warning{w}
}

// handles returns how many items a meeting handles, and how that is known.
func handles(past []*burnlist.Review, policy *burnlist.Policy) (items float64, how string) {
	met := attended(past)
	met = met[:min(len(met), pacedReviews)]
	if len(met) < pacedFrom {
		return float64(policy.MeetingItems), fmt.Sprintf("a meeting is taken to handle %s, until two attended reviews show how many it does", Count(policy.MeetingItems, "item"))
	}
	decided := 0
	for _, r := range met {
		if r.Tally != nil {
			decided += r.Tally.Decided
		}
	}
	items = float64(decided) / float64(len(met))
	return items, fmt.Sprintf("the last %d attended reviews decided of %s on average", len(met), trimmed(items))
}
