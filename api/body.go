package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
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
		if at, wrong := flaw(json.NewDecoder(bytes.NewReader(body)), 1); wrong != "" {
			return problem(badRequest, "the request is not valid", Fault{Location: "body" + at, Message: wrong})
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		c.SetRequest(fingerprinted(r, body))
		return next(c)
	}
}

// maxDepth is how many levels of objects and arrays a body may have. No request
// needs a handful.
const maxDepth = 32

// flaw reads one JSON value and returns what is wrong with it that no decoder
// minds, and where: a field that an object has twice, of which all but one
// would be passed over in silence, or a depth that nobody needs. What is no
// JSON is somebody else's to refuse.
func flaw(in *json.Decoder, depth int) (at, wrong string) {
	open, err := in.Token()
	if err != nil || (open != json.Delim('{') && open != json.Delim('[')) {
		return "", ""
	}
	if depth > maxDepth {
		return "", fmt.Sprintf("is nested more than %d levels deep: send less", maxDepth)
	}
	seen := map[string]bool{}
	for i := 0; in.More(); i++ {
		name := ""
		if open == json.Delim('{') {
			token, err := in.Token()
			var ok bool
			if name, ok = token.(string); err != nil || !ok {
				return "", ""
			}
			if seen[name] {
				return "." + name, "is given more than once: give it once"
			}
			seen[name] = true
		}
		if inner, wrong := flaw(in, depth+1); wrong != "" {
			if name != "" {
				return "." + name + inner, wrong
			}
			return fmt.Sprintf("[%d]%s", i, inner), wrong
		}
	}
	_, _ = in.Token() // what closes it
	return "", ""
}

// strictNames makes huma tell fields apart by case, once: it is a setting of
// the whole process there.
var strictNames = sync.OnceFunc(func() { huma.ValidateStrictCasing = true })

// forClients reports whether the request is for the REST API, and not for the
// page, which reads its own.
func forClients(c echo.Context) bool { return strings.HasPrefix(c.Request().URL.Path, "/api/") }

// jsonFormat is JSON with errors that say where they are.
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
		return fmt.Errorf("%s does not fit here: %s", e.Value, e.Field)
	}
	return err
}
