package burnlist

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDatesCountDaysLikeTheCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unix := rapid.Int64Range(-60_000_000_000, 200_000_000_000).Draw(t, "unix")
		day := time.Unix(unix, 0).UTC()
		d := DateIn(day, time.UTC)
		if got, want := d.String(), day.Format(time.DateOnly); got != want {
			t.Fatalf("date of %s is %s, want %s", day, got, want)
		}
		n := rapid.IntRange(-800, 800).Draw(t, "days")
		if got, want := (d + Date(n)).String(), day.AddDate(0, 0, n).Format(time.DateOnly); got != want {
			t.Fatalf("%s and %d days is %s, want %s", d, n, got, want)
		}
		back, err := ParseDate(d.String())
		if err != nil || back != d {
			t.Fatalf("%s reads back as %s, %v", d, back, err)
		}
	})
}

func TestADayStartsWithItsFirstInstant(t *testing.T) {
	for name, tc := range map[string]struct{ zone, date, want string }{
		"an ordinary day":                     {"Europe/Berlin", "2026-11-21", "2026-11-20T23:00:00Z"},
		"clocks skip midnight":                {"America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"},
		"midnight comes twice":                {"America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"},
		"the day after a skipped day":         {"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"},
		"an offset with a quarter of an hour": {"Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(tc.zone)
			if err != nil {
				t.Fatal(err)
			}
			d, err := ParseDate(tc.date)
			if err != nil {
				t.Fatal(err)
			}
			start := d.Start(zone)
			if got := start.UTC().Format(time.RFC3339); got != tc.want {
				t.Errorf("%s starts at %s, want %s", tc.date, got, tc.want)
			}
			if before := DateIn(start.Add(-time.Millisecond), zone); before >= d {
				t.Errorf("the instant before the start is on %s", before)
			}
		})
	}
}

func TestNoDateIsNullInJSON(t *testing.T) {
	var v struct{ Due Date }
	if err := json.Unmarshal([]byte(`{"Due":"2026-11-20"}`), &v); err != nil || v.Due != NewDate(2026, time.November, 20) {
		t.Errorf("read %v, %v", v.Due, err)
	}
	if err := json.Unmarshal([]byte(`{"Due":null}`), &v); err != nil {
		t.Error(err)
	}
	if err := json.Unmarshal([]byte(`{"Due":"20.11.2026"}`), &v); CodeOf(err) != Invalid {
		t.Errorf("a date in another form gives %v, want an invalid error", err)
	}
	if got, _ := json.Marshal([]Date{0, NewDate(2026, 1, 2)}); string(got) != `[null,"2026-01-02"]` {
		t.Errorf("written as %s", got)
	}
}

func TestDurationsNeedUnits(t *testing.T) {
	for _, s := range []string{"", "30", "d", "5x", "1m1h", "1h1h", "-1h", "1.5h", "99999999999d", "5m ", "40000d"} {
		if d, err := ParseDuration(s); CodeOf(err) != Invalid {
			t.Errorf("%q reads as %s, %v; want it refused", s, d, err)
		}
	}
	for s, want := range map[string]time.Duration{"30d": 30 * Day, "1h30m": 90 * time.Minute, "5m": 5 * time.Minute, "1d2h3m4s": Day + 2*time.Hour + 3*time.Minute + 4*time.Second, "90m": 90 * time.Minute} {
		if d, err := ParseDuration(s); err != nil || d.Std() != want {
			t.Errorf("%q reads as %s, %v", s, d.Std(), err)
		}
	}
}

func FuzzDuration(f *testing.F) {
	f.Add("1d2h3m4s")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDuration(s)
		if err != nil {
			return
		}
		if back, err := ParseDuration(d.String()); err != nil || back != d {
			t.Errorf("%q reads as %s, which reads as %s, %v", s, d, back, err)
		}
	})
}

func FuzzDate(f *testing.F) {
	f.Add("2026-11-20")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDate(s); err == nil && d.String() != s {
			t.Errorf("%q reads as %s", s, d)
		}
	})
}
