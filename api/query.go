package api

import (
	"cmp"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/burnlist/burnlist"
)

// checkQuery refuses queries of which a part would be passed over in silence:
// what cannot be read, and parameters that are given twice.
func checkQuery(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !forClients(c) {
			return next(c)
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
