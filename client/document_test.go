package client_test

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
)

// methods are the methods of the client by the operations that they call.
var methods = map[string]string{
	"list-products": "Products", "create-product": "CreateProduct", "get-product": "Product", "update-product": "UpdateProduct",
	"preview-digest": "WeekDigest", "get-figures": "ProductFigures",
	"list-services": "Services", "create-service": "CreateService", "get-service": "Service", "update-service": "UpdateService",
	"list-slos": "SLOs", "create-slo": "CreateSLO", "get-slo": "SLO", "update-slo": "UpdateSLO", "preview-slo": "PreviewSLO",
	"get-slo-figures": "SLOFigures", "get-slo-history": "SLOHistory",
	"list-exclusions": "Exclusions", "create-exclusion": "CreateExclusion", "preview-exclusion": "PreviewExclusion",
	"remove-exclusion": "RemoveExclusion",
	"list-items":       "Items", "create-item": "CreateItem", "get-item": "Item", "update-item": "UpdateItem",
	"decide-item": "DecideItem", "get-history": "ItemHistory",
	"list-reviews": "Reviews", "open-review": "OpenReview", "cancel-slot": "CancelSlot", "get-review": "Review",
	"refreeze-review": "RefreezeReview", "conclude-review": "ConcludeReview", "get-agenda": "Agenda", "add-to-agenda": "AddToAgenda",
	"list-decisions": "Decisions", "decide-in-review": "DecideInReview", "undo-decision": "UndoDecision", "get-digest": "Digest",
	"get-queue": "Queue", "list-budgets": "Budgets", "list-warnings": "Warnings",
	"list-changes": "Changes",
	"get-policy":   "Policy", "update-policy": "UpdatePolicy", "preview-policy": "PreviewPolicy",
}

// without are the operations that need no method, and why.
var without = map[string]string{
	"livez":  "probes ask it, and look at nothing but the status",
	"readyz": "probes ask it, and look at nothing but the status",
	"listen": "is a stream; Listen has tests of its own",
}

// others are the methods that call no operation of their own, and why.
var others = map[string]string{
	"Server":             "says what the client asks",
	"AllItems":           "pages through Items",
	"AllReviews":         "pages through Reviews",
	"AllEntries":         "pages through Agenda",
	"AllWarnings":        "pages through Warnings",
	"AllChanges":         "pages through Changes",
	"Listen":             "is a stream",
	"WholeQueue":         "pages through Queue",
	"RenderedDigest":     "is Digest in another form",
	"RenderedWeekDigest": "is WeekDigest in another form",
	"SLOSparkline":       "is SLOHistory in another form",
}

// document is the OpenAPI document as it is published.
type document struct {
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]schema }
}

type operation struct {
	OperationID string
	Parameters  []struct{ Name, In string }
	RequestBody struct {
		Content map[string]struct{ Schema schema }
	}
	Responses map[string]struct {
		Content map[string]struct{ Schema schema }
	}
}

type schema struct {
	Ref                  string `json:"$ref"`
	Properties           map[string]schema
	Items                *schema
	AdditionalProperties any
}

func readDocument(t *testing.T) *document {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, serve(t).Server()+"/openapi.json", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	d := &document{}
	if err := json.NewDecoder(response.Body).Decode(d); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("read the document: %v, %s", err, response.Status)
	}
	return d
}

// TestTheClientSpeaksTheDocument calls each method with every argument filled
// in, and holds the request and the type of the answer against what the
// document says of the operation.
func TestTheClientSpeaksTheDocument(t *testing.T) {
	d := readDocument(t)
	seen := map[string]bool{}
	for path, operations := range d.Paths {
		for method, o := range operations {
			seen[o.OperationID] = true
			if without[o.OperationID] != "" {
				continue
			}
			name, ok := methods[o.OperationID]
			if !ok {
				t.Errorf("the client has no method for %s %s (%s)", method, path, o.OperationID)
				continue
			}
			t.Run(o.OperationID, func(t *testing.T) { d.hold(t, name, strings.ToUpper(method), path, o) })
		}
	}
	for _, id := range slices.Concat(slices.Collect(maps.Keys(methods)), slices.Collect(maps.Keys(without))) {
		if !seen[id] {
			t.Errorf("the document has no operation %s", id)
		}
	}
	called := slices.Collect(maps.Values(methods))
	for m := range reflect.TypeFor[*client.Client]().Methods() {
		if !slices.Contains(called, m.Name) && others[m.Name] == "" {
			t.Errorf("method %s calls nothing that the table knows", m.Name)
		}
	}
}

// hold calls a method and holds it against an operation.
func (d *document) hold(t *testing.T, name, method, path string, o operation) {
	t.Helper()
	var sent *http.Request
	var body, answer []byte
	c, err := client.New("http://127.0.0.1:1", client.Actor("ana@example.org"), client.HTTP(&http.Client{
		Transport: transport(func(r *http.Request) (*http.Response, error) {
			sent = r
			body, _ = io.ReadAll(r.Body)
			return &http.Response{StatusCode: http.StatusOK, Request: r, Body: io.NopCloser(bytes.NewReader(answer))}, nil
		}),
	}))
	if err != nil {
		t.Fatal(err)
	}
	call := reflect.ValueOf(c).MethodByName(name)
	if !call.IsValid() {
		t.Fatalf("the client has no method %s", name)
	}
	if answer, err = json.Marshal(reflect.Zero(call.Type().Out(0)).Interface()); err != nil {
		t.Fatal(err)
	}
	answer = bytes.ReplaceAll(answer, []byte(`"tier":""`), []byte(`"tier":"jump"`)) // there is no empty one
	args := []reflect.Value{reflect.ValueOf(t.Context())}
	for in := range call.Type().NumIn() - 1 {
		args = append(args, filled(call.Type().In(in+1)))
	}
	if err, _ := reflect.TypeAssert[error](call.Call(args)[1]); err != nil {
		t.Fatal(err)
	}

	pattern := regexp.MustCompile(`\{[^}]+\}`).ReplaceAllString(path, "[^/]+")
	if sent.Method != method || !regexp.MustCompile("^"+pattern+"$").MatchString(sent.URL.Path) {
		t.Errorf("%s sends %s %s", name, sent.Method, sent.URL.Path)
	}
	var query, headers []string
	for _, p := range o.Parameters {
		switch p.In {
		case "query":
			query = append(query, p.Name)
		case "header":
			headers = append(headers, p.Name)
		}
	}
	compare(t, o.OperationID+" query", slices.Collect(maps.Keys(sent.URL.Query())), query)
	for _, h := range headers {
		if h != "If-None-Match" && sent.Header.Get(h) == "" {
			t.Errorf("%s does not send the header %s", name, h)
		}
	}
	if s, ok := o.RequestBody.Content["application/json"]; ok && len(d.resolve(s.Schema).Properties) > 0 {
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			t.Fatalf("%s sends %q: %v", name, body, err)
		}
		d.holdBody(t, o.OperationID+" body", v, s.Schema)
	} else if len(body) > 0 {
		t.Errorf("%s sends a body that nobody asks for: %s", name, body)
	}
	for status, response := range o.Responses {
		if content, ok := response.Content["application/json"]; ok && status[0] == '2' {
			d.holdType(t, call.Type().Out(0), content.Schema, map[reflect.Type]bool{})
			return
		}
	}
	t.Errorf("%s answers nothing in JSON", o.OperationID)
}

func (d *document) resolve(s schema) schema {
	if s.Ref != "" {
		return d.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	return s
}

// holdBody holds what is sent against its schema.
func (d *document) holdBody(t *testing.T, at string, v any, s schema) {
	t.Helper()
	s = d.resolve(s)
	switch v := v.(type) {
	case map[string]any:
		compare(t, at, slices.Collect(maps.Keys(v)), slices.Collect(maps.Keys(s.Properties)))
		for name, value := range v {
			d.holdBody(t, at+"."+name, value, s.Properties[name])
		}
	case []any:
		if s.Items == nil {
			t.Errorf("%s is sent as a list, and is none", at)
			return
		}
		for _, e := range v {
			d.holdBody(t, at+"[]", e, *s.Items)
		}
	}
}

// holdType holds what an answer is read into against its schema.
func (d *document) holdType(t *testing.T, of reflect.Type, s schema, seen map[reflect.Type]bool) {
	t.Helper()
	s = d.resolve(s)
	switch {
	case of.Implements(reflect.TypeFor[json.Marshaler]()) || of.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
	case of.Kind() == reflect.Pointer:
		d.holdType(t, of.Elem(), s, seen)
	case of.Kind() == reflect.Slice:
		if s.Items == nil {
			t.Errorf("%s is read as a list, and is none", of)
			return
		}
		d.holdType(t, of.Elem(), *s.Items, seen)
	case of.Kind() == reflect.Struct && !seen[of]:
		seen[of] = true
		var have []string
		for _, f := range reflect.VisibleFields(of) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" || name == "-" || !f.IsExported() {
				continue
			}
			have = append(have, name)
			if _, ok := s.Properties[name]; !ok {
				continue // compare tells
			}
			d.holdType(t, f.Type, s.Properties[name], seen)
		}
		compare(t, of.String(), have, slices.Collect(maps.Keys(s.Properties)))
	}
}

func compare(t *testing.T, what string, have, want []string) {
	t.Helper()
	for _, name := range want {
		if !slices.Contains(have, name) {
			t.Errorf("%s %s is in the document, and not here", what, name)
		}
	}
	for _, name := range have {
		if !slices.Contains(want, name) {
			t.Errorf("%s %s is not in the document", what, name)
		}
	}
}

// filled returns a value of a type with nothing in it that is empty.
func filled(of reflect.Type) reflect.Value {
	v := reflect.New(of).Elem()
	switch of {
	case reflect.TypeFor[time.Time]():
		return reflect.ValueOf(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	case reflect.TypeFor[burnlist.Duration]():
		return reflect.ValueOf(burnlist.DefaultWindow)
	case reflect.TypeFor[burnlist.Date]():
		return reflect.ValueOf(burnlist.NewDate(2026, 11, 23))
	}
	switch of.Kind() { //nolint:exhaustive // the kinds that requests are made of; any other fails
	case reflect.String:
		v.SetString("x")
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(of.Elem()))
		v.Elem().Set(filled(of.Elem()))
	case reflect.Slice:
		v.Set(reflect.Append(v, filled(of.Elem())))
	case reflect.Struct:
		for i := range of.NumField() {
			v.Field(i).Set(filled(of.Field(i).Type))
		}
	default:
		panic(fmt.Sprintf("no value of %s", of))
	}
	return v
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
