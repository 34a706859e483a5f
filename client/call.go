package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// maxAnswer bounds how much of an answer is read.
const maxAnswer = 256 << 20

// request is one request as it is sent, perhaps more than once.
type request struct {
	method  string
	path    string // escaped, below the address of the server
	query   query
	version int64 // sent as If-Match unless it is 0
	body    any   // written as JSON unless it is nil
	reads   bool  // it changes nothing and needs no actor
	again   bool  // it may be sent again
}

func reading(path string) request {
	return request{method: http.MethodGet, path: path, reads: true, again: true}
}

// writing is a POST that creates something or acts on it.
func writing(path string, body any) request {
	return request{method: http.MethodPost, path: path, body: body, again: true}
}

func previewing(path string, body any) request {
	return request{method: http.MethodPost, path: path, body: body, reads: true}
}

func changing(path string, version int64, body any) request {
	return request{method: http.MethodPatch, path: path, version: version, body: body}
}

func (r request) with(q query) request {
	r.query = q
	return r
}

// ask sends the request and decodes the answer as a T.
func ask[T any](ctx context.Context, c *Client, r request) (T, error) {
	answer, _, err := askAged[T](ctx, c, r)
	return answer, err
}

// askAged also returns how far behind its database the server answered.
func askAged[T any](ctx context.Context, c *Client, r request) (answer T, age time.Duration, err error) {
	text, header, err := c.send(ctx, r)
	if err != nil {
		return answer, 0, err
	}
	if !isA[T](text) {
		return answer, 0, c.stranger()
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return answer, 0, fmt.Errorf("read the answer of %s to %s %s: %w", c.server, r.method, r.path, err)
	}
	seconds, _ := strconv.Atoi(header.Get("Age")) // 0 without one
	return answer, time.Duration(seconds) * time.Second, nil
}

// send sends the request until it is answered, and returns the answer as it is.
func (c *Client) send(ctx context.Context, r request) ([]byte, http.Header, error) {
	if !r.reads && c.actor == "" {
		return nil, nil, ErrNoActor
	}
	var body []byte
	if r.body != nil {
		var err error
		if body, err = json.Marshal(r.body); err != nil {
			return nil, nil, fmt.Errorf("write the request: %w", err)
		}
	}
	key := ""
	if r.again && !r.reads {
		key = keyOf(ctx)
	}
	for attempt := 1; ; attempt++ {
		text, header, err := c.attempt(ctx, r, body, key)
		if err == nil || !r.again || attempt == mostAttempts {
			return text, header, err
		}
		if !pause(ctx, err, attempt) {
			return nil, nil, err
		}
	}
}

// attempt sends the request once.
func (c *Client) attempt(ctx context.Context, r request, body []byte, key string) ([]byte, http.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	address := c.server + r.path
	if q := r.query.encode(); q != "" {
		address += "?" + q
	}
	req, err := http.NewRequestWithContext(ctx, r.method, address, bytes.NewReader(body))
	if err != nil {
		return nil, nil, fmt.Errorf("ask %s: %w", c.server, err)
	}
	req.Header.Set("Accept", "*/*")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if !r.reads {
		req.Header.Set("Burnlist-Actor", c.actor)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	if r.version != 0 {
		req.Header.Set("If-Match", strconv.Quote(strconv.FormatInt(r.version, 10)))
	}
	resp, err := c.do(req)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, nil, &Unanswered{c.server, err}
	}
	if len(text) > maxAnswer {
		return nil, nil, fmt.Errorf("%s answers with more than %d bytes", c.server, maxAnswer)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, nil, problemOf(resp, text)
	}
	return text, resp.Header, nil
}
