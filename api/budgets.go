package api

import (
	"context"
	"slices"
	"time"

	"github.com/burnlist/burnlist/prioritizer"
)

// BudgetList is the error budgets of a selection of services.
type BudgetList struct {
	AsOf        time.Time                   `json:"as_of" doc:"The moment of the judgement."`
	RefreshedAt *time.Time                  `json:"refreshed_at" doc:"When the figures last changed; null before there are any."`
	Revision    int64                       `json:"revision" doc:"The revision of the change log that is judged."`
	Budgets     []prioritizer.ServiceBudget `json:"budgets" nullable:"false" doc:"By service, the most urgent first."`
}

func (s *server) listBudgets(_ context.Context, in *struct {
	Product string `query:"product" doc:"Only services of this product."`
	Service string `query:"service" doc:"Only this service."`
},
) (*struct {
	Ranked
	Body BudgetList
}, error,
) {
	q, err := s.queue()
	if err != nil {
		return nil, err
	}
	if err := inWorld(q.World, in.Product, in.Service); err != nil {
		return nil, err
	}
	list := BudgetList{AsOf: q.At, Revision: q.Revision}
	if at := q.World.Budgets.RefreshedAt; !at.IsZero() {
		list.RefreshedAt = &at
	}
	list.Budgets = notNil(slices.DeleteFunc(q.Budgets(), func(b prioritizer.ServiceBudget) bool {
		return (in.Product != "" && b.Product != in.Product) || (in.Service != "" && b.Service != in.Service)
	}))
	return &struct {
		Ranked
		Body BudgetList
	}{s.ranked(q, in), list}, nil
}
