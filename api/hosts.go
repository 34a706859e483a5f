package api

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// checkHost refuses requests for hosts that the server was not told of. A web
// page can point a name of its own at a loopback address and then read this
// server as if it were its own origin (DNS rebinding); the Host header gives
// that away.
func (s *server) checkHost(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		host := hostName(c.Request().Host)
		if s.answersFor(host) || (forMachines(c.Request().URL.Path) && net.ParseIP(host) != nil) {
			return next(c)
		}
		return problem(misdirected, fmt.Sprintf("this server was not told that it is %q: "+
			"add the name to allowed_hosts (flag --allowed-host, environment BURNLIST_ALLOWED_HOSTS)", host))
	}
}

func (s *server) answersFor(host string) bool {
	switch host {
	case "localhost", "127.0.0.1", "::1":
		return true
	}
	return slices.ContainsFunc(s.AllowedHosts, func(h string) bool { return h != "" && hostName(h) == host })
}

// forMachines says which paths are asked by probes and scrapers, which know the
// server by its address; an address cannot be rebound.
func forMachines(path string) bool {
	return path == "/livez" || path == "/readyz" || path == "/metrics"
}

// hostName brings a Host header, with or without a port, to the form in which
// hosts are compared.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// checkOrigin refuses unsafe requests that a browser sends for another site.
func (s *server) checkOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	protection := http.NewCrossOriginProtection()
	return func(c echo.Context) error {
		if protection.Check(c.Request()) != nil {
			return problem(forbidden, "a page of another site must not write here: use the page that this server serves, or a client that is no browser")
		}
		return next(c)
	}
}

// secure sets the headers that every answer carries. The page overrides the
// policy for content and caching by its own.
func (s *server) secure(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store")
		return next(c)
	}
}
