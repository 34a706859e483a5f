package demo

import (
	"hash/fnv"
	"math"
	"time"
)

// traffic is what one instance of a service is asked and how much of that goes
// wrong: a day and night curve, some noise, and the bumps of the story. It is
// a pure function of the minute.
type traffic struct {
	rate    float64 // events per minute, mean over a day
	errors  float64 // share of bad events on an ordinary day
	zone    *time.Location
	bumps   []bump
	singles []time.Time // bad events that are told one by one, for a service that hardly has any
	seed    uint64
}

// bump is an interval in which errors come on top of the ordinary ones.
type bump struct {
	from, to time.Time
	errors   float64 // share of all events
}

// swing is by how much traffic rises above its mean in the afternoon, and falls
// below it at night.
const swing = 0.55

// curve is the traffic of each minute of a civil day, around 1, highest at
// 15:00.
var curve = func() (c [1440]float64) {
	for i := range c {
		c[i] = 1 + swing*math.Cos(2*math.Pi*float64(i-15*60)/float64(len(c)))
	}
	return c
}()

// minute returns the events of one minute, counted from the Unix epoch, and
// how many of them were bad.
func (t *traffic) minute(m int64) (total, bad uint32) {
	local := time.Unix(m*60, 0).In(t.zone)
	n := t.rate * curve[local.Hour()*60+local.Minute()]
	n *= 0.92 + 0.16*t.noise(m, 1)
	total = uint32(n + t.noise(m, 2))
	share := t.share(m)
	bad = min(total, uint32(float64(total)*share+t.noise(m, 4)))
	if share == 0 {
		bad = 0
	}
	for _, s := range t.singles {
		if s.Unix()/60 == m {
			total, bad = total+1, bad+1
		}
	}
	return total, bad
}

// of returns the events of a minute that a counter of some kind counts.
func (t *traffic) of(kind int, m int64) uint32 {
	total, failed := t.minute(m)
	return [...]uint32{
		all: total, good: total - failed, bad: failed,
		quick: (total - failed) / 4 * 3, patient: total - failed/4,
	}[kind]
}

// share returns which part of the events of a minute is bad.
func (t *traffic) share(m int64) float64 {
	at, share := time.Unix(m*60, 0), t.errors
	for _, b := range t.bumps {
		if !at.Before(b.from) && at.Before(b.to) {
			share += b.errors
		}
	}
	return share * (0.9 + 0.2*t.noise(m, 3))
}

// success returns 1, or 0 where a single event in that minute is a bad one.
func (t *traffic) success(m int64) float64 {
	if t.noise(m, 5) < t.share(m) {
		return 0
	}
	return 1
}

// noise returns a number in [0,1) that depends on nothing but its arguments:
// the finaliser of splitmix64.
func (t *traffic) noise(m int64, use uint64) float64 {
	x := t.seed + uint64(m)*0x9e3779b97f4a7c15 + use*0xd1342543de82ef95
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return float64(x>>11) / (1 << 53)
}

func seed(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name)) // a hash does not fail
	return h.Sum64()
}
