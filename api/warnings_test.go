package api_test

import (
	"fmt"
	"net/url"
	"testing"
)

func TestWarningsArePagedWithoutAGap(t *testing.T) {
	s := newServer(t)
	s.fill(7)
	whole := s.ask("GET", "/api/v1/warnings?product=shop", nil).must(200)
	want := whole.at("warnings").([]any)
	if len(want) < 8 || whole.at("next_cursor") != nil {
		t.Fatalf("got %d warnings, next_cursor %v", len(want), whole.at("next_cursor"))
	}
	for _, limit := range []int{1, 3, len(want) - 1, len(want)} {
		var got []any
		cursor := ""
		for range len(want) + 1 {
			a := s.ask("GET", fmt.Sprintf("/api/v1/warnings?product=shop&limit=%d%s", limit, cursor), nil).must(200)
			if a.at("total") != float64(len(want)) {
				t.Errorf("got the total %v, want %d", a.at("total"), len(want))
			}
			got = append(got, a.at("warnings").([]any)...)
			next, ok := a.at("next_cursor").(string)
			if !ok {
				break
			}
			cursor = "&cursor=" + url.QueryEscape(next)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("by %d: got %d warnings, want %d: %v", limit, len(got), len(want), got)
		}
	}
}

func TestPagingGoesOnWhenTheLastWarningIsGone(t *testing.T) {
	s := newServer(t)
	s.fill(7)
	first := s.ask("GET", "/api/v1/warnings?code=no_owner&limit=3", nil).must(200)
	id := first.at("warnings.2.item").(float64)
	s.ask("PATCH", fmt.Sprintf("/api/v1/items/%v", id), `{"owner": "ana@example.org"}`, "If-Match", `"1"`).must(200)
	rest := s.ask("GET", "/api/v1/warnings?code=no_owner&limit=3&cursor="+first.at("next_cursor").(string), nil).must(200)
	if n := len(rest.at("warnings").([]any)); n == 0 || rest.at("warnings.0.item") == first.at("warnings.0.item") {
		t.Errorf("got %s", rest.text)
	}
}

func TestACursorBelongsToItsList(t *testing.T) {
	s := newServer(t)
	s.fill(7)
	warnings := s.ask("GET", "/api/v1/warnings?limit=2", nil).must(200).at("next_cursor").(string)
	queue := s.ask("GET", "/api/v1/queue?limit=2", nil).must(200).at("next_cursor").(string)
	for name, path := range map[string]string{
		"another filter":  "/api/v1/warnings?level=warn&cursor=" + warnings,
		"of the queue":    "/api/v1/warnings?cursor=" + queue,
		"of the warnings": "/api/v1/queue?cursor=" + warnings,
		"cut off":         "/api/v1/warnings?cursor=" + warnings[:len(warnings)-2],
	} {
		if a := s.ask("GET", path, nil).must(400); a.at("errors.0.location") != "query.cursor" {
			t.Errorf("%s: got %s", name, a.text)
		}
	}
	s.ask("GET", "/api/v1/warnings?limit=5&cursor="+warnings, nil).must(200) // another limit is no other filter
}
