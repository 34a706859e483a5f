package review_test

import (
	"html"
	"strings"
	"testing"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/review"
)

// titled returns a digest of a week in which one item with the title was
// closed.
func titled(title string) review.Digest {
	return review.Digest{
		Product: "shop", Date: november(23), Zone: "Europe/Berlin", At: concludedAt, State: burnlist.ReviewOpen,
		Tally:  burnlist.Tally{Closed: 1},
		Closed: []review.DigestClosed{{DigestItem: review.DigestItem{ID: 7, Title: title, Service: "mail"}, On: november(20)}},
	}
}

// lineOf returns the line of a form that tells of the item of titled, from the
// title to its end.
func lineOf(t *testing.T, text string) string {
	t.Helper()
	for line := range strings.Lines(text) {
		if title, _, ok := strings.Cut(line, " (item 7, mail)"); ok {
			return title
		}
	}
	t.Fatalf("the item is not told:\n%s", text)
	return ""
}

func TestWhatOthersWroteStaysText(t *testing.T) {
	tests := map[string]struct{ title, markdown, slack string }{
		"a heading":                  {"# Urgent", `\# Urgent`, "# Urgent"},
		"a list":                     {"- first", `\- first`, "- first"},
		"another list":               {"+ first", `\+ first`, "+ first"},
		"a numbered list":            {"1. first", `1\. first`, "1. first"},
		"another numbered list":      {"12) first", `12\) first`, "12) first"},
		"a rule":                     {"---", `\---`, "---"},
		"a quotation":                {"> said he", `\> said he`, "&gt; said he"},
		"a link":                     {"[here](http://evil.example)", `\[here\](http\://evil.example)`, "[here](http://evil.example)"},
		"an image":                   {"![x](http://evil.example/x.png)", `!\[x\](http\://evil.example/x.png)`, "![x](http://evil.example/x.png)"},
		"a bare address":             {"see www.evil.example", `see www\.evil.example`, "see www.evil.example"},
		"an address in brackets":     {"<http://evil.example>", `\<http\://evil.example\>`, "&lt;http://evil.example&gt;"},
		"HTML":                       {"<script>alert(1)</script>", `\<script\>alert(1)\</script\>`, "&lt;script&gt;alert(1)&lt;/script&gt;"},
		"an entity":                  {"a &lt; b &amp; c & d", `a \&lt; b \&amp; c & d`, "a &amp;lt; b &amp;amp; c &amp; d"},
		"emphasis":                   {"*bold* _slanted_ ~gone~", `\*bold\* \_slanted\_ \~gone\~`, "*bold* _slanted_ ~gone~"},
		"a name with underscores":    {"http_requests_total", "http_requests_total", "http_requests_total"},
		"code":                       {"run ```rm -rf```", "run \\`\\`\\`rm -rf\\`\\`\\`", "run '''rm -rf'''"},
		"a backslash before a mark":  {`\*not\*`, `\\\*not\\\*`, `\*not\*`},
		"a call for everybody":       {"<!here> @channel @here", `\<!here\> @channel @here`, "&lt;!here&gt; @\u2060channel @\u2060here"},
		"a call for one":             {"ask <@U123> or @ana", `ask \<@U123\> or @ana`, "ask &lt;@\u2060U123&gt; or @\u2060ana"},
		"an address of mail":         {"ask ana@example.org", "ask ana@example.org", "ask ana@example.org"},
		"a link of Slack":            {"<http://evil.example|our bank>", `\<http\://evil.example|our bank\>`, "&lt;http://evil.example|our bank&gt;"},
		"text from right to left":    {"abc \u202egnp.exe", "abc gnp.exe", "abc gnp.exe"},
		"nothing but spaces":         {"\u00a0 \u3000", "Untitled", "Untitled"},
		"what a terminal would obey": {"a\x1b[31mb\u009bc", `a \[31mb c`, "a [31mb c"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := titled(test.title)
			if got, want := lineOf(t, d.Markdown()), "- "+test.markdown; got != want {
				t.Errorf("Markdown: got %q, want %q", got, want)
			}
			if got, want := lineOf(t, d.Slack()), "• "+test.slack; got != want {
				t.Errorf("Slack: got %q, want %q", got, want)
			}
			got := lineOf(t, d.HTML())
			_, got, _ = strings.Cut(got, ">") // of our own tag
			if strings.ContainsAny(got, "<>") {
				t.Errorf("HTML: %q holds marks", got)
			}
			if plain := lineOf(t, titled(html.UnescapeString(got)).Slack()); plain != "• "+test.slack {
				t.Errorf("HTML: %q does not read as %q", got, test.title)
			}
		})
	}
}

func TestOnlyPlainAddressesBecomeLinks(t *testing.T) {
	tests := map[string]bool{
		"https://git.example.org/pull/902":                        true,
		"http://tickets.example.org/browse?id=SRE-7&tab=1#note_2": true,
		"https://evil.example/a)b":                                false,
		"https://evil.example/a|b":                                false,
		"https://evil.example/<script>":                           false,
		"https://evil.example/?a=&lt;":                            false,
		"https://user:secret@evil.example":                        false,
		"https://evil.example/" + strings.Repeat("x", 250):        false,
	}
	for address, want := range tests {
		d := titled("Fix it")
		d.Closed[0].Evidence = burnlist.NullString(address)
		for form, text := range map[string]string{"Markdown": d.Markdown(), "Slack": d.Slack(), "HTML": d.HTML()} {
			linked := strings.Contains(text, ">evidence</a>") || strings.Contains(text, "[evidence](") || strings.Contains(text, "|evidence>")
			if linked != want {
				t.Errorf("%s of %s: linked %t, want %t", form, address, linked, want)
			}
			if !want && !strings.Contains(text, "with evidence") {
				t.Errorf("%s of %s does not say that there is evidence", form, address)
			}
		}
	}
}

func TestMailFetchesNothingAndSetsNoColours(t *testing.T) {
	g := example(t)
	g.decideAll()
	text := g.conclude().HTML()
	for _, never := range []string{"<script", "<img", "<table", "<link", "src=", "url(", "@import", "background", " class="} {
		if strings.Contains(text, never) {
			t.Errorf("the mail holds %q", never)
		}
	}
	if strings.Count(text, "<ul") != strings.Count(text, "</ul>") || strings.Count(text, "<li") != strings.Count(text, "</li>") {
		t.Error("a list is not closed")
	}
}
