package api

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

type requestKey struct{}

// requestID returns the id of the request that ctx belongs to.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// observe is the outermost layer: it gives the request its id, answers errors
// and panics, and then counts and logs what was answered: writes and failures
// at info level, reads at debug level.
func (s *server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		r := c.Request()
		id := r.Header.Get(echo.HeaderXRequestID)
		if !saneID(id) {
			id = rand.Text()
		}
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		c.SetRequest(r.WithContext(context.WithValue(r.Context(), requestKey{}, id)))

		if s.Metrics != nil && c.Path() != eventsPath {
			s.Metrics.inFlight.Inc()
			defer s.Metrics.inFlight.Dec()
		}

		if err := s.survive(c, next); err != nil {
			c.Error(err)
		}

		took, answer := time.Since(start), c.Response()
		sent := answer.Size
		if answer.Status == http.StatusNotModified || r.Context().Value(headKey{}) != nil {
			sent = 0 // what was written was left out
		}
		if s.Metrics != nil {
			s.Metrics.observeRequest(r.Method, c.Path(), answer.Status, sent, took)
		}
		level := slog.LevelDebug
		if (r.Method != http.MethodGet && r.Method != http.MethodHead) || answer.Status >= http.StatusBadRequest {
			level = slog.LevelInfo
		}
		if !s.Log.Enabled(r.Context(), level) {
			return nil
		}
		// The route, not the path: what a path holds is for the log of whatever
		// stands in front, and one route groups what belongs together.
		fields := []slog.Attr{
			slog.String("request", id), slog.String("method", r.Method), slog.String("route", c.Path()), slog.Int("status", answer.Status),
			slog.Duration("took", took), slog.Int64("bytes", sent), slog.String("client", c.RealIP()),
		}
		if actor := r.Header.Get(actorHeader); actor != "" {
			fields = append(fields, slog.String("actor", shortened(actor)))
		}
		if revision := answer.Header().Get("Burnlist-Revision"); revision != "" {
			fields = append(fields, slog.String("revision", revision))
		}
		s.Log.LogAttrs(r.Context(), level, "request", fields...)
		return nil
	}
}

// bound ends what a request asks of the database before the connection ends,
// so that a write is not cut off without an answer. The time begins before the
// body arrives, as that of the connection does. A stream has no end to bound.
func (s *server) bound(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !forClients(c) || c.Path() == eventsPath {
			return next(c)
		}
		r := c.Request()
		ctx, cancel := context.WithTimeout(r.Context(), s.Deadline)
		defer cancel()
		c.SetRequest(r.WithContext(ctx))
		return next(c)
	}
}

// survive turns a panic into an answer, and logs it.
func (s *server) survive(c echo.Context, next echo.HandlerFunc) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			ctx := c.Request().Context()
			s.Log.ErrorContext(ctx, "panic", slog.Any("panic", p), slog.String("request", requestID(ctx)), slog.String("stack", string(debug.Stack())))
			err = s.internal(ctx)
		}
	}()
	return next(c)
}

// saneID reports whether an id that a client sends may be repeated in headers
// and logs.
func saneID(id string) bool {
	return id != "" && len(id) <= 100 && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
}

// shortened is what the log says of an actor that may be refused for its
// length.
func shortened(actor string) string {
	if all := []rune(actor); len(all) > 200 {
		return string(all[:200]) + "…"
	}
	return actor
}
