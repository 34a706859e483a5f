package promengine

import (
	"sort"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// Sample is the value of a series at an instant.
type Sample struct {
	T int64 // Unix milliseconds
	V float64
}

// HistogramSample is the value of a native histogram at an instant.
type HistogramSample struct {
	T int64 // Unix milliseconds
	H *histogram.FloatHistogram
}

// Series is one time series, of numbers or of native histograms. Its samples
// are asked for when a query needs them, so they may be generated on the fly.
type Series struct {
	// Labels are those of the series, its name under "__name__". No two series
	// of an engine have the same.
	Labels map[string]string
	// Samples returns the samples with from ≤ T ≤ to in rising order of T, no
	// two at the same T. It must be safe to call at the same time from several
	// goroutines; the caller does not modify what it returns.
	Samples func(from, to int64) []Sample
	// Histograms is Samples of a series of native histograms, and then Samples
	// is nil.
	Histograms func(from, to int64) []HistogramSample
}

// Fixed returns the Samples function of samples that are all in memory, in
// rising order of T.
func Fixed(samples []Sample) func(from, to int64) []Sample {
	return within(samples, func(s Sample) int64 { return s.T })
}

// FixedHistograms is Fixed for native histograms.
func FixedHistograms(samples []HistogramSample) func(from, to int64) []HistogramSample {
	return within(samples, func(s HistogramSample) int64 { return s.T })
}

func within[S any](samples []S, at func(S) int64) func(from, to int64) []S {
	return func(from, to int64) []S {
		first := sort.Search(len(samples), func(i int) bool { return at(samples[i]) >= from })
		after := sort.Search(len(samples), func(i int) bool { return at(samples[i]) > to })
		return samples[first:max(first, after)]
	}
}

// selected is one series within the range of time that a query looks at.
type selected struct {
	labels     labels.Labels
	samples    func(from, to int64) []Sample
	histograms func(from, to int64) []HistogramSample
	from, to   int64
}

func (s selected) Labels() labels.Labels { return s.labels }

func (s selected) Iterator(chunkenc.Iterator) chunkenc.Iterator {
	if s.histograms == nil {
		return &numbers{iterator[Sample]{s.samples(s.from, s.to), -1, chunkenc.ValFloat, func(s Sample) int64 { return s.T }}}
	}
	return &histograms{iterator[HistogramSample]{
		s.histograms(s.from, s.to), -1, chunkenc.ValFloatHistogram,
		func(s HistogramSample) int64 { return s.T },
	}}
}

// iterator walks over samples of one kind.
type iterator[S any] struct {
	samples []S
	index   int
	kind    chunkenc.ValueType
	at      func(S) int64
}

func (it *iterator[S]) value() chunkenc.ValueType {
	if it.index >= len(it.samples) {
		return chunkenc.ValNone
	}
	return it.kind
}

func (it *iterator[S]) Next() chunkenc.ValueType {
	if it.index < len(it.samples) {
		it.index++
	}
	return it.value()
}

func (it *iterator[S]) Seek(t int64) chunkenc.ValueType { //nolint:govet // the storage's interface, not io.Seeker
	it.index = max(it.index, 0)
	if it.index < len(it.samples) && it.AtT() < t {
		it.index += sort.Search(len(it.samples)-it.index, func(i int) bool { return it.at(it.samples[it.index+i]) >= t })
	}
	return it.value()
}

func (it *iterator[S]) AtT() int64  { return it.at(it.samples[it.index]) }
func (it *iterator[S]) AtST() int64 { return 0 }
func (it *iterator[S]) Err() error  { return nil }

func (it *iterator[S]) AtHistogram(*histogram.Histogram) (int64, *histogram.Histogram) {
	return it.AtT(), nil
}

// numbers walks over a series of numbers.
type numbers struct{ iterator[Sample] }

func (it *numbers) At() (int64, float64) { return it.AtT(), it.samples[it.index].V }

func (it *numbers) AtFloatHistogram(*histogram.FloatHistogram) (int64, *histogram.FloatHistogram) {
	return it.AtT(), nil
}

// histograms walks over a series of native histograms. What it hands out is
// the engine's to change.
type histograms struct{ iterator[HistogramSample] }

func (it *histograms) At() (int64, float64) { return it.AtT(), 0 }

func (it *histograms) AtFloatHistogram(into *histogram.FloatHistogram) (int64, *histogram.FloatHistogram) {
	h := it.samples[it.index].H
	if into == nil {
		return it.AtT(), h.Copy()
	}
	h.CopyTo(into)
	return it.AtT(), into
}
