package notify

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"log/slog"
	"net/mail"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/burnlist/burnlist"
)

// post writes mail for one target and hands it to a server.
type post struct {
	Mail
	target  string
	log     *slog.Logger
	from    *mail.Address
	to      []*mail.Address
	domain  string // of the sender
	tls     *tls.Config
	secrets secrets
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9_.:-]+$`)

// newPost checks everything that can be checked without asking the server.
func newPost(target string, m *Mail, log *slog.Logger) (*post, error) {
	p := &post{Mail: *m, target: target, log: log, secrets: credentials(m.Username, m.Password)}
	if !hostName.MatchString(m.Host) {
		return nil, burnlist.Errorf(burnlist.Invalid, "%q is not the name of a mail server", m.Host)
	}
	usual, ok := map[string]int{"": 587, "starttls": 587, "tls": 465, "none": 25}[m.TLS]
	if !ok {
		return nil, burnlist.Errorf(burnlist.Invalid, "%q is not one of starttls, tls, none", m.TLS)
	}
	if p.Port == 0 {
		p.Port = usual
	}
	if p.Port < 0 || p.Port > 65535 {
		return nil, burnlist.Errorf(burnlist.Invalid, "%d is not a port: use a number up to 65535", p.Port)
	}
	var err error
	if p.from, err = mail.ParseAddress(m.From); err != nil {
		return nil, burnlist.Errorf(burnlist.Invalid, "%q is not the address of a sender: %v", m.From, err)
	}
	p.domain = p.from.Address[strings.LastIndexByte(p.from.Address, '@')+1:]
	for _, to := range m.To {
		address, err := mail.ParseAddress(to)
		if err != nil {
			return nil, burnlist.Errorf(burnlist.Invalid, "%q is not an address for mail: %v", to, err)
		}
		p.to = append(p.to, address)
	}
	if len(p.to) == 0 {
		return nil, burnlist.Errorf(burnlist.Invalid, "mail goes to nobody: give at least one address")
	}
	p.tls = &tls.Config{ServerName: m.Host, MinVersion: tls.VersionTLS12}
	if m.CAFile != "" {
		if p.tls.RootCAs, err = authority(m.CAFile); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func authority(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, burnlist.Errorf(burnlist.Invalid, "the authority cannot be read: %v", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, burnlist.Errorf(burnlist.Invalid, "%s holds no certificate in PEM form", file)
	}
	return pool, nil
}

// credentials returns the forms in which a server may quote a password.
func credentials(username, password string) secrets {
	if password == "" {
		return nil
	}
	encode := base64.StdEncoding.EncodeToString
	quoted := strings.Trim(strconv.Quote(password), `"`)
	all := secrets{password, quoted, encode([]byte(password)), encode([]byte("\x00" + username + "\x00" + password))}
	slices.SortFunc(all, longestFirst)
	return all
}

// letter writes a message as mail, with plain text for those who want it and
// HTML for the others. Its headers are the same in each attempt.
func (p *post) letter(m burnlist.Message) *gomail.Msg {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(p.from)
	msg.ToMailAddress(p.to...)
	msg.Subject(clip(line(m.Subject), 200))
	msg.SetDateWithValue(burnlist.Instant(m.CreatedAt))
	msg.SetMessageIDWithValue(p.messageID(m))
	msg.SetGenHeader(idHeader, line(m.ID))
	// Nobody's out-of-office note is meant for burnlist (RFC 3834; the other
	// one is Exchange's).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	msg.SetBodyString(gomail.TypeTextPlain, m.Markdown)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return msg
}

// messageID derives the Message-ID from what stays the same in each attempt:
// the message's id, which is unique for its target, and the time at which it
// was written, which tells apart two installations that send from one domain.
func (p *post) messageID(m burnlist.Message) string {
	// Everything that url.QueryEscape leaves may stand there, but dots not
	// everywhere.
	atom := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), ".", "%2E") }
	return atom(m.ID) + "." + atom(p.target) + "." + strconv.FormatInt(m.CreatedAt.UnixMilli(), 10) + "@" + p.domain
}
