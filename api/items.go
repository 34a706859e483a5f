package api

import (
	"context"
	"fmt"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/store"
)

// ItemList is a page of action items.
type ItemList struct {
	Items      []burnlist.ItemView `json:"items" nullable:"false"`
	NextCursor *int64              `json:"next_cursor" doc:"Give it as after to continue; null at the end."`
}

// WrittenItem is an action item as it is now, and what could be better about
// it.
type WrittenItem struct {
	burnlist.ItemView
	Advice []prioritizer.Advice `json:"advice" nullable:"false" doc:"What could be better about its words: vague or group_owner; nothing was refused for it."`
}

type newItem struct {
	Key      burnlist.NullString `json:"key,omitempty" nullable:"true" maxLength:"200" example:"PM-31/2" doc:"Your own identifier of the item; unique."`
	Title    string              `json:"title" minLength:"1" maxLength:"300" example:"Alert on connection pool saturation"`
	Service  string              `json:"service" minLength:"1" maxLength:"100" example:"checkout"`
	SLO      burnlist.NullString `json:"slo,omitempty" nullable:"true" maxLength:"100" doc:"The SLO of the service that the item addresses, if it is one."`
	Owner    burnlist.NullString `json:"owner,omitempty" nullable:"true" maxLength:"200" example:"ana@example.org" doc:"One person. Without an owner the item is a wish."`
	Due      namedDay            `json:"due,omitzero" doc:"Without a due date the item is a wish. A date, or a day such as tomorrow, in 2 weeks, next friday or end of month, from today in the product's zone."`
	Priority burnlist.Priority   `json:"priority,omitempty" enum:"P0,P1,P2,P3,P4" doc:"P2 if it is not given."`
	Ticket   burnlist.NullString `json:"ticket,omitempty" nullable:"true" maxLength:"500" doc:"Where the team tracks the work."`
	Source   *itemSource         `json:"source,omitempty" doc:"The incident that asked for the item."`
	OpenedOn burnlist.Date       `json:"opened_on,omitzero" doc:"Today, in the product's zone, if it is not given."`
	DoneWhen burnlist.NullString `json:"done_when,omitempty" nullable:"true" maxLength:"1000" example:"The alert has paged somebody in a drill" doc:"How anybody can tell that the item is done."`
}

type itemChange struct {
	Key      Nullable[burnlist.NullString] `json:"key,omitzero" maxLength:"200"`
	Title    Optional[string]              `json:"title,omitzero" minLength:"1" maxLength:"300"`
	Service  Optional[string]              `json:"service,omitzero" minLength:"1" maxLength:"100" doc:"Another service moves the item there."`
	SLO      Nullable[burnlist.NullString] `json:"slo,omitzero" maxLength:"100"`
	Owner    Nullable[burnlist.NullString] `json:"owner,omitzero" maxLength:"200" example:"ana@example.org"`
	Due      namedDay                      `json:"due,omitzero"`
	Priority Optional[burnlist.Priority]   `json:"priority,omitzero" enum:"P0,P1,P2,P3,P4"`
	Ticket   Nullable[burnlist.NullString] `json:"ticket,omitzero" maxLength:"500"`
	Source   Nullable[itemSource]          `json:"source,omitzero" doc:"Replaces the whole source."`
	OpenedOn Optional[burnlist.Date]       `json:"opened_on,omitzero"`
	DoneWhen Nullable[burnlist.NullString] `json:"done_when,omitzero" maxLength:"1000"`
}

type itemSource struct {
	Product burnlist.NullString `json:"product,omitempty" nullable:"true" maxLength:"100" example:"mail" doc:"The product whose incident it was, if not the item's own. Its reviews see the item without deciding of it."`
	URL     burnlist.NullString `json:"url,omitempty" nullable:"true" maxLength:"2000" example:"https://wiki.example.org/postmortems/31" doc:"Of the postmortem."`
	Title   burnlist.NullString `json:"title,omitempty" nullable:"true" maxLength:"300"`
	Start   *time.Time          `json:"start,omitempty" nullable:"true" doc:"Of the incident; with end, or neither."`
	End     *time.Time          `json:"end,omitempty" nullable:"true"`
}

// noun returns the source as the root package has it, nil if it says nothing.
func (i *itemSource) noun() *burnlist.Source {
	if i == nil || *i == (itemSource{}) {
		return nil
	}
	instant := func(t *time.Time) *time.Time {
		if t == nil {
			return nil
		}
		return new(burnlist.Instant(*t))
	}
	return &burnlist.Source{Product: i.Product, URL: i.URL, Title: i.Title, Start: instant(i.Start), End: instant(i.End)}
}

func (s *server) listItems(ctx context.Context, in *struct {
	Product string          `query:"product"`
	Service string          `query:"service"`
	Owner   string          `query:"owner"`
	Status  burnlist.Status `query:"status" enum:"open,done,deprioritised,duplicate"`
	Key     string          `query:"key" doc:"The item with this key."`
	After   int64           `query:"after" minimum:"0" doc:"Only items behind this id."`
	Limit   int             `query:"limit" minimum:"1" maximum:"500" default:"100"`
},
) (*struct{ Body ItemList }, error) {
	if err := s.inStore(ctx, in.Product, in.Service); err != nil {
		return nil, err
	}
	items, err := s.Store.Items(ctx, store.ItemFilter{
		Product: in.Product, Service: in.Service, Owner: in.Owner, Key: in.Key, Status: in.Status, After: in.After, Limit: in.Limit + 1,
	})
	if err != nil {
		return nil, err
	}
	list := ItemList{Items: []burnlist.ItemView{}}
	if len(items) > in.Limit {
		items = items[:in.Limit]
		list.NextCursor = new(items[in.Limit-1].ID)
	}
	for _, i := range items {
		v, err := s.view(ctx, i)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, v)
	}
	return &struct{ Body ItemList }{list}, nil
}

func (s *server) createItem(ctx context.Context, in *struct {
	Authored
	Keyed
	Body newItem
},
) (*Created[WrittenItem], error) {
	by, b := in.once(s.author(in.Authored)), in.Body
	i, revision, err := s.Store.CreateItem(ctx, by, b.Service, func(_ burnlist.Service, p burnlist.Product) (burnlist.Item, error) {
		return burnlist.Item{}.With(burnlist.ItemFields{
			Key: b.Key, Title: b.Title, Service: b.Service, SLO: b.SLO, Owner: b.Owner, Due: b.Due.on(p.Today(by.At)),
			Priority: b.Priority, Ticket: b.Ticket, Source: b.Source.noun(), OpenedOn: b.OpenedOn, DoneWhen: b.DoneWhen,
		}, by, p)
	})
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	v, err := s.writtenItem(ctx, i)
	return created(fmt.Sprintf("items/%d", i.ID), v, i.Version, revision), err
}

func (s *server) getItem(ctx context.Context, in *struct {
	ID int64 `path:"id" minimum:"1" example:"142"`
},
) (*Tagged[burnlist.ItemView], error) {
	i, err := s.Store.Item(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v, err := s.view(ctx, i)
	return tagged(v, i.Version), err
}

func (s *server) patchItem(ctx context.Context, in *struct {
	Authored
	Matched
	ID   int64 `path:"id" minimum:"1" example:"142"`
	Body itemChange
},
) (*Written[WrittenItem], error) {
	seen, err := in.required()
	if err != nil {
		return nil, err
	}
	by := s.author(in.Authored)
	i, revision, err := s.Store.UpdateItem(ctx, by, in.ID,
		func(i burnlist.Item, p burnlist.Product) (burnlist.Item, error) {
			if err := seen.check(i.Version, fmt.Sprintf("item %d", i.ID)); err != nil {
				return i, err
			}
			return i.With(in.Body.over(i.ItemFields, p.Today(by.At)), by, p)
		})
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	v, err := s.writtenItem(ctx, i)
	return written(v, i.Version, revision), err
}

func (s *server) writtenItem(ctx context.Context, i burnlist.Item) (WrittenItem, error) {
	v, err := s.view(ctx, i)
	var services map[string]*burnlist.Service
	if q := s.Board.Queue(); q != nil {
		services = q.World.Services
	}
	return WrittenItem{v, prioritizer.Advise(i, services)}, err
}

// over returns the fields with the change put over them today.
func (c *itemChange) over(f burnlist.ItemFields, today burnlist.Date) burnlist.ItemFields {
	c.Key.apply(&f.Key)
	c.Title.apply(&f.Title)
	c.Service.apply(&f.Service)
	c.SLO.apply(&f.SLO)
	c.Owner.apply(&f.Owner)
	c.Due.apply(&f.Due, today)
	c.Priority.apply(&f.Priority)
	c.Ticket.apply(&f.Ticket)
	c.OpenedOn.apply(&f.OpenedOn)
	c.DoneWhen.apply(&f.DoneWhen)
	if c.Source.set {
		f.Source = c.Source.value.noun()
	}
	return f
}

// view joins an item with its service, from memory where the board has it.
func (s *server) view(ctx context.Context, i burnlist.Item) (burnlist.ItemView, error) {
	if q := s.Board.Queue(); q != nil {
		if v, ok := q.World.Services[i.Service]; ok {
			return i.View(*v), nil
		}
	}
	v, err := s.Store.Service(ctx, i.Service)
	return i.View(v), err
}
