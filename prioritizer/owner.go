package prioritizer

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/burnlist/burnlist"
)

// groups tells owners that are one person from those that are a team, a role,
// an alias or several people. It remembers its answers for one rank.
type groups struct {
	teams map[string]bool // as words
	known map[string]bool // by owner
}

func groupsOf(services map[string]*burnlist.Service) groups {
	g := groups{teams: map[string]bool{}, known: map[string]bool{}}
	for _, s := range services {
		if name := joined(words(string(s.Team))); name != "" {
			g.teams[name] = true
		}
	}
	return g
}

func (g groups) has(owner string) bool {
	is, ok := g.known[owner]
	if !ok {
		is = g.judge(owner)
		g.known[owner] = is
	}
	return is
}

// roles are words that name a group wherever they stand among the words of an
// owner. A word that is also somebody's name ("Dev", "Page") does not belong
// here.
var roles = wordSet(`
	team teams devops ops sre sres oncall platform backend frontend fullstack infra infrastructure
	engineering engineers developers devs support helpdesk operations reliability squad guild tribe
	department dept group staff admins everyone everybody anyone anybody someone somebody nobody all
	unknown unassigned unowned tbd tba channel
`)

// aliases are words that name a group if they are all there is.
var aliases = wordSet(`
	dev dba dbas qa security secops data web mobile api eng it leads lead managers management admin root
	postmaster webmaster noc soc here us we them they none na no any todo both various
	whoever responder responders incident incidents alerts pager pagerduty rotation oncaller
`)

var (
	// between stands between two names and nowhere else: "ana & ben", "ana and
	// ben". What an address or a name may hold needs space around it.
	between = regexp.MustCompile(`(?i)[;&|]|\s(?:and|or|\+|/)\s`)
	// handle is a name that somebody logs in with.
	handle = regexp.MustCompile(`^@?[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$`)
	// bracketed is what stands in brackets behind a name: "Ana (SRE)".
	bracketed = regexp.MustCompile(`\s*[(\[][^)\]]*[)\]]\s*$`)
)

// judge reports whether an owner is anything but one person. It is a heuristic
// and errs towards taking an owner for a person.
func (g groups) judge(owner string) bool {
	owner = strings.TrimSpace(owner)
	if strings.HasPrefix(owner, "#") || !strings.ContainsFunc(owner, isWordy) || strings.EqualFold(owner, "n/a") {
		return true // a channel; or "?", "-"
	}
	if owner[len(owner)-1] == ')' || owner[len(owner)-1] == ']' {
		if person := bracketed.ReplaceAllString(owner, ""); person != "" {
			owner = person
		}
	}
	if display, address, ok := strings.Cut(owner, "<"); ok && strings.HasSuffix(address, ">") { // "Ana Lind <ana@example.org>"
		display, address = strings.Trim(display, `"' `), strings.TrimSuffix(address, ">")
		return (display != "" && g.judge(display)) || (address != "" && g.judge(address))
	}
	if strings.Contains(owner, "://") {
		return false // a link to somebody's profile
	}
	if several(owner) {
		return true
	}
	if name, _, titled := strings.Cut(owner, ","); titled && full(name) {
		owner = name // "Ana Lind, SRE"
	}
	owner = owner[strings.LastIndex(owner, "/")+1:] // "acme/ana"
	local, _, _ := strings.Cut(strings.TrimPrefix(owner, "@"), "@")
	if bare, _, tagged := strings.Cut(local, "+"); tagged && strings.Contains(owner[1:], "@") {
		local = bare // "ana+oncall@example.org" is Ana
	}
	ws := words(local)
	if g.teams[joined(ws)] || g.teams[joined(words(owner))] {
		return true
	}
	if len(ws) == 1 && aliases[ws[0]] {
		return true
	}
	return slices.ContainsFunc(ws, func(w string) bool {
		return roles[w] || (len(w) > 6 && strings.HasSuffix(w, "team"))
	})
}

// several reports whether an owner is more than one name.
func several(owner string) bool {
	if strings.ContainsAny(owner, ",;/&| \t") { // else nothing separates; most owners end here
		if count(between.Split(owner, -1), func(part string) bool { return strings.ContainsFunc(part, isWordy) }) > 1 {
			return true
		}
		// A comma may also stand inside one name, as in "Lind, Ana" and "Ana Lind,
		// PhD", and a slash before one, as in "acme/ana". They separate only what
		// is a whole name by itself.
		if count(strings.FieldsFunc(owner, func(r rune) bool { return r == ',' || r == '/' }), full) > 1 ||
			count(strings.Split(owner, ","), func(part string) bool { return handle.MatchString(strings.TrimSpace(part)) }) > 1 {
			return true
		}
	}
	if strings.Count(strings.TrimPrefix(owner, "@"), "@") > 1 {
		return true
	}
	// Outside of an address a plus sign joins names: "ana+ben".
	before, after, plus := strings.Cut(owner, "+")
	return plus && !strings.Contains(owner, "@") && strings.ContainsFunc(before, isWordy) && strings.ContainsFunc(after, isWordy)
}

// full reports whether a name has both a first and a last one.
func full(name string) bool { return strings.ContainsAny(strings.TrimSpace(name), " \t") }

// count returns how many of the parts are such.
func count(parts []string, such func(string) bool) int {
	n := 0
	for _, part := range parts {
		if such(part) {
			n++
		}
	}
	return n
}

// words splits a name into lower-case words without the digits at their ends;
// "on-call" is one word.
func words(name string) []string {
	var ws []string
	for w := range strings.FieldsFuncSeq(strings.ToLower(name), func(r rune) bool { return !isWordy(r) }) {
		if w = strings.TrimRight(w, "0123456789"); w == "" {
			continue
		}
		if n := len(ws); n > 0 && ws[n-1] == "on" && w == "call" {
			ws[n-1] = "oncall"
			continue
		}
		ws = append(ws, w)
	}
	return ws
}

func joined(words []string) string { return strings.Join(words, " ") }

func isWordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}
