package store

import (
	"context"
	"encoding/json"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// policyRow is one version of the policy. Rows are only added; the one of the
// greatest version is in force.
type policyRow struct {
	Version int64 `gorm:"primaryKey;autoIncrement:false"`
	Body    document[storedPolicy]
	Updated instant `gorm:"column:updated_at"`
}

func (policyRow) TableName() string { return "policies" }

// storedPolicy is a policy as it was written, which may be by a version of
// burnlist that knew fewer thresholds: those have their defaults.
type storedPolicy struct{ burnlist.Policy }

func (p *storedPolicy) UnmarshalJSON(text []byte) error {
	p.Policy = burnlist.DefaultPolicy()
	return json.Unmarshal(text, &p.Policy)
}

// Policy returns the policy in force, which is the default one until another
// is stored.
func (s *Store) Policy(ctx context.Context) (burnlist.Policy, error) {
	p, err := policy(ctx, s.reader)
	return p, s.failed("read the policy", err)
}

func policy(ctx context.Context, db *gorm.DB) (burnlist.Policy, error) {
	rows, err := gorm.G[policyRow](db).Order("version DESC").Limit(1).Find(ctx)
	if err != nil {
		return burnlist.Policy{}, err
	}
	if len(rows) == 0 {
		return burnlist.DefaultPolicy(), nil
	}
	return rows[0].Body.V.Policy, nil
}

// UpdatePolicy stores what change makes of the policy, as its next version,
// and returns it with the revision of the change. It fails with what change
// fails with, and with Invalid.
func (s *Store) UpdatePolicy(ctx context.Context, by burnlist.Author, change func(burnlist.Policy) (burnlist.Policy, error)) (burnlist.Policy, int64, error) {
	var after burnlist.Policy
	revision, err := s.write(ctx, "change the policy", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		before, err := policy(ctx, tx)
		if err != nil {
			return burnlist.Change{}, err
		}
		if after, err = change(before); err != nil {
			return burnlist.Change{}, err
		}
		after.Version, after.UpdatedAt = before.Version, before.UpdatedAt
		if after == before {
			return burnlist.Change{}, errUnchanged
		}
		if err := after.Validate(); err != nil {
			return burnlist.Change{}, err
		}
		after.Version, after.UpdatedAt = before.Version+1, by.At
		return burnlist.Change{Kind: burnlist.PolicyUpdated, Subjects: []string{"policy"}, After: burnlist.After{Policy: &after}},
			gorm.G[policyRow](tx).Create(ctx, &policyRow{Version: after.Version, Body: document[storedPolicy]{storedPolicy{after}}, Updated: at(by.At)})
	})
	if err != nil {
		return burnlist.Policy{}, 0, err
	}
	return after, revision, nil
}
