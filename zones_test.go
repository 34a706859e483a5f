package burnlist

import (
	"archive/zip"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	_ "time/tzdata" // for zones that the machine does not have
)

// zones returns every zone of the time zone database that comes with Go.
func zones(t *testing.T) []*time.Location {
	t.Helper()
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	database, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	var all []*time.Location
	for _, f := range database.File {
		if !strings.HasSuffix(f.Name, "/") {
			all = append(all, load(t, f.Name))
		}
	}
	if len(all) < 500 {
		t.Fatalf("the database names %d zones: it is not complete", len(all))
	}
	return all
}

func load(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// inEach calls f for each zone, on all processors.
func inEach(all []*time.Location, f func(*time.Location)) {
	var wg sync.WaitGroup
	todo := make(chan *time.Location)
	for range 4 {
		wg.Go(func() {
			for zone := range todo {
				f(zone)
			}
		})
	}
	for _, zone := range all {
		todo <- zone
	}
	close(todo)
	wg.Wait()
}

// civil is a day as the calendar of package time writes it: the tests' own
// notion of a date.
func civil(t time.Time, zone *time.Location) string { return t.In(zone).Format(time.DateOnly) }

// dayNumber is the same as a number, for long walks.
func dayNumber(t time.Time, zone *time.Location) int {
	y, m, d := t.In(zone).Date()
	return y*10000 + int(m)*100 + d
}

// almostADay is less than any day that these tests see: clocks are set forward
// by two hours at the most.
const almostADay = 21*time.Hour + 58*time.Minute

// nextDay walks from an instant to the first one that is on another day in
// zone: by minutes, and over the last one by seconds.
func nextDay(start time.Time, zone *time.Location) time.Time {
	day := dayNumber(start, zone)
	t := start
	for dayNumber(t, zone) == day {
		t = t.Add(time.Minute)
	}
	for t = t.Add(-time.Minute); dayNumber(t, zone) == day; {
		t = t.Add(time.Second)
	}
	return t
}

// calendarDays counts the days between two civil dates by walking the calendar.
func calendarDays(t *testing.T, from, to string) int {
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for day.Format(time.DateOnly) != to {
		day = day.AddDate(0, 0, 1)
		n++
		if n > 10 {
			t.Fatalf("%s does not come after %s", to, from)
		}
	}
	return n
}

// checkDays holds what DaysOverdue, Start and DateIn say of each day from one
// instant to another in zone against the walk, and returns how many answers it
// compared.
func checkDays(t *testing.T, zone *time.Location, from, to time.Time) (checks int64) {
	p := Product{Name: "shop", Zone: zone.String(), Slot: DefaultSlot}
	start := nextDay(from.Add(-Day), zone)
	for n := 0; start.Before(to); n++ {
		next := nextDay(start.Add(almostADay), zone)
		name := civil(start, zone)
		due, err := ParseDate(name)
		if err != nil {
			t.Error(err)
			return checks
		}
		if got := due.Start(zone); !got.Equal(start) {
			t.Errorf("%s: %s starts at %s, want %s", zone, due, got, start.UTC())
		}
		// A calendar may skip a day; then two have passed.
		after := 1
		if due+1 != DateIn(next, zone) {
			after = calendarDays(t, name, civil(next, zone))
		}
		i := Item{Status: Open, ItemFields: ItemFields{Due: due}}
		for _, c := range [...]struct {
			at   time.Time
			want int
		}{
			{start.Add(-time.Millisecond), 0},
			{start, 0},
			{start.Add(next.Sub(start) / 2), 0},
			{next.Add(-time.Millisecond), 0},
			{next, after},
			{next.Add(time.Hour), after},
		} {
			checks++
			if got := i.DaysOverdue(DateIn(c.at, zone)); got != c.want {
				t.Errorf("%s: due on %s, at %s it is %d days overdue, want %d", zone, due, c.at.In(zone), got, c.want)
			}
			if n%50 != 0 { // Product looks its zone up anew each time
				continue
			}
			checks++
			if got := i.DaysOverdue(p.Today(c.at)); got != c.want {
				t.Errorf("%s: due on %s, at %s the product says %d days overdue, want %d", zone, due, c.at.In(zone), got, c.want)
			}
		}
		checks += 2
		start = next
	}
	return checks
}

func TestAnItemIsOverdueFromTheNextLocalMidnightInEveryZone(t *testing.T) {
	years := 2
	if testing.Short() {
		years = 1
	}
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var checks atomic.Int64
	all := zones(t)
	inEach(all, func(zone *time.Location) {
		checks.Add(checkDays(t, zone, from, from.AddDate(years, 0, 0)))
	})
	// Every zone has 365 days a year and six instants a day at the least.
	if least := int64(len(all) * years * 365 * 6); checks.Load() < least {
		t.Errorf("%d checks, want at least %d", checks.Load(), least)
	}
	t.Logf("%d checks in %d zones", checks.Load(), len(all))
}

func TestAnItemIsOverdueFromTheNextLocalMidnightInOddHistory(t *testing.T) {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	for name, tc := range map[string]struct {
		zone     string
		from, to time.Time
	}{
		"a day was left out":                     {"Pacific/Apia", day(2011, 12, 20), day(2012, 1, 5)},
		"a day was left out on an atoll":         {"Pacific/Kwajalein", day(1993, 8, 15), day(1993, 8, 28)},
		"clocks change just before midnight":     {"America/Godthab", day(2023, 3, 1), day(2026, 1, 1)},
		"the offset had seconds":                 {"Africa/Monrovia", day(1971, 12, 25), day(1972, 1, 20)},
		"the offset grew by a quarter":           {"Asia/Kathmandu", day(1985, 12, 25), day(1986, 1, 10)},
		"midnight was skipped and came twice":    {"America/Sao_Paulo", day(2016, 1, 1), day(2019, 6, 1)},
		"a zone went half an hour back":          {"Asia/Pyongyang", day(2015, 8, 10), day(2018, 5, 10)},
		"clocks change by two hours":             {"Antarctica/Troll", day(2024, 1, 1), day(2026, 1, 1)},
		"clocks went forward twice as far":       {"Europe/London", day(1941, 1, 1), day(1947, 12, 1)},
		"clocks change during the fasting month": {"Africa/Casablanca", day(2019, 1, 1), day(2026, 1, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			if n := checkDays(t, load(t, tc.zone), tc.from, tc.to); n < 50 {
				t.Errorf("%d checks: too few", n)
			}
		})
	}
}

func TestADateThatComesTwiceIsStillItsDate(t *testing.T) {
	// On 2006-10-29 clocks in Newfoundland went back at 00:01, to 23:01 of the
	// day before.
	zone := load(t, "America/St_Johns")
	i := Item{Status: Open, ItemFields: ItemFields{Due: NewDate(2006, 10, 28)}}
	midnight := time.Date(2006, 10, 29, 2, 30, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		at   time.Time
		want int
	}{
		"before the first midnight":  {midnight.Add(-time.Millisecond), 0},
		"the minute after it":        {midnight, 1},
		"back on the day before":     {midnight.Add(time.Minute), 0},
		"before the second midnight": {midnight.Add(time.Hour - time.Millisecond), 0},
		"after it":                   {midnight.Add(time.Hour), 1},
	} {
		if got := i.DaysOverdue(DateIn(tc.at, zone)); got != tc.want {
			t.Errorf("%s, at %s: %d days overdue, want %d", name, tc.at.In(zone), got, tc.want)
		}
	}
	if got := NewDate(2006, 10, 29).Start(zone); !got.Equal(midnight) {
		t.Errorf("the day starts at %s, want at its first midnight", got.In(zone))
	}
}

// transitions returns the instants from one to another at which the clocks of
// zone change.
func transitions(zone *time.Location, from, to time.Time) []time.Time {
	var all []time.Time
	for t := from; ; {
		_, end := t.In(zone).ZoneBounds()
		if end.IsZero() || !end.Before(to) {
			return all
		}
		all = append(all, end)
		t = end
	}
}

// wall is what clocks show, as a number that grows with it.
func wall(t time.Time, zone *time.Location) int64 {
	t = t.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC).Unix()
}

// checkClocks holds Slot.On of the days around a change of clocks against a
// walk by minutes: the first one at which clocks show the time or a later one.
func checkClocks(t *testing.T, zone *time.Location, change time.Time) (checks int64) {
	noon := change.In(zone)
	midnight := time.Date(noon.Year(), noon.Month(), noon.Day(), 0, 0, 0, 0, time.UTC) // as if in UTC
	first, last := midnight.AddDate(0, 0, -1), midnight.AddDate(0, 0, 2)
	at := first.Add(-40 * time.Hour)
	shown := wall(at, zone)
	for want := first; want.Before(last); want = want.Add(15 * time.Minute) {
		if shown >= want.Unix() && checks == 0 {
			t.Errorf("%s: the walk begins too late", zone)
			return checks
		}
		// A later time is never shown for the first time before an earlier one is.
		for shown < want.Unix() {
			at = at.Add(time.Minute)
			shown = wall(at, zone)
		}
		date := NewDate(want.Date())
		slot := Slot{Weekday: strings.ToLower(date.Weekday().String()), Time: want.Format("15:04")}
		checks++
		if got := slot.On(date, zone); !got.Equal(at) {
			t.Errorf("%s: %s on %s is at %s, want %s", zone, slot.Time, date, got.In(zone), at.In(zone))
		}
		if got := date.At(want.Hour(), want.Minute(), zone); !got.Equal(at) {
			t.Errorf("%s: %s on %s is at %s, want %s", zone, slot.Time, date, got.In(zone), at.In(zone))
		}
	}
	return checks
}

func TestASlotIsTheFirstInstantThatClocksShowItsTimeInEveryZone(t *testing.T) {
	from, to := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)
	var checks, changes atomic.Int64
	inEach(zones(t), func(zone *time.Location) {
		for _, change := range transitions(zone, from, to) {
			changes.Add(1)
			checks.Add(checkClocks(t, zone, change))
		}
	})
	if changes.Load() < 400 || checks.Load() != changes.Load()*3*96 {
		t.Errorf("%d checks at %d changes of clocks: not complete", checks.Load(), changes.Load())
	}
	t.Logf("%d checks at %d changes of clocks", checks.Load(), changes.Load())
}

func TestASlotInAGapOrAFold(t *testing.T) {
	for name, tc := range map[string]struct{ zone, date, time, want string }{
		"in a gap the first valid instant":          {"Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00:00Z"},
		"at the end of a gap":                       {"Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00:00Z"},
		"in a fold the first of the two":            {"Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00Z"},
		"just after a fold":                         {"Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00:00Z"},
		"a gap of half an hour":                     {"Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00Z"},
		"a gap of two hours":                        {"Antarctica/Troll", "2026-03-29", "01:30", "2026-03-29T01:00:00Z"},
		"a gap up to midnight ends on the next day": {"America/Godthab", "2026-03-28", "23:30", "2026-03-29T01:00:00Z"},
		"a gap over midnight":                       {"America/Santiago", "2026-09-06", "00:30", "2026-09-06T04:00:00Z"},
		"a fold over midnight":                      {"America/St_Johns", "2006-10-29", "00:00", "2006-10-29T02:30:00Z"},
		"a day that never was":                      {"Pacific/Apia", "2011-12-30", "10:00", "2011-12-30T10:00:00Z"},
		"a time that is no time is the day's start": {"Europe/Berlin", "2026-11-21", "soon", "2026-11-20T23:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			date, err := ParseDate(tc.date)
			if err != nil {
				t.Fatal(err)
			}
			if got := (Slot{Time: tc.time}).On(date, load(t, tc.zone)).Format(time.RFC3339); got != tc.want {
				t.Errorf("%s on %s is at %s, want %s", tc.time, tc.date, got, tc.want)
			}
		})
	}
}

func TestTheLastSlotIsTheLatestThatHasCome(t *testing.T) {
	weeks := 104
	if testing.Short() {
		weeks = 9
	}
	monday := NewDate(2026, 1, 5)
	all := zones(t)
	var checks atomic.Int64
	inEach(all, func(zone *time.Location) {
		// Each zone has another slot, at all times of the day.
		n := len(zone.String())*37 + int(zone.String()[0])*11
		date := monday + Date(n%7)
		p := Product{Name: "shop", Zone: zone.String(), Slot: Slot{
			Weekday: strings.ToLower(date.Weekday().String()), Time: fmt.Sprintf("%02d:%02d", n%24, n*7%60),
		}}
		for range weeks {
			at := p.Slot.On(date, zone)
			for _, c := range [...]struct {
				t    time.Time
				want Date
			}{{at.Add(-time.Millisecond), date - 7}, {at, date}, {at.Add(5 * Day), date}} {
				checks.Add(1)
				if got := p.SlotBefore(c.t); got != c.want {
					t.Errorf("%s %s %s: the last slot at %s is on %s, want %s", zone, p.Slot.Weekday, p.Slot.Time, c.t.In(zone), got, c.want)
				}
			}
			date += 7
		}
	})
	if want := int64(len(all) * weeks * 3); checks.Load() != want {
		t.Errorf("%d checks, want %d", checks.Load(), want)
	}
	t.Logf("%d checks", checks.Load())
}

func TestTheLastSlotWhereClocksGoBackOverMidnight(t *testing.T) {
	// At 00:01 of that Sunday clocks went back to Saturday, 23:01.
	p := Product{Name: "shop", Zone: "America/St_Johns", Slot: Slot{Weekday: "sunday", Time: "00:00"}}
	sunday := NewDate(2006, 10, 29)
	midnight := time.Date(2006, 10, 29, 2, 30, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		at   time.Time
		want Date
	}{
		"before the slot":        {midnight.Add(-time.Millisecond), sunday - 7},
		"at the slot":            {midnight, sunday},
		"on Saturday once again": {midnight.Add(2 * time.Minute), sunday},
		"on Sunday once again":   {midnight.Add(2 * time.Hour), sunday},
	} {
		if got := p.SlotBefore(tc.at); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}
