package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// decisionRow is a decision as a review recorded it, with the items that it
// changed as they were before.
type decisionRow struct {
	Review int64 `gorm:"primaryKey;autoIncrement:false"`
	ID     int64 `gorm:"primaryKey;autoIncrement:false"` // within the review
	Item   int64
	Body   document[burnlist.ReviewDecision]
	Before document[[]burnlist.Item]
	After  document[map[int64]int64]
	Undone instant `gorm:"column:undone_at"`
}

func (decisionRow) TableName() string { return "review_decisions" }

func decisionRowOf(d burnlist.ReviewDecision) decisionRow {
	d.At, d.UndoneAt = burnlist.Instant(d.At), stored(d.UndoneAt)
	return decisionRow{
		Review: d.Review, ID: d.ID, Item: d.Item, Body: document[burnlist.ReviewDecision]{d},
		Before: document[[]burnlist.Item]{d.Before}, After: document[map[int64]int64]{d.After}, Undone: atOrNull(d.UndoneAt),
	}
}

func (r decisionRow) noun() burnlist.ReviewDecision {
	d := r.Body.V
	d.Before, d.After = r.Before.V, r.After.V
	return d
}

// recordedBy returns the decision that a change recorded, or took back. That of
// a change which was read from the log lacks what the log does not keep: the
// items as they were before.
func recordedBy(c burnlist.Change) burnlist.ReviewDecision {
	d := *c.After.Decisions[0]
	if d.After == nil {
		d.After = map[int64]int64{}
		for _, i := range c.After.Items {
			d.After[i.ID] = i.Version
		}
	}
	return d
}

// ReviewDecisions returns what a review decided, oldest first, the undone
// decisions included. Of a review that does not exist there are none.
func (s *Store) ReviewDecisions(ctx context.Context, review int64) ([]burnlist.ReviewDecision, error) {
	all, err := decisions(ctx, s.reader, review)
	return all, s.failed("read the decisions of a review", err)
}

func decisions(ctx context.Context, db *gorm.DB, review int64) ([]burnlist.ReviewDecision, error) {
	rows, err := gorm.G[decisionRow](db).Where("review = ?", review).Order("id").Find(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]burnlist.ReviewDecision, len(rows))
	for i, row := range rows {
		all[i] = row.noun()
	}
	return all, nil
}

// lastDecision returns the last decision of an item in a review that stands, or
// nil.
func lastDecision(ctx context.Context, tx *gorm.DB, review, item int64) (*burnlist.ReviewDecision, error) {
	rows, err := gorm.G[decisionRow](tx).Where("review = ? AND item = ? AND undone_at IS NULL", review, item).Order("id DESC").Limit(1).Find(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return new(rows[0].noun()), nil
}

// createDecision records a decision under the next id of its review.
func createDecision(ctx context.Context, tx *gorm.DB, d *burnlist.ReviewDecision) error {
	var last int64
	if err := gorm.G[decisionRow](tx).Where("review = ?", d.Review).Select("COALESCE(MAX(id), 0)").Scan(ctx, &last); err != nil {
		return err
	}
	d.ID = last + 1
	row := decisionRowOf(*d)
	return gorm.G[decisionRow](tx).Create(ctx, &row)
}

func putDecision(ctx context.Context, tx *gorm.DB, d burnlist.ReviewDecision) error {
	return replace(ctx, tx, decisionRowOf(d), "id", "review = ? AND id = ?", d.Review, d.ID)
}
