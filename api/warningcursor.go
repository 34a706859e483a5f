package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"

	"github.com/burnlist/burnlist/prioritizer"
)

// warningCursor is where a list of warnings goes on: behind the last one shown,
// wherever that stands by then. If it is gone, the list goes on where it had stood.
// What moves meanwhile may be seen twice or not at all.
type warningCursor struct {
	Subject string           `json:"s"`
	Code    prioritizer.Code `json:"c"`
	Place   int              `json:"p"` // how many were shown
	Filter  string           `json:"f"` // the tag of the filter
}

// String returns the cursor in the form that clients pass back.
func (c warningCursor) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // cannot happen: it is made of numbers and strings
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// parseWarningCursor reads a cursor of a list with the same filter.
func parseWarningCursor(s, filter string) (warningCursor, error) {
	var c warningCursor
	text, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err == nil {
		in := json.NewDecoder(bytes.NewReader(text))
		in.DisallowUnknownFields()
		err = in.Decode(&c)
	}
	if err != nil || c.Subject == "" || c.Place < 1 {
		return warningCursor{}, badCursor("is not a cursor of this list: pass on next_cursor as it is, or leave it out to begin anew")
	}
	if c.Filter != filter {
		return warningCursor{}, badCursor("belongs to a list with another filter: keep the filter while paging, or leave the cursor out to begin anew")
	}
	return c, nil
}

// begin returns where the list goes on.
func (c warningCursor) begin(all []prioritizer.Warning) int {
	place := min(c.Place, len(all))
	is := func(w prioritizer.Warning) bool { return w.Subject == c.Subject && w.Code == c.Code }
	if place > 0 && is(all[place-1]) { // nothing has moved
		return place
	}
	if last := slices.IndexFunc(all, is); last >= 0 {
		return last + 1
	}
	return max(0, place-1) // what is gone stood before
}
