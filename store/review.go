package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// reviewRow holds a review as a whole in its body; the other columns are what
// it is found by.
type reviewRow struct {
	ID      int64 `gorm:"primaryKey;autoIncrement:false"`
	Product string
	State   string
	Slot    burnlist.Date
	Date    burnlist.Date
	Body    document[burnlist.Review]
	Version int64
	Updated instant `gorm:"column:updated_at"`
}

func (reviewRow) TableName() string { return "reviews" }

func reviewRowOf(r burnlist.Review) reviewRow {
	r.OpenedAt, r.FrozenAt, r.ConcludedAt, r.RefreshedAt = stored(r.OpenedAt), stored(r.FrozenAt), stored(r.ConcludedAt), stored(r.RefreshedAt)
	r.Updated = burnlist.Instant(r.Updated)
	return reviewRow{
		ID: r.ID, Product: r.Product, State: string(r.State), Slot: r.Slot, Date: r.Date,
		Body: document[burnlist.Review]{r}, Version: r.Version, Updated: at(r.Updated),
	}
}

func (r reviewRow) noun() burnlist.Review { return r.Body.V }

// ReviewFilter selects reviews. Fields that are zero select all.
type ReviewFilter struct {
	Product string
	State   burnlist.ReviewState
	Before  int64 // reviews of a smaller id
	Limit   int   // at most so many; 0 is no limit
}

// Reviews returns the reviews that fulfil all of the filter, newest first, which
// is by id.
func (s *Store) Reviews(ctx context.Context, f ReviewFilter) ([]burnlist.Review, error) {
	all, err := reviews(ctx, s.reader, f)
	return all, s.failed("read the reviews", err)
}

// Review returns one review, or fails with NotFound.
func (s *Store) Review(ctx context.Context, id int64) (burnlist.Review, error) {
	r, err := review(ctx, s.reader, id)
	return r, s.failed("read a review", err)
}

func review(ctx context.Context, db *gorm.DB, id int64) (burnlist.Review, error) {
	row, ok, err := one[reviewRow](ctx, db, "id = ?", id)
	if err == nil && !ok {
		err = burnlist.Errorf(burnlist.NotFound, "there is no review %d: look for it among the reviews", id)
	}
	if err != nil {
		return burnlist.Review{}, err
	}
	return row.noun(), nil
}

func reviews(ctx context.Context, db *gorm.DB, f ReviewFilter) ([]burnlist.Review, error) {
	query := gorm.G[reviewRow](db).Where("id > 0")
	if f.Product != "" {
		query = query.Where("product = ?", f.Product)
	}
	if f.State != "" {
		query = query.Where("state = ?", string(f.State))
	}
	if f.Before > 0 {
		query = query.Where("id < ?", f.Before)
	}
	if f.Limit > 0 {
		query = query.Limit(f.Limit)
	}
	rows, err := query.Order("id DESC").Find(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]burnlist.Review, len(rows))
	for i, row := range rows {
		all[i] = row.noun()
	}
	return all, nil
}

// newest orders reviews by their dates, as a slot may be cancelled long before
// it comes.
const newest = "date DESC, id DESC"

// recent returns the newest reviews of a product, newest first.
func recent(ctx context.Context, tx *gorm.DB, product string) ([]burnlist.Review, error) {
	rows, err := gorm.G[reviewRow](tx).Where("product = ?", product).Order(newest).Limit(burnlist.RecentReviews).Find(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]burnlist.Review, len(rows))
	for i, row := range rows {
		all[i] = row.noun()
	}
	return all, nil
}

// recentReviews returns the newest reviews of each product, newest first.
func recentReviews(ctx context.Context, tx *gorm.DB) (map[string][]*burnlist.Review, error) {
	rows, err := gorm.G[reviewRow](tx).Where(`id IN (SELECT id FROM (
			SELECT id, ROW_NUMBER() OVER (PARTITION BY product ORDER BY `+newest+`) AS place FROM reviews
		) AS placed WHERE place <= ?)`, burnlist.RecentReviews).Order(newest).Find(ctx)
	if err != nil {
		return nil, err
	}
	recent := map[string][]*burnlist.Review{}
	for _, row := range rows {
		recent[row.Product] = append(recent[row.Product], new(row.noun()))
	}
	return recent, nil
}

// openReview returns the review of a product that is open, if one is.
func openReview(ctx context.Context, db *gorm.DB, product string) (burnlist.Review, bool, error) {
	row, ok, err := one[reviewRow](ctx, db, "product = ? AND state = ?", product, string(burnlist.ReviewOpen))
	return row.noun(), ok, err
}

// createReview stores a new review, and returns it as it is stored.
func createReview(ctx context.Context, tx *gorm.DB, by burnlist.Author, after burnlist.Review) (burnlist.Review, error) {
	var err error
	if after.ID, err = nextID[reviewRow](ctx, tx); err != nil {
		return after, err
	}
	after.Version, after.Updated = 1, by.At
	row := reviewRowOf(after)
	if err := slotFree(ctx, tx, row.noun()); err != nil {
		return after, err
	}
	return row.noun(), gorm.G[reviewRow](tx).Create(ctx, &row)
}

// putReview stores what became of a review under its next version, and returns
// it as it is stored.
func putReview(ctx context.Context, tx *gorm.DB, by burnlist.Author, before, after burnlist.Review) (burnlist.Review, error) {
	after.ID, after.Product, after.Version, after.Updated = before.ID, before.Product, before.Version+1, by.At
	row := reviewRowOf(after)
	if after.Slot != before.Slot {
		if err := slotFree(ctx, tx, row.noun()); err != nil {
			return after, err
		}
	}
	return row.noun(), replace(ctx, tx, row, "id", "id = ? AND version = ?", before.ID, before.Version)
}

// slotFree fails with Conflict if the slot of a review belongs to another one.
func slotFree(ctx context.Context, tx *gorm.DB, r burnlist.Review) error {
	if r.Slot.IsZero() {
		return nil
	}
	holder, taken, err := one[reviewRow](ctx, tx, "product = ? AND slot = ? AND id <> ?", r.Product, r.Slot, r.ID)
	if err == nil && taken {
		err = burnlist.Errorf(burnlist.Conflict, "the slot of %s on %s belongs to review %d already", r.Product, r.Slot, holder.ID)
	}
	return err
}

// mustBeOpen fails with Conflict unless the review is open.
func mustBeOpen(r burnlist.Review) error {
	if r.State == burnlist.ReviewOpen {
		return nil
	}
	return burnlist.Errorf(burnlist.Conflict, "review %d is %s: its agenda stays as it was", r.ID, r.State)
}

func reviewChange(kind burnlist.ChangeKind, r burnlist.Review) burnlist.Change {
	return burnlist.Change{
		Kind: kind, Review: r.ID, Subjects: []string{fmt.Sprintf("review/%d", r.ID), "product/" + r.Product},
		After: burnlist.After{Reviews: []*burnlist.Review{&r}},
	}
}
