package burnlist

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Date is a civil date: a day in some product's calendar, without a time or a
// zone. Dates are compared with < and subtracted with -, which gives days. The
// zero Date is no date; it is null in JSON and in the database.
type Date int32 // days since 0000-12-31

// unixDay is the Date of 1970-01-01.
const unixDay = 719163

// NewDate returns the date of the given day; values outside their range are
// normalised as by time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()/86400 + unixDay)
}

// DateIn returns the civil date of the instant t in zone.
func DateIn(t time.Time, zone *time.Location) Date {
	y, m, d := t.In(zone).Date()
	return NewDate(y, m, d)
}

// ParseDate reads a date of the form 2006-01-02, years 1 to 9999.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return 0, Errorf(Invalid, "%q is not a date: write it as YYYY-MM-DD", s)
	}
	return NewDate(t.Date()), nil
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == 0 }

// Start returns the first instant of the day in zone. Where a zone's clocks
// skip midnight, that is the first instant after the gap.
func (d Date) Start(zone *time.Location) time.Time { return d.At(0, 0, zone) }

// At returns the first instant at which the clocks of zone show the given time
// of the day, or a later one: in a gap the first valid instant, in a fold the
// first of the two.
func (d Date) At(hour, minute int, zone *time.Location) time.Time {
	// The clocks run evenly between two transitions. Those of the two days
	// before cannot show the time yet, whatever their offset is.
	wall := int64(d-unixDay)*86400 + int64(hour)*3600 + int64(minute)*60
	for t := time.Unix(wall, 0).Add(-48 * time.Hour).In(zone); ; {
		begin, end := t.ZoneBounds()
		_, offset := t.Zone()
		at := time.Unix(wall-int64(offset), 0)
		if at.Before(begin) {
			at = begin
		}
		if end.IsZero() || at.Before(end) {
			return at.UTC()
		}
		t = end
	}
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return time.Weekday(d % 7) }

// String writes the date as 2006-01-02, and no date as an empty string.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.time().Format(time.DateOnly)
}

// time returns the midnight of the day, in UTC.
func (d Date) time() time.Time { return time.Unix(int64(d-unixDay)*86400, 0).UTC() }

// MarshalJSON writes the date as a string, and no date as null.
func (d Date) MarshalJSON() ([]byte, error) {
	if d == 0 {
		return []byte("null"), nil
	}
	return []byte(`"` + d.String() + `"`), nil
}

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDate reads; an empty text is no date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = 0
		return nil
	}
	var err error
	*d, err = ParseDate(string(text))
	return err
}

// Value implements driver.Valuer: a date is stored as text.
func (d Date) Value() (driver.Value, error) {
	if d == 0 {
		return nil, nil
	}
	return d.String(), nil
}

// Scan implements sql.Scanner.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = 0
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	case time.Time:
		*d = NewDate(v.Date())
	default:
		return fmt.Errorf("scan a date from %T", src)
	}
	return nil
}
