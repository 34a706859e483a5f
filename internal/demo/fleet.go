package demo

import (
	"maps"
	"strconv"
	"time"

	"github.com/burnlist/burnlist/internal/promengine"
)

// deployment is how a service runs: what its instances are asked, and when
// they live.
type deployment struct {
	service   string
	labels    map[string]string // of all its series, beside service and instance
	instances int
	rate      float64 // events per minute of all instances together
	errors    float64
	bumps     []bump
	singles   []time.Time
	from, to  time.Time                                    // zero: from the start of history, and for ever
	pause     func(instance int, civilTime time.Time) bool // when an instance does not run, in the product's zone; nil: never
}

// family is how a deployment counts: the name of each series with its labels,
// and which events are in it.
type family []struct {
	name, label, value string
	kind               int
}

// Which events a series counts.
const (
	all = iota
	good
	bad
)

var (
	httpFamily = family{
		{"http_requests_total", "code", "200", good},
		{"http_requests_total", "code", "500", bad},
	}
	rpcFamily = family{
		{"rpc_server_handled_total", "grpc_code", "OK", good},
		{"rpc_server_handled_total", "grpc_code", "Unavailable", bad},
	}
	latencyFamily = family{
		{"http_request_duration_seconds_count", "", "", all},
		{"http_request_duration_seconds_bucket", "le", "0.3", good},
	}
	replyFamily = family{
		{"helpdesk_replies_total", "outcome", "failed", bad},
		{"helpdesk_reply_total", "outcome", "failed", bad},
	}
)

// series returns what a Prometheus would have of the deployment.
func (d deployment) series(t timeline, counts family) []promengine.Series {
	var made []promengine.Series
	for n := range d.instances {
		labels, zone, life := d.labelsOf(n), t.zoneOf(d.service), d.life(t, n)
		identity := d.service + labels["method"] + labels["instance"]
		load := &traffic{
			rate: d.rate / float64(d.instances), errors: d.errors, zone: zone, bumps: d.bumps,
			seed: seed(identity + counts[0].name),
		}
		if n == 0 {
			load.singles = d.singles
		}
		for _, s := range counts {
			own := maps.Clone(labels)
			own["__name__"] = s.name
			if s.label != "" {
				own[s.label] = s.value
			}
			c := &counter{
				count: func(m int64) uint32 {
					total, failed := load.minute(m)
					return [...]uint32{all: total, good: total - failed, bad: failed}[s.kind]
				},
				life: life, first: t.start().Unix() / 60, jitter: jitter(labels["instance"]),
			}
			made = append(made, promengine.Series{Labels: own, Samples: c.samples})
		}
	}
	return made
}

// up returns the liveness series of the deployment's first instance.
func (d deployment) up(t timeline) promengine.Series {
	labels := d.labelsOf(0)
	delete(labels, "method")
	labels["__name__"], labels["job"] = "up", d.service
	return promengine.Series{
		Labels:  labels,
		Samples: constant(t.start().Unix()/60, jitter(labels["instance"]), d.life(t, 0)),
	}
}

func (d deployment) labelsOf(instance int) map[string]string {
	labels := map[string]string{"service": d.service, "instance": d.service + "-" + strconv.Itoa(instance)}
	maps.Copy(labels, d.labels)
	return labels
}

// life says in which minutes an instance runs.
func (d deployment) life(t timeline, instance int) func(minute int64) bool {
	zone := t.zoneOf(d.service)
	return func(minute int64) bool {
		at := time.Unix(minute*60, 0)
		return !at.Before(d.from) && (d.to.IsZero() || at.Before(d.to)) &&
			(d.pause == nil || !d.pause(instance, at.In(zone)))
	}
}

// jitter is when within its minute an instance is scraped, in milliseconds: all
// series of an instance at once, as a scrape does.
func jitter(instance string) int64 {
	return int64(seed(instance) % 60_000)
}
