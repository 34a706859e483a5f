package prioritizer

import "github.com/burnlist/burnlist"

// Entry is an item in the queue with everything that a meeting needs to hear
// about it.
type Entry struct {
	Position int `json:"position"` // in the list that the entry is shown in, from 1
	Rank     int `json:"rank"`     // in the product's queue, from 1
	Explanation
}

// Explanation is what an entry says wherever it stands.
type Explanation struct {
	PreviousRank *int              `json:"previous_rank"` // at the last attended review; null if there was none
	Tier         Tier              `json:"tier" enum:"jump,watch,unknown,within_budget"`
	Score        Points            `json:"score"`
	Item         burnlist.ItemView `json:"item"`
	Budget       BudgetView        `json:"budget"`
	Reasons      []ReasonLine      `json:"reasons"` // one for each signal; their points sum to the score
	Warnings     []Warning         `json:"warnings"`
}

// ReasonLine is what one signal contributes to a score, and why.
type ReasonLine struct {
	Signal string `json:"signal" enum:"budget,priority,incident,overdue,rollovers"`
	Points Points `json:"points"`
	Text   string `json:"text"`
}

// Show returns an entry of the queue with its sentences, to be shown at the
// given position, from 1, of whatever list it is shown in.
func (q *Queue) Show(r *Ranked, position int) Entry {
	return Entry{Position: position, Rank: q.Rank(r), Explanation: q.Explain(r)}
}

// Explain writes the sentences of an entry of the queue.
func (q *Queue) Explain(r *Ranked) Explanation {
	e := Explanation{
		Tier: r.Tier, Score: r.Score, Item: r.Item.View(*r.place.service), Budget: r.decides.view(),
		Reasons: make([]ReasonLine, 0, len(Signals)), Warnings: []Warning{},
	}
	if !r.snoozed() {
		e.Item.Snoozed = 0 // it may have ended by its date, before anybody recorded that
	}
	if n := r.Item.Facts.PreviousRank; n != 0 {
		e.PreviousRank = &n
	}
	for part, text := range [len(Signals)]string{q.budgetText(r), priorityText(r), q.incidentText(r), overdueText(r), rolloverText(r)} {
		e.Reasons = append(e.Reasons, ReasonLine{Signal: Signals[part], Points: r.Parts[part], Text: text})
	}
	for code := range r.Warnings.All() {
		e.Warnings = append(e.Warnings, q.itemWarning(r, code))
	}
	return e
}
