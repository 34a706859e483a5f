// Package client speaks the REST API of a running burnlist. It has one method
// for each operation of the OpenAPI document, the nouns of the root package
// where both sides mean the same, and structs of its own for the documents that
// only the API has. It decides nothing about what the things mean.
//
// Reads, and writes that carry an idempotency key, are sent again when the
// connection breaks or a server in between is not ready; see Client.
package client

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
)

// Client asks one server. It is safe for concurrent use and holds nothing that
// needs closing.
//
// A method that creates something, or acts on it, sends a random
// Idempotency-Key unless the context has one (WithKey), so that it can be
// repeated: on errors of the connection and on the statuses 502, 503 and 504 it
// is sent again with the same key, like a read, at most twice, after what
// Retry-After says. Changes of fields (Update…) are guarded by the version and
// sent once; so are previews.
//
// A redirect is followed only if it leads to the same host by the same method;
// any other fails, and nothing is done.
//
// A refusal is a *Problem, and a server that cannot be reached an *Unanswered;
// errors.AsType finds them.
type Client struct {
	server  string
	actor   string
	http    *http.Client
	timeout time.Duration
}

// Option sets something of a new Client.
type Option func(*Client)

// Actor says who writes. Without one the client only reads.
func Actor(name string) Option { return func(c *Client) { c.actor = strings.TrimSpace(name) } }

// Timeout bounds each attempt of a request, the reading of its answer included;
// one minute if it is not given. The context bounds all of them together.
func Timeout(d time.Duration) Option { return func(c *Client) { c.timeout = d } }

// HTTP sends requests through h instead of http.DefaultClient. It is copied; its
// CheckRedirect is asked of the redirects that the client would follow.
func HTTP(h *http.Client) Option { return func(c *Client) { c.http = h } }

// ErrNoActor is the failure of a write by a client without an Actor. Nothing
// was sent.
var ErrNoActor = errors.New("nobody is named who writes")

// New returns a client of the server at an address such as
// http://127.0.0.1:8080. It does not connect yet. It fails with Invalid if that
// is not the address of a server.
func New(server string, options ...Option) (*Client, error) {
	c := &Client{server: strings.TrimRight(server, "/"), http: http.DefaultClient, timeout: time.Minute}
	u, err := url.Parse(c.server)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, burnlist.Errorf(burnlist.Invalid, "%q is not the address of a server: give one as in http://127.0.0.1:8080", server)
	}
	for _, set := range options {
		set(c)
	}
	c.http = staying(c.http)
	return c, nil
}

// Server returns the address that the client asks.
func (c *Client) Server() string { return c.server }
