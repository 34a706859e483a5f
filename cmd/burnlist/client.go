package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/burnlist/burnlist/api"
)

// client asks a running burnlist over its REST API.
type client struct {
	server string // base URL
	actor  string // who writes
}

// remote gives a command and those below it the flags that say which server to
// ask and who asks. The client is filled in before a command runs.
func remote(cmd *cobra.Command) *client {
	c := &client{}
	cmd.PersistentFlags().StringVar(&c.server, "server", "", "address of burnlist (else $BURNLIST_SERVER, else http://127.0.0.1:8080)")
	cmd.PersistentFlags().StringVar(&c.actor, "actor", "", "who you are, recorded with what you write (else $BURNLIST_ACTOR, else $USER)")
	cmd.PersistentPreRunE = func(*cobra.Command, []string) error {
		c.server = strings.TrimRight(cmp.Or(c.server, os.Getenv("BURNLIST_SERVER"), "http://127.0.0.1:8080"), "/")
		c.actor = cmp.Or(c.actor, os.Getenv("BURNLIST_ACTOR"), os.Getenv("USER"))
		u, err := url.Parse(c.server)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" {
			return fmt.Errorf("%q is not the address of a server: give --server as in http://127.0.0.1:8080", c.server)
		}
		if strings.ContainsFunc(c.actor, unicode.IsControl) {
			return fmt.Errorf("%q cannot be the name of a person: give --actor as in ana@example.org", c.actor)
		}
		return nil
	}
	return c
}

func (c *client) get(ctx context.Context, path string, answer any) error {
	return c.call(ctx, http.MethodGet, path, 0, nil, answer)
}

func (c *client) post(ctx context.Context, path string, body, answer any) error {
	return c.call(ctx, http.MethodPost, path, 0, body, answer)
}

// call sends one request. A version other than 0 is sent as the one that was
// seen. The answer is decoded into answer, unless that is nil or a *[]byte,
// which gets it as it is.
func (c *client) call(ctx context.Context, method, path string, version int64, body, answer any) error {
	var content io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("write the request: %w", err)
		}
		content = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.server+"/api/v1"+path, content)
	if err != nil {
		return fmt.Errorf("ask %s: %w", c.server, err)
	}
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
		if c.actor == "" {
			return errors.New("say who you are: give --actor, or set BURNLIST_ACTOR")
		}
		req.Header.Set("Burnlist-Actor", c.actor)
	}
	if version != 0 {
		req.Header.Set("If-Match", fmt.Sprintf(`"%d"`, version))
	}
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		return fmt.Errorf("burnlist does not answer: start it with burnlist serve, or give --server: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return refusal(resp, text)
	}
	switch into := answer.(type) {
	case nil:
	case *[]byte:
		*into = text
	default:
		if err := json.Unmarshal(text, answer); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
	}
	return nil
}

// refusal says a problem document in words, one line for each thing that is
// wrong.
func refusal(resp *http.Response, text []byte) error {
	var p api.Problem
	if json.Unmarshal(text, &p) != nil || p.Detail == "" {
		return fmt.Errorf("%s answers %s", resp.Request.URL.Host, resp.Status)
	}
	var b strings.Builder
	b.WriteString(p.Detail)
	for _, fault := range p.Errors {
		fmt.Fprintf(&b, "\n  %s %s", strings.TrimPrefix(fault.Location, "body."), fault.Message)
	}
	return errors.New(b.String())
}
