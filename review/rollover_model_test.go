package review

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
)

// This is a second telling of promises and rollovers. It keeps everything that
// ever happened, in order, and answers each question from all of that anew: it
// is slow, and carries nothing on from one answer to the next. What
// burnlist.Facts and Conclude carry on is held against it.

// happening is one thing that happened. Its place in the history is its time.
type happening struct {
	what   string // born, froze, concluded, commit, closed, reopened, took over
	item   int64  // of all but concluded
	review int64  // froze and concluded
	other  int64  // born: what it was split off; took over: the duplicate

	date     burnlist.Date // froze and commit: the due date; concluded: that of the review
	attended bool
	reasoned bool            // commit
	how      burnlist.Status // closed
	at       time.Time       // closed and reopened by people

	decision int64 // within the review that is open; 0 if it was made alone
	void     bool  // the decision was undone
	until    int   // the place at which the agenda was frozen anew; 0 if it was not
}

type past []happening

// at are the places of what happened to an item before n.
func (p past) at(item int64, n int, what ...string) []int {
	var places []int
	for k, h := range p[:n] {
		if !h.void && (h.until == 0 || n <= h.until) && (h.item == item || h.what == "concluded") && slices.Contains(what, h.what) {
			places = append(places, k)
		}
	}
	return places
}

// born is the place at which an item came to be, and what it was split off.
func (p past) born(item int64) (place int, origin int64) {
	for k, h := range p {
		if h.what == "born" && h.item == item {
			return k, h.other
		}
	}
	panic("no such item")
}

// concluded is the place at which a review was concluded before n, or -1.
func (p past) concluded(review int64, n int) int {
	return slices.IndexFunc(p[:n], func(h happening) bool { return h.what == "concluded" && h.review == review })
}

// status of an item before n.
func (p past) status(item int64, n int) burnlist.Status {
	s := burnlist.Open
	for _, k := range p.at(item, n, "closed", "reopened") {
		if s = p[k].how; p[k].what == "reopened" {
			s = burnlist.Open
		}
	}
	return s
}

// existed reports whether an item was there when the agenda of a review was
// frozen for good: what is split off is as old as what it was split off.
func (p past) existed(item, review int64) bool {
	born, origin := p.born(item)
	frozen := -1
	for k, h := range p {
		if h.what == "opened" && h.review == review && h.until == 0 {
			frozen = k
		}
	}
	return born < frozen || origin != 0 && p.existed(origin, review)
}

// moved is the place of the one commit before n that moved the promise of an
// item itself, or -1.
func (p past) moved(item int64, n int) int {
	for _, k := range p.at(item, n, "commit") {
		if said := p.said(item, k); p[k].reasoned && said != 0 && p[k].date > said && !p.spent(item, k) {
			return k
		}
	}
	return -1
}

// spent reports whether, before n, the promise was moved that an item has now,
// be it by way of another item.
func (p past) spent(item int64, n int) bool {
	born, origin := p.born(item)
	if origin != 0 && p.spent(origin, born) || p.moved(item, n) >= 0 {
		return true
	}
	return slices.ContainsFunc(p.at(item, n, "took over"), func(k int) bool { return p.spent(p[k].other, k) })
}

// dated is the earliest date before n that an item was given: by an agenda that
// is concluded, by a commit, by a duplicate, or by what it was split off; since
// it was renegotiated.
func (p past) dated(item int64, n int) burnlist.Date {
	var all []burnlist.Date
	since := p.moved(item, n)
	for _, k := range p.at(item, n, "froze", "commit", "took over") {
		switch {
		case k < since:
		case p[k].what == "commit":
			all = append(all, p[k].date)
		case p[k].what == "took over":
			all = append(all, p.said(p[k].other, k))
		case p.concluded(p[k].review, n) >= 0:
			all = append(all, p[k].date)
		}
	}
	if born, origin := p.born(item); origin != 0 && since < 0 {
		all = append(all, p.said(origin, born))
	}
	return earliest(all)
}

// promised is the date that an item is promised for before n.
func (p past) promised(item int64, n int) burnlist.Date {
	date := p.dated(item, n)
	if k, second := p.second(item, n); k > p.moved(item, n) {
		date = earliest([]burnlist.Date{date, second})
	}
	return date
}

// said is what was said of an item before n: what is promised, and what the
// agenda froze that is under way.
func (p past) said(item int64, n int) burnlist.Date {
	all := []burnlist.Date{p.promised(item, n)}
	for _, k := range p.at(item, n, "froze") {
		if p.concluded(p[k].review, n) < 0 && k > p.moved(item, n) {
			all = append(all, p[k].date)
		}
	}
	return earliest(all)
}

func earliest(all []burnlist.Date) burnlist.Date {
	all = slices.DeleteFunc(all, burnlist.Date.IsZero)
	if len(all) == 0 {
		return 0
	}
	return slices.Min(all)
}

// finding is a review that found an item open, and the place at which that was
// known: a review that was slept through, when the item was reopened.
type finding struct {
	place, concluded int
}

func (p past) findings(item int64, n int) []finding {
	var all []finding
	born, _ := p.born(item)
	for _, c := range p.at(item, n, "concluded") {
		if c < born || !p[c].attended {
			continue
		}
		// Something that was born in a meeting has no past to answer for, unless
		// it was promised there.
		if !p.existed(item, p[c].review) && p.dated(item, c+1) == 0 {
			continue
		}
		switch p.status(item, c) {
		case burnlist.Open:
			all = append(all, finding{c, c})
		case burnlist.Done, burnlist.Duplicate:
			for _, k := range p.at(item, n, "reopened") {
				if k > c {
					all = append(all, finding{k, c})
					break
				}
			}
		case burnlist.Deprioritised: // put away openly, unless it was taken back within two weeks
			closed := p.at(item, c, "closed")
			away := p[closed[len(closed)-1]].at
			if back := p.at(item, n, "reopened"); len(back) > 0 {
				k := back[slices.IndexFunc(back, func(k int) bool { return k > c || k == back[len(back)-1] })]
				if k > c && !p[k].at.IsZero() && p[k].at.Sub(away) < 14*24*time.Hour {
					all = append(all, finding{k, c})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b finding) int { return a.place - b.place })
	return all
}

// reviewsWithout counts the attended reviews that found an item without a
// promise before n; the second is at a place and of a date.
func (p past) reviewsWithout(item int64, n int) (count, place int, date burnlist.Date) {
	born, origin := p.born(item)
	if origin != 0 {
		count, _, _ = p.reviewsWithout(origin, born)
	}
	if count >= 2 {
		return count, -1, 0 // it has that from what it was split off
	}
	takeovers := p.at(item, n, "took over")
	for _, f := range p.findings(item, n) {
		for len(takeovers) > 0 && takeovers[0] < f.place {
			theirs, _, _ := p.reviewsWithout(p[takeovers[0]].other, takeovers[0])
			count, takeovers = max(count, theirs), takeovers[1:]
		}
		if p.dated(item, f.place+1) != 0 || count >= 2 {
			continue
		}
		count++
		if count == 2 {
			return count, f.place, p[f.concluded].date
		}
	}
	for _, k := range takeovers {
		theirs, _, _ := p.reviewsWithout(p[k].other, k)
		count = max(count, theirs)
	}
	return count, -1, 0
}

// second is the second attended review of an item that had no promise.
func (p past) second(item int64, n int) (place int, date burnlist.Date) {
	_, place, date = p.reviewsWithout(item, n)
	return place, date
}

// rollovers are the dates of the reviews that an item rolled over at before n,
// and how many of them came since it was renegotiated.
func (p past) rollovers(item int64, n int) (dates []burnlist.Date, streak int) {
	born, origin := p.born(item)
	if origin != 0 {
		dates, streak = p.rollovers(origin, born)
	}
	found := p.findings(item, n)
	moved := p.moved(item, n)
	for k := born; k < n; k++ {
		if k == moved {
			streak = 0
		}
		if h := p[k]; h.what == "took over" && h.item == item && !h.void {
			theirs, their := p.rollovers(h.other, k)
			if len(theirs) > len(dates) {
				dates = theirs
			}
			streak = max(streak, their)
		}
		for _, f := range found {
			if f.place != k {
				continue
			}
			// What the agenda of that very review froze counts too.
			date, promised := p[f.concluded].date, p.promised(item, f.place+1)
			if promised != 0 && date > promised && (len(dates) == 0 || date >= dates[len(dates)-1]+5) {
				dates, streak = append(slices.Clone(dates), date), streak+1
			}
		}
	}
	return dates, streak
}

// team is what the store, the meeting and the people would be: it takes the real
// decisions and conclusions, and notes in a past what happened.
type team struct {
	t       *testing.T
	r       *rand.Rand
	now     time.Time
	p       burnlist.Product
	items   map[int64]burnlist.Item
	reviews []burnlist.Review // newest first, those that were concluded
	open    *burnlist.Review
	agenda  burnlist.Agenda
	made    []burnlist.ReviewDecision // in the open review
	past    past
	log     []string
}

const ana = "ana@example.org"

func (x *team) by() burnlist.Author { return burnlist.Author{Actor: ana, At: x.now} }

func (x *team) note(format string, args ...any) {
	x.log = append(x.log, x.now.Format("2006-01-02 15:04 ")+fmt.Sprintf(format, args...))
}

func (x *team) store(i burnlist.Item) burnlist.Item {
	if i.ID == 0 {
		i.ID = int64(len(x.items) + 1)
	}
	i.Version = x.items[i.ID].Version + 1
	x.items[i.ID] = i
	return i
}

// day is a date from some days ago to some weeks ahead, or none.
func (x *team) day(least int) burnlist.Date {
	if least < 0 && x.r.IntN(3) == 0 {
		return 0
	}
	return x.p.Today(x.now) + burnlist.Date(least+x.r.IntN(20))
}

func (x *team) report() {
	f := burnlist.ItemFields{Title: "Bound the retry queue", Service: "checkout", Owner: ana, Due: x.day(-8)}
	f.OpenedOn = x.p.Today(x.now) - 10
	i, err := burnlist.Item{}.With(f, x.by(), x.p)
	if err != nil {
		x.t.Fatal(err)
	}
	i = x.store(i)
	x.past = append(x.past, happening{what: "born", item: i.ID})
	x.note("item %d is reported, due %q", i.ID, i.Due)
}

func (x *team) edit(i burnlist.Item) {
	f := i.ItemFields
	if x.r.IntN(4) == 0 {
		f.Service = map[string]string{"checkout": "search", "search": "checkout"}[f.Service]
	} else {
		f.Due = max(x.day(-8), 0)
		if f.Due != 0 {
			f.Due = max(f.Due, f.OpenedOn)
		}
	}
	edited, err := i.With(f, x.by(), x.p)
	if err != nil {
		x.t.Fatal(err)
	}
	x.store(edited)
	x.note("item %d is edited: %s, due %q", i.ID, f.Service, f.Due)
}

// freeze opens the review, or freezes its agenda anew.
func (x *team) freeze() {
	verb := "refrozen"
	if x.open == nil {
		verb = "opened"
		x.open = &burnlist.Review{ID: int64(len(x.reviews) + 1), Product: x.p.Name, State: burnlist.ReviewOpen, OpenedAt: new(x.now)}
	}
	x.open.Date, x.open.Zone, x.open.FrozenAt = x.p.Today(x.now), x.p.Zone, new(x.now)
	for k := range x.past {
		if x.past[k].review == x.open.ID && x.past[k].until == 0 {
			x.past[k].until = len(x.past)
		}
	}
	x.past = append(x.past, happening{what: "opened", review: x.open.ID})
	x.agenda = burnlist.Agenda{}
	for id := int64(1); id <= int64(len(x.items)); id++ {
		i := x.items[id]
		if i.Status != burnlist.Open {
			continue
		}
		x.agenda.Entries = append(x.agenda.Entries, burnlist.AgendaEntry{
			Position: len(x.agenda.Entries) + 1, Rank: len(x.agenda.Entries) + 1, Item: id, Service: i.Service, Due: i.Due, Shown: json.RawMessage(`{}`),
		})
		if i.Due != 0 {
			x.past = append(x.past, happening{what: "froze", item: id, review: x.open.ID, date: i.Due})
		}
	}
	x.note("review %d is %s", x.open.ID, verb)
}

func (x *team) conclude() {
	m := burnlist.Meeting{
		Review: *x.open, Product: x.p, Policy: burnlist.DefaultPolicy(), Agenda: x.agenda, Decisions: x.made,
		Items: map[int64]burnlist.Item{}, Earlier: x.reviews, WasJump: map[int64]bool{},
		Services: map[string]burnlist.Service{"checkout": {Name: "checkout", Product: "shop"}, "search": {Name: "search", Product: "shop"}},
	}
	for id, i := range x.items {
		if i.Status == burnlist.Open || i.Status == burnlist.Deprioritised || x.entry(id) != nil {
			m.Items[id] = i
		}
	}
	attended := slices.ContainsFunc(x.made, burnlist.ReviewDecision.Stands)
	x.past = append(x.past, happening{what: "concluded", review: x.open.ID, date: x.open.Date, attended: attended})
	x.note("review %d is concluded, attended %t", x.open.ID, attended)
	c, err := Conclude(m, x.by(), nil, "")
	if err != nil {
		x.t.Fatal(err)
	}
	if (c.Review.State == burnlist.ReviewAttended) != attended {
		x.t.Fatalf("the review is %s", c.Review.State)
	}
	for _, i := range c.Items {
		x.store(i)
	}
	x.reviews = append([]burnlist.Review{c.Review}, x.reviews...)
	x.open, x.agenda, x.made = nil, burnlist.Agenda{}, nil
}

func (x *team) entry(item int64) *burnlist.AgendaEntry {
	for n, e := range x.agenda.Entries {
		if e.Item == item {
			return &x.agenda.Entries[n]
		}
	}
	return nil
}

// decide decides anything of an item, within the review that is open or alone.
func (x *team) decide(i burnlist.Item) {
	d := burnlist.Decision{Kind: burnlist.DecisionKinds[x.r.IntN(len(burnlist.DecisionKinds))]}
	if i.Status != burnlist.Open && x.r.IntN(4) > 0 {
		d.Kind = burnlist.DecideReopen
	}
	reason := func() { d.Reason = "there is more to it than we thought" }
	switch d.Kind {
	case burnlist.DecideCommit:
		if x.r.IntN(2) == 0 {
			reason()
		}
		if d.Due = x.day(0); x.r.IntN(4) == 0 {
			d.Due = 0
		}
	case burnlist.DecideDeprioritise, burnlist.DecideReopen:
		reason()
	case burnlist.DecideSnooze:
		reason()
		d.Until = x.p.Today(x.now) + 1 + burnlist.Date(x.r.IntN(20))
	case burnlist.DecideReassign:
		d.Owner = "bo@example.org"
	case burnlist.DecideDuplicate:
		d.Of = 1 + x.r.Int64N(int64(len(x.items)))
	case burnlist.DecideSplit:
		if len(x.items) >= 7 {
			return
		}
		if x.open != nil && i.CreatedAt.After(*x.open.FrozenAt) && i.Origin == 0 {
			return // what was born in this meeting is not cut up in it
		}
		d.Parts = []burnlist.Part{{Title: "The first part"}}
		if due := x.day(-8); due != 0 {
			d.Parts[0].Due = max(due, i.OpenedOn)
		}
	case burnlist.DecideDone, burnlist.DecideCarry:
	}
	c := burnlist.Case{Item: i, Product: x.p, Policy: burnlist.DefaultPolicy(), Seen: true}
	if s, ok := x.items[d.Of]; ok {
		c.Survivor = &s
	}
	if i.Closing != nil {
		for _, r := range slices.Backward(x.reviews) {
			if r.State == burnlist.ReviewAttended && !r.ConcludedAt.Before(i.Closing.At) {
				c.Slept = append(c.Slept, r)
			}
		}
	}
	e := x.entry(i.ID)
	if e != nil && (i.Facts.Renegotiated == nil || i.Facts.Renegotiated.Before(*x.open.FrozenAt)) {
		c.Frozen = e.Due
	}
	var decision int64
	if x.open != nil && e != nil && x.r.IntN(4) > 0 {
		c.Review, c.Entry = x.open, e
		decision = int64(len(x.made) + 1)
	}
	made, err := c.Decide(d, x.by())
	if err != nil {
		return // which rules there are is for other tests to say
	}
	same := made.Item
	same.UpdatedAt = i.UpdatedAt
	if reflect.DeepEqual(same, i) {
		return // nothing is stored
	}

	recorded := burnlist.ReviewDecision{
		ID: decision, Item: i.ID, Decision: d, Actor: ana, At: x.now, Before: []burnlist.Item{i}, After: map[int64]int64{i.ID: x.store(made.Item).Version},
	}
	h := happening{item: i.ID, at: x.now, decision: decision}
	switch d.Kind {
	case burnlist.DecideCommit:
		h.what, h.date, h.reasoned = "commit", made.Item.Due, d.Reason != ""
	case burnlist.DecideReopen:
		h.what = "reopened"
	case burnlist.DecideDone, burnlist.DecideDeprioritise, burnlist.DecideDuplicate:
		h.what, h.how = "closed", made.Item.Status
		if i.Status != burnlist.Open {
			h.what = "closed again"
		}
	case burnlist.DecideCarry, burnlist.DecideReassign, burnlist.DecideSnooze, burnlist.DecideSplit:
		h.what = string(d.Kind)
	}
	x.past = append(x.past, h)
	if h.what == "closed" && d.Of != 0 {
		x.past = append(x.past, happening{what: "took over", item: d.Of, other: i.ID, decision: decision})
	}
	if made.Survivor != nil {
		recorded.Before = append(recorded.Before, *c.Survivor)
		recorded.After[d.Of] = x.store(*made.Survivor).Version
	}
	for _, part := range made.Parts {
		part = x.store(part)
		recorded.After[part.ID] = part.Version
		x.past = append(x.past, happening{what: "born", item: part.ID, other: i.ID})
		x.note("item %d is split off item %d, due %q", part.ID, i.ID, part.Due)
	}
	where := "alone"
	if decision != 0 {
		where = fmt.Sprintf("in review %d as decision %d", x.open.ID, decision)
		x.made = append(x.made, recorded)
	}
	x.note("%s of item %d, due %q, reason %q, of %d, %s", d.Kind, i.ID, made.Item.Due, d.Reason, d.Of, where)
}

func (x *team) undo() {
	n := x.r.IntN(len(x.made))
	d := &x.made[n]
	undone, err := d.Undo(*x.open, x.items, x.by())
	if err != nil {
		return
	}
	for _, i := range undone {
		x.store(i)
		if i.Origin == d.Item && d.Decision.Kind == burnlist.DecideSplit && i.ID != d.Item {
			x.past = append(x.past, happening{what: "closed", item: i.ID, how: burnlist.Duplicate})
		}
	}
	for k := range x.past {
		if x.past[k].decision == d.ID && k > x.opened() {
			x.past[k].void = true
		}
	}
	d.UndoneAt = new(x.now)
	// The decisions before it left the items as they are now.
	for m := range x.made[:n] {
		for _, i := range d.Before {
			if version, ok := x.made[m].After[i.ID]; ok && version == i.Version {
				x.made[m].After[i.ID] = x.items[i.ID].Version
			}
		}
	}
	x.note("decision %d is undone", d.ID)
}

// opened is the place at which the open review was opened.
func (x *team) opened() int {
	return slices.IndexFunc(x.past, func(h happening) bool { return h.what == "opened" && h.review == x.open.ID })
}

// bringBack is what burnlist does by itself with something deprioritised.
func (x *team) bringBack(i burnlist.Item) {
	x.store(i.Returned(burnlist.RevisitCame, burnlist.System(x.now)))
	x.past = append(x.past, happening{what: "reopened", item: i.ID})
	x.note("item %d comes back", i.ID)
}

// step lets one thing happen.
func (x *team) step() {
	x.now = x.now.Add(time.Duration(1+x.r.IntN(10)) * time.Minute)
	one := x.items[1+x.r.Int64N(int64(len(x.items)))]
	switch n := x.r.IntN(20); {
	case n == 0 && len(x.items) < 7:
		x.report()
	case n <= 2 && one.Status == burnlist.Open:
		x.edit(one)
	case n == 3 && one.Status == burnlist.Deprioritised:
		x.bringBack(one)
	case n <= 7 && x.open == nil:
		x.now = x.now.Add(time.Duration(x.r.IntN(10*24)) * time.Hour)
		x.freeze()
	case n == 4 && len(x.made) == 0:
		x.freeze()
	case n <= 8 && x.open != nil:
		x.conclude()
	case n == 9:
		x.now = x.now.Add(time.Duration(x.r.IntN(4*24)) * time.Hour)
	case n <= 11 && len(x.made) > 0:
		x.undo()
	default:
		x.decide(one)
	}
}

// differs says what the two tellings say of the items, if it is not the same.
func (x *team) differs() string {
	var b strings.Builder
	for id := int64(1); id <= int64(len(x.items)); id++ {
		f, n := x.items[id].Facts, len(x.past)
		var rolled []burnlist.Date
		for _, r := range f.Rolled {
			rolled = append(rolled, r.Date)
		}
		promised := x.past.promised(id, n)
		dates, streak := x.past.rollovers(id, n)
		if f.Promised != promised || f.Streak != streak || f.Total != len(dates) || !slices.Equal(rolled, dates) {
			fmt.Fprintf(&b, "item %d is promised for %q and rolled over %d times, %d in all, at %s; the history says %q, %d, %d, %s\n",
				id, f.Promised, f.Streak, f.Total, rolled, promised, streak, len(dates), dates)
		}
	}
	return b.String()
}

// live lets so many things happen, and concludes what is open then. It stops
// where the two tellings are seen to differ.
func (x *team) live(steps int) {
	for range steps {
		was := x.open != nil
		x.step()
		if was && x.open == nil && x.r.IntN(4) == 0 && x.differs() != "" {
			return
		}
	}
	if x.open != nil {
		x.conclude()
	}
}

func newTeam(t *testing.T, seed uint64) *team {
	x := &team{
		t: t, r: rand.New(rand.NewPCG(seed, 0)), now: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC),
		p: burnlist.Product{Name: "shop", Zone: "UTC", Slot: burnlist.DefaultSlot}, items: map[int64]burnlist.Item{},
	}
	for range 1 + x.r.IntN(3) {
		x.report()
	}
	return x
}

func TestPromisesAndRolloversFollowFromTheHistory(t *testing.T) {
	histories := 10_000
	if testing.Short() {
		histories = 1_000
	}
	const parts = 4
	for part := range parts {
		t.Run(fmt.Sprintf("part %d", part), func(t *testing.T) {
			t.Parallel()
			differing, rolled, reviews := 0, 0, 0
			for n := part; n < histories; n += parts {
				// The short ones come first, so that what differs first is short.
				x := newTeam(t, uint64(n))
				x.live(6 + n*64/histories)
				if diff := x.differs(); diff != "" {
					t.Errorf("history %d:\n%s\n%s", n, strings.Join(x.log, "\n"), diff)
					differing++
					if differing == 3 {
						t.FailNow()
					}
				}
				reviews += len(x.reviews)
				for _, i := range x.items {
					rolled += i.Facts.Total
				}
			}
			if rolled < histories/parts {
				t.Errorf("%d rollovers: the histories are too tame", rolled)
			}
			t.Logf("%d reviews and %d rollovers", reviews, rolled)
		})
	}
}
