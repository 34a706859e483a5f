package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"

	"github.com/burnlist/burnlist/internal/promengine"
	"github.com/burnlist/burnlist/internal/promtest"
)

const operations = "../../docs/operations.md"

// scraped returns the names of the metrics of a server and their labels.
func scraped(ctx context.Context, t *testing.T, url string) map[string][]string {
	t.Helper()
	answer, err := text(ctx, url+"/metrics")
	if err != nil {
		t.Fatal(err)
	}
	parsing := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parsing.TextToMetricFamilies(strings.NewReader(answer))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for name, family := range families {
		labels := []string{}
		for _, l := range family.GetMetric()[0].GetLabel() {
			labels = append(labels, l.GetName())
		}
		slices.Sort(labels)
		all[name] = labels
	}
	return all
}

// everyMetric scrapes two servers that have something to say of everything: the
// demo, which has been measured and reviewed, and one with a target that takes
// no digests.
func everyMetric(t *testing.T) map[string][]string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	demo := start(t, "demo", "--listen", "127.0.0.1:0")
	if _, err := text(ctx, demo.url+"/api/v1/queue"); err != nil {
		t.Fatal(err)
	}
	tried := make(chan struct{}, 100)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		tried <- struct{}{}
	}))
	t.Cleanup(target.Close)
	source := httptest.NewServer(promengine.New(ticking(60)).Handler())
	t.Cleanup(source.Close)
	settings := filepath.Join(t.TempDir(), "settings.yaml")
	if err := os.WriteFile(settings, fmt.Appendf(nil,
		"notify:\n  - {name: channel, webhook_url: %q}\nsources:\n  - {name: default, url: %q}\n", target.URL, source.URL), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, "serve", "--config", settings, "--listen", "127.0.0.1:0", "--database", "sqlite:"+filepath.Join(t.TempDir(), "burnlist.db"))
	shop(t, p.url)
	post(t, p.url+"/api/v1/slos", object{
		"name": "availability", "service": "checkout", "objective": 0.9,
		"indicator": object{"events": object{"total": "requests_total", "bad": "errors_total"}},
	})
	post(t, p.url+"/api/v1/reviews", object{"product": "shop"})
	if _, err := call(ctx, http.MethodPost, p.url+"/api/v1/reviews/1/conclude", object{}, http.StatusOK, nil); err != nil {
		t.Fatal(err)
	}
	select {
	case <-tried:
	case <-ctx.Done():
		t.Fatal("the digest was never sent")
	}
	all := scraped(ctx, t, demo.url)
	// What is counted, is so after the answer came.
	for all["burnlist_deliveries_total"] == nil || all["burnlist_collector_last_success_timestamp_seconds"] == nil {
		maps.Copy(all, scraped(ctx, t, p.url))
		if ctx.Err() != nil {
			t.Fatal(ctx.Err())
		}
	}
	return all
}

// expressions returns all PromQL of the rules and of the dashboard, by where it
// stands, and the names of the alerts.
func expressions(t *testing.T) (all map[string]string, alerts []string) {
	t.Helper()
	all = map[string]string{}
	read := func(name string, unmarshal func([]byte, any) error, into any) {
		b, err := os.ReadFile("../../docs/operations/" + name)
		if err == nil {
			err = unmarshal(b, into)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	var rules struct {
		Groups []struct {
			Rules []struct{ Alert, Record, Expr string }
		}
	}
	read("burnlist-alerts.yaml", yaml.Unmarshal, &rules)
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			all[r.Alert+r.Record] = r.Expr
			if r.Alert != "" {
				alerts = append(alerts, r.Alert)
			}
		}
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	read("burnlist-dashboard.json", json.Unmarshal, &dashboard)
	for _, p := range dashboard.Panels {
		for i, target := range p.Targets {
			all[fmt.Sprintf("panel %s, %d", p.Title, i)] = strings.ReplaceAll(target.Expr, "$__rate_interval", "5m")
		}
	}
	return all, alerts
}

// histogramPart matches what a histogram's name ends with in a query.
var histogramPart = regexp.MustCompile(`_(bucket|count|sum)$`)

// TestMetricsAreThoseOfTheDocument holds the table of docs/operations.md, the
// alerts and the dashboard against what servers answer.
func TestMetricsAreThoseOfTheDocument(t *testing.T) {
	page, err := os.ReadFile(operations)
	if err != nil {
		t.Fatal(err)
	}
	is := everyMetric(t)

	documented := map[string][]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(burnlist_[a-z_]+)` \\|([^|]*)\\|").FindAllStringSubmatch(string(page), -1) {
		labels := []string{}
		for _, l := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(row[2], -1) {
			labels = append(labels, l[1])
		}
		slices.Sort(labels)
		documented[row[1]] = labels
	}
	for name, labels := range documented {
		if got, ok := is[name]; !ok || !slices.Equal(got, labels) {
			t.Errorf("%s is documented with labels %q; it is there: %v, with %q", name, labels, ok, got)
		}
	}
	for name := range is {
		if _, ok := documented[name]; !ok && strings.HasPrefix(name, "burnlist_") {
			t.Errorf("%s is not documented", name)
		}
	}

	all, alerts := expressions(t)
	if len(all) < 40 || len(alerts) < 12 {
		t.Errorf("there are %d expressions and %d alerts", len(all), len(alerts))
	}
	for where, expression := range all {
		parsed, err := parser.NewParser(parser.Options{}).ParseExpr(expression)
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		parser.Inspect(parsed, func(node parser.Node, _ []parser.Node) error {
			selector, ok := node.(*parser.VectorSelector)
			if !ok {
				return nil
			}
			labels, there := is[selector.Name]
			if !there {
				labels, there = is[histogramPart.ReplaceAllString(selector.Name, "")]
			}
			_, recorded := all[selector.Name]
			if !there && !recorded && selector.Name != "up" {
				t.Errorf("%s asks for %s, which is not there", where, selector.Name)
			}
			for _, m := range selector.LabelMatchers {
				if there && m.Name != "__name__" && m.Name != "job" && !slices.Contains(labels, m.Name) {
					t.Errorf("%s asks for the label %s of %s, which has %q", where, m.Name, selector.Name, labels)
				}
			}
			return nil
		})
	}
	for _, alert := range alerts {
		if !strings.Contains(string(page), "\n### "+alert+"\n") {
			t.Errorf("the document does not say what to do about %s", alert)
		}
	}
}

func TestAlertsFireWhenTheyShould(t *testing.T) {
	needs(t, "promtool")
	for _, args := range [][]string{{"check", "rules", "burnlist-alerts.yaml"}, {"test", "rules", "burnlist-alerts-test.yaml"}} {
		promtool := exec.CommandContext(t.Context(), "promtool", args...)
		promtool.Dir = "../../docs/operations"
		if out, err := promtool.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	tests, err := os.ReadFile("../../docs/operations/burnlist-alerts-test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, alerts := expressions(t)
	for _, alert := range alerts {
		// Once where all is well, and at least once where it is not.
		if n := strings.Count(string(tests), "alertname: "+alert+"}") + strings.Count(string(tests), "alertname: "+alert+"\n"); n < 2 {
			t.Errorf("%s is tried %d times", alert, n)
		}
	}
}

// TestAHealthyServerAlertsNobody has a real Prometheus scrape the demo and
// evaluate the rules: none about burnlist so much as waits to fire, until the
// demo ends.
func TestAHealthyServerAlertsNobody(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	demo := start(t, "demo", "--listen", "127.0.0.1:0")
	dir := t.TempDir()
	rules, err := filepath.Abs("../../docs/operations/burnlist-alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	prometheus := promtest.Run(t, dir, fmt.Sprintf(`
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [%q]
scrape_configs:
  - job_name: burnlist
    static_configs: [{targets: [%q]}]
`, rules, strings.TrimPrefix(demo.url, "http://")))
	var state struct {
		Data struct {
			Groups []struct {
				Rules []struct{ Name, State, Health, LastError, LastEvaluation string }
			}
		}
	}
	// ask returns the alerts that wait or fire, once all rules were evaluated.
	ask := func() (all []string, healthy bool) {
		if _, err := call(ctx, http.MethodGet, prometheus.URL+"/api/v1/rules", nil, http.StatusOK, &state); err != nil {
			t.Fatal(err)
		}
		healthy = len(state.Data.Groups) > 0
		for _, g := range state.Data.Groups {
			for _, r := range g.Rules {
				if r.Health == "err" {
					t.Fatalf("%s: %s", r.Name, r.LastError)
				}
				healthy = healthy && r.Health == "ok"
				if r.State == "pending" || r.State == "firing" {
					all = append(all, r.Name)
				}
			}
		}
		return all, healthy
	}
	up := func() string {
		answer, err := text(ctx, prometheus.URL+"/api/v1/query?query=count_over_time(burnlist_board_revision[1m])>=5")
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	for !strings.Contains(up(), `"instance"`) {
		pause(ctx)
	}
	for _, healthy := ask(); !healthy; _, healthy = ask() {
		pause(ctx)
	}
	// The first evaluations may have come before the first scrape.
	alerts, _ := ask()
	for slices.Contains(alerts, "BurnlistDown") && ctx.Err() == nil {
		alerts, _ = ask()
	}
	// Of the made-up company, one product does skip its reviews.
	if !slices.Equal(alerts, []string{"BurnlistReviewsSkipped"}) {
		t.Errorf("a healthy server makes %q wait or fire", alerts)
	}
	demo.kill()
	for !slices.Contains(alerts, "BurnlistDown") || !slices.Contains(alerts, "BurnlistReplicaDown") {
		alerts, _ = ask()
		pause(ctx)
		if ctx.Err() != nil {
			t.Fatalf("the end of the server makes only %q wait", alerts)
		}
	}
}

func TestStoppingEndsStreamsWithoutWaitingForThem(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	p := start(t, "serve", "--listen", "127.0.0.1:0", "--database", "sqlite:"+filepath.Join(t.TempDir(), "burnlist.db"))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/api/v1/events", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	shop(t, p.url)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	stream, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(stream), "event: hello") || !strings.Contains(string(stream), "event: product.created") {
		t.Errorf("the stream ends with %v: %s", err, stream)
	}
	<-p.ended
	if said := p.stderr.String(); strings.Contains(said, "cut off") {
		t.Errorf("the server waited for the stream: %s", said)
	}
}
