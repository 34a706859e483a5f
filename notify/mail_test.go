package notify

import (
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

// read takes a mail apart: its headers, and its parts by type, in order.
func read(t *testing.T, data string) (headers mail.Header, parts [][2]string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("the mail is %s: %v", kind, err)
	}
	for all := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := all.NextRawPart()
		if err == io.EOF { //nolint:errorlint // as it is documented
			return m.Header, parts
		}
		if err != nil {
			t.Fatal(err)
		}
		if how := part.Header.Get("Content-Transfer-Encoding"); how != "quoted-printable" {
			t.Fatalf("a part is %s", how)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, [2]string{part.Header.Get("Content-Type"), strings.ReplaceAll(string(text), "\r\n", "\n")})
	}
}

func TestMailHasBothFormsAndStableHeaders(t *testing.T) {
	created := time.Date(2026, 11, 20, 16, 0, 0, 7e6, time.UTC)
	m := burnlist.Message{
		ID: "review-12", Target: "sre-list", CreatedAt: created, Subject: "Überfällig: 3 items of shop",
		Markdown: "# Shop\n.hidden dot\n" + strings.Repeat("long ü ", 200) + "\n", HTML: "<h1>Shop &amp; ü</h1>\n",
	}
	s := listenSMTP(t, nil, script{"end": {then: keepThenDrop}})
	box := newMemory(m)
	target := s.target("none", time.Minute)
	c, _, _ := prepare(t, box, target)
	c.pace.patience = 100 * 365 * 24 * time.Hour // the message is old
	run(t, c)
	box.empty()

	letters := s.letters()
	if len(letters) != 2 {
		t.Fatalf("the server took %d letters, want that of the lost answer and another", len(letters))
	}
	for _, l := range letters {
		headers, parts := read(t, l.data)
		for name, want := range map[string]string{
			"Message-ID": "<review-12.sre-list.1795190400007@example.org>", "Burnlist-Message-ID": "review-12",
			"Date": "Fri, 20 Nov 2026 16:00:00 +0000", "Auto-Submitted": "auto-generated",
			"From": `"Burnlist" <burnlist@example.org>`, "To": `"Ana" <a@example.org>, <b@example.org>`,
		} {
			if got := headers.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if subject, err := new(mime.WordDecoder).DecodeHeader(headers.Get("Subject")); subject != m.Subject || err != nil {
			t.Errorf("the subject is %q, want %q: %v", subject, m.Subject, err)
		}
		want := [][2]string{{"text/plain; charset=UTF-8", m.Markdown}, {"text/html; charset=UTF-8", m.HTML}}
		if diff := cmp.Diff(want, parts); diff != "" {
			t.Errorf("parts (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"<a@example.org>", "<b@example.org>"}, l.to); diff != "" {
			t.Errorf("recipients (-want +got):\n%s", diff)
		}
		if !strings.HasPrefix(l.from, "MAIL FROM:<burnlist@example.org>") {
			t.Errorf("the envelope is from %s", l.from)
		}
	}
}

func TestSubjectCannotAddHeaders(t *testing.T) {
	m := message("sre-list", "review-1\r\nCc: e@example.org", time.Now())
	m.Subject = "Review\r\nBcc: c@example.org\n\r\n<script>\x00" + strings.Repeat(" long", 100)
	s := listenSMTP(t, nil)
	box := newMemory(m)
	deliver(t, box, s.target("none", time.Minute))
	box.empty()
	headers, _ := read(t, s.letters()[0].data)
	if len(headers["Bcc"]) != 0 || len(headers["Cc"]) != 0 {
		t.Errorf("headers are %v", headers)
	}
	want := "Review Bcc: c@example.org <script> long"
	got, err := new(mime.WordDecoder).DecodeHeader(headers.Get("Subject"))
	if err != nil || !strings.HasPrefix(got, want) || utf8.RuneCountInString(got) != 200 {
		t.Errorf("the subject is %q, want 200 characters that begin with %q: %v", got, want, err)
	}
}

func TestMessageIDsAreApart(t *testing.T) {
	at := time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC)
	seen := map[string]string{}
	add := func(name, target, id, domain string, at time.Time) {
		p := &post{target: target, domain: domain}
		got := p.messageID(burnlist.Message{ID: id, CreatedAt: at})
		if other, ok := seen[got]; ok {
			t.Errorf("%s has the Message-ID of %s: %s", name, other, got)
		}
		seen[got] = name
		if addr, err := mail.ParseAddress("<" + got + ">"); err != nil || addr.Address != got {
			t.Errorf("%s has %q, which is no Message-ID: %v", name, got, err)
		}
	}
	add("a message", "a", "review-1", "example.org", at)
	add("the next message", "a", "review-2", "example.org", at)
	add("another target", "b", "review-1", "example.org", at)
	add("another domain", "a", "review-1", "example.com", at)
	add("another installation", "a", "review-1", "example.org", at.Add(time.Millisecond))
	add("a target with a dot", "a.", "review-1", "example.org", at)
	add("an id that looks like a target", "a", "review-1.a", "example.org", at)
	add("an id with anything", "a", "week/ü @<>\"\r\n", "example.org", at)
}
