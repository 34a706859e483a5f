package store

import (
	"context"
	"encoding/json"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

type agendaRow struct {
	Review   int64 `gorm:"primaryKey;autoIncrement:false"`
	Services document[json.RawMessage]
}

func (agendaRow) TableName() string { return "agendas" }

// entryRow holds an entry of an agenda as a whole in its body; the other
// columns are what it is found by.
type entryRow struct {
	Review   int64 `gorm:"primaryKey;autoIncrement:false"`
	Position int64 `gorm:"primaryKey;autoIncrement:false"`
	Item     int64
	Service  string
	ReadOnly bool
	Jump     bool
	Body     document[burnlist.AgendaEntry]
}

func (entryRow) TableName() string { return "agenda_entries" }

func entryRowOf(review int64, e burnlist.AgendaEntry) entryRow {
	return entryRow{
		Review: review, Position: int64(e.Position), Item: e.Item, Service: e.Service, ReadOnly: e.ReadOnly, Jump: e.Jump,
		Body: document[burnlist.AgendaEntry]{e},
	}
}

func (r entryRow) noun() burnlist.AgendaEntry { return r.Body.V }

// Agenda returns the whole agenda of a review, in order. That of a review that
// has none is empty. It fails with NotFound if there is no such review.
func (s *Store) Agenda(ctx context.Context, id int64) (burnlist.Agenda, error) {
	var frozen burnlist.Agenda
	err := s.view(ctx, func(tx *gorm.DB) error {
		if _, err := review(ctx, tx, id); err != nil {
			return err
		}
		var err error
		frozen, err = agenda(ctx, tx, id)
		return err
	})
	if err != nil {
		return burnlist.Agenda{}, s.failed("read an agenda", err)
	}
	return frozen, nil
}

func agenda(ctx context.Context, tx *gorm.DB, id int64) (burnlist.Agenda, error) {
	row, _, err := one[agendaRow](ctx, tx, "review = ?", id)
	if err != nil {
		return burnlist.Agenda{}, err
	}
	rows, err := gorm.G[entryRow](tx).Where("review = ?", id).Order("position").Find(ctx)
	if err != nil {
		return burnlist.Agenda{}, err
	}
	frozen := burnlist.Agenda{Services: row.Services.V, Entries: make([]burnlist.AgendaEntry, len(rows))}
	for i, row := range rows {
		frozen.Entries[i] = row.noun()
	}
	return frozen, nil
}

// createAgenda stores the agenda of a review that has none.
func createAgenda(ctx context.Context, tx *gorm.DB, review int64, a burnlist.Agenda) error {
	if err := gorm.G[agendaRow](tx).Create(ctx, &agendaRow{Review: review, Services: document[json.RawMessage]{a.Services}}); err != nil {
		return err
	}
	if len(a.Entries) == 0 {
		return nil
	}
	rows := make([]entryRow, len(a.Entries))
	for i, e := range a.Entries {
		rows[i] = entryRowOf(review, e)
	}
	return gorm.G[entryRow](tx).CreateInBatches(ctx, &rows, rowsPerStatement)
}

// removeAgenda makes place for another agenda of a review.
func removeAgenda(ctx context.Context, tx *gorm.DB, review int64) error {
	if _, err := gorm.G[entryRow](tx).Where("review = ?", review).Delete(ctx); err != nil {
		return err
	}
	_, err := gorm.G[agendaRow](tx).Where("review = ?", review).Delete(ctx)
	return err
}
