package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

type changeRow struct {
	Revision int64   `gorm:"primaryKey;autoIncrement:false"`
	At       instant `gorm:"column:at"`
	Actor    string
	Verified bool
	Kind     string
	Decision document[*burnlist.Decision]
	Review   *int64
	Subjects document[[]string]
	After    document[storedAfter]

	// Of a change that a client asked for under a key: what it is called by, and
	// the fingerprint of the request.
	IdempotencyKey burnlist.NullString
	Request        burnlist.NullString
}

func (changeRow) TableName() string { return "changes" }

// storedAfter is what a change wrote, in which a policy is read as one is.
type storedAfter struct{ burnlist.After }

func (a *storedAfter) UnmarshalJSON(text []byte) error {
	var read struct {
		*burnlist.After
		Policy *storedPolicy `json:"policy"`
	}
	read.After = &a.After
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	if read.Policy != nil {
		a.Policy = &read.Policy.Policy
	}
	return nil
}

// subjectRow says that a change touches something, to find the changes of it.
type subjectRow struct {
	Subject  string `gorm:"primaryKey"`
	Revision int64  `gorm:"primaryKey;autoIncrement:false"`
}

func (subjectRow) TableName() string { return "change_subjects" }

// putSubjects stores what a change touches.
func putSubjects(ctx context.Context, tx *gorm.DB, c burnlist.Change) error {
	if len(c.Subjects) == 0 {
		return nil
	}
	rows := make([]subjectRow, len(c.Subjects))
	for i, subject := range c.Subjects {
		rows[i] = subjectRow{Subject: subject, Revision: c.Revision}
	}
	return gorm.G[subjectRow](tx).CreateInBatches(ctx, &rows, rowsPerStatement)
}

// itemsChange is a change of items, of which before are those that were there
// already; in or by a review, unless that is nil.
func itemsChange(kind burnlist.ChangeKind, r *burnlist.Review, before, after []burnlist.Item) burnlist.Change {
	c := burnlist.Change{Kind: kind}
	var services []string
	for _, i := range after {
		c.After.Items = append(c.After.Items, &i)
		c.Subjects = append(c.Subjects, fmt.Sprintf("item/%d", i.ID))
		services = append(services, "service/"+i.Service)
	}
	for _, i := range before {
		services = append(services, "service/"+i.Service)
	}
	if r != nil {
		c.Review = r.ID
		services = append(services, fmt.Sprintf("review/%d", r.ID), "product/"+r.Product)
	}
	seen := map[string]bool{}
	for _, subject := range services {
		if !seen[subject] {
			seen[subject] = true
			c.Subjects = append(c.Subjects, subject)
		}
	}
	return c
}

func changeRowOf(c burnlist.Change) changeRow {
	row := changeRow{
		Revision: c.Revision, At: at(c.At), Actor: c.Actor, Verified: c.Verified, Kind: string(c.Kind),
		Decision: document[*burnlist.Decision]{c.Decision}, Subjects: document[[]string]{c.Subjects}, After: document[storedAfter]{storedAfter{c.After}},
	}
	if c.Review != 0 {
		row.Review = &c.Review
	}
	return row
}

func (r changeRow) noun() burnlist.Change {
	c := burnlist.Change{
		Revision: r.Revision, At: r.At.Time, Actor: r.Actor, Verified: r.Verified, Kind: burnlist.ChangeKind(r.Kind),
		Decision: r.Decision.V, Subjects: r.Subjects.V, After: r.After.V.After,
	}
	if r.Review != nil {
		c.Review = *r.Review
	}
	return c
}

// mostChanges bounds a batch of changes whose reader names no bound.
const mostChanges = 1000

// Changes returns the changes after the given revision, ascending, at most
// limit of them, or 1000 if limit is 0. Refreshed budgets are not kept for
// each change: the last change of the batch that refreshed them holds the ones
// that are current as it is read.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]burnlist.Change, error) {
	if limit <= 0 {
		limit = mostChanges
	}
	var changes []burnlist.Change
	err := s.view(ctx, func(tx *gorm.DB) error {
		rows, err := gorm.G[changeRow](tx).Where("revision > ?", after).Order("revision").Limit(limit).Find(ctx)
		if err != nil {
			return err
		}
		changes = make([]burnlist.Change, len(rows))
		var refreshed *burnlist.Change
		for i, row := range rows {
			changes[i] = row.noun()
			if changes[i].Kind == burnlist.BudgetsRefreshed {
				refreshed = &changes[i]
			}
		}
		if refreshed == nil {
			return nil
		}
		current, err := budgets(ctx, tx)
		refreshed.After.Budgets = &current
		return err
	})
	if err != nil {
		return nil, s.failed("read the change log", err)
	}
	return changes, nil
}

// Headlines returns who did what to which subjects after the given revision, up
// to and with another one, ascending, at most limit of them: changes without
// what they wrote, and without decisions.
func (s *Store) Headlines(ctx context.Context, after, upTo int64, limit int) ([]burnlist.Change, error) {
	rows, err := gorm.G[changeRow](s.reader).Select("revision, at, actor, verified, kind, review, subjects").
		Where("revision > ? AND revision <= ?", after, upTo).Order("revision").Limit(limit).Find(ctx)
	if err != nil {
		return nil, s.failed("read the change log", err)
	}
	changes := make([]burnlist.Change, len(rows))
	for i, row := range rows {
		changes[i] = row.noun()
	}
	return changes, nil
}
