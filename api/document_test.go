package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// document is the OpenAPI document as it is published.
type document struct {
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]schema }
}

type parameter struct {
	Name, In, Description string
	Required              bool
}

type operation struct {
	OperationID, Summary, Description string
	Tags                              []string
	Parameters                        []parameter
	Responses                         map[string]struct {
		Content map[string]struct{ Schema schema }
	}
}

type schema map[string]any

func readDocument(t testing.TB, url string) *document {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/openapi.json", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	d := &document{}
	if err := json.NewDecoder(response.Body).Decode(d); err != nil {
		t.Fatal(err)
	}
	seen.declare(d)
	return d
}

// undocumented are the addresses that the document leaves out: the page and the
// metrics.
var undocumented = regexp.MustCompile(`^/($|\?|static/|docs|metrics$)`)

// preview matches the operations that change nothing though they are not
// GET.
var preview = regexp.MustCompile(`/preview$`)

// operation returns what the document says of a request, if it is in it.
func (d *document) operation(method, path string) (operation, bool) {
	path, _, _ = strings.Cut(path, "?")
	if method == http.MethodHead { // answered like GET
		method = http.MethodGet
	}
	for template, operations := range d.Paths {
		pattern := regexp.MustCompile(`\{[^}]+\}`).ReplaceAllString(template, "[^/]+")
		if o, ok := operations[strings.ToLower(method)]; ok && regexp.MustCompile("^"+pattern+"$").MatchString(path) {
			return o, true
		}
	}
	return operation{}, false
}

// check holds an answer against the document: its status must be declared, and
// its body must fit the schema that is declared for it.
func (d *document) check(t testing.TB, method, path string, a *answer) {
	t.Helper()
	if problem := a.header.Get("Content-Type") == "application/problem+json"; problem != (a.status >= 400) {
		t.Errorf("%s %s: status %d comes with content type %s", method, path, a.status, a.header.Get("Content-Type"))
	}
	o, ok := d.operation(method, path)
	if !ok {
		// OPTIONS lists the methods. A request for another host is refused before anybody looks at its address.
		refused := []int{http.StatusNoContent, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusMisdirectedRequest}
		if !undocumented.MatchString(path) && !slices.Contains(refused, a.status) {
			t.Errorf("%s %s: status %d comes from no operation that is declared", method, path, a.status)
		}
		return
	}
	response, ok := o.Responses[strconv.Itoa(a.status)]
	if !ok {
		t.Errorf("%s %s: status %d is not declared", method, path, a.status)
		return
	}
	seen.answer(o, a.status)
	if a.status == http.StatusNotModified {
		if a.text != "" || a.header.Get("ETag") == "" || a.header.Get("Content-Type") != "" {
			t.Errorf("%s %s: 304 comes with the body %q and the headers %v", method, path, a.text, a.header)
		}
		return
	}
	content, ok := response.Content[a.header.Get("Content-Type")]
	if !ok {
		t.Errorf("%s %s: content type %q of status %d is not declared", method, path, a.header.Get("Content-Type"), a.status)
		return
	}
	if method == http.MethodHead {
		return
	}
	var body any = a.body
	if !strings.Contains(a.header.Get("Content-Type"), "json") {
		body = a.text
	}
	for _, fault := range d.faults(content.Schema, body, "body") {
		t.Errorf("%s %s: the answer does not fit its schema: %s", method, path, fault)
	}
}

// faults says in what v does not fit s. It knows the part of JSON Schema that
// the document uses, and refuses any other.
func (d *document) faults(s schema, v any, at string) (found []string) {
	wrong := func(format string, args ...any) { found = append(found, at+" "+fmt.Sprintf(format, args...)) }
	if ref, ok := s["$ref"].(string); ok {
		target, ok := d.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")]
		if !ok {
			wrong("refers to %s, which is not there", ref)
			return found
		}
		return d.faults(target, v, at)
	}
	types := names(s["type"])
	if fits := slices.Contains(types, typeOf(v)) || (typeOf(v) == "integer" && slices.Contains(types, "number")); !fits {
		wrong("is %v (%s) instead of %v", v, typeOf(v), types)
		return found
	}
	for keyword, limit := range s {
		switch keyword {
		case "type", "description", "examples", "default", "readOnly":
		case "format":
			layout := map[any]string{"date": time.DateOnly, "date-time": time.RFC3339Nano}[limit]
			if text, ok := v.(string); ok && layout != "" {
				if _, err := time.Parse(layout, text); err != nil {
					wrong("is no %s: %s", limit, text)
				}
			}
		case "enum":
			if !slices.ContainsFunc(limit.([]any), func(e any) bool { return reflect.DeepEqual(e, v) }) {
				wrong("is %v, which is none of %v", v, limit)
			}
		case "pattern":
			if text, ok := v.(string); ok && !regexp.MustCompile(limit.(string)).MatchString(text) {
				wrong("is %q, which does not match %s", text, limit)
			}
		case "minLength", "maxLength":
			if text, ok := v.(string); ok && (utf8.RuneCountInString(text) < int(limit.(float64))) == (keyword == "minLength") &&
				utf8.RuneCountInString(text) != int(limit.(float64)) {
				wrong("is %q: %s is %v", text, keyword, limit)
			}
		case "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum":
			n, ok := v.(float64)
			l := limit.(float64)
			if ok && !map[string]bool{"minimum": n >= l, "exclusiveMinimum": n > l, "maximum": n <= l, "exclusiveMaximum": n < l}[keyword] {
				wrong("is %v: %s is %v", n, keyword, l)
			}
		case "items":
			list, _ := v.([]any)
			for i, e := range list {
				found = append(found, d.faults(limit.(map[string]any), e, fmt.Sprintf("%s.%d", at, i))...)
			}
		case "required":
			if object, ok := v.(map[string]any); ok {
				for _, name := range names(limit) {
					if _, ok := object[name]; !ok {
						wrong("has no %s", name)
					}
				}
			}
		case "properties":
			object, _ := v.(map[string]any)
			for _, name := range slices.Sorted(maps.Keys(object)) {
				if property, ok := limit.(map[string]any)[name]; ok {
					found = append(found, d.faults(property.(map[string]any), object[name], at+"."+name)...)
				} else {
					wrong("has %s, which is not declared", name)
				}
			}
		case "additionalProperties":
			of, ok := limit.(map[string]any) // of a map
			if !ok && limit != false {
				wrong("has a schema that allows anything")
			}
			object, _ := v.(map[string]any)
			for _, name := range slices.Sorted(maps.Keys(object)) {
				if ok {
					found = append(found, d.faults(of, object[name], at+"."+name)...)
				}
			}
		default:
			wrong("has the keyword %s, which this test does not know", keyword)
		}
	}
	return found
}

func names(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		all := make([]string, len(v))
		for i, e := range v {
			all[i] = fmt.Sprint(e)
		}
		return all
	}
	return nil
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if v == math.Trunc(v) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

func TestEveryOperationIsDescribed(t *testing.T) {
	d := newServer(t).doc
	seen := 0
	for path, operations := range d.Paths {
		for method, o := range operations {
			seen++
			if o.OperationID == "" || o.Summary == "" || o.Description == "" || len(o.Tags) != 1 {
				t.Errorf("%s %s is not described: %+v", method, path, o)
			}
			for _, status := range []string{"400", "421", "422", "500", "503"} {
				if (status == "400" && !strings.HasPrefix(path, "/api/")) || (status == "503" && path == "/livez") {
					continue
				}
				if _, ok := o.Responses[status].Content["application/problem+json"]; !ok {
					t.Errorf("%s %s does not declare %s", method, path, status)
				}
			}
			required := map[string]bool{}
			for _, p := range o.Parameters {
				required[p.In+" "+p.Name] = p.Required
			}
			if got, want := required["header Burnlist-Actor"], method != "get" && !preview.MatchString(path); got != want {
				t.Errorf("%s %s: the actor is required: %v, want %v", method, path, got, want)
			}
			_, takes := required["header If-Match"]
			if want := method == "patch" || slices.Contains([]string{"decide-item", "decide-in-review"}, o.OperationID); takes != want {
				t.Errorf("%s %s: If-Match is taken: %v, want %v", method, path, takes, want)
			}
			if _, ok := o.Responses["412"]; ok != takes {
				t.Errorf("%s %s: 412 is declared: %v, want %v", method, path, ok, takes)
			}
			// A preview of an exclusion fails with what would keep it from being made.
			conflicts := method != "get" && (!preview.MatchString(path) || o.OperationID == "preview-exclusion") &&
				o.OperationID != "remove-exclusion" && o.OperationID != "update-policy" // which are in nobody's way
			if _, ok := o.Responses["409"]; ok != conflicts {
				t.Errorf("%s %s: 409 is declared: %v, want %v", method, path, ok, conflicts)
			}
			if _, ok := o.Responses["428"]; ok != (method == "patch") {
				t.Errorf("%s %s: 428 is declared: %v, want %v", method, path, ok, method == "patch")
			}
			if got, want := required["header If-Match"], method == "patch"; got != want {
				t.Errorf("%s %s: If-Match is required: %v, want %v", method, path, got, want)
			}
		}
	}
	if seen != 49 {
		t.Errorf("the document has %d operations, want 49", seen)
	}
}

func TestEveryFieldAndParameterIsDescribed(t *testing.T) {
	d := newServer(t).doc
	if len(d.Components.Schemas) < 100 {
		t.Errorf("the document has only %d schemas", len(d.Components.Schemas))
	}
	described := func(at string, s map[string]any) {
		if text, _ := s["description"].(string); text == "" {
			t.Errorf("%s is not described", at)
		}
	}
	var walk func(at string, s map[string]any)
	walk = func(at string, s map[string]any) {
		properties, _ := s["properties"].(map[string]any)
		for name, property := range properties {
			described(at+"."+name, property.(map[string]any))
			walk(at+"."+name, property.(map[string]any))
		}
		if items, ok := s["items"].(map[string]any); ok {
			walk(at+"[]", items)
		}
	}
	for name, s := range d.Components.Schemas {
		walk(name, s)
	}
	for path, operations := range d.Paths {
		for method, o := range operations {
			for _, p := range o.Parameters {
				if p.Description == "" {
					t.Errorf("%s %s: %s parameter %s is not described", method, path, p.In, p.Name)
				}
			}
		}
	}
}

func TestNothingIsWrittenWithoutAnActor(t *testing.T) {
	s := newServer(t)
	for path, operations := range s.doc.Paths {
		for method := range operations {
			if method == "get" || preview.MatchString(path) {
				continue
			}
			filled := regexp.MustCompile(`\{[^}]+\}`).ReplaceAllString(path, "1")
			if a := s.ask(strings.ToUpper(method), filled, `{}`, "Burnlist-Actor", "").must(400); !strings.Contains(a.text, "header.Burnlist-Actor") {
				t.Errorf("%s %s: got %s", method, path, a.text)
			}
		}
	}
}

func TestTheCheckerFindsWhatDoesNotFit(t *testing.T) {
	d := newServer(t).doc
	fits := map[string]any{"type": "urn:x", "title": "t", "status": 400.0, "detail": "d", "code": "c"}
	problem := schema{"$ref": "#/components/schemas/Problem"}
	if faults := d.faults(problem, fits, "body"); len(faults) > 0 {
		t.Fatalf("a problem does not fit its schema: %v", faults)
	}
	for name, spoil := range map[string]func(map[string]any){
		"something missing":   func(p map[string]any) { delete(p, "detail") },
		"something unknown":   func(p map[string]any) { p["extra"] = 1.0 },
		"another type":        func(p map[string]any) { p["status"] = "400" },
		"null":                func(p map[string]any) { p["title"] = nil },
		"a fault in the list": func(p map[string]any) { p["errors"] = []any{map[string]any{"location": "x"}} },
	} {
		p := maps.Clone(fits)
		spoil(p)
		if len(d.faults(problem, p, "body")) == 0 {
			t.Errorf("%s is not found", name)
		}
	}
}
