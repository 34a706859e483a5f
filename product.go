package burnlist

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Product is what a weekly review is held for. It groups services.
type Product struct {
	Name      string     `json:"name"`
	Zone      string     `json:"zone"` // IANA name; dates of the product are civil dates there
	Slot      Slot       `json:"slot"`
	SlotsFrom time.Time  `json:"slots_from"` // only slots after it open reviews: the product was created, came back, or got another weekday
	RetiredAt *time.Time `json:"retired_at"`
	Version   int64      `json:"version"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
}

// Slot is the civil time of a product's weekly review, in the product's zone.
type Slot struct {
	Weekday string `json:"weekday" enum:"monday,tuesday,wednesday,thursday,friday,saturday,sunday"`
	Time    string `json:"time" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$"`
}

// DefaultSlot is the slot of a product that names none.
var DefaultSlot = Slot{Weekday: "monday", Time: "10:00"}

var slotTime = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

// Day returns the slot's weekday and whether it is one.
func (s Slot) Day() (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(s.Weekday, d.String()) {
			return d, true
		}
	}
	return 0, false
}

// On returns the instant of the slot on a date in zone, by the clocks of that
// zone: in a gap of theirs the first valid instant, in a fold the first.
func (s Slot) On(date Date, zone *time.Location) time.Time {
	clock, err := time.Parse("15:04", s.Time)
	if err != nil {
		return date.Start(zone) // no store lets this happen
	}
	return date.At(clock.Hour(), clock.Minute(), zone)
}

// SlotBefore returns the date of the last slot of the product that is not later
// than t.
func (p Product) SlotBefore(t time.Time) Date {
	zone := p.Location()
	day, _ := p.Slot.Day()
	// Where clocks went back over midnight, the slot of the next date may have
	// been.
	date := DateIn(t, zone) + 1
	for date.Weekday() != day || p.Slot.On(date, zone).After(t) {
		date--
	}
	return date
}

// Validate reports everything that is wrong with the product, as an Invalid
// error.
func (p Product) Validate() error {
	var c check
	c.name("name", p.Name)
	_, err := p.location()
	c.that(err == nil, "zone", "%q is not a time zone: use an IANA name such as Europe/Berlin or UTC", p.Zone)
	_, ok := p.Slot.Day()
	c.that(ok, "slot.weekday", "%q is not a weekday: use monday to sunday", p.Slot.Weekday)
	c.that(slotTime.MatchString(p.Slot.Time), "slot.time", "%q is not a time of day: write it as HH:MM, 00:00 to 23:59", p.Slot.Time)
	return c.err("the product")
}

func (p Product) location() (*time.Location, error) {
	if p.Zone == "" || p.Zone == "Local" {
		return nil, Errorf(Invalid, "a zone is needed")
	}
	return time.LoadLocation(p.Zone)
}

// Location returns the product's zone. A valid product has one; for any other
// it is UTC.
func (p Product) Location() *time.Location {
	loc, err := p.location()
	if err != nil {
		return time.UTC
	}
	return loc
}

// Today returns the civil date of now in the product's zone.
func (p Product) Today(now time.Time) Date { return DateIn(now, p.Location()) }

// Service is something that users depend on.
type Service struct {
	Name      string     `json:"name"`
	Product   string     `json:"product"`
	Team      NullString `json:"team" nullable:"true"`
	RetiredAt *time.Time `json:"retired_at"`
	Version   int64      `json:"version"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
}

// Validate reports everything that is wrong with the service by itself, as an
// Invalid error. Whether its product exists is the store's to say.
func (s Service) Validate() error {
	var c check
	c.name("name", s.Name)
	c.name("product", s.Product)
	c.text("team", string(s.Team), 0, 200)
	c.that(s.Team == "" || strings.TrimSpace(string(s.Team)) != "", "team", "is blank: give a name, or leave it out")
	return c.err("the service")
}

var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// ValidName reports whether s can be the name of a product, a service, an SLO
// or a source: 1 to 100 letters, digits, dots, hyphens and underscores, the
// first a letter or digit.
func ValidName(s string) bool { return nameForm.MatchString(s) }

func (c *check) name(field, s string) {
	c.that(ValidName(s), field,
		"%q is not a name: use 1 to 100 letters, digits, dots, hyphens and underscores, beginning with a letter or digit", clip(s))
}

// text checks one line of text by its length in characters.
func (c *check) text(field, s string, least, most int) {
	n := utf8.RuneCountInString(s)
	switch {
	case !PlainLine(s):
		c.that(false, field, "holds control characters or invisible ones, or is not UTF-8: use one line of plain text")
	case n < least || (least > 0 && strings.TrimSpace(s) == ""):
		c.that(false, field, "is empty: give a text of 1 to %d characters", most)
	case n > most:
		c.that(false, field, "has %d characters: shorten it to %d", n, most)
	}
}

// PlainLine reports whether s is one line of text that shows what it holds: in
// UTF-8, without control characters, other line ends, characters that change
// the direction of what stands around them, and characters that nobody sees.
// What joins letters or emoji is text.
func PlainLine(s string) bool { return utf8.ValidString(s) && !strings.ContainsFunc(s, isControl) }

// isControl reports whether r is no part of a line of text.
func isControl(r rune) bool {
	switch {
	case unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control):
		return true
	case r == '\u200b' || r == '\ufeff' || (r >= '\u2060' && r <= '\u2064'): // zero width
		return true
	}
	return false
}

// clip shortens a quoted input for a message.
func clip(s string) string {
	if utf8.RuneCountInString(s) <= 60 {
		return s
	}
	return string([]rune(s)[:60]) + "…"
}
