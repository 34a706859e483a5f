package config

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/burnlist/burnlist"
)

// nodeDecoder fills Go values from YAML nodes by the names in their json tags.
// It guesses nothing: a value has the type that the field asks for, or is a
// problem with its place.
type nodeDecoder struct {
	*manifestReader
	file   string
	places map[string]Place // of the thing that is being filled; nil outside of one
}

var (
	writtenType    = reflect.TypeFor[Written]()
	policyType     = reflect.TypeFor[burnlist.Policy]()
	nullStringType = reflect.TypeFor[burnlist.NullString]()
	dateType       = reflect.TypeFor[burnlist.Date]()
	durationType   = reflect.TypeFor[burnlist.Duration]()
	instantType    = reflect.TypeFor[time.Time]()
	sourceType     = reflect.TypeFor[burnlist.Source]()
)

// nullable are the types of which null means none.
var nullable = []reflect.Type{nullStringType, dateType, instantType, sourceType}

// field is one that can be written.
type field struct {
	name     string
	index    int
	required bool // it has to be there, if what it belongs to is
	omitted  bool // it is not written while it is zero
}

// fieldsOf returns the fields of a struct by its json tags.
func fieldsOf(t reflect.Type) []field {
	var all []field
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "" {
			continue
		}
		of := t.Field(i).Type
		omitted := options != ""
		all = append(all, field{
			name: name, index: i, omitted: omitted,
			required: !omitted && of.Kind() != reflect.Pointer && of.Kind() != reflect.Slice && !slices.Contains(nullable, of),
		})
	}
	return all
}

func (d *nodeDecoder) at(n *yaml.Node) Place { return Place{d.file, n.Line, n.Column} }

// decode fills into, a pointer, from a node.
func (d *nodeDecoder) decode(n *yaml.Node, into any) { d.value(n, reflect.ValueOf(into).Elem(), "") }

// value fills v from a node. Path is that within the thing that is being filled.
func (d *nodeDecoder) value(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		d.problem(d.at(n), "%sanchors and aliases are not read: write the value out", label(path))
		return
	}
	if d.places != nil {
		d.places[path] = d.at(n)
	}
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		d.null(n, v, t, path)
		return
	}
	if v.Kind() == reflect.Pointer {
		filled := reflect.New(t)
		d.value(n, filled.Elem(), path)
		v.Set(filled)
		return
	}
	switch {
	case t == reflect.TypeFor[Policy]():
		d.policy(n, v.Addr().Interface().(*Policy))
	case t.Kind() == reflect.Slice:
		d.list(n, v, path)
	case t == instantType:
		d.instant(n, v, path)
	case t == dateType, t == durationType:
		d.text(n, v, path)
	case t.Kind() == reflect.Struct && t.NumField() > 0 && t.Field(0).Type == writtenType:
		d.thing(n, v)
	case t.Kind() == reflect.Struct:
		d.section(n, v, path)
	default:
		d.scalar(n, v, path)
	}
}

// null takes null as none where there may be none.
func (d *nodeDecoder) null(n *yaml.Node, v reflect.Value, t reflect.Type, path string) {
	switch {
	case path == "name", path == "key":
		d.problem(d.at(n), "%s %s", path, identity(path))
	case t == instantType: // a pointer that stays nil
	case slices.Contains(nullable, t):
		if v.Kind() == reflect.Pointer {
			v.Set(reflect.New(t))
		}
	case t.Kind() == reflect.Slice, t == reflect.TypeFor[Policy](): // an empty section
	default:
		d.problem(d.at(n), "%sis empty: give a value, or leave it out to keep what there is", label(path))
	}
}

// thing fills one thing of a list, which knows where it was written.
func (d *nodeDecoder) thing(n *yaml.Node, v reflect.Value) {
	d.places = map[string]Place{"": d.at(n)}
	v.Field(0).Set(reflect.ValueOf(Written{d.places}))
	d.section(n, v, "")
	d.places = nil
}

// policy fills the numbers that are given.
func (d *nodeDecoder) policy(n *yaml.Node, p *Policy) {
	d.places = map[string]Place{"": d.at(n)}
	p.Written = Written{d.places}
	d.section(n, reflect.ValueOf(&p.Policy).Elem(), "")
	for _, name := range PolicyNames() {
		if _, ok := d.places[name]; ok {
			p.Given = append(p.Given, name)
		}
	}
	d.places = nil
}

// section fills a struct from a mapping.
func (d *nodeDecoder) section(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		d.problem(d.at(n), "%sis %s: write its fields below it, each with a colon", label(path), kindOf(n))
		return
	}
	fields := fieldsOf(v.Type())
	if v.Type() == policyType {
		known := PolicyNames()
		fields = slices.DeleteFunc(fields, func(f field) bool { return !slices.Contains(known, f.name) })
	}
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if first, ok := seen[key.Value]; ok {
			d.problem(d.at(key), "%s is in line %d already: keep one of them", join(path, key.Value), first.Line)
			continue
		}
		seen[key.Value] = key
		at := slices.IndexFunc(fields, func(f field) bool { return f.name == key.Value })
		if key.Kind != yaml.ScalarNode || key.Anchor != "" || at < 0 {
			d.problem(d.at(key), "%s is not known here: use %s", strconv.Quote(short(join(path, key.Value))), names(fields))
			continue
		}
		d.value(value, v.Field(fields[at].index), join(path, key.Value))
	}
	for _, f := range fields {
		if _, ok := seen[f.name]; !ok && f.required && v.Type() != policyType {
			d.problem(d.at(n), "%s %s", join(path, f.name), identity(f.name))
		}
	}
}

func (d *nodeDecoder) list(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.SequenceNode {
		d.problem(d.at(n), "%sis %s: write a list, each element after a hyphen", label(path), kindOf(n))
		return
	}
	all := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, element := range n.Content {
		d.value(element, all.Index(i), "")
	}
	v.Set(all)
}

// text fills a date or a duration.
func (d *nodeDecoder) text(n *yaml.Node, v reflect.Value, path string) {
	tag := n.ShortTag()
	if n.Kind != yaml.ScalarNode || tag != "!!str" && (tag != "!!timestamp" || v.Type() != dateType) || n.Value == "" {
		d.problem(d.at(n), "%sis %s: %s", label(path), kindOf(n), form(v.Type()))
		return
	}
	if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(n.Value)); err != nil {
		d.problem(d.at(n), "%s%q: %s", label(path), short(n.Value), form(v.Type()))
	}
}

// form says how a text of a type is written.
func form(t reflect.Type) string {
	if t == dateType {
		return "write the date as YYYY-MM-DD; one that depends on today, such as “in 2 weeks”, would be another one in the next run"
	}
	return "write a number with a unit, such as 30d, 6h or 5m"
}

func (d *nodeDecoder) instant(n *yaml.Node, v reflect.Value, path string) {
	at, err := time.Parse(time.RFC3339Nano, n.Value)
	if tag := n.ShortTag(); n.Kind != yaml.ScalarNode || tag != "!!timestamp" && tag != "!!str" || err != nil {
		d.problem(d.at(n), "%sis %s: write the instant with its zone, such as 2026-11-16T09:10:00Z", label(path), kindOf(n))
		return
	}
	v.Set(reflect.ValueOf(burnlist.Instant(at)))
}

func (d *nodeDecoder) scalar(n *yaml.Node, v reflect.Value, path string) {
	wrong := func(want string) { d.problem(d.at(n), "%sis %s: %s", label(path), kindOf(n), want) }
	tag := n.ShortTag()
	if n.Kind != yaml.ScalarNode {
		tag = ""
	}
	switch v.Kind() { //nolint:exhaustive // no field has another kind
	case reflect.String:
		if tag != "!!str" {
			wrong("write a text, in quotes if it looks like something else")
			return
		}
		if n.Value == "" && (path == "name" || path == "key") {
			d.problem(d.at(n), "%s %s", path, identity(path))
			return
		}
		v.SetString(n.Value)
	case reflect.Bool:
		truth, err := strconv.ParseBool(n.Value)
		if tag != "!!bool" || err != nil {
			wrong("write true or false")
			return
		}
		v.SetBool(truth)
	case reflect.Int, reflect.Int64:
		number, err := strconv.ParseInt(n.Value, 10, 32)
		if tag != "!!int" || err != nil {
			wrong("write a whole number")
			return
		}
		v.SetInt(number)
	case reflect.Float64:
		number, err := strconv.ParseFloat(n.Value, 64)
		if tag != "!!int" && tag != "!!float" || err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
			wrong("write a number, such as 0.999")
			return
		}
		v.SetFloat(number)
	default:
		panic(fmt.Sprintf("config: a manifest has no fields of type %s", v.Type()))
	}
}

// kindOf names what a node is.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a section with fields"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode, yaml.AliasNode, yaml.DocumentNode:
	}
	switch n.ShortTag() {
	case "!!bool":
		return "true or false"
	case "!!int", "!!float":
		return "a number"
	case "!!null":
		return "empty"
	case "!!timestamp":
		return "a date"
	}
	return strconv.Quote(short(n.Value))
}

// names lists fields for a message.
func names(fields []field) string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.name
	}
	if len(all) == 1 {
		return all[0]
	}
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}

// label begins a message about a field.
func label(path string) string {
	if path == "" {
		return ""
	}
	return path + " "
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// short cuts what is quoted in a message.
func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
