package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"

	"github.com/burnlist/burnlist"
)

// problems collects everything that is wrong with the settings, so that it is
// told at once. Values are not repeated where they may hold a secret.
type problems struct {
	places  map[string]place // where a top key was written
	details []burnlist.Detail
}

// place is where a value was written. A later layer wins over an earlier one.
type place struct {
	layer int
	name  string // as the operator knows it: a flag, a variable or a key of the file
}

// The layers, weakest first. A key that nobody wrote lies in the zero one.
const (
	inFile = iota + 1
	inEnvironment
	inFlag
)

// add notes what is wrong with a key, unless something was noted of it
// already.
func (p *problems) add(key, format string, args ...any) {
	top, inner := key, ""
	if i := strings.IndexByte(key, '['); i >= 0 {
		top, inner = key[:i], key[i:]
	}
	field := key
	if at, ok := p.places[top]; ok {
		field = at.name + inner
	}
	if field != "" && p.has(field) {
		return
	}
	p.details = append(p.details, burnlist.Detail{Field: field, Message: fmt.Sprintf(format, args...)})
}

// has reports whether something is wrong with exactly this field.
func (p *problems) has(field string) bool {
	return slices.ContainsFunc(p.details, func(d burnlist.Detail) bool { return d.Field == field })
}

// joined is what errors.Join returns.
type joined interface {
	error
	Unwrap() []error
}

// decoding takes over what viper found when it filled the settings.
func (p *problems) decoding(err error) {
	if list, ok := errors.AsType[joined](err); ok {
		for _, e := range list.Unwrap() {
			p.decoding(e)
		}
		return
	}
	at, ok := errors.AsType[*mapstructure.DecodeError](err)
	if !ok {
		p.add("", "%v", err)
		return
	}
	inner := at.Unwrap()
	if _, unknown, ok := strings.Cut(inner.Error(), "has invalid keys: "); ok {
		for key := range strings.SplitSeq(unknown, ", ") {
			p.add(at.Name()+"."+key, "is no setting: look it up in docs/configuration.md")
		}
		return
	}
	if wrong, ok := errors.AsType[*mapstructure.UnconvertibleTypeError](inner); ok {
		p.add(at.Name(), "is %s: write %s", kind(reflect.TypeOf(wrong.Value)), kind(wrong.Expected.Type()))
		return
	}
	switch text := inner.Error(); {
	case strings.Contains(text, "must be an array or slice"):
		p.add(at.Name(), "is no list: write its elements below it, each after a hyphen")
	case strings.Contains(text, "expected a map or struct"):
		p.add(at.Name(), "is no section with keys: write its keys below it")
	default:
		p.add(at.Name(), "%v", inner)
	}
}

// kind names a type in the words of a YAML file.
func kind(t reflect.Type) string {
	if t == nil {
		return "nothing"
	}
	switch t.Kind() { //nolint:exhaustive // the others do not come out of a YAML file
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "a section with keys"
	default:
		return "a number"
	}
}

// err returns the collected problems as one Invalid error.
func (p *problems) err(file string) error {
	if len(p.details) == 0 {
		return nil
	}
	message := "the configuration is not valid"
	if file != "" {
		message = fmt.Sprintf("the configuration (%s) is not valid", file)
	}
	return &burnlist.Error{Code: burnlist.Invalid, Message: message, Details: p.details}
}
