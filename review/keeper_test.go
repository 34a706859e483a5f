package review_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/pgtest"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/review"
	"github.com/burnlist/burnlist/store"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// eachURL runs test over a new database of each kind.
func eachURL(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite:"+filepath.Join(t.TempDir(), "burnlist.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, pgtest.Database(t)) })
}

// office is one process of burnlist, without its server: a store, a board that
// follows it, a keeper. Its clock is the test's.
type office struct {
	t      *testing.T
	store  *store.Store
	board  *prioritizer.Board
	keeper *review.Keeper
}

func newOffice(t *testing.T, s *store.Store, now func() time.Time, recipients ...review.Recipient) *office {
	t.Helper()
	o := &office{t: t, store: s, board: prioritizer.NewBoard(now)}
	w, err := s.World(t.Context())
	o.must(err)
	o.board.Load(w)
	o.keeper = review.NewKeeper(s, o.board, recipients, "", slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var following sync.WaitGroup
	following.Go(func() {
		if err := s.Tail(ctx, w.Revision, 10*time.Millisecond, func(changes []burnlist.Change) error {
			o.board.Apply(changes)
			return nil
		}); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); following.Wait() })
	return o
}

func openStore(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// settle waits until the board has everything that is stored.
func (o *office) settle() {
	o.t.Helper()
	revision, err := o.store.Revision(o.t.Context())
	o.must(err)
	o.must(o.board.Wait(o.t.Context(), revision))
}

func (o *office) tick(now time.Time) {
	o.t.Helper()
	o.settle()
	o.keeper.Tick(o.t.Context(), now)
	o.settle()
}

func ana(at time.Time) burnlist.Author { return burnlist.Author{Actor: "ana@example.org", At: at} }

// shop stores a product that meets on Mondays at 10:00 in Berlin, with one
// service and an SLO.
func (o *office) shop(at time.Time) {
	o.t.Helper()
	ctx := o.t.Context()
	_, _, err := o.store.CreateProduct(ctx, ana(at), burnlist.Product{Name: "shop", Zone: "Europe/Berlin", Slot: burnlist.DefaultSlot})
	o.must(err)
	_, _, err = o.store.CreateService(ctx, ana(at), burnlist.Service{Name: "checkout", Product: "shop"})
	o.must(err)
	_, _, err = o.store.CreateSLO(ctx, ana(at), burnlist.SLO{
		Name: "checkout-availability", Service: "checkout", Source: "default", Objective: 0.999,
		Window: burnlist.DefaultWindow, Slice: burnlist.DefaultSlice,
		Indicator: burnlist.Indicator{Events: &burnlist.Events{Total: "requests_total", Bad: "errors_total"}},
	})
	o.must(err)
}

// measure stores figures as if the SLO had consumed and would have consumed so
// much of its budget.
func (o *office) measure(at time.Time, consumed, forecast float64) {
	o.t.Helper()
	ctx := o.t.Context()
	slo, err := o.store.SLO(ctx, "checkout-availability")
	o.must(err)
	_, err = o.store.Ledgers(store.Lease{}).PutBudgets(ctx, burnlist.System(at), burnlist.Budgets{RefreshedAt: at, Figures: map[string]*burnlist.Figures{slo.Name: {
		SLO: slo.Name, Ledger: slo.Ledger, Objective: slo.Objective, Window: slo.Window, At: at, KnownUntil: &at, Coverage: 1,
		FirstData: new(at.Add(-60 * burnlist.Day)), BadWindow: 1000, TotalWindow: 1e6, Bad7d: 1000,
		Consumed: burnlist.Known(consumed), Forecast: burnlist.Known(forecast), Pace: burnlist.Known(1), OneEvent: burnlist.Known(0.001),
	}}})
	o.must(err)
}

func (o *office) item(at time.Time, f burnlist.ItemFields) burnlist.Item {
	o.t.Helper()
	f.Service = "checkout"
	i, _, err := o.store.CreateItem(o.t.Context(), ana(at), "checkout", func(_ burnlist.Service, p burnlist.Product) (burnlist.Item, error) {
		return burnlist.Item{}.With(f, ana(at), p)
	})
	o.must(err)
	return i
}

func (o *office) decide(at time.Time, in, item int64, d burnlist.Decision) {
	o.t.Helper()
	_, _, _, err := o.store.DecideItem(o.t.Context(), ana(at), in, item, d, func(c burnlist.Case) (burnlist.Decided, error) {
		return c.Decide(d, ana(at))
	})
	o.must(err)
}

func (o *office) reviews() []burnlist.Review {
	o.t.Helper()
	all, err := o.store.Reviews(o.t.Context(), store.ReviewFilter{Product: "shop"})
	o.must(err)
	slices.Reverse(all)
	return all
}

// told writes reviews as "2026-11-23 attended", the oldest first.
func told(all []burnlist.Review) []string {
	lines := []string{}
	for _, r := range all {
		lines = append(lines, fmt.Sprintf("%s %s", r.Slot, r.State))
	}
	return lines
}

var (
	// thursday is when the product of the tests is made; its first slot is on
	// monday, at 10:00 in Berlin.
	thursday = time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)
	monday   = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
)

const week = 7 * 24 * time.Hour

func TestASlotOpensConcludesAndPassesOver(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		o := newOffice(t, openStore(t, url), func() time.Time { return monday })
		o.shop(thursday)
		i := o.item(thursday, burnlist.ItemFields{Title: "Bound the queue"})
		o.tick(monday.Add(-time.Minute))
		if got := o.reviews(); len(got) != 0 {
			t.Fatalf("before the slot: %v", told(got))
		}
		o.tick(monday)
		first := o.reviews()[0]
		o.decide(monday.Add(time.Hour), first.ID, i.ID, burnlist.Decision{Kind: burnlist.DecideCarry})
		for _, at := range []time.Duration{time.Minute, week - time.Minute, week, week + time.Hour, 4*week + 25*time.Hour} {
			o.tick(monday.Add(at))
		}
		want := []string{"2026-11-23 attended", "2026-11-30 skipped", "2026-12-07 skipped", "2026-12-14 skipped", "2026-12-21 open"}
		if got := told(o.reviews()); !slices.Equal(got, want) {
			t.Errorf("the reviews are %q, want %q", got, want)
		}
		all := o.reviews()
		if all[1].ConcludedAt == nil || !all[1].ConcludedAt.Equal(monday.Add(4*week+25*time.Hour)) || all[2].FrozenAt != nil {
			t.Errorf("the review that was left open: %+v; the slot that nobody saw: %+v", all[1], all[2])
		}
		if got, _ := o.store.Item(t.Context(), i.ID); got.Facts.PreviousRank != 1 {
			t.Errorf("previous rank %d, want 1", got.Facts.PreviousRank)
		}
	})
}

func TestTwoKeepersDoEverythingOnce(t *testing.T) {
	url := pgtest.Database(t)
	now := func() time.Time { return monday }
	offices := make([]*office, 4)
	for i := range offices {
		offices[i] = newOffice(t, openStore(t, url), now)
		if i == 0 {
			offices[0].shop(thursday)
			offices[0].item(thursday, burnlist.ItemFields{Title: "Bound the queue"})
		}
	}
	away := offices[0].item(thursday, burnlist.ItemFields{Title: "Rewrite the cart"})
	offices[0].decide(thursday, 0, away.ID, burnlist.Decision{Kind: burnlist.DecideDeprioritise, Reason: "later", Revisit: burnlist.NewDate(2026, 12, 18)})
	for n := range 8 {
		var ticking sync.WaitGroup
		for _, o := range offices {
			o.settle()
		}
		for _, o := range offices {
			ticking.Go(func() { o.keeper.Tick(t.Context(), monday.Add(time.Duration(n)*4*24*time.Hour)) })
		}
		ticking.Wait()
	}
	want := []string{"2026-11-23 skipped", "2026-11-30 skipped", "2026-12-07 skipped", "2026-12-14 skipped", "2026-12-21 open"}
	if got := told(offices[0].reviews()); !slices.Equal(got, want) {
		t.Errorf("the reviews are %q, want %q", got, want)
	}
	changes, err := offices[0].store.ItemChanges(t.Context(), away.ID)
	if err != nil {
		t.Fatal(err)
	}
	back := 0
	for _, c := range changes {
		if c.Kind == burnlist.ItemsReturned {
			back++
		}
	}
	if back != 1 {
		t.Errorf("the item came back %d times, want once", back)
	}
}

func TestAReviewThatPeopleOpenedIsAdopted(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		o := newOffice(t, openStore(t, url), func() time.Time { return monday })
		o.shop(thursday)
		o.item(thursday, burnlist.ItemFields{Title: "Bound the queue"})
		friday := monday.Add(-70 * time.Hour)
		o.settle()
		opened, _, err := o.keeper.Open(t.Context(), ana(friday), "shop")
		o.must(err)
		if _, _, err := o.keeper.Open(t.Context(), ana(friday), "shop"); burnlist.CodeOf(err) != burnlist.Conflict {
			t.Errorf("a second open review: %v, want a conflict", err)
		}
		o.decide(friday, opened.ID, 1, burnlist.Decision{Kind: burnlist.DecideCarry})
		_, _, err = o.keeper.Conclude(t.Context(), ana(friday.Add(time.Hour)), opened.ID)
		o.must(err)
		o.tick(monday)
		o.tick(monday.Add(time.Minute))
		if got, want := told(o.reviews()), []string{"2026-11-23 attended"}; !slices.Equal(got, want) {
			t.Errorf("the reviews are %q, want %q", got, want)
		}
	})
}

func TestItemsComeBack(t *testing.T) {
	dropped := burnlist.Decision{Kind: burnlist.DecideDeprioritise, Reason: "other things first", Revisit: burnlist.NewDate(2027, 1, 15)}
	snoozed := burnlist.Decision{Kind: burnlist.DecideSnooze, Reason: "waits for the vendor", Until: burnlist.NewDate(2026, 12, 10)}
	eachURL(t, func(t *testing.T, url string) {
		o := newOffice(t, openStore(t, url), func() time.Time { return monday })
		tuesday := thursday.Add(-48 * time.Hour) // no slot comes within the test
		o.shop(tuesday)
		o.measure(tuesday, 1.2, 1.3)
		o.tick(tuesday)
		early := o.item(tuesday, burnlist.ItemFields{Title: "Put away while the service burned"})
		o.decide(tuesday.Add(time.Minute), 0, early.ID, dropped)

		// It recovers, items are put away, and it burns again.
		thursday := tuesday.Add(48 * time.Hour)
		o.tick(thursday.Add(-time.Minute))
		if i, _ := o.store.Item(t.Context(), early.ID); i.Status != burnlist.Deprioritised {
			t.Error("an item came back though its service burned already when it was put away")
		}
		o.measure(thursday, 0.1, 0.2)
		o.tick(thursday)
		put := map[string]burnlist.Item{}
		for name, d := range map[string]burnlist.Decision{"dropped": dropped, "snoozed": snoozed} {
			put[name] = o.item(thursday, burnlist.ItemFields{Title: name})
			o.decide(thursday.Add(time.Minute), 0, put[name].ID, d)
		}
		friday := thursday.Add(24 * time.Hour)
		o.measure(friday, 0.6, 1.1)
		o.tick(friday)

		away := func(id int64) bool {
			i, err := o.store.Item(t.Context(), id)
			o.must(err)
			return i.Status == burnlist.Deprioritised || i.Snooze != nil
		}
		o.tick(friday.Add(24*time.Hour - time.Minute))
		if !away(put["dropped"].ID) || !away(put["snoozed"].ID) {
			t.Error("an item came back before its service had burned for a day")
		}
		o.measure(friday.Add(24*time.Hour), 1.1, 1.3)
		o.tick(friday.Add(24 * time.Hour))
		for name, i := range put {
			got, err := o.store.Item(t.Context(), i.ID)
			o.must(err)
			if away(i.ID) || got.Return == nil || got.Return.Cause != burnlist.ServiceBurns {
				t.Errorf("the %s item a day after: %+v", name, got)
			}
		}
		if away(early.ID) {
			t.Error("an item is still away whose service has recovered and entered tier 1 again since")
		}
	})
}

func TestAnAgendaDoesNotWaitForADay(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		o := newOffice(t, openStore(t, url), func() time.Time { return monday })
		o.shop(thursday)
		o.measure(thursday, 0.1, 0.2)
		o.tick(thursday)
		i := o.item(thursday, burnlist.ItemFields{Title: "Rewrite the cart"})
		o.decide(thursday.Add(time.Minute), 0, i.ID, burnlist.Decision{Kind: burnlist.DecideDeprioritise, Reason: "other things first"})
		o.measure(monday.Add(-time.Hour), 1.1, 1.3)
		o.tick(monday.Add(-time.Hour))
		if got, _ := o.store.Item(t.Context(), i.ID); got.Status != burnlist.Deprioritised {
			t.Fatalf("an hour after its service began to burn the item is %s", got.Status)
		}
		o.tick(monday)
		r := o.reviews()[0]
		agenda, err := o.store.Agenda(t.Context(), r.ID)
		o.must(err)
		if len(agenda.Entries) != 1 || agenda.Entries[0].Item != i.ID || r.Jump != 1 {
			t.Errorf("the agenda has %d entries, %d in tier 1; want the item that came back", len(agenda.Entries), r.Jump)
		}
		// The service recovers; the return stands.
		o.measure(monday.Add(time.Hour), 0.1, 0.2)
		o.tick(monday.Add(time.Hour))
		if got, _ := o.store.Item(t.Context(), i.ID); got.Status != burnlist.Open {
			t.Errorf("after its service recovered the item is %s, want open", got.Status)
		}
	})
}

func TestDatesBringItemsBackOnce(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		o := newOffice(t, openStore(t, url), func() time.Time { return monday })
		o.shop(thursday)
		i := o.item(thursday, burnlist.ItemFields{Title: "Rewrite the cart"})
		o.decide(thursday, 0, i.ID, burnlist.Decision{Kind: burnlist.DecideSnooze, Reason: "not yet", Until: burnlist.NewDate(2026, 11, 21)})
		midnight := time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC) // in Berlin
		o.tick(midnight.Add(-time.Millisecond))
		if got, _ := o.store.Item(t.Context(), i.ID); got.Snooze == nil {
			t.Error("the snooze was over a moment too early")
		}
		o.tick(midnight)
		o.tick(midnight.Add(time.Hour))
		got, err := o.store.Item(t.Context(), i.ID)
		o.must(err)
		if got.Snooze != nil || got.Return == nil || got.Return.Cause != burnlist.SnoozeOver || got.Version != 3 {
			t.Errorf("after the snooze: %+v", got)
		}
	})
}

func TestDigestsAreSentToThoseWhoWantThem(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		s := openStore(t, url)
		recipients := []review.Recipient{
			{Target: "channel"},
			{Target: "others", Products: []string{"accounts"}},
			{Target: "list", Weekly: burnlist.Slot{Weekday: "friday", Time: "16:00"}},
		}
		o := newOffice(t, s, func() time.Time { return monday }, recipients...)
		o.shop(thursday)
		i := o.item(thursday, burnlist.ItemFields{Title: "Bound the queue"})
		o.tick(monday)
		r := o.reviews()[0]
		o.decide(monday, r.ID, i.ID, burnlist.Decision{Kind: burnlist.DecideCarry})
		for range 2 {
			_, _, err := o.keeper.Conclude(t.Context(), ana(monday.Add(time.Hour)), r.ID)
			o.must(err)
		}
		friday := time.Date(2026, 11, 27, 15, 0, 0, 0, time.UTC)
		o.tick(friday.Add(-time.Minute))
		o.tick(friday)
		again := newOffice(t, s, func() time.Time { return monday }, recipients...) // after a restart
		again.tick(friday.Add(time.Minute))
		again.tick(friday.Add(25 * time.Hour))

		got := map[string][]string{}
		for _, to := range recipients {
			for {
				m, ok, err := s.ClaimMessage(t.Context(), to.Target, friday, friday.Add(time.Minute))
				o.must(err)
				if !ok {
					break
				}
				if m.Subject == "" || m.Markdown == "" || m.HTML == "" || m.Slack == "" {
					t.Errorf("message %s for %s is not complete: %+v", m.ID, to.Target, m)
				}
				got[to.Target] = append(got[to.Target], m.ID)
				o.must(s.MessageDelivered(t.Context(), m, friday))
			}
		}
		if fmt.Sprint(got) != "map[channel:[review-1] list:[review-1 week-shop-2026-11-27]]" {
			t.Errorf("the messages are %v", got)
		}
	})
}

func TestTheDigestOfTheWeekTellsTheBudgetsOfNow(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		o := newOffice(t, openStore(t, url), func() time.Time { return monday })
		o.shop(thursday)
		i := o.item(thursday, burnlist.ItemFields{Title: "Bound the queue"})
		o.measure(monday.Add(-time.Hour), 0.1, 0.2)
		o.tick(monday)
		o.decide(monday, o.reviews()[0].ID, i.ID, burnlist.Decision{Kind: burnlist.DecideCarry})
		friday := monday.Add(4 * 24 * time.Hour)
		o.measure(friday, 1.5, 1.7)
		o.settle()
		d, err := o.keeper.Week(t.Context(), "shop", friday)
		o.must(err)
		if text := d.Markdown(); !strings.Contains(text, "What burns: 1 of 1") || !strings.Contains(text, "overspent") {
			t.Errorf("four days after the agenda was frozen the digest says:\n%s", text)
		}
	})
}

func TestSlotsCanBeCancelledOnlyForAQuarterAhead(t *testing.T) {
	p := burnlist.Product{Name: "shop", Zone: "Europe/Berlin", Slot: burnlist.DefaultSlot, SlotsFrom: thursday}
	next := burnlist.NewDate(2026, 11, 23)
	if _, err := review.Cancel(p, nil, next+13*7, "holidays", ana(thursday)); err != nil {
		t.Error(err)
	}
	if _, err := review.Cancel(p, nil, next+14*7, "holidays", ana(thursday)); burnlist.CodeOf(err) != burnlist.Invalid {
		t.Errorf("%v, want it invalid", err)
	}
}
