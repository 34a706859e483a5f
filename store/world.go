package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// World returns everything that ranking looks at, as of one revision: what is
// in it belongs to the caller.
func (s *Store) World(ctx context.Context) (*burnlist.World, error) {
	w := burnlist.NewWorld()
	err := s.view(ctx, func(tx *gorm.DB) error {
		var err error
		if w.Revision, err = currentRevision(ctx, tx); err != nil {
			return err
		}
		if w.Policy, err = policy(ctx, tx); err != nil {
			return err
		}
		allProducts, err := products(ctx, tx)
		if err != nil {
			return err
		}
		for _, p := range allProducts {
			w.Products[p.Name] = &p
		}
		allServices, err := services(ctx, tx)
		if err != nil {
			return err
		}
		for _, v := range allServices {
			w.Services[v.Name] = &v
		}
		allSLOs, err := slos(ctx, tx)
		if err != nil {
			return err
		}
		for _, o := range allSLOs {
			w.SLOs[o.Name] = &o
		}
		holding, err := exclusions(ctx, tx, "removed_at IS NULL")
		if err != nil {
			return err
		}
		for _, e := range holding {
			w.Exclusions[e.SLO] = append(w.Exclusions[e.SLO], &e)
		}
		items, err := gorm.G[itemRow](tx).Where("status IN ?", []burnlist.Status{burnlist.Open, burnlist.Deprioritised}).Find(ctx)
		if err != nil {
			return err
		}
		for _, row := range items {
			w.Items.Put(row.ID, new(row.noun()))
		}
		if w.Reviews, err = recentReviews(ctx, tx); err != nil {
			return err
		}
		standings, err := standingRows(ctx, tx)
		if err != nil {
			return err
		}
		for name, row := range standings {
			w.Standings[name] = new(row.noun())
		}
		w.Budgets, err = budgets(ctx, tx)
		return err
	})
	if err != nil {
		return nil, s.failed("read the world", err)
	}
	return w, nil
}
