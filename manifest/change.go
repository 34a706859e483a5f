package manifest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Change is one field that gets another value.
type Change struct {
	Field    string // with the way to it, such as source.url
	From, To string
}

// String writes the change for people.
func (c Change) String() string { return c.Field + " " + c.From + " → " + c.To }

// changes collects what differs of one thing.
type changes []Change

// differs returns want if it is given and not what there is, and notes the
// change; else nil.
func differs[T comparable](c *changes, field string, is T, want *T) *T {
	if want == nil || *want == is {
		return nil
	}
	c.note(field, is, *want)
	return want
}

// note tells of a field what differs within it.
func (c *changes) note(field string, from, to any) {
	before, after := leaves(field, from), leaves(field, to)
	both := maps.Clone(before)
	maps.Copy(both, after)
	for _, path := range slices.Sorted(maps.Keys(both)) {
		was, is := before[path], after[path]
		if was == is {
			continue
		}
		change := Change{path, shown(was), shown(is)}
		if change.From == change.To { // they differ in blanks only
			change.From, change.To = strconv.Quote(was), strconv.Quote(is)
		}
		*c = append(*c, change)
	}
}

// shown returns a value as it is told, in one line.
func shown(value string) string {
	return cmp.Or(strings.Join(strings.Fields(value), " "), "none")
}

// leaves returns the single values of a value as JSON has them, by the way to
// them.
func leaves(path string, value any) map[string]string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // cannot happen: fields are texts, numbers and sections of them
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		panic(err) // it was written just now
	}
	all := map[string]string{}
	var walk func(path string, tree any)
	walk = func(path string, tree any) {
		switch v := tree.(type) {
		case map[string]any:
			for name, below := range v {
				walk(path+"."+name, below)
			}
		case string:
			all[path] = v
		case json.Number:
			all[path] = v.String()
		case bool:
			all[path] = map[bool]string{true: "yes", false: "no"}[v]
		}
	}
	walk(path, tree)
	return all
}
