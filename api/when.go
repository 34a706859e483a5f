package api

import (
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"github.com/burnlist/burnlist"
)

// namedDay is a day in a request: a date, or one relative to today, which is
// resolved in the zone of the item's product. It may be absent or null.
type namedDay struct {
	when  burnlist.When
	set   bool // it is there, if only as null
	wrong error
}

// UnmarshalJSON notes that the field is there, and leaves it to Resolve to
// refuse what is no day, as that knows where it stands.
func (d *namedDay) UnmarshalJSON(b []byte) error {
	*d = namedDay{set: true}
	var text *string
	if json.Unmarshal(b, &text) == nil && text != nil { // the schema refuses what is no string
		d.when, d.wrong = burnlist.ParseWhen(*text)
	}
	return nil
}

// Schema is that of a text or null: every form is one, and few are dates.
func (*namedDay) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, Nullable: true, MaxLength: new(100),
		Description: "A day: a date, or relative to today in the product's zone, such as tomorrow, in 3 days, in 2 weeks, in 1 month, next week (in 7 days), friday (the first after today), next friday (of the next calendar week), end of week (its Friday), end of month. The answer has the date.",
		Examples:    []any{"2026-11-30", "in 2 weeks", "next friday", "end of month"},
	}
}

// Resolve refuses what is no day.
func (d *namedDay) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if d.wrong == nil {
		return nil
	}
	return []error{&huma.ErrorDetail{Location: at.String(), Message: d.wrong.Error()}}
}

// on returns the date, or none.
func (d namedDay) on(today burnlist.Date) burnlist.Date { return d.when.On(today) }

// apply writes the date to v if the field is there; null is none.
func (d namedDay) apply(v *burnlist.Date, today burnlist.Date) {
	if d.set {
		*v = d.on(today)
	}
}
