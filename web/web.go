// Package web serves the page that a weekly review projects on a wall and that
// its members read on a phone: the queue, the budgets behind it and the
// warnings of services, from the newest ranked queue and nothing else.
//
// The package shows and does not decide: order, states and sentences come from
// package prioritizer. It needs no database, and runs no script in the
// browser.
package web

import (
	"bytes"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

//go:embed templates
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// securityPolicy lets the page have its own style sheet and images, send its
// filter form back to where it came from, and nothing else.
const securityPolicy = "default-src 'none'; style-src 'self'; img-src 'self' data:; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// site is what the handlers share. It is not modified after New.
type site struct {
	queue  func() *prioritizer.Queue
	behind func() time.Duration
	now    func() time.Time
	log    *slog.Logger
	render renderer
	assets assets
}

// New returns the handler of the page at "/" and of what it needs below
// "/static/". The function queue returns the newest ranked queue, or nil as
// long as there is none; behind for how long the store has not been heard of.
// Both are called once per request and must not block.
func New(queue func() *prioritizer.Queue, behind func() time.Duration, now func() time.Time, log *slog.Logger) http.Handler {
	s := &site{queue: queue, behind: behind, now: now, log: log, render: newRenderer(), assets: newAssets()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("GET /static/{name}", s.assets.serve)
	return guarded(mux)
}

// guarded adds the headers that every answer carries, errors too.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", securityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

// home serves the queue with its budgets and warnings.
func (s *site) home(w http.ResponseWriter, r *http.Request) {
	q := s.queue()
	if q == nil {
		w.Header().Set("Retry-After", "5")
		s.send(w, r, http.StatusServiceUnavailable, "starting.html", nil)
		return
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		err = burnlist.Errorf(burnlist.Invalid, "the part of the address after the question mark cannot be read: write it as name=value, joined by &")
		s.refuse(w, r, q, err)
		return
	}
	f, err := parseFilter(values, q.World)
	if err != nil {
		s.refuse(w, r, q, err)
		return
	}
	if len(q.World.Products) == 0 && q.World.Items.Len() == 0 {
		s.send(w, r, http.StatusOK, "begin.html", begin(r, s.now()))
		return
	}
	p := newPage(q, f, s.now())
	if behind := s.behind(); behind > patience {
		p.Notices = slices.Insert(p.Notices, 0, cutOff(behind))
	}
	s.send(w, r, http.StatusOK, "home.html", p)
}

// mostValues is how many values of a parameter a refusal names.
const mostValues = 60

// refuse answers a request whose parameters are wrong with a page that says
// what is accepted.
func (s *site) refuse(w http.ResponseWriter, r *http.Request, q *prioritizer.Queue, err error) {
	p := refusal{Accepted: accepted(q.World)}
	for i := range p.Accepted {
		p.Accepted[i].Values, p.Accepted[i].More = cut(p.Accepted[i].Values, mostValues)
	}
	if e, ok := errors.AsType[*burnlist.Error](err); ok {
		p.Message, p.Details = e.Message, e.Details
	}
	s.send(w, r, http.StatusBadRequest, "refused.html", p)
}

// send renders a page whole before the first byte goes out, so that a failing
// template is an honest 500 and not half a page.
func (s *site) send(w http.ResponseWriter, r *http.Request, status int, name string, body any) {
	var page bytes.Buffer
	err := s.render.page(&page, name, document{Style: s.assets.path("page.css"), Icon: s.assets.path("icon.svg"), Body: body})
	if err != nil {
		s.log.ErrorContext(r.Context(), "the page was not rendered", "template", name, "error", err)
		http.Error(w, "The page could not be made. The log of burnlist says why; the queue is also at /api/v1/queue.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	if _, err := page.WriteTo(w); err != nil {
		s.log.DebugContext(r.Context(), "the reader went away", "error", err)
	}
}

// beginning is the page of an installation with nothing in it.
type beginning struct {
	Origin string // of this server, as the browser knows it
	Due    burnlist.Date
}

func begin(r *http.Request, now time.Time) beginning {
	b := beginning{Origin: "http://" + r.Host, Due: burnlist.DateIn(now, time.UTC) + 14}
	if r.TLS != nil {
		b.Origin = "https://" + r.Host
	}
	return b
}

// refusal is the page that answers wrong parameters.
type refusal struct {
	Message  string
	Details  []burnlist.Detail
	Accepted []parameter
}
