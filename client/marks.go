package client

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// marks are the fields without which a document is no T. A thing has its
// number or its version; the others have their lists, or, where there are none,
// all of their fields.
func marks[T any]() []string {
	var thing, lists, all []string
	of := reflect.TypeFor[T]()
	if of.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range reflect.VisibleFields(of) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" || options != "" {
			continue
		}
		all = append(all, name)
		switch {
		case name == "id" || name == "version":
			thing = append(thing, name)
		case name == "revision" || f.Type.Kind() == reflect.Slice:
			lists = append(lists, name)
		}
	}
	for _, some := range [][]string{thing, lists} {
		if len(some) > 0 {
			return some
		}
	}
	return all
}

// isA reports whether a text may be a T in JSON, and nothing else that answers
// with success.
func isA[T any](text []byte) bool {
	var has map[string]json.RawMessage
	if json.Unmarshal(text, &has) != nil {
		return false
	}
	return !slices.ContainsFunc(marks[T](), func(name string) bool { _, ok := has[name]; return !ok })
}
