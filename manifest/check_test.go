package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/burnlist/burnlist/manifest"
)

const sound = `
products: [{name: shop, zone: Europe/Berlin, slot: {weekday: tuesday, time: "10:00"}}]
services: [{name: checkout, product: shop, team: payments}]
slos:
  - name: checkout-availability
    service: checkout
    objective: 0.999
    indicator: {events: {total: 'http_requests_total{job="checkout"}', bad: 'http_requests_total{job="checkout",code=~"5.."}'}}
items: [{key: PM-1, title: Retry payments, service: checkout, slo: checkout-availability, status: done, evidence: https://git.example.org/1}]
policy: {at_risk: 0.8}
`

func TestCheckFindsWhatIsWrongWithoutAServer(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want []string // beginnings
	}{
		"nothing": {sound, nil},
		"names and zones": {"products: [{name: the shop, zone: Mars, slot: {weekday: moonday, time: '25:00'}}]", []string{
			`stdin:1:19 product the shop: name "the shop" is not a name`, `stdin:1:35 product the shop: zone "Mars" is not a time zone`,
			`stdin:1:57 product the shop: slot.weekday "moonday" is not`, `stdin:1:72 product the shop: slot.time "25:00" is not`,
		}},
		"an objective in per cent": {"slos: [{name: a, objective: 99.9, window: 30h, slice: 7m}]", []string{
			`stdin:1:29 slo a: objective 99.9 is not an objective`, `stdin:1:43 slo a: window 1d6h is not a window`, `stdin:1:55 slo a: slice 7m is not a slice width`,
		}},
		"what is no PromQL": {"slos: [{name: a, indicator: {events: {total: 'up{', bad: 'rate(up[5m])'}}}]", []string{
			`stdin:1:46 slo a: indicator.events.total`, `stdin:1:58 slo a: indicator.events.bad`,
		}},
		"two kinds of indicator":                       {"slos: [{name: a, indicator: {ratio: {expression: up}, gauge: {selector: up}}}]", []string{"stdin:1:29 slo a: indicator has more than one kind"}},
		"no kind of indicator":                         {"slos: [{name: a, indicator: {}}]", []string{"stdin:1:29 slo a: indicator counts nothing"}},
		"a gauge whose interval the server looks for":  {"slos: [{name: a, indicator: {gauge: {selector: up, missing_as: bad}}}]", nil},
		"a policy that does not sum":                   {"policy: {weights: {budget: 50, priority: 25, incident: 15, overdue: 15, rollovers: 15}, snooze_days: 40}", []string{"stdin:1:102 policy: snooze_days 40 is out of range", "stdin:1:19 policy: weights sum to 120"}},
		"an item's fields":                             {"items: [{key: a, title: '', priority: P9, owner: \"a\\nb\", source: {url: 'ftp://x'}}]", []string{"stdin:1:25 item a: title is empty", "stdin:1:50 item a: owner holds control characters", `stdin:1:39 item a: priority "P9"`, `stdin:1:72 item a: source.url "ftp://x"`}},
		"a due date before it was opened":              {"items: [{key: a, opened_on: 2026-11-02, due: 2026-11-01}]", []string{"stdin:1:46 item a: due 2026-11-01 lies before"}},
		"a due date that passed, opened nobody knows":  {"items: [{key: a, due: 2026-01-01}]", nil},
		"an item of the future":                        {"items: [{key: a, opened_on: 2026-12-24}]", []string{"stdin:1:29 item a: opened_on 2026-12-24 is in the future"}},
		"a status that is none":                        {"items: [{key: a, status: closed}]", []string{`stdin:1:26 item a: status "closed" is none`}},
		"what belongs to another status":               {"items: [{key: a, status: done, revisit: 2027-01-01, of: b}, {key: b, evidence: https://x.example.org}, {key: c, status: done, evidence: x}]", []string{"stdin:1:41 item a: revisit belongs to", "stdin:1:57 item a: of belongs to", "stdin:1:80 item b: evidence belongs to done only", `stdin:1:137 item c: evidence "x" is not a web address`}},
		"a duplicate of itself":                        {"items: [{key: a, status: duplicate, of: a}]", []string{"stdin:1:41 item a: of names the item itself"}},
		"an SLO of another service":                    {"services: [{name: a}, {name: b}]\nslos: [{name: s, service: a}]\nitems: [{key: i, service: b, slo: s}]", []string{"stdin:3:35 item i: slo s belongs to service a, and the item to b"}},
		"a service in force of a product that is not":  {"products: [{name: p, retired: true}]\nservices: [{name: a, product: p, retired: false}]", []string{"stdin:2:31 service a: is in force, and its product p is retired at stdin:1:31"}},
		"an open item of a service that is not":        {"services: [{name: a, retired: true}]\nitems: [{key: i, service: a, status: open}]", []string{"stdin:2:27 item i: is open, and its service a is retired"}},
		"an SLO in force of a service that is not":     {"services: [{name: a, retired: true}]\nslos: [{name: s, service: a, retired: false}]", []string{"stdin:2:27 slo s: is in force, and its service a is retired"}},
		"a priority that somebody has not thought of ": {"items: [{key: a, priority: high}]", []string{`stdin:1:28 item a: priority "high" is not a priority`}},
	} {
		t.Run(name, func(t *testing.T) {
			problems, _ := manifest.Check(read(t, tc.text), now)
			var got []string
			for _, p := range problems {
				got = append(got, fmt.Sprintf("%s %s: %s", p.At, p.Thing, p.Message))
			}
			if len(got) != len(tc.want) {
				t.Fatalf("got %d problems, want %d:\n%s", len(got), len(tc.want), strings.Join(got, "\n"))
			}
			for i, want := range tc.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("problem %d:\n got %s\nwant %s", i, got[i], want)
				}
			}
		})
	}
}

func TestCheckNotesOnceWhatHasToBeOnTheServer(t *testing.T) {
	problems, notes := manifest.Check(read(t, `
services: [{name: a, product: p}, {name: b, product: p}]
slos: [{name: s, service: c}]
items: [{key: i, service: a, slo: t}, {key: j, service: d, status: duplicate, of: k}]`), now)
	var got []string
	for _, n := range notes {
		got = append(got, fmt.Sprintf("%s %s: %s", n.At, n.Thing, n.Message))
	}
	want := []string{
		"stdin:2:31 service a: names product p, which is not in the files: it has to be on the server",
		"stdin:3:27 slo s: names service c, which", "stdin:4:35 item i: names slo t, which",
		"stdin:4:83 item j: names item k, which", "stdin:4:57 item j: names service d, which",
	}
	if len(problems) > 0 || len(got) != len(want) {
		t.Fatalf("problems %v, notes:\n%s", problems, strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("got %s, want %s", got[i], want[i])
		}
	}
}
