package web_test

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What HTML leaves open and XML does not.
var (
	voids = regexp.MustCompile(`<(meta|link|input|br)\b([^>]*)>`)
	flags = regexp.MustCompile(` (open|selected)([ >])`)
)

// wellFormed checks that elements are nested and closed, that ids are unique,
// and that the page keeps to what its security policy allows. It does not
// check which element may stand in which.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	closed := flags.ReplaceAllString(voids.ReplaceAllString(page, "<$1$2/>"), ` $1=""$2`)
	d := xml.NewDecoder(strings.NewReader(closed))
	d.Entity = xml.HTMLEntity
	var ids, targets []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Errorf("the page is not well-formed: %v\n%s", err, page)
			return
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if name := start.Name.Local; name == "script" || name == "style" || name == "iframe" {
			t.Errorf("the page has a <%s>", name)
		}
		for _, a := range start.Attr {
			switch name := a.Name.Local; {
			case name == "id" && slices.Contains(ids, a.Value):
				t.Errorf("two elements have the id %q", a.Value)
			case name == "id":
				ids = append(ids, a.Value)
			case name == "list" || name == "aria-labelledby":
				targets = append(targets, a.Value)
			case name == "href" && strings.HasPrefix(a.Value, "#"):
				targets = append(targets, a.Value[1:])
			case name == "style" || strings.HasPrefix(name, "on"):
				t.Errorf("<%s> has an attribute %s, which the policy forbids", start.Name.Local, name)
			case (name == "src" || start.Name.Local == "link") && strings.Contains(a.Value, "//"):
				t.Errorf("<%s> loads %s from elsewhere", start.Name.Local, a.Value)
			}
		}
	}
	for _, target := range targets {
		if !slices.Contains(ids, target) {
			t.Errorf("something refers to #%s, which is not on the page", target)
		}
	}
}
