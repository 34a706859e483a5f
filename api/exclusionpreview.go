package api

import (
	"context"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
)

// ExclusionPreview is what an exclusion would do to the budget of an SLO.
type ExclusionPreview struct {
	SLO          string              `json:"slo" doc:"Name of the SLO."`
	RoundedStart time.Time           `json:"rounded_start" doc:"From when on nothing would count."`
	RoundedEnd   time.Time           `json:"rounded_end" doc:"From when on everything would count again."`
	Coarser      bool                `json:"coarser" doc:"It would be rounded to an hour or a day, because slices of that time are no longer kept."`
	Note         burnlist.NullString `json:"note" nullable:"true" doc:"What else is to be said of it; null if nothing is."`
	Takes        TakenOut            `json:"takes" doc:"What the rounded interval holds that is not excluded already, also where it has left the window."`
	Now          Judgement           `json:"now" doc:"The figures as they are, by what the ledger holds at this moment."`
	Then         Judgement           `json:"then" doc:"The figures as they would be."`
}

// TakenOut is what was measured in an interval.
type TakenOut struct {
	Bad     float64 `json:"bad" doc:"Bad events."`
	Total   float64 `json:"total" doc:"All events."`
	Seconds float64 `json:"seconds" doc:"Time of which something is known."`
}

// Judgement is figures and what the policy makes of them.
type Judgement struct {
	StateView
	Figures burnlist.Figures `json:"figures" doc:"What was measured."`
}

func judged(p burnlist.Policy, f burnlist.Figures, now time.Time) Judgement {
	v := p.Judge(f, now)
	j := Judgement{StateView{State: v.State, Reason: v.Reason, LowTraffic: v.LowTraffic}, *listed(&f)}
	if v.StaleFor > 0 {
		j.StaleFor = new(burnlist.Duration(v.StaleFor.Truncate(time.Second)))
	}
	return j
}

func (s *server) previewExclusion(ctx context.Context, in *struct {
	Name string `path:"name" example:"checkout-availability"`
	Body newExclusion
},
) (*struct{ Body ExclusionPreview }, error) {
	now := burnlist.Instant(s.Now())
	o, err := s.Store.SLO(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	e := in.Body.of(o.Name)
	if err := e.Validate(now); err != nil {
		return nil, err
	}
	policy, err := s.Store.Policy(ctx)
	if err != nil {
		return nil, err
	}
	k, err := s.keptOf(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := e.Fits(o, k.exclusions); err != nil {
		return nil, err
	}
	at, ledger := budget.Due(now, o.Slice), k.ledger()
	interval, coarser := ledger.Rounded(&e)
	p := ExclusionPreview{
		SLO: o.Name, Coarser: coarser,
		RoundedStart: time.Unix(interval.From, 0).UTC(), RoundedEnd: time.Unix(interval.To, 0).UTC(),
		Now:  judged(policy, ledger.Figures(o, at), now),
		Then: judged(policy, k.ledger(&e).Figures(o, at), now),
	}
	p.Takes.Bad, p.Takes.Total, p.Takes.Seconds = ledger.Known(interval)
	switch {
	case p.Coarser:
		p.Note = "slices of that time were summed up to hours or days already: the exclusion takes out all of those that it touches"
	case !p.RoundedEnd.After(at.Add(-o.Window.Std())):
		p.Note = "all of it has left the window: it changes the history, but not the figures of now"
	case p.RoundedStart.After(now):
		p.Note = "it lies ahead: what happens then will not count"
	case p.RoundedEnd.After(now):
		p.Note = "it is not over: what happens until then will not count either"
	}
	return &struct{ Body ExclusionPreview }{p}, nil
}
