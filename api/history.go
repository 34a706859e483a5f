package api

import (
	"context"

	"github.com/burnlist/burnlist"
)

// ItemHistory is what happened to an item.
type ItemHistory struct {
	Events []burnlist.Event `json:"events" nullable:"false" doc:"The oldest first."`
}

func (s *server) itemHistory(ctx context.Context, in *struct {
	ID int64 `path:"id" minimum:"1" example:"142"`
},
) (*struct{ Body ItemHistory }, error) {
	changes, err := s.Store.ItemChanges(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body ItemHistory }{ItemHistory{burnlist.History(in.ID, changes)}}, nil
}
