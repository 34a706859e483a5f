package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// finds concludes a review as attended, after which each of the items has been
// promised for a day.
func finds(by burnlist.Author, messages []burnlist.Message, items ...int64) func(burnlist.Meeting) (burnlist.Conclusion, error) {
	return func(m burnlist.Meeting) (burnlist.Conclusion, error) {
		c, err := concludes(by, burnlist.ReviewAttended)(m)
		for _, id := range items {
			i := m.Items[id]
			i.Facts.Promised, i.Facts.PreviousRank = burnlist.NewDate(2026, 12, 1), 3
			i.Title = "which is not for a conclusion to write"
			c.Items = append(c.Items, i)
		}
		c.Messages = messages
		return c, err
	}
}

func TestConcludingTwiceIsTheSameAsOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, second := twoItems(t, s)
		r := openShop(t, s, ana, first, second)
		message := burnlist.Message{ID: "review-1", Target: "channel", Product: "shop", Subject: "the review", CreatedAt: later(5).At}
		after, revision, err := s.Conclude(t.Context(), later(5), r.ID, finds(later(5), []burnlist.Message{message}, first.ID))
		ok(t, err)
		want := r
		want.State, want.ConcludedAt, want.ConcludedBy, want.Tally = burnlist.ReviewAttended, new(later(5).At), "ana", &burnlist.Tally{Open: 2}
		want.Version, want.Updated = 2, later(5).At
		if diff := cmp.Diff(want, after); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		item := first
		item.Facts.Promised, item.Facts.PreviousRank, item.Version, item.UpdatedAt = burnlist.NewDate(2026, 12, 1), 3, 2, later(5).At
		if diff := cmp.Diff(item, itemOf(t, s, first.ID)); diff != "" {
			t.Errorf("the item (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(second, itemOf(t, s, second.ID)); diff != "" {
			t.Errorf("the other one (-want +got):\n%s", diff)
		}
		change := burnlist.Change{
			Revision: revision, At: later(5).At, Actor: "ana", Kind: burnlist.ReviewConcluded, Review: r.ID,
			Subjects: []string{"item/1", "service/checkout", "review/1", "product/shop"},
			After:    burnlist.After{Items: []*burnlist.Item{&item}, Reviews: []*burnlist.Review{&want}},
		}
		changes, err := s.Changes(t.Context(), revision-1, 0)
		ok(t, err)
		if diff := cmp.Diff([]burnlist.Change{change}, changes); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}

		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				again, at, err := s.Conclude(t.Context(), later(9), r.ID, func(burnlist.Meeting) (burnlist.Conclusion, error) {
					return burnlist.Conclusion{}, errors.New("it was concluded anew")
				})
				if diff := cmp.Diff(want, again); diff != "" || err != nil || at != revision {
					t.Errorf("again, at %d, %v (-want +got):\n%s", at, err, diff)
				}
			})
		}
		wg.Wait()
		if waits, err := s.Undelivered(t.Context()); err != nil || waits["channel"] != 1 {
			t.Errorf("there wait %v, %v", waits, err)
		}
		_, _, err = s.Conclude(t.Context(), later(9), 99, concludes(ana, burnlist.ReviewSkipped))
		refusedAs(t, err, burnlist.NotFound, "no review 99")
	})
}

func TestAConclusionThatFailsLeavesNothing(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, second := twoItems(t, s)
		r := openShop(t, s, ana, first)
		_, _, err := s.Conclude(t.Context(), later(5), r.ID, finds(later(5), []burnlist.Message{{ID: "m", Target: "channel", CreatedAt: monday}}, first.ID, 99))
		refusedAs(t, err, burnlist.InternalError)
		_, _, err = s.Conclude(t.Context(), later(5), r.ID, concludes(ana, burnlist.ReviewOpen))
		refusedAs(t, err, burnlist.InternalError)
		if got, err := s.Review(t.Context(), r.ID); err != nil || !cmp.Equal(r, got) {
			t.Errorf("the review is %+v, %v", got, err)
		}
		if waits, err := s.Undelivered(t.Context()); err != nil || len(waits) != 0 {
			t.Errorf("there wait %v, %v", waits, err)
		}
		if i := itemOf(t, s, first.ID); i.Version != 1 || itemOf(t, s, second.ID).Version != 1 {
			t.Errorf("the item is %+v", i)
		}
	})
}

func TestAMeetingHoldsWhatItLooksAt(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		_, _, err := s.CreateProduct(t.Context(), ana, burnlist.Product{Name: "bank", Zone: "UTC", Slot: burnlist.DefaultSlot})
		ok(t, err)
		_, _, err = s.CreateService(t.Context(), ana, burnlist.Service{Name: "ledger", Product: "bank"})
		ok(t, err)
		_, _, err = s.CreateService(t.Context(), ana, burnlist.Service{Name: "old", Product: "shop"})
		ok(t, err)
		_, _, err = s.UpdateService(t.Context(), ana, "old", retireService)
		ok(t, err)
		items := map[string]burnlist.Item{}
		for _, name := range []string{"done before", "jumped", "done since", "open", "away", "foreign", "duplicate", "done and on the agenda"} {
			service := "checkout"
			if name == "foreign" {
				service = "ledger"
			}
			items[name] = newItem(t, s, burnlist.ItemFields{Service: service, Title: name})
		}
		settle := func(seconds int, name string, d burnlist.Decision) {
			t.Helper()
			_, err := decide(t, s, later(seconds), items[name].ID, d)
			ok(t, err)
		}
		ids := func(m burnlist.Meeting) []string {
			var all []string
			for _, i := range m.Items {
				all = append(all, i.Title)
			}
			slices.Sort(all)
			return all
		}
		settle(5, "done before", burnlist.Decision{Kind: burnlist.DecideDone})
		before, err := s.Week(t.Context(), "shop")
		ok(t, err)
		if diff := cmp.Diff([]string{"away", "done and on the agenda", "done before", "done since", "duplicate", "jumped", "open"}, ids(before)); diff != "" || before.Review.ID != 0 {
			t.Errorf("before any review (-want +got):\n%s", diff)
		}

		attended, _, err := s.OpenReview(t.Context(), later(10), "shop", func(p burnlist.Product, known []burnlist.Review) (burnlist.Review, burnlist.Agenda, error) {
			r, agenda, err := opens(later(10), items["jumped"], items["done before"], items["open"], items["done since"])(p, known)
			agenda.Entries[1].Jump = true // which was done before, and does not count again
			return r, agenda, err
		})
		ok(t, err)
		attended = conclude(t, s, later(20), attended.ID, burnlist.ReviewAttended)
		skipped := openShop(t, s, later(21))
		skipped = conclude(t, s, later(22), skipped.ID, burnlist.ReviewSkipped)
		for _, name := range []string{"jumped", "done since", "done and on the agenda"} {
			settle(30, name, burnlist.Decision{Kind: burnlist.DecideDone})
		}
		settle(31, "away", burnlist.Decision{Kind: burnlist.DecideDeprioritise, Reason: "enough"})
		settle(32, "duplicate", burnlist.Decision{Kind: burnlist.DecideDuplicate, Of: items["open"].ID})

		want := []string{"away", "done and on the agenda", "done since", "jumped", "open"}
		week, err := s.Week(t.Context(), "shop")
		ok(t, err)
		if diff := cmp.Diff(want, ids(week)); diff != "" || week.Review.ID != 0 || len(week.Agenda.Entries)+len(week.Decisions) != 0 {
			t.Errorf("the week is of %+v (-want +got):\n%s", week.Review, diff)
		}

		r := openShop(t, s, later(40), items["open"], items["done and on the agenda"], items["foreign"], items["done before"])
		_, _, err = decideIn(t, s, later(41), r.ID, items["open"].ID, burnlist.Decision{Kind: burnlist.DecideCarry}, false)
		ok(t, err)
		_, _, err = decideIn(t, s, later(42), r.ID, items["open"].ID, burnlist.Decision{Kind: burnlist.DecideReassign, Owner: "bo"}, true)
		ok(t, err)
		_, _, err = s.UndoDecision(t.Context(), later(43), r.ID, 2)
		ok(t, err)
		m, err := s.Week(t.Context(), r.Product)
		ok(t, err)
		if diff := cmp.Diff([]string{"away", "done and on the agenda", "done before", "done since", "foreign", "jumped", "open"}, ids(m)); diff != "" {
			t.Errorf("items (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[int64]bool{items["jumped"].ID: true}, m.WasJump); diff != "" {
			t.Errorf("in tier 1 were (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]burnlist.Review{skipped, attended}, m.Earlier); diff != "" {
			t.Errorf("earlier (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"checkout", "old", "search"}, slices.Sorted(maps.Keys(m.Services))); diff != "" {
			t.Errorf("services (-want +got):\n%s", diff)
		}
		agenda, err := s.Agenda(t.Context(), r.ID)
		ok(t, err)
		decisions, err := s.ReviewDecisions(t.Context(), r.ID)
		ok(t, err)
		if !cmp.Equal(r, m.Review) || m.Product.Name != "shop" || m.Policy != burnlist.DefaultPolicy() ||
			!cmp.Equal(agenda, m.Agenda) || len(agenda.Entries) != 4 || !cmp.Equal(decisions, m.Decisions) || len(decisions) != 2 {
			t.Errorf("the meeting is %+v", m)
		}
		week, err = s.Week(t.Context(), "shop")
		ok(t, err)
		if diff := cmp.Diff(m, week); diff != "" {
			t.Errorf("the week of an open review (-meeting +week):\n%s", diff)
		}
		_, _, err = s.Conclude(t.Context(), later(50), r.ID, func(given burnlist.Meeting) (burnlist.Conclusion, error) {
			if diff := cmp.Diff(m, given); diff != "" {
				t.Errorf("to conclude it is given (-meeting +given):\n%s", diff)
			}
			return burnlist.Conclusion{}, errors.New("enough")
		})
		refusedAs(t, err, burnlist.InternalError)
		_, err = s.Week(t.Context(), "nothing")
		refusedAs(t, err, burnlist.NotFound, "nothing")
	})
}

func TestTheLastAttendedReviewIsNeverForgotten(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, _ := twoItems(t, s)
		attended := openShop(t, s, ana, first)
		conclude(t, s, later(1), attended.ID, burnlist.ReviewAttended)
		_, _, err := s.RecordSlots(t.Context(), later(2), "shop", func(burnlist.Product, []burnlist.Review) ([]burnlist.Review, error) {
			var all []burnlist.Review
			for n := range burnlist.RecentReviews + 1 {
				date := burnlist.NewDate(2027, 1, 4) + burnlist.Date(7*n)
				all = append(all, burnlist.Review{Product: "shop", State: burnlist.ReviewSkipped, Slot: date, Date: date, Zone: "UTC"})
			}
			return all, nil
		})
		ok(t, err)
		r := openShop(t, s, later(3), first)
		m, err := s.Week(t.Context(), r.Product)
		ok(t, err)
		if last, found := m.LastAttended(); !found || last.ID != attended.ID || len(m.Earlier) != burnlist.RecentReviews+1 {
			t.Errorf("of %d earlier ones the last attended is %+v", len(m.Earlier), last)
		}
	})
}

func TestALargeReviewIsConcluded(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		const many = 5000
		template := newItem(t, s, burnlist.ItemFields{Service: "checkout", Key: "K1", Owner: "ana"})
		rows, items, ids := []itemRow{}, []burnlist.Item{template}, []int64{template.ID}
		for n := int64(2); n <= many; n++ {
			i := template
			i.ID, i.Key = n, burnlist.NullString(fmt.Sprintf("K%d", n))
			rows, items, ids = append(rows, itemRowOf(i)), append(items, i), append(ids, n)
		}
		ok(t, gorm.G[itemRow](s.writer).CreateInBatches(t.Context(), &rows, rowsPerStatement))
		r := openShop(t, s, later(1), items...)
		_, revision, err := s.Conclude(t.Context(), later(2), r.ID, finds(later(2), nil, ids...))
		ok(t, err)
		all, err := s.Items(t.Context(), ItemFilter{})
		ok(t, err)
		if len(all) != many {
			t.Fatalf("there are %d items, want %d", len(all), many)
		}
		for n, i := range all {
			want := items[n]
			want.Facts.Promised, want.Facts.PreviousRank, want.Version, want.UpdatedAt = burnlist.NewDate(2026, 12, 1), 3, 2, later(2).At
			if !cmp.Equal(want, i) {
				t.Fatalf("item %d (-want +got):\n%s", i.ID, cmp.Diff(want, i))
			}
		}
		changes, err := s.ItemChanges(t.Context(), many)
		ok(t, err)
		if len(changes) != 1 || changes[0].Revision != revision || len(changes[0].After.Items) != 1 || changes[0].After.Items[0].ID != many {
			t.Errorf("the changes of the last item are %+v", changes)
		}
	})
}

func TestTheHistoryOfAnItemIsFoundByIt(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		first, second := twoItems(t, s)
		const edits = 2*changesPerRead + 1
		for n := range edits {
			for _, id := range []int64{first.ID, second.ID} {
				_, _, err := s.UpdateItem(t.Context(), later(n), id,
					edit(later(n), func(f *burnlist.ItemFields) { f.Title = fmt.Sprintf("title %d", n) }))
				ok(t, err)
			}
		}
		_, err := decide(t, s, later(99), second.ID, burnlist.Decision{Kind: burnlist.DecideDuplicate, Of: first.ID})
		ok(t, err)
		_, err = s.Ledgers(Lease{}).PutBudgets(t.Context(), ana, burnlist.Budgets{RefreshedAt: monday, Figures: map[string]*burnlist.Figures{"search-availability": figuresOf("search-availability", 1)}})
		ok(t, err)
		changes, err := s.ItemChanges(t.Context(), second.ID)
		ok(t, err)
		if len(changes) != edits+2 || changes[0].Kind != burnlist.ItemCreated || changes[edits+1].Decision == nil {
			t.Fatalf("there are %d changes", len(changes))
		}
		for n, c := range changes {
			if n > 0 && c.Revision <= changes[n-1].Revision || len(c.After.Items) != 1 || c.After.Items[0].Version != int64(n)+1 {
				t.Errorf("change %d is %+v", n, c)
			}
		}
		if events := burnlist.History(second.ID, changes); len(events) != len(changes) {
			t.Errorf("they tell %d events", len(events))
		}
		_, err = s.ItemChanges(t.Context(), 99)
		refusedAs(t, err, burnlist.NotFound, "no item 99")
		refreshed, err := gorm.G[subjectRow](s.reader).Where("subject = ?", "slo/search-availability").Find(t.Context())
		ok(t, err)
		if len(refreshed) != 1 { // the one that created it
			t.Errorf("the SLO is found by %+v", refreshed)
		}
	})
}

func TestPoliciesFromBeforeHaveTheDefaultsOfWhatTheyLack(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		old := burnlist.DefaultPolicy()
		old.HorizonDays, old.Version = 21, 2
		text, err := json.Marshal(old)
		ok(t, err)
		var keys map[string]any
		ok(t, json.Unmarshal(text, &keys))
		for _, key := range []string{"snooze_days", "meeting_items", "overload_meetings", "nothing_closed", "always_exhausted"} {
			if _, there := keys[key]; !there {
				t.Fatalf("a policy has no %s", key)
			}
			delete(keys, key)
		}
		body, err := json.Marshal(keys)
		ok(t, err)
		ok(t, s.writer.Exec("INSERT INTO policies (version, body, updated_at) VALUES (2, ?, ?)", string(body), at(monday)).Error)
		ok(t, s.writer.Exec("INSERT INTO changes (revision, at, actor, verified, kind, subjects, after) VALUES (1, ?, 'ana', ?, 'policy.updated', '[\"policy\"]', ?)",
			at(monday), false, `{"policy":`+string(body)+`}`).Error)
		ok(t, s.writer.Exec("UPDATE counter SET revision = 1").Error)
		got, err := s.Policy(t.Context())
		ok(t, err)
		if got != old {
			t.Errorf("got %+v, want %+v", got, old)
		}
		changes, err := s.Changes(t.Context(), 0, 0)
		ok(t, err)
		if changes[0].After.Policy == nil || *changes[0].After.Policy != old {
			t.Errorf("in the log it is %+v", changes[0].After.Policy)
		}
		fill(t, s)
		changes, err = s.Changes(t.Context(), 1, 0)
		ok(t, err)
		if changes[0].After.Policy != nil || len(changes[0].After.Products) != 1 {
			t.Errorf("a change without a policy holds %+v", changes[0].After)
		}
	})
}
