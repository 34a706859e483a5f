package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/burnlist/burnlist/prioritizer"
)

// WarningList is a selection of the warnings.
type WarningList struct {
	AsOf     time.Time             `json:"as_of" doc:"The moment of the judgement."`
	Revision int64                 `json:"revision"`
	Total    int                   `json:"total" doc:"Warnings that match the filter, on all pages."`
	Next     *string               `json:"next_cursor" doc:"Give it as cursor to continue; null at the end."`
	Warnings []prioritizer.Warning `json:"warnings" nullable:"false"`
}

func (s *server) listWarnings(_ context.Context, in *struct {
	Product string `query:"product"`
	Service string `query:"service"`
	Item    int64  `query:"item" minimum:"1" doc:"Only those of this item."`
	Review  int64  `query:"review" minimum:"1" doc:"Only those of this review."`
	Subject string `query:"subject" example:"item/142" doc:"Only those of this item, service, review or product."`
	Code    string `query:"code" example:"no_owner"`
	Level   string `query:"level" enum:"info,warn,alarm"`
	Limit   int    `query:"limit" minimum:"1" maximum:"10000" default:"1000"`
	Cursor  string `query:"cursor" maxLength:"1000" doc:"Where to continue: next_cursor of the page before, with the same filter."`
},
) (*struct {
	Ranked
	Body WarningList
}, error,
) {
	q, err := s.queue()
	if err != nil {
		return nil, err
	}
	if err := inWorld(q.World, in.Product, in.Service); err != nil {
		return nil, err
	}
	if err := checkSubject(q.World, in.Subject); err != nil {
		return nil, err
	}
	var code prioritizer.Code
	if in.Code != "" {
		if code, err = prioritizer.ParseCode(in.Code); err != nil {
			return nil, inQuery("code", err)
		}
	}
	warnings := notNil(slices.DeleteFunc(q.Warnings(), func(w prioritizer.Warning) bool {
		return (in.Product != "" && w.Product != in.Product) || (in.Service != "" && w.Service != in.Service) ||
			(in.Item != 0 && w.Item != in.Item) || (in.Review != 0 && w.Review != in.Review) || (in.Subject != "" && w.Subject != in.Subject) ||
			(code != 0 && w.Code != code) || (in.Level != "" && string(w.Level) != in.Level)
	}))
	asked := *in
	asked.Limit, asked.Cursor = 0, ""
	filter, begin := weakTag(fmt.Appendf(nil, "%#v", asked)), 0
	if in.Cursor != "" {
		c, err := parseWarningCursor(in.Cursor, filter)
		if err != nil {
			return nil, err
		}
		begin = c.begin(warnings)
	}
	end := min(begin+in.Limit, len(warnings))
	list := WarningList{AsOf: q.At, Revision: q.Revision, Total: len(warnings), Warnings: warnings[begin:end]}
	if end < len(warnings) {
		last := warnings[end-1]
		list.Next = new(warningCursor{Subject: last.Subject, Code: last.Code, Place: end, Filter: filter}.String())
	}
	return &struct {
		Ranked
		Body WarningList
	}{s.ranked(q, in), list}, nil
}
