package review

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// oldFigures is the age of the figures at the freeze from which a digest says
// it.
const oldFigures = 15 * time.Minute

// kinds are the decisions in the order in which a digest tells them.
var kinds = [...]burnlist.DecisionKind{
	burnlist.DecideCommit, burnlist.DecideDone, burnlist.DecideDeprioritise, burnlist.DecideSnooze, burnlist.DecideDuplicate,
	burnlist.DecideSplit, burnlist.DecideReassign, burnlist.DecideReopen, burnlist.DecideCarry,
}

// Compose writes the digest of a meeting as of now. The review has its tally
// and its final state already, and the items are as they are after the
// conclusion; of a review that is not concluded both are as of now, and without
// an id the digest is that of the week. Rolled are the ids of the items that
// rolled over at this review. The link is the address under which people reach
// burnlist, or empty. It fails only if the agenda cannot be read.
func Compose(m burnlist.Meeting, rolled []int64, now time.Time, link string) (Digest, error) {
	c, err := newComposer(m, now)
	if err != nil {
		return Digest{}, err
	}
	r := m.Review
	d := Digest{
		Product: m.Product.Name, State: r.State, Date: r.Date, Zone: cmp.Or(r.Zone, m.Product.Zone), At: burnlist.Instant(now),
		Link: burnlist.NullString(link), Next: nextSlot(m.Product, m.Earlier, r, now),
	}
	if r.ID != 0 {
		d.Review = &r.ID
	}
	if d.Date.IsZero() {
		d.Date = m.Product.Today(now)
	}
	if r.Tally != nil {
		d.Tally = *r.Tally
	} else {
		d.Tally = *tally(m, now, len(rolled))
	}
	last, before := m.LastAttended()
	if before {
		d.Since = last.ConcludedAt
	}
	d.Alignment, d.AlignmentText = d.Tally.Alignment(), alignmentText(d.Tally, before)
	d.Budgets = c.budgets()
	d.Decided = c.decided()
	d.Entries = len(c.entries)
	d.Undecided, d.FirstUndecided = c.undecided()
	d.RolledOver = c.rolledOver(rolled)
	d.Closed, d.DaysFromPromise = c.closed()
	d.Deprioritised = c.putAway()
	d.Returned = c.returned()
	d.Backlog = c.backlog(d.Tally)
	d.Warnings = c.warnings(d.Tally.Open)
	return d, nil
}

// composer is a meeting, read so far as a digest needs it.
type composer struct {
	burnlist.Meeting

	now     time.Time
	frozen  Services
	entries []burnlist.AgendaEntry             // of the product, in their order
	jump    map[int64]bool                     // items that stood in tier 1 on the agenda
	seen    map[int64]seen                     // by item, of the entries
	last    map[int64]*burnlist.ReviewDecision // by item, the last one that stands
	own     []burnlist.Item                    // of the product, by id
}

// seen is the part of what an entry showed that is needed of each.
type seen struct {
	Item struct {
		Returned *burnlist.Return `json:"returned"`
	} `json:"item"`
	Warnings []frozenWarning `json:"warnings"`
}

// frozenWarning is a warning as an agenda froze it. Its code may be one that
// burnlist has given up since.
type frozenWarning struct {
	Code  string            `json:"code"`
	Level prioritizer.Level `json:"level"`
	Text  string            `json:"text"`
}

func newComposer(m burnlist.Meeting, now time.Time) (*composer, error) {
	c := &composer{
		Meeting: m, now: now,
		jump: map[int64]bool{}, seen: map[int64]seen{}, last: map[int64]*burnlist.ReviewDecision{},
	}
	var err error
	if c.frozen, err = FrozenServices(m.Agenda); err != nil {
		return nil, err
	}
	for _, e := range m.Agenda.Entries {
		if e.ReadOnly {
			continue
		}
		c.entries = append(c.entries, e)
		c.jump[e.Item] = e.Jump
		var s seen
		if err := json.Unmarshal(e.Shown, &s); err != nil {
			return nil, fmt.Errorf("read the agenda's entry of item %d: %w", e.Item, err)
		}
		c.seen[e.Item] = s
	}
	slices.SortStableFunc(c.entries, func(a, b burnlist.AgendaEntry) int { return cmp.Compare(a.Position, b.Position) })
	for n := range m.Decisions {
		if d := &m.Decisions[n]; d.Stands() {
			c.last[d.Item] = d
		}
	}
	for _, id := range slices.Sorted(maps.Keys(m.Items)) {
		if _, own := m.Services[m.Items[id].Service]; own {
			c.own = append(c.own, m.Items[id])
		}
	}
	return c, nil
}

func (c *composer) item(id int64) DigestItem {
	i := c.Items[id]
	return DigestItem{ID: id, Title: i.Title, Service: i.Service, Jump: c.jump[id]}
}

func (c *composer) budgets() DigestBudgets {
	b := DigestBudgets{Services: len(c.frozen.Budgets), MeasuredAt: c.Review.RefreshedAt}
	for _, s := range c.frozen.Budgets {
		line := DigestService{Service: s.Service, State: s.State, Reason: s.Reason, OpenItems: s.OpenItems, Text: s.Text}
		switch s.State {
		case burnlist.Exhausted, burnlist.Burning:
			b.Burning++
			b.Jump = append(b.Jump, line)
		case burnlist.AtRisk:
			b.AtRisk++
			b.Watch = append(b.Watch, line)
		case burnlist.Healthy:
			b.Healthy++
		case burnlist.Unknown:
			b.Unknown++
			b.Unclear = append(b.Unclear, line)
		}
	}
	b.Jump, b.Watch, b.Unclear = listed(b.Jump), listed(b.Watch), listed(b.Unclear)
	if frozen, measured := c.Review.FrozenAt, c.Review.RefreshedAt; frozen != nil && measured != nil {
		if age := frozen.Sub(*measured); age > oldFigures {
			b.Age = new(burnlist.Duration(age.Truncate(time.Second)))
		}
	}
	return b
}

func (c *composer) decided() []DecidedKind {
	by := map[burnlist.DecisionKind][]*burnlist.ReviewDecision{}
	for _, id := range slices.Sorted(maps.Keys(c.last)) {
		d := c.last[id]
		by[d.Decision.Kind] = append(by[d.Decision.Kind], d)
	}
	position := map[int64]int{}
	for n, e := range c.entries {
		position[e.Item] = n
	}
	all := []DecidedKind{}
	for _, kind := range kinds {
		of := by[kind]
		if len(of) == 0 {
			continue
		}
		group := DecidedKind{Kind: kind, Count: len(of), Items: []DigestDecision{}}
		if kind != burnlist.DecideCarry {
			slices.SortStableFunc(of, func(a, b *burnlist.ReviewDecision) int { return cmp.Compare(position[a.Item], position[b.Item]) })
			for _, d := range of[:min(len(of), mostListed)] {
				group.Items = append(group.Items, c.decision(*d))
			}
		}
		all = append(all, group)
	}
	return all
}

// undecided finds the items on the agenda that are open still and of which
// nothing was decided.
func (c *composer) undecided() (total int, named []DigestItem) {
	var all []burnlist.AgendaEntry
	for _, e := range c.entries {
		if c.last[e.Item] == nil && c.Items[e.Item].Status == burnlist.Open {
			all = append(all, e)
		}
	}
	// What was added during the meeting stands at the end of the agenda.
	slices.SortStableFunc(all, func(a, b burnlist.AgendaEntry) int { return cmp.Or(first(b.Snoozed, a.Snoozed), first(a.Jump, b.Jump)) })
	named = []DigestItem{}
	for _, e := range all[:min(len(all), mostUndecided)] {
		named = append(named, c.item(e.Item))
	}
	return len(all), named
}

func (c *composer) decision(d burnlist.ReviewDecision) DigestDecision {
	i, said := c.Items[d.Item], d.Decision
	line := DigestDecision{
		DigestItem: c.item(d.Item), Owner: said.Owner, Due: said.Due, Until: cmp.Or(said.Until, said.Revisit),
		Parts: len(said.Parts), Evidence: said.Evidence, Reason: said.Reason,
	}
	switch said.Kind { //nolint:exhaustive // the others say all that there is
	case burnlist.DecideCommit: // what it left out was so before
		line.Owner, line.Due = cmp.Or(said.Owner, i.Owner), cmp.Or(said.Due, i.Due)
	case burnlist.DecideDeprioritise:
		if i.Status == burnlist.Deprioritised && i.Closing != nil {
			line.Until = cmp.Or(line.Until, i.Closing.Revisit)
		}
	case burnlist.DecideDuplicate:
		line.Of = new(said.Of)
	}
	return line
}

// alignmentText says what the alignment figure means, or why there is none.
func alignmentText(t burnlist.Tally, before bool) string {
	share, known := t.Alignment().Get()
	switch {
	case !before:
		return "No alignment figure: there was no attended review before, so nothing says what should have come first"
	case known:
		return fmt.Sprintf("Alignment %s: %s of %s closed stood in tier 1 on the agenda of the last attended review",
			prioritizer.Percent(share), number(t.Aligned), items(t.Closed))
	case t.Closed == 0:
		return "No alignment figure: nothing was closed since the last attended review"
	}
	return "No alignment figure: nothing stood in tier 1 on the agenda of the last attended review"
}

// nextSlot returns the date of the first slot after now that has not got its
// review, been cancelled, or is about to adopt a review that people opened.
func nextSlot(p burnlist.Product, earlier []burnlist.Review, r burnlist.Review, now time.Time) burnlist.Date {
	if p.RetiredAt != nil {
		return 0
	}
	known := append([]burnlist.Review{r}, earlier...)
	slot := p.SlotBefore(now) + interval
	for {
		at := p.Slot.On(slot, p.Location())
		adopts := slices.ContainsFunc(known, func(r burnlist.Review) bool {
			return r.Slot.IsZero() && r.ID != 0 && r.Held() && r.OpenedAt != nil && r.OpenedAt.Sub(at).Abs() <= half
		})
		if !adopts && !taken(slot, known) {
			return slot
		}
		slot += interval
	}
}

// listed returns as much of a list as a digest keeps, and never nil.
func listed[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return slices.Clip(all[:min(len(all), mostListed)])
}

// first orders what holds before what does not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
