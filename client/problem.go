package client

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
)

// Problem is a refusal: any answer that is not a success. What burnlist itself
// refuses comes with all fields; what something in between answers has Status
// and Detail only.
type Problem struct {
	Type   string        `json:"type"`
	Title  string        `json:"title"`
	Status int           `json:"status"` // of HTTP
	Detail string        `json:"detail"` // what is wrong, and what to do about it
	Code   burnlist.Code `json:"code"`   // the kind, for programs; empty if burnlist did not answer
	Errors []Fault       `json:"errors"` // every single thing that is wrong
	// Current is how things are, if a decision in a review conflicts with them.
	Current *Current `json:"current"`

	retryAfter time.Duration
}

// Fault is one thing that is wrong with a request.
type Fault struct {
	Location string `json:"location"` // body, query, path or header, and the way to the value
	Message  string `json:"message"`  // what is wrong and what to do about it
}

// Current is an item of a review as it is, and what was decided of it.
type Current struct {
	Item     burnlist.ItemView        `json:"item"`
	Decision *burnlist.ReviewDecision `json:"decision"` // the last one in the review that stands
}

// Error says the problem in words, one line for each thing that is wrong.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Detail)
	for _, f := range p.Errors {
		at := f.Location
		for _, part := range []string{"body.", "query.", "path."} {
			if name, ok := strings.CutPrefix(at, part); ok {
				at = name // who reads it has not seen the request
				break
			}
		}
		fmt.Fprintf(&b, "\n  %s %s", at, f.Message)
	}
	return b.String()
}

// Refused reports whether the request is at fault, and not the server: sent
// again as it is, it would be refused again.
func (p *Problem) Refused() bool { return p.Status >= 400 && p.Status < 500 }

// problemOf reads an answer that is not a success.
func problemOf(resp *http.Response, text []byte) *Problem {
	var p Problem
	if json.Unmarshal(text, &p) != nil || p.Detail == "" {
		p = Problem{Detail: fmt.Sprintf("%s answers %s", resp.Request.URL.Host, resp.Status)}
	}
	p.Status, p.retryAfter = resp.StatusCode, seconds(resp.Header.Get("Retry-After"))
	return &p
}
