package api

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"

	"github.com/burnlist/burnlist/prioritizer"
)

// cursor is where a list of the queue goes on: behind a key, wherever that is
// by then. What moves meanwhile may be seen twice or not at all; what stays is
// seen once.
type cursor struct {
	prioritizer.Key
	Filter string `json:"f"`
}

// hashOf identifies a filter, so that a cursor is not used with another.
func hashOf(f prioritizer.Filter) string {
	h := fnv.New64a()
	_, _ = h.Write(fmt.Appendf(nil, "%#v", f)) // a hash does not fail
	return strconv.FormatUint(h.Sum64(), 16)
}

// String returns the cursor in the form that clients pass back.
func (c cursor) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // cannot happen: it is made of numbers and strings
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// parseCursor reads a cursor of a list with the same filter.
func parseCursor(s string, f prioritizer.Filter) (cursor, error) {
	var c cursor
	text, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil || c.Tier == 0 {
		return cursor{}, badCursor("is not a cursor: pass on next_cursor as it is, or leave it out to begin anew")
	}
	if c.Filter != hashOf(f) {
		return cursor{}, badCursor("belongs to a list with another filter: keep the filter while paging, or leave the cursor out to begin anew")
	}
	return c, nil
}

func badCursor(message string) error {
	return problem(badRequest, "the cursor cannot be used", Fault{Location: "query.cursor", Message: message})
}
