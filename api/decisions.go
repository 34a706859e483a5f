package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/burnlist/burnlist"
)

// NewDecision is what somebody decides of an item.
type NewDecision struct {
	Kind     burnlist.DecisionKind `json:"kind" enum:"done,commit,carry,deprioritise,snooze,reassign,reopen,duplicate,split"`
	Reason   burnlist.NullString   `json:"reason,omitempty" nullable:"true" maxLength:"2000" doc:"Needed to deprioritise, to snooze and to reopen; lets a commit move the promised date, once."`
	Owner    burnlist.NullString   `json:"owner,omitempty" nullable:"true" maxLength:"200" example:"ana@example.org" doc:"The new owner; commit and reassign only."`
	Due      namedDay              `json:"due,omitzero" doc:"The new due date; commit only. A date, or a day such as in 2 weeks or next friday, from today in the product's zone."`
	Evidence burnlist.NullString   `json:"evidence,omitempty" nullable:"true" maxLength:"2000" doc:"A link that shows that it is done; done only."`
	Revisit  namedDay              `json:"revisit,omitzero" doc:"When the item comes back; deprioritise only. It lies further ahead than a snooze may last; the policy's deprioritised_days from today if it is not given."`
	Until    namedDay              `json:"until,omitzero" doc:"The day on which the item is back; snooze only, and at most the policy's snooze_days from today."`
	Of       int64                 `json:"of,omitempty" nullable:"true" minimum:"1" example:"97" doc:"The open item that goes on; duplicate only."`
	Parts    []newPart             `json:"parts,omitempty" nullable:"true" maxItems:"20" doc:"What is split off; split only."`
}

type newPart struct {
	Title string              `json:"title" minLength:"1" maxLength:"300"`
	Owner burnlist.NullString `json:"owner,omitempty" nullable:"true" maxLength:"200" doc:"That of the item if it is not given."`
	Due   namedDay            `json:"due,omitzero" doc:"That of the item if it is not given."`
}

// noun returns the decision as the root package has it, if it is made on the
// given day.
func (d NewDecision) noun(today burnlist.Date) burnlist.Decision {
	n := burnlist.Decision{
		Kind: d.Kind, Reason: d.Reason, Owner: d.Owner, Due: d.Due.on(today), Evidence: d.Evidence, Revisit: d.Revisit.on(today), Until: d.Until.on(today), Of: d.Of,
	}
	for _, p := range d.Parts {
		n.Parts = append(n.Parts, burnlist.Part{Title: p.Title, Owner: p.Owner, Due: p.Due.on(today)})
	}
	return n
}

// asked says what the store has to know before there is a day on which the
// decision is made.
func (d NewDecision) asked() burnlist.Decision { return burnlist.Decision{Kind: d.Kind, Of: d.Of} }

// decide decides a case by it, with its days as dates.
func (d NewDecision) decide(c burnlist.Case, by burnlist.Author) (burnlist.Decided, error) {
	n := d.noun(c.Product.Today(by.At))
	made, err := c.Decide(n, by)
	made.Decision = n
	return made, err
}

type newReviewDecision struct {
	Item int64 `json:"item" minimum:"1" example:"142" doc:"An item on the agenda."`
	NewDecision
}

// DecisionList is everything that a review decided.
type DecisionList struct {
	Decisions []burnlist.ReviewDecision `json:"decisions" nullable:"false" doc:"The oldest first. Of one item, the last that was not undone counts."`
}

// Recorded is a decision as a review recorded it, and what it made.
type Recorded struct {
	Decision *burnlist.ReviewDecision `json:"decision" doc:"Null if there was nothing to decide: the item was like that already."`
	Item     burnlist.ItemView        `json:"item"`
	Parts    []burnlist.ItemView      `json:"parts" nullable:"false" doc:"The items that a split made."`
	Survivor *burnlist.ItemView       `json:"survivor" doc:"The item that goes on for a duplicate."`
}

// Undone is a decision that was taken back, and the items that it had changed
// or made, as they are now.
type Undone struct {
	Decision burnlist.ReviewDecision `json:"decision"`
	Items    []burnlist.ItemView     `json:"items" nullable:"false"`
}

// decideItem decides of an item by itself, outside of any review.
func (s *server) decideItem(ctx context.Context, in *struct {
	Authored
	Keyed
	Matched
	ID   int64 `path:"id" minimum:"1" example:"142"`
	Body NewDecision
},
) (*Written[burnlist.ItemView], error) {
	seen, err := in.version()
	if err != nil {
		return nil, err
	}
	by := in.once(s.author(in.Authored))
	made, _, revision, err := s.Store.DecideItem(ctx, by, 0, in.ID, in.Body.asked(), func(c burnlist.Case) (burnlist.Decided, error) {
		if err := seen.check(c.Item.Version, fmt.Sprintf("item %d", c.Item.ID)); err != nil {
			return burnlist.Decided{}, err
		}
		return in.Body.decide(c, by)
	})
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	v, err := s.view(ctx, made.Item)
	return written(v, made.Item.Version, revision), err
}

func (s *server) listDecisions(ctx context.Context, in *struct {
	ID int64 `path:"id" minimum:"1" example:"12"`
},
) (*struct{ Body DecisionList }, error) {
	if _, err := s.Store.Review(ctx, in.ID); err != nil {
		return nil, err
	}
	all, err := s.Store.ReviewDecisions(ctx, in.ID)
	return &struct{ Body DecisionList }{DecisionList{notNil(all)}}, err
}

// decideInReview decides of an item within a review. Whoever names the current
// version of the item has seen what others decided of it before.
func (s *server) decideInReview(ctx context.Context, in *struct {
	Authored
	Keyed
	Matched
	ID   int64 `path:"id" minimum:"1" example:"12"`
	Body newReviewDecision
},
) (*Written[Recorded], error) {
	seen, err := in.version()
	if err != nil {
		return nil, err
	}
	by := in.once(s.author(in.Authored))
	made, recorded, revision, err := s.Store.DecideItem(ctx, by, in.ID, in.Body.Item, in.Body.asked(), func(c burnlist.Case) (burnlist.Decided, error) {
		stale := seen.check(c.Item.Version, fmt.Sprintf("item %d", c.Item.ID))
		c.Seen = seen != 0 && stale == nil
		if stale == nil {
			return in.Body.decide(c, by)
		}
		// A client that did not hear the answer sends the same again, with the
		// version from before. Not having seen the item as it is, it can decide
		// nothing here but that.
		if c.Last != nil {
			if again, err := in.Body.decide(c, by); err == nil {
				return again, nil
			}
		}
		return burnlist.Decided{}, stale
	})
	if err != nil {
		return nil, s.withCurrent(ctx, in.ID, in.Body.Item, s.itemInBody(ctx, in.ID, err))
	}
	s.settle(ctx, revision)
	answer := Recorded{Decision: recorded, Parts: []burnlist.ItemView{}}
	if answer.Item, err = s.view(ctx, made.Item); err != nil {
		return nil, err
	}
	// Not from what was made now: a repeated decision makes nothing, and is
	// answered like the first time.
	switch {
	case recorded == nil:
	case recorded.Decision.Kind == burnlist.DecideSplit:
		if answer.Parts, err = s.viewsAt(ctx, revision, recorded.After, recorded.Item); err != nil {
			return nil, err
		}
	case recorded.Decision.Kind == burnlist.DecideDuplicate:
		survivor, err := s.viewsAt(ctx, revision, map[int64]int64{recorded.Decision.Of: 0}, 0)
		if err != nil {
			return nil, err
		}
		answer.Survivor = &survivor[0]
	}
	return written(answer, made.Item.Version, revision), nil
}

func (s *server) undoDecision(ctx context.Context, in *struct {
	Authored
	Keyed
	ID       int64 `path:"id" minimum:"1" example:"12"`
	Decision int64 `path:"decision" minimum:"1" example:"3"`
	Body     *nothing
},
) (*struct {
	Revision int64 `header:"Burnlist-Revision" doc:"The revision of the change log that has the change."`
	Body     Undone
}, error,
) {
	d, revision, err := s.Store.UndoDecision(ctx, in.once(s.author(in.Authored)), in.ID, in.Decision)
	if err != nil {
		return nil, err
	}
	s.settle(ctx, revision)
	items, err := s.viewsAt(ctx, revision, d.After, 0)
	return &struct {
		Revision int64 `header:"Burnlist-Revision" doc:"The revision of the change log that has the change."`
		Body     Undone
	}{revision, Undone{d, items}}, err
}

// viewsAt reads the items with the given ids, but one, as they were at a
// revision, in the order of the ids.
func (s *server) viewsAt(ctx context.Context, revision int64, ids map[int64]int64, but int64) ([]burnlist.ItemView, error) {
	wanted := slices.DeleteFunc(slices.Sorted(maps.Keys(ids)), func(id int64) bool { return id == but })
	items, err := s.Store.ItemsAt(ctx, revision, wanted...)
	if err != nil {
		return nil, err
	}
	all := make([]burnlist.ItemView, len(items))
	for n, i := range items {
		if all[n], err = s.view(ctx, i); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// itemInBody tells an item that is not there from a review that is not there:
// the item is named by the body.
func (s *server) itemInBody(ctx context.Context, review int64, err error) error {
	if burnlist.CodeOf(err) != burnlist.NotFound {
		return err
	}
	if _, missing := s.Store.Review(ctx, review); missing != nil {
		return err
	}
	return inBody("item", err)
}

// withCurrent turns an error into a problem. If somebody else decided before,
// or changed the item, the problem says how things are, so that nobody has to
// ask again.
func (s *server) withCurrent(ctx context.Context, review, item int64, err error) error {
	p := s.fail(ctx, err)
	if p.Code != burnlist.Conflict && p.Code != burnlist.Stale {
		return p
	}
	i, err := s.Store.Item(ctx, item)
	if err != nil {
		return p
	}
	v, err := s.view(ctx, i)
	if err != nil {
		return p
	}
	decisions, err := s.Store.ReviewDecisions(ctx, review)
	if err != nil {
		return p
	}
	p.Current = &Current{Item: v, Decision: decisionsOf(decisions).of[item]}
	return p
}

// missing returns what an error says to the person who asked.
func missing(err error) string {
	if e, ok := errors.AsType[*burnlist.Error](err); ok {
		return e.Message
	}
	return err.Error()
}
