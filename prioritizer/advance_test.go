package prioritizer_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// TestAdvancingEqualsRankingAnew applies changes of every kind, lets time pass,
// and compares all that a queue says.
func TestAdvancingEqualsRankingAnew(t *testing.T) {
	advanced := 0
	rapid.Check(t, func(t *rapid.T) {
		at := now
		q := prioritizer.Rank(drawWorld(t), at)
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "time passes") {
				at = at.Add(time.Duration(rapid.IntRange(1, 3*24*60).Draw(t, "minutes")) * time.Minute)
			}
			w := q.World.Clone()
			var batch []burnlist.Change
			for range rapid.IntRange(0, 3).Draw(t, "changes") {
				c := drawAnyChange(t, w, at)
				w.Apply(c)
				batch = append(batch, c)
			}
			next := q.Advance(w, batch, at)
			if diff := cmp.Diff(render(prioritizer.Rank(w, at)), render(next)); diff != "" {
				t.Fatalf("after %d changes (-ranked anew +advanced):\n%s", len(batch), diff)
			}
			for r := range next.All() {
				if was := q.Entry(r.Item.ID); was == r {
					advanced++
					if diff := cmp.Diff(q.Explain(was), next.Explain(r)); diff != "" {
						t.Fatalf("the same entry says something else:\n%s", diff)
					}
				}
			}
			q = next
		}
	})
	if advanced == 0 {
		t.Error("no entry was ever shared")
	}
}

// drawAnyChange draws a change of whatever a world has, and not only what the
// store would let happen.
func drawAnyChange(t *rapid.T, w *burnlist.World, at time.Time) burnlist.Change {
	revision := w.Revision + 1
	c := burnlist.Change{Revision: revision, At: at}
	service := func() *burnlist.Service {
		names := []string{"service-0", "service-1", "service-2", "service-new"}
		s := burnlist.Service{
			Name: rapid.SampledFrom(names).Draw(t, "service"), Product: fmt.Sprintf("product-%d", rapid.IntRange(0, 3).Draw(t, "product")),
			Team: burnlist.NullString(rapid.SampledFrom([]string{"", "payments", "ana"}).Draw(t, "team")), CreatedAt: at.Add(-burnlist.Day), Version: revision,
		}
		if rapid.IntRange(0, 4).Draw(t, "retired") == 0 {
			s.RetiredAt = &at
		}
		return &s
	}
	switch rapid.IntRange(0, 7).Draw(t, "kind of change") {
	case 0:
		c.After.Services = []*burnlist.Service{service()}
	case 1:
		p := burnlist.Product{
			Name: fmt.Sprintf("product-%d", rapid.IntRange(0, 3).Draw(t, "product")), Version: revision, CreatedAt: at,
			Zone: rapid.SampledFrom([]string{"UTC", "Pacific/Kiritimati", "America/Los_Angeles"}).Draw(t, "zone"),
		}
		if rapid.Bool().Draw(t, "retired") {
			p.RetiredAt = &at
		}
		c.After.Products = []*burnlist.Product{&p}
	case 2:
		r := drawReview(t, w, revision+1000)
		c.After.Reviews = []*burnlist.Review{r}
		c.After.Standings = []*burnlist.Standing{{Service: "service-0", State: burnlist.Burning, Since: at, Jump: &at}}
	case 3, 4:
		return drawChange(t, w, revision)
	default:
		scratch := clone(w)
		for range rapid.IntRange(1, 3).Draw(t, "items") {
			id := rapid.Int64Range(1, 20).Draw(t, "item")
			item := *drawItem(t, scratch, id)
			item.Status = rapid.SampledFrom([]burnlist.Status{burnlist.Open, burnlist.Open, burnlist.Done, burnlist.Deprioritised}).Draw(t, "status")
			if rapid.IntRange(0, 9).Draw(t, "astray") == 0 {
				item.Service = "service-new"
			}
			c.After.Items = append(c.After.Items, &item)
		}
	}
	return c
}

// TestAdvancingThousandsKeepsTheOrder moves entries across many chunks: few and
// many at a time, to the ends and into the middle, until hardly any are left.
func TestAdvancingThousandsKeepsTheOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	q := prioritizer.Rank(crowd(5_000), now)
	for step := range 40 {
		w := q.World.Clone()
		c := burnlist.Change{Revision: w.Revision + 1}
		touched := []int{1, 3, 40, 900}[step%4]
		for range touched {
			id := rnd.Int64N(7_000) + 1
			item := burnlist.Item{ID: id, Status: burnlist.Open, CreatedAt: now}
			if was := w.Items.Get(id); was != nil {
				item = *was
			}
			item.Service = fmt.Sprintf("service-%d", rnd.IntN(50))
			item.Owner = burnlist.NullString(fmt.Sprintf("person-%d@example.org", rnd.IntN(300)))
			item.Facts.Streak = rnd.IntN(6)
			item.Priority = burnlist.Priorities[rnd.IntN(5)]
			item.Ticket = burnlist.NullString([]string{"", "T-1"}[rnd.IntN(2)])
			if rnd.IntN(60) < step {
				item.Status = burnlist.Done
			}
			c.After.Items = append(c.After.Items, &item)
		}
		w.Apply(c)
		q = q.Advance(w, []burnlist.Change{c}, now)
		fresh := prioritizer.Rank(w, now)
		if diff := cmp.Diff(idsOf(fresh), idsOf(q)); diff != "" {
			t.Fatalf("step %d, %d items (-ranked anew +advanced):\n%s", step, touched, diff)
		}
		if diff := cmp.Diff(fresh.Totals(), q.Totals()); diff != "" {
			t.Fatalf("step %d (-ranked anew +advanced):\n%s", step, diff)
		}
		for _, f := range []prioritizer.Filter{
			{Product: "product-3", Warning: prioritizer.NoTicket},
			{Owner: "person-7@example.org"},
			{Team: "team-4", Tier: prioritizer.Jump},
			{Service: "service-9", PerService: 3},
			{Warning: prioritizer.RolledOver},
			{Tier: prioritizer.WithinBudget, Warning: prioritizer.Overdue},
		} {
			holds(t, fresh, q, f, 1+rnd.IntN(200))
		}
	}
}

// holds compares a selection and its pages with what a look at every entry
// finds.
func holds(t interface{ Fatalf(string, ...any) }, fresh, q *prioritizer.Queue, f prioritizer.Filter, limit int) {
	var want []int64
	taken := map[string]int{}
	for r := range fresh.All() {
		s := fresh.World.Services[r.Item.Service]
		team := ""
		if s != nil {
			team = string(s.Team)
		}
		if (f.Tier == 0 || f.Tier == r.Tier) && (f.Warning == 0 || r.Warnings.Has(f.Warning)) && (f.Product == "" || f.Product == r.Product()) &&
			(f.Service == "" || f.Service == r.Item.Service) && (f.Owner == "" || f.Owner == string(r.Item.Owner)) && (f.Team == "" || f.Team == team) &&
			(f.PerService == 0 || taken[r.Item.Service] < f.PerService) {
			want = append(want, r.Item.ID)
			taken[r.Item.Service]++
		}
	}
	selected := q.Select(f)
	if selected.Len() != len(want) {
		t.Fatalf("%+v: %d entries, want %d", f, selected.Len(), len(want))
	}
	var got, paged []int64
	for r := range selected.All() {
		got = append(got, r.Item.ID)
	}
	var after *prioritizer.Key
	for {
		page, before := selected.Page(after, limit)
		if before != len(paged) {
			t.Fatalf("%+v: %d entries come before a page, want %d", f, before, len(paged))
		}
		if len(page) == 0 {
			break
		}
		for i, rank := range q.Ranks(page) {
			if want := q.Rank(page[i]); rank != want {
				t.Fatalf("%+v: item %d has rank %d among others, and %d by itself", f, page[i].Item.ID, rank, want)
			}
			paged = append(paged, page[i].Item.ID)
		}
		after = new(page[len(page)-1].Key())
	}
	if !slices.Equal(got, want) || !slices.Equal(paged, want) {
		t.Fatalf("%+v, by %d: the selection has %v, its pages %v, want %v", f, limit, got, paged, want)
	}
}

func TestSelectionsAreWhatALookAtEveryEntryFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := prioritizer.Rank(drawWorld(t), now)
		some := func(of ...string) string { return rapid.SampledFrom(append(of, "")).Draw(t, "name") }
		holds(t, q, q, prioritizer.Filter{
			Product: some("product-0", "product-1"), Service: some("service-0", "service-1"), Team: some("payments", "search"),
			Owner:      some("ana@example.org", "payments"),
			Tier:       rapid.SampledFrom([]prioritizer.Tier{0, 0, prioritizer.Jump, prioritizer.Watch, prioritizer.UnknownTier, prioritizer.WithinBudget}).Draw(t, "tier"),
			Warning:    rapid.SampledFrom([]prioritizer.Code{0, 0, prioritizer.Overdue, prioritizer.NoOwner, prioritizer.NoTicket, prioritizer.NoSLO}).Draw(t, "warning"),
			PerService: rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "per service"),
		}, rapid.IntRange(1, 5).Draw(t, "limit"))
	})
}

// TestAsOfReadsTheDatesOfOneProductAtAnotherMoment holds the queue as of a moment
// against a world ranked then, in which nothing is measured: what is measured
// is judged as of now.
func TestAsOfReadsTheDatesOfOneProductAtAnotherMoment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.Budgets.Figures = map[string]*burnlist.Figures{}
		at := now.Add(time.Duration(rapid.IntRange(-90*24, 90*24).Draw(t, "hours")) * time.Hour)
		then, want := prioritizer.Rank(w, now).AsOf("product-0", at), prioritizer.Rank(w, at)
		var got, wanted []prioritizer.Entry
		for r := range then.All() {
			got = append(got, then.Show(r, 1))
		}
		for r := range want.Select(prioritizer.Filter{Product: "product-0"}).All() {
			wanted = append(wanted, want.Show(r, 1))
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Fatalf("as of %s (-ranked then +read at it):\n%s", at, diff)
		}
	})
}

func TestAsOfKeepsTheBudgetsOfNow(t *testing.T) {
	w := contract()
	q := prioritizer.Rank(w, now)
	then := q.AsOf("shop", now.Add(60*burnlist.Day))
	if then.Len() == 0 {
		t.Fatal("no entries")
	}
	for r := range then.All() {
		was := q.Entry(r.Item.ID)
		if r.Tier != was.Tier {
			t.Errorf("item %d moved from tier %s to %s", r.Item.ID, was.Tier, r.Tier)
		}
		if due := r.Item.Due; !due.IsZero() && !r.Warnings.Has(prioritizer.Overdue) {
			t.Errorf("item %d, due %s, is not overdue two months on", r.Item.ID, due)
		}
	}
}
