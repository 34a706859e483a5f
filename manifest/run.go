package manifest

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
)

// Run does the steps of a plan that was made from state s, each against the
// version that was seen. What the server refuses, and what needs it, is left
// undone; the rest is done. Told is called after each step, with why it was
// refused if it was.
//
// It returns the refusals of the server. It fails if the server fails or ctx
// ends: then the steps before are done, and a plan that is made anew has the
// others.
func (p Plan) Run(ctx context.Context, c *client.Client, s State, told func(Step, *Refusal)) ([]Refusal, error) {
	r := &runner{client: c, seen: seen(s), failed: map[Thing]bool{}}
	for _, refused := range p.Refused {
		r.failed[refused.Thing] = true
	}
	var refused []Refusal
	for n, step := range p.Steps {
		err := r.do(ctx, step)
		problem, isProblem := errors.AsType[*client.Problem](err)
		_, isSkipped := errors.AsType[*skipped](err)
		switch {
		case err == nil:
			told(step, nil)
		case isSkipped, isProblem && problem.Refused():
			r.failed[step.Thing] = true
			refused = append(refused, Refusal{step.Thing, step.At, err.Error()})
			told(step, &refused[len(refused)-1])
		default:
			return refused, fmt.Errorf("%d of %d steps are done; repeat it to go on: %w", n-len(refused), len(p.Steps), err)
		}
	}
	return refused, nil
}

// version is which version of something was seen, and its number if it is an
// item.
type version struct{ id, version int64 }

func seen(s State) map[Thing]version {
	all := map[Thing]version{{Kind: Policy}: {0, s.Policy.Version}}
	for name, p := range s.Products {
		all[Thing{Product, name}] = version{0, p.Version}
	}
	for name, v := range s.Services {
		all[Thing{Service, name}] = version{0, v.Version}
	}
	for name, o := range s.SLOs {
		all[Thing{SLO, name}] = version{0, o.Version}
	}
	for key, i := range s.Items {
		all[Thing{Item, key}] = version{i.ID, i.Version}
	}
	return all
}

// runner is a plan under way.
type runner struct {
	client *client.Client
	seen   map[Thing]version
	failed map[Thing]bool
}

// skipped is why a step was not tried.
type skipped struct{ cause Thing }

func (s *skipped) Error() string {
	return fmt.Sprintf("was left as it is, because %s was refused", s.cause)
}

// do does one step.
func (r *runner) do(ctx context.Context, s Step) error {
	for _, t := range append([]Thing{s.Thing}, s.Needs...) {
		if r.failed[t] {
			return &skipped{t}
		}
	}
	now, err := r.send(ctx, s, r.seen[s.Thing])
	if err != nil {
		return err
	}
	r.seen[s.Thing] = now
	return nil
}

// send sends a step, and returns the version that it made.
func (r *runner) send(ctx context.Context, s Step, is version) (version, error) {
	name := s.Thing.Name
	switch body := s.Body.(type) {
	case client.PolicyChange:
		p, err := r.client.UpdatePolicy(ctx, is.version, body)
		return version{0, p.Version}, err
	case client.NewProduct:
		p, err := r.client.CreateProduct(ctx, body)
		return version{0, p.Version}, err
	case client.ProductChange:
		p, err := r.client.UpdateProduct(ctx, name, is.version, body)
		return version{0, p.Version}, err
	case client.NewService:
		v, err := r.client.CreateService(ctx, body)
		return version{0, v.Version}, err
	case client.ServiceChange:
		v, err := r.client.UpdateService(ctx, name, is.version, body)
		return version{0, v.Version}, err
	case client.NewSLO:
		o, err := r.client.CreateSLO(ctx, body)
		return version{0, o.Version}, err
	case client.SLOChange:
		o, err := r.client.UpdateSLO(ctx, name, is.version, body)
		return version{0, o.Version}, err
	case client.NewItem:
		i, err := r.client.CreateItem(ctx, body)
		return version{i.ID, i.Version}, err
	case client.ItemChange:
		i, err := r.client.UpdateItem(ctx, is.id, is.version, body)
		return version{i.ID, i.Version}, err
	case client.NewDecision:
		return r.decide(ctx, s, body, is)
	}
	panic(fmt.Sprintf("manifest: no step has a body of type %T", s.Body))
}

// decide decides of an item. The one that goes on for a duplicate is another
// version then.
func (r *runner) decide(ctx context.Context, s Step, d client.NewDecision, is version) (version, error) {
	survivor := Thing{Item, s.Of}
	if s.Of != "" {
		of, ok := r.seen[survivor]
		if !ok {
			return is, &client.Problem{Status: http.StatusUnprocessableEntity, Detail: fmt.Sprintf(
				"there is no item %s, which is to go on for it: name the one that does", s.Of)}
		}
		d.Of = of.id
	}
	i, err := r.client.DecideItem(ctx, is.id, is.version, d)
	if err != nil {
		return is, err
	}
	if s.Of != "" {
		goesOn, err := r.client.Item(ctx, d.Of)
		if err != nil {
			return is, err
		}
		r.seen[survivor] = version{goesOn.ID, goesOn.Version}
	}
	return version{i.ID, i.Version}, nil
}

// isMissing reports whether the server says that there is no such thing.
func isMissing(err error) bool {
	p, ok := errors.AsType[*client.Problem](err)
	return ok && p.Code == burnlist.NotFound
}
