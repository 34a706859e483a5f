package burnlist

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func mustWhen(t *testing.T, s string) When {
	t.Helper()
	w, err := ParseWhen(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestADayMayBeNamedRelativeToToday(t *testing.T) {
	for name, tc := range map[string]struct{ today, when, want string }{
		"a date":                         {"2026-11-25", "2026-12-01", "2026-12-01"},
		"a date that has passed":         {"2026-11-25", "2020-02-29", "2020-02-29"},
		"today":                          {"2026-11-25", "today", "2026-11-25"},
		"tomorrow":                       {"2026-12-31", "tomorrow", "2027-01-01"},
		"days":                           {"2026-11-25", "in 3 days", "2026-11-28"},
		"no days":                        {"2026-11-25", "0 days", "2026-11-25"},
		"weeks":                          {"2026-11-25", "in 2 weeks", "2026-12-09"},
		"weeks without in":               {"2026-11-25", "2 weeks", "2026-12-09"},
		"a week":                         {"2026-11-25", "in a week", "2026-12-02"},
		"a month":                        {"2026-11-25", "in 1 month", "2026-12-25"},
		"a month from the 31st":          {"2026-01-31", "in 1 month", "2026-02-28"},
		"a month from the 31st, leaping": {"2028-01-31", "in a month", "2028-02-29"},
		"13 months from the 31st":        {"2027-01-31", "in 13 months", "2028-02-29"},
		"into the next year":             {"2026-11-30", "3 months", "2027-02-28"},
		"next week":                      {"2026-11-25", "next week", "2026-12-02"},
		"next month":                     {"2026-10-31", "next month", "2026-11-30"},
		"a later weekday":                {"2026-11-25", "friday", "2026-11-27"},
		"an earlier weekday":             {"2026-11-25", "monday", "2026-11-30"},
		"the weekday that it is":         {"2026-11-25", "wednesday", "2026-12-02"},
		"a short weekday":                {"2026-11-25", "Thu", "2026-11-26"},
		"the weekday of next week":       {"2026-11-25", "next friday", "2026-12-04"},
		"next monday on a monday":        {"2026-11-23", "next monday", "2026-11-30"},
		"next sunday on a monday":        {"2026-11-23", "next sunday", "2026-12-06"},
		"next monday on a sunday":        {"2026-11-29", "next monday", "2026-11-30"},
		"end of week":                    {"2026-11-23", "end of week", "2026-11-27"},
		"end of week on a friday":        {"2026-11-27", "end of the week", "2026-11-27"},
		"end of week on a saturday":      {"2026-11-28", "end of week", "2026-12-04"},
		"end of next week":               {"2026-11-23", "end of next week", "2026-12-04"},
		"end of next week on a sunday":   {"2026-11-29", "end of next week", "2026-12-04"},
		"end of month":                   {"2026-02-03", "end of month", "2026-02-28"},
		"end of month on its last day":   {"2026-11-30", "end of this month", "2026-11-30"},
		"end of next month":              {"2026-12-31", "end of next month", "2027-01-31"},
		"any case and space":             {"2026-11-25", "  Next \t FRIDAY ", "2026-12-04"},
		"beyond what can be written":     {"9999-12-30", "in 2 weeks", "9999-12-31"},
		"a month beyond it":              {"9999-12-30", "end of next month", "9999-12-31"},
		"on the first day of all":        {"0001-01-01", "sunday", "0001-01-07"},
	} {
		t.Run(name, func(t *testing.T) {
			today, err := ParseDate(tc.today)
			if err != nil {
				t.Fatal(err)
			}
			if got := mustWhen(t, tc.when).On(today).String(); got != tc.want {
				t.Errorf("%q on %s, a %s, is %s, want %s", tc.when, tc.today, today.Weekday(), got, tc.want)
			}
		})
	}
}

func TestWhatNamesNoDayIsRefused(t *testing.T) {
	for _, s := range []string{
		"", " ", "soon", "eventually", "asap", "yesterday", "last friday", "next sprint", "end of sprint", "in 3", "3", "in days", "in -1 days", "in +1 days",
		"in 1.5 days", "1e3 days", "in 3 years", "3661 days", "523 weeks", "121 months", "in 99999999999999999999 days", "in in 3 days", "in 3 days time",
		"2026-02-30", "2026-2-3", "0000-01-01", "10000-01-01", "2026-11-30T00:00:00Z", "next", "next 3 days", "in friday", "fr", "end of", "ｔｏｄａｙ",
	} {
		w, err := ParseWhen(s)
		if CodeOf(err) != Invalid || !w.IsZero() {
			t.Errorf("%q is read as %q (%v)", s, w, err)
		} else if !strings.Contains(err.Error(), "YYYY-MM-DD") || !strings.Contains(err.Error(), "next friday") {
			t.Errorf("the refusal of %q does not say what is read: %v", s, err)
		}
	}
	if _, err := ParseWhen("Next Sprint"); err == nil || !strings.Contains(err.Error(), "the day on which the sprint ends") {
		t.Errorf("a sprint is refused with: %v", err)
	}
}

func TestRelativeDaysNeverLieBeforeToday(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		today := Date(rapid.Int32Range(1, int32(lastDate)).Draw(t, "today"))
		s := rapid.OneOf(
			rapid.SampledFrom([]string{
				"today", "tomorrow", "next week", "next month", "end of week", "end of next week", "end of month", "end of next month",
				"sunday", "monday", "sat", "next sunday", "next wednesday",
			}),
			rapid.StringMatching(`(in )?[0-9]{1,2} (day|week|month)s?`),
		).Draw(t, "when")
		w, err := ParseWhen(s)
		if err != nil {
			t.Fatal(err)
		}
		day := w.On(today)
		if day < today || day > lastDate {
			t.Fatalf("%q on %s is %s", s, today, day)
		}
		again, err := ParseWhen(w.String())
		if err != nil || again != w {
			t.Fatalf("%q is written as %q and read back as %q (%v)", s, w, again, err)
		}
	})
}

func TestMonthsKeepTheDayOrEndWithTheirLast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		today := Date(rapid.Int32Range(1, int32(lastDate)-4000).Draw(t, "today"))
		n := rapid.IntRange(0, 120).Draw(t, "months")
		from, got := today.time(), When{inMonths, int32(n)}.On(today).time()
		if months := (got.Year()-from.Year())*12 + int(got.Month()-from.Month()); months != n {
			t.Fatalf("%d months after %s is %s", n, today, got)
		}
		if got.Day() != from.Day() && (got.Day() > from.Day() || got.AddDate(0, 0, 1).Day() != 1) {
			t.Fatalf("%d months after %s is %s", n, today, got)
		}
	})
}

func TestNoDayIsNoDate(t *testing.T) {
	var v struct{ Due When }
	if err := json.Unmarshal([]byte(`{"Due":null}`), &v); err != nil || !v.Due.IsZero() || v.Due.On(NewDate(2026, time.November, 25)) != 0 {
		t.Errorf("null is read as %q (%v)", v.Due, err)
	}
	text, err := json.Marshal(struct {
		Due   When `json:"due,omitzero"`
		Until When `json:"until,omitzero"`
	}{Due: mustWhen(t, "Next week")})
	if string(text) != `{"due":"in 7 days"}` {
		t.Errorf("written as %s (%v)", text, err)
	}
}

func FuzzWhen(f *testing.F) {
	for _, s := range []string{"2026-11-30", "in 2 weeks", "next friday", "end of month", "next sprint", "in 9999999999 days", "0001-01-01", "a month", "\xff", "İn 1 day"} {
		f.Add(s, int32(739000))
		f.Add(s, int32(lastDate))
	}
	f.Fuzz(func(t *testing.T, s string, n int32) {
		today := Date(1 + max(n, -n, 0)%int32(lastDate))
		w, err := ParseWhen(s)
		if err != nil {
			if CodeOf(err) != Invalid || !w.IsZero() {
				t.Fatalf("%q is refused with %v, and read as %q", s, err, w)
			}
			return
		}
		day := w.On(today)
		if date, err := ParseDate(strings.TrimSpace(s)); err == nil {
			if day != date {
				t.Fatalf("the date %q is %s", s, day)
			}
		} else if day < today || day > lastDate {
			t.Fatalf("%q on %s is %s", s, today, day)
		}
	})
}
