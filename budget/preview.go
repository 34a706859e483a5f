package budget

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
)

// Preview is what an SLO would be if it were created.
type Preview struct {
	ScrapeInterval burnlist.Duration `json:"scrape_interval" doc:"Time between two samples of a series of all events, the median of those that were there throughout the last hour or less; 0s if none was."`
	Slice          burnlist.Duration `json:"slice" doc:"Width of a slice."`
	Parts          []PreviewPart     `json:"parts" doc:"The numbers that are asked for in each slice."`
	Figures        burnlist.Figures  `json:"figures" doc:"What the figures would be now."`
	State          burnlist.State    `json:"state" enum:"exhausted,burning,at_risk,healthy,unknown" doc:"What the policy makes of the figures."`
	Reason         burnlist.Reason   `json:"reason" nullable:"true" doc:"Why the state is unknown; else null."`
	LowTraffic     bool              `json:"low_traffic" doc:"The state would be worse, were there more than a handful of bad events."`
	Weekly         []Point           `json:"weekly" doc:"What the last weekly reviews would have seen, the earliest first. Before the last three days it is read in steps of an hour."`
	SourceSince    *time.Time        `json:"source_since" doc:"Start of the first time at which the source was seen alive: how far back it goes, unless it was not asked further."`
	Cost           PreviewCost       `json:"cost" doc:"What measuring it costs the source."`
	Notes          []string          `json:"notes" doc:"What is odd, and what to do about it."`
}

// PreviewPart is one number that is asked for in each slice.
type PreviewPart struct {
	Name       string         `json:"name" doc:"Which number it is: total, bad, good, sum or ratio."`
	Expression string         `json:"expression" doc:"The PromQL that is asked for it."`
	Series     int            `json:"series" doc:"Series that are selected, in the last hour."`
	BornLately int            `json:"series_born_lately" doc:"Series that are not older than an hour."`
	Value      burnlist.Value `json:"value" nullable:"true" doc:"The number in the newest slice; null if there is none."`
}

// PreviewCost is what measuring an SLO costs its source.
type PreviewCost struct {
	BackfillQueries int     `json:"backfill_queries" doc:"Queries that fill in the whole window, if the source refuses none."`
	SliceSeconds    float64 `json:"slice_seconds" doc:"Seconds in which the source answered for one slice."`
	SliceSamples    float64 `json:"slice_samples" doc:"Samples that are read for one slice."`
}

const (
	// previewHours is the width in which a preview reads what a ledger does not
	// keep in slices of the SLO's own width.
	previewHours = burnlist.Duration(time.Hour)
	// previewPiece is how much is asked for at once of what is older, and
	// previewQueries how often a preview asks at most.
	previewPiece   = 30 * day
	previewQueries = 40
)

// previewing is a preview while it is read.
type previewing struct {
	source  *Source
	ledger  *Ledger
	queries int
	since   int64 // Unix seconds of the first slice in which the source was alive
	trouble error // why something is missing
}

// Preview measures an SLO that there is not yet, at now and as the weekly
// reviews at the given slots would have seen it, as far as the source can tell
// before ctx ends. It asks a bounded number of queries and stores nothing. It
// knows no exclusions: what was excluded from an SLO of that name counts here.
//
// It fails with Invalid if the SLO can never be measured, and with Unavailable
// if the source does not answer.
func (s *Source) Preview(ctx context.Context, slo burnlist.SLO, policy burnlist.Policy, slots []time.Time, now time.Time) (Preview, error) {
	q, err := newQuestion(&slo)
	if err != nil {
		return Preview{}, err
	}
	probe, err := s.Probe(ctx, slo, now)
	if err != nil {
		return Preview{}, err
	}
	if len(probe.Refusals) > 0 {
		return Preview{}, &burnlist.Error{Code: burnlist.Invalid, Message: "the SLO is not valid", Details: probe.Refusals}
	}
	at, width := due(now, slo.Slice), seconds(slo.Slice)
	began := time.Now()
	newest, err := s.ask(ctx, []*question{q}, width, Range{at - width, at})
	if refused, ok := errors.AsType[*refusal](err); ok {
		return Preview{}, &burnlist.Error{Code: burnlist.Invalid, Message: "the SLO is not valid", Details: []burnlist.Detail{{
			Field: "indicator", Message: fmt.Sprintf("is refused by the source %s: %s", s.name, refused),
		}}}
	}
	if err != nil {
		return Preview{}, s.unavailable(ctx, err)
	}
	took := time.Since(began)
	p := previewing{source: s, ledger: NewLedger(slo.Slice), since: noData}
	if err := p.read(ctx, q, &slo, at, slots); err != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			return Preview{}, ctx.Err()
		}
		probe.Notes = append(probe.Notes, "the source did not answer for the whole history in time: the preview knows less than the SLO will")
	}
	v := p.judge(slo, policy, slots, at, now)
	if n := v.Figures.Violations; n > 0 {
		probe.Notes = append(probe.Notes, fmt.Sprintf("in %d slices, or hours of what is older than three days, there were more bad events than events, or a ratio outside 0 to 1: "+
			"they count as the nearest that can be, so check that what is bad is a part of what is counted in total", n))
	}
	v.ScrapeInterval, v.Notes = burnlist.Duration(probe.Interval), probe.Notes
	for _, part := range q.parts {
		i := slices.IndexFunc(probe.Seen, func(seen Seen) bool { return seen.Name == part.term })
		shown := PreviewPart{Name: part.name, Expression: q.asks(part, s.liveness)}
		if i >= 0 {
			shown.Series, shown.BornLately = probe.Seen[i].Series, probe.Seen[i].Born
		}
		if n, ok, err := newest[tagOf(q.slo, part.name)].at(0); err == nil && ok {
			shown.Value = burnlist.Known(n)
		}
		v.Parts = append(v.Parts, shown)
	}
	points := seconds(slo.Window) / width
	v.Cost = PreviewCost{BackfillQueries: int((points + maxPoints - 1) / maxPoints), SliceSeconds: took.Seconds(), SliceSamples: probe.Samples}
	return v, nil
}

// read fills the ledger: the newest part in slices, what the slots look back to
// in hours. It returns an error if the source stopped answering.
func (p *previewing) read(ctx context.Context, q *question, slo *burnlist.SLO, at int64, slots []time.Time) error {
	border := (at - int64(slicesKept/time.Second)) / hour * hour
	first := at
	for _, slot := range slots {
		first = min(first, slot.Unix())
	}
	first = max(first-seconds(slo.Window), at-int64(burnlist.RetainedHistory/time.Second)) / hour * hour
	if err := p.fill(ctx, q, Range{border, at}, p.ledger.Put); err != nil {
		return err
	}
	hourly := *slo
	hourly.Slice = previewHours
	older, err := newQuestion(&hourly)
	if err != nil {
		return err
	}
	older.goodSeen = q.goodSeen
	weight := 1.0
	if slo.Indicator.Ratio != nil { // each slice weighs the same
		weight = float64(previewHours / slo.Slice)
	}
	for to := border; to > first; to -= previewPiece {
		err := p.fill(ctx, older, Range{max(first, to-previewPiece), to}, func(hours []burnlist.Slice) {
			p.ledger.PutRolled(rolledHours(hours, slo.Slice, weight))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// rolledHours makes rows of slices of an hour.
func rolledHours(hours []burnlist.Slice, width burnlist.Duration, weight float64) []burnlist.Rolled {
	var rows []burnlist.Rolled
	for _, s := range hours {
		r := burnlist.Rolled{Start: s.Start, Width: hour, Bad: s.Bad * weight, Total: s.Total * weight, Violations: one(s.Violated)}
		switch s.State {
		case burnlist.SliceData:
			r.Data = r.Width
		case burnlist.SliceEmpty:
			r.Empty = r.Width
		case burnlist.SliceDead:
		}
		if s.Bad > 0 {
			r.BadSlices = int(previewHours / width) // at most
		}
		rows = append(rows, r)
	}
	return rows
}

// fill asks for a range, and for its halves if that is too much at once. The
// newer half comes first. What the source does not answer at all is left out.
func (p *previewing) fill(ctx context.Context, q *question, r Range, put func([]burnlist.Slice)) error {
	p.queries++
	if p.queries > previewQueries {
		return errors.New("too many queries")
	}
	width := seconds(q.width)
	c := chunk{width: width, Range: r}
	got, err := p.source.ask(ctx, []*question{q}, width, r)
	if err == nil {
		known, err := q.count(got, c)
		if err != nil {
			p.trouble = err
		}
		for _, s := range known {
			if s.State != burnlist.SliceDead {
				p.since = min(p.since, s.Start)
			}
		}
		put(known)
		return nil
	}
	refused, late := tooMuch(err)
	switch {
	case ctx.Err() != nil, !refused && !late:
		return err
	case c.slices() == 1:
		p.trouble = err
		return nil
	}
	newer, older := c.halves()
	if err := p.fill(ctx, q, newer.Range, put); err != nil {
		return err
	}
	return p.fill(ctx, q, older.Range, put)
}

// judge says what the ledger makes of the SLO.
func (p *previewing) judge(slo burnlist.SLO, policy burnlist.Policy, slots []time.Time, at int64, now time.Time) Preview {
	figures := p.ledger.Figures(slo, time.Unix(at, 0).UTC())
	if p.trouble != nil {
		figures.Error = clip(p.trouble.Error())
	}
	verdict := policy.Judge(figures, now)
	v := Preview{
		Slice: slo.Slice, Figures: figures, State: verdict.State, Reason: verdict.Reason, LowTraffic: verdict.LowTraffic,
		Weekly: []Point{},
	}
	if p.since != noData {
		v.SourceSince = instant(float64(p.since))
	}
	for _, slot := range slots {
		if slot.After(now) {
			continue
		}
		then := p.ledger.Figures(slo, time.Unix(min(due(slot, slo.Slice), at), 0).UTC())
		v.Weekly = append(v.Weekly, pointOf(then, policy, slot))
	}
	return v
}
