package review

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
)

// page is a digest in words, before it takes the form of Markdown, HTML or
// Slack. Its texts are plain: each form escapes them in its own way.
type page struct {
	Title    string
	Lead     []line
	Sections []section
	Foot     []line
}

type section struct {
	Heading string
	Groups  []group
}

// group is a sentence and a list below it, of which each may be missing.
type group struct {
	Intro line
	Lines []line
	Total int // of what the lines are of
	most  int // lines to show where there is room
}

// More says how many there are beyond the lines, or nothing.
func (g group) More() string {
	switch n := g.Total - len(g.Lines); {
	case n <= 0:
		return ""
	case len(g.Lines) == 0:
		return number(n) + " in all"
	default:
		return "and " + number(n) + " more"
	}
}

type line []span

type span struct {
	Text   string
	Strong bool
	URL    string // of a link; safe in every form
}

// mostWords bounds the words of a digest in each of its forms: five minutes of
// reading.
const mostWords = 1090

// steps is in how many steps the lists are shortened, down to nothing.
const steps = 20

// page returns the digest in words, the lists all shortened in proportion if
// the whole were too long.
func (d Digest) page() page {
	full := d.whole()
	for room := steps; ; room-- {
		p := full.shortened(room)
		if room == 0 || max(len(strings.Fields(p.markdown())), len(strings.Fields(p.slack()))) <= mostWords {
			return p
		}
	}
}

func (p page) shortened(room int) page {
	short := make([]section, len(p.Sections))
	for n, s := range p.Sections {
		short[n] = section{Heading: s.Heading, Groups: make([]group, len(s.Groups))}
		for k, g := range s.Groups {
			g.Lines = g.Lines[:min(len(g.Lines), (g.most*room+steps-1)/steps)]
			short[n].Groups[k] = g
		}
	}
	p.Sections = short
	return p
}

func (d Digest) whole() page {
	p := page{Title: fmt.Sprintf("%s review %s", d.Product, d.Date), Lead: d.lead(), Foot: d.foot()}
	if d.Review == nil {
		p.Title = fmt.Sprintf("%s, week to %s", d.Product, d.Date)
	}
	p.Sections = append(p.Sections, d.burns())
	if d.Review != nil {
		p.Sections = append(p.Sections, d.decisions())
	}
	if d.State != burnlist.ReviewOpen {
		p.Sections = append(p.Sections, d.rollovers())
	}
	p.Sections = append(p.Sections, d.closings(), d.putAways(), d.warned(), d.stock())
	return p
}

func (d Digest) lead() []line {
	var first line
	t := d.Tally
	agenda := fmt.Sprintf(" %s on the agenda", items(d.Entries))
	switch {
	case d.Review == nil:
		first = line{strong("The week, without a review."), plain(" " + items(d.Backlog.Open) + " open.")}
	case d.State == burnlist.ReviewOpen:
		first = line{strong("Not concluded yet."), plain(fmt.Sprintf(" So far %s of%s decided.", number(t.Decided), agenda))}
	case d.State == burnlist.ReviewAttended:
		first = line{strong("Attended."), plain(fmt.Sprintf(" %s of%s decided.", number(t.Decided), agenda))}
	default:
		first = line{strong("Skipped: nobody decided anything."), plain(agenda + ", none decided.")}
	}
	since := "so far"
	if d.Since != nil {
		since = "since the last attended review, concluded on " + burnlist.DateIn(*d.Since, d.zone()).String()
	}
	closed := fmt.Sprintf("%s closed and %s deprioritised %s", items(t.Closed), number(t.Deprioritised), since)
	if d.State != burnlist.ReviewOpen {
		closed += fmt.Sprintf("; %s rolled over at this one", number(t.Rollovers))
	}
	lead := []line{first, {plain(closed + ".")}, {plain(d.AlignmentText + ".")}}
	if t.Promised > 0 {
		onTime := fmt.Sprintf("On time: %s of %s closed that had a promised date", number(t.OnTime), items(t.Promised))
		if late, ok := d.DaysFromPromise.Get(); ok {
			onTime += "; the median was " + fromPromise(late)
		}
		lead = append(lead, line{plain(onTime + ".")})
	} else if t.Closed > 0 {
		lead = append(lead, line{plain("On time: nothing closed had a promised date.")})
	}
	return lead
}

func (d Digest) foot() []line {
	foot := []line{{plain(fmt.Sprintf("As of %s, %s.", d.At.In(d.zone()).Format("2006-01-02 15:04"), d.Zone))}}
	if base := strings.TrimRight(string(d.Link), "/"); linkable(base) {
		foot[0] = append(foot[0], plain(" "), span{Text: "The queue as it is now", URL: base + "/?product=" + d.Product}, plain("."))
	}
	return foot
}

// evidence is a link if it is short and holds nothing that means something to
// one of the forms.
func evidence(url burnlist.NullString) line {
	switch {
	case url == "":
		return nil
	case linkable(string(url)):
		return line{plain("; "), {Text: "evidence", URL: string(url)}}
	}
	return line{plain("; with evidence")}
}

var safeURL = regexp.MustCompile(`^https?://[A-Za-z0-9./:?#=&%,+_-]{1,200}$`)

func linkable(url string) bool { return safeURL.MatchString(url) }

func strong(text string) span { return span{Text: text, Strong: true} }

func plain(text string) span { return span{Text: text} }

func (s *section) say(text string) { s.Groups = append(s.Groups, group{Intro: line{plain(text)}}) }

// zone returns the time zone of the digest, or UTC if this machine does not
// know it any more.
func (d Digest) zone() *time.Location {
	return burnlist.Product{Zone: d.Zone}.Location()
}
