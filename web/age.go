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

// line is one detail of a notice, and the words of somebody else in it.
type line struct{ Text, Quote string }

// oldAge is the age from which the reader is warned of the figures.
const oldAge = 15 * time.Minute

// mostLines is how many details a notice tells.
const mostLines = 5

// late reports whether the last refresh brought nothing new of an SLO. A slice
// has to end, to settle and to be fetched before it can be known, so the newest
// one may always be that old.
func (b *builder) late(o prioritizer.SLOBudget) bool {
	patience := oldAge
	if s := b.q.World.SLOs[string(o.SLO)]; s != nil {
		patience = max(patience, 2*s.Slice.Std()+5*time.Minute)
	}
	return o.KnownUntil != nil && b.q.World.Budgets.RefreshedAt.Sub(*o.KnownUntil) > patience
}

// age says how old the shown figures are, and warns if they are too old to
// trust the order, or if some could not be had.
func (b *builder) age(services []serviceView) (string, []notice) {
	var measured, late []sloView
	var failed []sloView
	var newest time.Time
	for _, s := range services {
		for _, o := range s.SLOs {
			if o.Error != "" {
				failed = append(failed, o)
			}
			if o.KnownUntil == nil {
				continue
			}
			measured = append(measured, o)
			if o.KnownUntil.After(newest) {
				newest = *o.KnownUntil
			}
			if b.late(o.SLOBudget) {
				late = append(late, o)
			}
		}
	}
	refreshed := b.q.World.Budgets.RefreshedAt
	switch {
	case refreshed.IsZero():
		return "budgets not measured yet", b.unmeasured(services)
	case b.now.Sub(refreshed) > oldAge:
		return "budgets measured " + ago(b.now.Sub(refreshed)), []notice{b.old(refreshed, silent, failed)}
	case len(measured) > 0 && len(late) == len(measured):
		said := silent
		if len(failed) == 0 {
			said = "Prometheus has had nothing newer than"
		}
		return "budgets known up to " + ago(b.now.Sub(newest)), []notice{b.old(newest, said, failed)}
	case len(failed) > 0:
		n := notice{
			Level: "warn", Word: "Some budgets could not be measured.",
			Text: fmt.Sprintf("Prometheus gave no answer for %d of %s; their figures are from before, if there are any.", len(failed), count(slosIn(services), "SLO")),
		}
		n.quote(failed)
		return "budgets measured " + ago(b.now.Sub(refreshed)), []notice{n}
	}
	return "budgets measured " + ago(b.now.Sub(refreshed)), nil
}

// silent introduces the moment from which on there are no answers.
const silent = "Prometheus has not answered since"

// old warns of figures that are as they were at since.
func (b *builder) old(since time.Time, said string, failed []sloView) notice {
	n := notice{Level: "alarm", Word: "The figures are " + span(b.now.Sub(since)) + " old:"}
	n.Text = said + " " + moment(since, b.zone(b.f.Product)) + "; the order may be out of date."
	n.quote(failed)
	return n
}

// unmeasured says that there is an order, but no budget in it yet.
func (b *builder) unmeasured(services []serviceView) []notice {
	if slosIn(services) == 0 {
		return nil
	}
	return []notice{{
		Level: "blind", Word: "No budget has been measured yet.",
		Text: "Until Prometheus has answered for the first time, every tier is unknown and the order says little.",
	}}
}

// quote adds what the source said of each SLO, the same words once.
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
		lines = append(lines, line{Text: text, Quote: said})
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Or(cmp.Compare(a.Text, b.Text), cmp.Compare(a.Quote, b.Quote)) })
	n.tell(lines)
}

// tell keeps the first lines and says how many more there are.
func (n *notice) tell(lines []line) {
	var more int
	if n.Lines, more = cut(lines, mostLines); more > 0 {
		n.More = fmt.Sprintf("and %d more, below", more)
	}
}

// alarms repeats at the top what the services' warnings below shout: that
// something burns which nothing in the queue would stop.
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
	n := notice{Level: "alarm", Word: "Not in the queue:"}
	n.tell(lines)
	return []notice{n}
}

func slosIn(services []serviceView) int {
	n := 0
	for _, s := range services {
		n += len(s.SLOs)
	}
	return n
}
