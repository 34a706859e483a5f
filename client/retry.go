package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// mostAttempts is how often a request is sent at most.
const mostAttempts = 3

// The pause before a request is sent again: what the server says, within
// reason, or else a short one that doubles.
const (
	firstPause   = 200 * time.Millisecond
	longestPause = 10 * time.Second
)

type keyInContext struct{}

// WithKey returns a context in which a write is sent with this idempotency key
// instead of a random one. Use it for one write only: the server refuses the
// key for another, and answers the same one with what it did.
func WithKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyInContext{}, key)
}

func keyOf(ctx context.Context) string {
	if key, ok := ctx.Value(keyInContext{}).(string); ok && key != "" {
		return key
	}
	return rand.Text()
}

// Unanswered is the failure of a request that got no whole answer. Nobody knows
// whether the server did what was asked.
type Unanswered struct {
	Server string
	Err    error
}

func (u *Unanswered) Error() string { return fmt.Sprintf("%s does not answer: %v", u.Server, u.Err) }

func (u *Unanswered) Unwrap() error { return u.Err }

// pause waits until a request that failed with err may be sent again. It
// returns false if that makes no sense, or ctx ends before.
func pause(ctx context.Context, err error, attempt int) bool {
	wait := firstPause << (attempt - 1)
	if p, ok := errors.AsType[*Problem](err); ok {
		switch p.Status {
		case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			wait = max(wait, min(p.retryAfter, longestPause))
		default:
			return false
		}
	} else if _, ok := errors.AsType[*Unanswered](err); !ok {
		return false
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= wait {
		return false // it would only be waited for
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// seconds reads Retry-After where it is a number; a date is not used here.
func seconds(header string) time.Duration {
	n, err := strconv.Atoi(header)
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(n) * time.Second
}
