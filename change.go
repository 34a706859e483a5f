package burnlist

import "time"

// Change is one line of the change log: what one writing transaction did.
// Revisions commit in order, without a line missing.
type Change struct {
	Revision int64      `json:"revision"`
	At       time.Time  `json:"at"`
	Actor    string     `json:"actor"`
	Verified bool       `json:"verified"`
	Kind     ChangeKind `json:"kind"`
	Decision *Decision  `json:"decision,omitempty"` // of item.decided and decision.undone
	Review   int64      `json:"review,omitempty"`   // the review that it was made in or by, or 0
	Subjects []string   `json:"subjects"`           // what it touches, as "item/142" or "service/checkout"
	After    After      `json:"after"`
}

// After holds the things that a change wrote, as they are after it. Whoever
// reads them must not modify them.
type After struct {
	Products []*Product `json:"products,omitempty"`
	Services []*Service `json:"services,omitempty"`
	SLOs     []*SLO     `json:"slos,omitempty"`
	// Exclusions are new, or were taken back.
	Exclusions []*Exclusion `json:"exclusions,omitempty"`
	Items      []*Item      `json:"items,omitempty"`
	Policy     *Policy      `json:"policy,omitempty"`
	Reviews    []*Review    `json:"reviews,omitempty"`
	// Entries were added to the agenda of the review.
	Entries []*AgendaEntry `json:"entries,omitempty"`
	// Decisions were recorded with the review, or taken back.
	Decisions []*ReviewDecision `json:"decisions,omitempty"`
	// Standings are of the services whose state is another than before.
	Standings []*Standing `json:"standings,omitempty"`
	// Budgets is not kept in the log: a reader of the log gets the figures that
	// are current when it reads.
	Budgets *Budgets `json:"-"`
}

// Budgets is what one refresh measured: the figures of every SLO and the
// incident costs of the items that have any.
type Budgets struct {
	RefreshedAt time.Time
	Figures     map[string]*Figures    // by SLO
	Costs       map[int64]IncidentCost // by item
}

// ChangeKinds are all kinds of change.
var ChangeKinds = []ChangeKind{
	ProductCreated, ProductUpdated, ServiceCreated, ServiceUpdated, SLOCreated, SLOUpdated, SLOExcluded, ExclusionRemoved,
	ItemCreated, ItemUpdated, ItemDecided, PolicyUpdated, BudgetsRefreshed, StatesChanged, ItemsReturned,
	ReviewOpened, ReviewRefrozen, SlotsRecorded, DecisionUndone, ReviewConcluded,
}

// ChangeKind names what a change did.
type ChangeKind string

// The kinds of change.
const (
	ProductCreated   ChangeKind = "product.created"
	ProductUpdated   ChangeKind = "product.updated"
	ServiceCreated   ChangeKind = "service.created"
	ServiceUpdated   ChangeKind = "service.updated"
	SLOCreated       ChangeKind = "slo.created"
	SLOUpdated       ChangeKind = "slo.updated"
	SLOExcluded      ChangeKind = "slo.excluded" // an interval was taken out of its budget
	ExclusionRemoved ChangeKind = "exclusion.removed"
	ItemCreated      ChangeKind = "item.created"
	ItemUpdated      ChangeKind = "item.updated"
	ItemDecided      ChangeKind = "item.decided"
	PolicyUpdated    ChangeKind = "policy.updated"
	BudgetsRefreshed ChangeKind = "budgets.refreshed"
	StatesChanged    ChangeKind = "states.changed"   // services are in another state than before
	ItemsReturned    ChangeKind = "items.returned"   // deprioritised or snoozed items came back by themselves
	ReviewOpened     ChangeKind = "review.opened"    // an agenda was frozen
	ReviewRefrozen   ChangeKind = "review.refrozen"  // and frozen anew, or an item added to it
	SlotsRecorded    ChangeKind = "slots.recorded"   // slots were adopted, cancelled or passed over
	DecisionUndone   ChangeKind = "decision.undone"  // a decision of an open review was taken back
	ReviewConcluded  ChangeKind = "review.concluded" // facts of its items were written
)
