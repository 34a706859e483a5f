package budget

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/burnlist/burnlist"
)

// maxAnswer bounds the size of one answer, in bytes.
const maxAnswer = 64 << 20

// client sends the requests of client_golang's API. It differs from the
// client that comes with it in that it bounds answers, takes only POST, reads
// credentials from files, and keeps Prometheus' own words of an error whatever
// the status is.
type client struct {
	base *url.URL
	cfg  SourceConfig
	http *http.Client
}

// refusal is an error that concerns what was asked, not the source as a whole:
// something smaller may succeed.
type refusal struct{ message string }

func (r *refusal) Error() string { return r.message }

// delay is an error that says that there was no answer in time. Whether that
// concerns what was asked or the source as a whole is for a second question to
// tell.
type delay struct{ message string }

func (d *delay) Error() string { return d.message }

// tooMuch reports whether an error is a refusal or a delay, after which
// something smaller may be answered.
func tooMuch(err error) (refused, late bool) {
	_, refused = errors.AsType[*refusal](err)
	_, late = errors.AsType[*delay](err)
	return refused, late
}

func newClient(cfg SourceConfig) (*client, error) {
	base, err := parseURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	switch {
	case cfg.BearerTokenFile != "" && (cfg.Username != "" || cfg.PasswordFile != ""):
		return nil, burnlist.Errorf(burnlist.Invalid, "has both a bearer token and a username: give one of them")
	case (cfg.Username == "") != (cfg.PasswordFile == ""):
		return nil, burnlist.Errorf(burnlist.Invalid, "has one of username and password file: give both")
	case (cfg.CertFile == "") != (cfg.KeyFile == ""):
		return nil, burnlist.Errorf(burnlist.Invalid, "has one of certificate and key file: give both")
	}
	trust := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: cfg.InsecureSkipVerify} //nolint:gosec // the operator asked for it
	if cfg.CAFile != "" {
		pem, err := os.ReadFile(cfg.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read the certificate authority: %w", err)
		}
		trust.RootCAs = x509.NewCertPool()
		if !trust.RootCAs.AppendCertsFromPEM(pem) {
			return nil, burnlist.Errorf(burnlist.Invalid, "%s holds no certificate in PEM form", cfg.CAFile)
		}
	}
	if cfg.CertFile != "" {
		trust.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			pair, err := tls.LoadX509KeyPair(cfg.CertFile, cfg.KeyFile)
			return &pair, err
		}
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = trust
	return &client{base: base, cfg: cfg, http: &http.Client{Transport: transport, CheckRedirect: redirect}}, nil
}

// redirect follows a redirect only within the source: credentials must not
// leave it, and a POST must stay one.
func redirect(next *http.Request, via []*http.Request) error {
	if to, from := next.URL, via[0].URL; to.Host != from.Host || to.Scheme != from.Scheme {
		return fmt.Errorf("is redirected to %s://%s: give the address that answers as the url of the source", to.Scheme, to.Host)
	}
	if next.Method != http.MethodPost || len(via) > 5 {
		return fmt.Errorf("is redirected to %s in a way that loses the query: give the address that answers as the url of the source", next.URL.Path)
	}
	return nil
}

// URL is part of client_golang's Client. The endpoints of queries have no
// parameters.
func (c *client) URL(endpoint string, _ map[string]string) *url.URL {
	u := *c.base
	u.Path = path.Join("/", u.Path, endpoint)
	return &u
}

// Do is part of client_golang's Client. For an answer that is an error it
// returns no response, so that the API does not try again by GET.
func (c *client) Do(ctx context.Context, req *http.Request) (*http.Response, []byte, error) {
	req = req.WithContext(ctx)
	if err := c.authorize(req); err != nil {
		return nil, nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read, or is of no use
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read the answer: %w", err)
	}
	if len(body) > maxAnswer {
		return nil, nil, &refusal{fmt.Sprintf("the answer is larger than %d MiB", maxAnswer>>20)}
	}
	if resp.StatusCode/100 != 2 {
		return nil, nil, failure(resp, body)
	}
	return resp, body, nil
}

func (c *client) authorize(req *http.Request) error {
	if file := c.cfg.BearerTokenFile; file != "" {
		token, err := secret(file)
		if err != nil {
			return fmt.Errorf("read the bearer token: %w", err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if file := c.cfg.PasswordFile; file != "" {
		password, err := secret(file)
		if err != nil {
			return fmt.Errorf("read the password: %w", err)
		}
		req.SetBasicAuth(c.cfg.Username, password)
	}
	for _, h := range c.cfg.Headers {
		if http.CanonicalHeaderKey(h.Name) == "Host" {
			req.Host = h.Value
		}
		req.Header.Set(h.Name, h.Value)
	}
	return nil
}

func secret(file string) (string, error) {
	b, err := os.ReadFile(file)
	return string(bytes.TrimSpace(b)), err
}

// failure makes an error of an answer that is none. It is a delay if
// Prometheus, or a gateway before it, gave up waiting, and a refusal if
// Prometheus itself says what is wrong with the question.
func failure(resp *http.Response, body []byte) error {
	var said struct {
		ErrorType string `json:"errorType"`
		Error     string `json:"error"`
	}
	words := strings.TrimSpace(string(body))
	own := json.Unmarshal(body, &said) == nil && said.Error != ""
	if own {
		words = strings.TrimPrefix(said.ErrorType+": "+said.Error, ": ")
	}
	switch {
	case own && said.ErrorType == "timeout":
		return &delay{clip(words)}
	case resp.StatusCode == http.StatusRequestTimeout, resp.StatusCode == http.StatusGatewayTimeout:
		return &delay{fmt.Sprintf("answers with %s: %s", resp.Status, clip(words))}
	case resp.StatusCode == http.StatusRequestEntityTooLarge,
		own && resp.StatusCode == http.StatusBadRequest,
		own && resp.StatusCode == http.StatusUnprocessableEntity,
		own && resp.StatusCode >= 500 && said.ErrorType != "unavailable":
		return &refusal{clip(words)}
	}
	return burnlist.Errorf(burnlist.Unavailable, "answers with %s: %s", resp.Status, clip(words))
}

// clip makes one line of bounded length of what a server sent.
func clip(s string) string {
	const most = 500
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "�")), " ")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return s
}
