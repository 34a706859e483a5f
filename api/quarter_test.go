package api_test

import (
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/store"
)

// The script of the quarter and the table of what has to come out of it. Both
// say at their heads how they are read.
const (
	quarterScript   = "testdata/quarter/script.txt"
	quarterExpected = "testdata/quarter/expected.txt"
)

// TestAQuarterComesOutAsWorkedOutByHand lets thirteen weeks pass: reviews that
// are skipped, moved, cancelled and slept through, and every way to make a late
// item look young.
func TestAQuarterComesOutAsWorkedOutByHand(t *testing.T) {
	eachServer(t, func(t *testing.T, s *testServer) {
		q := &quarter{
			testServer: s, want: readExpected(t), states: map[string]burnlist.State{},
			ids: map[string]int{}, names: map[int]string{}, used: map[*line]bool{},
		}
		for _, l := range readLines(t, quarterScript) {
			q.play(l)
		}
		for _, all := range q.want {
			for _, l := range all {
				if !q.used[l] {
					t.Errorf("%s: nothing was compared with it: %s", l.place, l.text)
				}
			}
		}
		if log := s.log.String(); strings.Contains(log, "trying again") {
			t.Errorf("the keeper failed: %s", log)
		}
	})
}

// line is one line of a file, without its comment.
type line struct {
	place string // as "script.txt:12"
	text  string
	words []string          // in front of the first pair
	pairs map[string]string // name=value; a value may be quoted
}

func readLines(t *testing.T, file string) []*line {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []*line
	for n, text := range strings.Split(string(content), "\n") {
		text, _, _ = strings.Cut(" "+text, " #")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		l := &line{place: fmt.Sprintf("%s:%d", file, n+1), text: text, pairs: map[string]string{}}
		quoted := false
		for _, field := range strings.FieldsFunc(text, func(r rune) bool {
			quoted = quoted != (r == '"')
			return r == ' ' && !quoted
		}) {
			name, value, pair := strings.Cut(field, "=")
			if !pair {
				l.words = append(l.words, field)
				continue
			}
			l.pairs[name] = strings.Trim(value, `"`)
		}
		all = append(all, l)
	}
	return all
}

// expected is the table by its sections.
type expected map[string][]*line

func readExpected(t *testing.T) expected {
	t.Helper()
	all, section := expected{}, ""
	for _, l := range readLines(t, quarterExpected) {
		if strings.HasPrefix(l.text, "[") {
			section = strings.Trim(l.text, "[]")
			continue
		}
		all[section] = append(all[section], l)
	}
	return all
}

// quarter is the simulated time, and what the script's names stand for.
type quarter struct {
	*testServer
	want expected
	used map[*line]bool // lines of the table that something was compared with

	zone     *time.Location // of the product
	now      time.Time
	wake     time.Time // a minute after the last event
	down     bool
	measured time.Time
	states   map[string]burnlist.State // what the figures of the SLOs say

	ids    map[string]int
	names  map[int]string
	checks []string // that were made, in order
}

// pass lets time go by until then: burnlist looks at what is due at each full
// hour, and at the minute after each event.
func (q *quarter) pass(then time.Time) {
	q.t.Helper()
	if then.Before(q.now) {
		q.t.Fatalf("the script goes back from %s to %s", q.now, then)
	}
	for !q.now.IsZero() {
		next := q.now.Truncate(time.Hour).Add(time.Hour)
		if q.wake.After(q.now) && q.wake.Before(next) {
			next = q.wake
		}
		if next.After(then) {
			break
		}
		q.now = next
		q.at(next)
		if q.down {
			continue
		}
		if q.now.Sub(q.measured) >= 12*time.Hour {
			q.measure()
		}
		q.keeper.Tick(q.t.Context(), q.now)
	}
	q.now, q.wake = then, then.Add(time.Minute)
	q.at(then)
}

// measure puts figures in that say of each SLO what the script wants.
func (q *quarter) measure() {
	q.t.Helper()
	q.measured = q.now
	b := burnlist.Budgets{RefreshedAt: q.now, Figures: map[string]*burnlist.Figures{}, Costs: map[int64]burnlist.IncidentCost{}}
	for name, state := range q.states {
		slo, err := q.store.SLO(q.t.Context(), name)
		if err != nil {
			q.t.Fatal(err)
		}
		says, ok := map[burnlist.State][2]float64{
			burnlist.Healthy: {0.2, 0.3}, burnlist.AtRisk: {0.8, 0.9}, burnlist.Burning: {0.9, 1.5}, burnlist.Exhausted: {1.3, 1.5},
		}[state]
		if !ok {
			q.t.Fatalf("no figures say %s", state)
		}
		b.Figures[name] = &burnlist.Figures{
			SLO: name, Ledger: slo.Ledger, Objective: slo.Objective, Window: slo.Window,
			At: q.now, FirstData: new(q.now.Add(-60 * burnlist.Day)), KnownUntil: new(q.now), Coverage: 1,
			BadWindow: 1000 * says[0], TotalWindow: 1e6, Bad7d: 500, Budget: burnlist.Known(1000),
			Consumed: burnlist.Known(says[0]), Forecast: burnlist.Known(says[1]), Pace: burnlist.Known(1),
		}
	}
	revision, err := q.store.Ledgers(store.Lease{}).PutBudgets(q.t.Context(), burnlist.System(q.now), b)
	if err != nil {
		q.t.Fatal(err)
	}
	if err := q.board.Wait(q.t.Context(), revision); err != nil {
		q.t.Fatal(err)
	}
}

// play lets one event of the script happen.
func (q *quarter) play(l *line) {
	q.t.Helper()
	defer func() {
		if q.t.Failed() {
			q.t.Logf("played until %s: %s", l.place, l.text)
		}
	}()
	verb, args := l.words[2], l.words[3:]
	if verb == "product" {
		zone, err := time.LoadLocation(l.pairs["zone"])
		if err != nil {
			q.t.Fatal(err)
		}
		q.zone = zone
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", l.words[0]+" "+l.words[1], q.zone)
	if err != nil {
		q.t.Fatal(err)
	}
	q.pass(at)

	switch verb {
	case "product":
		q.write(l, "POST", "/products", map[string]any{
			"name": args[0], "zone": l.pairs["zone"], "slot": map[string]any{"weekday": l.pairs["weekday"], "time": l.pairs["time"]},
		}).must(201)
	case "move":
		tag := q.ask("GET", "/api/v1/products/shop", nil).must(200).header.Get("ETag")
		q.write(l, "PATCH", "/products/shop", map[string]any{"zone": l.pairs["zone"]}, "If-Match", tag).must(200)
		if q.zone, err = time.LoadLocation(l.pairs["zone"]); err != nil {
			q.t.Fatal(err)
		}
	case "service":
		q.write(l, "POST", "/services", map[string]any{"name": args[0], "product": "shop", "team": l.pairs["team"]}).must(201)
	case "slo":
		events := map[string]any{"total": "requests_total", "bad": "errors_total"}
		q.write(l, "POST", "/slos", map[string]any{
			"name": args[0], "service": args[0], "objective": 0.999, "indicator": map[string]any{"events": events},
		}).must(201)
	case "create":
		body := map[string]any{"title": args[0], "ticket": "https://tracker.example.org/" + args[0]}
		maps.Copy(body, q.fields(l))
		if body["ticket"] == "no" {
			delete(body, "ticket")
		}
		q.name(args[0], q.write(l, "POST", "/items", body).must(201).at("id"))
	case "patch":
		path := q.item(args[0])
		tag := q.ask("GET", "/api/v1"+path, nil).must(200).header.Get("ETag")
		q.write(l, "PATCH", path, q.fields(l), "If-Match", tag).must(200)
	case "alone":
		body := q.fields(l)
		body["kind"] = args[1]
		q.write(l, "POST", q.item(args[0])+"/decisions", body).must(200)
	case "decide":
		body := q.fields(l)
		body["kind"], body["item"] = args[1], q.ids[args[0]]
		a := q.write(l, "POST", q.review()+"/decisions", body).must(200)
		for _, part := range a.at("parts").([]any) {
			part := part.(map[string]any)
			q.name(part["title"].(string), part["id"])
		}
	case "undo":
		var last any
		for _, d := range q.ask("GET", "/api/v1"+q.review()+"/decisions", nil).must(200).at("decisions").([]any) {
			if d := d.(map[string]any); d["item"] == float64(q.ids[args[0]]) && d["undone_at"] == nil {
				last = d["id"]
			}
		}
		q.write(l, "POST", fmt.Sprintf("%s/decisions/%v/undo", q.review(), last), nil).must(200)
	case "open":
		q.write(l, "POST", "/reviews", map[string]any{"product": "shop"}).must(201)
	case "refreeze", "conclude":
		q.write(l, "POST", q.review()+"/"+verb, nil).must(200)
	case "cancel":
		q.write(l, "POST", "/reviews/cancel", map[string]any{"product": "shop", "slot": l.pairs["slot"], "reason": l.pairs["reason"]}).must(201)
	case "state":
		q.states[args[0]] = burnlist.State(args[1])
		q.measure()
	case "down":
		q.down = true
	case "up":
		q.down = false
		q.measure()
	case "check":
		q.check(args[0])
	default:
		q.t.Fatalf("%s: nothing is called %s", l.place, verb)
	}
}

// write sends what somebody does.
func (q *quarter) write(l *line, method, path string, body any, headers ...string) *answer {
	q.t.Helper()
	by := l.pairs["by"]
	if by == "" {
		by = "ana"
	}
	return q.ask(method, "/api/v1"+path, body, append(headers, "Burnlist-Actor", by+"@example.org")...)
}

// fields are what a line says of an item or a decision, in the API's form.
func (q *quarter) fields(l *line) map[string]any {
	q.t.Helper()
	body := map[string]any{}
	for name, value := range l.pairs {
		switch {
		case name == "by":
		case value == "":
			body[name] = nil
		case name == "owner":
			body[name] = address(value)
		case name == "of":
			body[name] = q.ids[value]
		case name == "parts": // title/owner/due,…
			var parts []any
			for part := range strings.SplitSeq(value, ",") {
				is := strings.Split(part, "/")
				made := map[string]any{"title": is[0], "due": is[2]}
				if is[1] != "" {
					made["owner"] = address(is[1])
				}
				parts = append(parts, made)
			}
			body[name] = parts
		default:
			body[name] = value
		}
	}
	return body
}

// address is what the script's people are called outside; groups keep their
// names.
func address(name string) string {
	if strings.Contains(name, " ") {
		return name
	}
	return name + "@example.org"
}

func (q *quarter) name(name string, id any) {
	q.t.Helper()
	n := int(id.(float64))
	if q.ids[name] != 0 {
		q.t.Fatalf("two items are called %s", name)
	}
	q.ids[name], q.names[n] = n, name
}

func (q *quarter) item(name string) string {
	q.t.Helper()
	if q.ids[name] == 0 {
		q.t.Fatalf("no item is called %s", name)
	}
	return fmt.Sprintf("/items/%d", q.ids[name])
}

// review is the path of the review that is open.
func (q *quarter) review() string {
	q.t.Helper()
	a := q.ask("GET", "/api/v1/reviews?product=shop&state=open", nil).must(200)
	return fmt.Sprintf("/reviews/%v", a.at("reviews.0.id"))
}

// check compares everything that the table says of a moment.
func (q *quarter) check(name string) {
	q.t.Helper()
	q.checks = append(q.checks, name)
	world, err := q.store.World(q.t.Context())
	if err != nil {
		q.t.Fatal(err)
	}
	q.board.Load(world) // the queue as of this minute
	q.checkItems(name)
	if warnings, ok := q.want["warnings "+name]; ok {
		q.checkWarnings(warnings)
	}
	if name == "END" {
		q.checkStatuses()
		q.checkReviews()
		q.checkFigures()
	}
}

func (q *quarter) shown() map[string]map[string]any {
	q.t.Helper()
	all := map[string]map[string]any{}
	for _, i := range q.ask("GET", "/api/v1/items?product=shop&limit=500", nil).must(200).at("items").([]any) {
		i := i.(map[string]any)
		all[i["title"].(string)] = i
	}
	return all
}

// checkItems holds promise, streak and total of all items against the table:
// against the last check of an item's line that has been made.
func (q *quarter) checkItems(check string) {
	q.t.Helper()
	all := q.shown()
	for _, l := range q.want["items"] {
		name, rest, _ := strings.Cut(l.text, ":")
		name, _, _ = strings.Cut(name, " ")
		want := "none 0/0"
		for stage := range strings.SplitSeq(rest, ";") {
			from, facts, _ := strings.Cut(strings.TrimSpace(stage), " ")
			if slices.Contains(q.checks, from) {
				want = facts
			}
		}
		i, there := all[name]
		if !there {
			if q.ids[name] != 0 || want != "none 0/0" {
				q.t.Errorf("%s: %s at %s is not there", l.place, name, check)
			}
			continue
		}
		rollovers := i["rollovers"].(map[string]any)
		if got := fmt.Sprintf("%s %v/%v", day(i["promised"]), rollovers["streak"], rollovers["total"]); got != want {
			q.t.Errorf("%s: %s at %s: got %s, want %s", l.place, name, check, got, want)
		}
		q.used[l] = true
	}
	if len(all) != len(q.ids) {
		q.t.Errorf("at %s there are %d items, want %d", check, len(all), len(q.ids))
	}
}

func (q *quarter) checkStatuses() {
	q.t.Helper()
	all := q.shown()
	for _, l := range q.want["items"] {
		name, rest, _ := strings.Cut(l.text, " ")
		want, rest, _ := strings.Cut(rest, ":")
		if got := all[name]["status"]; got != want {
			q.t.Errorf("%s: %s is %v, want %s", l.place, name, got, want)
		}
		delete(all, name)
		for stage := range strings.SplitSeq(strings.TrimSpace(rest), ";") {
			if from, _, _ := strings.Cut(strings.TrimSpace(stage), " "); from != "" && !slices.Contains(q.checks, from) {
				q.t.Errorf("%s: the script has no check %s", l.place, from)
			}
		}
	}
	for name := range all {
		q.t.Errorf("%s: nothing is said of %s", quarterExpected, name)
	}
}

// checkWarnings compares the codes of each subject; ! marks an alarm.
func (q *quarter) checkWarnings(want []*line) {
	q.t.Helper()
	got := map[string][]string{}
	list := q.ask("GET", "/api/v1/warnings?product=shop&limit=10000", nil).must(200)
	for _, w := range list.at("warnings").([]any) {
		w := w.(map[string]any)
		kind, id, _ := strings.Cut(w["subject"].(string), "/")
		switch kind {
		case "item":
			n, err := strconv.Atoi(id)
			if err != nil {
				q.t.Fatal(err)
			}
			id = q.names[n]
		case "review":
			id = "R" + id
		}
		code := w["code"].(string)
		if w["level"] == "alarm" {
			code += "!"
		}
		got[kind+" "+id] = append(got[kind+" "+id], code)
	}
	for _, l := range want {
		q.used[l] = true
		subject, codes, _ := strings.Cut(l.text, ":")
		has := got[subject]
		delete(got, subject)
		slices.Sort(has)
		if expects := strings.Fields(codes); !slices.Equal(has, expects) {
			q.t.Errorf("%s: %s at %s: got %v, want %v", l.place, subject, q.checks[len(q.checks)-1], has, expects)
		}
	}
	for _, subject := range slices.Sorted(maps.Keys(got)) {
		q.t.Errorf("%s: %s at %s: got %v, want no line", quarterExpected, subject, q.checks[len(q.checks)-1], got[subject])
	}
}

func (q *quarter) checkReviews() {
	q.t.Helper()
	got := map[string]map[string]any{}
	for _, r := range q.ask("GET", "/api/v1/reviews?product=shop&limit=500", nil).must(200).at("reviews").([]any) {
		r := r.(map[string]any)
		has := map[string]any{"state": r["state"], "slot": day(r["slot"]), "date": day(r["date"])}
		if by, ok := r["concluded_by"].(string); ok {
			has["concluded_by"] = strings.TrimSuffix(by, "@example.org")
		}
		if r["frozen_at"] != nil {
			has["entries"], has["jump"] = r["entries"], r["jump"]
		}
		if t, ok := r["tally"].(map[string]any); ok {
			maps.Copy(has, t)
		}
		got[fmt.Sprintf("R%v", r["id"])] = has
	}
	for _, l := range q.want["reviews"] {
		q.compare(l, l.words[0], got[l.words[0]])
		delete(got, l.words[0])
	}
	for name, has := range got {
		q.t.Errorf("%s: nothing is said of %s: %v", quarterExpected, name, has)
	}
}

func (q *quarter) checkFigures() {
	q.t.Helper()
	a := q.ask("GET", "/api/v1/products/shop/figures", nil).must(200)
	got := map[string]map[string]any{}
	for _, w := range a.at("weeks").([]any) {
		w := w.(map[string]any)
		has := map[string]any{
			"review": nil, "closed": w["closed"], "promised": w["promised"], "on_time": w["on_time"], "median": w["median_days_from_promise"],
			"deprioritised": w["deprioritised"], "rollovers": w["rollovers"], "rate": w["rollover_rate"],
			"wishes": w["wishes"], "commitments": w["commitments"],
		}
		if r, ok := w["review"].(map[string]any); ok {
			has["review"], has["aligned"], has["of"], has["alignment"] = fmt.Sprintf("R%v", r["id"]), r["aligned"], r["closed"], r["alignment"]
		}
		got["week "+day(w["begin"])] = has
	}
	for _, c := range a.at("cohorts").([]any) {
		c := c.(map[string]any)
		if begin := c["begin"].(string); c["opened"] != 0.0 {
			delete(c, "begin")
			got["month "+begin[:len("2026-01")]] = c
		}
	}
	open := a.at("open").(map[string]any)
	for name, in := range map[string]string{"median_age": "median_age_days", "p90_age": "p90_age_days", "oldest": "oldest_days"} {
		open[name] = open[in]
		delete(open, in)
	}
	got["open"] = open
	for _, l := range q.want["figures"] {
		name := strings.Join(l.words, " ")
		q.compare(l, name, got[name])
		delete(got, name)
	}
	for name, has := range got {
		q.t.Errorf("%s: nothing is said of %s: %v", quarterExpected, name, has)
	}
}

// compare holds values against the pairs of a line: a number against a number
// or a fraction, and nothing against none.
func (q *quarter) compare(l *line, name string, got map[string]any) {
	q.t.Helper()
	q.used[l] = true
	for _, key := range slices.Sorted(maps.Keys(l.pairs)) {
		has, ok := got[key]
		if want := l.pairs[key]; !ok || !same(has, want) {
			q.t.Errorf("%s: %s: %s: got %v, want %s", l.place, name, key, has, want)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if _, ok := l.pairs[key]; !ok {
			q.t.Errorf("%s: %s: %s: got %v, and the line does not say it", l.place, name, key, got[key])
		}
	}
}

func same(got any, want string) bool {
	switch g := got.(type) {
	case nil:
		return want == "none"
	case string:
		return g == want
	case float64:
		over, under, fraction := strings.Cut(want, "/")
		n, err := strconv.ParseFloat(over, 64)
		if fraction && err == nil {
			var d float64
			d, err = strconv.ParseFloat(under, 64)
			n /= d
		}
		return err == nil && math.Abs(n-g) < 1e-9
	}
	return false
}

// day is a date as the table writes it.
func day(date any) string {
	if d, ok := date.(string); ok {
		return strings.TrimPrefix(d, "2026-")
	}
	return "none"
}
