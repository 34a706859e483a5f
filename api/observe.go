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
// and panics, and then counts and logs what was answered.
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

		if err := s.survive(c, next); err != nil {
			c.Error(err)
		}

		took, status := time.Since(start), c.Response().Status
		if s.Metrics != nil {
			s.Metrics.observeRequest(r.Method, c.Path(), status, took)
		}
		s.Log.DebugContext(r.Context(), "request", slog.String("method", r.Method), slog.String("path", r.URL.Path),
			slog.Int("status", status), slog.Duration("took", took), slog.String("client", c.RealIP()), slog.String("request", id))
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
