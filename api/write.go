package api

import (
	"context"
	"fmt"
	"hash/fnv"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/burnlist/burnlist"
)

const actorHeader = "Burnlist-Actor"

// patience is how long a write waits for its own effect on the queue.
const patience = 2 * time.Second

// Authored is part of every request that writes.
type Authored struct {
	Actor string `header:"Burnlist-Actor" example:"ana@example.org" doc:"Who is writing: a person's name or address, or a script's name, of at most 200 characters. It is recorded as said, unverified."`
}

// Resolve refuses a write that names no usable actor.
func (a *Authored) Resolve(huma.Context) []error {
	var wrong string
	switch {
	case strings.TrimSpace(a.Actor) == "":
		wrong = "is missing: say who is writing, as in Burnlist-Actor: ana@example.org"
	case !plain(a.Actor):
		wrong = "holds control characters or invisible ones, or is not UTF-8: use plain text"
	case strings.EqualFold(strings.TrimSpace(a.Actor), burnlist.System(time.Time{}).Actor):
		wrong = "is what burnlist calls itself: use another name"
	case utf8.RuneCountInString(a.Actor) > 200:
		wrong = "is too long: use at most 200 characters"
	default:
		return nil
	}
	return []error{&malformed{Fault{Location: "header." + actorHeader, Message: wrong}}}
}

// malformed is a fault that makes the whole request a bad one.
type malformed struct{ Fault }

func (m *malformed) Error() string { return m.Location + " " + m.Message }

// ErrorDetail implements huma.ErrorDetailer.
func (m *malformed) ErrorDetail() *huma.ErrorDetail {
	return &huma.ErrorDetail{Location: m.Location, Message: m.Message}
}

// GetStatus implements huma.StatusError.
func (*malformed) GetStatus() int { return 400 }

// author is who writes, and when.
func (s *server) author(a Authored) burnlist.Author {
	return burnlist.Author{Actor: strings.TrimSpace(a.Actor), At: burnlist.Instant(s.Now())}
}

// Matched is part of every request that may say which version it is about.
type Matched struct {
	IfMatch string `header:"If-Match" example:"\"7\"" doc:"The ETag of the version that you have seen. If it is not the current one, nothing is changed."`
}

// version is the version that the client has seen; 0 is none.
type version int64

// version returns the version that the header names, or 0 without one.
func (m Matched) version() (version, error) {
	tag := strings.TrimSpace(m.IfMatch)
	if tag == "" {
		return 0, nil
	}
	// Proxies that compress weaken the tag; it names the same version.
	quoted := strings.TrimPrefix(tag, "W/")
	number, _, _ := strings.Cut(strings.Trim(quoted, `"`), "-")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 1 || (quoted != etag(n) && !joined.MatchString(quoted)) {
		return 0, problem(badRequest, "If-Match does not name a version", Fault{
			Location: "header.If-Match", Message: `give the ETag of the version that you have seen, as in If-Match: "7"`,
		})
	}
	return version(n), nil
}

// required is version for requests that must name one.
func (m Matched) required() (version, error) {
	if tag := strings.TrimSpace(m.IfMatch); tag == "" || tag == "*" {
		return 0, burnlist.Errorf(burnlist.NeedsVersion,
			"say which version you have seen: read it, then send its ETag, as in If-Match: \"7\"")
	}
	return m.version()
}

// check fails with Stale unless the client has seen the current version.
func (v version) check(current int64, what string) error {
	if v == 0 || int64(v) == current {
		return nil
	}
	return burnlist.Errorf(burnlist.Stale, "%s is at version %d now, not %d: read it again, and repeat your change if it still makes sense",
		what, current, int64(v))
}

func etag(version int64) string { return fmt.Sprintf(`"%d"`, version) }

// Tagged is the answer to reading one thing.
type Tagged[T any] struct {
	ETag string `header:"ETag" doc:"The version, for If-Match."`
	// The version may be kept, but not used without asking.
	CacheControl string `header:"Cache-Control"`
	Body         T
}

func tagged[T any](body T, version int64) *Tagged[T] {
	t := &Tagged[T]{ETag: etag(version), CacheControl: revalidated, Body: body}
	if v, ok := any(body).(burnlist.ItemView); ok {
		t.ETag = joinedTag(v)
	}
	return t
}

// joined matches what joinedTag returns.
var joined = regexp.MustCompile(`^"[1-9][0-9]*-[0-9a-f]{8}"$`)

// joinedTag returns the ETag of an item as it is read: its version, and what it
// has from its service, which changes without it. As If-Match the version alone
// counts.
func joinedTag(v burnlist.ItemView) string {
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%q %q", v.Product, v.Team) // a hash does not fail
	return fmt.Sprintf(`"%d-%08x"`, v.Version, h.Sum32())
}

// Written is the answer to changing one thing: how it is now.
type Written[T any] struct {
	ETag     string `header:"ETag" doc:"The version."`
	Revision int64  `header:"Burnlist-Revision" doc:"The revision of the change log that has the change."`
	Body     T
}

func written[T any](body T, version, revision int64) *Written[T] {
	return &Written[T]{ETag: etag(version), Revision: revision, Body: body}
}

// Created is the answer to creating one thing: how and where it is.
type Created[T any] struct {
	Location string `header:"Location" doc:"The path of what was created."`
	ETag     string `header:"ETag" doc:"The version."`
	Revision int64  `header:"Burnlist-Revision" doc:"The revision of the change log that has the change."`
	Body     T
}

func created[T any](path string, body T, version, revision int64) *Created[T] {
	return &Created[T]{Location: "/api/v1/" + path, ETag: etag(version), Revision: revision, Body: body}
}

// settle waits until the queue shows a revision, so that who wrote it sees it.
// A queue that lags is no reason to fail: what is written is written.
func (s *server) settle(ctx context.Context, revision int64) {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.Board.Wait(waiting, revision); err != nil && ctx.Err() == nil { // else the client went away
		s.Log.WarnContext(ctx, "the queue lags behind", "revision", revision, "request", requestID(ctx))
	}
}

// retire sets or clears the time of retirement as a PATCH says.
func retire(retired Optional[bool], at **time.Time, by burnlist.Author) {
	switch {
	case !retired.set:
	case !retired.value:
		*at = nil
	case *at == nil:
		*at = &by.At
	}
}
