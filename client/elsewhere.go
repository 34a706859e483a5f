package client

import (
	"errors"
	"fmt"
	"net/http"
)

// elsewhere is the failure of a request whose answer may not come from
// burnlist: it was sent to another place, or is answered by something else. To
// send it again would not help.
type elsewhere struct{ message string }

func (e *elsewhere) Error() string { return e.message }

// stranger is the failure of an answer that burnlist does not give.
func (c *Client) stranger() error {
	return &elsewhere{c.server + " does not answer as burnlist does: look at the address"}
}

// staying returns a copy of h that follows a redirect only to the same host and
// by the same method. Else a write would become a read, and seem to have
// succeeded.
func staying(h *http.Client) *http.Client {
	client, theirs := *h, h.CheckRedirect
	client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		first := via[0]
		if req.Method != first.Method || req.URL.Host != first.URL.Host {
			from, to := first.URL.Scheme+"://"+first.URL.Host, req.URL.Scheme+"://"+req.URL.Host
			if to == from || req.URL.Path != first.URL.Path {
				to += req.URL.EscapedPath()
			}
			return &elsewhere{fmt.Sprintf("%s is redirected to %s: give that address", from, to)}
		}
		if theirs != nil {
			return theirs(req, via)
		}
		if len(via) >= mostRedirects {
			return &elsewhere{first.URL.Host + " is redirected again and again: look at the address"}
		}
		return nil
	}
	return &client
}

// mostRedirects is how many redirects of one request are followed.
const mostRedirects = 10

// do sends req once.
func (c *Client) do(req *http.Request) (*http.Response, error) {
	resp, err := c.http.Do(req)
	if e, ok := errors.AsType[*elsewhere](err); ok {
		return nil, e
	}
	if err != nil {
		return nil, &Unanswered{c.server, err}
	}
	return resp, nil
}
