package notify

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// smtpServer speaks SMTP over TCP as far as a client needs it that submits
// mail. What it does otherwise stands in scripts: one for each session, by the
// command that it changes. Those commands are as clients write them ("MAIL", or
// "RCPT TO:<a@example.org>" for one address), and "greeting", "middle" (of a
// message) and "end" (of it).
type smtpServer struct {
	host     string
	listener net.Listener
	cert     tls.Certificate
	caFile   string
	auth     string // mechanism that is offered, under TLS only; for burnlist:hunter2
	implicit bool   // TLS from the first byte
	scripts  []script
	over     chan struct{}
	reached  chan struct{} // is sent to where the server begins to hang

	mu       sync.Mutex
	sessions int
	taken    []letter
}

type script map[string]step

// step is what the server does instead. With an empty reply it does as usual.
type step struct {
	reply string
	then  func(s *smtpServer, c *session)
}

// letter is a mail that the server took, or that it was left with.
type letter struct {
	from string
	to   []string
	data string
}

type session struct {
	net.Conn
	in     *bufio.Reader
	script script
	letter letter
}

func listenSMTP(t *testing.T, change func(*smtpServer), scripts ...script) *smtpServer {
	t.Helper()
	web := httptest.NewTLSServer(nil) // for its certificate, which is one for 127.0.0.1
	web.Close()
	s := &smtpServer{host: "127.0.0.1", cert: web.TLS.Certificates[0], scripts: scripts, over: make(chan struct{}), reached: make(chan struct{}, 1)}
	s.caFile = filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})
	if err := os.WriteFile(s.caFile, block, 0o600); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(s)
	}
	var err error
	if s.listener, err = new(net.ListenConfig).Listen(t.Context(), "tcp", s.host+":0"); err != nil && s.host != "127.0.0.1" {
		t.Skipf("this machine has no %s: %v", s.host, err)
	} else if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := s.listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		close(s.over)
		s.listener.Close()
		all.Wait()
	})
	return s
}

// target is mail to a and b by this server.
func (s *smtpServer) target(how string, timeout time.Duration) Target {
	return Target{Name: "sre-list", Mail: &Mail{
		Host: s.host, Port: s.listener.Addr().(*net.TCPAddr).Port, TLS: how, Timeout: timeout,
		From: "Burnlist <burnlist@example.org>", To: []string{"Ana <a@example.org>", "b@example.org"},
	}}
}

func (s *smtpServer) keep(l letter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken = append(s.taken, l)
}

func (s *smtpServer) letters() []letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]letter(nil), s.taken...)
}

func (s *smtpServer) serve(conn net.Conn) {
	c := &session{Conn: conn, in: bufio.NewReader(conn)}
	defer func() { _ = c.Close() }()
	secure := s.implicit
	if secure {
		c.secure(s.cert)
	}
	s.mu.Lock()
	if s.sessions < len(s.scripts) {
		c.script = s.scripts[s.sessions]
	}
	s.sessions++
	s.mu.Unlock()
	if !s.say(c, "greeting", "220 ready") {
		return
	}
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		at := strings.ToUpper(strings.SplitN(line, " ", 2)[0])
		if _, ok := c.script[line]; ok {
			at = line
		}
		var going bool
		switch strings.SplitN(at, " ", 2)[0] {
		case "EHLO":
			usual := "250-hello\r\n250-8BITMIME\r\n"
			if secure && s.auth != "" {
				usual += "250-AUTH " + s.auth + "\r\n"
			}
			if !secure {
				usual += "250-STARTTLS\r\n"
			}
			going = s.say(c, at, usual+"250 SIZE")
		case "STARTTLS":
			if going = s.say(c, at, "220 go on"); going {
				secure = true
				c.secure(s.cert)
			}
		case "AUTH":
			going = s.say(c, at, c.credentials(line))
		case "MAIL":
			c.letter = letter{from: line}
			going = s.say(c, at, "250 ok")
		case "RCPT":
			if c.script[at].reply == "" {
				c.letter.to = append(c.letter.to, strings.TrimPrefix(line, "RCPT TO:"))
			}
			going = s.say(c, at, "250 ok")
		case "DATA":
			going = s.say(c, at, "354 go on") && s.message(c)
		case "QUIT":
			s.say(c, at, "221 bye")
			return
		default:
			going = s.say(c, at, "250 ok")
		}
		if !going {
			return
		}
	}
}

// say answers as the script has it, or as usual. It returns false if that is
// the end of the session.
func (s *smtpServer) say(c *session, at, usual string) bool {
	step := c.script[at]
	if step.then != nil {
		step.then(s, c)
		return false
	}
	if step.reply != "" {
		usual = step.reply
	}
	_, err := fmt.Fprintf(c, "%s\r\n", usual)
	return err == nil
}

// message reads a message up to its end.
func (s *smtpServer) message(c *session) bool {
	var data strings.Builder
	for lines := 0; ; lines++ {
		if step := c.script["middle"]; step.then != nil && lines == 5 {
			step.then(s, c)
			return false
		}
		line, err := c.in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		data.WriteString(strings.TrimPrefix(line, "."))
	}
	c.letter.data = data.String()
	if step := c.script["end"]; step.then == nil && step.reply == "" {
		s.keep(c.letter)
	}
	return s.say(c, "end", "250 taken")
}

// credentials takes part in AUTH, and returns the last reply.
func (c *session) credentials(line string) string {
	encode := base64.StdEncoding.EncodeToString
	switch line {
	case "AUTH PLAIN " + encode([]byte("\x00burnlist\x00hunter2")):
		return "235 welcome"
	case "AUTH LOGIN":
		_, _ = io.WriteString(c, "334 "+encode([]byte("Username:"))+"\r\n")
		user, _ := c.in.ReadString('\n')
		_, _ = io.WriteString(c, "334 "+encode([]byte("Password:"))+"\r\n")
		password, _ := c.in.ReadString('\n')
		if strings.TrimSpace(user) == encode([]byte("burnlist")) && strings.TrimSpace(password) == encode([]byte("hunter2")) {
			return "235 welcome"
		}
	}
	return "535 5.7.8 not with " + strings.TrimPrefix(line, "AUTH ") // quotes what it was sent, as some do
}

func (c *session) secure(cert tls.Certificate) {
	c.Conn = tls.Server(c.Conn, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
	c.in = bufio.NewReader(c.Conn)
}

// What a step can do instead of an answer.

func drop(*smtpServer, *session) {}

// hang says nothing more, until the client has gone.
func hang(s *smtpServer, c *session) {
	s.hangs()
	_, _ = io.Copy(io.Discard, c.in)
}

func (s *smtpServer) hangs() {
	select {
	case s.reached <- struct{}{}:
	default:
	}
}

// stall does not even read.
func stall(s *smtpServer, _ *session) {
	s.hangs()
	<-s.over
}

// keepThenHang takes the message, but never says so.
func keepThenHang(s *smtpServer, c *session) {
	s.keep(c.letter)
	hang(s, c)
}

// keepThenDrop takes the message and dies.
func keepThenDrop(s *smtpServer, c *session) { s.keep(c.letter) }

// babble never comes to the end of a line.
func babble(s *smtpServer, c *session) {
	for {
		if _, err := io.WriteString(c, strings.Repeat("250-x", 1000)); err != nil {
			return
		}
		select {
		case <-s.over:
			return
		default:
		}
	}
}

// drip keeps the client waiting with one more line, again and again.
func drip(s *smtpServer, c *session) {
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for i := 0; ; i++ {
		if i == 3 {
			s.hangs()
		}
		if _, err := io.WriteString(c, "250-wait\r\n"); err != nil {
			return
		}
		select {
		case <-s.over:
			return
		case <-ticker.C:
		}
	}
}
