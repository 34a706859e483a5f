package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
)

// ExclusionList is all exclusions of an SLO.
type ExclusionList struct {
	Exclusions []burnlist.Exclusion `json:"exclusions" nullable:"false" doc:"The newest first, those that were taken back included."`
}

type newExclusion struct {
	Start  time.Time                `json:"start" example:"2026-11-20T10:00:00Z" doc:"From when on nothing counts, brought back to the beginning of a slice."`
	End    time.Time                `json:"end" example:"2026-11-20T11:30:00Z" doc:"From when on everything counts again, brought forward to the end of a slice. It may lie ahead."`
	Reason burnlist.ExclusionReason `json:"reason" enum:"maintenance,dependency,load_test,attack,wrong_measurement,other" doc:"Why it is not held against the service."`
	Note   string                   `json:"note,omitempty" maxLength:"1000" example:"announced on the status page" doc:"Who announced it, or where to read more; other needs it."`
}

// of returns the exclusion of an SLO that the body asks for.
func (n newExclusion) of(slo string) burnlist.Exclusion {
	return burnlist.Exclusion{SLO: slo, Start: burnlist.Instant(n.Start), End: burnlist.Instant(n.End), Reason: n.Reason, Note: n.Note}
}

// Excluded is the answer to excluding an interval.
type Excluded struct {
	Location string `header:"Location" doc:"The path of the list that it is on."`
	Revision int64  `header:"Burnlist-Revision" doc:"The revision of the change log that has the change."`
	Body     burnlist.Exclusion
}

// ExclusionRemoved is the answer to taking an exclusion back.
type ExclusionRemoved struct {
	Revision int64 `header:"Burnlist-Revision" doc:"The revision of the change log that has the change."`
	Body     burnlist.Exclusion
}

func (s *server) listExclusions(ctx context.Context, in *struct {
	Name string `path:"name" example:"checkout-availability"`
},
) (*struct{ Body ExclusionList }, error) {
	all, err := s.Store.Exclusions(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, newestFirst)
	return &struct{ Body ExclusionList }{ExclusionList{notNil(all)}}, nil
}

// newestFirst compares exclusions by when they were made.
func newestFirst(a, b burnlist.Exclusion) int {
	return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
}

func (s *server) createExclusion(ctx context.Context, in *struct {
	Authored
	Keyed
	Name string `path:"name" example:"checkout-availability"`
	Body newExclusion
},
) (*Excluded, error) {
	e, revision, err := s.Store.AddExclusion(ctx, in.once(s.author(in.Authored)), in.Body.of(in.Name))
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	return &Excluded{fmt.Sprintf("/api/v1/slos/%s/exclusions", e.SLO), revision, e}, nil
}

func (s *server) removeExclusion(ctx context.Context, in *struct {
	Authored
	Keyed
	Name string `path:"name" example:"checkout-availability"`
	ID   int64  `path:"id" minimum:"1" example:"3"`
	Body *nothing
},
) (*ExclusionRemoved, error) {
	e, revision, err := s.Store.RemoveExclusion(ctx, in.once(s.author(in.Authored)), in.Name, in.ID)
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	return &ExclusionRemoved{revision, e}, nil
}
