// Package burnlist says what the things are that burnlist deals with, and
// holds the rules that need nothing but those things: how a policy judges
// figures, what a decision makes of an item, what a civil date is.
//
// It knows no database, no network and no clock: values come in as
// arguments, time enters as now, and results go out. Everything else in the
// module imports this package; this package imports the standard library.
package burnlist

import "time"

// Instant brings t to the form in which burnlist stores and compares times:
// UTC, truncated to milliseconds, without a monotonic reading.
func Instant(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// Author says who writes, and when. Until there is sign-in, the actor is what
// the client says of itself, and is recorded as unverified.
type Author struct {
	Actor    string
	At       time.Time
	Verified bool

	// Key is what the client calls the request by, unique for the actor, and
	// Request what tells it from others: what was done under a key is not done
	// again, and another request under it is refused. Empty of what has no key.
	Key     string
	Request string
}

// System is the author of what burnlist does by itself.
func System(now time.Time) Author {
	return Author{Actor: "burnlist", At: Instant(now), Verified: true}
}
