package notify

import (
	"cmp"
	"context"
	"errors"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// failure says why an attempt did not deliver.
type failure struct {
	cause      string // for people; free of secrets after hide
	refused    bool   // the receiver says no, and will until somebody changes something
	retryAfter string // as the receiver wrote it
}

func (f *failure) Error() string { return f.cause }

// broken is the failure of an attempt that met an error, and not a receiver
// that says no. Only the text of the error can hold secrets: burnlist's own words
// may look like a part of one and stay as they are.
func broken(err error, timeout time.Duration, secrets secrets) *failure {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return &failure{cause: "no answer within " + timeout.String()}
	}
	return &failure{cause: secrets.hide(err.Error())}
}

// shortest is the length from which a part of a secret gives anything away;
// shorter ones would blot out the words of a message.
const shortest = 4

// secrets are texts that must not be stored or logged.
type secrets []string

// hide returns a text that others wrote, or that quotes what they wrote, in a
// form that can be stored and logged: one line of at most 300 characters, in
// which the secrets are blotted out.
func (s secrets) hide(text string) string {
	for _, secret := range s {
		if len(secret) >= shortest {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	return clip(line(text), 300)
}

// line makes one line of plain text of whatever there is.
func line(text string) string {
	printable := func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}
	return strings.Join(strings.Fields(strings.Map(printable, strings.ToValidUTF8(text, " "))), " ")
}

func clip(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// longestFirst orders secrets so that none is cut in two by one that is a part
// of it.
func longestFirst(a, b string) int { return cmp.Compare(len(b), len(a)) }
