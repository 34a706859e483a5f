package prioritizer

import (
	"fmt"

	"github.com/burnlist/burnlist"
)

// Advice is what could be better about an item that somebody has just written.
// It is told at once, and never refuses anything.
type Advice struct {
	Code Code   `json:"code" doc:"The warning that the item carries for it."`
	Text string `json:"text" doc:"What is wrong, and how to write it instead."`
}

// Advise returns advice about the words of an open item. The services are those
// whose teams are no owners. The slice is the caller's, and not nil.
func Advise(item burnlist.Item, services map[string]*burnlist.Service) []Advice {
	all := []Advice{}
	if item.Status != burnlist.Open {
		return all
	}
	if item.Owner != "" && groupsOf(services).has(string(item.Owner)) {
		all = append(all, Advice{GroupOwner, groupText(&item)})
	}
	if v := vague(&item); v.kind != notVague {
		all = append(all, Advice{Vague, v.text(item.Title)})
	}
	return all
}

// text says what is vague about a title, and how to write it instead.
func (v vagueness) text(title string) string {
	word := fmt.Sprintf("%q", title[v.start:v.end])
	switch v.kind {
	case openEnded:
		return word + ` has no end: name what will be measured and the value it has to reach, as in "alert when pool usage exceeds 80 % for 5 minutes"`
	case noValue:
		return word + ` lacks its value: say from what to what, as in "lower the time-out from 30 s to 8 s"`
	case noOutcome:
		return word + ` may end with nothing: say what will be there afterwards, as in "measure which retries reach the database, and record which to cap"`
	case atPeople:
		return word + ` asks people never to slip: name the check, limit or default that does it for them, as in "refuse a migration that locks a table for more than 5 s"`
	case noMeans:
		return word + ` says what shall be, not what will be done: name what you build or change for it, as in "fail the build when a migration has no way back"`
	case sweeping:
		return word + ` fits anything: name the part that is meant and where it ends, as in "alert when more than 1 % of the payments API's answers are malformed"`
	case putOff:
		return word + ` is a way out: leave it off and set a due date, or deprioritise the item with a reason`
	case noObject:
		return word + ` fits every system: name the part, the signal and the value, as in "alert when replica lag exceeds 30 s"`
	case onlyMeeting:
		return word + ` is no result: say what will be different after it, as in "decide who may restart the index, and write it into its runbook"`
	case notVague:
	}
	return ""
}

// vagueEvidence says what the judgement was derived from.
func vagueEvidence(item *burnlist.Item) string {
	v := vague(item)
	text := fmt.Sprintf("title has %q", item.Title[v.start:v.end])
	if item.DoneWhen == "" {
		return text + ", and no done_when"
	}
	done := judgeDone(string(item.DoneWhen))
	if done.kind == noObject {
		return text + ", and done_when names nothing in particular"
	}
	return text + fmt.Sprintf(", and done_when has %q", string(item.DoneWhen)[done.start:done.end])
}
