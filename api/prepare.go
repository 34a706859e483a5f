package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
)

// prepared is an SLO as it may be stored.
type prepared struct {
	slo        burnlist.SLO
	notes      []string // what its source makes one warn of
	unanswered error    // why the source said nothing, if it did not
}

// anySlice stands for the width of slices that fits what the source shows.
const anySlice = burnlist.Duration(-1)

// prepare refuses what is wrong with an SLO, in itself or by what its source
// says, and fills in what only the source can tell: the interval of a gauge of
// which missing samples count, and the width of a slice if it is anySlice.
func (s *server) prepare(ctx context.Context, o burnlist.SLO) (prepared, error) {
	asked := o
	if o.Slice == anySlice {
		asked.Slice = burnlist.SliceWidths[len(burnlist.SliceWidths)-1] // not too narrow for anything
	}
	untimed := o.Indicator.Gauge != nil && o.Indicator.Gauge.Interval == 0 && o.Indicator.Gauge.CountsMissing()
	if untimed {
		asked.Indicator = gauge(o, func(g *burnlist.Gauge) { g.MissingAs = burnlist.ExcludeMissing })
	}
	if err := s.checkSLO(asked); err != nil {
		return prepared{}, err
	}
	patience := s.Deadline / 4 // a write needs the rest
	probing, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	probe, err := s.source(o.Source).Probe(probing, asked, burnlist.Instant(s.Now()))
	switch {
	case err == nil:
	case burnlist.CodeOf(err) == burnlist.Invalid, errors.Is(ctx.Err(), context.Canceled):
		return prepared{}, err
	case probing.Err() != nil:
		err = fmt.Errorf("the source %s does not answer within %s", o.Source, patience)
	}
	if len(probe.Refusals) > 0 {
		return prepared{}, invalidSLO(probe.Refusals...)
	}
	if untimed && probe.Interval < time.Second {
		return prepared{}, invalidSLO(burnlist.Detail{
			Field: "indicator.gauge.interval", Message: "is missing, and the source does not show it: give the time between two samples, such as 30s, so that it is known how many should be there",
		})
	}
	if untimed {
		o.Indicator = gauge(o, func(g *burnlist.Gauge) { g.Interval = burnlist.Duration(probe.Interval) })
		return s.prepare(probing, o) // what is missing can be judged now
	}
	p := prepared{slo: o, notes: probe.Notes, unanswered: err}
	if o.Slice == anySlice {
		p.slo.Slice = budget.Width(probe.Interval)
	}
	if err != nil {
		p.notes = append(p.notes, fmt.Sprintf("%v: nobody knows yet whether the SLO can be measured, its figures will show it; to look again, send it to POST /api/v1/slos/preview", err))
	}
	return p, nil
}

// gauge returns the indicator of an SLO that counts a gauge, changed.
func gauge(o burnlist.SLO, change func(*burnlist.Gauge)) burnlist.Indicator {
	i, g := o.Indicator, *o.Indicator.Gauge
	change(&g)
	i.Gauge = &g
	return i
}

// checkSLO reports everything that is wrong with an SLO, its selectors and its
// source at once.
func (s *server) checkSLO(o burnlist.SLO) error {
	found := []error{o.Validate(), s.checkSource(o.Source)}
	if o.Indicator.Kind() != "" {
		found = append(found, budget.Check(o.Indicator))
	}
	var all []burnlist.Detail
	for _, err := range found {
		if e, ok := errors.AsType[*burnlist.Error](err); ok {
			for _, d := range e.Details {
				// Two rules may find fault with the same field; the first says it.
				if !slices.ContainsFunc(all, func(told burnlist.Detail) bool { return told.Field == d.Field }) {
					all = append(all, d)
				}
			}
		} else if err != nil {
			return err
		}
	}
	if len(all) == 0 {
		return nil
	}
	return invalidSLO(all...)
}

func invalidSLO(wrong ...burnlist.Detail) error {
	return &burnlist.Error{Code: burnlist.Invalid, Message: "the SLO is not valid", Details: wrong}
}

// source returns the configured source of a name, or nil.
func (s *server) source(name string) *budget.Source {
	if i := slices.IndexFunc(s.Sources, func(o *budget.Source) bool { return o.Name() == name }); i >= 0 {
		return s.Sources[i]
	}
	return nil
}

func (s *server) checkSource(name string) error {
	if s.source(name) != nil {
		return nil
	}
	names := make([]string, len(s.Sources))
	for i, o := range s.Sources {
		names[i] = o.Name()
	}
	message := fmt.Sprintf("%q is not a configured Prometheus source: use one of %s", name, strings.Join(names, ", "))
	if len(names) == 0 {
		message = fmt.Sprintf("%q is not a configured Prometheus source: there is none yet, configure it under sources", name)
	}
	return &burnlist.Error{Code: burnlist.Invalid, Details: []burnlist.Detail{{Field: "source", Message: message}}}
}
