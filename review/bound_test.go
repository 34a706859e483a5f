package review_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/review"
)

// mob returns a meeting of a product in which there are n of everything that a
// digest tells, each with the given text wherever people write one.
func mob(t *testing.T, n int, text string) (m burnlist.Meeting, rolled []int64) {
	t.Helper()
	g := gather(t)
	g.freeze()
	m = g.m
	runes := []rune(text)
	clip := func(most int) burnlist.NullString {
		return burnlist.NullString(strings.TrimSpace(string(runes[:min(len(runes), most)])))
	}
	title, name, reason := clip(300), clip(200), clip(2000)
	parts := make([]burnlist.Part, 20)
	service := strings.Repeat("s", 100)
	m.Services = map[string]burnlist.Service{service: {Name: service, Product: "shop"}}
	var warnings []prioritizer.Warning
	for _, d := range prioritizer.Definitions() {
		warnings = append(warnings, prioritizer.Warning{Code: d.Code, Level: prioritizer.Alarm, Text: "there"})
	}
	warnings[0].Text, warnings[1].Text = string(title), string(title)
	shown, err := json.Marshal(map[string]any{"item": map[string]any{"title": title}, "warnings": warnings})
	if err != nil {
		t.Fatal(err)
	}
	id := int64(1_000_000_000)
	add := func(change func(*burnlist.Item)) int64 {
		id++
		i := burnlist.Item{ID: id, Status: burnlist.Open, CreatedAt: lastWeek}
		i.Title, i.Service, i.Owner, i.Due, i.OpenedOn = string(title), service, name, november(1), november(1)
		i.Facts = burnlist.Facts{Promised: november(1), Streak: 987, Total: 1234}
		change(&i)
		m.Items[id] = i
		return id
	}
	closing := func() *burnlist.Closing {
		return &burnlist.Closing{At: concludedAt, Reason: reason, Revisit: november(30), Evidence: burnlist.NullString("https://example.org/" + strings.Repeat("e", 180))}
	}
	for k := range n {
		d := burnlist.Decision{
			Kind:   burnlist.DecisionKinds[k%len(burnlist.DecisionKinds)],
			Reason: reason, Owner: name, Due: november(30), Until: november(30), Of: id, Parts: parts,
		}
		decided := add(func(i *burnlist.Item) { i.Return = &burnlist.Return{At: frozenAt, Cause: burnlist.ServiceBurns} })
		m.Decisions = append(m.Decisions, burnlist.ReviewDecision{ID: id, Review: 12, Item: decided, Decision: d, Actor: string(name), At: frozenAt})
		m.Agenda.Entries = append(m.Agenda.Entries, burnlist.AgendaEntry{Position: 2*k + 1, Item: decided, Service: service, Jump: true, Shown: shown})
		undecided := add(func(*burnlist.Item) {})
		m.Agenda.Entries = append(m.Agenda.Entries, burnlist.AgendaEntry{Position: 2*k + 2, Item: undecided, Service: service, Jump: true, Shown: shown})
		rolled = append(rolled, undecided)
		done := add(func(i *burnlist.Item) { i.Status, i.Closing = burnlist.Done, closing() })
		m.WasJump[done] = true
		add(func(i *burnlist.Item) { i.Status, i.Closing = burnlist.Deprioritised, closing() })
	}
	var frozen review.Services
	for k := range n {
		service := fmt.Sprintf("%s%05d", service[:95], k)
		for _, state := range []burnlist.State{burnlist.Exhausted, burnlist.AtRisk, burnlist.Unknown} {
			frozen.Budgets = append(frozen.Budgets, prioritizer.ServiceBudget{
				Service: service, State: state, Reason: burnlist.SourceError, Tier: prioritizer.Jump, OpenItems: n, Text: string(reason),
			})
		}
		frozen.Warnings = append(frozen.Warnings, prioritizer.Warning{Code: prioritizer.NoSLO, Level: prioritizer.Alarm, Subject: "service/" + service, Text: string(title)})
	}
	if m.Agenda.Services, err = json.Marshal(frozen); err != nil {
		t.Fatal(err)
	}
	m.Review.State = burnlist.ReviewAttended
	m.Review.Tally = &burnlist.Tally{
		Decided: n, Changed: n, Closed: n, Aligned: n, OnTime: 0, Promised: n, Deprioritised: n, Rollovers: n, Open: 2 * n, Commitments: 2 * n, LastJump: 4,
	}
	return m, rolled
}

func TestADigestIsReadInFiveMinutesWhateverComes(t *testing.T) {
	const most = "many short words"
	texts := map[string]string{
		most:                       strings.Repeat("a ", 3000),
		"one long word":            strings.Repeat("ab", 3000),
		"words of marks":           strings.Repeat("*_`[](<@!&>) ", 500),
		"wide letters, no spaces":  strings.Repeat("修復", 3000),
		"spaces of another width":  strings.Repeat("a\u3000b\u00a0", 1500),
		"an address and a mention": strings.Repeat("https://example.org/x @here ", 200),
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			n := 100
			if name == most {
				n = 5000
			}
			m, rolled := mob(t, n, text)
			d, err := review.Compose(m, rolled, concludedAt, "https://burnlist.example.org")
			if err != nil {
				t.Fatal(err)
			}
			for form, got := range map[string]string{"Markdown": d.Markdown(), "Slack": d.Slack()} {
				words := len(strings.Fields(got))
				if words >= 1100 || words < 300 {
					t.Errorf("%s has %d words, want 300 to 1,100", form, words)
				}
				if size := utf8.RuneCountInString(got); size > 40_000 {
					t.Errorf("%s has %d characters, more than Slack takes", form, size)
				}
				for word := range strings.FieldsSeq(got) {
					if utf8.RuneCountInString(word) > 450 { // a link of the longest kind, or a title of nothing but marks
						t.Errorf("%s has a word of %d characters: %s", form, utf8.RuneCountInString(word), word)
					}
				}
				if name != most {
					continue
				}
				for _, section := range []string{
					"What burns: 5,000 of 15,000 services", "Decided: 5,000 of 10,000 items", "Rolled over: 5,000", "Closed: 5,000",
					"Deprioritised: 5,000", "Came back", "Warnings: ", "What is open: 10,000 items", "Undecided", "Carried on as before", "Next review",
				} {
					if !strings.Contains(got, section) {
						t.Errorf("%s does not say %q", form, section)
					}
				}
				if more := strings.Count(got, "and 4,99"); more < 8 {
					t.Errorf("%s says only %d times how many more there are", form, more)
				}
			}
			stored, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			if len(stored) > 2_000_000 {
				t.Errorf("the document has %d bytes", len(stored))
			}
		})
	}
}

// TestShortListsAreShownWhole holds the limits from the other side: what has
// room is not left out.
func TestShortListsAreShownWhole(t *testing.T) {
	m, rolled := mob(t, 2, "Fix it")
	d, err := review.Compose(m, rolled, concludedAt, "")
	if err != nil {
		t.Fatal(err)
	}
	text := d.Markdown()
	for _, id := range slices.Concat(rolled) {
		if want := fmt.Sprintf("(item %d, ", id); strings.Count(text, want) < 2 { // undecided, and rolled over
			t.Errorf("item %d is not named:\n%s", id, text)
		}
	}
	if strings.Contains(text, "in all\n") {
		t.Errorf("a list is left out:\n%s", text)
	}
}
