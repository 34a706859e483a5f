package config

import (
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
)

// Notify is a target that digests are sent to: a webhook, or mail.
type Notify struct {
	Name           string        `mapstructure:"name"`
	WebhookURL     string        `mapstructure:"webhook_url"` // a secret; Load fills it from WebhookURLFile if that is given
	WebhookURLFile string        `mapstructure:"webhook_url_file"`
	Mail           Mail          `mapstructure:"mail"`     // zero if the target is a webhook
	Products       []string      `mapstructure:"products"` // all of them if there is none
	Weekly         burnlist.Slot `mapstructure:"weekly"`   // when the digest of the week is sent besides; zero if it is not
	Timeout        time.Duration `mapstructure:"timeout"`  // of one attempt
}

// Mail says where mail goes, and by which server.
type Mail struct {
	Host         string   `mapstructure:"host"`
	Port         int      `mapstructure:"port"` // Load fills in the usual one of TLS
	TLS          string   `mapstructure:"tls"`  // starttls, tls or none
	Username     string   `mapstructure:"username"`
	Password     string   `mapstructure:"password"` // Load fills it from PasswordFile if that is given
	PasswordFile string   `mapstructure:"password_file"`
	From         string   `mapstructure:"from"`
	To           []string `mapstructure:"to"`
	CAFile       string   `mapstructure:"ca_file"`
}

// IsZero reports whether nothing was said of mail.
func (m Mail) IsZero() bool { return reflect.ValueOf(m).IsZero() }

// What a target has that does not say.
const (
	defaultNotifyTimeout = 10 * time.Second
	defaultMailTLS       = "starttls"
)

// targets checks each target that digests are sent to.
func (p *problems) targets(targets []Notify) {
	seen := map[string]int{}
	for i := range targets {
		n := &targets[i]
		if p.has(fmt.Sprintf("notify[%d]", i)) {
			continue // it could not be read, so that nothing in it is known
		}
		at := func(key string) string { return fmt.Sprintf("notify[%d].%s", i, key) }
		if !burnlist.ValidName(n.Name) {
			p.add(at("name"), "%q is not a name: use 1 to 100 letters, digits, dots, hyphens and underscores, beginning with a letter or digit", n.Name)
		} else if first, twice := seen[n.Name]; twice {
			p.add(at("name"), "%q is the name of notify[%d] already: give each target its own", n.Name, first)
		} else {
			seen[n.Name] = i
		}
		p.way(at, n)
		p.products(at, n.Products)
		if n.Timeout < time.Second || n.Timeout > time.Minute {
			p.add(at("timeout"), "%s is out of range: use 1s to 1m", burnlist.Duration(n.Timeout))
		}
	}
}

// way checks that a target is one of a webhook and mail, and checks that one.
func (p *problems) way(at func(string) string, n *Notify) {
	byMail := !n.Mail.IsZero() || p.has(at("mail"))
	switch {
	case n.WebhookURL == "" && n.WebhookURLFile == "" && !byMail:
		p.add(at("webhook_url"), "is missing: give one of webhook_url, webhook_url_file and mail")
	case n.WebhookURL != "" && n.WebhookURLFile != "":
		p.add(at("webhook_url_file"), "stands beside webhook_url: give one of them")
	case byMail && (n.WebhookURL != "" || n.WebhookURLFile != ""):
		p.add(at("mail"), "stands beside a webhook: make two targets of them")
	case byMail:
		p.mail(func(key string) string { return at("mail." + key) }, &n.Mail)
	case n.WebhookURLFile != "":
		n.WebhookURL = p.secret(at("webhook_url_file"), n.WebhookURLFile)
		p.webhook(at("webhook_url_file"), n.WebhookURL)
	default:
		p.webhook(at("webhook_url"), n.WebhookURL)
	}
}

// webhook checks the address of a webhook, which is not repeated: whoever
// knows it can post.
func (p *problems) webhook(key, address string) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		p.add(key, "is not a web address: use the one that the receiver gave you, such as https://hooks.slack.com/services/…")
	}
}

// mail checks a server for mail and those who get it, and fills in the port
// and the password.
func (p *problems) mail(at func(string) string, m *Mail) {
	ip, err := netip.ParseAddr(m.Host)
	isIP := err == nil
	switch {
	case m.Host == "":
		p.add(at("host"), "is missing: give the name of the server that takes mail")
	case !isIP && !hostName.MatchString(m.Host):
		p.add(at("host"), "%q is not a host name: write the name alone, such as smtp.example.org", m.Host)
	}
	p.oneOf(at("tls"), m.TLS, "starttls", "tls", "none")
	if m.Port == 0 {
		m.Port = map[string]int{"starttls": 587, "tls": 465, "none": 25}[m.TLS]
	} else if m.Port < 0 || m.Port > 65535 {
		p.add(at("port"), "%d is not a port: use a number up to 65535", m.Port)
	}
	switch {
	case m.Password != "" && m.PasswordFile != "":
		p.add(at("password_file"), "stands beside password: give one of them")
	case (m.Username == "") != (m.Password == "" && m.PasswordFile == ""):
		p.add(at("password_file"), "and username go together: give both or neither")
	case m.PasswordFile != "":
		m.Password = p.secret(at("password_file"), m.PasswordFile)
	}
	if m.TLS == "none" {
		if m.Username != "" && m.Host != "localhost" && (!isIP || !ip.IsLoopback()) {
			p.add(at("username"), "would send its password in the clear: use starttls or tls")
		}
		if m.CAFile != "" {
			p.add(at("ca_file"), "has no effect without TLS: use starttls or tls, or leave it out")
		}
	}
	p.secret(at("ca_file"), m.CAFile)
	p.address(at("from"), m.From)
	if len(m.To) == 0 {
		p.add(at("to"), "is missing: give the addresses that get the mail")
	}
	for i, to := range m.To {
		p.address(at(fmt.Sprintf("to[%d]", i)), to)
	}
}

func (p *problems) address(key, address string) {
	if address == "" {
		p.add(key, "is missing: give an address such as sre@example.org")
		return
	}
	if _, err := mail.ParseAddress(address); err != nil {
		p.add(key, "%q is not an address for mail: write one such as sre@example.org", address)
	}
}

// products checks the products of a target. Whether they exist shows only
// later: they are made through the API.
func (p *problems) products(at func(string) string, names []string) {
	if names != nil && len(names) == 0 {
		p.add(at("products"), "is empty: leave it out to get those of all products")
	}
	seen := map[string]bool{}
	for i, name := range names {
		key := at(fmt.Sprintf("products[%d]", i))
		if !burnlist.ValidName(name) {
			p.add(key, "%q is not the name of a product", name)
		} else if seen[name] {
			p.add(key, "%q is given twice: leave out one", name)
		}
		seen[name] = true
	}
}

// parseSlot reads a weekday and a time of day, such as "friday 16:00".
func parseSlot(data any) (burnlist.Slot, error) {
	text, _ := data.(string)
	day, clock, _ := strings.Cut(strings.Join(strings.Fields(text), " "), " ")
	slot := burnlist.Slot{Weekday: strings.ToLower(day), Time: clock}
	_, isDay := slot.Day()
	if _, err := time.Parse("15:04", clock); err != nil || len(clock) != len("15:04") || !isDay {
		return burnlist.Slot{}, fmt.Errorf("%q is not a weekly time: write a weekday and HH:MM, such as friday 16:00", fmt.Sprint(data))
	}
	return slot, nil
}

// publicURL checks where people find burnlist. A slash at its end is dropped.
func (p *problems) publicURL(s *Settings) {
	s.PublicURL = strings.TrimRight(s.PublicURL, "/")
	if s.PublicURL == "" {
		return
	}
	u, err := url.Parse(s.PublicURL)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "":
		p.add("public_url", "is not a web address: use the one that people open burnlist with, such as https://burnlist.example.org")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		p.add("public_url", "holds more than an address: leave out user, password and everything from the ? or # on")
	}
}
