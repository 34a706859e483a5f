package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/burnlist/burnlist"
)

// sameManifest compares what manifests say, wherever they say it.
var sameManifest = cmp.Options{cmpopts.IgnoreTypes(Written{}), cmpopts.EquateEmpty()}

const everything = `
products:
  - name: shop
    zone: Europe/Berlin
    slot: {weekday: monday, time: 10:00}
    retired: false
services:
  - name: checkout
    product: shop
    team: null
slos:
  - name: checkout-availability
    service: checkout
    objective: 0.999
    window: 30d
    indicator:
      events:
        total: http_requests_total{job="checkout"}
        bad: http_requests_total{job="checkout",code=~"5.."}
  - name: checkout-probe
    indicator:
      gauge: {selector: probe_success, missing_as: bad, interval: 30s}
---
items:
  - key: PM-31/2
    title: "Retry payments: with backoff"
    service: checkout
    owner: ~
    due: 2027-01-15
    priority: P1
    source:
      url: https://wiki.example.org/postmortems/31
      start: 2026-11-16T10:10:00+01:00
      end: 2026-11-16T10:25:00Z
    status: done
    evidence: https://git.example.org/1
policy:
  at_risk: 0.8
  weights: {budget: 40, priority: 25, incident: 15, overdue: 10, rollovers: 10}
`

func TestAManifestSaysWhatItsFilesSay(t *testing.T) {
	got, err := ReadManifest(strings.NewReader(everything), "-")
	if err != nil {
		t.Fatal(err)
	}
	start, end := time.Date(2026, 11, 16, 9, 10, 0, 0, time.UTC), time.Date(2026, 11, 16, 10, 25, 0, 0, time.UTC)
	want := &Manifest{
		Products: []Product{{Name: "shop", Zone: new("Europe/Berlin"), Slot: &burnlist.Slot{Weekday: "monday", Time: "10:00"}, Retired: new(false)}},
		Services: []Service{{Name: "checkout", Product: new("shop"), Team: new(burnlist.NullString(""))}},
		SLOs: []SLO{
			{
				Name: "checkout-availability", Service: new("checkout"), Objective: new(0.999), Window: new(burnlist.DefaultWindow),
				Indicator: &burnlist.Indicator{Events: &burnlist.Events{
					Total: `http_requests_total{job="checkout"}`, Bad: `http_requests_total{job="checkout",code=~"5.."}`,
				}},
			},
			{Name: "checkout-probe", Indicator: &burnlist.Indicator{Gauge: &burnlist.Gauge{
				Selector: "probe_success", MissingAs: burnlist.MissingBad, Interval: burnlist.Duration(30 * time.Second),
			}}},
		},
		Items: []Item{{
			Key: "PM-31/2", Title: new("Retry payments: with backoff"), Service: new("checkout"), Owner: new(burnlist.NullString("")),
			Due: new(burnlist.NewDate(2027, 1, 15)), Priority: new(burnlist.Priority("P1")),
			Source: &burnlist.Source{URL: "https://wiki.example.org/postmortems/31", Start: &start, End: &end},
			Status: new(burnlist.Done), Evidence: "https://git.example.org/1",
		}},
		Policy: &Policy{Given: []string{"at_risk", "weights"}, Policy: burnlist.Policy{
			AtRisk: 0.8, Weights: burnlist.Weights{Budget: 40, Priority: 25, Incident: 15, Overdue: 10, Rollovers: 10},
		}},
	}
	if diff := cmp.Diff(got, want, sameManifest); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
	for field, place := range map[string]string{"": "stdin:25:5", "due": "stdin:29:10", "source.url": "stdin:32:12", "slo": "stdin:25:5", "source.title": "stdin:32:7"} {
		if got := got.Items[0].At(field).String(); got != place {
			t.Errorf("%q is at %s, want %s", field, got, place)
		}
	}
}

func TestEveryProblemOfAManifestIsToldWithItsPlace(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want []string // beginnings of the problems, in order
	}{
		"unknown fields": {"colour: red\nproducts:\n  - name: shop\n    zone: UTC\n    slots: 3", []string{
			`stdin:1:1 "colour" is not known here: use products, services, slos, items or policy`, `stdin:5:5 "slots" is not known here: use name, zone`,
		}},
		"the same field twice":              {"products:\n  - name: shop\n    zone: UTC\n    zone: Europe/Berlin", []string{"stdin:4:5 zone is in line 3 already"}},
		"the same name twice":               {"services:\n  - name: a\n---\nservices:\n  - name: a", []string{"stdin:5:11 service a is at stdin:2:11 already"}},
		"two policies":                      {"policy: {at_risk: 0.7}\n---\npolicy: {at_risk: 0.8}", []string{"stdin:3:9 the policy is at stdin:1:9 already"}},
		"a number for a text":               {"items:\n  - key: 31\n    title: x", []string{"stdin:2:10 key is a number: write a text, in quotes"}},
		"a text for a number":               {"slos:\n  - name: a\n    objective: 99.9%", []string{`stdin:3:16 objective is "99.9%": write a number`}},
		"a text for a truth":                {"slos:\n  - name: a\n    advisory: yes", []string{`stdin:3:15 advisory is "yes": write true or false`}},
		"a duration without a unit":         {"slos:\n  - name: a\n    window: 30", []string{"stdin:3:13 window is a number: write a number with a unit"}},
		"a due date that depends on today":  {"items:\n  - key: a\n    due: in 2 weeks", []string{`stdin:3:10 due "in 2 weeks": write the date as YYYY-MM-DD; one that depends on today`}},
		"a list for a section":              {"products:\n  - name: shop\n    slot: [monday]", []string{"stdin:3:11 slot is a list: write its fields below it"}},
		"a section for a list":              {"products:\n  shop: {zone: UTC}", []string{"stdin:2:3 products is a section with fields: write a list"}},
		"a text for the whole":              {"products", []string{`stdin:1:1 is "products": write its fields`}},
		"half of a section":                 {"products:\n  - name: shop\n    slot: {weekday: monday}", []string{"stdin:3:11 slot.time is missing"}},
		"an item without a key":             {"items:\n  - title: Retry payments", []string{"stdin:2:5 key is missing: give the item a key of your own"}},
		"an item with an empty key":         {"items:\n  - key: \"\"\n  - key: null", []string{"stdin:2:10 key is missing", "stdin:3:10 key is missing"}},
		"blanks around a key":               {"items:\n  - key: ' a '", []string{`stdin:2:10 " a " has blanks`}},
		"null where there must be a value":  {"products:\n  - name: shop\n    zone: null", []string{"stdin:3:11 zone is empty: give a value, or leave it out"}},
		"an alias":                          {"products:\n  - name: &a shop\nservices:\n  - name: *a", []string{"stdin:2:11 name anchors and aliases are not read", "stdin:4:11 name anchors"}},
		"what is no YAML":                   {"products:\n  - name: shop\n  name: x", []string{"stdin:1 is not YAML: did not find expected '-' indicator"}},
		"an incident's time without a zone": {"items:\n  - key: a\n    source: {start: 2026-11-16 09:10}", []string{`stdin:3:21 source.start is "2026-11-16 09:10": write the instant`}},
		"a number that is not finite":       {"policy:\n  at_risk: .inf", []string{"stdin:2:12 at_risk is a number: write a number, such as"}},
		"what people may not set":           {"policy:\n  version: 3", []string{`stdin:2:3 "version" is not known here`}},
		"a field of the wrong kind of tag":  {"slos:\n  - name: a\n    advisory: !!bool maybe", []string{"stdin:3:15 advisory is true or false: write true or false"}},
		"several at once, in their order":   {"items:\n  - key: a\n    due: soon\n    priority: 1\n  - {}", []string{"stdin:3:10", "stdin:4:15", "stdin:5:5 key is missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := ReadManifest(strings.NewReader(tc.text), "-")
			e, ok := errors.AsType[*burnlist.Error](err)
			if !ok || e.Code != burnlist.Invalid || m != nil {
				t.Fatalf("got %+v and %v, want an Invalid error", m, err)
			}
			var got []string
			for _, d := range e.Details {
				got = append(got, d.Field+" "+d.Message)
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

func TestAManifestIsReadFromFilesAndFolders(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"b.yaml": "services: [{name: second}]", "a.yml": "services: [{name: first}]", "notes.txt": "no YAML: at: all", "empty.yaml": "# nothing yet\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m, err := ReadManifest(strings.NewReader("services: [{name: third}]"), dir, "-")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range m.Services {
		got = append(got, v.Name)
	}
	if diff := cmp.Diff(got, []string{"first", "second", "third"}); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
	_, err = ReadManifest(nil, filepath.Join(dir, "none.yaml"), t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "none.yaml: cannot be read: no such file") || !strings.Contains(err.Error(), "holds no *.yaml") {
		t.Errorf("got %v", err)
	}
}

func TestAManifestThatIsTooLongIsRefused(t *testing.T) {
	long := strings.NewReader("# " + strings.Repeat("x", mostManifest))
	if _, err := ReadManifest(long, "-"); err == nil || !strings.Contains(err.Error(), "longer than 32 MB") {
		t.Errorf("got %v", err)
	}
}

func TestAManifestIsWrittenAsPeopleWouldWriteIt(t *testing.T) {
	m, err := ReadManifest(strings.NewReader(everything), "-")
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := m.Write(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"  - name: checkout\n    product: shop\n    team: null\n", "      time: \"10:00\"\n", "    objective: 0.999\n    window: 30d\n",
		"        total: http_requests_total{job=\"checkout\"}\n", "    due: 2027-01-15\n", "      start: 2026-11-16T09:10:00Z\n",
		"    title: 'Retry payments: with backoff'\n", "policy:\n  at_risk: 0.8\n  weights:\n    budget: 40\n",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in what was written", want)
		}
	}
	if t.Failed() {
		t.Log(text.String())
	}
}

// FuzzManifest holds that whatever is accepted survives being written and read.
func FuzzManifest(f *testing.F) {
	f.Add(everything)
	f.Add("items:\n  - key: 'a: b'\n    title: \"x\\ty\\u2028 \\n\"\n    owner: 'null'\n    reason: |\n      because\n       of: this\n")
	f.Add("policy: {weights: {budget: 1e2, priority: 0, incident: 0, overdue: -0.0, rollovers: 0}, horizon_days: 010}")
	f.Add("products: [{name: '1', slot: {weekday: 'yes', time: '10:00'}}]\n---\n---\nslos: [{name: '~', window: 1d, indicator: {latency: {histogram: h, threshold: 0.5}}}]")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ReadManifest(strings.NewReader(text), "-")
		if err != nil {
			if burnlist.CodeOf(err) != burnlist.Invalid {
				t.Fatalf("the error has no code: %v", err)
			}
			return
		}
		var written bytes.Buffer
		if err := m.Write(&written); err != nil {
			t.Fatal(err)
		}
		again, err := ReadManifest(bytes.NewReader(written.Bytes()), "-")
		if err != nil {
			t.Fatalf("what was written is refused: %v\n%s", err, written.String())
		}
		if diff := cmp.Diff(again, m, sameManifest); diff != "" {
			t.Fatalf("read again -, read first +:\n%s\n%s", diff, written.String())
		}
	})
}
