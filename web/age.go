package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/burnlist/burnlist/prioritizer"
)

// notice is something that the reader must know before reading on.
type notice struct {
	Level string // alarm, warn or blind, as the style sheet has them
	Word  string
	Text  string
	Lines []line
	More  string
}

// line is one detail of a notice, and the error that it tells of, if any.
type line struct{ Text, Error string }

// oldAge is the age above which figures are late, whatever they are made of.
const oldAge = 15 * time.Minute

// mostLines is how many details a notice tells.
const mostLines = 5

// late reports whether something newer should be known of an SLO by now. A
// slice has to end, to settle and to be fetched before it can be known, so the
// newest one is always up to its width and some minutes old; one may be missed.
// When the figures were stored says nothing: they are not stored anew while
// they stay the same.
func (b *builder) late(o prioritizer.SLOBudget) bool {
	patience := oldAge
	if s := b.q.World.SLOs[string(o.SLO)]; s != nil {
		patience = max(patience, 2*s.Slice.Std()+5*time.Minute)
	}
	return o.KnownUntil != nil && b.now.Sub(*o.KnownUntil) > patience
}

// age says how old the shown figures are, and warns if they are too old to
// trust the order, or if some could not be had. Where no SLO is shown there is
// nothing to say.
func (b *builder) age(services []serviceView) (string, []notice) {
	var slos, known, late, asked int
	var failed []sloView
	var newest time.Time
	for _, s := range services {
		for _, o := range s.SLOs {
			slos++
			if o.Figures != nil {
				asked++
			}
			if o.Error != "" {
				failed = append(failed, o)
			}
			if o.KnownUntil == nil {
				continue
			}
			known++
			if o.KnownUntil.After(newest) {
				newest = *o.KnownUntil
			}
			if b.late(o.SLOBudget) {
				late++
			}
		}
	}
	var said string
	var notices []notice
	switch {
	case slos == 0:
	case known == 0:
		said = "budgets not measured yet"
	default:
		said = "budgets known up to " + ago(b.now.Sub(newest))
	}
	switch {
	case known > 0 && late == known:
		notices = append(notices, b.old(newest, failed))
	case len(failed) > 0:
		notices = append(notices, partly(failed, slos))
	case slos > 0 && asked == 0:
		notices = append(notices, notice{
			Level: "blind", Word: "No budget has been measured yet.",
			Text: "Until one has been, every tier is unknown and the order says little.",
		})
	}
	return said, notices
}

// patience is how long the store may be silent before the page says so.
const patience = 15 * time.Second

// cutOff warns that the queue is not kept up to date any more.
func cutOff(behind time.Duration) notice {
	return notice{
		Level: "alarm", Word: "The database has not answered for " + span(behind) + ":",
		Text: "this is the queue as it was then, and nothing can be changed until it answers.",
	}
}

// old warns of figures of which none is newer than since. It does not say whose
// fault that is, as a service that is gone looks the same; errors speak for
// themselves.
func (b *builder) old(since time.Time, failed []sloView) notice {
	n := notice{
		Level: "alarm", Word: "The figures are " + span(b.now.Sub(since)) + " old:",
		Text: "no newer figures since " + moment(since, b.zone(b.f.Product)) + "; the order may be out of date.",
	}
	n.quote(failed)
	return n
}

// partly warns of the SLOs that could not be measured while others could.
func partly(failed []sloView, of int) notice {
	n := notice{
		Level: "warn", Word: "Some budgets could not be measured:",
		Text: fmt.Sprintf("%d of %s. What is shown of them is from before, if there is anything.", len(failed), count(of, "SLO")),
	}
	n.quote(failed)
	return n
}

// quote adds the error of each SLO, the same words once.
func (n *notice) quote(failed []sloView) {
	byError := map[string][]string{}
	for _, o := range failed {
		byError[o.Error] = append(byError[o.Error], string(o.SLO))
	}
	var lines []line
	for said, names := range byError {
		named, more := cut(names, mostLines)
		text := strings.Join(named, ", ")
		if more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		lines = append(lines, line{Text: text, Error: said})
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Or(cmp.Compare(a.Text, b.Text), cmp.Compare(a.Error, b.Error)) })
	n.tell(lines)
}

// tell keeps the first lines and says how many more there are.
func (n *notice) tell(lines []line) {
	var more int
	if n.Lines, more = cut(lines, mostLines); more > 0 {
		n.More = fmt.Sprintf("and %d more, below", more)
	}
}

// alarms repeats at the top what the warnings below shout: a service burns and
// nothing would stop it, or reviews are skipped in a row.
func alarms(warnings []warningView) []notice {
	var lines []line
	for _, w := range warnings {
		if w.Level == prioritizer.Alarm {
			lines = append(lines, line{Text: w.Text})
		}
	}
	if len(lines) == 0 {
		return nil
	}
	n := notice{Level: "alarm", Word: "Nobody is on it:"}
	n.tell(lines)
	return []notice{n}
}
