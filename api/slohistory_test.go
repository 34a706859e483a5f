package api_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
)

const historyPath = "/api/v1/slos/checkout-weekly/history"

func TestAHistorySaysWhenTheStateChanged(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.weekly()
		s.measured()
		// The errors began in the hour of a point, 3 days ago.
		path := historyPath + "?step=1d&from=" + monday.Add(-10*burnlist.Day).Format(time.RFC3339)
		a := s.ask("GET", path, nil).must(200).want(map[string]any{
			"slo": "checkout-weekly", "objective": 0.99, "window": "7d", "policy_version": 1, "step": "1d", "note": nil,
			"from": "2026-11-13T09:00:00Z", "to": "2026-11-23T08:00:00Z",
			"points.0.at": "2026-11-13T09:00:00Z", "points.0.state": "healthy", "points.0.consumed": 0, "points.0.pace": 0,
			"points.7.at": "2026-11-20T09:00:00Z", "points.7.state": "healthy",
			"points.8.at": "2026-11-21T09:00:00Z", "points.8.state": "exhausted", "points.8.consumed": 1.25, "points.8.coverage": 1,
			"changes.0.at": "2026-11-21T09:00:00Z", "changes.0.from": "healthy", "changes.0.to": "exhausted", "changes.0.reason": nil,
		})
		if n, changes := len(a.at("points").([]any)), len(a.at("changes").([]any)); n != 10 || changes != 1 {
			t.Errorf("it has %d points and %d changes, want 10 and 1: %s", n, changes, a.text)
		}

		// All points are judged by the objective of now.
		s.ask("PATCH", "/api/v1/slos/checkout-weekly", `{"objective": 0.9}`, "If-Match", `"1"`).must(200)
		s.ask("GET", path, nil).must(200).want(map[string]any{"objective": 0.9, "points.8.consumed": 0.125, "points.8.state": "healthy"})
		s.ask("GET", "/api/v1/slos/search-latency/history", nil).must(404)
	})
}

func TestAHistoryOfNothingIsUnknown(t *testing.T) {
	s := newServer(t)
	s.weekly()
	a := s.ask("GET", historyPath+"?from=2026-11-22T00:00:00Z", nil).must(200).want(map[string]any{
		"points.0.state": "unknown", "points.0.reason": "no_data", "points.0.consumed": nil,
	})
	if n := len(a.at("changes").([]any)); n != 0 {
		t.Errorf("%d changes", n)
	}
}

func TestAStepIsChosenThatFitsTheTime(t *testing.T) {
	s := newServer(t)
	s.weekly()
	for name, test := range map[string]struct {
		query, step, from string
		points            int
	}{
		"nothing given":         {"", "6h", "2026-10-24T08:00:00Z", 121},
		"8 days":                {"?from=2026-11-15T08:00:00Z", "1h", "2026-11-15T08:00:00Z", 193},
		"a little more":         {"?from=2026-11-15T07:00:00Z", "6h", "2026-11-15T07:00:00Z", 33},
		"a quarter":             {"?from=2026-08-23T08:00:00Z", "1d", "2026-08-23T08:00:00Z", 93},
		"the past":              {"?from=2026-08-01T00:00:00Z&to=2026-08-02T00:00:00Z", "1h", "2026-08-01T00:00:00Z", 25},
		"in between slices":     {"?from=2026-11-23T01:30:00%2B01:00&to=2026-11-23T05:59:59Z", "1h", "2026-11-23T01:00:00Z", 5},
		"as many as there may":  {"?from=2026-04-29T01:00:00Z&step=1h", "1h", "2026-04-29T01:00:00Z", 5000},
		"to the last 13 months": {"?from=2025-10-19T09:00:00Z", "1d", "2025-10-19T09:00:00Z", 400},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.ask("GET", historyPath+test.query, nil).must(200).want(map[string]any{"step": test.step, "from": test.from, "points.0.at": test.from})
			if n := len(a.at("points").([]any)); n != test.points {
				t.Errorf("%d points, want %d", n, test.points)
			}
		})
	}
}

func TestAHistorySaysWhereOnlySumsAreKept(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		s.weekly()
		s.measured()
		s.rolledUp()
		a := s.ask("GET", historyPath+"?from=2026-11-19T09:00:00Z&step=1d", nil).must(200).want(map[string]any{"points.2.consumed": 1.25, "points.2.state": "exhausted"})
		if note := a.at("note"); note == nil || !strings.Contains(note.(string), "until 2026-11-21T00:00:00Z only the sums of days are kept") {
			t.Errorf("of the resolution it is said: %v", note)
		}
		// What is summed up has left the window of what is shown.
		s.at(monday.Add(14 * burnlist.Day))
		s.ask("GET", historyPath+"?from=2026-12-02T00:00:00Z", nil).must(200).want(map[string]any{"note": nil})
	})
}

// drawing is what a sparkline has in it.
type drawing struct {
	Width   string `xml:"width,attr"`
	Height  string `xml:"height,attr"`
	ViewBox string `xml:"viewBox,attr"`
	Role    string `xml:"role,attr"`
	Title   string `xml:"title"`
	Desc    string `xml:"desc"`
	Zero    struct {
		Y1 string `xml:"y1,attr"`
		Y2 string `xml:"y2,attr"`
	} `xml:"line"`
	Lines []struct {
		Class  string `xml:"class,attr"`
		Points string `xml:"points,attr"`
	} `xml:"g>polyline"`
}

func TestASparklineDrawsWhatRemained(t *testing.T) {
	s := newServer(t)
	s.weekly()
	s.measured()
	a := s.ask("GET", historyPath+"?format=svg&step=1d&from="+monday.Add(-20*burnlist.Day).Format(time.RFC3339), nil).must(200)
	if a.header.Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(a.header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'unsafe-inline'") {
		t.Errorf("it comes as %s and may do %s", a.header.Get("Content-Type"), a.header.Get("Content-Security-Policy"))
	}
	var d drawing
	if err := xml.Unmarshal([]byte(a.text), &d); err != nil {
		t.Fatalf("it is no XML: %v: %s", err, a.text)
	}
	for decoder := xml.NewDecoder(strings.NewReader(a.text)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok && !slices.Contains([]string{"svg", "title", "desc", "line", "g", "polyline"}, start.Name.Local) {
			t.Errorf("it has an element %s", start.Name.Local)
		}
	}
	if d.Width != "320" || d.Height != "60" || d.ViewBox != "0 0 320 60" || d.Role != "img" || d.Zero.Y1 != "30" || d.Zero.Y2 != "30" {
		t.Errorf("it is drawn as %+v", d)
	}
	if d.Title != "Remaining error budget of checkout-weekly" ||
		d.Desc != "2026-11-03 to 2026-11-23: 100 % of the budget remained at first, -25 % at last, -25 % at the lowest on 2026-11-21; the last known state is exhausted; nothing is known at 8 of 20 points." {
		t.Errorf("it says %q, %q", d.Title, d.Desc)
	}
	// Nothing is known before a quarter of the window is, on the 8th day; the
	// whole budget remains until the 18th, and -25 % from the 19th on.
	x := func(day int) string { return fmt.Sprintf("%.1f", 4+312*float64(day*24)/float64(19*24+23)) }
	if len(d.Lines) != 2 || d.Lines[0].Class != "healthy" || d.Lines[1].Class != "exhausted" {
		t.Fatalf("its lines are %+v", d.Lines)
	}
	if got := strings.Fields(d.Lines[0].Points); got[0] != x(8)+",4.0" || got[len(got)-1] != x(17)+",4.0" {
		t.Errorf("the first line goes through %v, from %s to %s", got, x(8), x(17))
	}
	want := []string{x(17) + ",4.0", x(18) + ",36.5", x(19) + ",36.5"}
	if got := strings.Fields(d.Lines[1].Points); !slices.Equal(got, want) {
		t.Errorf("the second line goes through %v, want %v", got, want)
	}
}

func TestASparklineOfNothingSaysSo(t *testing.T) {
	s := newServer(t)
	s.weekly()
	a := s.ask("GET", historyPath+"?format=svg", nil).must(200)
	var d drawing
	if err := xml.Unmarshal([]byte(a.text), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Lines) != 0 || !strings.Contains(d.Desc, "nothing is known") {
		t.Errorf("got %s", a.text)
	}
}
