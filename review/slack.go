package review

import (
	"regexp"
	"strings"
)

// Slack returns the digest in Slack's markup. Nobody is notified by what
// somebody wrote into a title or a reason.
func (d Digest) Slack() string { return d.page().slack() }

func (p page) slack() string {
	var b strings.Builder
	b.WriteString("*" + escapeSlack(p.Title) + "*\n")
	list := func(lines []line) {
		for _, l := range lines {
			b.WriteString("• " + l.slack() + "\n")
		}
	}
	list(p.Lead)
	for _, s := range p.Sections {
		b.WriteString("\n*" + escapeSlack(s.Heading) + "*\n")
		for _, g := range s.Groups {
			if len(g.Intro) > 0 {
				b.WriteString(g.Intro.slack() + "\n")
			}
			list(g.Lines)
			if more := g.More(); more != "" {
				b.WriteString("• " + more + "\n")
			}
		}
	}
	b.WriteByte('\n')
	for _, l := range p.Foot {
		b.WriteString(l.slack() + "\n")
	}
	return b.String()
}

func (l line) slack() string {
	var b strings.Builder
	for _, s := range l {
		text := escapeSlack(s.Text)
		switch {
		case s.URL != "":
			text = "<" + escapeSlack(s.URL) + "|" + text + ">"
		case s.Strong:
			text = "*" + text + "*"
		}
		b.WriteString(text)
	}
	return b.String()
}

// A backtick cannot be escaped, and three of them would swallow what follows.
var slackEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "`", "'")

// mention is what a receiver that looks for names in plain text takes for one.
// An address is none.
var mention = regexp.MustCompile(`(^|[^0-9A-Za-z._%+-])@([0-9A-Za-z])`)

// escapeSlack returns text that opens no link and calls nobody: behind the @ of
// a mention comes a joiner without width.
func escapeSlack(text string) string {
	return slackEscapes.Replace(mention.ReplaceAllString(text, "$1@\u2060$2"))
}
