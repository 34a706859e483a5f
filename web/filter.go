package web

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// Limits on how many entries one page shows.
const (
	defaultLimit = 200
	maxLimit     = 1000
)

// mostQuoted is how many characters of what a reader sent are quoted.
const mostQuoted = 60

// filter is what the reader asked to see.
type filter struct {
	prioritizer.Filter
	Limit int
}

// parameter is one of the things that can be asked for.
type parameter struct {
	Name    string
	Meaning string
	Values  []string // if only these are accepted
	More    int      // of Values that are left out
}

// accepted lists what can be asked for in this world.
func accepted(w *burnlist.World) []parameter {
	return []parameter{
		{Name: "product", Meaning: "the items of one product", Values: products(w)},
		{Name: "team", Meaning: "the items of one team's services", Values: teams(w, "")},
		{Name: "service", Meaning: "the items of one service", Values: services(w)},
		{Name: "owner", Meaning: "the items of one owner, as written in the item"},
		{Name: "tier", Meaning: "one tier of the queue", Values: tiers()},
		{Name: "warning", Meaning: "the items that carry one warning", Values: itemCodes()},
		{Name: "limit", Meaning: fmt.Sprintf("how many entries to show, 1 to %d", maxLimit)},
	}
}

// parseFilter reads the parameters of a request. An empty value counts as not
// given, as a browser sends every field of a form. It reports everything that
// is wrong with them, as an Invalid error: a mistyped product must not look
// like one with nothing to do.
func parseFilter(values url.Values, w *burnlist.World) (filter, error) {
	f := filter{Limit: defaultLimit}
	var wrong []burnlist.Detail
	known := map[string]parameter{}
	for _, p := range accepted(w) {
		known[p.Name] = p
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		p, ok := known[name]
		given := slices.DeleteFunc(slices.Clone(values[name]), func(s string) bool { return s == "" })
		switch {
		case !ok:
			wrong = append(wrong, burnlist.Detail{Field: name, Message: "is not a parameter of this page"})
			continue
		case len(given) == 0:
			continue
		case len(given) > 1:
			wrong = append(wrong, burnlist.Detail{Field: name, Message: "is given more than once: give one value"})
			continue
		case p.Values != nil && !slices.Contains(p.Values, given[0]):
			wrong = append(wrong, burnlist.Detail{Field: name, Message: fmt.Sprintf("%q is not known here", prioritizer.Clip(given[0], mostQuoted))})
			continue
		}
		if err := f.set(name, given[0]); err != nil {
			wrong = append(wrong, burnlist.Detail{Field: name, Message: err.Error()})
		}
	}
	if len(wrong) > 0 {
		return filter{}, &burnlist.Error{Code: burnlist.Invalid, Message: "This page was asked for something that it does not have.", Details: wrong}
	}
	return f, nil
}

func (f *filter) set(name, value string) (err error) {
	switch name {
	case "product":
		f.Product = value
	case "team":
		f.Team = value
	case "service":
		f.Service = value
	case "owner":
		f.Owner = value
	case "tier":
		f.Tier, err = prioritizer.ParseTier(value)
	case "warning":
		f.Warning, err = prioritizer.ParseCode(value)
	case "limit":
		f.Limit, err = strconv.Atoi(value)
		if err != nil || f.Limit < 1 || f.Limit > maxLimit {
			err = burnlist.Errorf(burnlist.Invalid, "%q is not a number from 1 to %d", prioritizer.Clip(value, mostQuoted), maxLimit)
		}
	}
	return err
}

// narrowed reports whether the filter wants less than all of a product.
func (f filter) narrowed() bool {
	all := prioritizer.Filter{Product: f.Product}
	return f.Filter != all
}

// wants reports whether the filter wants to see a service: its budgets and its
// warnings. What it says of items does not count.
func (f filter) wants(service, product, team string) bool {
	return (f.Product == "" || f.Product == product) &&
		(f.Service == "" || f.Service == service) &&
		(f.Team == "" || f.Team == team)
}

// link returns the address of the page with this filter.
func (f filter) link() string {
	v := url.Values{}
	for name, value := range f.values() {
		if value != "" {
			v.Set(name, value)
		}
	}
	if len(v) == 0 {
		return "/"
	}
	return "/?" + v.Encode()
}

func (f filter) values() map[string]string {
	limit := ""
	if f.Limit != defaultLimit && f.Limit != 0 {
		limit = strconv.Itoa(f.Limit)
	}
	return map[string]string{
		"product": f.Product, "team": f.Team, "service": f.Service, "owner": f.Owner,
		"tier": f.Tier.String(), "warning": f.Warning.String(), "limit": limit,
	}
}

// words says in words what the filter narrows the queue to.
func (f filter) words() string {
	var words []string
	for _, p := range []struct{ word, value string }{
		{"product", f.Product},
		{"team", f.Team},
		{"service", f.Service},
		{"owner", f.Owner},
		{"tier", tierWord(f.Tier)},
		{"warning", codeWord(f.Warning)},
	} {
		if p.value != "" {
			words = append(words, p.word+" "+p.value)
		}
	}
	return strings.Join(words, ", ")
}

// products returns the names of those that are not retired.
func products(w *burnlist.World) []string {
	names := []string{}
	for name, p := range w.Products {
		if p.RetiredAt == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// services returns the names of those that are not retired.
func services(w *burnlist.World) []string {
	names := []string{}
	for name, s := range w.Services {
		if s.RetiredAt == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// teams returns the teams of the services in force of a product, or of all.
func teams(w *burnlist.World, product string) []string {
	names := []string{}
	for _, s := range w.Services {
		if s.Team != "" && s.RetiredAt == nil && (product == "" || s.Product == product) {
			names = append(names, string(s.Team))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func tiers() []string {
	var names []string
	for _, t := range prioritizer.Tiers {
		names = append(names, t.String())
	}
	return names
}

// itemCodes returns the warnings that items carry: those by which a queue can
// be narrowed.
func itemCodes() []string {
	var names []string
	for _, d := range prioritizer.Definitions() {
		if d.Subject == "item" {
			names = append(names, d.Code.String())
		}
	}
	return names
}
