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
		if !forClients(c) || r.Body == nil || r.Body == http.NoBody {
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
		if at := twice(json.NewDecoder(bytes.NewReader(body)), "body"); at != "" {
			return problem(badRequest, "the request is not valid", Fault{Location: at, Message: "is given more than once: give it once"})
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		return next(c)
	}
}

// twice reads one JSON value and returns where the first field is that an
// object has twice, of which all but one would be passed over in silence. What
// is no JSON is somebody else's to refuse.
func twice(in *json.Decoder, at string) string {
	open, err := in.Token()
	if err != nil || (open != json.Delim('{') && open != json.Delim('[')) {
		return ""
	}
	seen := map[string]bool{}
	for i := 0; in.More(); i++ {
		inner := fmt.Sprintf("%s[%d]", at, i)
		if open == json.Delim('{') {
			token, err := in.Token()
			name, ok := token.(string)
			if err != nil || !ok {
				return ""
			}
			inner = at + "." + name
			if seen[name] {
				return inner
			}
			seen[name] = true
		}
		if found := twice(in, inner); found != "" {
			return found
		}
	}
	_, _ = in.Token() // what closes it
	return ""
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
