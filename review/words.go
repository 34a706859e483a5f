package review

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/burnlist/burnlist/prioritizer"
)

// brief shortens what somebody else wrote to at most so many words and
// characters of one line. What would turn the direction of the text around it
// is left out.
func brief(s string, words, characters int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	all := strings.Fields(s)
	short := strings.Join(all[:min(len(all), words)], " ")
	if clipped := prioritizer.Clip(short, characters); clipped != short {
		return clipped
	}
	if len(all) > words {
		return short + "…"
	}
	return short
}

// number writes a count with a comma for the thousands.
func number(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	digits := strconv.Itoa(n % 1000)
	return number(n/1000) + "," + strings.Repeat("0", 3-len(digits)) + digits
}

// count writes "1 alarm" or "4,972 alarms".
func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return number(n) + " " + of + "s"
}

func items(n int) string { return count(n, "item") }

// times writes "once", "twice" or "3 times".
func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return number(n) + " times"
}

// days writes a number of days of which the halves count.
func days(n float64) string {
	if n == 1 {
		return "1 day"
	}
	return strconv.FormatFloat(n, 'f', -1, 64) + " days"
}

// fromPromise says by how many days something was done after its promised
// date, or before it.
func fromPromise(late float64) string {
	switch {
	case late < 0:
		return days(-late) + " before the promised date"
	case late > 0:
		return days(late) + " after the promised date"
	}
	return "on the promised date"
}
