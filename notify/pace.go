package notify

import (
	"hash/fnv"
	"net/http"
	"strconv"
	"time"
)

// pace holds the times that delivery goes by.
type pace struct {
	first    time.Duration // from the first failure to the second attempt; doubles from there
	most     time.Duration // that it doubles to, and what a refusal waits for
	asked    time.Duration // the longest wait that a receiver may ask for
	patience time.Duration // from a message's creation until it is given up
	poll     time.Duration // between two looks into the outbox that nobody asked for
	margin   time.Duration // by which a claim is longer than an attempt, for recording it
	spread   time.Duration // below it lies what a target adds to each wait
}

func usual() pace {
	return pace{
		first: 5 * time.Second, most: 15 * time.Minute, asked: time.Hour, patience: 3 * 24 * time.Hour,
		poll: 10 * time.Second, margin: 20 * time.Second, spread: time.Second,
	}
}

// offset returns what the target adds to each of its waits, so that targets
// behind the same outage do not come back in the same instant.
func (p pace) offset(target string) time.Duration {
	if p.spread <= 0 {
		return 0
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(target)) // never fails
	return time.Duration(hash.Sum32()) % p.spread
}

// retry returns when a message is tried again of which an attempt failed at
// now, after so many that failed before. It is zero if the message is to be
// given up. The last attempt is made when the patience ends; a message that is
// first tried later than that has one attempt.
func (p pace) retry(now, created time.Time, before int, why *failure, offset time.Duration) time.Time {
	end := created.Add(p.patience)
	if !now.Before(end) {
		return time.Time{}
	}
	wait := p.most
	if !why.refused {
		wait = p.first
		for ; before > 0 && wait < p.most; before-- {
			wait *= 2
		}
		wait = min(wait, p.most)
	}
	wait = max(wait, min(why.wait(now), p.asked))
	if at := now.Add(wait + offset); at.Before(end) {
		return at
	}
	return end
}

// wait returns how long the receiver asked to be left alone: Retry-After is a
// number of seconds or a date. What it cannot be read as is no wish.
func (f *failure) wait(now time.Time) time.Duration {
	if seconds, err := strconv.ParseInt(f.retryAfter, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(f.retryAfter); err == nil {
		return at.Sub(now)
	}
	return 0
}
