package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/review"
	"github.com/burnlist/burnlist/store"
)

// How much of an agenda a review shows at once; the rest is on the agenda.
const (
	shownEntries = 5  // of each service
	shownRelated = 20 // of other products
)

// ReviewDocument is a review with the part of its agenda that a meeting sees.
type ReviewDocument struct {
	burnlist.Review
	Services    []AgendaService       `json:"services" nullable:"false" doc:"Those with items on the agenda, in the order of their first item."`
	Warnings    []prioritizer.Warning `json:"warnings" nullable:"false" doc:"Of the services, as they were frozen."`
	Related     []AgendaEntry         `json:"related" nullable:"false" doc:"The first items of other products that an incident of this one asked for; they can only be read here."`
	MoreRelated int                   `json:"more_related" doc:"How many more there are on the agenda."`
	Decisions   int                   `json:"decisions" doc:"Decisions that stand."`
	Undecided   int                   `json:"undecided" doc:"Items of the product on the agenda that are open still and of which this review decided nothing that stands."`
}

// AgendaService is a service on an agenda.
type AgendaService struct {
	Service string         `json:"service"`
	State   burnlist.State `json:"state" enum:"exhausted,burning,at_risk,healthy,unknown" doc:"When the agenda was frozen."`
	Text    string         `json:"text" doc:"The state in one sentence."`
	Entries []AgendaEntry  `json:"entries" nullable:"false" doc:"The first five, the snoozed ones last."`
	More    int            `json:"more" doc:"How many more there are on the agenda."`
}

// AgendaEntry is an item as the queue had it when the agenda was frozen, or
// when the item was added, beside what became of it.
type AgendaEntry struct {
	prioritizer.Entry
	Added    bool                     `json:"added" doc:"During the meeting."`
	ReadOnly bool                     `json:"read_only" doc:"Of another product: decided of in that product's reviews."`
	Decision *burnlist.ReviewDecision `json:"decision" doc:"The last one in this review that stands."`
	Current  CurrentItem              `json:"current" doc:"The item as it is now."`
}

// CurrentItem is what somebody who decides has to know of how an item is now.
type CurrentItem struct {
	Status  burnlist.Status     `json:"status" enum:"open,done,deprioritised,duplicate"`
	Version int64               `json:"version" doc:"For If-Match."`
	Owner   burnlist.NullString `json:"owner" nullable:"true"`
	Due     burnlist.Date       `json:"due" nullable:"true" format:"date"`
}

// AgendaPage is a page of the agenda of a review.
type AgendaPage struct {
	Total      int           `json:"total" doc:"Entries that match the filter, on all pages."`
	NextCursor *int          `json:"next_cursor" doc:"Give it as after to continue; null at the end."`
	Entries    []AgendaEntry `json:"entries" nullable:"false"`
}

func (s *server) getReview(ctx context.Context, in *struct {
	ID int64 `path:"id" minimum:"1" example:"12"`
},
) (*struct{ Body ReviewDocument }, error) {
	r, err := s.Store.Review(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	agenda, last, err := s.agenda(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	frozen, err := review.FrozenServices(agenda)
	if err != nil {
		return nil, err
	}
	isOpen, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	doc := ReviewDocument{
		Review: header(r), Services: []AgendaService{}, Warnings: notNil(frozen.Warnings), Related: []AgendaEntry{}, Decisions: last.standing,
	}
	var services []string // in the order of their first item
	own, related := map[string][]burnlist.AgendaEntry{}, []burnlist.AgendaEntry{}
	for _, e := range agenda.Entries {
		if e.ReadOnly {
			related = append(related, e)
			continue
		}
		if own[e.Service] == nil {
			services = append(services, e.Service)
		}
		own[e.Service] = append(own[e.Service], e)
		if last.of[e.Item] == nil && isOpen(e.Item) {
			doc.Undecided++
		}
	}
	for _, name := range services {
		// Snoozed items stand behind all others, even those that were added later.
		all := own[name]
		slices.SortStableFunc(all, snoozedLast)
		v := AgendaService{Service: name, More: max(0, len(all)-shownEntries)}
		if v.Entries, err = s.entries(ctx, all[:min(len(all), shownEntries)], last); err != nil {
			return nil, err
		}
		v.State, v.Text = stateOf(name, frozen, v.Entries[0])
		doc.Services = append(doc.Services, v)
	}
	doc.MoreRelated = max(0, len(related)-shownRelated)
	doc.Related, err = s.entries(ctx, related[:min(len(related), shownRelated)], last)
	return &struct{ Body ReviewDocument }{doc}, err
}

func snoozedLast(a, b burnlist.AgendaEntry) int {
	switch {
	case a.Snoozed == b.Snoozed:
		return 0
	case a.Snoozed:
		return 1
	}
	return -1
}

// stateOf returns what an agenda froze of a service. A service that came later
// was not frozen; what its added item shows is the next best.
func stateOf(service string, frozen review.Services, first AgendaEntry) (burnlist.State, string) {
	for _, b := range frozen.Budgets {
		if b.Service == service {
			return b.State, b.Text
		}
	}
	for _, reason := range first.Reasons {
		if reason.Signal == prioritizer.Signals[0] {
			return first.Budget.State, reason.Text
		}
	}
	return first.Budget.State, ""
}

func (s *server) getAgenda(ctx context.Context, in *struct {
	ID      int64  `path:"id" minimum:"1" example:"12"`
	Service string `query:"service" doc:"Only items of this service."`
	After   int    `query:"after" minimum:"0" doc:"Only entries behind this position."`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
},
) (*struct{ Body AgendaPage }, error) {
	agenda, last, err := s.agenda(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var page AgendaPage
	var picked []burnlist.AgendaEntry
	for _, e := range agenda.Entries {
		if in.Service != "" && e.Service != in.Service {
			continue
		}
		page.Total++
		if e.Position <= in.After {
			continue
		}
		if len(picked) == in.Limit {
			page.NextCursor = new(picked[in.Limit-1].Position)
			continue // for the total
		}
		picked = append(picked, e)
	}
	if page.Total == 0 {
		// A service that is on the agenda is known, whatever became of it.
		if err := s.inStore(ctx, "", in.Service); err != nil {
			return nil, err
		}
	}
	page.Entries, err = s.entries(ctx, picked, last)
	return &struct{ Body AgendaPage }{page}, err
}

func (s *server) addToAgenda(ctx context.Context, in *struct {
	Authored
	Keyed
	ID   int64 `path:"id" minimum:"1" example:"12"`
	Body struct {
		Item int64 `json:"item" minimum:"1" example:"142" doc:"An open item of the product."`
	}
},
) (*Created[AgendaEntry], error) {
	by := in.once(s.author(in.Authored))
	q, err := s.newestQueue(ctx, by)
	if err != nil {
		return nil, err
	}
	r, e, revision, err := s.Store.AddEntry(ctx, by, in.ID, in.Body.Item, func(_ burnlist.Review, i burnlist.Item) (burnlist.AgendaEntry, error) {
		return review.Added(q, i.ID)
	})
	if err != nil {
		return nil, s.itemInBody(ctx, in.ID, err)
	}
	s.settle(ctx, revision)
	items, err := s.Store.ItemsAt(ctx, revision, e.Item)
	if err != nil {
		return nil, err
	}
	added, err := entryOf(e, items[0], nil) // nothing was decided of it before
	return created(fmt.Sprintf("reviews/%d/agenda", r.ID), added, r.Version, revision), err
}

// newestQueue returns the queue with everything that is stored: another replica
// may have just stored the item that is to be added. What was added already
// needs none.
func (s *server) newestQueue(ctx context.Context, by burnlist.Author) (*prioritizer.Queue, error) {
	if done, err := s.Store.Repeated(ctx, by); err != nil || done {
		return nil, err
	}
	revision, err := s.Store.Revision(ctx)
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	return s.queue()
}

// decided is what a review decided so far.
type decided struct {
	of       map[int64]*burnlist.ReviewDecision // by item, the last that stands
	standing int
}

func decisionsOf(all []burnlist.ReviewDecision) decided {
	d := decided{of: map[int64]*burnlist.ReviewDecision{}}
	for i := range all {
		if all[i].Stands() {
			d.of[all[i].Item] = &all[i]
			d.standing++
		}
	}
	return d
}

// agenda reads what a review froze, and what it decided of it.
func (s *server) agenda(ctx context.Context, id int64) (burnlist.Agenda, decided, error) {
	agenda, err := s.Store.Agenda(ctx, id)
	if err != nil {
		return agenda, decided{}, err
	}
	decisions, err := s.Store.ReviewDecisions(ctx, id)
	return agenda, decisionsOf(decisions), err
}

// entries shows some entries of an agenda.
func (s *server) entries(ctx context.Context, of []burnlist.AgendaEntry, last decided) ([]AgendaEntry, error) {
	all := make([]AgendaEntry, 0, len(of))
	for _, e := range of {
		shown, err := s.entry(ctx, e, last)
		if err != nil {
			return nil, err
		}
		all = append(all, shown)
	}
	return all, nil
}

func (s *server) entry(ctx context.Context, e burnlist.AgendaEntry, last decided) (AgendaEntry, error) {
	i, err := s.item(ctx, e.Item)
	if err != nil {
		return AgendaEntry{}, err
	}
	return entryOf(e, i, last.of[e.Item])
}

// entryOf shows an entry beside the item as it is, and what was decided of it.
func entryOf(e burnlist.AgendaEntry, i burnlist.Item, last *burnlist.ReviewDecision) (AgendaEntry, error) {
	shown, err := review.Shown(e)
	if err != nil {
		return AgendaEntry{}, err
	}
	shown.Position = e.Position
	return AgendaEntry{
		Entry: shown, Added: e.Added, ReadOnly: e.ReadOnly, Decision: last,
		Current: CurrentItem{Status: i.Status, Version: i.Version, Owner: i.Owner, Due: i.Due},
	}, nil
}

// item returns an item as it is, from memory where the board has it.
func (s *server) item(ctx context.Context, id int64) (burnlist.Item, error) {
	if q := s.Board.Queue(); q != nil {
		if i := q.World.Items.Get(id); i != nil {
			return *i, nil
		}
	}
	return s.Store.Item(ctx, id)
}

// open returns what tells whether an item is open now, from memory where the
// board is loaded.
func (s *server) open(ctx context.Context) (func(id int64) bool, error) {
	if q := s.Board.Queue(); q != nil {
		return func(id int64) bool {
			i := q.World.Items.Get(id)
			return i != nil && i.Status == burnlist.Open
		}, nil
	}
	items, err := s.Store.Items(ctx, store.ItemFilter{Status: burnlist.Open})
	return func(id int64) bool {
		_, found := slices.BinarySearchFunc(items, id, func(i burnlist.Item, id int64) int { return cmp.Compare(i.ID, id) })
		return found
	}, err
}
