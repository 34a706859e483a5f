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
func (d Date) Start(zone *time.Location) time.Time {
	utc := time.Unix(int64(d-unixDay)*86400, 0).UTC()
	t := time.Date(utc.Year(), utc.Month(), utc.Day(), 0, 0, 0, 0, zone)
	if DateIn(t, zone) == d {
		// In a fold that contains midnight the day begins twice; the earlier
		// instant counts, if it is still on this date.
		if earlier := t.Add(-time.Hour); DateIn(earlier, zone) == d {
			return earlier
		}
		return t
	}
	for DateIn(t, zone) < d {
		t = t.Add(15 * time.Minute)
	}
	return t
}

// String writes the date as 2006-01-02, and no date as an empty string.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return time.Unix(int64(d-unixDay)*86400, 0).UTC().Format(time.DateOnly)
}

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
