package api_test

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// startBrowser starts a Chromium of the test's own, which ends with the test.
// Without any on the PATH the test is skipped, or fails if REQUIRE_ALL=1.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	binary := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			binary = cmp.Or(binary, path)
		}
	}
	if binary == "" {
		if os.Getenv("REQUIRE_ALL") == "1" {
			t.Fatal("a browser is needed: install chromium")
		}
		t.Skip("there is no browser on the PATH: install chromium")
	}
	options := slices.Concat(chromedp.DefaultExecAllocatorOptions[:], []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(binary), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		// What the page should not ask for is not to be had either.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
	})
	// The context of the test ends before the browser could be closed orderly.
	ctx, end := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	t.Cleanup(end)
	ctx, wait := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(wait)
	ctx, _ = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Errorf("close the browser: %v", err)
		}
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", binary, err)
	}
	return ctx
}

// complaints are what a browser has to say against a page.
type complaints struct {
	home string // the origin of the page

	mu    sync.Mutex // guards what follows, which the browser's events write
	asked []string
	wrong []string
}

// hear takes down what an event of the browser says about the page.
func (c *complaints) hear(event any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	complain := func(format string, args ...any) { c.wrong = append(c.wrong, fmt.Sprintf(format, args...)) }
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		c.asked = append(c.asked, e.Request.URL)
		if !strings.HasPrefix(e.Request.URL, c.home+"/") && !strings.HasPrefix(e.Request.URL, "data:") {
			complain("the page asks for %s, which is not its server's", e.Request.URL)
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			complain("%s: status %d", e.Response.URL, e.Response.Status)
		}
	case *network.EventLoadingFailed:
		complain("a request of type %s failed: %s %s", e.Type, e.ErrorText, e.BlockedReason)
	case *log.EventEntryAdded:
		complain("the browser logs: %s: %s", e.Entry.Level, e.Entry.Text)
	case *audits.EventIssueAdded:
		// The generic ones are Swagger UI's form fields without an id.
		if e.Issue.Code != audits.InspectorIssueCodeGenericIssue {
			complain("the browser has an issue: %s", e.Issue.Code)
		}
	case *runtime.EventConsoleAPICalled:
		complain("the console says something: %s", e.Type)
	case *runtime.EventExceptionThrown:
		complain("an exception: %s", e.ExceptionDetails.Text)
	}
}

// TestTheDocumentIsShownWithoutAskingElsewhere opens the page in a browser, and
// tries a read and a write out.
func TestTheDocumentIsShownWithoutAskingElsewhere(t *testing.T) {
	browser := startBrowser(t)
	s := newServer(t)
	heard := &complaints{home: s.url}
	tab, end := chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(heard.hear))
	defer end()
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(tab, steps...); err != nil {
			t.Fatal(err)
		}
	}
	do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		return cdp.Call(ctx, target, audits.Enable, cdp.Empty{})
	})
	answer, err := chromedp.Run(tab, chromedp.NavigateResponse(s.url+"/docs"))
	if err != nil {
		t.Fatal(err)
	}
	if answer.Status != 200 {
		t.Fatalf("status %d, want 200", answer.Status)
	}
	text := func(selector string) string {
		t.Helper()
		found, err := chromedp.Run(tab, chromedp.Text(chromedp.CSS(selector)))
		if err != nil {
			t.Fatalf("%s: %v", selector, err)
		}
		return found
	}

	if got := text("#operations-queue-get-queue .opblock-summary-path"); !strings.Contains(strings.ReplaceAll(got, "\u200b", ""), "/api/v1/queue") {
		t.Errorf("the operation is shown as %q", got)
	}
	do(chromedp.Click(chromedp.CSS("#operations-queue-get-queue .opblock-summary-control")))
	do(chromedp.Click(chromedp.CSS("#operations-queue-get-queue .execute")))
	if got := text("#operations-queue-get-queue .live-responses-table tbody .response-col_status"); !strings.HasPrefix(got, "200") {
		t.Errorf("the queue is answered with %q", got)
	}
	do(chromedp.Click(chromedp.CSS("#operations-products-create-product .opblock-summary-control")))
	do(chromedp.Click(chromedp.CSS("#operations-products-create-product .execute")))
	if got := text("#operations-products-create-product .live-responses-table tbody .response-col_status"); !strings.HasPrefix(got, "201") {
		t.Errorf("the product is answered with %q", got)
	}
	s.ask("GET", "/api/v1/products/shop", nil).must(200)

	heard.mu.Lock()
	defer heard.mu.Unlock()
	for _, what := range heard.wrong {
		t.Error(what)
	}
	if !slices.Contains(heard.asked, s.url+"/openapi.json") {
		t.Errorf("the browser was not heard: it asked for %q", heard.asked)
	}
}

func TestThePageOfTheDocumentKeepsToItself(t *testing.T) {
	s := newServer(t)
	a := s.ask("GET", "/docs", nil).must(200)
	policy := a.header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'; script-src 'self'; style-src 'self';") || strings.Contains(policy, "unsafe") {
		t.Errorf("got the policy %q", policy)
	}
	if strings.Contains(a.text, "//") {
		t.Errorf("the page names another place: %s", a.text)
	}
	script := s.ask("GET", "/docs/swagger-ui-bundle.js", nil).must(200)
	if got := script.header.Get("Content-Type"); got != "text/javascript; charset=utf-8" {
		t.Errorf("the script comes as %q", got)
	}
	again := s.ask("GET", "/docs/swagger-ui-bundle.js", nil, "If-None-Match", script.header.Get("ETag")).must(304)
	if again.text != "" {
		t.Error("a 304 has a body")
	}
	s.ask("GET", "/docs/swagger-ui/README.md", nil).must(404)
	s.ask("GET", "/docs", nil, "Host", "evil.example").must(421)
}
