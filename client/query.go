package client

import (
	"net/url"
	"strconv"
	"time"
)

// query is the parameters of a request. What is empty is left out.
type query map[string]string

func (q query) encode() string {
	values := url.Values{}
	for name, value := range q {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values.Encode()
}

func number[N int | int64](n N) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(int64(n), 10)
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// at joins the segments of a path, of which those at odd places are values and
// get escaped.
func at(segments ...string) string {
	path := "/api/v1"
	for i, s := range segments {
		if i%2 == 1 {
			s = url.PathEscape(s)
		}
		path += "/" + s
	}
	return path
}

func id(n int64) string { return strconv.FormatInt(n, 10) }
