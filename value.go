package burnlist

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
)

// NullString is a string of which the empty one means "none": null in JSON and
// in the database.
type NullString string

// MarshalJSON writes the empty string as null.
func (s NullString) MarshalJSON() ([]byte, error) {
	if s == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(s))
}

// Value implements driver.Valuer.
func (s NullString) Value() (driver.Value, error) {
	if s == "" {
		return nil, nil
	}
	return string(s), nil
}

// Scan implements sql.Scanner.
func (s *NullString) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*s = ""
	case string:
		*s = NullString(v)
	case []byte:
		*s = NullString(v)
	default:
		return fmt.Errorf("scan a string from %T", src)
	}
	return nil
}

// Value is a measured number, or unknown. The zero Value is unknown, which is
// null in JSON. A known Value is finite.
type Value struct {
	n     float64
	known bool
}

// Known returns the known value n, or the unknown one if n is not finite.
func Known(n float64) Value {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return Value{}
	}
	return Value{n: n, known: true}
}

// Get returns the number and whether it is known.
func (v Value) Get() (float64, bool) { return v.n, v.known }

// Or returns the number, or other if it is unknown.
func (v Value) Or(other float64) float64 {
	if v.known {
		return v.n
	}
	return other
}

// AtLeast reports whether the value is known and not below n.
func (v Value) AtLeast(n float64) bool { return v.known && v.n >= n }

// Above reports whether the value is known and greater than n.
func (v Value) Above(n float64) bool { return v.known && v.n > n }

// Equal reports whether both are unknown, or both the same number.
func (v Value) Equal(o Value) bool { return v == o }

// String writes the number in its shortest form, or "unknown".
func (v Value) String() string {
	if !v.known {
		return "unknown"
	}
	return strconv.FormatFloat(v.n, 'g', -1, 64)
}

// MarshalJSON writes the number, or null.
func (v Value) MarshalJSON() ([]byte, error) {
	if !v.known {
		return []byte("null"), nil
	}
	return json.Marshal(v.n)
}

// UnmarshalJSON reads a number, or null.
func (v *Value) UnmarshalJSON(b []byte) error {
	*v = Value{}
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	var n float64
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	*v = Known(n)
	return nil
}

// Spans is one Value for each of the spans of time over which burn is
// measured, in the order of SpanLengths.
type Spans [8]Value

// Indexes of Spans.
const (
	Span5m = iota
	Span30m
	Span1h
	Span2h
	Span6h
	Span1d
	Span3d
	Span7d
)

// SpanLengths are the lengths of the spans, shortest first.
var SpanLengths = [8]time.Duration{
	5 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour,
	24 * time.Hour, 3 * 24 * time.Hour, 7 * 24 * time.Hour,
}

// SpanNames are the names of the spans, as the API shows them.
var SpanNames = [8]string{"5m", "30m", "1h", "2h", "6h", "1d", "3d", "7d"}

// MarshalJSON writes an object with one member for each span.
func (s Spans) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, v := range s {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), SpanNames[i]...), `":`...)
		text, err := v.MarshalJSON()
		if err != nil {
			return nil, err
		}
		b = append(b, text...)
	}
	return append(b, '}'), nil
}

// UnmarshalJSON reads what MarshalJSON writes; missing spans are unknown.
func (s *Spans) UnmarshalJSON(b []byte) error {
	var m map[string]Value
	if err := json.Unmarshal(b, &m); err != nil {
		return err
	}
	for i, name := range SpanNames {
		s[i] = m[name]
	}
	return nil
}

// Duration is a length of time that is written in Prometheus' manner, with the
// units d, h, m and s: "30d", "1h30m", "5m".
type Duration time.Duration

// Day is the length of a day that is not tied to a calendar.
const Day = 24 * time.Hour

// ParseDuration reads a duration of whole seconds, each unit at most once and
// the larger ones first. It refuses a number without a unit.
func ParseDuration(s string) (Duration, error) {
	bad := Errorf(Invalid, "%q is not a duration: write a number with a unit, such as 30d, 6h or 5m", s)
	units := []struct {
		unit byte
		len  time.Duration
	}{{'d', Day}, {'h', time.Hour}, {'m', time.Minute}, {'s', time.Second}}
	var total time.Duration
	rest, next := s, 0
	for rest != "" {
		digits := 0
		for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
			digits++
		}
		if digits == 0 || digits > 8 || digits == len(rest) {
			return 0, bad
		}
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		if err != nil {
			return 0, bad
		}
		i := next
		for i < len(units) && units[i].unit != rest[digits] {
			i++
		}
		if i == len(units) || n > int64(100*366*Day/units[i].len) {
			return 0, bad
		}
		total += time.Duration(n) * units[i].len
		rest, next = rest[digits+1:], i+1
	}
	if s == "" || total > 100*366*Day {
		return 0, bad
	}
	return Duration(total), nil
}

// Std returns d as the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String writes what ParseDuration reads; fractions of a second are dropped.
func (d Duration) String() string {
	rest := time.Duration(d).Truncate(time.Second)
	if rest <= 0 {
		return "0s"
	}
	var b []byte
	for _, u := range []struct {
		unit byte
		len  time.Duration
	}{{'d', Day}, {'h', time.Hour}, {'m', time.Minute}, {'s', time.Second}} {
		if n := rest / u.len; n > 0 {
			b = append(strconv.AppendInt(b, int64(n), 10), u.unit)
			rest -= n * u.len
		}
	}
	return string(b)
}

// MarshalText writes the duration as String does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDuration reads.
func (d *Duration) UnmarshalText(text []byte) error {
	var err error
	*d, err = ParseDuration(string(text))
	return err
}
