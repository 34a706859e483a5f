package budget

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/burnlist/burnlist"
)

// Header is a header that goes with every request to a source, such as the
// tenant of a shared store.
type Header struct{ Name, Value string }

// SourceConfig says where a source is, how to ask it, and when it is alive.
// Files are read again whenever they are needed, so that what they hold can be
// rotated.
type SourceConfig struct {
	Name               string // by which SLOs refer to it
	URL                string // of a Prometheus, or of anything that speaks its API
	Headers            []Header
	BearerTokenFile    string // or the next two
	Username           string
	PasswordFile       string
	CAFile             string // trusted beside nothing else; empty for the system's
	CertFile           string // of the client, with KeyFile
	KeyFile            string
	InsecureSkipVerify bool
	Timeout            time.Duration // of one request; 30 s if zero
	Liveness           string        // PromQL that has a series, not 0, while the source is alive; count(up) > 0 if empty
}

const defaultTimeout = 30 * time.Second

// Source is something that answers PromQL. It is safe for concurrent use.
type Source struct {
	name     string
	liveness string
	timeout  time.Duration
	api      v1.API
	observe  func(source, kind string, took time.Duration, err error)
}

// NewSource returns a source. Observe, unless nil, is told of each request:
// its kind is query or query_range. It fails with Invalid if the configuration
// cannot work; that a server or a file is missing shows when it is asked.
func NewSource(cfg SourceConfig, observe func(source, kind string, took time.Duration, err error)) (*Source, error) {
	liveness, err := livenessOf(cmp.Or(cfg.Liveness, defaultLiveness))
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", cfg.Name, err)
	}
	client, err := newClient(cfg)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", cfg.Name, err)
	}
	if observe == nil {
		observe = func(string, string, time.Duration, error) {}
	}
	return &Source{
		name: cfg.Name, liveness: liveness, timeout: cmp.Or(max(cfg.Timeout, 0), defaultTimeout),
		api: v1.NewAPI(client), observe: observe,
	}, nil
}

// notAlive says what is wrong with a source that answers, but was not alive.
func notAlive(source string) string {
	return fmt.Sprintf("the source %s answers, but is not alive: its liveness expression has no value, or 0; set another one if it scrapes nothing itself", source)
}

// Name returns the name by which SLOs refer to the source.
func (s *Source) Name() string { return s.name }

// ask asks all questions for each slice in r, and whether the source was alive
// at its end. A refusal concerns these questions and this range; a delay may
// concern them, or all; any other error says that the source as a whole cannot
// be asked.
func (s *Source) ask(ctx context.Context, questions []*question, width int64, r Range) (readings, error) {
	return demand(ctx, s, query(s.liveness, questions), width, r, func(answer model.Value) (readings, error) { return read(answer, width, r) })
}

// demand asks for an expression at the end of each slice in r, and reads the
// answer. Its errors are those of ask.
func demand[T any](ctx context.Context, s *Source, expression string, width int64, r Range, read func(model.Value) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	kind, began := "query", time.Now()
	// The server gives up before we do, so that what it was asked can be told
	// to be too much from a server that hangs.
	limit := v1.WithTimeout(s.timeout * 9 / 10)
	first, last := time.Unix(r.From+width, 0).UTC(), time.Unix(r.To, 0).UTC()
	var answer model.Value
	var warnings v1.Warnings
	var err error
	if first.Equal(last) {
		answer, warnings, _, err = s.api.Query(ctx, expression, last, limit)
	} else {
		kind = "query_range"
		step := time.Duration(width) * time.Second
		answer, warnings, _, err = s.api.QueryRange(ctx, expression, v1.Range{Start: first, End: last, Step: step}, limit)
	}
	var got T
	switch {
	case err != nil:
		err = s.explain(ctx, err)
	default:
		if err = incomplete(warnings); err == nil {
			got, err = read(answer)
		}
	}
	s.observe(s.name, kind, time.Since(began), err)
	return got, err
}

// remarks are how warnings begin that are about the query, not about the data.
//
// Prometheus before 3.0 has no place of its own for its infos, such as that the
// name of a counter does not end in _total, and sends them among the warnings.
// That samples of a native histogram differ in what they say of resets is no
// fault where resets are looked for.
var remarks = []string{"PromQL info:", "PromQL warning: conflicting counter resets during histogram"}

// incomplete refuses an answer that is marked as incomplete: it must not enter
// the ledger as if it were the truth.
func incomplete(warnings v1.Warnings) error {
	for _, w := range warnings {
		if !slices.ContainsFunc(remarks, func(begin string) bool { return strings.HasPrefix(w, begin) }) {
			return &refusal{"the answer is marked as incomplete: " + clip(w)}
		}
	}
	return nil
}

// explain turns what the client says into a refusal, a delay, or an error of
// the source.
func (s *Source) explain(ctx context.Context, err error) error {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	if d, ok := errors.AsType[*delay](err); ok {
		return d
	}
	if e, ok := errors.AsType[*v1.Error](err); ok {
		if e.Type == v1.ErrBadResponse {
			return burnlist.Errorf(burnlist.Unavailable, "the answer is not that of a Prometheus: %s", clip(e.Msg))
		}
		return &refusal{clip(e.Error())}
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &delay{fmt.Sprintf("no answer within %s", s.timeout)}
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("the source %s cannot be reached: %w", s.name, e.Err)
	}
	return err
}

func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, burnlist.Errorf(burnlist.Invalid, "the url is not a web address: use http://… or https://…")
	case u.User != nil:
		return nil, burnlist.Errorf(burnlist.Invalid, "the url holds credentials: use username and a password file")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, burnlist.Errorf(burnlist.Invalid, "the url has a query or a fragment: give the address below which /api/v1/query lies")
	}
	return u, nil
}
