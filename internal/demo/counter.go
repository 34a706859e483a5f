package demo

import (
	"math"
	"sync"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/promengine"
)

// counter is one counter series, scraped once a minute. Its values are summed
// up when they are first asked for and kept, so that they are the same for
// every range that is asked. It is safe for concurrent use.
type counter struct {
	count  func(minute int64) uint32
	life   func(minute int64) bool // whether the instance runs; after a pause it counts from 0 again
	first  int64                   // minute of values[0]
	jitter int64                   // milliseconds from the full minute to the scrape

	mu     sync.Mutex
	values []uint32 // by minute; absent where there is no sample
	sum    uint32   // since the instance started
}

const absent = math.MaxUint32

// samples returns the samples with from ≤ T ≤ to, in Unix milliseconds.
func (c *counter) samples(from, to int64) []promengine.Sample {
	lo, hi := span(from, to, c.first, c.jitter)
	if lo > hi {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for m := c.first + int64(len(c.values)); m <= hi; m++ {
		v := uint32(absent)
		if c.life(m) {
			c.sum += c.count(m)
			v = c.sum
		} else {
			c.sum = 0
		}
		c.values = append(c.values, v)
	}
	all := make([]promengine.Sample, 0, hi-lo+1)
	for m := lo; m <= hi; m++ {
		if v := c.values[m-c.first]; v != absent {
			all = append(all, promengine.Sample{T: m*60_000 + c.jitter, V: float64(v)})
		}
	}
	return all
}

// gauge is a gauge that is scraped once a minute whenever its instance runs.
func gauge(first, jitter int64, life func(minute int64) bool, value func(minute int64) float64) func(from, to int64) []promengine.Sample {
	return func(from, to int64) []promengine.Sample {
		var all []promengine.Sample
		lo, hi := span(from, to, first, jitter)
		for m := lo; m <= hi; m++ {
			if life(m) {
				all = append(all, promengine.Sample{T: m*60_000 + jitter, V: value(m)})
			}
		}
		return all
	}
}

// span returns the first and the last minute whose scrape lies in the range.
// No series goes on for longer than a year after its first sample and its
// history, which bounds the memory that a query for a far future can take.
func span(from, to, first, jitter int64) (lo, hi int64) {
	lo = max(first, ceilDiv(from-jitter, 60_000))
	return lo, min(ceilDiv(to-jitter+1, 60_000)-1, first+int64((history+366*burnlist.Day)/time.Minute))
}

// ceilDiv divides and rounds up; b is positive.
func ceilDiv(a, b int64) int64 {
	q := a / b
	if a%b > 0 {
		q++
	}
	return q
}
