package web_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
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

	"github.com/burnlist/burnlist"
)

// startBrowser starts a Chromium of the test's own and returns the context in
// which its tabs are opened. The browser ends with the test, and after three
// minutes at the latest. Without any on the PATH the test is skipped, or fails
// if REQUIRE_ALL=1.
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
	ctx, end := context.WithTimeout(context.WithoutCancel(t.Context()), 3*time.Minute)
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

// tab is a tab of a browser, without cookies or a cache, that looks at a world
// as of monday.
type tab struct {
	t    *testing.T
	ctx  context.Context
	home string // the origin of the page

	mu    sync.Mutex // guards what follows, which the browser's events write
	asked []string
	wrong []string
}

// openTab opens a tab for a test. When the test is over, everything that the
// browser complained of and every request that failed or went elsewhere is an
// error.
func openTab(t *testing.T, browser context.Context, w *burnlist.World) *tab {
	t.Helper()
	server := httptest.NewServer(handler(queue(w)))
	t.Cleanup(server.Close)
	b := &tab{t: t, home: server.URL}
	var end context.CancelFunc
	b.ctx, end = chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.hear))
	t.Cleanup(end)
	b.do(chromedp.EmulateViewport(1280, 900), func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		return cdp.Call(ctx, target, audits.Enable, cdp.Empty{})
	})
	t.Cleanup(func() {
		look[int](b, `0`) // the answer comes behind the events that are under way
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, what := range b.wrong {
			t.Error(what)
		}
	})
	return b
}

// hear takes down what an event of the browser says about the page.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	complain := func(format string, args ...any) { b.wrong = append(b.wrong, fmt.Sprintf(format, args...)) }
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.asked = append(b.asked, e.Request.URL)
		if !strings.HasPrefix(e.Request.URL, b.home+"/") {
			complain("the page asks for %s, which is not its server's", e.Request.URL)
		}
	case *network.EventResponseReceived:
		// visit judges the status of the page itself.
		if e.Type != network.ResourceTypeDocument && e.Response.Status >= 400 {
			complain("%s: status %d", e.Response.URL, e.Response.Status)
		}
	case *network.EventLoadingFailed:
		// What is still under way when one goes to another page is given up.
		if e.Canceled && e.BlockedReason == "" {
			break
		}
		complain("a request of type %s failed: %s %s", e.Type, e.ErrorText, e.BlockedReason)
	case *log.EventEntryAdded:
		// The events above say the same of the network.
		if e.Entry.Source != log.EntrySourceNetwork {
			complain("the browser logs: %s: %s", e.Entry.Level, e.Entry.Text)
		}
	case *audits.EventIssueAdded:
		complain("the browser has an issue: %s", e.Issue.Code)
	case *runtime.EventConsoleAPICalled:
		complain("the console says something: %s", e.Type)
	case *runtime.EventExceptionThrown:
		complain("an exception: %s", e.ExceptionDetails.Text)
	}
}

// visit shows a path of the page, which must be answered with the status, and
// makes the probe available there.
func (b *tab) visit(path string, status int64) {
	b.t.Helper()
	answer, err := chromedp.Run(b.ctx, chromedp.NavigateResponse(b.home+path))
	if err != nil {
		b.t.Fatalf("visit %s: %v", path, err)
	}
	if answer.Status != status {
		b.t.Fatalf("visit %s: status %d, want %d", path, answer.Status, status)
	}
	b.do(chromedp.Evaluate[chromedp.Void](probe))
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// look returns the value of an expression in the page.
func look[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// wide makes a name as long as may be, without a place to break it.
func wide(name string, length int) string { return name + strings.Repeat("W", length-len(name)) }

// wideWorld returns the world with every name and text as long as may be.
func wideWorld() *burnlist.World {
	w, old := burnlist.NewWorld(), world()
	w.Budgets.RefreshedAt = old.Budgets.RefreshedAt
	for _, p := range old.Products {
		p.Name = wide(p.Name, 100)
		w.Products[p.Name] = p
	}
	for _, s := range old.Services {
		s.Name, s.Product, s.Team = wide(s.Name, 100), wide(s.Product, 100), burnlist.NullString(wide(string(s.Team), 200))
		w.Services[s.Name] = s
	}
	for name, s := range old.SLOs {
		f := old.Budgets.Figures[name]
		s.Name, s.Service = wide(s.Name, 100), wide(s.Service, 100)
		w.SLOs[s.Name] = s
		f.SLO, f.Error, f.Consumed, f.Pace = s.Name, wide(f.Error, 300), burnlist.Known(12345.6), burnlist.Known(12345.6)
		w.Budgets.Figures[s.Name] = f
	}
	for id, i := range old.Items.All() {
		i.Title, i.Service, i.Owner = wide(i.Title, 300), wide(i.Service, 100), burnlist.NullString(wide(string(i.Owner), 200))
		i.Ticket = burnlist.NullString(wide(string(i.Ticket), 500))
		i.Key = burnlist.NullString(wide(strconv.FormatInt(id, 10), 200))
		if i.SLO != "" {
			i.SLO = burnlist.NullString(wide(string(i.SLO), 100))
		}
		if i.Source != nil {
			i.Source.Title = burnlist.NullString(wide(string(i.Source.Title), 300))
		}
		w.Items.Put(id, i)
	}
	return w
}
