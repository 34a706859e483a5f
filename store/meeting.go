package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// Week returns the meeting of a product that there would be at this moment:
// that of its open review, or else one without a review, an agenda and
// decisions. It fails with NotFound.
func (s *Store) Week(ctx context.Context, name string) (burnlist.Meeting, error) {
	var m burnlist.Meeting
	err := s.view(ctx, func(tx *gorm.DB) error {
		r, isOpen, err := openReview(ctx, tx, name)
		if err != nil {
			return err
		}
		if !isOpen {
			r = burnlist.Review{}
		}
		m, err = meeting(ctx, tx, name, r)
		return err
	})
	if err != nil {
		return burnlist.Meeting{}, s.failed("read the week of a product", err)
	}
	return m, nil
}

// skew is by how much the clocks of those who write may differ.
const skew = time.Hour

// meeting assembles a meeting of a product. The review is zero if there is none
// yet.
func meeting(ctx context.Context, tx *gorm.DB, name string, r burnlist.Review) (m burnlist.Meeting, err error) {
	m = burnlist.Meeting{Review: r, Items: map[int64]burnlist.Item{}, WasJump: map[int64]bool{}, Services: map[string]burnlist.Service{}}
	if m.Product, err = product(ctx, tx, name); err != nil {
		return m, err
	}
	if m.Policy, err = policy(ctx, tx); err != nil {
		return m, err
	}
	if r.ID != 0 {
		if m.Agenda, err = agenda(ctx, tx, r.ID); err != nil {
			return m, err
		}
		if m.Decisions, err = decisions(ctx, tx, r.ID); err != nil {
			return m, err
		}
	}
	if m.Earlier, err = earlier(ctx, tx, name, r.ID); err != nil {
		return m, err
	}
	ofProduct, err := gorm.G[serviceRow](tx).Where("product = ?", name).Find(ctx)
	if err != nil {
		return m, err
	}
	for _, row := range ofProduct {
		m.Services[row.Name] = row.noun()
	}

	last, attended := m.LastAttended()
	since := time.Unix(0, 0) // without one, everything ever done
	if attended && last.ConcludedAt != nil {
		since = *last.ConcludedAt
	}
	// What was closed since was written since, but maybe by somebody whose clock
	// is behind.
	rows, err := gorm.G[itemRow](tx).Where(`id IN (SELECT item FROM agenda_entries WHERE review = ?)
		OR service IN (SELECT name FROM services WHERE product = ?) AND (status IN ? OR status = ? AND updated_at > ?)`,
		r.ID, name, []string{string(burnlist.Open), string(burnlist.Deprioritised)}, string(burnlist.Done), at(since.Add(-skew))).Find(ctx)
	if err != nil {
		return m, err
	}
	onAgenda := map[int64]bool{}
	for _, e := range m.Agenda.Entries {
		onAgenda[e.Item] = true
	}
	for _, row := range rows {
		i := row.noun()
		if i.Status != burnlist.Done || onAgenda[i.ID] || i.Closing.At.After(since) {
			m.Items[i.ID] = i
		}
	}
	if !attended {
		return m, nil
	}
	jumped, err := gorm.G[entryRow](tx).Where("review = ? AND jump = ? AND read_only = ?", last.ID, true, false).Find(ctx)
	if err != nil {
		return m, err
	}
	for _, e := range jumped {
		if i, ok := m.Items[e.Item]; ok && i.Status == burnlist.Done && i.Closing.At.After(since) {
			m.WasJump[e.Item] = true
		}
	}
	return m, nil
}

// earlier returns the newest reviews of a product before one, newest first, and
// behind them the last attended one if it is older. Before 0 is before none.
func earlier(ctx context.Context, tx *gorm.DB, product string, before int64) ([]burnlist.Review, error) {
	all, err := reviews(ctx, tx, ReviewFilter{Product: product, Before: before, Limit: burnlist.RecentReviews})
	if err != nil || len(all) < burnlist.RecentReviews {
		return all, err
	}
	for _, r := range all {
		if r.State == burnlist.ReviewAttended {
			return all, nil
		}
	}
	last, err := reviews(ctx, tx, ReviewFilter{Product: product, State: burnlist.ReviewAttended, Before: before, Limit: 1})
	return append(all, last...), err
}
