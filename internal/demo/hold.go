package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/review"
	"github.com/burnlist/burnlist/store"
)

// slotsAt returns the slots of a product that the demo tells of, by how many
// weeks they lie before the latest one.
func slotsAt(p burnlist.Product, now time.Time) (all [weeks + 1]time.Time) {
	for n, date := range slotDates(p, now) {
		all[n] = p.Slot.On(date, p.Location())
	}
	return all
}

func slotDates(p burnlist.Product, now time.Time) (all [weeks + 1]burnlist.Date) {
	for n := range all {
		all[n] = p.SlotBefore(now) - burnlist.Date(7*n)
	}
	return all
}

// downtime returns when burnlist was down: over two slots of logistics, so that
// one of them passed without a review.
func downtime(w World, now time.Time) (from, to time.Time) {
	for _, p := range w.Products {
		if p.Name == "logistics" {
			slots := slotsAt(p, now)
			return slots[weeks].Add(-time.Hour), slots[weeks-1].Add(2 * time.Hour)
		}
	}
	return from, to
}

// hold notes the reviews of all products: what burnlist does at the slots, and
// what people do in the meetings. In the last days it looks once a day, too.
func (f *filling) hold(w World) {
	for _, p := range w.Products {
		meetings := map[int]Meeting{}
		for _, m := range w.Meetings {
			if m.Product == p.Name {
				meetings[m.Weeks] = m
			}
		}
		for n, at := range slotsAt(p, f.now) {
			f.meet(p, slot{p.Name, slotDates(p, f.now)[n]}, at, meetings[n])
		}
	}
	for n := range 8 {
		f.at(f.now.Add(-time.Duration(n+1)*burnlist.Day), "daily look", func(ctx context.Context, at time.Time) error {
			_, err := f.look(ctx, at, "")
			return err
		})
	}
}

// How a meeting goes by.
const (
	perChoice = 6 * time.Minute
	length    = 50 * time.Minute
)

// meet notes one slot and its meeting.
func (f *filling) meet(p burnlist.Product, of slot, at time.Time, m Meeting) {
	what := fmt.Sprintf("review of %s on %s", of.product, of.date)
	if m.Cancelled != "" {
		f.at(at.Add(-26*time.Hour), what, func(ctx context.Context, at time.Time) error {
			by := burnlist.Author{Actor: setup, At: at}
			_, _, err := f.store.RecordSlots(ctx, by, p.Name, func(p burnlist.Product, known []burnlist.Review) ([]burnlist.Review, error) {
				r, err := review.Cancel(p, known, of.date, m.Cancelled, by)
				return []burnlist.Review{r}, err
			})
			return err
		})
	}
	begin := at
	if m.Ahead > 0 {
		begin = at.Add(-m.Ahead)
		f.at(begin, what, func(ctx context.Context, at time.Time) error {
			return f.open(ctx, burnlist.Author{Actor: m.Chair, At: at}, of, false)
		})
	}
	if begin.After(f.down[0]) && begin.Before(f.down[1]) {
		begin = f.down[1]
	}
	for _, c := range m.Choices {
		if c.Alone {
			f.at(begin.Add(-time.Hour), what, func(ctx context.Context, at time.Time) error {
				return f.decide(ctx, 0, c.Item, burnlist.Author{Actor: c.By, At: at}, c.at(p.Today(at), f.ids))
			})
		}
	}
	f.at(at, what, func(ctx context.Context, at time.Time) error { return f.keep(ctx, p.Name, at) })
	made := 0
	for _, c := range m.Choices {
		if c.Alone {
			continue
		}
		made++
		f.at(begin.Add(time.Duration(made)*perChoice), what, func(ctx context.Context, at time.Time) error {
			id, err := f.held(of)
			if err != nil {
				return err
			}
			return f.decide(ctx, id, c.Item, burnlist.Author{Actor: c.By, At: at}, c.at(p.Today(at), f.ids))
		})
	}
	if m.Chair != "" {
		f.at(begin.Add(length), what, func(ctx context.Context, at time.Time) error {
			id, err := f.held(of)
			if err != nil {
				return err
			}
			return f.conclude(ctx, burnlist.Author{Actor: m.Chair, At: at}, id)
		})
	}
}

// look does what burnlist does each time it has measured: it stores the
// budgets, notes in which states services are, and brings items back. Those of
// a product of which an agenda is about to be frozen need not wait. It returns
// the queue as it is then, which is good until the next write.
func (f *filling) look(ctx context.Context, at time.Time, freezing string) (*prioritizer.Queue, error) {
	by := burnlist.System(at)
	w, err := f.seen(ctx)
	if err != nil {
		return nil, err
	}
	b := f.past.budgets(w, at)
	if w.Revision, err = f.store.Ledgers(store.Lease{}).PutBudgets(ctx, by, b); err != nil {
		return nil, err
	}
	w.Budgets = b
	found := map[string]burnlist.State{}
	for _, s := range prioritizer.Rank(w, at).Budgets() {
		if known := w.Standings[s.Service]; known == nil || known.State != s.State {
			found[s.Service] = s.State
		}
	}
	if len(found) > 0 {
		if _, err := f.store.Observe(ctx, by, w.Revision, found); err != nil {
			return nil, err
		}
		if w, err = f.seen(ctx); err != nil {
			return nil, err
		}
	}
	cause := func(i burnlist.Item, p burnlist.Product, s *burnlist.Standing) burnlist.ReturnCause {
		return i.ReturnsAt(at, p.Today(at), s, p.Name == freezing)
	}
	var due []int64
	for id, i := range w.Items.All() {
		v := w.Services[i.Service]
		if cause(*i, *w.Products[v.Product], w.Standings[v.Name]) != "" {
			due = append(due, id)
		}
	}
	if len(due) > 0 {
		_, err := f.store.ReturnItems(ctx, by, due, func(i burnlist.Item, p burnlist.Product, s *burnlist.Standing) (burnlist.Item, bool) {
			why := cause(i, p, s)
			return i.Returned(why, by), why != ""
		})
		if err != nil {
			return nil, err
		}
		if w, err = f.seen(ctx); err != nil {
			return nil, err
		}
	}
	return prioritizer.Rank(w, at), nil
}

// seen returns the world as it is stored. It is read once, and follows the
// change log from then on.
func (f *filling) seen(ctx context.Context) (w *burnlist.World, err error) {
	if f.world == nil {
		f.world, err = f.store.World(ctx)
		return f.world, err
	}
	for {
		const most = 500
		changes, err := f.store.Changes(ctx, f.world.Revision, most)
		if err != nil {
			return nil, err
		}
		for _, c := range changes {
			f.world.Apply(c)
		}
		if len(changes) < most {
			return f.world, nil
		}
	}
}

// keep does what burnlist does at a slot of a product: it notes what passed,
// concludes what was left open, and opens the review of the slot.
func (f *filling) keep(ctx context.Context, product string, at time.Time) error {
	by := burnlist.System(at)
	var plan review.Plan
	_, _, err := f.store.RecordSlots(ctx, by, product, func(p burnlist.Product, known []burnlist.Review) ([]burnlist.Review, error) {
		plan = review.Due(p, known, at)
		return plan.Record(p, known), nil
	})
	if err != nil || plan.Slot.IsZero() || plan.Adopt != 0 {
		return err
	}
	if plan.Conclude != 0 {
		if err := f.conclude(ctx, by, plan.Conclude); err != nil {
			return err
		}
	}
	return f.open(ctx, by, slot{product, plan.Slot}, true)
}

// held returns the review of a slot.
func (f *filling) held(of slot) (int64, error) {
	id, ok := f.reviews[of]
	if !ok {
		return 0, fmt.Errorf("there is no review of %s on %s", of.product, of.date)
	}
	return id, nil
}

// open opens the review of a slot; if people do it, they do it beside the slots.
func (f *filling) open(ctx context.Context, by burnlist.Author, of slot, slotted bool) error {
	q, err := f.look(ctx, by.At, of.product)
	if err != nil {
		return err
	}
	r, _, err := f.store.OpenReview(ctx, by, of.product, func(p burnlist.Product, _ []burnlist.Review) (burnlist.Review, burnlist.Agenda, error) {
		r := burnlist.Review{
			Product: p.Name, State: burnlist.ReviewOpen, OpenedAt: &by.At, OpenedBy: burnlist.NullString(by.Actor),
		}
		if slotted {
			r.Slot = of.date
		}
		return review.Freeze(q, r, p)
	})
	f.reviews[of] = r.ID
	return err
}

func (f *filling) conclude(ctx context.Context, by burnlist.Author, id int64) error {
	_, _, err := f.store.Conclude(ctx, by, id, func(m burnlist.Meeting) (burnlist.Conclusion, error) {
		return review.Conclude(m, by, nil, "")
	})
	return err
}
