package api

import (
	"context"
	"fmt"
	"strings"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/review"
	"github.com/burnlist/burnlist/store"
)

// ReviewList is a page of reviews.
type ReviewList struct {
	Reviews    []burnlist.Review `json:"reviews" nullable:"false"`
	NextCursor *int64            `json:"next_cursor" doc:"Give it as before to continue; null at the end."`
}

type newReview struct {
	Product string `json:"product" minLength:"1" maxLength:"100" example:"shop"`
}

type cancellation struct {
	Product string        `json:"product" minLength:"1" maxLength:"100" example:"shop"`
	Slot    burnlist.Date `json:"slot" doc:"The date of the slot, in the product's zone: one to come, or that of the review that is open."`
	Reason  string        `json:"reason" minLength:"1" maxLength:"2000" example:"public holiday" doc:"Why nobody will meet."`
}

func (s *server) listReviews(ctx context.Context, in *struct {
	Product string               `query:"product"`
	State   burnlist.ReviewState `query:"state" enum:"open,attended,skipped,cancelled"`
	Before  int64                `query:"before" minimum:"1" doc:"Only reviews of a smaller id."`
	Limit   int                  `query:"limit" minimum:"1" maximum:"500" default:"50"`
},
) (*struct{ Body ReviewList }, error) {
	if err := s.inStore(ctx, in.Product, ""); err != nil {
		return nil, err
	}
	reviews, err := s.Store.Reviews(ctx, store.ReviewFilter{Product: in.Product, State: in.State, Before: in.Before, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	list := ReviewList{Reviews: []burnlist.Review{}}
	if len(reviews) > in.Limit {
		reviews = reviews[:in.Limit]
		list.NextCursor = new(reviews[in.Limit-1].ID)
	}
	for _, r := range reviews {
		list.Reviews = append(list.Reviews, header(r))
	}
	return &struct{ Body ReviewList }{list}, nil
}

// nothing is a body that may be left out, and says nothing: a field in it would
// be passed over in silence.
type nothing struct{}

func (s *server) openReview(ctx context.Context, in *struct {
	Authored
	Keyed
	Body newReview
},
) (*Created[burnlist.Review], error) {
	r, revision, err := s.Keeper.Open(ctx, in.once(s.author(in.Authored)), in.Body.Product)
	if err != nil {
		return nil, inBody("product", err)
	}
	s.settle(ctx, revision)
	return created(fmt.Sprintf("reviews/%d", r.ID), header(r), r.Version, revision), nil
}

func (s *server) refreezeReview(ctx context.Context, in *struct {
	Authored
	Keyed
	ID   int64 `path:"id" minimum:"1" example:"12"`
	Body *nothing
},
) (*Written[burnlist.Review], error) {
	r, err := s.Store.Review(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	r, revision, err := s.Keeper.Refreeze(ctx, in.once(s.author(in.Authored)), r)
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	return written(header(r), r.Version, revision), nil
}

func (s *server) concludeReview(ctx context.Context, in *struct {
	Authored
	Keyed
	ID   int64 `path:"id" minimum:"1" example:"12"`
	Body *nothing
},
) (*Written[burnlist.Review], error) {
	r, revision, err := s.Keeper.Conclude(ctx, in.once(s.author(in.Authored)), in.ID)
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	return written(header(r), r.Version, revision), nil
}

func (s *server) cancelSlot(ctx context.Context, in *struct {
	Authored
	Keyed
	Body cancellation
},
) (*Created[burnlist.Review], error) {
	by, reason := in.once(s.author(in.Authored)), strings.TrimSpace(in.Body.Reason)
	if reason == "" || !plain(reason) {
		return nil, &burnlist.Error{Code: burnlist.Invalid, Message: "the cancellation is not valid", Details: []burnlist.Detail{{
			Field: "reason", Message: "is no line of plain text: say why nobody will meet, for those who would have come",
		}}}
	}
	recorded, revision, err := s.Store.RecordSlots(ctx, by, in.Body.Product, func(p burnlist.Product, known []burnlist.Review) ([]burnlist.Review, error) {
		r, err := review.Cancel(p, known, in.Body.Slot, reason, by)
		return []burnlist.Review{r}, err
	})
	if err != nil {
		return nil, inBody("product", err)
	}
	if len(recorded) != 1 {
		return nil, fmt.Errorf("cancel a slot: %d reviews were recorded", len(recorded))
	}
	s.settle(ctx, revision)
	r := recorded[0]
	return created(fmt.Sprintf("reviews/%d", r.ID), header(r), r.Version, revision), nil
}

// header returns a review as it is shown: a map is never null in JSON.
func header(r burnlist.Review) burnlist.Review {
	if r.States == nil {
		r.States = map[string]burnlist.State{}
	}
	return r
}

// inBody says which field of the body named what is not there: the address
// itself is right.
func inBody(field string, err error) error {
	if burnlist.CodeOf(err) != burnlist.NotFound {
		return err
	}
	return &burnlist.Error{Code: burnlist.Invalid, Message: "the request is not valid", Details: []burnlist.Detail{{
		Field: field, Message: missing(err),
	}}}
}
