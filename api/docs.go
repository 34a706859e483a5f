package api

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// docsFiles are the page that shows the OpenAPI document, and the Swagger UI
// that it is made of.
//
//go:embed docs
var docsFiles embed.FS

// docsPolicy lets the page run its own scripts, draw its own images, and ask
// this server; nothing comes from elsewhere.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// docs adds the page at /docs, with everything that it needs below it.
func (s *server) docs(e *echo.Echo) {
	for path, file := range map[string]struct{ name, kind string }{
		"/docs":                      {"index.html", "text/html; charset=utf-8"},
		"/docs/page.css":             {"page.css", "text/css; charset=utf-8"},
		"/docs/page.js":              {"page.js", "text/javascript; charset=utf-8"},
		"/docs/swagger-ui.css":       {"swagger-ui/swagger-ui.css", "text/css; charset=utf-8"},
		"/docs/swagger-ui-bundle.js": {"swagger-ui/swagger-ui-bundle.js", "text/javascript; charset=utf-8"},
		"/docs/LICENSE":              {"swagger-ui/LICENSE", "text/plain; charset=utf-8"},
	} {
		content, err := docsFiles.ReadFile("docs/" + file.name)
		if err != nil {
			panic(err) // cannot happen: it is part of the program
		}
		sum := sha256.Sum256(content)
		tag := `"` + hex.EncodeToString(sum[:8]) + `"`
		e.GET(path, func(c echo.Context) error {
			h := c.Response().Header()
			h.Set("Content-Security-Policy", docsPolicy)
			h.Set("Content-Type", file.kind)
			h.Set("Cache-Control", "no-cache")
			h.Set("ETag", tag)
			http.ServeContent(c.Response(), c.Request(), "", time.Time{}, bytes.NewReader(content))
			return nil
		})
	}
}
