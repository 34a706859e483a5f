// Package review holds the weekly meeting: what its agenda freezes, when its
// slots are, what a conclusion finds, and what the digest tells those who were
// not there.
//
// All of that is decided by pure functions of a queue or a meeting and the
// moment. Keeper runs them at their times, over a store that it declares
// itself; the package knows no database, no HTTP and no clock.
package review
