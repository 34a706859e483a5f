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

// Series is one time series. Its samples are asked for when a query needs
// them, so they may be generated on the fly.
type Series struct {
	// Labels are those of the series, its name under "__name__". No two series
	// of an engine have the same.
	Labels map[string]string
	// Samples returns the samples with from ≤ T ≤ to in rising order of T, no
	// two at the same T. It must be safe to call at the same time from several
	// goroutines; the caller does not modify what it returns.
	Samples func(from, to int64) []Sample
}

// Fixed returns the Samples function of samples that are all in memory, in
// rising order of T.
func Fixed(samples []Sample) func(from, to int64) []Sample {
	return func(from, to int64) []Sample {
		first := sort.Search(len(samples), func(i int) bool { return samples[i].T >= from })
		after := sort.Search(len(samples), func(i int) bool { return samples[i].T > to })
		return samples[first:max(first, after)]
	}
}

// selected is one series within the range of time that a query looks at.
type selected struct {
	labels   labels.Labels
	samples  func(from, to int64) []Sample
	from, to int64
}

func (s selected) Labels() labels.Labels { return s.labels }

func (s selected) Iterator(chunkenc.Iterator) chunkenc.Iterator {
	return &iterator{samples: s.samples(s.from, s.to), at: -1}
}

// iterator walks over float samples. There are no histograms in an engine.
type iterator struct {
	samples []Sample
	at      int
}

func (it *iterator) value() chunkenc.ValueType {
	if it.at >= len(it.samples) {
		return chunkenc.ValNone
	}
	return chunkenc.ValFloat
}

func (it *iterator) Next() chunkenc.ValueType {
	if it.at < len(it.samples) {
		it.at++
	}
	return it.value()
}

func (it *iterator) Seek(t int64) chunkenc.ValueType { //nolint:govet // the storage's interface, not io.Seeker
	it.at = max(it.at, 0)
	if it.at < len(it.samples) && it.samples[it.at].T < t {
		it.at += sort.Search(len(it.samples)-it.at, func(i int) bool { return it.samples[it.at+i].T >= t })
	}
	return it.value()
}

func (it *iterator) At() (int64, float64) { return it.samples[it.at].T, it.samples[it.at].V }
func (it *iterator) AtT() int64           { return it.samples[it.at].T }
func (it *iterator) AtST() int64          { return 0 }
func (it *iterator) Err() error           { return nil }

func (it *iterator) AtHistogram(*histogram.Histogram) (int64, *histogram.Histogram) {
	return it.AtT(), nil
}

func (it *iterator) AtFloatHistogram(*histogram.FloatHistogram) (int64, *histogram.FloatHistogram) {
	return it.AtT(), nil
}
