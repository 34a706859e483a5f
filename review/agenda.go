package review

import (
	"encoding/json"
	"fmt"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// Services are what an agenda freezes of the services of its product.
type Services struct {
	Budgets  []prioritizer.ServiceBudget `json:"budgets" nullable:"false"`  // the most urgent first
	Warnings []prioritizer.Warning       `json:"warnings" nullable:"false"` // of the services
}

// Freeze returns the review with what the queue says of its product at that
// moment, and the agenda: the open items of the product in the order of the
// queue, and behind them, to be read only, those of other products that one of
// its incidents asked for.
func Freeze(q *prioritizer.Queue, r burnlist.Review, p burnlist.Product) (burnlist.Review, burnlist.Agenda, error) {
	at := q.At
	r.Date, r.Zone, r.FrozenAt = p.Today(at), p.Zone, &at
	r.PolicyVersion, r.QueueRevision, r.RefreshedAt = q.World.Policy.Version, q.Revision, nil
	if refreshed := q.World.Budgets.RefreshedAt; !refreshed.IsZero() {
		r.RefreshedAt = &refreshed
	}
	r.Entries, r.Jump, r.States = 0, 0, map[string]burnlist.State{}

	var agenda burnlist.Agenda
	add := func(ranked *prioritizer.Ranked, readOnly bool) error {
		e, err := entry(q, ranked, len(agenda.Entries)+1)
		if err != nil {
			return err
		}
		e.ReadOnly = readOnly
		agenda.Entries = append(agenda.Entries, e)
		if !readOnly {
			r.Entries++
			if e.Jump {
				r.Jump++
			}
		}
		return nil
	}
	var related []*prioritizer.Ranked
	for ranked := range q.All() {
		switch {
		case ranked.Product() == p.Name:
			if err := add(ranked, false); err != nil {
				return r, agenda, err
			}
		case ranked.Item.Source != nil && ranked.Item.Source.Product == burnlist.NullString(p.Name):
			related = append(related, ranked)
		}
	}
	for _, ranked := range related {
		if err := add(ranked, true); err != nil {
			return r, agenda, err
		}
	}

	frozen := Services{Budgets: []prioritizer.ServiceBudget{}, Warnings: []prioritizer.Warning{}}
	for _, b := range q.Budgets() {
		if b.Product == p.Name {
			r.States[b.Service] = b.State
			frozen.Budgets = append(frozen.Budgets, b)
		}
	}
	for _, w := range q.ServiceWarnings() {
		if w.Product == p.Name {
			frozen.Warnings = append(frozen.Warnings, w)
		}
	}
	var err error
	if agenda.Services, err = json.Marshal(frozen); err != nil {
		return r, agenda, fmt.Errorf("freeze the services: %w", err)
	}
	return r, agenda, nil
}

// Added returns the entry of one more item, whose place on the agenda is the
// store's to say. It fails with Conflict if the queue does not have the item.
func Added(q *prioritizer.Queue, item int64) (burnlist.AgendaEntry, error) {
	ranked := q.Entry(item)
	if ranked == nil {
		return burnlist.AgendaEntry{}, burnlist.Errorf(burnlist.Conflict, "item %d is not in the queue: only open items can be added to an agenda", item)
	}
	e, err := entry(q, ranked, 0)
	e.Added = true
	return e, err
}

func entry(q *prioritizer.Queue, ranked *prioritizer.Ranked, position int) (burnlist.AgendaEntry, error) {
	e := q.Show(ranked, position)
	shown, err := json.Marshal(e)
	if err != nil {
		return burnlist.AgendaEntry{}, fmt.Errorf("freeze item %d: %w", ranked.Item.ID, err)
	}
	return burnlist.AgendaEntry{
		Position: position, Item: ranked.Item.ID, Service: ranked.Item.Service, Rank: e.Rank,
		Jump: ranked.Tier == prioritizer.Jump, Due: ranked.Item.Due, Snoozed: ranked.Key().Snoozed, Shown: shown,
	}, nil
}

// Shown reads what an entry froze.
func Shown(e burnlist.AgendaEntry) (prioritizer.Entry, error) {
	var shown prioritizer.Entry
	if err := json.Unmarshal(e.Shown, &shown); err != nil {
		return shown, fmt.Errorf("read the agenda's entry of item %d: %w", e.Item, err)
	}
	return shown, nil
}

// FrozenServices reads what an agenda froze of the services.
func FrozenServices(a burnlist.Agenda) (Services, error) {
	var frozen Services
	if len(a.Services) == 0 {
		return frozen, nil
	}
	if err := json.Unmarshal(a.Services, &frozen); err != nil {
		return frozen, fmt.Errorf("read the agenda's services: %w", err)
	}
	return frozen, nil
}
