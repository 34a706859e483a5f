package web

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// drawn returns the drawing of a budget at noon that was spent as given, and
// will be; the figures are changed by change.
func drawn(days int, spent, path []float64, change func(*burnlist.Figures)) *burnDown {
	f := &burnlist.Figures{
		Window: burnlist.Duration(days) * burnlist.Duration(burnlist.Day), At: noon, KnownUntil: new(noon),
		BurnDown: spent, Path: path,
	}
	if len(spent) > 0 {
		f.Consumed = burnlist.Known(spent[len(spent)-1])
	}
	if change != nil {
		change(f)
	}
	b := &builder{now: noon}
	o := prioritizer.SLOBudget{Figures: f}
	o.SLO, o.State, o.Consumed = "cart-availability", burnlist.Healthy, f.Consumed
	return b.newBurnDown(o, time.UTC)
}

func TestADrawingGoesFromTheWholeBudgetToWhatIsLeft(t *testing.T) {
	got := drawn(7, []float64{0, 0.5}, []float64{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1.25}, func(f *burnlist.Figures) {
		f.ExhaustsAt = new(noon.Add(7 * burnlist.Day / 2))
	})
	want := &burnDown{
		ID: "burn-down-cart-availability", Words: "50\u00a0% of the 7-day budget is left; at the present pace it runs out on 2026-11-27 00:00\u00a0UTC",
		Height: "114.0", Left: "54.0", Right: "316.0", Top: "10.0", Bottom: "94.0", Now: "185.0",
		Went:    "M54.0 10.0L119.5 10.0L185.0 38.0",
		Area:    "M54.0 10.0L119.5 10.0L185.0 38.0L185.0 66.0L54.0 66.0Z",
		Goes:    "M185.0 38.0L203.7 38.0L222.4 38.0L241.1 38.0L259.9 38.0L278.6 38.0L297.3 38.0L316.0 80.0",
		Dot:     "M181.5 38.0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",
		RunsOut: "M250.5 61.0v10",
		Levels: []tick{
			{At: "10.0", Label: "100\u00a0%", Anchor: "end"},
			{At: "66.0", Label: "0\u00a0%", Anchor: "end", Zero: true},
			{At: "94.0", Label: "−50\u00a0%", Anchor: "end"},
		},
		Times: []tick{
			{At: "54.0", Label: "7\u00a0d ago", Anchor: "start"},
			{At: "185.0", Label: "now", Anchor: "middle"},
			{At: "316.0", Label: "in\u00a07\u00a0d", Anchor: "end"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the drawing (-want +got):\n%s", diff)
	}
}

func TestWhatADrawingSays(t *testing.T) {
	level := []float64{0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4}
	tests := map[string]struct {
		days   int
		spent  []float64
		path   []float64
		change func(*burnlist.Figures)
		words  string
		times  string // labels, from left to right
		levels string // labels, from the top
		goes   int    // spots of the dashed line
	}{
		"a day looks a day ahead": {
			1,
			[]float64{0.2, 0.4},
			level, nil,
			"60 % of the 1-day budget is left; at the present pace 60 % is left in 7 days", "1 d ago, now, in 1 d", "100 %, 0 %", 2,
		},
		"a month looks a week ahead": {
			30,
			[]float64{0.2, 0.4},
			level, nil,
			"60 % of the 30-day budget is left; at the present pace 60 % is left in 7 days", "30 d ago, now, in 7 d", "100 %, 0 %", 8,
		},
		"a quarter has no room to say how far ahead": {
			90,
			[]float64{0.2, 0.4},
			level, nil,
			"60 % of the 90-day budget is left; at the present pace 60 % is left in 7 days", "90 d ago, now", "100 %, 0 %", 8,
		},
		"nothing is foreseen": {
			30,
			[]float64{0.2, 0.4},
			nil, nil,
			"60 % of the 30-day budget is left", "30 d ago, now", "100 %, 0 %", 0,
		},
		"overspent": {
			30,
			[]float64{0.2, 1.4},
			[]float64{1.4, 1.5, 1.6, 1.6, 1.6, 1.6, 1.6},
			nil,
			"40 % more than the 30-day budget is spent; at the present pace 60 % more than all of it is spent in 7 days", "30 d ago, now, in 7 d", "100 %, 0 %, −100 %", 8,
		},
		"overspent beyond the drawing": {
			30,
			[]float64{0.2, 3.4},
			nil, nil,
			"240 % more than the 30-day budget is spent; what is spent beyond twice the budget is not drawn", "30 d ago, now", "100 %, 0 %, −100 %", 0,
		},
		"the newest day is not known": {
			30,
			[]float64{0.2, 0.4},
			level, func(f *burnlist.Figures) { f.KnownUntil = new(noon.Add(-burnlist.Day)) },
			"60 % of the 30-day budget is left; at the present pace 60 % is left in 7 days", "30 d ago, now, in 7 d", "100 %, 0 %", 9,
		},
		"the figures are from before": {
			30,
			[]float64{0.2, 0.4},
			level, func(f *burnlist.Figures) { f.At, f.KnownUntil = noon.Add(-5*time.Hour), new(noon.Add(-5*time.Hour)) },
			"60 % of the 30-day budget is left; at the present pace 60 % is left in 7 days", "30 d ago, 5 hours ago", "100 %, 0 %", 8,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			labels := func(ticks []tick) string {
				var all []string
				for _, k := range ticks {
					all = append(all, k.Label)
				}
				return plainSpaces(strings.Join(all, ", "))
			}
			d := drawn(test.days, test.spent, test.path, test.change)
			for _, check := range []struct{ got, want string }{
				{plainSpaces(d.Words), test.words}, {labels(d.Times), test.times}, {labels(d.Levels), test.levels},
			} {
				if check.got != check.want {
					t.Errorf("got  %s\nwant %s", check.got, check.want)
				}
			}
			if got := len(spots(t, d.Goes)); got != test.goes {
				t.Errorf("the dashed line has %d spots, want %d", got, test.goes)
			}
		})
	}
}

func TestWithoutABurnDownNothingIsDrawn(t *testing.T) {
	if d := drawn(30, nil, nil, nil); d != nil {
		t.Errorf("drew %+v", d)
	}
}

// TestALineStaysInItsDrawing draws every kind of budget: whatever it is, the
// measured line begins with the whole budget, and no line leaves the plot or
// goes back in time.
func TestALineStaysInItsDrawing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		share := rapid.OneOf(rapid.Float64Range(0, 1.2), rapid.Float64Range(0, 1e6))
		days := rapid.IntRange(1, 90).Draw(t, "days")
		var spent []float64
		for range 30 {
			last := 0.0
			if len(spent) > 0 {
				last = spent[len(spent)-1]
			}
			spent = append(spent, last+share.Draw(t, "spent")/30)
		}
		path := rapid.SliceOfN(share, 0, 7).Draw(t, "path")
		d := drawn(days, spent, path, func(f *burnlist.Figures) {
			f.KnownUntil = new(noon.Add(-rapid.Custom(func(t *rapid.T) time.Duration {
				return time.Duration(rapid.IntRange(0, 95*24*60).Draw(t, "minutes")) * time.Minute
			}).Draw(t, "silent")))
			if rapid.Bool().Draw(t, "runs out") {
				f.ExhaustsAt = new(noon.Add(time.Duration(rapid.IntRange(0, 8*24*60).Draw(t, "minutes")) * time.Minute))
			}
		})
		bottom, err := strconv.ParseFloat(d.Bottom, 64)
		if err != nil {
			t.Fatal(err)
		}
		went := spots(t, d.Went)
		if len(went) == 0 || went[0] != [2]float64{plotLeft, plotTop} {
			t.Fatalf("the line begins at %v, not with the whole budget", went)
		}
		line := slices.Concat(went, spots(t, d.Goes))
		for i, s := range line {
			if s[0] < plotLeft || s[0] > plotRight || s[1] < plotTop || s[1] > bottom {
				t.Fatalf("spot %v lies outside the plot, which ends at %v below", s, bottom)
			}
			if i > 0 && s[0] < line[i-1][0] {
				t.Fatalf("the line goes back from %v to %v", line[i-1], s)
			}
		}
	})
}

// spots reads a path of straight lines.
func spots(t interface{ Fatal(...any) }, path string) [][2]float64 {
	var all [][2]float64
	for _, s := range strings.FieldsFunc(path, func(r rune) bool { return r == 'M' || r == 'L' }) {
		x, y, _ := strings.Cut(s, " ")
		a, errX := strconv.ParseFloat(x, 64)
		b, errY := strconv.ParseFloat(y, 64)
		if errX != nil || errY != nil {
			t.Fatal("not a spot: " + s)
		}
		all = append(all, [2]float64{a, b})
	}
	return all
}

func plainSpaces(s string) string { return strings.ReplaceAll(s, nbsp, " ") }
