package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/burnlist/burnlist/prioritizer"
)

// revalidated says that an answer may be kept, but not used without asking.
const revalidated = "private, no-cache"

// conditional lets those who have an answer already ask whether it is still the
// one: a GET whose If-None-Match names the ETag of the answer gets a 304 without
// a body. An answer whose handler gives it no ETag gets a weak one, made of its
// body. What is no document, such as a stream, passes as it is written.
func conditional(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.Request().Method != http.MethodGet || (!forClients(c) && c.Request().URL.Path != "/openapi.json") {
			return next(c)
		}
		r := c.Response()
		w := &comparing{ResponseWriter: r.Writer, response: r, known: c.Request().Header.Values("If-None-Match")}
		r.Writer = w
		done := false
		defer func() {
			r.Writer = w.ResponseWriter
			if !done && w.held != nil {
				r.Committed = false // nothing was sent yet, so the panic can be answered
			}
		}()
		err := next(c)
		done = true
		if w.held == nil {
			return err
		}
		return w.send()
	}
}

// comparing is a writer that holds an answer back until it is clear whether the
// client has it already.
type comparing struct {
	http.ResponseWriter
	response *echo.Response
	known    []string      // the values of If-None-Match
	held     *bytes.Buffer // the body, while it is to be hashed
	dropped  bool          // the client has it
}

// WriteHeader decides what to do with the body.
func (w *comparing) WriteHeader(status int) {
	h := w.Header()
	switch {
	case status != http.StatusOK || !isDocument(h.Get("Content-Type")):
		w.ResponseWriter.WriteHeader(status)
	case h.Get("ETag") == "":
		w.held = &bytes.Buffer{}
	default:
		w.answer()
	}
}

// answer sends the head of an answer that has an ETag.
func (w *comparing) answer() {
	h := w.Header()
	if h.Get("Cache-Control") == "no-store" {
		h.Set("Cache-Control", revalidated)
	}
	status := http.StatusOK
	if w.dropped = hasTag(w.known, h.Get("ETag")); w.dropped {
		status = http.StatusNotModified
		h.Del("Content-Type")
		h.Del("Content-Length")
	}
	w.response.Status = status // is what is counted and logged
	w.ResponseWriter.WriteHeader(status)
}

// Write keeps the body, drops it or passes it on.
func (w *comparing) Write(b []byte) (int, error) {
	switch {
	case w.held != nil:
		return w.held.Write(b)
	case w.dropped:
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// send ends an answer that was held back.
func (w *comparing) send() error {
	body := w.held.Bytes()
	w.held = nil
	w.Header().Set("ETag", weakTag(body))
	w.answer()
	if _, err := w.Write(body); err != nil {
		return fmt.Errorf("write an answer: %w", err)
	}
	return nil
}

// FlushError sends what there is, as it is: whoever flushes writes a stream.
func (w *comparing) FlushError() error {
	if w.held != nil {
		body := w.held.Bytes()
		w.held = nil
		w.ResponseWriter.WriteHeader(http.StatusOK)
		if _, err := w.ResponseWriter.Write(body); err != nil {
			return err
		}
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap is for http.ResponseController.
func (w *comparing) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// isDocument reports whether a body of that type is written as a whole.
func isDocument(contentType string) bool {
	return slices.Contains([]string{asJSON, asMarkdown, asHTML, asText, asSVG, asOpenAPI}, contentType)
}

// weakTag returns the ETag of a body. It is weak, because it promises nothing
// about versions: If-Match does not take it.
func weakTag(body []byte) string {
	sum := sha256.Sum256(body)
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// hasTag reports whether the values of If-None-Match name an ETag, by the weak
// comparison of RFC 9110, section 8.8.3.2. What cannot be read names nothing.
func hasTag(values []string, tag string) bool {
	rest := strings.Join(values, ",")
	tag = strings.TrimPrefix(tag, "W/")
	for {
		rest = strings.TrimLeft(rest, ", \t")
		if strings.HasPrefix(rest, "*") {
			return true
		}
		rest = strings.TrimPrefix(rest, "W/")
		if !strings.HasPrefix(rest, `"`) {
			return false
		}
		end := strings.IndexByte(rest[1:], '"')
		if end < 0 {
			return false
		}
		if rest[:end+2] == tag {
			return true
		}
		rest = rest[end+2:]
	}
}

// Ranked is part of every answer that is read from the board: which ranking it
// is read from, and how far behind the store that is.
type Ranked struct {
	Freshness
	ETag string `header:"ETag" doc:"Names this answer, for If-None-Match."`
}

// ranked returns the headers of what is read from q by the request in, which
// must print as all that it asks for.
func (s *server) ranked(q *prioritizer.Queue, in any) Ranked {
	return Ranked{s.freshness(), weakTag(fmt.Appendf(nil, "%d %d %#v", q.Revision, q.At.UnixMilli(), in))}
}

// compares declares that an operation answers 304, and by what.
func compares(op *huma.Operation) {
	op.Parameters = append(op.Parameters, &huma.Param{
		Name: "If-None-Match", In: "header",
		Description: "The ETag of the answer that you have, or several. If it is still the answer, there is none but 304.",
		Schema:      &huma.Schema{Type: huma.TypeString},
	})
	op.Responses[strconv.Itoa(http.StatusNotModified)] = &huma.Response{
		Description: "What you have is still the answer.",
		Headers:     map[string]*huma.Param{"ETag": tagHeader()},
	}
}

func tagHeader() *huma.Param {
	return &huma.Param{Description: "Names this answer, for If-None-Match.", Schema: &huma.Schema{Type: huma.TypeString}}
}
