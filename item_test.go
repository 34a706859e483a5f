package burnlist

import (
	"strings"
	"testing"
	"time"
)

var (
	berlin  = Product{Name: "shop", Zone: "Europe/Berlin", Slot: DefaultSlot}
	opening = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
)

func author(at time.Time) Author { return Author{Actor: "ana@example.org", At: at} }

// decide decides of an item by itself.
func decide(i Item, d Decision, by Author, p Product, policy Policy) (Item, error) {
	made, err := Case{Item: i, Product: p, Policy: policy}.Decide(d, by)
	return made.Item, err
}

func open(t *testing.T, f ItemFields) Item {
	t.Helper()
	i, err := Item{}.With(f, author(opening), berlin)
	if err != nil {
		t.Fatal(err)
	}
	i.ID = 142
	return i
}

func TestDueTodayIsNotOverdue(t *testing.T) {
	i := open(t, ItemFields{Title: "Bound the retry queue at 1000 entries", Service: "checkout", Due: NewDate(2026, 11, 20)})
	for name, tc := range map[string]struct {
		now  time.Time
		want int
	}{
		"the last instant of the day in Berlin": {time.Date(2026, 11, 20, 22, 59, 59, 999e6, time.UTC), 0},
		"midnight in Berlin":                    {time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC), 1},
		"a week later":                          {time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC), 7},
	} {
		if got := i.DaysOverdue(berlin.Today(tc.now)); got != tc.want {
			t.Errorf("%s: %d days overdue, want %d", name, got, tc.want)
		}
	}
}

func TestTheTrailKeepsWhatChangedAndWhen(t *testing.T) {
	i := open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout", Due: NewDate(2026, 11, 10)})
	later := opening.Add(72 * time.Hour)
	f := i.ItemFields
	f.Due = NewDate(2026, 11, 17)
	moved, err := i.With(f, author(later), berlin)
	if err != nil {
		t.Fatal(err)
	}
	if moved.Trail.Slips != 1 || moved.Trail.FirstDue != NewDate(2026, 11, 10) || !moved.Trail.DueAt.Equal(later) || !moved.Trail.TitleAt.Equal(opening) {
		t.Errorf("trail of an item whose due date moved later: %+v", moved.Trail)
	}
	f.Due = 0
	undated, err := moved.With(f, author(later), berlin)
	if err != nil {
		t.Fatal(err)
	}
	f.Due = NewDate(2026, 11, 24)
	dated, err := undated.With(f, author(later), berlin)
	if err != nil {
		t.Fatal(err)
	}
	if dated.Trail.Slips != 2 || dated.Trail.LastDue != f.Due {
		t.Errorf("trail of an item whose due date moved later by way of none: %+v", dated.Trail)
	}
	f.Due = NewDate(2026, 11, 12)
	earlier, err := moved.With(f, System(later.Add(time.Hour)), berlin)
	if err != nil {
		t.Fatal(err)
	}
	if earlier.Trail.Slips != 1 || !earlier.Trail.TouchedAt.Equal(later) {
		t.Errorf("trail after burnlist itself moved it earlier: %+v", earlier.Trail)
	}
}

func TestDecisions(t *testing.T) {
	base := open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout", Owner: "ana@example.org"})
	done, err := decide(base, Decision{Kind: DecideDone, Evidence: "https://example.org/pr/1"}, author(opening), berlin, DefaultPolicy())
	if err != nil || done.Status != Done || done.Closing.Evidence != "https://example.org/pr/1" {
		t.Fatalf("done: %+v, %v", done, err)
	}
	dropped, err := decide(base, Decision{Kind: DecideDeprioritise, Reason: "the service is being replaced"}, author(opening), berlin, DefaultPolicy())
	if err != nil || dropped.Status != Deprioritised || dropped.Closing.Revisit != NewDate(2026, 11, 2)+90 {
		t.Fatalf("deprioritised: %+v, %v", dropped, err)
	}
	for name, tc := range map[string]struct {
		item     Item
		decision Decision
		want     Code
		says     string
	}{
		"deprioritise without a reason": {base, Decision{Kind: DecideDeprioritise}, Invalid, "say why"},
		"deprioritise until yesterday":  {base, Decision{Kind: DecideDeprioritise, Reason: "later", Revisit: NewDate(2026, 11, 1)}, Invalid, "too soon"},
		"reassign to nobody":            {base, Decision{Kind: DecideReassign}, Invalid, "name the new owner"},
		"reopen without a reason":       {done, Decision{Kind: DecideReopen}, Invalid, "say why"},
		"no such decision":              {base, Decision{Kind: "abandon"}, Invalid, "use done"},
		"evidence that is no link":      {base, Decision{Kind: DecideDone, Evidence: "javascript:alert(1)"}, Invalid, "web address"},
		"an owner on done":              {base, Decision{Kind: DecideDone, Owner: "bo@example.org"}, Invalid, "reassign only"},
		"reassign what is done":         {done, Decision{Kind: DecideReassign, Owner: "bo@example.org"}, Conflict, "reopen it first"},
		"done with what is dropped":     {dropped, Decision{Kind: DecideDone}, Conflict, "reopen it first"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := decide(tc.item, tc.decision, author(opening), berlin, DefaultPolicy())
			if CodeOf(err) != tc.want || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want %s with %q", err, tc.want, tc.says)
			}
		})
	}
	_, err = decide(dropped, Decision{Kind: DecideDeprioritise, Reason: "something else"}, author(opening), berlin, DefaultPolicy())
	if CodeOf(err) != Conflict {
		t.Errorf("deprioritised again for another reason: %v, want a conflict", err)
	}
	again, err := decide(done, Decision{Kind: DecideDone}, author(opening.Add(time.Hour)), berlin, DefaultPolicy())
	if err != nil || !again.UpdatedAt.Equal(done.UpdatedAt) {
		t.Errorf("done twice changed the item: %+v, %v", again, err)
	}
	reopened, err := decide(done, Decision{Kind: DecideReopen, Reason: "the fix was rolled back"}, author(opening), berlin, DefaultPolicy())
	if err != nil || reopened.Status != Open || reopened.Closing != nil {
		t.Errorf("reopened: %+v, %v", reopened, err)
	}
}

func TestAnIncidentLiesInTimesThatCanBeWritten(t *testing.T) {
	far := time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -23*3600))
	_, err := Item{}.With(ItemFields{
		Title: "Bound the retry queue", Service: "checkout",
		Source: &Source{Start: new(far.Add(-time.Hour)), End: new(far)},
	}, author(opening), berlin)
	if CodeOf(err) != Invalid || !strings.Contains(err.Error(), "source.end") {
		t.Errorf("got %v, want it refused", err)
	}
}

func TestABlankOwnerIsNone(t *testing.T) {
	i := open(t, ItemFields{Title: " Bound the retry queue ", Service: "checkout", Owner: "  ", Due: NewDate(2026, 11, 10)})
	if i.Owner != "" || i.Commitment() || i.Title != "Bound the retry queue" {
		t.Errorf("%+v", i.ItemFields)
	}
}

func TestAnItemStaysValidWhenItsProductMovesWest(t *testing.T) {
	i := open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout", Owner: "ana@example.org"})
	west := Product{Name: "shop", Zone: "Pacific/Pago_Pago", Slot: DefaultSlot} // where it is still the day before
	if _, err := decide(i, Decision{Kind: DecideReassign, Owner: "bo@example.org"}, author(opening), west, DefaultPolicy()); err != nil {
		t.Error(err)
	}
}

func TestEverythingWrongWithAnItemIsToldAtOnce(t *testing.T) {
	_, err := Item{}.With(ItemFields{
		Title: " ", Service: "check out", Priority: "P7", Due: NewDate(2026, 1, 1), OpenedOn: NewDate(2026, 12, 1),
		Source: &Source{URL: "ftp://example.org", Start: new(opening)},
	}, author(opening), berlin)
	for _, field := range []string{"title", "service", "priority", "due", "opened_on", "source.url", "source:"} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("the error does not name %s: %v", field, err)
		}
	}
}

func TestAnItemDoesNotBecomeYounger(t *testing.T) {
	i := open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout", OpenedOn: NewDate(2026, 10, 1)})
	f := i.ItemFields
	f.OpenedOn = NewDate(2026, 10, 5)
	if _, err := i.With(f, author(opening.Add(time.Hour)), berlin); err != nil {
		t.Errorf("a slip is corrected on the same day: %v", err)
	}
	if _, err := i.With(f, author(opening.Add(25*time.Hour)), berlin); CodeOf(err) != Invalid || !strings.Contains(err.Error(), "opened_on") {
		t.Errorf("opened later, a day after: %v, want it invalid", err)
	}
	f.OpenedOn = NewDate(2026, 9, 1)
	if _, err := i.With(f, author(opening.Add(25*time.Hour)), berlin); err != nil {
		t.Errorf("opened earlier: %v", err)
	}
}

func TestAClosedItemStaysWhereItIs(t *testing.T) {
	i := open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout"})
	done, err := decide(i, Decision{Kind: DecideDone}, author(opening), berlin, DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	f := done.ItemFields
	f.Service = "search"
	if _, err := done.With(f, author(opening), berlin); CodeOf(err) != Invalid || !strings.Contains(err.Error(), "reopen it first") {
		t.Errorf("moved while done: %v, want it invalid", err)
	}
}

func TestASnoozeThatIsSentTwiceCountsOnce(t *testing.T) {
	i := open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout"})
	d := Decision{Kind: DecideSnooze, Reason: "waits for the vendor", Until: NewDate(2026, 11, 20)}
	for n := range 2 {
		var err error
		if i, err = decide(i, d, author(opening.Add(time.Duration(n)*time.Minute)), berlin, DefaultPolicy()); err != nil {
			t.Fatal(err)
		}
	}
	if i.Trail.Snoozes != 1 || !i.Facts.LastReviewed.Equal(opening) {
		t.Errorf("snoozed %d times, last at %s", i.Trail.Snoozes, i.Facts.LastReviewed)
	}
}
