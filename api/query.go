package api

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/burnlist/burnlist"
)

// plain reports whether s is a line of plain text. Anything else is no value of
// anything here, and a database may fail on it.
func plain(s string) bool { return burnlist.PlainLine(s) }

// checkAddress refuses addresses with values that are no plain text, queries of
// which a part would be passed over in silence, since it cannot be read or is
// given twice, and headers that are given twice. Which form an answer has is
// said in the address alone, so that Accept is taken away: huma would read it,
// and fails on some that nobody means.
func checkAddress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Request().Header.Del("Accept")
		if !forClients(c) {
			return next(c)
		}
		if strings.Contains(c.Request().URL.Path, "//") { // a name that is empty
			return echo.ErrNotFound
		}
		values, err := url.ParseQuery(c.Request().URL.RawQuery)
		if err != nil {
			return problem(badRequest, "the query cannot be read: escape special characters, as in product=R%26D")
		}
		var faults []Fault
		for name, given := range values {
			if len(given) > 1 {
				faults = append(faults, Fault{Location: "query." + name, Message: "is given more than once: give it once"})
			}
			if !plain(name) || !slices.ContainsFunc(given, plain) {
				faults = append(faults, Fault{Location: "query." + name, Message: "holds control characters or invisible ones, or is not UTF-8: use plain text"})
			}
		}
		for _, name := range []string{actorHeader, keyHeader, "If-Match"} {
			if len(c.Request().Header.Values(name)) > 1 {
				faults = append(faults, Fault{Location: "header." + name, Message: "is given more than once: give it once"})
			}
		}
		if !plain(c.Request().URL.Path) {
			faults = append(faults, Fault{Location: "path", Message: "holds control characters or invisible ones, or is not UTF-8: use plain text"})
		}
		if len(faults) > 0 {
			slices.SortFunc(faults, func(a, b Fault) int { return cmp.Compare(a.Location, b.Location) })
			return problem(badRequest, "the request is not valid", faults...)
		}
		return next(c)
	}
}

// inQuery says which query parameter err is about.
func inQuery(name string, err error) error {
	return problem(burnlist.Invalid, "the request is not valid", Fault{Location: "query." + name, Message: err.Error()})
}
