package config

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
)

var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// sources checks each source, and puts prometheus_url in its place.
func (p *problems) sources(d *document) {
	seen := map[string]int{}
	for i := range d.Sources {
		s := &d.Sources[i]
		if p.has(fmt.Sprintf("sources[%d]", i)) {
			continue // it could not be read, so that nothing in it is known
		}
		at := func(key string) string { return fmt.Sprintf("sources[%d].%s", i, key) }
		if first, twice := seen[s.Name]; twice && s.Name != "" {
			p.add(at("name"), "%q is the name of sources[%d] already: give each source its own", s.Name, first)
		}
		if s.Name == defaultSource && d.PrometheusURL != "" {
			if s.URL != "" && p.places["prometheus_url"].layer == inFile {
				p.add(at("url"), "is given twice: leave out this one or prometheus_url")
			}
			s.URL = d.PrometheusURL
		} else {
			p.url(at("url"), s.URL)
		}
		seen[s.Name] = i
		p.source(at, s)
	}
	if d.PrometheusURL == "" {
		return
	}
	p.url("prometheus_url", d.PrometheusURL)
	if _, ok := seen[defaultSource]; !ok {
		d.Sources = append(d.Sources, Source{
			Name: defaultSource, URL: d.PrometheusURL, Timeout: defaultTimeout, Liveness: defaultLiveness,
		})
	}
}

// source checks one source by itself, all but its URL.
func (p *problems) source(at func(string) string, s *Source) {
	if !burnlist.ValidName(s.Name) {
		p.add(at("name"), "%q is not a name: use 1 to 100 letters, digits, dots, hyphens and underscores, beginning with a letter or digit", s.Name)
	}
	if s.BearerTokenFile != "" && s.Username != "" {
		p.add(at("username"), "stands beside bearer_token_file: a request carries only one of them, leave out the other")
	}
	if (s.Username == "") != (s.PasswordFile == "") {
		p.add(at("password_file"), "and username go together: give both or neither")
	}
	p.secret(at("bearer_token_file"), s.BearerTokenFile)
	p.secret(at("password_file"), s.PasswordFile)
	p.headers(at, s)
	if (s.TLS.CertFile == "") != (s.TLS.KeyFile == "") {
		p.add(at("tls.cert_file"), "and key_file go together: give both or neither")
	}
	p.secret(at("tls.ca_file"), s.TLS.CAFile)
	p.secret(at("tls.cert_file"), s.TLS.CertFile)
	p.secret(at("tls.key_file"), s.TLS.KeyFile)
	if s.TLS != (TLS{}) && strings.HasPrefix(s.URL, "http:") {
		p.add(at("tls"), "has no effect on a URL that begins with http: use https, or leave out tls")
	}
	if s.Timeout < time.Second || s.Timeout > 5*time.Minute {
		p.add(at("timeout"), "%s is out of range: use 1s to 5m", burnlist.Duration(s.Timeout))
	}
	if strings.TrimSpace(s.Liveness) == "" {
		p.add(at("liveness"), "is empty: leave it out to get %s", defaultLiveness)
	}
}

func (p *problems) headers(at func(string) string, s *Source) {
	seen := map[string]bool{}
	for i := range s.Headers {
		h := &s.Headers[i]
		at := func(key string) string { return at(fmt.Sprintf("headers[%d].%s", i, key)) }
		name := strings.ToLower(h.Name)
		switch {
		case !headerName.MatchString(h.Name):
			p.add(at("name"), "%q is not the name of a header", h.Name)
		case seen[name]:
			p.add(at("name"), "%q is given twice: a header is sent once", h.Name)
		case name == "host" || name == "content-type" || name == "content-length":
			p.add(at("name"), "%q is set by burnlist itself: leave it out", h.Name)
		case name == "authorization" && (s.BearerTokenFile != "" || s.Username != ""):
			p.add(at("name"), "%q stands beside bearer_token_file or username, which set it: leave out one", h.Name)
		}
		seen[name] = true
		if (h.Value == "") == (h.ValueFile == "") {
			p.add(at("value"), "needs exactly one of value and value_file")
		}
		if text := p.secret(at("value_file"), h.ValueFile); h.Value == "" {
			h.Value = text
		}
		if strings.ContainsAny(h.Value, "\r\n\x00") {
			p.add(at("value"), "holds a line break: a header is one line")
		}
	}
}

// url checks the address of a source. It is not repeated: it may hold a
// secret.
func (p *problems) url(key, address string) {
	u, err := url.Parse(address)
	switch {
	case address == "":
		p.add(key, "is missing: give the address of Prometheus, such as http://localhost:9090")
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "":
		p.add(key, "is not a web address: use http://HOST:PORT or https://HOST:PORT")
	case u.User != nil:
		p.add(key, "holds a user or password: use username and password_file")
	case u.RawQuery != "" || u.Fragment != "":
		p.add(key, "holds more than an address: leave out everything from the ? or # on")
	}
}

// secret returns the text of a file without the white space around it. No
// file is no text.
func (p *problems) secret(key, file string) string {
	if file == "" {
		return ""
	}
	text, err := read(file)
	if err != nil {
		p.add(key, "%v", err)
		return ""
	}
	trimmed := strings.TrimSpace(string(text))
	if trimmed == "" {
		p.add(key, "%s is empty", file)
	}
	return trimmed
}
