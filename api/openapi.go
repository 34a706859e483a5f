package api

import (
	"cmp"
	"encoding"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/review"
)

const schemaPrefix = "#/components/schemas/"

// describe returns the configuration of huma: the head of the OpenAPI document
// and how the types of the nouns look in JSON.
func (s *server) describe() huma.Config {
	schemas := huma.NewMapRegistry(schemaPrefix, schemaName)
	schemas.RegisterTypeAlias(reflect.TypeFor[burnlist.Value](), reflect.TypeFor[*float64]())
	schemas.RegisterTypeAlias(reflect.TypeFor[burnlist.Spans](), reflect.TypeFor[spans]())
	schemas.RegisterTypeAlias(reflect.TypeFor[burnlist.Duration](), reflect.TypeFor[durationText]())
	schemas.RegisterTypeAlias(reflect.TypeFor[burnlist.Date](), reflect.TypeFor[dateText]())
	schemas.RegisterTypeAlias(reflect.TypeFor[prioritizer.Points](), reflect.TypeFor[float64]())
	schemas.RegisterTypeAlias(reflect.TypeFor[prioritizer.Code](), reflect.TypeFor[codeText]())
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "burnlist",
				Version:     s.Version,
				Description: "Tells a weekly reliability review which postmortem action items to do first, by live error budget.",
				License:     &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
			},
			Servers: []*huma.Server{{URL: "/", Description: "this server"}},
			// There is no sign-in: whoever reaches the server may ask, and writes
			// name their actor.
			Security: []map[string][]string{},
			Tags: []*huma.Tag{
				{Name: "queue", Description: "What to do first, and why."},
				{Name: "items", Description: "What postmortems asked for."},
				{Name: "reviews", Description: "The weekly meetings: agendas, decisions, digests."},
				{Name: "budgets", Description: "How much unreliability is left to spend."},
				{Name: "warnings", Description: "Signs that promises are not meant."},
				{Name: "events", Description: "What changes, as it happens."},
				{Name: "products", Description: "What weekly reviews are held for."},
				{Name: "services", Description: "What users depend on."},
				{Name: "slos", Description: "What services promise."},
				{Name: "policy", Description: "The numbers that judge and rank."},
				{Name: "changes", Description: "Who did what, and when."},
				{Name: "health", Description: "For probes."},
			},
			Components:     &huma.Components{Schemas: schemas},
			OnAddOperation: []huma.AddOpFunc{describeParameters},
		},
		Formats:                      map[string]huma.Format{"application/json": jsonFormat(), "json": jsonFormat()},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{s.present},
	}
}

// schemaName names a type in the document, where all packages share their
// names: it says more than the type where that alone would not tell. Package
// review has names of its own for things that the nouns have, too.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[budget.Preview]():
		return "SLOPreview"
	case reflect.TypeFor[budget.Point]():
		return "HistoryPoint"
	case reflect.TypeFor[sloChange]():
		return "SLOChange"
	}
	if t.PkgPath() == reflect.TypeFor[review.Digest]().PkgPath() && !strings.HasPrefix(name, "Digest") {
		return "Review" + name
	}
	return name
}

// describeParameters documents the headers that the handlers ask for
// themselves, so that a missing one gets an answer of its own, and what the
// parameters are. Those that are required have their example where tools look
// for it.
func describeParameters(_ *huma.OpenAPI, op *huma.Operation) {
	for _, p := range op.Parameters {
		if p.Description == "" {
			p.Description = parameterTexts[p.In+"."+p.Name]
		}
		if p.In == "header" && (p.Name == actorHeader || op.Method == http.MethodPatch) {
			p.Required = true
		}
		if p.Required && len(p.Schema.Examples) > 0 {
			p.Example = p.Schema.Examples[0]
		}
	}
}

// openAPI serves the document, written once all operations are in it.
func (s *server) openAPI() echo.HandlerFunc {
	schemas := s.api.OpenAPI().Components.Schemas
	for name, schema := range schemas.Map() {
		if t := schemas.TypeFromRef(schemaPrefix + name); t != nil {
			allowNull(schemas, schema, t)
		}
		for field, property := range schema.Properties {
			property.PatternDescription = "" // huma's own, and in its messages by now
			if property.Description == "" {
				property.Description = fieldText(name, field)
			}
		}
	}
	document, err := json.Marshal(s.api.OpenAPI())
	return func(c echo.Context) error {
		if err != nil {
			return err
		}
		return c.Blob(http.StatusOK, asOpenAPI, document)
	}
}

// allowNull lets every property be null that is a pointer and always written:
// huma has no null for references and aliases.
func allowNull(r huma.Registry, s *huma.Schema, t reflect.Type) {
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		property := s.Properties[name]
		if property == nil || f.Type.Kind() != reflect.Pointer || strings.Contains(options, "omit") {
			continue
		}
		if property.Ref != "" && !textual(f.Type) {
			object := orNull(r, f.Type.Elem())
			object.Description = cmp.Or(property.Description, object.Description)
			*property = *object
		}
		property.Nullable = true
	}
}

func textual(t reflect.Type) bool {
	return t.Elem() == reflect.TypeFor[time.Time]() || t.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// spans is how burnlist.Spans looks in JSON.
type spans struct {
	M5  *float64 `json:"5m"`
	M30 *float64 `json:"30m"`
	H1  *float64 `json:"1h"`
	H2  *float64 `json:"2h"`
	H6  *float64 `json:"6h"`
	D1  *float64 `json:"1d"`
	D3  *float64 `json:"3d"`
	D7  *float64 `json:"7d"`
}

// durationText is how burnlist.Duration looks in JSON.
type durationText string

// Schema says so.
func (durationText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, Examples: []any{"30d"},
		Pattern:            "^([0-9]{1,8}d)?([0-9]{1,8}h)?([0-9]{1,8}m)?([0-9]{1,8}s)?$",
		PatternDescription: "a number with a unit, such as 30d, 6h or 5m",
		MinLength:          new(2),
	}
}

// dateText is how burnlist.Date looks in JSON.
type dateText string

// Schema says so.
func (dateText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date", Examples: []any{"2026-11-30"}}
}

// codeText is how prioritizer.Code looks in JSON.
type codeText string

// Schema says so.
func (codeText) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, d := range prioritizer.Definitions() {
		s.Enum = append(s.Enum, d.Code.String())
	}
	return s
}
