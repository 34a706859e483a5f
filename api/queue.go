package api

import (
	"context"
	"sort"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// QueueDocument is a page of the ranked queue.
type QueueDocument struct {
	AsOf          time.Time           `json:"as_of" doc:"The moment of the ranking."`
	Revision      int64               `json:"revision" doc:"The revision of the change log that is ranked."`
	PolicyVersion int64               `json:"policy_version"`
	RefreshedAt   *time.Time          `json:"refreshed_at" doc:"When the figures last changed; null before there are any."`
	Total         int                 `json:"total" doc:"Entries that match the filter, on all pages."`
	NextCursor    *string             `json:"next_cursor" doc:"Give it as cursor to continue; null at the end."`
	Entries       []prioritizer.Entry `json:"entries" nullable:"false"`
}

func (s *server) getQueue(_ context.Context, in *struct {
	Product    string `query:"product"`
	Team       string `query:"team"`
	Service    string `query:"service"`
	Owner      string `query:"owner"`
	Tier       string `query:"tier" enum:"jump,watch,unknown,within_budget"`
	Warning    string `query:"warning" doc:"Only items with this warning." example:"no_owner"`
	PerService int    `query:"per_service" minimum:"1" maximum:"500" doc:"Only the first so many of each service."`
	Limit      int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor     string `query:"cursor" maxLength:"1000" doc:"Where to continue: next_cursor of the page before, with the same filter."`
},
) (*struct {
	Freshness
	Body QueueDocument
}, error,
) {
	q, err := s.queue()
	if err != nil {
		return nil, err
	}
	if err := inWorld(q.World, in.Product, in.Service); err != nil {
		return nil, err
	}
	f := prioritizer.Filter{Product: in.Product, Team: in.Team, Service: in.Service, Owner: in.Owner, PerService: in.PerService}
	if in.Tier != "" {
		if f.Tier, err = prioritizer.ParseTier(in.Tier); err != nil {
			return nil, inQuery("tier", err)
		}
	}
	if in.Warning != "" {
		if f.Warning, err = prioritizer.ParseCode(in.Warning); err != nil {
			return nil, inQuery("warning", err)
		}
	}
	picked := q.Select(f)
	begin := 0
	if in.Cursor != "" {
		c, err := parseCursor(in.Cursor, f)
		if err != nil {
			return nil, err
		}
		begin = sort.Search(len(picked), func(i int) bool { return q.Entries[picked[i]].Key().Compare(c.Key) > 0 })
	}
	end := min(begin+in.Limit, len(picked))
	doc := QueueDocument{
		AsOf: q.At, Revision: q.Revision, PolicyVersion: q.World.Policy.Version,
		Total: len(picked), Entries: make([]prioritizer.Entry, 0, end-begin),
	}
	if at := q.World.Budgets.RefreshedAt; !at.IsZero() {
		doc.RefreshedAt = &at
	}
	for place, i := range picked[begin:end] {
		doc.Entries = append(doc.Entries, q.Explain(i, begin+place+1))
	}
	if end < len(picked) {
		doc.NextCursor = new(cursor{Key: q.Entries[picked[end-1]].Key(), Filter: hashOf(f)}.String())
	}
	return &struct {
		Freshness
		Body QueueDocument
	}{s.freshness(), doc}, nil
}

// Freshness says how far behind the store an answer from the board is.
type Freshness struct {
	Age int `header:"Age" doc:"Seconds since the database last answered; 0 unless it is away. The document is as it was then."`
}

func (s *server) freshness() Freshness { return Freshness{int(s.Board.Behind().Seconds())} }

// queue returns the newest queue, or fails with Unavailable before the first.
func (s *server) queue() (*prioritizer.Queue, error) {
	if q := s.Board.Queue(); q != nil {
		return q, nil
	}
	return nil, burnlist.Errorf(burnlist.Unavailable, "the queue is not loaded yet: try again in a moment")
}
