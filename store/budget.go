package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/burnlist/burnlist"
)

// figuresRow holds the current figures of one SLO, as they were written:
// whether they changed is told by their text.
type figuresRow struct {
	SLO      string `gorm:"column:slo;primaryKey"`
	Revision int64  // of the change that last changed them
	Body     string
}

func (figuresRow) TableName() string { return "figures" }

type costRow struct {
	Item  int64  `gorm:"primaryKey;autoIncrement:false"`
	SLO   string `gorm:"column:slo"`
	Share float64
}

func (costRow) TableName() string { return "incident_costs" }

type refreshRow struct {
	ID        int64   `gorm:"primaryKey;autoIncrement:false"`
	Refreshed instant `gorm:"column:refreshed_at"`
}

func (refreshRow) TableName() string { return "refresh" }

// rowsPerStatement bounds the length of one statement.
const rowsPerStatement = 500

// PutBudgets stores what a refresh measured in the place of everything that
// the one before did, and returns the revision of the change, which names no
// subjects. If neither figures nor costs are others than before, only the time
// of the refresh is stored, without a change. It fails with NotFound if an SLO or an item does not exist.
func (l *Ledgers) PutBudgets(ctx context.Context, by burnlist.Author, b burnlist.Budgets) (int64, error) {
	figures, err := figuresRowsOf(b.Figures)
	if err != nil {
		return 0, fmt.Errorf("write figures and costs: %w", err)
	}
	costs := make(map[int64]costRow, len(b.Costs))
	for item, c := range b.Costs {
		costs[item] = costRow{Item: item, SLO: c.SLO, Share: c.Share}
	}
	revision, err := l.store.write(ctx, "write figures and costs", by, func(tx *gorm.DB, _ burnlist.Author) (burnlist.Change, error) {
		if err := l.held(ctx, tx); err != nil {
			return burnlist.Change{}, err
		}
		revision, err := currentRevision(ctx, tx)
		if err != nil {
			return burnlist.Change{}, err
		}
		for slo, row := range figures {
			row.Revision = revision
			figures[slo] = row
		}
		changed, err := putAll(ctx, tx, "slo", figures, func(r figuresRow) string { return r.SLO },
			func(a, b figuresRow) bool { return a.Body == b.Body })
		if err != nil {
			return burnlist.Change{}, fmt.Errorf("figures: %w", err)
		}
		recosted, err := putAll(ctx, tx, "item", costs, func(r costRow) int64 { return r.Item },
			func(a, b costRow) bool { return a == b })
		if err != nil {
			return burnlist.Change{}, fmt.Errorf("incident costs: %w", err)
		}
		if err := replace(ctx, tx, refreshRow{ID: 1, Refreshed: at(b.RefreshedAt)}, "id", "id = 1"); err != nil {
			return burnlist.Change{}, err
		}
		if len(changed)+len(recosted) == 0 {
			return burnlist.Change{}, nil
		}
		// They touch everything, all the time, and nobody looks for their past.
		return burnlist.Change{Kind: burnlist.BudgetsRefreshed, Subjects: []string{}}, nil
	})
	if errors.Is(err, gorm.ErrForeignKeyViolated) {
		err = burnlist.Errorf(burnlist.NotFound, "the budgets are of an SLO or an item that does not exist: read the world again")
	}
	return revision, err
}

// putAll makes the rows of a table the wanted ones, by key, and returns the
// keys of those that it wrote or removed, in order.
func putAll[K int64 | string, R any](ctx context.Context, tx *gorm.DB, column string, wanted map[K]R, key func(R) K, equal func(a, b R) bool) ([]K, error) {
	stored, err := gorm.G[R](tx).Find(ctx)
	if err != nil {
		return nil, err
	}
	unchanged := make(map[K]bool, len(stored))
	var changed, gone []K
	for _, row := range stored {
		switch want, ok := wanted[key(row)]; {
		case !ok:
			gone = append(gone, key(row))
		case equal(want, row):
			unchanged[key(row)] = true
		}
	}
	for k := range wanted {
		if !unchanged[k] {
			changed = append(changed, k)
		}
	}
	slices.Sort(changed)
	for part := range slices.Chunk(gone, rowsPerStatement) {
		if _, err := gorm.G[R](tx).Where(column+" IN ?", part).Delete(ctx); err != nil {
			return nil, err
		}
	}
	for part := range slices.Chunk(changed, rowsPerStatement) {
		rows := make([]R, len(part))
		for i, k := range part {
			rows[i] = wanted[k]
		}
		upsert := clause.OnConflict{Columns: []clause.Column{{Name: column}}, UpdateAll: true}
		if err := gorm.G[R](tx, upsert).CreateInBatches(ctx, &rows, rowsPerStatement); err != nil {
			return nil, err
		}
	}
	changed = append(changed, gone...)
	slices.Sort(changed)
	return changed, nil
}

func figuresRowsOf(all map[string]*burnlist.Figures) (map[string]figuresRow, error) {
	rows := make(map[string]figuresRow, len(all))
	for slo, f := range all {
		if f == nil || f.SLO != slo {
			return nil, burnlist.Errorf(burnlist.Invalid, "the figures under %q are not of that SLO", slo)
		}
		g := *f
		g.At = burnlist.Instant(g.At)
		g.FirstData, g.KnownUntil = stored(g.FirstData), stored(g.KnownUntil)
		g.ExhaustsAt, g.RecoversAt = stored(g.ExhaustsAt), stored(g.RecoversAt)
		body, err := json.Marshal(g)
		if err != nil {
			return nil, fmt.Errorf("write the figures of %s: %w", slo, err)
		}
		rows[slo] = figuresRow{SLO: slo, Body: string(body)}
	}
	return rows, nil
}

// budgets reads the current figures and costs. tx is a transaction that sees
// one state.
func budgets(ctx context.Context, tx *gorm.DB) (burnlist.Budgets, error) {
	b := burnlist.Budgets{Figures: map[string]*burnlist.Figures{}, Costs: map[int64]burnlist.IncidentCost{}}
	refresh, err := gorm.G[refreshRow](tx).Take(ctx)
	if err != nil {
		return b, err
	}
	b.RefreshedAt = refresh.Refreshed.Time
	figures, err := gorm.G[figuresRow](tx).Find(ctx)
	if err != nil {
		return b, err
	}
	for _, row := range figures {
		f := new(burnlist.Figures)
		if err := json.Unmarshal([]byte(row.Body), f); err != nil {
			return b, fmt.Errorf("read the figures of %s: %w", row.SLO, err)
		}
		b.Figures[row.SLO] = f
	}
	costs, err := gorm.G[costRow](tx).Find(ctx)
	if err != nil {
		return b, err
	}
	for _, row := range costs {
		b.Costs[row.Item] = burnlist.IncidentCost{Item: row.Item, SLO: row.SLO, Share: row.Share}
	}
	return b, nil
}
