package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
)

// idHeader carries the id of a message.
const idHeader = "Burnlist-Message-Id"

// hook posts to one webhook.
type hook struct {
	address string
	timeout time.Duration
	secrets secrets
	client  *http.Client
}

func newHook(w *Webhook) (*hook, error) {
	u, err := url.Parse(w.URL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return nil, burnlist.Errorf(burnlist.Invalid, "the address of the webhook is not a web address: use https://HOST/PATH")
	}
	return &hook{
		address: w.URL, timeout: w.Timeout, secrets: inside(u),
		client: &http.Client{
			CheckRedirect: follow,
			Transport: &http.Transport{
				Proxy:           http.ProxyFromEnvironment,
				TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
				// Messages are days apart, and a connection that died meanwhile
				// would cost an attempt.
				DisableKeepAlives:      true,
				MaxResponseHeaderBytes: 64 << 10,
			},
		},
	}, nil
}

// inside returns everything in the address of a webhook that may be its
// secret: all but the scheme and the host.
func inside(u *url.URL) secrets {
	all := secrets{u.String(), u.RequestURI(), u.Path, u.RawQuery, u.Fragment}
	all = append(all, strings.Split(u.EscapedPath(), "/")...)
	all = append(all, strings.Split(u.Path, "/")...)
	for key, values := range u.Query() {
		all = append(append(all, key), values...)
	}
	if u.User != nil {
		password, _ := u.User.Password()
		all = append(all, u.User.Username(), password)
	}
	slices.SortFunc(all, longestFirst)
	return all
}

// follow lets a redirect go on if it leads to the same server and asks to
// repeat the POST; of another the redirecting answer is the last one. A client
// that followed a 302 would GET, be answered 200 and have delivered nothing.
func follow(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	if len(via) > 3 || req.Method != http.MethodPost || req.URL.Host != first.Host || req.URL.Scheme != first.Scheme {
		return http.ErrUseLastResponse
	}
	return nil
}

// word is a body that is told, such as Slack's "channel_is_archived". Anything
// else may be a page that quotes the address.
var word = regexp.MustCompile(`^[a-z]+([ _][a-z]+)*$`)

// send makes one attempt. An error is a *failure.
func (h *hook) send(ctx context.Context, m burnlist.Message) error {
	// Nothing but the text: some receivers that are otherwise like Slack refuse
	// members that they do not know.
	body, err := json.Marshal(map[string]string{"text": m.Slack})
	if err != nil {
		return h.fail(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.address, bytes.NewReader(body))
	if err != nil {
		return h.fail(err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "burnlist")
	req.Header.Set(idHeader, line(m.ID))
	resp, err := h.client.Do(req)
	if err != nil {
		return h.fail(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= 200 && resp.StatusCode <= 299 {
		return nil
	}
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10)) // as much as there is; it only explains
	return h.answered(resp, strings.TrimSpace(string(answer)))
}

// answered is the failure that a status other than success means.
func (h *hook) answered(resp *http.Response, answer string) *failure {
	status := resp.StatusCode
	f := &failure{cause: fmt.Sprintf("answered %d %s", status, http.StatusText(status))}
	switch {
	case status < 400:
		f.cause += ": it redirects to elsewhere, give the address that it redirects to"
		f.refused = true
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		f.retryAfter = resp.Header.Get("Retry-After")
	case status < 500 && status != http.StatusRequestTimeout:
		f.refused = true
	}
	if status >= 400 && len(answer) <= 60 && word.MatchString(answer) {
		f.cause += ": " + h.secrets.hide(answer)
	}
	return f
}

// fail takes the address out of an error of the client's.
func (h *hook) fail(err error) *failure {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	return broken(err, h.timeout, h.secrets)
}
