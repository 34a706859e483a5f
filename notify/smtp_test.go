package notify

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// ids returns the ids of the letters, in the order in which they were taken.
func (s *smtpServer) ids(t *testing.T) []string {
	t.Helper()
	var ids []string
	for _, l := range s.letters() {
		headers, _ := read(t, l.data)
		ids = append(ids, headers.Get(idHeader))
	}
	return ids
}

// TestMailServerThatFailsFirstGetsAllInOrder sends two messages to a server
// that fails in its first session. The server is left with a message twice
// exactly where the answer to it was lost.
func TestMailServerThatFailsFirstGetsAllInOrder(t *testing.T) {
	once, twice := []string{"first", "second"}, []string{"first", "first", "second"}
	for name, c := range map[string]struct {
		at     string
		step   step
		taken  []string
		failed int
		cause  string
	}{
		"it is busy":                             {"greeting", step{reply: "421 too busy"}, once, 1, `421 "too busy"`},
		"it wants nobody":                        {"greeting", step{reply: "554 no"}, once, 1, `554 "no"`},
		"it hangs up at once":                    {"greeting", step{then: drop}, once, 1, "EOF"},
		"it accepts and says nothing":            {"greeting", step{then: hang}, once, 1, "no answer within 1m0s"},
		"it accepts and reads nothing":           {"greeting", step{then: stall}, once, 1, "no answer within 1m0s"},
		"it hangs at the first word":             {"EHLO", step{then: hang}, once, 1, "no answer within 1m0s"},
		"it never comes to the point":            {"EHLO", step{then: drip}, once, 1, "no answer within 1m0s"},
		"it babbles":                             {"EHLO", step{then: babble}, once, 1, "EOF"},
		"it is not now for this sender":          {"MAIL", step{reply: "451 later"}, once, 1, `the sender: 451 "later"`},
		"it is not for this sender":              {"MAIL", step{reply: "550 no"}, once, 1, `the sender: 550 "no"`},
		"it greylists one address":               {"RCPT TO:<b@example.org>", step{reply: "450 greylisted"}, once, 1, `<b@example.org>: 450 "greylisted"`},
		"it refuses all addresses":               {"RCPT", step{reply: "550 unknown"}, once, 1, `<a@example.org>: 550 "unknown"`},
		"it hangs up at an address":              {"RCPT", step{then: drop}, once, 1, "EOF"},
		"it takes no message now":                {"DATA", step{reply: "452 full"}, once, 1, `452 "full"`},
		"it hangs before the message":            {"DATA", step{then: hang}, once, 1, "no answer within 1m0s"},
		"it hangs up in the middle":              {"middle", step{then: drop}, once, 1, ""},
		"it is silent in the middle":             {"middle", step{then: hang}, once, 1, "no answer within 1m0s"},
		"it stops reading in the middle":         {"middle", step{then: stall}, once, 1, "no answer within 1m0s"},
		"it refuses the message for now":         {"end", step{reply: "451 later"}, once, 1, `451 "later"`},
		"it refuses the message":                 {"end", step{reply: "554 spam"}, once, 1, `554 "spam"`},
		"it takes the message and says nothing":  {"end", step{then: keepThenHang}, twice, 1, "no answer within 1m0s"},
		"it takes the message and dies":          {"end", step{then: keepThenDrop}, twice, 1, "EOF"},
		"it takes the message, hangs at the end": {"QUIT", step{then: hang}, once, 0, ""},
		"it takes the message, dies at the end":  {"QUIT", step{then: drop}, once, 0, ""},
		"it takes the message, is rude at last":  {"QUIT", step{reply: "500 what"}, once, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := listenSMTP(t, nil, script{c.at: c.step})
			first, second := message("sre-list", "first", time.Now()), message("sre-list", "second", time.Now())
			if c.at == "middle" { // more than goes out at once
				first.Markdown = strings.Repeat("what burns and why, and what was decided\n", 1<<14)
			}
			box := newMemory(first, second)
			courier, _, _ := prepare(t, box, s.target("none", time.Minute))
			impatient(courier, s.reached)
			run(t, courier)
			if diff := cmp.Diff(once, box.empty()); diff != "" {
				t.Errorf("delivered (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.taken, s.ids(t)); diff != "" {
				t.Errorf("the server took (-want +got):\n%s", diff)
			}
			if len(box.failures) != c.failed || c.failed > 0 && !strings.Contains(box.failures[0].cause, c.cause) {
				t.Errorf("failures are %+v, want %d with %q", box.failures, c.failed, c.cause)
			}
		})
	}
}

func TestRefusedAddressDoesNotKeepTheMailFromOthers(t *testing.T) {
	s := listenSMTP(t, nil, script{"RCPT TO:<b@example.org>": {reply: "550 5.1.1 left the company"}})
	box := newMemory(message("sre-list", "1", time.Now()))
	_, log := deliver(t, box, s.target("none", time.Minute))
	box.empty()
	if letters := s.letters(); len(letters) != 1 || cmp.Diff([]string{"<a@example.org>"}, letters[0].to) != "" {
		t.Errorf("the server took %+v, want one letter to a", letters)
	}
	if len(box.failures) != 0 {
		t.Errorf("failures are %+v", box.failures)
	}
	if text := log.String(); !strings.Contains(text, "b@example.org") || !strings.Contains(text, "left the company") {
		t.Errorf("nobody is told; logged is %s", text)
	}
}

func TestMailIsHandedOverUnderTLSWithAPassword(t *testing.T) {
	for name, c := range map[string]struct{ how, auth string }{
		"STARTTLS and PLAIN":            {"starttls", "PLAIN LOGIN"},
		"the same by default":           {"", "PLAIN"},
		"STARTTLS and LOGIN alone":      {"starttls", "LOGIN"},
		"TLS from the first byte":       {"tls", "PLAIN"},
		"TLS from the first byte, bare": {"tls", ""},
		"STARTTLS without a password":   {"starttls", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := listenSMTP(t, func(s *smtpServer) { s.auth, s.implicit = c.auth, c.how == "tls" })
			target := s.target(c.how, time.Minute)
			target.Mail.CAFile = s.caFile
			if c.auth != "" {
				target.Mail.Username, target.Mail.Password = "burnlist", "hunter2"
			}
			box := newMemory(message("sre-list", "1", time.Now()))
			deliver(t, box, target)
			box.empty()
			if got := s.ids(t); cmp.Diff([]string{"1"}, got) != "" || len(box.failures) != 0 {
				t.Errorf("the server took %v after %+v", got, box.failures)
			}
		})
	}
}

// TestMailIsNotHandedToJustAnybody has one attempt each, in which neither the
// message nor the password may leave.
func TestMailIsNotHandedToJustAnybody(t *testing.T) {
	for name, c := range map[string]struct {
		how    string
		change func(*Mail)
		script script
		cause  string
	}{
		"a server without STARTTLS":     {"starttls", nil, script{"EHLO": {reply: "250 hello"}}, "STARTTLS"},
		"a server that regrets it":      {"starttls", nil, script{"STARTTLS": {reply: "454 not now"}}, `454 "not now"`},
		"an authority nobody knows":     {"starttls", func(m *Mail) { m.CAFile = "" }, nil, "certificate"},
		"the same from the first byte":  {"tls", func(m *Mail) { m.CAFile = "" }, nil, "certificate"},
		"a server that hangs in TLS":    {"starttls", func(m *Mail) { m.Timeout = time.Second }, script{"STARTTLS": {then: func(s *smtpServer, c *session) { _, _ = c.Write([]byte("220 go on\r\n")); stall(s, c) }}}, "no answer within 1s"},
		"a server that takes no AUTH":   {"starttls", nil, script{"EHLO": {reply: "250-hello\r\n250 STARTTLS"}}, "does not support SMTP AUTH"},
		"a password that is wrong":      {"starttls", func(m *Mail) { m.Password = "hunter3" }, nil, `535 "5.7.8 not with PLAIN …"`},
		"a password without any TLS":    {"none", nil, script{"EHLO": {reply: "250-hello\r\n250 AUTH PLAIN"}}, "unencrypted connection"},
		"a server of quite another way": {"tls", nil, script{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := listenSMTP(t, func(s *smtpServer) {
				s.auth, s.implicit = "PLAIN", c.how == "tls" && c.script == nil
				if c.how == "none" {
					s.host = "127.0.0.2" // which is not trusted as localhost is
				}
			}, c.script)
			target := s.target(c.how, time.Minute)
			target.Mail.CAFile, target.Mail.Username, target.Mail.Password = s.caFile, "burnlist", "hunter2"
			if c.change != nil {
				c.change(target.Mail)
			}
			box := newMemory(message("sre-list", "1", time.Now().Add(-time.Hour))) // its patience is over
			_, log := deliver(t, box, target)
			box.empty()
			if len(box.lost) != 1 || len(s.letters()) != 0 {
				t.Fatalf("the server took %+v", s.letters())
			}
			if cause := box.failures[0].cause; !strings.Contains(cause, c.cause) {
				t.Errorf("the cause is %q, want %q", cause, c.cause)
			}
			if text := log.String() + box.failures[0].cause; strings.Contains(text, target.Mail.Password) || strings.Contains(text, "AGJ1cm5saXN0AGh1bnRlc") {
				t.Errorf("the password is told: %s", text)
			}
		})
	}
}

// TestStoppingDoesNotWaitForAMailServer has a server that hangs for as long as
// the test lasts, and an attempt that may take an hour.
func TestStoppingDoesNotWaitForAMailServer(t *testing.T) {
	s := listenSMTP(t, nil, script{"end": {then: hang}})
	box := newMemory(message("sre-list", "1", time.Now()))
	c, _, _ := prepare(t, box, s.target("none", time.Hour))
	stop := run(t, c)
	<-s.reached
	stop()
	if cause := box.failed(1)[0].cause; !strings.Contains(cause, "stopped") {
		t.Errorf("the cause is %q", cause)
	}
}

func TestRefusalOfAMailServerIsNotHurried(t *testing.T) {
	for reply, refused := range map[string]bool{"550 no": true, "535 no": true, "450 later": false, "421 later": false} {
		s := listenSMTP(t, nil, script{"MAIL": {reply: reply}})
		target := s.target("none", time.Minute)
		p, err := newPost("sre-list", target.Mail, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		err = p.send(t.Context(), message("sre-list", "1", time.Now()))
		if f, ok := err.(*failure); !ok || f.refused != refused { //nolint:errorlint // it is exactly that
			t.Errorf("%s is %#v, want it refused: %t", reply, err, refused)
		}
	}
}

// TestServerThatHangsIsLeftWhenTheTimeIsUp has one attempt each, which nothing
// but its timeout can end.
func TestServerThatHangsIsLeftWhenTheTimeIsUp(t *testing.T) {
	mail := listenSMTP(t, nil, script{"EHLO": {then: drip}}).target("none", 100*time.Millisecond)
	hook := receive(t, hangs).target("chat", 100*time.Millisecond)
	for _, target := range []Target{mail, hook} {
		box := newMemory(message(target.Name, "1", time.Now().Add(-time.Hour))) // its patience is over
		deliver(t, box, target)
		box.empty()
		if got := box.failures[0].cause; got != "no answer within 100ms" {
			t.Errorf("the cause is %q", got)
		}
	}
}
