package api

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
)

// previewWeeks is how many weekly slots a preview looks back to.
const previewWeeks = 12

func (s *server) previewSLO(ctx context.Context, in *struct{ Body newSLO }) (*struct{ Body budget.Preview }, error) {
	now := burnlist.Instant(s.Now())
	policy, err := s.Store.Policy(ctx)
	if err != nil {
		return nil, err
	}
	patience := s.Deadline * 3 / 4 // so that there is time to say that the source does not answer
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p, err := s.prepare(asking, in.Body.slo())
	if err != nil {
		return nil, err
	}
	if p.unanswered != nil {
		return nil, unseen(p.slo, p.unanswered)
	}
	slots, err := s.slotsOf(ctx, p.slo.Service, now)
	if err != nil {
		return nil, err
	}
	preview, err := s.source(p.slo.Source).Preview(asking, p.slo, policy, slots, now)
	switch {
	case err == nil:
		preview.Figures = *listed(&preview.Figures)
		return &struct{ Body budget.Preview }{preview}, nil
	case errors.Is(ctx.Err(), context.Canceled), burnlist.CodeOf(err) == burnlist.Invalid:
		return nil, err
	case asking.Err() != nil:
		err = fmt.Errorf("the source %s does not answer within %s", p.slo.Source, patience)
	}
	return nil, unseen(p.slo, err)
}

// unseen says what to do about an SLO whose source shows nothing of it.
func unseen(o burnlist.SLO, err error) error {
	return burnlist.Errorf(burnlist.Unavailable,
		"%v, so nobody can see what %s would be: try again, or create it unseen; it is measured as soon as the source answers", err, o.Name)
}

// slotsOf returns the instants of the last weekly slots, the earliest first, of
// the product that a service belongs to; of a service that there is not yet,
// whole weeks back from now.
func (s *server) slotsOf(ctx context.Context, service string, now time.Time) ([]time.Time, error) {
	slots := make([]time.Time, previewWeeks)
	for i := range slots {
		slots[i] = now.Add(time.Duration(i-previewWeeks+1) * 7 * burnlist.Day)
	}
	v, err := s.Store.Service(ctx, service)
	if burnlist.CodeOf(err) == burnlist.NotFound {
		return slots, nil
	}
	if err != nil {
		return nil, err
	}
	p, err := s.Store.Product(ctx, v.Product)
	if err != nil {
		return nil, err
	}
	last := p.SlotBefore(now)
	for i := range slots {
		slots[i] = p.Slot.On(last+burnlist.Date(7*(i-previewWeeks+1)), p.Location()).UTC()
	}
	return slots, nil
}
