package review

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
)

// Conclude ends a meeting: it says whether the review was attended, writes what
// it found into the facts of the items, counts what it came to, and composes
// the digest with one message for each recipient. It is pure, and modifies
// nothing of the meeting.
func Conclude(m burnlist.Meeting, by burnlist.Author, to []Recipient, link string) (burnlist.Conclusion, error) {
	r := m.Review
	r.State = burnlist.ReviewSkipped
	if attended(m.Decisions) {
		r.State = burnlist.ReviewAttended
	}
	r.ConcludedAt, r.ConcludedBy = &by.At, burnlist.NullString(by.Actor)

	entries := map[int64]*burnlist.AgendaEntry{}
	for n := range m.Agenda.Entries {
		if e := &m.Agenda.Entries[n]; !e.ReadOnly {
			entries[e.Item] = e
		}
	}
	after := maps.Clone(m.Items)
	var changed []burnlist.Item
	var rolled []int64
	for _, id := range slices.Sorted(maps.Keys(m.Items)) {
		before := m.Items[id]
		if _, own := m.Services[before.Service]; !own && entries[id] == nil {
			continue // of another product, and shown to be read only
		}
		facts, rolledOver := found(before, entries[id], r)
		if rolledOver {
			rolled = append(rolled, id)
		}
		if facts.Equal(before.Facts) {
			continue
		}
		item := before
		item.Facts = facts
		after[id] = item
		changed = append(changed, item)
	}
	m.Items = after
	r.Tally = tally(m, by.At, len(rolled))
	m.Review = r

	d, err := Compose(m, rolled, by.At, link)
	if err != nil {
		return burnlist.Conclusion{}, err
	}
	c := burnlist.Conclusion{Review: r, Items: changed, Messages: d.messages(fmt.Sprintf("review-%d", r.ID), to, by.At)}
	if c.Digest, err = json.Marshal(d); err != nil {
		return c, fmt.Errorf("write the digest: %w", err)
	}
	return c, nil
}

// attended reports whether a person decided anything that stands.
func attended(decisions []burnlist.ReviewDecision) bool {
	machine := burnlist.System(time.Time{}).Actor
	return slices.ContainsFunc(decisions, func(d burnlist.ReviewDecision) bool { return d.Stands() && d.Actor != machine })
}

// found returns the facts of an item after the review, and whether it rolled
// over. An item that was closed when the agenda was frozen and open again at
// the end did not stand on it, but was found open all the same; one that was
// born in the meeting has no past to answer for.
func found(i burnlist.Item, e *burnlist.AgendaEntry, r burnlist.Review) (after burnlist.Facts, rolledOver bool) {
	after = i.Facts
	if e != nil {
		after = after.Froze(e.Due, *r.FrozenAt)
	}
	if r.State != burnlist.ReviewAttended {
		return after, false
	}
	if e != nil {
		after.PreviousRank = e.Rank
	}
	stood := i
	stood.Facts = after
	if i.Status == burnlist.Open && (e != nil || stood.Stood(*r.FrozenAt)) {
		total := after.Total
		after = after.Found(r.ID, r.Date)
		rolledOver = after.Total > total
	}
	return after, rolledOver
}

// tally counts what a meeting came to. The items are as they are after it.
func tally(m burnlist.Meeting, now time.Time, rollovers int) *burnlist.Tally {
	t := &burnlist.Tally{Rollovers: rollovers}
	last := map[int64]burnlist.ReviewDecision{}
	for _, d := range m.Decisions {
		if d.Stands() {
			last[d.Item] = d
		}
	}
	t.Decided = len(last)
	for _, d := range last {
		if !asBefore(d) {
			t.Changed++
		}
	}
	if before, ok := m.LastAttended(); ok {
		t.LastJump = before.Jump
	}
	for _, i := range m.Items {
		if _, own := m.Services[i.Service]; !own {
			continue
		}
		switch i.Status {
		case burnlist.Open:
			t.Open++
			if i.Commitment() {
				t.Commitments++
			}
		case burnlist.Done:
			if !closedSince(i, m, now) {
				continue
			}
			t.Closed++
			if m.WasJump[i.ID] {
				t.Aligned++
			}
			if !i.Facts.Promised.IsZero() {
				t.Promised++
				if daysLate(i, m.Product.Location()) <= 0 {
					t.OnTime++
				}
			}
		case burnlist.Deprioritised:
			if closedSince(i, m, now) {
				t.Deprioritised++
			}
		case burnlist.Duplicate:
		}
	}
	return t
}

// asBefore reports whether a decision left its item as it was.
func asBefore(d burnlist.ReviewDecision) bool {
	n := slices.IndexFunc(d.Before, func(i burnlist.Item) bool { return i.ID == d.Item })
	if n < 0 {
		return d.Decision.Kind == burnlist.DecideCarry
	}
	i := d.Before[n]
	sameOwner := d.Decision.Owner == "" || d.Decision.Owner == i.Owner
	sameDue := d.Decision.Due.IsZero() || d.Decision.Due == i.Due
	switch d.Decision.Kind {
	case burnlist.DecideCarry:
		return true
	case burnlist.DecideReassign:
		return sameOwner
	case burnlist.DecideCommit:
		return sameOwner && sameDue && !i.Facts.Promised.IsZero()
	case burnlist.DecideDone, burnlist.DecideDeprioritise, burnlist.DecideSnooze, burnlist.DecideReopen, burnlist.DecideDuplicate, burnlist.DecideSplit:
	}
	return false
}

// closedSince reports whether an item was closed since the last attended
// review was concluded.
func closedSince(i burnlist.Item, m burnlist.Meeting, now time.Time) bool {
	if i.Closing == nil || i.Closing.At.After(now) {
		return false
	}
	last, ok := m.LastAttended()
	return !ok || last.ConcludedAt == nil || i.Closing.At.After(*last.ConcludedAt)
}

// closedOn returns the day on which an item was closed, as it was in the zone
// that the product had then.
func closedOn(c burnlist.Closing, zone *time.Location) burnlist.Date {
	if c.On.IsZero() { // closed before the day was kept
		return burnlist.DateIn(c.At, zone)
	}
	return c.On
}

// daysLate returns by how many days an item was done after its promised date;
// negative if before it.
func daysLate(i burnlist.Item, zone *time.Location) int {
	return int(closedOn(*i.Closing, zone) - i.Facts.Promised)
}
