package budget_test

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/internal/promengine"
)

// vector writes the answer to a query for the slice that ends at at.
func vector(series ...string) string {
	for i, s := range series {
		name, value, _ := strings.Cut(s, " ")
		series[i] = fmt.Sprintf(`{"metric":{"burnlist":%q},"value":[%d,%q]}`, name, at.Unix(), value)
	}
	return `{"status":"success","data":{"resultType":"vector","result":[` + strings.Join(series, ",") + `]}}`
}

// lastOf refreshes a world of one SLO, a, of which nothing but the newest slice
// is missing, and returns its error and that slice, if it was stored.
func lastOf(t *testing.T, url string) (string, *burnlist.Slice) {
	t.Helper()
	store := newMemory()
	var all []burnlist.Slice
	for start := at.Add(-burnlist.Day).Unix(); start < at.Unix()-300; start += 300 {
		all = append(all, burnlist.Slice{Ledger: 1, Start: start, State: burnlist.SliceData, Total: 10, Bad: 1})
	}
	if err := store.PutSlices(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	refresh(t, collector(t, store, url, worldOf(shop(1, "a"))), at.Add(time.Minute))
	f := store.budgets.Figures["a"]
	if f.TotalWindow < 2870 {
		t.Errorf("%v events in the window: what was known is lost", f.TotalWindow)
	}
	if s, ok := store.slices[1][at.Unix()-300]; ok {
		return f.Error, &s
	}
	return f.Error, nil
}

func TestAnswersThatAreNoneStayOutOfTheLedger(t *testing.T) {
	canned := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, body)
		}
	}
	remark := "PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"a\" (1:2)"
	elsewhere := serve(t, canned(http.StatusOK, vector("/alive 1", "a/total 1")))
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"more than can be counted":  {canned(200, vector("/alive 1", "a/total 18446744073709551615", "a/bad 1")), "1.84e+19 events in one slice"},
		"more bad than can be":      {canned(200, vector("/alive 1", "a/total 10", "a/bad 1.7e308")), "1.7e+308 events in one slice"},
		"less than can be":          {canned(200, vector("/alive 1", "a/total -1.7e308")), "-1.7e+308 events in one slice"},
		"bad events of no total":    {canned(200, vector("/alive 1", "a/bad 3")), `the selector of all events, requests_total{job="shop"}, while 3 bad events were counted: correct the selector`},
		"warnings after remarks":    {canned(200, fmt.Sprintf(`{"warnings":[%q,"store is away"],`, remark)+vector("/alive 1", "a/total 1")[1:]), "incomplete: store is away"},
		"remarks that are left out": {canned(200, fmt.Sprintf(`{"warnings":[%q,"3 more annotations omitted"],`, remark)+vector("/alive 1", "a/total 1")[1:]), "incomplete: 3 more"},

		"not JSON":          {canned(200, "<html>sign in</html>"), "not that of a Prometheus"},
		"JSON of something": {canned(200, `{"hello":"world"}`), "not that of a Prometheus"},
		"no data":           {canned(200, `{"status":"success","data":null}`), "not that of a Prometheus"},
		"a scalar":          {canned(200, `{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}`), "neither a vector nor a matrix"},
		"a string":          {canned(200, `{"status":"success","data":{"resultType":"string","result":[1,"1"]}}`), "not that of a Prometheus"},
		"a matrix":          {canned(200, `{"status":"success","data":{"resultType":"matrix","result":[]}}`), "a vector was asked for"},
		"null series":       {canned(200, `{"status":"success","data":{"resultType":"vector","result":[null]}}`), "null in a vector"},
		"untagged series":   {canned(200, strings.ReplaceAll(vector("x 1"), "burnlist", "job")), "without the label burnlist"},
		"another instant":   {canned(200, strings.ReplaceAll(vector("/alive 1"), strconv.FormatInt(at.Unix(), 10), "12")), "was not asked for"},
		"NaN":               {canned(200, vector("/alive 1", "a/total NaN")), "not finite"},
		"Inf":               {canned(200, vector("/alive 1", "a/total 10", "a/bad +Inf")), "not finite"},
		"two series": {
			canned(200, strings.Replace(vector("/alive 1", "a/total 1", "a/total 2"), `"a/total"}`, `"a/total","pod":"x"}`, 1)),
			"more than one series: they differ in pod",
		},
		"a native histogram": {
			canned(200, strings.Replace(vector("/alive 1", "a/total 1"), fmt.Sprintf(`"a/total"},"value":[%d,"1"]`, at.Unix()),
				fmt.Sprintf(`"a/total"},"histogram":[%d,{"count":"1","sum":"1","buckets":[]}]`, at.Unix()), 1)),
			"native histogram",
		},
		"warnings":           {canned(200, `{"warnings":["store is away"],`+vector("/alive 1", "a/total 1")[1:]), "incomplete: store is away"},
		"an error under 200": {canned(200, `{"status":"error","errorType":"execution","error":"oops"}`), "execution: oops"},
		"401":                {canned(401, "no entry"), "401 Unauthorized: no entry"},
		"403":                {canned(403, "no entry"), "403 Forbidden: no entry"},
		"429":                {canned(429, `{"status":"error","errorType":"too_many_requests","error":"later"}`), "429 Too Many Requests: too_many_requests: later"},
		"503 of a proxy":     {canned(503, "<html>\n<b>down</b></html>"), "503 Service Unavailable: <html> <b>down</b></html>"},
		"too large": {func(w http.ResponseWriter, _ *http.Request) {
			megabyte := bytes.Repeat([]byte{' '}, 1<<20)
			for range 66 {
				if _, err := w.Write(megabyte); err != nil {
					return
				}
			}
		}, "larger than 64 MiB"},
		"a redirect elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere+r.URL.Path, http.StatusTemporaryRedirect)
		}, "is redirected to " + elsewhere},
		"a redirect that loses the query": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}, "loses the query"},
	} {
		t.Run(name, func(t *testing.T) {
			var queries atomic.Int64
			said, slice := lastOf(t, serve(t, counted(test.handler, &queries)))
			if !strings.Contains(said, test.want) || slice != nil {
				t.Errorf("error %q with slice %+v, want %q and none", said, slice, test.want)
			}
			if queries.Load() != 1 {
				t.Errorf("%d requests, want 1", queries.Load())
			}
		})
	}
}

func TestASliceIsWhatTheSourceSaysOfIt(t *testing.T) {
	for name, test := range map[string]struct {
		answer string
		want   burnlist.Slice
	}{
		"bad and total":    {vector("/alive 1", "a/total 10", "a/bad 3"), burnlist.Slice{State: burnlist.SliceData, Total: 10, Bad: 3}},
		"no bad series":    {vector("/alive 1", "a/total 10"), burnlist.Slice{State: burnlist.SliceData, Total: 10}},
		"no series":        {vector("/alive 1"), burnlist.Slice{State: burnlist.SliceEmpty}},
		"no total, no bad": {vector("/alive 1", "a/bad 0"), burnlist.Slice{State: burnlist.SliceEmpty}},
		"much":             {vector("/alive 1", "a/total 9007199254740992"), burnlist.Slice{State: burnlist.SliceData, Total: 1 << 53}},
		"much liveness":    {vector("/alive 1e300", "a/total 10"), burnlist.Slice{State: burnlist.SliceData, Total: 10}},
		"remarks on the query": {
			`{"warnings":["PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"a\" (1:2)"],` +
				vector("/alive 1", "a/total 10", "a/bad 3")[1:],
			burnlist.Slice{State: burnlist.SliceData, Total: 10, Bad: 3},
		},
		"not alive":        {vector("a/total 10", "a/bad 3"), burnlist.Slice{State: burnlist.SliceDead}},
		"alive as 0":       {vector("/alive 0", "a/total 10", "a/bad 3"), burnlist.Slice{State: burnlist.SliceDead}},
		"more bad than is": {vector("/alive 1", "a/total 10", "a/bad 30"), burnlist.Slice{State: burnlist.SliceData, Total: 10, Bad: 10, Violated: true}},
		"negative":         {vector("/alive 1", "a/total 10", "a/bad -3"), burnlist.Slice{State: burnlist.SliceData, Total: 10, Violated: true}},
		"the last bits of a sum": {
			vector("/alive 1", "a/total 10.000000000000002", "a/bad 2.9999999999999996"),
			burnlist.Slice{State: burnlist.SliceData, Total: 10, Bad: 3},
		},
	} {
		t.Run(name, func(t *testing.T) {
			said, got := lastOf(t, serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, test.answer) })))
			test.want.Ledger, test.want.Start = 1, at.Unix()-300
			if said != "" || got == nil || *got != test.want {
				t.Errorf("got %+v with error %q, want %+v", got, said, test.want)
			}
		})
	}
}

func TestCredentialsAreReadAgainForEachRequest(t *testing.T) {
	var seen []string
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.Header.Get("Authorization")+" "+r.Header.Get("X-Scope-OrgID"))
		promengine.New(busy()).Handler().ServeHTTP(w, r)
	}))
	file := filepath.Join(t.TempDir(), "secret")
	for name, test := range map[string]struct {
		cfg           budget.SourceConfig
		first, second string
	}{
		"bearer token": {budget.SourceConfig{BearerTokenFile: file}, "Bearer one", "Bearer two"},
		"password":     {budget.SourceConfig{Username: "u", PasswordFile: file}, "Basic dTpvbmU=", "Basic dTp0d28="},
	} {
		t.Run(name, func(t *testing.T) {
			seen = nil
			test.cfg.Name, test.cfg.URL = burnlist.DefaultSource, url
			test.cfg.Headers = []budget.Header{{Name: "X-Scope-OrgID", Value: "tenant"}}
			source, err := budget.NewSource(test.cfg, nil)
			if err != nil {
				t.Fatal(err)
			}
			store := newMemory()
			world := worldOf(shop(1, "a"))
			c := budget.NewCollector([]*budget.Source{source}, store, func() *burnlist.World { return world }, quiet())
			for i, content := range []string{"one\n", "two\n", ""} {
				if content == "" {
					err = os.Remove(file)
				} else {
					err = os.WriteFile(file, []byte(content), 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
				refresh(t, c, at.Add(time.Duration(1+5*i)*time.Minute))
			}
			want := []string{"POST " + test.first + " tenant", "POST " + test.second + " tenant"}
			if fmt.Sprint(seen) != fmt.Sprint(want) {
				t.Errorf("requests %q, want %q", seen, want)
			}
			if said := store.budgets.Figures["a"].Error; !strings.Contains(said, file) {
				t.Errorf("the error %q does not name the missing file", said)
			}
		})
	}
}

func TestACertificateMustBeTrusted(t *testing.T) {
	server := httptest.NewUnstartedServer(promengine.New(busy()).Handler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	authority := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(authority, block, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		cfg     budget.SourceConfig
		trusted bool
	}{
		"by the system":       {budget.SourceConfig{}, false},
		"by its authority":    {budget.SourceConfig{CAFile: authority}, true},
		"without being asked": {budget.SourceConfig{InsecureSkipVerify: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			test.cfg.Name, test.cfg.URL = burnlist.DefaultSource, server.URL
			source, err := budget.NewSource(test.cfg, nil)
			if err != nil {
				t.Fatal(err)
			}
			store, world := newMemory(), worldOf(shop(1, "a"))
			refresh(t, budget.NewCollector([]*budget.Source{source}, store, func() *burnlist.World { return world }, quiet()), at.Add(time.Minute))
			said := store.budgets.Figures["a"].Error
			if test.trusted != (said == "") || !test.trusted && !strings.Contains(said, "certificate") {
				t.Errorf("the error is %q", said)
			}
		})
	}
}

func TestASourceThatCannotWorkIsRefused(t *testing.T) {
	for name, cfg := range map[string]budget.SourceConfig{
		"no url":                     {},
		"another scheme":             {URL: "ftp://prometheus"},
		"credentials in the url":     {URL: "http://u:p@prometheus"},
		"a query in the url":         {URL: "http://prometheus/?x=1"},
		"two kinds of credentials":   {URL: "http://prometheus", BearerTokenFile: "t", Username: "u", PasswordFile: "p"},
		"a username alone":           {URL: "http://prometheus", Username: "u"},
		"a certificate alone":        {URL: "http://prometheus", CertFile: "c"},
		"liveness that is no PromQL": {URL: "http://prometheus", Liveness: "count("},
		"liveness that is a scalar":  {URL: "http://prometheus", Liveness: "1"},
		"liveness that is a range":   {URL: "http://prometheus", Liveness: "up[5m]"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg.Name = "x"
			if _, err := budget.NewSource(cfg, nil); burnlist.CodeOf(err) != burnlist.Invalid || !strings.HasPrefix(err.Error(), "source x: ") {
				t.Errorf("NewSource: %v, want an invalid source x", err)
			}
		})
	}
}

func TestTheSourceBelowAPathIsAskedThere(t *testing.T) {
	var paths []string
	var kinds []string
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.Path)
		http.StripPrefix("/tenants/prometheus", promengine.New(busy()).Handler()).ServeHTTP(w, r)
	}))
	source, err := budget.NewSource(budget.SourceConfig{Name: burnlist.DefaultSource, URL: url + "/tenants/prometheus/"},
		func(source, kind string, took time.Duration, err error) {
			kinds = append(kinds, fmt.Sprint(source, " ", kind, " ", took >= 0, " ", err))
		})
	if err != nil {
		t.Fatal(err)
	}
	store, world := newMemory(), worldOf(shop(1, "a"))
	c := budget.NewCollector([]*budget.Source{source}, store, func() *burnlist.World { return world }, quiet())
	refresh(t, c, at.Add(time.Minute))
	refresh(t, c, at.Add(6*time.Minute))
	got, _ := json.Marshal([][]string{paths, kinds})
	want := `[["/tenants/prometheus/api/v1/query_range","/tenants/prometheus/api/v1/query"],` +
		`["default query_range true \u003cnil\u003e","default query true \u003cnil\u003e"]]`
	if string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
