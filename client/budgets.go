package client

import (
	"context"
	"time"

	"github.com/burnlist/burnlist/prioritizer"
)

// BudgetList is the error budgets of a selection of services, the most urgent
// first.
type BudgetList struct {
	AsOf        time.Time                   `json:"as_of"`
	RefreshedAt *time.Time                  `json:"refreshed_at"` // null before there are any figures
	Revision    int64                       `json:"revision"`
	Budgets     []prioritizer.ServiceBudget `json:"budgets"`

	Age time.Duration `json:"-"` // since the database last answered; 0 unless it is away
}

// BudgetFilter selects budgets; what is empty selects all.
type BudgetFilter struct {
	Product string
	Service string
}

// Budgets reads the error budgets of the services in force.
func (c *Client) Budgets(ctx context.Context, f BudgetFilter) (BudgetList, error) {
	list, age, err := askAged[BudgetList](ctx, c, reading(at("budgets")).with(query{"product": f.Product, "service": f.Service}))
	list.Age = age
	return list, err
}
