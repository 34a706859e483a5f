package demo

import (
	"cmp"
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
	flat      bool    // the rate is the same at all times, and what is counted are not users
	errors    float64
	bumps     []bump
	singles   []time.Time
	from, to  time.Time                                    // zero: from the start of history, and for ever
	pause     func(instance int, civilTime time.Time) bool // when an instance does not run, in the product's zone; nil: never

	missingIsBad bool // events that are missing in a pause count as bad ones
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
	quick   // most of the good ones
	patient // the good ones, and most of the bad ones

	// Series that are no counters.
	success // 1 or 0
	ratio   // the share of bad events
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
	histogramFamily = family{
		{"http_request_duration_seconds_count", "", "", all},
		{"http_request_duration_seconds_bucket", "le", "0.1", quick},
		{"http_request_duration_seconds_bucket", "le", "0.3", good},
		{"http_request_duration_seconds_bucket", "le", "1", patient},
		{"http_request_duration_seconds_bucket", "le", "+Inf", all},
	}
	probeFamily = family{{"probe_success", "", "", success}}
	ratioFamily = family{{"service:image_errors:ratio_rate5m", "", "", ratio}}
	stockFamily = family{
		{"stock_reservations_total", "outcome", "done", good},
		{"stock_reservations_total", "outcome", "failed", bad},
	}
	jobFamily = family{
		{"invoice_documents_total", "outcome", "done", good},
		{"invoice_documents_total", "outcome", "failed", bad},
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
			first, offset := t.start().Unix()/60, jitter(labels["instance"])
			one := promengine.Series{Labels: own}
			switch s.kind {
			case success:
				one.Samples = gauge(first, offset, life, load.success)
			case ratio:
				one.Samples = gauge(first, offset, life, load.share)
				delete(own, "instance") // a rule records it, over all of them
			default:
				c := &counter{count: func(m int64) uint32 { return load.of(s.kind, m) }, life: life, first: first, jitter: offset}
				one.Samples = c.samples
			}
			made = append(made, one)
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
		Samples: gauge(t.start().Unix()/60, jitter(labels["instance"]), d.life(t, 0), func(int64) float64 { return 1 }),
	}
}

func (d deployment) labelsOf(instance int) map[string]string {
	labels := map[string]string{"service": d.service, "instance": cmp.Or(d.labels["job"], d.service) + "-" + strconv.Itoa(instance)}
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
