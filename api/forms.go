package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// renderedPolicy lets what is rendered have the styles that are written into
// it, and nothing else.
const renderedPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// rendered is an answer in one of several forms.
type rendered struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Policy      string `header:"Content-Security-Policy" hidden:"true"`
	Body        []byte
}

// The forms of answers.
const (
	asJSON     = "application/json"
	asMarkdown = "text/markdown; charset=utf-8"
	asHTML     = "text/html; charset=utf-8"
	asText     = "text/plain; charset=utf-8" // Slack's markup
	asSVG      = "image/svg+xml"
	asOpenAPI  = "application/vnd.oai.openapi+json;version=3.1"
)

// answersIn declares the forms in which an operation answers: as JSON with the
// schema of T, and as text of other types.
func answersIn[T any](s *server, op huma.Operation, others ...string) huma.Operation {
	content := map[string]*huma.MediaType{
		asJSON: {Schema: s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")},
	}
	for _, form := range others {
		content[form] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	}
	op.Responses = map[string]*huma.Response{"200": {Description: http.StatusText(http.StatusOK), Content: content}}
	return op
}
