package review_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/review"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The meeting of the tests was held on a Monday morning in Berlin.
var (
	frozenAt    = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	concludedAt = time.Date(2026, time.November, 23, 9, 41, 0, 0, time.UTC)
	lastWeek    = time.Date(2026, time.November, 16, 9, 50, 0, 0, time.UTC)
)

func november(day int) burnlist.Date { return burnlist.NewDate(2026, time.November, day) }

// gathering is a meeting in the making.
type gathering struct {
	t     *testing.T
	world *burnlist.World
	m     burnlist.Meeting
}

// gather returns a meeting of a shop with five services, which nobody has
// opened any item for. Its last attended review was a week before.
func gather(t *testing.T) *gathering {
	t.Helper()
	w := burnlist.NewWorld()
	w.Revision = 4711
	shop := &burnlist.Product{Name: "shop", Zone: "Europe/Berlin", Slot: burnlist.DefaultSlot, Version: 1, SlotsFrom: lastWeek.AddDate(0, -2, 0)}
	w.Products["shop"] = shop
	before := burnlist.Review{
		ID: 11, Product: "shop", State: burnlist.ReviewAttended, Slot: november(16), Date: november(16), Zone: "Europe/Berlin",
		FrozenAt: new(lastWeek.Add(-time.Hour)), ConcludedAt: &lastWeek, ConcludedBy: "ana@example.org", Jump: 4,
		States: map[string]burnlist.State{"checkout": burnlist.Burning},
		Tally:  &burnlist.Tally{Decided: 6, Changed: 5, Closed: 1},
	}
	g := &gathering{t: t, world: w, m: burnlist.Meeting{
		Product: *shop, Policy: w.Policy, Earlier: []burnlist.Review{before},
		Items: map[int64]burnlist.Item{}, WasJump: map[int64]bool{}, Services: map[string]burnlist.Service{},
	}}
	w.Reviews["shop"] = []*burnlist.Review{&before}
	g.service("checkout", 1.38, 1.62, 3.1)
	g.service("search", 0.81, 1.12, 1.6)
	g.service("mail", 0.6, 0.82, 1.1)
	g.service("catalog", 0.1, 0.2, 0.2)
	g.service("returns", -1, 0, 0)
	w.Budgets.RefreshedAt = frozenAt.Add(-time.Minute)
	return g
}

// service adds a service and its only SLO, which is not known if it consumed
// less than nothing.
func (g *gathering) service(name string, consumed, forecast, pace float64) {
	s := burnlist.Service{Name: name, Product: "shop", Version: 1, CreatedAt: lastWeek.AddDate(0, -2, 0)}
	g.m.Services[name], g.world.Services[name] = s, &s
	if consumed < 0 {
		return
	}
	slo := &burnlist.SLO{
		Name: name + "-availability", Service: name, Source: "default", Objective: 0.999,
		Window: burnlist.DefaultWindow, Slice: burnlist.DefaultSlice, Ledger: 7, Version: 1,
	}
	g.world.SLOs[slo.Name] = slo
	g.world.Budgets.Figures[slo.Name] = &burnlist.Figures{
		SLO: slo.Name, Ledger: 7, Objective: slo.Objective, Window: slo.Window, At: frozenAt, Coverage: 1,
		FirstData: new(frozenAt.AddDate(0, -3, 0)), KnownUntil: new(frozenAt.Add(-time.Minute)), BadWindow: 5000, Bad7d: 2000,
		Consumed: burnlist.Known(consumed), Forecast: burnlist.Known(forecast), Pace: burnlist.Known(pace),
	}
}

// item adds an item that was opened on a day of November.
func (g *gathering) item(id int64, service, title string, opened int, change func(*burnlist.Item)) {
	g.t.Helper()
	by := burnlist.Author{Actor: "ana@example.org", At: november(opened).At(12, 0, time.UTC)}
	f := burnlist.ItemFields{Title: title, Service: service, Owner: "ben@example.org", Due: november(opened + 10), Ticket: "SRE-1"}
	i, err := burnlist.Item{ID: id, Version: 1}.With(f, by, g.m.Product)
	if err != nil {
		g.t.Fatal(err)
	}
	i.Facts.LastReviewed = &lastWeek
	if change != nil {
		change(&i)
	}
	g.m.Items[id] = i
}

// freeze opens the review with the items that there are.
func (g *gathering) freeze() {
	g.t.Helper()
	for id, i := range g.m.Items {
		if i.Status == burnlist.Open || i.Status == burnlist.Deprioritised {
			g.world.Items.Put(id, &i)
		}
	}
	r := burnlist.Review{ID: 12, Product: "shop", State: burnlist.ReviewOpen, Slot: november(23), OpenedAt: &frozenAt, OpenedBy: "burnlist"}
	var err error
	if g.m.Review, g.m.Agenda, err = review.Freeze(prioritizer.Rank(g.world, frozenAt), r, g.m.Product); err != nil {
		g.t.Fatal(err)
	}
}

// decide decides of an item as a meeting does.
func (g *gathering) decide(item int64, d burnlist.Decision) {
	g.t.Helper()
	by := burnlist.Author{Actor: "ana@example.org", At: frozenAt.Add(time.Duration(len(g.m.Decisions)+1) * time.Minute)}
	c := burnlist.Case{Item: g.m.Items[item], Product: g.m.Product, Policy: g.m.Policy}
	if survivor, ok := g.m.Items[d.Of]; ok {
		c.Survivor = &survivor
	}
	made, err := c.Decide(d, by)
	if err != nil {
		g.t.Fatal(err)
	}
	g.m.Items[item] = made.Item
	g.m.Decisions = append(g.m.Decisions, burnlist.ReviewDecision{
		ID: int64(len(g.m.Decisions) + 1), Review: 12, Item: item, Decision: d, Actor: by.Actor, At: by.At,
	})
}

// conclude returns the digest as the conclusion stores it and the API reads it.
func (g *gathering) conclude() review.Digest {
	g.t.Helper()
	c, err := review.Conclude(g.m, burnlist.Author{Actor: "ana@example.org", At: concludedAt}, nil, "https://burnlist.example.org/")
	if err != nil {
		g.t.Fatal(err)
	}
	var d review.Digest
	if err := json.Unmarshal(c.Digest, &d); err != nil {
		g.t.Fatal(err)
	}
	return d
}

// example returns a meeting that has something of everything, before anybody
// decided anything.
func example(t *testing.T) *gathering {
	t.Helper()
	g := gather(t)
	closed := func(status burnlist.Status, day int, c burnlist.Closing) func(*burnlist.Item) {
		return func(i *burnlist.Item) {
			c.At, c.Actor = november(day).At(15, 0, time.UTC), "ben@example.org"
			i.Status, i.Closing, i.Facts.Promised = status, &c, i.Due
		}
	}
	rolled := func(streak, total, promised int) func(*burnlist.Item) {
		return func(i *burnlist.Item) {
			i.Facts.Promised, i.Facts.Streak, i.Facts.Total = november(promised), streak, total
		}
	}
	g.item(142, "checkout", "Add a circuit breaker between checkout and the payment gateway", 2, rolled(3, 3, 2))
	g.item(143, "checkout", "Alert on the age of the oldest unpaid order", 9, nil)
	g.item(144, "checkout", "Load-test the failover of the payment database before the next sale, with twice the traffic of last year", 9, func(i *burnlist.Item) { i.Owner = "" })
	g.item(151, "search", "Roll back a bad index without a deploy", 4, rolled(0, 2, 14))
	g.item(152, "search", "Cap the size of synonyms", 12, nil)
	g.item(153, "search", "Rewrite the crawler", 1, nil)
	g.item(154, "search", "Limit the synonyms", 13, nil)
	g.item(160, "mail", "Warm up the new sender addresses", 3, nil)
	g.item(161, "mail", "Say in the runbook who may stop a campaign", 5, func(i *burnlist.Item) { i.Due = 0 })
	g.item(162, "mail", "Retry bounced confirmations", 6, func(i *burnlist.Item) {
		i.Return = &burnlist.Return{At: november(20).At(8, 0, time.UTC), Cause: burnlist.RevisitCame, From: lastWeek.AddDate(0, -3, 0)}
	})
	g.item(170, "catalog", "Split the price feed by country", 10, nil)
	g.item(171, "returns", "Measure how long a refund takes", 11, func(i *burnlist.Item) { i.Owner, i.Due = "the returns team", 0 })
	g.item(181, "checkout", "Page when the card processor answers slowly", 3, closed(burnlist.Done, 19, burnlist.Closing{Evidence: "https://git.example.org/pull/881"}))
	g.item(182, "catalog", "Clean up old feature flags", 8, closed(burnlist.Done, 17, burnlist.Closing{}))
	g.item(183, "mail", "Move the template editor", 8, closed(burnlist.Deprioritised, 18, burnlist.Closing{Reason: "nobody edits templates in winter", Revisit: november(30) + 60}))
	g.m.WasJump[181] = true
	g.freeze()
	return g
}

func (g *gathering) decideAll() {
	g.t.Helper()
	g.decide(142, burnlist.Decision{Kind: burnlist.DecideCarry})
	g.decide(143, burnlist.Decision{Kind: burnlist.DecideDone, Evidence: "https://git.example.org/pull/902"})
	g.decide(144, burnlist.Decision{Kind: burnlist.DecideCommit, Owner: "cleo@example.org", Due: november(30), Reason: "the sale begins in December, and the last failover took forty minutes"})
	g.decide(152, burnlist.Decision{Kind: burnlist.DecideSnooze, Until: november(30), Reason: "waits for the new index"})
	g.decide(153, burnlist.Decision{Kind: burnlist.DecideDeprioritise, Reason: "the crawler is bought next year, so nobody will rewrite it"})
	g.decide(154, burnlist.Decision{Kind: burnlist.DecideDuplicate, Of: 152})
	g.decide(160, burnlist.Decision{Kind: burnlist.DecideReassign, Owner: "dora@example.org"})
	g.decide(170, burnlist.Decision{Kind: burnlist.DecideSplit, Parts: []burnlist.Part{{Title: "Split off the euro"}, {Title: "Split off the pound"}}})
}

func TestADigestLooksAsItShould(t *testing.T) {
	attended := example(t)
	attended.decideAll()
	a, skipped := attended.conclude(), example(t).conclude()
	document, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{
		"digest.md": a.Markdown(), "digest.html": a.HTML(), "digest.slack.txt": a.Slack(), "digest.json": string(document) + "\n",
		"skipped.md": skipped.Markdown(),
	} {
		t.Run(name, func(t *testing.T) {
			golden := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("the digest has changed; if on purpose, run the test with -update (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheSubjectIsOneLine(t *testing.T) {
	attended := example(t)
	attended.decideAll()
	for want, d := range map[string]review.Digest{
		"shop review 2026-11-23: 2 services burn, 8 of 12 decided, 3 closed":                  attended.conclude(),
		"shop review 2026-11-23: 2 services burn, skipped, nobody decided anything, 2 closed": example(t).conclude(),
		"shop week to 2026-11-23: 2 services burn, 12 open, 2 closed":                         ofTheWeek(t, example(t)),
		"shop review 2026-11-23: no budget known, skipped, nobody decided anything, 0 closed": blind(t).conclude(),
	} {
		if got := d.Subject(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// ofTheWeek returns the digest of the week, before the review is opened.
func ofTheWeek(t *testing.T, g *gathering) review.Digest {
	t.Helper()
	g.m.Review.ID = 0
	d, err := review.Compose(g.m, nil, concludedAt, "")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// blind returns a meeting that knows of no budget.
func blind(t *testing.T) *gathering {
	t.Helper()
	g := gather(t)
	clear(g.world.SLOs)
	g.freeze()
	return g
}

func TestADigestOfTheWeekTellsOfNoReview(t *testing.T) {
	d := ofTheWeek(t, example(t))
	text := d.Markdown()
	if d.Review != nil || strings.Contains(text, "## Decided") || strings.Contains(text, "## Rolled over") {
		t.Errorf("a digest without a review tells of one:\n%s", text)
	}
	if !strings.Contains(text, "The week, without a review.") || !strings.Contains(text, "## Closed: 2") {
		t.Errorf("the week is not told:\n%s", text)
	}
}

func TestAnOpenReviewIsSaidNotToBeConcluded(t *testing.T) {
	g := example(t)
	g.decideAll()
	d, err := review.Compose(g.m, nil, concludedAt, "")
	if err != nil {
		t.Fatal(err)
	}
	if text := d.Markdown(); !strings.Contains(text, "Not concluded yet.** So far 8 of 12 items on the agenda decided") || strings.Contains(text, "Attended") {
		t.Errorf("got\n%s", text)
	}
}

func TestUnknownIsNotShownAsHealthy(t *testing.T) {
	text := blind(t).conclude().Markdown()
	for _, want := range []string{"Nobody knows", "checkout (no SLO is set)", "which is not healthy"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
	if strings.Contains(text, "Within budget") {
		t.Errorf("something is within budget:\n%s", text)
	}
}

func TestOldFiguresAreSaidToBeOld(t *testing.T) {
	for age, want := range map[time.Duration]bool{15 * time.Minute: false, 16 * time.Minute: true} {
		g := gather(t)
		g.world.Budgets.RefreshedAt = frozenAt.Add(-age)
		g.freeze()
		if got := strings.Contains(g.conclude().Markdown(), "The figures were "); got != want {
			t.Errorf("figures of %s: said to be old %t, want %t", age, got, want)
		}
	}
}

func TestOnlyTheLastDecisionThatStandsIsTold(t *testing.T) {
	g := example(t)
	g.decide(144, burnlist.Decision{Kind: burnlist.DecideCommit, Owner: "cleo@example.org", Due: november(30)})
	g.decide(144, burnlist.Decision{Kind: burnlist.DecideReassign, Owner: "dora@example.org"})
	g.decide(160, burnlist.Decision{Kind: burnlist.DecideReassign, Owner: "emil@example.org"})
	g.m.Decisions[2].UndoneAt = &concludedAt
	d := g.conclude()
	if len(d.Decided) != 1 || d.Decided[0].Count != 1 || d.Decided[0].Items[0].Owner != "dora@example.org" {
		t.Errorf("got %+v", d.Decided)
	}
	if d.Undecided != 11 {
		t.Errorf("got %d undecided, want the other 11 on the agenda", d.Undecided)
	}
}

func TestWhatIsUndecidedBeginsWithWhatBurns(t *testing.T) {
	g := example(t)
	// One more was added during the meeting, of a service that burns.
	g.item(199, "checkout", "Stop the retries", 20, nil)
	i := g.m.Items[199]
	g.world.Items.Put(199, &i)
	added, err := review.Added(prioritizer.Rank(g.world, frozenAt.Add(time.Minute)), 199)
	if err != nil {
		t.Fatal(err)
	}
	g.m.Agenda.Entries = append(g.m.Agenda.Entries, added)
	g.decide(142, burnlist.Decision{Kind: burnlist.DecideCarry})
	g.decide(151, burnlist.Decision{Kind: burnlist.DecideCarry})
	g.decide(152, burnlist.Decision{Kind: burnlist.DecideCarry})
	g.decide(153, burnlist.Decision{Kind: burnlist.DecideCarry})
	d := g.conclude()
	found := false
	for n, i := range d.FirstUndecided {
		found = found || i.ID == 199
		if wants := n < 4; i.Jump != wants {
			t.Errorf("the undecided item %d, %d, burns: %t", n+1, i.ID, i.Jump)
		}
	}
	if !found || len(d.FirstUndecided) != 5 || d.Undecided != 9 {
		t.Errorf("got %d undecided, first %+v", d.Undecided, d.FirstUndecided)
	}
}

func TestRolloversAreWarnedOfAsTheReviewLeftThem(t *testing.T) {
	g := gather(t)
	overdue := func(streak int) func(*burnlist.Item) {
		return func(i *burnlist.Item) {
			i.Facts.Promised, i.Facts.Streak, i.Facts.Total = november(11), streak, streak
		}
	}
	g.item(1, "catalog", "The second time", 1, overdue(1))
	g.item(2, "catalog", "The third time", 1, overdue(2))
	g.item(3, "catalog", "Done at last", 1, overdue(7))
	g.item(4, "catalog", "For tomorrow", 14, nil)
	g.freeze()
	g.decide(3, burnlist.Decision{Kind: burnlist.DecideDone})
	d := g.conclude()
	for _, c := range d.Warnings.Codes {
		if c.Code == "rolled_over" && (c.Count != 2 || c.Alarms != 1) {
			t.Errorf("got %+v, want two and one alarm of them", c)
		}
	}
	var ids []int64
	for _, r := range d.RolledOver {
		ids = append(ids, r.ID)
	}
	if diff := cmp.Diff([]int64{2, 1}, ids); diff != "" {
		t.Errorf("rolled over, the worst first (-want +got):\n%s", diff)
	}
	if text := d.Markdown(); !strings.Contains(text, "**rolled over**: The third time (item 2, catalog): rolled over 3 times") {
		t.Errorf("the alarm is not told:\n%s", text)
	}
}

func TestTheWarningsOfTheReviewItselfAreTold(t *testing.T) {
	if text := example(t).conclude().Markdown(); !strings.Contains(text, "was concluded without a decision") {
		t.Errorf("got\n%s", text)
	}
}

func TestWhatCameBackIsToldOnce(t *testing.T) {
	back := func(at time.Time) func(*burnlist.Item) {
		return func(i *burnlist.Item) {
			i.Return = &burnlist.Return{At: at, Cause: burnlist.SnoozeOver, From: lastWeek.AddDate(0, -1, 0)}
		}
	}
	g := gather(t)
	g.item(1, "mail", "Back before the last review", 1, back(lastWeek))
	g.item(2, "mail", "Back since", 1, back(lastWeek.Add(time.Millisecond)))
	g.item(3, "mail", "Back since, and decided of", 1, back(frozenAt))
	g.freeze()
	g.decide(3, burnlist.Decision{Kind: burnlist.DecideCarry})
	d := g.conclude()
	var ids []int64
	for _, r := range d.Returned.Items {
		ids = append(ids, r.ID)
	}
	if diff := cmp.Diff([]int64{2, 3}, ids); diff != "" || d.Returned.Count != 2 {
		t.Errorf("came back, %d (-want +got):\n%s", d.Returned.Count, diff)
	}
}

func TestAlignmentSaysWhatItMeans(t *testing.T) {
	tests := map[string]struct {
		jump, closed, aligned int
		before                bool
		want                  string
	}{
		"some of them":         {4, 3, 2, true, "Alignment 67 %: 2 of 3 items closed stood in tier 1 on the agenda of the last attended review"},
		"none of them":         {4, 3, 0, true, "Alignment 0 %"},
		"nothing was closed":   {4, 0, 0, true, "No alignment figure: nothing was closed"},
		"nothing stood there":  {0, 3, 0, true, "No alignment figure: nothing stood in tier 1"},
		"no review before":     {0, 3, 0, false, "No alignment figure: there was no attended review before"},
		"no review, no closed": {0, 0, 0, false, "No alignment figure: there was no attended review before"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := gather(t)
			g.freeze()
			if !test.before {
				g.m.Earlier = nil
			}
			g.m.Review.Tally = &burnlist.Tally{LastJump: test.jump, Closed: test.closed, Aligned: test.aligned}
			d, err := review.Compose(g.m, nil, concludedAt, "")
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(d.AlignmentText, test.want) || !strings.Contains(d.Markdown(), "- "+d.AlignmentText) {
				t.Errorf("got %q, want %q", d.AlignmentText, test.want)
			}
			if _, known := d.Alignment.Get(); known != strings.HasPrefix(test.want, "Alignment") {
				t.Errorf("the figure is %s", d.Alignment)
			}
		})
	}
}

func TestTheNextSlotIsOneThatIsToCome(t *testing.T) {
	next := november(30)
	tests := map[string]struct {
		earlier burnlist.Review
		now     time.Time
		want    burnlist.Date
	}{
		"a week later":             {burnlist.Review{}, concludedAt, next},
		"on the slot itself":       {burnlist.Review{}, frozenAt, next},
		"before the slot today":    {burnlist.Review{}, frozenAt.Add(-time.Minute), november(23)},
		"it is cancelled":          {burnlist.Review{ID: 13, State: burnlist.ReviewCancelled, Slot: next}, concludedAt, next + 7},
		"people meet just before":  {burnlist.Review{ID: 13, State: burnlist.ReviewOpen, FrozenAt: &frozenAt, OpenedAt: new(frozenAt.Add(5 * burnlist.Day))}, frozenAt.Add(6 * burnlist.Day), next + 7},
		"people met half way back": {burnlist.Review{ID: 13, State: burnlist.ReviewAttended, FrozenAt: &frozenAt, OpenedAt: new(frozenAt.Add(3 * burnlist.Day))}, frozenAt.Add(6 * burnlist.Day), next},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := gather(t)
			g.freeze()
			g.m.Review.ID, g.m.Review.Slot = 0, 0
			g.m.Earlier = append([]burnlist.Review{test.earlier}, g.m.Earlier...)
			d, err := review.Compose(g.m, nil, test.now, "")
			if err != nil {
				t.Fatal(err)
			}
			if d.Next != test.want {
				t.Errorf("got %s, want %s", d.Next, test.want)
			}
		})
	}
}

func TestARetiredProductHasNoNextSlot(t *testing.T) {
	g := gather(t)
	g.m.Product.RetiredAt = &lastWeek
	g.freeze()
	if d := g.conclude(); !d.Next.IsZero() || strings.Contains(d.Markdown(), "Next review") {
		t.Errorf("got %s", d.Next)
	}
}

func TestADigestSaysTheSameOnceItWasStored(t *testing.T) {
	g := example(t)
	g.decideAll()
	g.m.Review.State, g.m.Review.Tally = burnlist.ReviewAttended, &burnlist.Tally{Decided: 8, Rollovers: 1}
	before, err := review.Compose(g.m, []int64{142}, concludedAt, "https://burnlist.example.org")
	if err != nil {
		t.Fatal(err)
	}
	stored, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	var after review.Digest
	if err := json.Unmarshal(stored, &after); err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string]func(review.Digest) string{
		"subject": review.Digest.Subject, "Markdown": review.Digest.Markdown, "HTML": review.Digest.HTML, "Slack": review.Digest.Slack,
	} {
		if diff := cmp.Diff(form(before), form(after)); diff != "" {
			t.Errorf("%s (-before +after):\n%s", name, diff)
		}
	}
	if strings.Contains(string(stored), ":null,\"items\"") || strings.Contains(string(stored), "NaN") {
		t.Errorf("a list is null: %s", stored)
	}
}

func TestAnAgendaThatCannotBeReadIsAnError(t *testing.T) {
	g := example(t)
	g.m.Agenda.Entries[3].Shown = json.RawMessage(`{"warnings": 7}`)
	_, err := review.Compose(g.m, nil, concludedAt, "")
	if want := fmt.Sprintf("item %d", g.m.Agenda.Entries[3].Item); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an error that names %s", err, want)
	}
}
