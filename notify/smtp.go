package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/burnlist/burnlist"
)

// send makes one attempt. An error is a *failure. An address that the server
// refuses for good does not keep the message from the others.
func (p *post) send(ctx context.Context, m burnlist.Message) error {
	conn, err := p.open(ctx)
	if err != nil {
		return p.fail(err)
	}
	// Whatever happens, this is the end of it. In the middle of a message it
	// tells the server to throw away what it has.
	defer func() { _ = conn.Close() }()
	session, err := p.greet(ctx, conn)
	if err != nil {
		return p.fail(err)
	}
	refused, err := hand(session, p.letter(m))
	if err != nil {
		return p.fail(err)
	}
	for _, err := range refused {
		p.log.Warn("message not delivered to one of the addresses",
			"target", p.target, "message", m.ID, "cause", p.fail(err).cause)
	}
	// The message is the server's now. Its answer to this would change nothing,
	// so nobody waits for it.
	_, _ = session.Text.Cmd("QUIT")
	return nil
}

// open connects to the server, for an attempt that is over when ctx is.
func (p *post) open(ctx context.Context) (net.Conn, error) {
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(p.Host, strconv.Itoa(p.Port)))
	if err != nil {
		return nil, err
	}
	conn := newBounded(ctx, raw)
	if p.TLS != "tls" {
		return conn, nil
	}
	secure := tls.Client(conn, p.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secure, nil
}

// greet does everything that comes before a message: EHLO, STARTTLS, AUTH.
func (p *post) greet(ctx context.Context, conn net.Conn) (*smtp.Client, error) {
	options := []gomail.Option{
		gomail.WithPort(p.Port),
		gomail.WithTimeout(p.Timeout),
		gomail.WithTLSConfig(p.tls),
		gomail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return conn, nil }),
	}
	switch p.TLS {
	case "tls":
		options = append(options, gomail.WithSSL())
	case "none":
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if p.Username != "" {
		options = append(options, gomail.WithUsername(p.Username), gomail.WithPassword(p.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	client, err := gomail.NewClient(p.Host, options...)
	if err != nil {
		return nil, err
	}
	return client.DialToSMTPClientWithContext(ctx)
}

// hand gives the server a message, and returns the addresses that the server
// refused. The error is nil exactly if the server took the message, for at
// least one address. (The library's own way to send also fails if the server
// took the message and then hangs or hangs up, which would send it again.)
func hand(session *smtp.Client, msg *gomail.Msg) (refused []error, err error) {
	from, err := msg.GetSender(false)
	if err != nil {
		return nil, err
	}
	to, err := msg.GetRecipients()
	if err != nil {
		return nil, err
	}
	if err := session.Mail(from); err != nil {
		return nil, fmt.Errorf("the sender: %w", err)
	}
	for _, address := range to {
		if err := session.Rcpt(address); err != nil {
			if err = fmt.Errorf("the address %s: %w", address, err); !isRefusal(err) {
				return nil, err
			}
			refused = append(refused, err)
		}
	}
	if len(refused) == len(to) {
		return nil, errors.Join(refused...)
	}
	w, err := session.Data()
	if err != nil {
		return nil, err
	}
	if _, err := msg.WriteTo(w); err != nil {
		return nil, err
	}
	return refused, w.Close()
}

// isRefusal reports whether the server said that it will not, rather than that
// it cannot now.
func isRefusal(err error) bool {
	reply, ok := errors.AsType[*textproto.Error](err)
	return ok && reply.Code >= 500
}

func (p *post) fail(err error) *failure {
	f := broken(err, p.Timeout, p.secrets)
	f.refused = isRefusal(err)
	return f
}

// bounded is a connection that ends with a context and reads no more than any
// server has to say. The library moves the deadline on with each step, so that
// a server could make an attempt last; here there is none but the context's.
type bounded struct {
	net.Conn
	limited io.Reader
	release func() bool
}

func newBounded(ctx context.Context, conn net.Conn) *bounded {
	// What is waiting returns at once, with os.ErrDeadlineExceeded.
	stop := func() { _ = conn.SetDeadline(time.Unix(1, 0)) }
	return &bounded{Conn: conn, limited: io.LimitReader(conn, 256<<10), release: context.AfterFunc(ctx, stop)}
}

func (b *bounded) Read(p []byte) (int, error) { return b.limited.Read(p) }

// SetDeadline leaves it to the context when the attempt ends.
func (b *bounded) SetDeadline(time.Time) error { return nil }

func (b *bounded) Close() error {
	b.release()
	return b.Conn.Close()
}
