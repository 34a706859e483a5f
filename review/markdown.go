package review

import (
	"regexp"
	"strings"
)

// Markdown returns the digest as Markdown without any HTML in it, so that it
// also reads well as it is, in a terminal.
func (d Digest) Markdown() string { return d.page().markdown() }

func (p page) markdown() string {
	var b strings.Builder
	b.WriteString("# " + escapeMarkdown(p.Title) + "\n")
	list := func(lines []line) {
		for _, l := range lines {
			b.WriteString("- " + l.markdown() + "\n")
		}
	}
	b.WriteByte('\n')
	list(p.Lead)
	for _, s := range p.Sections {
		b.WriteString("\n## " + escapeMarkdown(s.Heading) + "\n")
		for _, g := range s.Groups {
			if len(g.Intro) > 0 {
				b.WriteString("\n" + g.Intro.markdown() + "\n")
			}
			if len(g.Lines) > 0 || g.More() != "" {
				b.WriteByte('\n')
			}
			list(g.Lines)
			if more := g.More(); more != "" {
				b.WriteString("- " + more + "\n")
			}
		}
	}
	for _, l := range p.Foot {
		b.WriteString("\n" + l.markdown() + "\n")
	}
	return b.String()
}

func (l line) markdown() string {
	var b strings.Builder
	for n, s := range l {
		text := escapeMarkdown(s.Text)
		switch {
		case s.URL != "":
			text = "[" + text + "](" + s.URL + ")"
		case s.Strong:
			text = "**" + text + "**"
		case n == 0:
			text = escapeStart(text)
		}
		b.WriteString(text)
	}
	return b.String()
}

// What means something inside a line. An underscore inside a word and an
// ampersand that begins no entity mean nothing, and are left alone to be read
// as they are.
var (
	markdownMarks  = regexp.MustCompile("[\\\\`*\\[\\]<>~$]")
	markdownScore  = regexp.MustCompile(`_+`)
	markdownEntity = regexp.MustCompile(`&(#?[0-9A-Za-z]+;)`)
	markdownBare   = regexp.MustCompile(`(?i)(https?|ftp)://|(www)\.`) // which many readers make links
	markdownStart  = regexp.MustCompile(`^([#+=-]|[0-9]+[.)])`)
)

// escapeMarkdown returns text of which nothing is taken for a mark, wherever
// in a line it stands.
func escapeMarkdown(text string) string {
	text = markdownMarks.ReplaceAllString(text, `\$0`)
	text = markdownEntity.ReplaceAllString(text, `\&$1`)
	text = markdownBare.ReplaceAllStringFunc(text, func(s string) string {
		return strings.NewReplacer(":", `\:`, ".", `\.`).Replace(s)
	})
	var b strings.Builder
	from := 0
	for _, at := range markdownScore.FindAllStringIndex(text, -1) {
		b.WriteString(text[from:at[0]])
		score := text[at[0]:at[1]]
		if !wordy(text, at[0]-1) || !wordy(text, at[1]) {
			score = strings.Repeat(`\_`, len(score))
		}
		b.WriteString(score)
		from = at[1]
	}
	return b.String() + text[from:]
}

// wordy reports whether the byte of text at an index is a plain letter or
// digit.
func wordy(text string, at int) bool {
	if at < 0 || at >= len(text) {
		return false
	}
	c := text[at]
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// escapeStart returns escaped text that is not taken for the start of a
// heading, a list or a rule.
func escapeStart(text string) string {
	return markdownStart.ReplaceAllStringFunc(text, func(s string) string { return s[:len(s)-1] + `\` + s[len(s)-1:] })
}
