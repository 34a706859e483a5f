package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

// shown returns the ids of the items on a page, in their order.
func shown(page string) []string {
	ids := []string{}
	for part := range strings.SplitSeq(page, `<li class="entry" id="item-`) {
		id, _, _ := strings.Cut(part, `"`)
		ids = append(ids, id)
	}
	return ids[1:]
}

func TestAFilterShowsWhatMatchesInTheOrderOfTheQueue(t *testing.T) {
	tests := map[string]struct {
		query string
		want  []string
	}{
		"a product":            {"product=media", []string{"148"}},
		"a team":               {"team=payments", []string{"141", "142", "143"}},
		"a service":            {"service=cart", []string{"144"}},
		"an owner":             {"owner=eve@example.org", []string{"147"}},
		"a tier":               {"tier=unknown", []string{"148", "146"}},
		"a warning":            {"warning=group_owner", []string{"143"}},
		"two things at once":   {"tier=jump&team=storefront", []string{"144"}},
		"empty fields of form": {"product=media&team=&service=&owner=&tier=&warning=", []string{"148"}},
		"nothing matches":      {"product=media&tier=jump", []string{}},
		"an unknown owner":     {"owner=nobody@example.org", []string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := get(t, world(), "/?"+test.query)
			if answer.Code != http.StatusOK {
				t.Fatalf("status %d: %s", answer.Code, answer.Body)
			}
			if diff := cmp.Diff(test.want, shown(answer.Body.String())); diff != "" {
				t.Errorf("items (-want +got):\n%s", diff)
			}
			if len(test.want) == 0 {
				says(t, answer, "Nothing in the queue matches")
			}
		})
	}
}

func TestAFilterKeepsToItsProductInBudgetsAndWarningsToo(t *testing.T) {
	answer := get(t, world(), "/?product=media")
	says(t, answer, "transcoder-success")
	saysNot(t, answer, "checkout")
	saysNot(t, answer, "recommendations")
}

func TestWhatThePageDoesNotHaveIsRefusedWithWhatItHas(t *testing.T) {
	tests := map[string]struct{ query, want string }{
		"a product that is not there":  {"product=shpo", `<strong>product</strong> &#34;shpo&#34; is not known here`},
		"a parameter that is not one":  {"prodcut=shop", `<strong>prodcut</strong> is not a parameter of this page`},
		"a tier that is not one":       {"tier=urgent", `<code>within_budget</code>`},
		"a warning of services":        {"warning=no_slo", `<code>no_owner</code>`},
		"a team that is not there":     {"team=x", `<code>payments</code>`},
		"a service that is not there":  {"service=x", `<code>transcoder</code>`},
		"the same twice":               {"tier=jump&tier=watch", "is given more than once"},
		"no entries":                   {"limit=0", "is not a number from 1 to 1000"},
		"too many entries":             {"limit=1001", "is not a number from 1 to 1000"},
		"a limit that is not a number": {"limit=all", "is not a number from 1 to 1000"},
		"what cannot be read":          {"product=%zz", "cannot be read"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := get(t, world(), "/?"+test.query)
			if answer.Code != http.StatusBadRequest {
				t.Errorf("status %d, want 400", answer.Code)
			}
			says(t, answer, test.want)
			says(t, answer, "<code>shop</code>")
		})
	}
}

func TestALongQueueIsCutAndSaysHowMuchIsLeft(t *testing.T) {
	w := world()
	for n := range int64(450) {
		i := *w.Items.Get(147)
		i.ID, i.Title = 1000+n, fmt.Sprintf("Item %d", n)
		w.Items.Put(i.ID, &i)
	}
	tests := map[string]struct {
		query string
		items int
		says  string
	}{
		"the first 200 by default":  {"", 200, `The first 200 of 458 are shown; 258 more come after them. <a href="/?limit=1000">Show more</a>`},
		"as many as were asked for": {"?limit=3", 3, "The first 3 of 458 are shown; 455 more"},
		"the filter stays":          {"?limit=5&product=shop", 5, `<a href="/?limit=1000&amp;product=shop">`},
		"all of them":               {"?limit=1000", 458, "458 open items"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := get(t, w, "/"+test.query)
			if got := len(shown(answer.Body.String())); got != test.items {
				t.Errorf("%d items shown, want %d", got, test.items)
			}
			says(t, answer, test.says)
		})
	}
	saysNot(t, get(t, w, "/?limit=458"), "come after them")
}

func TestTheTiersCountWhatTheRestOfTheFilterLeaves(t *testing.T) {
	answer := get(t, world(), "/?product=shop&tier=watch")
	for _, want := range []string{
		`<a class="jump" href="/?product=shop&amp;tier=jump"><b>4</b>`,
		`<a class="watch" href="/?product=shop" aria-current="true"><b>1</b>`,
		`<a class="unknown" href="/?product=shop&amp;tier=unknown"><b>1</b>`,
		`<a class="within_budget" href="/?product=shop&amp;tier=within_budget"><b>1</b>`,
	} {
		says(t, answer, want)
	}
}

func TestRetiredThingsAreNotOffered(t *testing.T) {
	w := world()
	w.Products["old"] = &burnlist.Product{Name: "old", Zone: "UTC", RetiredAt: new(monday)}
	w.Services["older"] = &burnlist.Service{Name: "older", Product: "old", Team: "oldest", RetiredAt: new(monday)}
	page := get(t, w, "/").Body.String()
	for _, name := range []string{">old<", ">older<", ">oldest<"} {
		if strings.Contains(page, name) {
			t.Errorf("the page offers %s", name)
		}
	}
}
