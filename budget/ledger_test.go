package budget

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/burnlist/burnlist"
)

const width = 300

// world is a random ledger with an SLO, and the slices that are in it.
type world struct {
	slo    burnlist.SLO
	at     int64
	slices map[int64]burnlist.Slice
	out    []*burnlist.Exclusion
	ledger *Ledger
}

func drawWorld(t *rapid.T) world {
	days := rapid.IntRange(1, 3).Draw(t, "window")
	w := world{
		slo: burnlist.SLO{
			Name:      "checkout-availability",
			Objective: rapid.SampledFrom([]float64{0.9, 0.99, 0.999}).Draw(t, "objective"),
			Window:    burnlist.Duration(days) * burnlist.Duration(burnlist.Day),
		},
		at:     1_800_000_000 / 86400 * 86400,
		slices: map[int64]burnlist.Slice{},
		ledger: NewLedger(burnlist.Duration(width * time.Second)),
	}
	start := w.at - int64(rapid.IntRange(1, 11*288).Draw(t, "age"))*width
	// Runs of slices of one kind, so that gaps and quiet nights are long enough
	// to matter.
	for start < w.at {
		kind := rapid.SampledFrom([]string{"data", "data", "data", "incident", "dead", "empty", "unasked"}).Draw(t, "kind")
		run := rapid.IntRange(1, 300).Draw(t, "run")
		total := float64(rapid.IntRange(1, 1000).Draw(t, "total"))
		for ; run > 0 && start < w.at; run, start = run-1, start+width {
			s := burnlist.Slice{Start: start, State: burnlist.SliceData, Total: total}
			switch kind {
			case "incident":
				s.Bad = math.Floor(total / 2)
			case "dead":
				s = burnlist.Slice{Start: start, State: burnlist.SliceDead}
			case "empty":
				s = burnlist.Slice{Start: start, State: burnlist.SliceEmpty}
			case "unasked":
				continue
			}
			w.slices[start] = s
		}
	}
	for _, s := range w.slices { // in no particular order
		w.ledger.Put([]burnlist.Slice{s})
	}
	for range rapid.IntRange(0, 3).Draw(t, "exclusions") {
		from := w.at - int64(rapid.IntRange(-3600, 4*86400).Draw(t, "excluded from"))
		to := from + int64(rapid.IntRange(1, 86400).Draw(t, "excluded for"))
		w.out = append(w.out, &burnlist.Exclusion{Start: time.Unix(from, 0), End: time.Unix(to, 0)})
	}
	w.ledger.Exclude(w.out)
	return w
}

// oracle recomputes the figures in the slow and obvious way: slice by slice,
// from the definitions.
type oracle struct {
	world
	first, until int64
}

func newOracle(w world) oracle {
	o := oracle{world: w, first: math.MaxInt64}
	for start, s := range w.slices {
		if s.State == burnlist.SliceData {
			o.first = min(o.first, start)
		}
	}
	for start := range w.slices {
		if o.known(start) {
			o.until = max(o.until, start+width)
		}
	}
	return o
}

func (o oracle) known(start int64) bool {
	s, ok := o.slices[start]
	return ok && (s.State == burnlist.SliceData || s.State == burnlist.SliceEmpty && start > o.first)
}

// excluded reports whether an exclusion touches a slice.
func (o oracle) excluded(start int64) bool {
	return slices.ContainsFunc(o.out, func(e *burnlist.Exclusion) bool { return e.Start.Unix() < start+width && e.End.Unix() > start })
}

// sum adds up what is known of an interval, and the seconds of it that lie
// after the first data, all without what is excluded.
func (o oracle) sum(from, to int64) (bad, total, known, alive float64) {
	for start := from; start < to; start += width {
		if o.excluded(start) {
			continue
		}
		if start >= o.first {
			alive += width
		}
		if o.known(start) {
			known += width
			bad += o.slices[start].Bad
			total += o.slices[start].Total
		}
	}
	return bad, total, known, alive
}

func (o oracle) consumed(at, pace float64) float64 {
	window := o.slo.Window.Std().Seconds()
	bad, total, known, _ := o.sum(o.at-int64(window), o.at)
	budget := total / known * window * (1 - o.slo.Objective)
	in := 0.0
	for start := o.at - int64(window); start < o.at; start += width {
		part := min(1, max(0, (float64(start+width)-(at-window))/width))
		switch {
		case o.excluded(start):
		case o.known(start):
			in += part * o.slices[start].Bad
		case start >= o.first:
			in += part * width * bad / known
		}
	}
	share := func(bad float64) float64 {
		if bad == 0 {
			return 0 // whatever the budget is
		}
		return bad / budget
	}
	// Since the newest known slice the pace goes on, if it is above the mean.
	_, _, _, gap := o.sum(max(o.until, o.at-int64(window)), o.at)
	blind := max(0, pace*float64(o.at-o.until)/window-share(gap*bad/known))
	return share(in) + blind + pace*(at-float64(o.at))/window
}

func near(t *rapid.T, what string, got burnlist.Value, want float64) {
	t.Helper()
	n, known := got.Get()
	if !known || math.Abs(n-want) > 1e-9*max(1, math.Abs(want)) {
		t.Fatalf("%s = %v, want %v", what, got, want)
	}
}

func TestFiguresAgreeWithTheDefinitionsAppliedSliceBySlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		o := newOracle(w)
		f := w.ledger.Figures(w.slo, time.Unix(w.at, 0))
		window := int64(w.slo.Window.Std().Seconds())
		bad, total, known, _ := o.sum(w.at-window, w.at)
		if known == 0 || o.first == math.MaxInt64 {
			if _, ok := f.Consumed.Get(); ok {
				t.Fatalf("consumed = %v with nothing known in the window", f.Consumed)
			}
			return
		}
		if got, want := *f.KnownUntil, time.Unix(o.until, 0).UTC(); !got.Equal(want) {
			t.Fatalf("known until %s, want %s", got, want)
		}
		out := 0.0
		for start := w.at - window; start < w.at; start += width {
			if o.excluded(start) {
				out += width
			}
		}
		if f.BadWindow != bad || f.TotalWindow != total || f.Coverage != known/(float64(window)-out) {
			t.Fatalf("bad %v of %v, coverage %v; want %v of %v, %v", f.BadWindow, f.TotalWindow, f.Coverage, bad, total, known/(float64(window)-out))
		}
		if f.Excluded.Std().Seconds() != out {
			t.Fatalf("%s of the window are excluded, want %v s", f.Excluded, out)
		}
		if got, is := f.ConsumedAltogether.Get(); is != (out > 0) {
			t.Fatalf("consumed altogether is %v with %v s excluded", got, out)
		} else if is {
			near(t, "consumed altogether", f.ConsumedAltogether, oracle{world: world{slo: w.slo, at: w.at, slices: w.slices}, first: o.first, until: o.until}.consumed(float64(w.at), 0))
		}
		near(t, "consumed", f.Consumed, o.consumed(float64(w.at), 0))
		b, _ := f.Budget.Get()
		near(t, "budget", f.Budget, total/known*float64(window)*(1-w.slo.Objective))
		mean := bad / known
		for i, length := range burnlist.SpanLengths {
			n := int64(length.Seconds())
			knownBad, total, known, alive := o.sum(o.until-n, o.until)
			bad := knownBad + (alive-known)*mean
			if total > 0 {
				near(t, "burn "+burnlist.SpanNames[i], f.Burn[i], knownBad/total/(1-w.slo.Objective))
			} else if _, ok := f.Burn[i].Get(); ok {
				t.Fatalf("burn %s = %v without traffic", burnlist.SpanNames[i], f.Burn[i])
			}
			if bad == 0 {
				near(t, "spent "+burnlist.SpanNames[i], f.Spent[i], 0)
			} else if b > 0 {
				spent := bad / b
				near(t, "spent "+burnlist.SpanNames[i], f.Spent[i], spent)
				near(t, "speed "+burnlist.SpanNames[i], f.Speed[i], spent*float64(window)/length.Seconds())
			}
		}
		speed := func(length time.Duration) float64 {
			n := min(int64(length.Seconds()), window)
			bad, _, known, alive := o.sum(max(o.until-int64(length.Seconds()), o.at-window), o.until)
			if bad += (alive - known) * mean; bad == 0 {
				return 0
			}
			return bad / b * float64(window) / float64(n)
		}
		if b > 0 {
			near(t, "pace", f.Pace, max(
				min(speed(24*time.Hour), speed(2*time.Hour)),
				min(speed(3*24*time.Hour), speed(6*time.Hour)),
				speed(7*24*time.Hour),
			))
		}
		checkBurnDown(t, o, f)
		checkForecast(t, o, f)
	})
}

// checkBurnDown adds the window up slice by slice, and looks at each of the
// days ahead.
func checkBurnDown(t *rapid.T, o oracle, f burnlist.Figures) {
	if len(f.BurnDown) != 30 || len(f.Path) != 7 {
		t.Fatalf("the burn-down has %d points and the path %d, want 30 and 7", len(f.BurnDown), len(f.Path))
	}
	window := int64(o.slo.Window.Std().Seconds())
	start := o.at - window
	bad, _, known, _ := o.sum(start, o.at)
	budget := f.Budget.Or(math.NaN())
	for i, got := range f.BurnDown {
		end := start + int64(i+1)*window/30
		whole := end / width * width
		before, _, k, alive := o.sum(start, whole)
		next, _, nextKnown, nextAlive := o.sum(whole, whole+width) // the slice that the end cuts
		part := float64(end-whole) / width
		want := 0.0
		if n := before + part*next + (alive-k+part*(nextAlive-nextKnown))*bad/known; n > 0 {
			want = n / budget
		}
		near(t, "burn-down", burnlist.Known(got), want)
	}
	for i, got := range f.Path {
		if day := int64(i+1) * 86400; day <= window {
			near(t, "path", burnlist.Known(got), o.consumed(float64(o.at+day), f.Pace.Or(math.NaN())))
		}
	}
}

// checkForecast walks the way into the future in steps of one slice and
// compares what the figures say of it.
func checkForecast(t *rapid.T, o oracle, f burnlist.Figures) {
	pace := f.Pace.Or(math.NaN())
	window := o.slo.Window.Std().Seconds()
	now := o.consumed(float64(o.at), 0)
	highest, exhausts := o.consumed(float64(o.at), pace), math.NaN()
	for s := 0.0; s < max(window, 7*86400); s += width {
		if s > 0 && s <= min(window, 7*86400) {
			highest = max(highest, o.consumed(float64(o.at)+s, pace))
		}
		if now < 1-1e-9 && math.IsNaN(exhausts) && s < window &&
			max(o.consumed(float64(o.at)+s, pace), o.consumed(float64(o.at)+s+width, pace)) >= 1+1e-9 {
			exhausts = float64(o.at) + s
		}
	}
	highest = max(highest, o.consumed(float64(o.at)+min(window, 7*86400), pace))
	near(t, "forecast", f.Forecast, highest)
	switch {
	case math.IsNaN(exhausts) && f.ExhaustsAt != nil:
		if !o.crosses(*f.ExhaustsAt, pace) {
			t.Fatalf("exhausts at %s, where consumed is not 1", f.ExhaustsAt)
		}
	case !math.IsNaN(exhausts):
		if f.ExhaustsAt == nil {
			t.Fatalf("never exhausts, although consumed is over 1 by %v", time.Unix(int64(exhausts)+width, 0))
		}
		if at := float64(f.ExhaustsAt.UnixMilli()) / 1000; at < exhausts-1 || at > exhausts+width+1 {
			t.Fatalf("exhausts at %s, want within the slice after %s", f.ExhaustsAt, time.Unix(int64(exhausts), 0).UTC())
		}
	}
	if spent := now >= 1-1e-9; spent != (f.RecoversAt != nil) {
		t.Fatalf("recovers at %v with %v consumed", f.RecoversAt, now)
	}
	if f.RecoversAt != nil && !o.crosses(*f.RecoversAt, 0) {
		t.Fatalf("recovers at %s, where consumed is not 1", f.RecoversAt)
	}
}

// crosses reports whether consumed is 1 at an instant that was truncated to
// milliseconds.
func (o oracle) crosses(at time.Time, pace float64) bool {
	unix := float64(at.UnixMilli()) / 1000
	before, after := o.consumed(unix-0.001, pace), o.consumed(unix+0.002, pace)
	return min(before, after) <= 1+1e-6 && max(before, after) >= 1-1e-6
}

// TestLosingTheNewestDataDoesNotLowerAState blinds the ledger for a while and
// lets the clock go on for as long.
func TestLosingTheNewestDataDoesNotLowerAState(t *testing.T) {
	policy := burnlist.DefaultPolicy()
	held, lost := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		at := time.Unix(w.at, 0)
		before := policy.Judge(w.ledger.Figures(w.slo, at), at)
		if before.State.Urgency() <= burnlist.Unknown.Urgency() {
			return
		}
		later := at.Add(time.Duration(rapid.IntRange(1, 12).Draw(t, "blind")) * width * time.Second)
		f := w.ledger.Figures(w.slo, later)
		after := policy.Judge(f, later)
		// Only when time after the first data leaves the window may a state fall.
		if after.State.Urgency() >= before.State.Urgency() {
			held++
			return
		}
		window := w.slo.Window.Std().Seconds()
		lost++
		if float64(later.Unix())-window <= float64(w.ledger.data) {
			t.Fatalf("%s became %s by losing data", before.State, after.State)
		}
	})
	if held <= lost {
		t.Errorf("%d states held and %d fell: the draw does not show much", held, lost)
	}
}

func TestSlicesMayComeInAnyOrderAndTwice(t *testing.T) {
	l := NewLedger(burnlist.Duration(width * time.Second))
	l.Put([]burnlist.Slice{{Start: 1500, State: burnlist.SliceData, Total: 5}, {Start: 600, State: burnlist.SliceDead}})
	l.Put([]burnlist.Slice{{Start: 1500, State: burnlist.SliceData, Total: 7, Bad: 1}, {Start: 1800, State: burnlist.SliceEmpty}})
	want := []burnlist.Slice{
		{Start: 600, State: burnlist.SliceDead},
		{Start: 1500, State: burnlist.SliceData, Total: 7, Bad: 1},
		{Start: 1800, State: burnlist.SliceEmpty},
	}
	if diff := cmp.Diff(want, l.Slices()); diff != "" {
		t.Errorf("slices (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Range{{0, 600}, {900, 1500}, {2100, 2400}}, l.Missing(0, 2400)); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
}

func TestTheLedgerKnowsNothingBeforeItsFirstData(t *testing.T) {
	l := NewLedger(burnlist.Duration(width * time.Second))
	l.Put([]burnlist.Slice{{Start: 0, State: burnlist.SliceEmpty}, {Start: 300, State: burnlist.SliceEmpty}})
	if s := l.between(0, 600); s.known != 0 {
		t.Errorf("%v s known before any data, want 0", s.known)
	}
	l.Put([]burnlist.Slice{{Start: 300, State: burnlist.SliceData, Total: 10}, {Start: 600, State: burnlist.SliceEmpty}})
	if got, want := l.between(0, 900), (sums{total: 10, known: 600}); got != want {
		t.Errorf("sums %+v, want %+v", got, want)
	}
	if got, want := l.between(450, 750), (sums{total: 5, known: 300}); got != want {
		t.Errorf("sums of an interval that cuts two slices %+v, want %+v", got, want)
	}
}
