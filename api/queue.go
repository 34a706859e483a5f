package api

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// QueueDocument is a page of the ranked queue.
type QueueDocument struct {
	AsOf          time.Time           `json:"as_of" doc:"The moment at which dates and budgets were judged, at most a minute ago while the server runs; dates at another one if as_of was given."`
	Revision      int64               `json:"revision" doc:"The revision of the change log that is ranked."`
	PolicyVersion int64               `json:"policy_version"`
	RefreshedAt   *time.Time          `json:"refreshed_at" doc:"When the figures last changed; null before there are any."`
	Total         int                 `json:"total" doc:"Entries that match the filter, on all pages."`
	NextCursor    *string             `json:"next_cursor" doc:"Give it as cursor to continue; null at the end."`
	Entries       []prioritizer.Entry `json:"entries" nullable:"false"`
}

// mostAhead is how far from now dates can be read.
const mostAhead = 90 * burnlist.Day

func (s *server) getQueue(_ context.Context, in *struct {
	Product    string    `query:"product"`
	Team       string    `query:"team"`
	Service    string    `query:"service"`
	Owner      string    `query:"owner"`
	Tier       string    `query:"tier" enum:"jump,watch,unknown,within_budget"`
	Warning    string    `query:"warning" doc:"Only items with this warning." example:"no_owner"`
	PerService int       `query:"per_service" minimum:"1" maximum:"500" doc:"Only the first so many of each service."`
	Limit      int       `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor     string    `query:"cursor" maxLength:"1000" doc:"Where to continue: next_cursor of the page before, with the same filter."`
	AsOf       time.Time `query:"as_of" example:"2026-12-01T09:00:00Z" doc:"Read the dates of a product at this moment, at most 90 days from now: what will be overdue or stale by then, with the items and the budgets of now. Needs product."`
},
) (*queueAnswer, error) {
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
	list := listID{Filter: f, AsOf: burnlist.Instant(in.AsOf)}
	var after *prioritizer.Key
	if in.Cursor != "" {
		if after, err = parseCursor(in.Cursor, list); err != nil {
			return nil, err
		}
	}
	doc := QueueDocument{AsOf: q.At, Revision: q.Revision, PolicyVersion: q.World.Policy.Version, Entries: []prioritizer.Entry{}}
	if at := q.World.Budgets.RefreshedAt; !at.IsZero() {
		doc.RefreshedAt = &at
	}
	if !in.AsOf.IsZero() {
		if in.Product == "" {
			return nil, inQuery("as_of", burnlist.Errorf(burnlist.Invalid, "needs a product, by whose calendar dates are read: give product"))
		}
		if list.AsOf.Before(q.At.Add(-mostAhead)) || list.AsOf.After(q.At.Add(mostAhead)) {
			return nil, inQuery("as_of", burnlist.Errorf(burnlist.Invalid, "is more than 90 days from now: how the queue stood in the past is on the agendas of the reviews"))
		}
		doc.AsOf, q = list.AsOf, q.AsOf(in.Product, list.AsOf)
	}
	picked := q.Select(f)
	page, before := picked.Page(after, in.Limit)
	doc.Total = picked.Len()
	if before+len(page) < doc.Total && len(page) > 0 {
		doc.NextCursor = new(cursor{Key: page[len(page)-1].Key(), List: list.hash()}.String())
	}
	return &queueAnswer{
		ContentType: asJSON, Ranked: s.ranked(q, *in),
		Body: func(ctx huma.Context) { s.writeQueue(ctx, q, doc, page, before) }, //nolint:contextcheck // huma's context holds the request's
	}, nil
}

// queueAnswer is a QueueDocument, written as it goes.
type queueAnswer struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Ranked
	Body func(huma.Context)
}

// writeQueue writes a page of the queue around the entries that were encoded
// before.
func (s *server) writeQueue(ctx huma.Context, q *prioritizer.Queue, doc QueueDocument, page []*prioritizer.Ranked, before int) {
	head, err := json.Marshal(doc)
	if err != nil {
		panic(err) // cannot happen: it is made of numbers and times
	}
	b := s.buffers.Get().(*bytes.Buffer)
	defer s.buffers.Put(b)
	b.Reset()
	b.Write(head[:len(head)-len("]}")]) // entries come last, and are empty
	ranks := q.Ranks(page)
	for n, r := range page {
		if n > 0 {
			b.WriteByte(',')
		}
		var scratch [24]byte
		b.WriteString(`{"position":`)
		b.Write(strconv.AppendInt(scratch[:0], int64(before+n+1), 10))
		b.WriteString(`,"rank":`)
		b.Write(strconv.AppendInt(scratch[:0], int64(ranks[n]), 10))
		b.WriteByte(',')
		b.Write(q.Text(r, explained)[len("{"):])
	}
	b.WriteString("]}\n")
	ctx.SetHeader("Content-Length", strconv.Itoa(b.Len()))
	if _, err := ctx.BodyWriter().Write(b.Bytes()); err != nil {
		s.Log.DebugContext(ctx.Context(), "the client went away", slog.Any("error", err))
	}
}

// explained writes an explanation as JSON.
func explained(e prioritizer.Explanation) []byte {
	text, err := json.Marshal(e)
	if err != nil {
		panic(err) // cannot happen: numbers that are not finite are null
	}
	return text
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
