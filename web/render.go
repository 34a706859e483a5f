package web

import (
	"bytes"
	"fmt"
	"html/template"
)

// document is a page's own data, and what the layout around it needs.
type document struct {
	Style, Icon string // addresses
	Body        any
}

// renderer holds one parsed template for each page, the layout in each.
type renderer map[string]*template.Template

// functions are all that templates may call. They format; they do not decide.
var functions = template.FuncMap{
	"moment": moment,
	"points": points,
	"stamp":  stamp,
	"count":  count,
}

// newRenderer parses the embedded templates. It panics if they do not parse,
// which no input can cause.
func newRenderer() renderer {
	pages := renderer{}
	for _, name := range []string{"home.html", "begin.html", "starting.html", "refused.html"} {
		pages[name] = template.Must(template.New("layout.html").Funcs(functions).
			ParseFS(templateFiles, "templates/layout.html", "templates/parts/*.html", "templates/"+name))
	}
	return pages
}

func (r renderer) page(to *bytes.Buffer, name string, data document) error {
	if err := r[name].Execute(to, data); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	return nil
}
