package review

import (
	"html/template"
	"strings"
)

// HTML returns the digest as a whole small document for mail: its styles are
// inline, it sets no colours, so that it is readable on light and on dark, and
// it fetches nothing.
func (d Digest) HTML() string {
	var b strings.Builder
	if err := mail.Execute(&b, d.page()); err != nil {
		// The template is tested with every kind of line, and a builder takes all.
		panic(err)
	}
	return b.String()
}

var mail = template.Must(template.New("mail").Parse(`
{{- define "line"}}{{range .}}
{{- if .URL}}<a href="{{.URL}}">{{.Text}}</a>{{else if .Strong}}<strong>{{.Text}}</strong>{{else}}{{.Text}}{{end}}
{{- end}}{{end}}
{{- define "list"}}<ul style="margin: 0 0 12px; padding-left: 20px">
{{- range .}}
<li style="margin: 0 0 4px; overflow-wrap: anywhere">{{template "line" .}}</li>
{{- end}}
{{- end -}}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{.Title}}</title>
</head>
<body style="margin: 0; padding: 16px; font-family: system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; font-size: 16px; line-height: 1.45">
<div style="max-width: 680px; margin: 0 auto">
<h1 style="font-size: 22px; margin: 0 0 12px">{{.Title}}</h1>
{{template "list" .Lead}}
</ul>
{{- range .Sections}}
<h2 style="font-size: 17px; margin: 24px 0 8px; padding-top: 8px; border-top: 1px solid #888888">{{.Heading}}</h2>
{{- range .Groups}}
{{- if .Intro}}
<p style="margin: 0 0 8px; overflow-wrap: anywhere">{{template "line" .Intro}}</p>
{{- end}}
{{- if or .Lines .More}}
{{template "list" .Lines}}
{{- with .More}}
<li style="margin: 0 0 4px">{{.}}</li>
{{- end}}
</ul>
{{- end}}
{{- end}}
{{- end}}
{{- range .Foot}}
<p style="margin: 24px 0 0; font-size: 14px">{{template "line" .}}</p>
{{- end}}
</div>
</body>
</html>
`))
