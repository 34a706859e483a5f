package store

import (
	"time"

	"github.com/burnlist/burnlist"
)

type itemRow struct {
	ID       int64 `gorm:"primaryKey;autoIncrement:false"`
	Key      burnlist.NullString
	Title    string
	Service  string
	SLO      burnlist.NullString `gorm:"column:slo"`
	Owner    burnlist.NullString
	Due      burnlist.Date
	Priority string
	Ticket   burnlist.NullString
	OpenedOn burnlist.Date
	DoneWhen burnlist.NullString
	Status   string
	Source   document[*burnlist.Source]
	Closing  document[*burnlist.Closing]
	Snooze   document[*burnlist.Snooze]
	Returned document[*burnlist.Return]
	Origin   *int64
	Trail    document[burnlist.Trail]
	Facts    document[burnlist.Facts]
	Version  int64
	Created  instant `gorm:"column:created_at"`
	Updated  instant `gorm:"column:updated_at"`
}

func (itemRow) TableName() string { return "items" }

// itemRowOf shares nothing with i that it changes: the documents are copied,
// because their times are brought to the form in which they are stored.
func itemRowOf(i burnlist.Item) itemRow {
	row := itemRow{
		ID: i.ID, Key: i.Key, Title: i.Title, Service: i.Service, SLO: i.SLO, Owner: i.Owner, Due: i.Due,
		Priority: string(i.Priority), Ticket: i.Ticket, OpenedOn: i.OpenedOn, DoneWhen: i.DoneWhen, Status: string(i.Status),
		Trail: document[burnlist.Trail]{i.Trail}, Facts: document[burnlist.Facts]{i.Facts},
		Version: i.Version, Created: at(i.CreatedAt), Updated: at(i.UpdatedAt),
	}
	if i.Source != nil {
		source := *i.Source
		source.Start, source.End = stored(source.Start), stored(source.End)
		row.Source.V = &source
	}
	if i.Closing != nil {
		closing := *i.Closing
		closing.At = burnlist.Instant(closing.At)
		row.Closing.V = &closing
	}
	if i.Snooze != nil {
		snooze := *i.Snooze
		snooze.At = burnlist.Instant(snooze.At)
		row.Snooze.V = &snooze
	}
	if i.Return != nil {
		back := *i.Return
		back.At, back.From = burnlist.Instant(back.At), burnlist.Instant(back.From)
		row.Returned.V = &back
	}
	if i.Origin != 0 {
		row.Origin = &i.Origin
	}
	t := &row.Trail.V
	for _, moment := range []*time.Time{&t.TouchedAt, &t.TitleAt, &t.OwnerAt, &t.DueAt, &t.SlippedAt, &t.TicketAt, &t.ServiceAt} {
		*moment = burnlist.Instant(*moment)
	}
	row.Facts.V.LastReviewed, row.Facts.V.Renegotiated = stored(i.Facts.LastReviewed), stored(i.Facts.Renegotiated)
	return row
}

func (r itemRow) noun() burnlist.Item {
	i := burnlist.Item{
		ID: r.ID,
		ItemFields: burnlist.ItemFields{
			Key: r.Key, Title: r.Title, Service: r.Service, SLO: r.SLO, Owner: r.Owner, Due: r.Due,
			Priority: burnlist.Priority(r.Priority), Ticket: r.Ticket, Source: r.Source.V, OpenedOn: r.OpenedOn, DoneWhen: r.DoneWhen,
		},
		Status: burnlist.Status(r.Status), Closing: r.Closing.V, Snooze: r.Snooze.V, Return: r.Returned.V, Trail: r.Trail.V, Facts: r.Facts.V,
		Version: r.Version, CreatedAt: r.Created.Time, UpdatedAt: r.Updated.Time,
	}
	if r.Origin != nil {
		i.Origin = *r.Origin
	}
	return i
}

// stored returns a copy of an optional time in the form in which it is stored.
func stored(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return new(burnlist.Instant(*t))
}
