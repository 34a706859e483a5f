package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/burnlist/burnlist"
)

// maxBody is how many bytes of body a request may have.
const maxBody = 1 << 20

// readBody reads the whole body before anything looks at it, so that a body
// that is too long, breaks off or is no text gets an answer that says so.
func readBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if !forClients(c) {
			return next(c)
		}
		if r.Body == nil || r.Body == http.NoBody {
			c.SetRequest(fingerprinted(r, nil))
			return next(c)
		}
		if err := checkForm(r.Header); err != nil {
			return err
		}
		body, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, maxBody))
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return problem(tooLarge, fmt.Sprintf("the body has more than %d bytes: send less at once", maxBody))
		}
		if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
			return problem(slow, "the body did not arrive in time: send it again")
		}
		if err != nil {
			return problem(badRequest, "the body broke off: send it again")
		}
		if !utf8.Valid(body) {
			return problem(badRequest, "the body is not UTF-8: send JSON in UTF-8")
		}
		if at, wrong := scanning(body).flaw(1); wrong != "" {
			return problem(badRequest, "the request is not valid", Fault{Location: "body" + at, Message: wrong})
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		c.SetRequest(fingerprinted(r, body))
		return next(c)
	}
}

// checkForm refuses bodies that are not as they are sent here: JSON in UTF-8,
// neither compressed nor in another character set. What is no JSON is huma's to
// refuse.
func checkForm(h http.Header) error {
	if coding := h.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return problem(badMediaType, "the body is compressed: send it without Content-Encoding")
	}
	kind := h.Get("Content-Type")
	if kind == "" {
		return nil
	}
	_, parameters, err := mime.ParseMediaType(kind)
	if err != nil {
		return problem(badMediaType, "the type of the body cannot be read: send it with Content-Type: application/json")
	}
	if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return problem(badMediaType, "the body is in another character set: send it in UTF-8, with Content-Type: application/json")
	}
	return nil
}

// strictNames makes huma tell fields apart by case, once: it is a setting of
// the whole process there.
var strictNames = sync.OnceFunc(func() { huma.ValidateStrictCasing = true })

// forClients reports whether the request is for the REST API, and not for the
// page, which reads its own.
func forClients(c echo.Context) bool { return strings.HasPrefix(c.Request().URL.Path, "/api/") }

// jsonFormat is JSON with errors that say where they are, if it is not the body
// as a whole: "body.item: is …".
func jsonFormat() huma.Format {
	return huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshal}
}

func unmarshal(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		before := data[:max(0, min(int(e.Offset), len(data)))]
		line := 1 + bytes.Count(before, []byte{'\n'})
		column := len(before) - (bytes.LastIndexByte(before, '\n') + 1)
		return fmt.Errorf("is not JSON at line %d, column %d: %w", line, column, err)
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		number := json.Number(strings.TrimPrefix(e.Value, "number "))
		at, _ := scanning(data).find(func(value json.Token, end int64) bool { return value == number && end >= e.Offset-1 })
		if strings.Trim(string(number), "-0123456789") == "" {
			return fmt.Errorf("body%s: is too large a number: give a smaller one", at)
		}
		return fmt.Errorf("body%s: %s does not fit here: give a smaller number, or a whole one without a point or an exponent", at, e.Value)
	}
	if e, ok := errors.AsType[*burnlist.Error](err); ok { // of a text, which it begins with
		at, _ := scanning(data).find(func(value json.Token, _ int64) bool {
			text, ok := value.(string)
			return ok && strings.HasPrefix(e.Message, strconv.Quote(text))
		})
		return fmt.Errorf("body%s: %s", at, e.Message)
	}
	return err
}
