package store

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"github.com/burnlist/burnlist"
)

// instantForm is how a time is written: of fixed width and always in UTC, so
// that in SQLite the texts sort as the times do. The driver is not given it,
// because goose's own table has times of another form.
const instantForm = "2006-01-02T15:04:05.000Z07:00"

// instant is a column that holds a time, UTC and truncated to milliseconds, or
// null, which is the zero instant. It is timestamptz in PostgreSQL and text in
// SQLite, and does not depend on any local zone. A time in a condition goes
// through it, too.
type instant struct{ time.Time }

// at returns the column for a time.
func at(t time.Time) instant { return instant{burnlist.Instant(t)} }

// atOrNull returns the column for a time that may be missing.
func atOrNull(t *time.Time) instant {
	if t == nil {
		return instant{}
	}
	return at(*t)
}

// pointer returns the time, or nil for null.
func (i instant) pointer() *time.Time {
	if i.IsZero() {
		return nil
	}
	return &i.Time
}

func (instant) GormDataType() string { return "time" }

func (i instant) Value() (driver.Value, error) {
	if i.IsZero() {
		return nil, nil
	}
	return burnlist.Instant(i.Time).Format(instantForm), nil
}

func (i *instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i = instant{}
	case time.Time:
		*i = at(v)
	case string:
		t, err := time.Parse(instantForm, v)
		if err != nil {
			return fmt.Errorf("read a time: %w", err)
		}
		*i = at(t)
	default:
		return fmt.Errorf("scan a time from %T", src)
	}
	return nil
}

// document is a column that holds a value as JSON, or null if that is what the
// value is in JSON.
type document[T any] struct{ V T }

func (document[T]) GormDataType() string { return "json" }

func (d document[T]) Value() (driver.Value, error) {
	text, err := json.Marshal(d.V)
	if err != nil {
		return nil, fmt.Errorf("write a document: %w", err)
	}
	if string(text) == "null" {
		return nil, nil
	}
	return string(text), nil
}

func (d *document[T]) Scan(src any) error {
	*d = document[T]{}
	var text []byte
	switch v := src.(type) {
	case nil:
		return nil
	case string:
		text = []byte(v)
	case []byte:
		text = v
	default:
		return fmt.Errorf("scan a document from %T", src)
	}
	if err := json.Unmarshal(text, &d.V); err != nil {
		return fmt.Errorf("read a document: %w", err)
	}
	return nil
}

// same reports whether a and b are stored as the same.
func same[T any](a, b T) bool {
	x, xerr := json.Marshal(a)
	y, yerr := json.Marshal(b)
	return xerr == nil && yerr == nil && bytes.Equal(x, y)
}
