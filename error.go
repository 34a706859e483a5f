package burnlist

import (
	"errors"
	"fmt"
	"strings"
)

// Code names the kind of an error. It is given where the rule is known and
// becomes an HTTP status once, in package api.
type Code string

// The codes. An error without one is internal.
const (
	Invalid       Code = "invalid"             // the input breaks a rule; Details say which
	NotFound      Code = "not_found"           // no such thing
	Exists        Code = "exists"              // the key is taken
	Conflict      Code = "conflict"            // the thing is in a state that forbids this
	Stale         Code = "precondition_failed" // the version is not the current one
	NeedsVersion  Code = "precondition_required"
	Unavailable   Code = "unavailable" // a server that we need does not answer
	NotRetirable  Code = "in_use"      // something in force still hangs on it
	KeyReused     Code = "key_reused"  // another request had the idempotency key
	InternalError Code = "internal"
)

// Detail is one thing that is wrong with an input.
type Detail struct {
	Field   string // path of the value in the input, such as "source.start"; may be empty
	Message string // what is wrong and what to do about it
}

// Error is an error that carries a code. Message is meant for the person who
// sent the request: it says what to do.
type Error struct {
	Code    Code
	Message string
	Details []Detail
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	for i, d := range e.Details {
		if i == 0 && e.Message != "" {
			b.WriteString(": ")
		} else if i > 0 {
			b.WriteString("; ")
		}
		if d.Field != "" {
			b.WriteString(d.Field + ": ")
		}
		b.WriteString(d.Message)
	}
	return b.String()
}

// Errorf makes an error with a code and a message for the person who asked.
func Errorf(code Code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// CodeOf returns the code of err, of the first Error in its tree, or
// InternalError. The code of a nil error is empty.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return InternalError
}

// check collects what is wrong with an input, so that all of it is told at
// once.
type check []Detail

func (c *check) that(ok bool, field, format string, args ...any) {
	if !ok {
		*c = append(*c, Detail{Field: field, Message: fmt.Sprintf(format, args...)})
	}
}

// add takes over the details of err below the given field.
func (c *check) add(field string, err error) {
	if err == nil {
		return
	}
	e, ok := errors.AsType[*Error](err)
	if !ok || len(e.Details) == 0 {
		*c = append(*c, Detail{Field: field, Message: err.Error()})
		return
	}
	for _, d := range e.Details {
		*c = append(*c, Detail{Field: strings.Trim(field+"."+d.Field, "."), Message: d.Message})
	}
}

func (c *check) err(what string) error {
	if len(*c) == 0 {
		return nil
	}
	return &Error{Code: Invalid, Message: what + " is not valid", Details: *c}
}
