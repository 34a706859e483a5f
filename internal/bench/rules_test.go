package bench

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// record makes the server evaluate the recording rules of so many SLOs from now
// on, until the returned function is called. They are those that Sloth writes
// for an SLO over 30 days, without its alerts: the error ratio over 8 windows,
// and what it derives from them.
func (s *server) record(b *testing.B, services int) (stop func()) {
	b.Helper()
	file := filepath.Join(s.dir, fmt.Sprintf("rules%d.yml", services))
	var text strings.Builder
	text.WriteString("groups:\n")
	for i := range services {
		text.WriteString(groups(i))
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	s.request(b, http.MethodPost, "/-/reload", nil)
	return func() {
		if err := os.Remove(file); err != nil {
			b.Fatal(err)
		}
		s.request(b, http.MethodPost, "/-/reload", nil)
	}
}

// groups returns the two groups of rules of one SLO.
func groups(i int) string {
	var text strings.Builder
	service := serviceName(i)
	id := fmt.Sprintf("sloth_id: %s-availability, sloth_service: %s, sloth_slo: availability", service, service)
	of := fmt.Sprintf("{sloth_id=\"%s-availability\", sloth_service=%q, sloth_slo=\"availability\"}", service, service)
	rule := func(record, labels, expr string) {
		_, _ = fmt.Fprintf(&text, "      - {record: %q, labels: {%s}, expr: %q}\n", record, labels, expr)
	}
	text.WriteString("  - name: sli-" + service + "\n    rules:\n")
	for _, window := range []string{"5m", "30m", "1h", "2h", "6h", "1d", "3d"} {
		rule("slo:sli_error:ratio_rate"+window, id+", sloth_window: "+window,
			fmt.Sprintf("(sum(rate(%s[%s]))) / (sum(rate(%s[%s])))", bad(i), window, total(i), window))
	}
	rule("slo:sli_error:ratio_rate30d", id+", sloth_window: 30d",
		fmt.Sprintf("sum_over_time(slo:sli_error:ratio_rate5m%s[30d]) / ignoring(sloth_window) count_over_time(slo:sli_error:ratio_rate5m%s[30d])", of, of))
	const joined = " / on(sloth_id, sloth_slo, sloth_service) group_left slo:error_budget:ratio"
	text.WriteString("  - name: meta-" + service + "\n    rules:\n")
	rule("slo:objective:ratio", id, "vector(0.999)")
	rule("slo:error_budget:ratio", id, "vector(1 - 0.999)")
	rule("slo:time_period:days", id, "vector(30)")
	rule("slo:current_burn_rate:ratio", id, "slo:sli_error:ratio_rate5m"+of+joined+of)
	rule("slo:period_burn_rate:ratio", id, "slo:sli_error:ratio_rate30d"+of+joined+of)
	rule("slo:period_error_budget_remaining:ratio", id, "1 - slo:period_burn_rate:ratio"+of)
	rule("sloth_slo_info", id, "vector(1)")
	return text.String()
}

// recording is what rules cost.
type recording struct {
	usage
	evaluations float64 // of all rules of an SLO, over all SLOs on average
	missed      float64 // groups that were not evaluated in time
}

// watch measures the rules of so many SLOs for some time, after the first
// evaluation of all of them.
func (s *server) watch(b *testing.B, services int, long time.Duration) recording {
	b.Helper()
	defer s.record(b, services)()
	wait(b, evaluateEvery+5*time.Second)
	before := s.metrics(b)
	var r recording
	r.usage = s.use(b, func() { wait(b, long) })
	after := s.metrics(b)
	since := func(metric string) float64 { return after[metric] - before[metric] }
	r.evaluations = since("prometheus_rule_group_iterations_total") / float64(2*services)
	r.missed = since("prometheus_rule_group_iterations_missed_total")
	if failed := since("prometheus_rule_evaluation_failures_total"); failed > 0 || r.evaluations == 0 {
		b.Fatalf("%v evaluations of each group, %v of rules failed", r.evaluations, failed)
	}
	return r
}
