package bench

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"
)

// windows are what an SLO that asks by itself looks at: those of the usual
// alerts, and the one of its budget.
var windows = []string{"1h", "6h", "1d", "3d", "30d"}

// askEachSLO asks for bad and total events over each window of each SLO, one
// query for each, one after the other, as a dashboard or a script would. It
// returns the number of queries.
func askEachSLO(b *testing.B, s *server, services int) int {
	b.Helper()
	queries := 0
	at := strconv.FormatInt(s.end.Unix(), 10)
	for i := range services {
		for _, selector := range []string{total(i), bad(i)} {
			for _, w := range windows {
				answer := s.request(b, http.MethodPost, "/api/v1/query",
					url.Values{"time": {at}, "query": {fmt.Sprintf("sum(increase(%s[%s]))", selector, w)}})
				queries++
				if !bytes.Contains(answer, []byte(`"value":[`)) {
					b.Fatalf("%s over %s is not known: %s", selector, w, answer)
				}
			}
		}
	}
	return queries
}

func total(i int) string { return fmt.Sprintf("http_requests_total{service=%q}", serviceName(i)) }

func bad(i int) string {
	return fmt.Sprintf("http_requests_total{service=%q,code=\"500\"}", serviceName(i))
}
