package burnlist

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// inMeeting is the case of an item on the agenda of a review of berlin that is
// open.
func inMeeting(i Item) Case {
	frozen := opening.Add(-time.Hour)
	return Case{
		Item: i, Product: berlin, Policy: DefaultPolicy(),
		Review: &Review{ID: 12, Product: "shop", Zone: "Europe/Berlin", State: ReviewOpen, Date: berlin.Today(opening), FrozenAt: &frozen},
		Entry:  &AgendaEntry{Position: 1, Item: i.ID, Service: i.Service, Due: i.Due},
	}
}

// closed returns the item after a decision that closes it.
func closed(t *testing.T, i Item, d Decision) Item {
	t.Helper()
	c := Case{Item: i, Product: berlin, Policy: DefaultPolicy()}
	if d.Of != 0 {
		survivor := i
		survivor.ID = d.Of
		c.Survivor = &survivor
	}
	made, err := c.Decide(d, author(opening))
	if err != nil {
		t.Fatal(err)
	}
	return made.Item
}

// fields are those that an Invalid error complains about.
func fields(err error) []string {
	var names []string
	if e, ok := errors.AsType[*Error](err); ok {
		for _, d := range e.Details {
			names = append(names, d.Field)
		}
	}
	return names
}

func TestWhatADecisionMayNotSay(t *testing.T) {
	today := berlin.Today(opening)
	tomorrow := today + 1
	item := open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout", Owner: "ana@example.org", Due: today + 7})
	wish := open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout"})
	late := item
	late.Due = today - 1
	part := Part{Title: "The first half"}
	for name, tc := range map[string]struct {
		item   Item
		says   Decision
		fields []string
	}{
		"a kind that is none":                        {item, Decision{Kind: "abandon"}, []string{"kind"}},
		"no kind":                                    {item, Decision{}, []string{"kind"}},
		"deprioritise without a reason":              {item, Decision{Kind: DecideDeprioritise}, []string{"reason"}},
		"deprioritise for a blank one":               {item, Decision{Kind: DecideDeprioritise, Reason: " \u00a0"}, []string{"reason"}},
		"snooze without a reason":                    {item, Decision{Kind: DecideSnooze, Until: tomorrow}, []string{"reason"}},
		"reopen without a reason":                    {closed(t, item, Decision{Kind: DecideDone}), Decision{Kind: DecideReopen}, []string{"reason"}},
		"a reason of two lines":                      {item, Decision{Kind: DecideCarry, Reason: "one\ntwo"}, []string{"reason"}},
		"a reason that is too long":                  {item, Decision{Kind: DecideCarry, Reason: NullString(strings.Repeat("a", 2001))}, []string{"reason"}},
		"reassign to nobody":                         {item, Decision{Kind: DecideReassign}, []string{"owner"}},
		"reassign to a blank":                        {item, Decision{Kind: DecideReassign, Owner: "  "}, []string{"owner"}},
		"an owner with carry":                        {item, Decision{Kind: DecideCarry, Owner: "bo@example.org"}, []string{"owner"}},
		"a due date with reassign":                   {item, Decision{Kind: DecideReassign, Owner: "bo@example.org", Due: tomorrow}, []string{"due"}},
		"evidence with carry":                        {item, Decision{Kind: DecideCarry, Evidence: "https://example.org/pr/1"}, []string{"evidence"}},
		"evidence that is no link":                   {item, Decision{Kind: DecideDone, Evidence: "javascript:alert(1)"}, []string{"evidence"}},
		"a revisit date with snooze":                 {item, Decision{Kind: DecideSnooze, Reason: reason, Until: tomorrow, Revisit: tomorrow}, []string{"revisit"}},
		"a revisit date for which a snooze would do": {item, Decision{Kind: DecideDeprioritise, Reason: reason, Revisit: today + 28}, []string{"revisit"}},
		"until with deprioritise":                    {item, Decision{Kind: DecideDeprioritise, Reason: reason, Until: tomorrow}, []string{"until"}},
		"snooze until never":                         {item, Decision{Kind: DecideSnooze, Reason: reason}, []string{"until"}},
		"snooze until today":                         {item, Decision{Kind: DecideSnooze, Reason: reason, Until: today}, []string{"until"}},
		"snooze for more than four weeks":            {item, Decision{Kind: DecideSnooze, Reason: reason, Until: today + 29}, []string{"until"}},
		"a duplicate of nothing":                     {item, Decision{Kind: DecideDuplicate}, []string{"of"}},
		"a duplicate of what is not there":           {item, Decision{Kind: DecideDuplicate, Of: 999}, []string{"of"}},
		"another item with done":                     {item, Decision{Kind: DecideDone, Of: 143}, []string{"of"}},
		"a split into nothing":                       {item, Decision{Kind: DecideSplit}, []string{"parts"}},
		"parts with carry":                           {item, Decision{Kind: DecideCarry, Parts: []Part{part}}, []string{"parts"}},
		"a split into too many":                      {item, Decision{Kind: DecideSplit, Parts: slices.Repeat([]Part{part}, 21)}, []string{"parts"}},
		"a part without a title":                     {item, Decision{Kind: DecideSplit, Parts: []Part{part, {Title: " "}}}, []string{"parts.1.title"}},
		"a part due before it was opened":            {item, Decision{Kind: DecideSplit, Parts: []Part{part, {Title: "The second half", Due: today - 1}}}, []string{"parts.1.due"}},
		"a commit of a wish":                         {wish, Decision{Kind: DecideCommit}, []string{"owner", "due"}},
		"a commit without a date":                    {wish, Decision{Kind: DecideCommit, Owner: "ana@example.org"}, []string{"due"}},
		"a commit of nobody":                         {wish, Decision{Kind: DecideCommit, Due: tomorrow}, []string{"owner"}},
		"a commit by taking the owner off":           {item, Decision{Kind: DecideCommit, Owner: " "}, []string{"owner"}},
		"a commit to yesterday":                      {item, Decision{Kind: DecideCommit, Due: today - 1}, []string{"due"}},
		"a commit to a date that passed":             {late, Decision{Kind: DecideCommit}, []string{"due"}},
		"everything wrong at once": {
			item,
			Decision{Kind: DecideSnooze, Owner: "bo@example.org", Due: tomorrow, Evidence: "https://example.org", Revisit: tomorrow, Of: 143, Parts: []Part{part}},
			[]string{"reason", "owner", "due", "evidence", "revisit", "until", "of", "parts"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := Case{Item: tc.item, Product: berlin, Policy: DefaultPolicy()}
			made, err := c.Decide(tc.says, author(opening))
			if CodeOf(err) != Invalid || !slices.Equal(fields(err), tc.fields) {
				t.Errorf("got %v, want it invalid for %v", err, tc.fields)
			}
			if diff := cmp.Diff(made, Decided{}); diff != "" {
				t.Errorf("and yet it made:\n%s", diff)
			}
		})
	}
}

func TestWhatTheStateOfAnItemForbids(t *testing.T) {
	today := berlin.Today(opening)
	item := open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout", Owner: "ana@example.org", Due: today + 7})
	done := closed(t, item, Decision{Kind: DecideDone})
	dropped := closed(t, item, Decision{Kind: DecideDeprioritise, Reason: reason})
	duplicate := closed(t, item, Decision{Kind: DecideDuplicate, Of: 143})
	of := func(s Item) *Item { s.ID = 143; return &s }
	for name, tc := range map[string]struct {
		item     Item
		survivor *Item
		says     Decision
		message  string
	}{
		"commit of what is done":            {done, nil, Decision{Kind: DecideCommit}, "is done: reopen it first"},
		"carry of what is done":             {done, nil, Decision{Kind: DecideCarry}, "is done: reopen it first"},
		"snooze of what is deprioritised":   {dropped, nil, Decision{Kind: DecideSnooze, Reason: reason, Until: today + 1}, "is deprioritised: reopen it first"},
		"done of what is deprioritised":     {dropped, nil, Decision{Kind: DecideDone}, "is deprioritised: reopen it first"},
		"reassign of a duplicate":           {duplicate, nil, Decision{Kind: DecideReassign, Owner: "bo@example.org"}, "is duplicate: reopen it first"},
		"split of a duplicate":              {duplicate, nil, Decision{Kind: DecideSplit, Parts: []Part{{Title: "The first half"}}}, "is duplicate: reopen it first"},
		"done again with other evidence":    {done, nil, Decision{Kind: DecideDone, Evidence: "https://example.org/pr/2"}, "is done: reopen it first"},
		"deprioritised for another reason":  {dropped, nil, Decision{Kind: DecideDeprioritise, Reason: "another one"}, "is deprioritised: reopen it first"},
		"a duplicate of yet another item":   {duplicate, of(item), Decision{Kind: DecideDuplicate, Of: 144}, "is duplicate: reopen it first"},
		"a duplicate of itself":             {item, &item, Decision{Kind: DecideDuplicate, Of: 142}, "its own duplicate"},
		"a duplicate of a duplicate":        {item, of(closed(t, item, Decision{Kind: DecideDuplicate, Of: 150})), Decision{Kind: DecideDuplicate, Of: 143}, "duplicate of item 150: name that one"},
		"a duplicate of what is done":       {item, of(done), Decision{Kind: DecideDuplicate, Of: 143}, "is done: reopen it first"},
		"a duplicate of what was put away":  {item, of(dropped), Decision{Kind: DecideDuplicate, Of: 143}, "is deprioritised: reopen it first"},
		"a cycle, by way of the other item": {*of(item), &duplicate, Decision{Kind: DecideDuplicate, Of: 142}, "is itself a duplicate of item 143"},
	} {
		t.Run(name, func(t *testing.T) {
			c := Case{Item: tc.item, Survivor: tc.survivor, Product: berlin, Policy: DefaultPolicy()}
			made, err := c.Decide(tc.says, author(opening.Add(time.Hour)))
			if CodeOf(err) != Conflict || !strings.Contains(err.Error(), tc.message) {
				t.Errorf("got %v, want a conflict with %q", err, tc.message)
			}
			if diff := cmp.Diff(made, Decided{}); diff != "" {
				t.Errorf("and yet it made:\n%s", diff)
			}
		})
	}
}

func TestWhatADecisionMakesOfAnItem(t *testing.T) {
	today := berlin.Today(opening)
	at := opening.Add(time.Hour)
	base := open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout", Owner: "ana@example.org", Due: today + 7, Key: "PM-31/2"})
	base.Return = &Return{At: opening, Cause: SnoozeOver, From: opening}
	snoozed := base
	snoozed.Snooze = &Snooze{Until: today + 3, Reason: reason, At: opening, Actor: "ana@example.org"}
	for name, tc := range map[string]struct {
		item Item
		says Decision
		want func(*Item)
	}{
		"carry says that somebody looked, and touches nothing": {base, Decision{Kind: DecideCarry}, func(i *Item) {
			i.Trail.TouchedAt = base.Trail.TouchedAt
		}},
		"done": {base, Decision{Kind: DecideDone, Evidence: "https://example.org/pr/1"}, func(i *Item) {
			i.Status, i.Closing = Done, &Closing{At: at, On: today, Actor: "ana@example.org", Evidence: "https://example.org/pr/1"}
		}},
		"done ends a snooze": {snoozed, Decision{Kind: DecideDone}, func(i *Item) {
			i.Status, i.Closing, i.Snooze = Done, &Closing{At: at, On: today, Actor: "ana@example.org"}, nil
		}},
		"deprioritised for 90 days, if nobody says when": {base, Decision{Kind: DecideDeprioritise, Reason: reason}, func(i *Item) {
			i.Status, i.Closing = Deprioritised, &Closing{At: at, On: today, Actor: "ana@example.org", Reason: reason, Revisit: today + 90}
		}},
		"deprioritised until a day": {base, Decision{Kind: DecideDeprioritise, Reason: reason, Revisit: today + 29}, func(i *Item) {
			i.Status, i.Closing = Deprioritised, &Closing{At: at, On: today, Actor: "ana@example.org", Reason: reason, Revisit: today + 29}
		}},
		"snoozed for four weeks": {base, Decision{Kind: DecideSnooze, Reason: reason, Until: today + 28}, func(i *Item) {
			i.Snooze, i.Trail.Snoozes = &Snooze{Until: today + 28, Reason: reason, At: at, Actor: "ana@example.org"}, 1
		}},
		"reassigned, and still snoozed": {snoozed, Decision{Kind: DecideReassign, Owner: "bo@example.org"}, func(i *Item) {
			i.Owner, i.Trail.OwnerAt = "bo@example.org", at
		}},
		"committed to a date, and back from its snooze": {snoozed, Decision{Kind: DecideCommit, Due: today + 5}, func(i *Item) {
			i.Due, i.Trail.DueAt, i.Trail.LastDue, i.Facts.Promised, i.Snooze = today+5, at, today+5, today+5, nil
		}},
		"committed to the date that it has": {base, Decision{Kind: DecideCommit}, func(i *Item) {
			i.Facts.Promised = today + 7
		}},
		"committed to today": {base, Decision{Kind: DecideCommit, Due: today, Owner: "bo@example.org"}, func(i *Item) {
			i.Due, i.Trail.DueAt, i.Trail.LastDue, i.Facts.Promised = today, at, today, today
			i.Owner, i.Trail.OwnerAt = "bo@example.org", at
		}},
		"split, and itself as before": {base, Decision{Kind: DecideSplit, Parts: []Part{{Title: "The first half"}}}, func(*Item) {}},
	} {
		t.Run(name, func(t *testing.T) {
			made, err := Case{Item: tc.item, Product: berlin, Policy: DefaultPolicy()}.Decide(tc.says, author(at))
			if err != nil {
				t.Fatal(err)
			}
			want := tc.item
			want.UpdatedAt, want.Trail.TouchedAt, want.Facts.LastReviewed, want.Return = at, at, &at, nil
			tc.want(&want)
			if diff := cmp.Diff(made.Item, want); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
		})
	}
}

func TestWhatIsSplitOff(t *testing.T) {
	today := berlin.Today(opening)
	at := opening.Add(time.Hour)
	base := open(t, ItemFields{
		Title: "Bound the retry queue", Service: "checkout", Owner: "ana@example.org", Due: today + 7,
		Key: "PM-31/2", Ticket: "OPS-1", Priority: "P1", Source: &Source{Title: "The outage of October"},
	})
	base.Version = 7
	base.Snooze = &Snooze{Until: today + 3}
	made, err := Case{Item: base, Product: berlin, Policy: DefaultPolicy()}.Decide(Decision{Kind: DecideSplit, Parts: []Part{
		{Title: " The first half "}, {Title: "The second half", Owner: "bo@example.org", Due: today + 20},
	}}, author(at))
	if err != nil {
		t.Fatal(err)
	}
	first := ItemFields{
		Title: "The first half", Service: "checkout", Owner: "ana@example.org", Due: today + 7, Priority: "P1", Source: base.Source, OpenedOn: base.OpenedOn,
	}
	second := first
	second.Title, second.Owner, second.Due = "The second half", "bo@example.org", today+20
	if len(made.Parts) != 2 {
		t.Fatalf("%d parts", len(made.Parts))
	}
	for n, want := range []ItemFields{first, second} {
		part := made.Parts[n]
		if diff := cmp.Diff(part.ItemFields, want); diff != "" {
			t.Errorf("part %d: got (-), want (+):\n%s", n, diff)
		}
		if part.ID != 0 || part.Version != 0 || part.Origin != base.ID || part.Status != Open || part.Snooze != nil ||
			!part.CreatedAt.Equal(at) || part.Facts.LastReviewed == nil {
			t.Errorf("part %d: %+v", n, part)
		}
	}
	if made.Parts[1].Trail.Slips != 1 || made.Parts[1].Trail.FirstDue != today+7 {
		t.Errorf("a part that is due later slipped: %+v", made.Parts[1].Trail)
	}
}

func TestADecisionThatSaysNothingNewChangesNothing(t *testing.T) {
	item := open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout"})
	for name, tc := range map[string]struct {
		item Item
		says Decision
	}{
		"done again":              {closed(t, item, Decision{Kind: DecideDone, Evidence: "https://example.org/pr/1"}), Decision{Kind: DecideDone}},
		"with the same evidence":  {closed(t, item, Decision{Kind: DecideDone, Evidence: "https://example.org/pr/1"}), Decision{Kind: DecideDone, Evidence: "https://example.org/pr/1"}},
		"deprioritised again":     {closed(t, item, Decision{Kind: DecideDeprioritise, Reason: reason}), Decision{Kind: DecideDeprioritise, Reason: reason}},
		"the same duplicate":      {closed(t, item, Decision{Kind: DecideDuplicate, Of: 143}), Decision{Kind: DecideDuplicate, Of: 143}},
		"reopen of what was open": {item, Decision{Kind: DecideReopen, Reason: reason}},
	} {
		t.Run(name, func(t *testing.T) {
			made, err := Case{Item: tc.item, Product: berlin, Policy: DefaultPolicy()}.Decide(tc.says, author(opening.Add(time.Hour)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(made, Decided{Item: tc.item}); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
		})
	}
	done := closed(t, item, Decision{Kind: DecideDone})
	at := opening.Add(time.Hour)
	made, err := inMeeting(done).Decide(Decision{Kind: DecideDone}, author(at))
	want := done
	want.Facts.LastReviewed = &at
	if diff := cmp.Diff(made, Decided{Item: want}); err != nil || diff != "" {
		t.Errorf("in a meeting somebody looked at it: %v, got (-), want (+):\n%s", err, diff)
	}
}

func TestWhatAReviewForbids(t *testing.T) {
	item := open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout"})
	for name, tc := range map[string]struct {
		change func(*Case)
		says   string
	}{
		"one that was attended":       {func(c *Case) { c.Review.State = ReviewAttended }, "review 12 is attended"},
		"one that was skipped":        {func(c *Case) { c.Review.State = ReviewSkipped }, "review 12 is skipped"},
		"one that was cancelled":      {func(c *Case) { c.Review.State = ReviewCancelled }, "review 12 is cancelled"},
		"an item beside the agenda":   {func(c *Case) { c.Entry = nil }, "add it to the agenda first"},
		"an item that is only to see": {func(c *Case) { c.Entry.ReadOnly = true }, "to be read only"},
	} {
		t.Run(name, func(t *testing.T) {
			c := inMeeting(item)
			tc.change(&c)
			if _, err := c.Decide(Decision{Kind: DecideCarry}, author(opening)); CodeOf(err) != Conflict || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want a conflict with %q", err, tc.says)
			}
			// Alone it can be decided.
			c.Review, c.Entry = nil, nil
			if _, err := c.Decide(Decision{Kind: DecideCarry}, author(opening)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestASecondDecisionInAReviewHasToHaveSeenTheFirst(t *testing.T) {
	today := berlin.Today(opening)
	item := open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout", Owner: "ana@example.org"})
	first := Decision{Kind: DecideCommit, Due: today + 7, Owner: "ana@example.org"}
	bo := Author{Actor: "bo@example.org", At: opening.Add(time.Minute)}
	ana := author(opening.Add(time.Minute))
	for name, tc := range map[string]struct {
		seen     bool
		by       Author
		says     Decision
		conflict bool
		same     bool // the answer is that of the first time
	}{
		"somebody else, blindly":                     {false, bo, Decision{Kind: DecideDone}, true, false},
		"somebody else, the same, blindly":           {false, bo, first, true, false},
		"somebody else, having seen it":              {true, bo, Decision{Kind: DecideDone}, false, false},
		"the same person, otherwise, blindly":        {false, ana, Decision{Kind: DecideCommit, Due: today + 8, Owner: "ana@example.org"}, true, false},
		"the same person, with another reason":       {false, ana, Decision{Kind: DecideCommit, Due: today + 7, Owner: "ana@example.org", Reason: reason}, true, false},
		"the same person, the same":                  {false, ana, first, false, true},
		"the same person, otherwise, having seen it": {true, ana, Decision{Kind: DecideCarry}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := inMeeting(item)
			made, err := c.Decide(first, author(opening))
			if err != nil {
				t.Fatal(err)
			}
			c.Item, c.Seen = made.Item, tc.seen
			c.Last = &ReviewDecision{ID: 1, Review: 12, Item: item.ID, Decision: first, Actor: "ana@example.org", At: opening}
			again, err := c.Decide(tc.says, tc.by)
			if tc.conflict {
				if CodeOf(err) != Conflict || !strings.Contains(err.Error(), "ana@example.org decided commit") || !strings.Contains(err.Error(), "If-Match") {
					t.Errorf("got %v, want a conflict that says who decided what", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if same := cmp.Equal(again, Decided{Item: made.Item}); same != tc.same {
				t.Errorf("the same as the first time: %t, want %t\n%+v", same, tc.same, again)
			}
		})
	}
}

func TestARepeatedDecisionIsTheSameInEachOfItsFields(t *testing.T) {
	full := Decision{
		Kind: DecideSplit, Reason: "r", Owner: "o", Due: 1, Evidence: "e", Revisit: 2, Until: 3, Of: 4, Parts: []Part{{Title: "t", Owner: "o", Due: 5}},
	}
	if !full.equal(full) {
		t.Error("it is not equal to itself")
	}
	for name, change := range map[string]func(*Decision){
		"kind": func(d *Decision) { d.Kind = DecideCarry }, "reason": func(d *Decision) { d.Reason = "" }, "owner": func(d *Decision) { d.Owner = "" },
		"due": func(d *Decision) { d.Due = 9 }, "evidence": func(d *Decision) { d.Evidence = "" }, "revisit": func(d *Decision) { d.Revisit = 9 },
		"until": func(d *Decision) { d.Until = 9 }, "of": func(d *Decision) { d.Of = 9 }, "parts": func(d *Decision) { d.Parts = nil },
		"title of a part": func(d *Decision) { d.Parts = []Part{{Title: "u", Owner: "o", Due: 5}} },
	} {
		other := full
		change(&other)
		if full.equal(other) || other.equal(full) {
			t.Errorf("equal to one of another %s", name)
		}
	}
}

func TestUndoPutsTheItemsBack(t *testing.T) {
	today := berlin.Today(opening)
	item := open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout", Owner: "ana@example.org", Due: today + 7})
	item.Version, item.Facts = 7, Facts{Promised: today - 1, Streak: 2, Total: 2, Rolled: []Rollover{{Review: 1}, {Review: 2}}}
	survivor := item
	survivor.ID, survivor.Version, survivor.Facts = 143, 3, Facts{}
	review := *inMeeting(item).Review
	at := opening.Add(time.Hour)
	for name, d := range map[string]Decision{
		"done":         {Kind: DecideDone},
		"commit":       {Kind: DecideCommit, Due: today + 30, Reason: reason},
		"carry":        {Kind: DecideCarry},
		"deprioritise": {Kind: DecideDeprioritise, Reason: reason},
		"snooze":       {Kind: DecideSnooze, Until: today + 3, Reason: reason},
		"reassign":     {Kind: DecideReassign, Owner: "bo@example.org"},
		"duplicate":    {Kind: DecideDuplicate, Of: 143},
		"split":        {Kind: DecideSplit, Parts: []Part{{Title: "The first half"}, {Title: "The second half"}}},
	} {
		t.Run(name, func(t *testing.T) {
			c := inMeeting(item)
			c.Survivor = &survivor
			made, err := c.Decide(d, author(opening))
			if err != nil {
				t.Fatal(err)
			}
			// What the store makes of it.
			made.Item.Version++
			decision := ReviewDecision{ID: 1, Review: 12, Item: item.ID, Decision: d, Before: []Item{item}, After: map[int64]int64{item.ID: made.Item.Version}}
			now := map[int64]Item{item.ID: made.Item}
			want := []Item{item}
			if made.Survivor != nil {
				made.Survivor.Version++
				decision.Before, decision.After[143], now[143] = append(decision.Before, survivor), made.Survivor.Version, *made.Survivor
				want = append(want, survivor)
			}
			for n, part := range made.Parts {
				part.ID, part.Version = int64(150+n), 1
				decision.After[part.ID], now[part.ID] = 1, part
				part.Status, part.Closing = Duplicate, &Closing{At: at, On: today, Actor: "ana@example.org", Reason: "the split was undone", Of: item.ID}
				part.Trail.TouchedAt = at
				want = append(want, part)
			}
			got, err := decision.Undo(review, now, author(at))
			if err != nil {
				t.Fatal(err)
			}
			for n := range want {
				want[n].Version, want[n].UpdatedAt = now[want[n].ID].Version, at
			}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}

			for id := range decision.After {
				changed := map[int64]Item{}
				maps.Copy(changed, now)
				i := changed[id]
				i.Version++
				changed[id] = i
				if _, err := decision.Undo(review, changed, author(at)); CodeOf(err) != Conflict || !strings.Contains(err.Error(), "was changed since") {
					t.Errorf("although item %d was changed since: %v", id, err)
				}
			}
		})
	}
}

func TestWhatCannotBeUndone(t *testing.T) {
	item := open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout"})
	decision := ReviewDecision{ID: 3, Review: 12, Item: item.ID, Before: []Item{item}, After: map[int64]int64{item.ID: item.Version}}
	undone := decision
	undone.UndoneAt, undone.UndoneBy = new(opening), "bo@example.org"
	for name, tc := range map[string]struct {
		d     ReviewDecision
		state ReviewState
		says  string
	}{
		"what was decided in a concluded review": {decision, ReviewAttended, "what it decided stands"},
		"what was undone":                        {undone, ReviewOpen, "was undone already, by bo@example.org"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tc.d.Undo(Review{ID: 12, State: tc.state}, map[int64]Item{item.ID: item}, author(opening))
			if CodeOf(err) != Conflict || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want a conflict with %q", err, tc.says)
			}
		})
	}
}

// TestADecisionIsRepeatedOnlyWhileItHolds: what looks like a request that was
// sent twice is a decision of its own if the item was changed in between.
func TestADecisionIsRepeatedOnlyWhileItHolds(t *testing.T) {
	i := open(t, ItemFields{Title: "Bound the retry queue", Service: "checkout"})
	i.Version = 3
	done := Decision{Kind: DecideDone}
	last := &ReviewDecision{ID: 1, Review: 7, Item: i.ID, Decision: done, Actor: "ana@example.org", After: map[int64]int64{i.ID: 2}}
	c := Case{Item: i, Product: berlin, Policy: DefaultPolicy(), Review: &Review{ID: 7, State: ReviewOpen}, Entry: &AgendaEntry{Item: i.ID}, Last: last}
	if _, err := c.Decide(done, author(opening)); CodeOf(err) != Conflict {
		t.Errorf("done again, after somebody reopened it: %v, want a conflict", err)
	}
	last.After[i.ID] = 3
	if made, err := c.Decide(done, author(opening)); err != nil || made.Item.Status != Open {
		t.Errorf("sent twice: %v, %s; want the item as it is", err, made.Item.Status)
	}
}
