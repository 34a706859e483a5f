// Package promengine answers PromQL over series that a program makes up: the
// evaluation is Prometheus' own, the storage a function per series. It stands
// in for a Prometheus server where none is at hand, behind the same HTTP API.
//
// It knows nothing of SLOs, and it neither scrapes nor stores.
package promengine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

// The limits of a Prometheus server that is started without flags.
const (
	maxSamples = 50_000_000
	maxPoints  = 11_000
	timeout    = 2 * time.Minute
	lookback   = 5 * time.Minute
	evaluation = time.Minute // between two steps of a subquery that does not say
)

// Engine evaluates PromQL over a set of series. It is safe for use by several
// goroutines.
type Engine struct {
	promql *promql.Engine
	series atomic.Pointer[[]labelled]
}

type labelled struct {
	labels     labels.Labels
	samples    func(from, to int64) []Sample
	histograms func(from, to int64) []HistogramSample
}

// New returns an engine over the given series.
func New(series []Series) *Engine {
	e := &Engine{promql: promql.NewEngine(promql.EngineOpts{
		MaxSamples:               maxSamples,
		Timeout:                  timeout,
		LookbackDelta:            lookback,
		EnableAtModifier:         true,
		EnableNegativeOffset:     true,
		NoStepSubqueryIntervalFn: func(int64) int64 { return evaluation.Milliseconds() },
		Parser:                   parser.NewParser(parser.Options{}),
	})}
	e.Set(series)
	return e
}

// Set replaces the series of the engine. Queries under way may still see some
// of the old ones.
func (e *Engine) Set(series []Series) {
	set := make([]labelled, len(series))
	for i, s := range series {
		set[i] = labelled{labels.FromMap(s.Labels), s.Samples, s.Histograms}
	}
	slices.SortFunc(set, func(a, b labelled) int { return labels.Compare(a.labels, b.labels) })
	e.series.Store(&set)
}

// queryable makes the engine's series a storage of package promql.
type queryable struct{ e *Engine }

func (q queryable) Querier(mint, maxt int64) (storage.Querier, error) {
	return querier{series: *q.e.series.Load(), from: mint, to: maxt}, nil
}

type querier struct {
	series   []labelled
	from, to int64
}

func (q querier) Close() error { return nil }

func (q querier) LabelValues(context.Context, string, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, errors.ErrUnsupported
}

func (q querier) LabelNames(context.Context, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, errors.ErrUnsupported
}

// Select returns the matching series that have samples in the range of the
// query. They are always in order of their labels.
func (q querier) Select(_ context.Context, _ bool, hints *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	from, to := q.from, q.to
	if hints != nil {
		from, to = max(from, hints.Start), min(to, hints.End)
	}
	var found []selected
	for _, s := range q.series {
		matches := func(m *labels.Matcher) bool { return m.Matches(s.labels.Get(m.Name)) }
		if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !matches(m) }) {
			found = append(found, selected{s.labels, s.samples, s.histograms, from, to})
		}
	}
	return &seriesSet{found: found, at: -1}
}

type seriesSet struct {
	found []selected
	at    int
}

func (s *seriesSet) Next() bool                        { s.at++; return s.at < len(s.found) }
func (s *seriesSet) At() storage.Series                { return s.found[s.at] }
func (s *seriesSet) Err() error                        { return nil }
func (s *seriesSet) Warnings() annotations.Annotations { return nil }

// instant evaluates a query at one instant.
func (e *Engine) instant(ctx context.Context, query string, at time.Time) *promql.Result {
	q, err := e.promql.NewInstantQuery(ctx, queryable{e}, nil, query, at)
	if err != nil {
		return &promql.Result{Err: badData{err}}
	}
	return run(ctx, q)
}

// between evaluates a query at start and every step after it until end.
func (e *Engine) between(ctx context.Context, query string, start, end time.Time, step time.Duration) *promql.Result {
	q, err := e.promql.NewRangeQuery(ctx, queryable{e}, nil, query, start, end, step)
	if err != nil {
		return &promql.Result{Err: badData{err}}
	}
	return run(ctx, q)
}

// run evaluates q. Its result lives in memory that the engine uses again once
// q is closed, so what is kept of it is copied.
func run(ctx context.Context, q promql.Query) *promql.Result {
	defer q.Close()
	res := q.Exec(ctx)
	kept := &promql.Result{Err: res.Err, Warnings: res.Warnings, Value: res.Value}
	switch v := res.Value.(type) {
	case promql.Matrix:
		m := make(promql.Matrix, len(v))
		for i, s := range v {
			m[i] = promql.Series{Metric: s.Metric, Floats: slices.Clone(s.Floats), Histograms: slices.Clone(s.Histograms)}
		}
		slices.SortFunc(m, func(a, b promql.Series) int { return labels.Compare(a.Metric, b.Metric) })
		kept.Value = m
	case promql.Vector:
		kept.Value = slices.Clone(v)
	}
	return kept
}

// badData is an error that the query itself is to blame for.
type badData struct{ err error }

func (b badData) Error() string { return fmt.Sprintf("invalid parameter %q: %v", "query", b.err) }
func (b badData) Unwrap() error { return b.err }
