package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/burnlist/burnlist"
)

// Problem is the answer to a request that failed, as RFC 9457 has it.
type Problem struct {
	Type   string        `json:"type" example:"urn:burnlist:problem:invalid" doc:"Names the kind of problem."`
	Title  string        `json:"title" example:"The input breaks a rule" doc:"Says the kind of problem in words."`
	Status int           `json:"status" example:"422" doc:"The HTTP status."`
	Detail string        `json:"detail" example:"the item is not valid" doc:"Says what is wrong with this request and what to do about it."`
	Code   burnlist.Code `json:"code" example:"invalid" doc:"The kind of problem, for programs."`
	Errors []Fault       `json:"errors,omitempty" nullable:"false" doc:"Every single thing that is wrong."`
	// Current spares who decided of something that had changed to ask again.
	Current *Current `json:"current,omitempty" doc:"How things are now, if a decision in a review conflicts with them."`

	header http.Header
}

// Fault is one thing that is wrong with a request.
type Fault struct {
	Location string `json:"location" example:"body.source.start" doc:"Where it is: body, query, path or header, and the way to the value."`
	Message  string `json:"message" example:"is missing: give a text of 1 to 300 characters" doc:"What is wrong and what to do about it."`
}

// Current is an item of a review as it is now, and what was decided of it.
type Current struct {
	Item     burnlist.ItemView        `json:"item"`
	Decision *burnlist.ReviewDecision `json:"decision" doc:"The last one in the review that stands."`
}

// Codes that only HTTP has.
const (
	badRequest   burnlist.Code = "bad_request"
	forbidden    burnlist.Code = "forbidden"
	badMethod    burnlist.Code = "method_not_allowed"
	slow         burnlist.Code = "timeout"
	tooLarge     burnlist.Code = "too_large"
	badMediaType burnlist.Code = "unsupported_media_type"
	misdirected  burnlist.Code = "misdirected"
)

// kinds is the one table from code to status. A code that is not in it is
// internal.
var kinds = []struct {
	code   burnlist.Code
	status int
	title  string
}{
	{burnlist.Invalid, http.StatusUnprocessableEntity, "The input breaks a rule"},
	{burnlist.KeyReused, http.StatusUnprocessableEntity, "The key was used for another request"},
	{burnlist.NotFound, http.StatusNotFound, "There is no such thing"},
	{burnlist.Exists, http.StatusConflict, "The name is taken"},
	{burnlist.Conflict, http.StatusConflict, "The thing is in a state that forbids this"},
	{burnlist.NotRetirable, http.StatusConflict, "The thing is still in use"},
	{burnlist.Stale, http.StatusPreconditionFailed, "The version is not the current one"},
	{burnlist.NeedsVersion, http.StatusPreconditionRequired, "The version is missing"},
	{burnlist.Unavailable, http.StatusServiceUnavailable, "Something that is needed does not answer"},
	{burnlist.InternalError, http.StatusInternalServerError, "An internal error"},
	{badRequest, http.StatusBadRequest, "The request is malformed"},
	{forbidden, http.StatusForbidden, "The request is refused"},
	{badMethod, http.StatusMethodNotAllowed, "The method is not allowed here"},
	{slow, http.StatusRequestTimeout, "The request took too long to arrive"},
	{tooLarge, http.StatusRequestEntityTooLarge, "The request is too large"},
	{badMediaType, http.StatusUnsupportedMediaType, "The body is of another type"},
	{misdirected, http.StatusMisdirectedRequest, "The request is for another host"},
}

// mostFaults bounds how many things an answer lists.
const mostFaults = 50

// problem returns a problem of the kind that code names. Of very many faults
// it lists the first.
func problem(code burnlist.Code, detail string, faults ...Fault) *Problem {
	for _, k := range kinds {
		if k.code == code {
			faults = faults[:min(mostFaults, len(faults))]
			p := &Problem{
				Type: "urn:burnlist:problem:" + string(code), Title: k.title, Status: k.status,
				Detail: detail, Code: code, Errors: faults,
			}
			if code == burnlist.Unavailable {
				p.header = http.Header{"Retry-After": {"5"}}
			}
			return p
		}
	}
	return problem(burnlist.InternalError, detail, faults...)
}

// problemOfStatus is for errors that are born with a status; of several codes
// with the same status it takes the first in the table.
func problemOfStatus(status int, detail string, faults ...Fault) *Problem {
	for _, k := range kinds {
		if k.status == status {
			return problem(k.code, detail, faults...)
		}
	}
	p := problem(badRequest, detail, faults...)
	p.Status, p.Title = status, http.StatusText(status)
	return p
}

// Error returns the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header { return p.header }

// ContentType implements huma.ContentTypeFilter.
func (*Problem) ContentType(string) string { return "application/problem+json" }

// fail turns an error into the problem that the client sees. Errors without a
// code are logged here, and nowhere else; the client learns the request's id.
func (s *server) fail(ctx context.Context, err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if e, ok := errors.AsType[*burnlist.Error](err); ok && e.Code != burnlist.InternalError {
		faults := make([]Fault, len(e.Details))
		for i, d := range e.Details {
			faults[i] = Fault{Location: strings.TrimSuffix("body."+d.Field, "."), Message: d.Message}
		}
		return problem(e.Code, e.Message, faults...)
	}
	if e, ok := errors.AsType[*echo.HTTPError](err); ok && e.Code < 500 {
		return problemOfStatus(e.Code, routing(e.Code))
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return problem(burnlist.Unavailable, "the database did not answer in time: send a write that has an Idempotency-Key again, and see what is stored before you send any other one")
	}
	if ctx.Err() != nil {
		return problem(burnlist.Unavailable, "the request was given up before it was answered")
	}
	s.Log.ErrorContext(ctx, "request failed", slog.Any("error", err), slog.String("request", requestID(ctx)))
	return s.internal(ctx)
}

// internal says nothing but how to find the error in the log.
func (s *server) internal(ctx context.Context) *Problem {
	return problem(burnlist.InternalError, "something went wrong inside; the server's log has it under request "+requestID(ctx))
}

// routing words the errors of Echo's router.
func routing(status int) string {
	switch status {
	case http.StatusNotFound:
		return "there is nothing at this address: /openapi.json lists what there is"
	case http.StatusMethodNotAllowed:
		return "the method is not allowed here: the header Allow lists those that are"
	}
	return strings.ToLower(http.StatusText(status))
}

// writeError is Echo's last resort: what no operation has answered.
func (s *server) writeError(err error, c echo.Context) {
	p := s.fail(c.Request().Context(), err)
	if c.Response().Committed {
		return
	}
	body, err := json.Marshal(p)
	if err != nil { // cannot happen: a problem is made of strings
		s.Log.ErrorContext(c.Request().Context(), "write a problem", slog.Any("error", err))
		return
	}
	maps.Copy(c.Response().Header(), p.header)
	if err := c.Blob(p.Status, p.ContentType(""), append(body, '\n')); err != nil {
		s.Log.DebugContext(c.Request().Context(), "the client went away", slog.Any("error", err))
	}
}

// present replaces huma's own error documents by problems.
func (s *server) present(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	if m.Status >= http.StatusInternalServerError {
		s.Log.ErrorContext(ctx.Context(), "request failed", slog.Any("error", fmt.Errorf("%s: %v", m.Detail, m.Errors)),
			slog.String("request", requestID(ctx.Context())))
		return s.internal(ctx.Context()), nil
	}
	faults := make([]Fault, 0, len(m.Errors))
	for _, e := range m.Errors {
		faults = append(faults, reword(e))
	}
	slices.SortFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Location, b.Location), cmp.Compare(a.Message, b.Message))
	})
	switch m.Status {
	case http.StatusUnsupportedMediaType:
		return problemOfStatus(m.Status, "the body is not JSON: send it with Content-Type: application/json"), nil
	case http.StatusUnprocessableEntity, http.StatusBadRequest:
		if len(faults) > 0 {
			return problemOfStatus(m.Status, "the request is not valid", faults...), nil
		}
	}
	return problemOfStatus(m.Status, m.Detail, faults...), nil
}

// reword says huma's messages as ours: where, what is wrong, what to do.
func reword(e *huma.ErrorDetail) Fault {
	f := Fault{Location: e.Location, Message: e.Message}
	if name, ok := strings.CutPrefix(e.Message, "expected required property "); ok {
		name = strings.TrimSuffix(name, " to be present")
		return Fault{Location: e.Location + "." + name, Message: "is missing"}
	}
	if strings.HasPrefix(e.Message, "body.") || strings.HasPrefix(e.Message, "body[") { // see jsonFormat
		if at, message, ok := strings.Cut(e.Message, ": "); ok {
			return Fault{Location: at, Message: message}
		}
	}
	switch e.Message {
	case "expected string to be RFC 3339 date":
		f.Message = "is not a date: write it as YYYY-MM-DD"
	case "expected string to be RFC 3339 date-time":
		f.Message = "is not a date-time: write it as 2026-11-23T09:00:00Z"
	case "expected integer", "invalid integer":
		f.Message = "is not an integer: give a whole number, without a point"
	case "unexpected property":
		f.Message = "is not a field of this request: look for a typing error, or leave it out"
	case "unknown query parameter":
		f.Message = "is not a parameter of this request: look for a typing error, or leave it out"
	}
	return f
}
