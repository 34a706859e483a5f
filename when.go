package burnlist

import (
	"strconv"
	"strings"
	"time"
)

// When is a day as people name it: a date, or one that depends on today, such
// as "in 2 weeks". The zero When is none. What is stored is always a date.
type When struct {
	kind whenKind
	n    int32 // the Date, the number of days or months, or the weekday
}

type whenKind uint8

const (
	onDate whenKind = iota + 1
	inDays
	inMonths
	onWeekday   // the first such day after today
	nextWeekday // of the calendar week after this one
	endOfWeek   // its Friday
	endOfNextWeek
	endOfMonth
	endOfNextMonth
)

// whenForms are what ParseWhen reads, in words.
const whenForms = "write it as YYYY-MM-DD, or say today, tomorrow, in 3 days, in 2 weeks, in 1 month, next week, next month, friday, next friday, end of week or end of month"

// furthest is how many years ahead a relative day may lie.
const furthest = 10

// lastDate is the last one that can be written.
var lastDate = NewDate(9999, time.December, 31)

// ParseWhen reads a day: a date of the form 2006-01-02, or one relative to
// today, in any case and with any space. Weeks begin on Monday.
//
//   - today, tomorrow
//   - in 3 days, in 2 weeks, in a month; the "in" may be left out
//   - next week is in 7 days, next month in 1 month
//   - friday is the first one after today, next friday that of the next week
//   - end of week is its Friday, on a weekend the next one; end of next week
//   - end of month is its last day; end of next month
//
// It fails with Invalid.
func ParseWhen(s string) (When, error) {
	words := strings.Fields(strings.ToLower(s))
	switch strings.Join(words, " ") {
	case "today":
		return When{inDays, 0}, nil
	case "tomorrow":
		return When{inDays, 1}, nil
	case "next week":
		return When{inDays, 7}, nil
	case "next month":
		return When{inMonths, 1}, nil
	case "end of week", "end of the week", "end of this week":
		return When{endOfWeek, 0}, nil
	case "end of next week", "end of the next week":
		return When{endOfNextWeek, 0}, nil
	case "end of month", "end of the month", "end of this month":
		return When{endOfMonth, 0}, nil
	case "end of next month", "end of the next month":
		return When{endOfNextMonth, 0}, nil
	case "this sprint", "next sprint", "end of sprint", "end of the sprint", "end of this sprint", "end of next sprint":
		return When{}, Errorf(Invalid, "%q is not a date that burnlist knows, as it knows no sprints: give the day on which the sprint ends; %s", clip(s), whenForms)
	}
	if len(words) == 1 {
		if day, ok := weekday(words[0]); ok {
			return When{onWeekday, int32(day)}, nil
		}
		if d, err := ParseDate(words[0]); err == nil {
			return When{onDate, int32(d)}, nil
		}
	}
	if len(words) == 2 && words[0] == "next" {
		if day, ok := weekday(words[1]); ok {
			return When{nextWeekday, int32(day)}, nil
		}
	}
	if len(words) == 3 && words[0] == "in" {
		words = words[1:]
	}
	if len(words) == 2 {
		if w, ok := distance(words[0], words[1]); ok {
			return w, nil
		}
	}
	return When{}, Errorf(Invalid, "%q is not a date: %s", clip(s), whenForms)
}

// distance reads how far away a day is.
func distance(number, unit string) (When, bool) {
	n := 1
	if number != "a" && number != "one" {
		var err error
		if n, err = strconv.Atoi(number); err != nil || n < 0 || number[0] == '+' || number[0] == '-' {
			return When{}, false
		}
	}
	of, kind, most := 1, inDays, furthest*366
	switch unit {
	case "day", "days":
	case "week", "weeks":
		of = 7
	case "month", "months":
		kind, most = inMonths, furthest*12
	default:
		return When{}, false
	}
	if n > most/of {
		return When{}, false
	}
	return When{kind, int32(n * of)}, true
}

// weekday reads a day of the week, in full or by its first three letters.
func weekday(s string) (time.Weekday, bool) {
	for day := range time.Weekday(7) {
		if name := strings.ToLower(day.String()); s == name || s == name[:3] {
			return day, true
		}
	}
	return 0, false
}

// IsZero reports whether w names no day.
func (w When) IsZero() bool { return w == When{} }

// On returns the day that w names if today is the given date: a date itself,
// whatever today is, and otherwise a day that is not before today. Of none it
// is no date.
func (w When) On(today Date) Date {
	day := today
	monday := today - Date((today.Weekday()+6)%7)
	switch w.kind {
	case onDate:
		return Date(w.n)
	case inDays:
		day += Date(w.n)
	case inMonths:
		day = inMonth(today, int(w.n), today.day())
	case onWeekday:
		day += 1 + Date(7+int(w.n)-int((today+1).Weekday()))%7
	case nextWeekday:
		day = monday + 7 + Date(w.n+6)%7
	case endOfWeek:
		if day = monday + 4; day < today {
			day += 7
		}
	case endOfNextWeek:
		day = monday + 7 + 4
	case endOfMonth:
		day = inMonth(today, 0, 31)
	case endOfNextMonth:
		day = inMonth(today, 1, 31)
	default:
		return 0
	}
	return min(day, max(today, lastDate))
}

func (d Date) day() int {
	_, _, day := d.time().Date()
	return day
}

// inMonth returns the given day of the month that is so many months after that
// of a date, or the last day of it if the month is shorter.
func inMonth(of Date, months, day int) Date {
	year, month, _ := of.time().Date()
	last := NewDate(year, month+time.Month(months)+1, 0)
	return min(last, NewDate(year, month+time.Month(months), day))
}

// String writes what ParseWhen reads as the same, and none as an empty string.
func (w When) String() string {
	switch w.kind {
	case onDate:
		return Date(w.n).String()
	case inDays:
		return "in " + strconv.Itoa(int(w.n)) + " days"
	case inMonths:
		return "in " + strconv.Itoa(int(w.n)) + " months"
	case onWeekday:
		return strings.ToLower(time.Weekday(w.n).String())
	case nextWeekday:
		return "next " + strings.ToLower(time.Weekday(w.n).String())
	case endOfWeek:
		return "end of week"
	case endOfNextWeek:
		return "end of next week"
	case endOfMonth:
		return "end of month"
	case endOfNextMonth:
		return "end of next month"
	}
	return ""
}

// MarshalText writes the day as String does.
func (w When) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads what ParseWhen reads; an empty text is none.
func (w *When) UnmarshalText(text []byte) error {
	*w = When{}
	if len(text) == 0 {
		return nil
	}
	var err error
	*w, err = ParseWhen(string(text))
	return err
}
