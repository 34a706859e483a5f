package prioritizer_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

func TestEveryCodeIsDefined(t *testing.T) {
	defined := prioritizer.Definitions()
	if len(defined) != int(prioritizer.QueueOverload) {
		t.Errorf("%d codes are defined, the last one is number %d", len(defined), prioritizer.QueueOverload)
	}
	var subjects []string
	for n, d := range defined {
		if d.Code != prioritizer.Code(n+1) || d.Code.Definition() != d {
			t.Errorf("definition %d is that of %d", n+1, d.Code)
		}
		if back, err := prioritizer.ParseCode(d.Code.String()); err != nil || back != d.Code {
			t.Errorf("code %d is named %q, which is read as %d (%v)", d.Code, d.Code, back, err)
		}
		if !slices.Contains([]prioritizer.Level{prioritizer.Info, prioritizer.Warn, prioritizer.Alarm}, d.Level) ||
			d.Meaning == "" || d.Advice == "" {
			t.Errorf("%s is not fully defined: %+v", d.Code, d)
		}
		subjects = append(subjects, d.Subject)
	}
	if diff := cmp.Diff([]string{"item", "service", "review", "product"}, slices.Compact(subjects)); diff != "" {
		t.Errorf("subjects in the order of the codes (-want +got):\n%s", diff)
	}
	for _, bad := range []string{"", "no-owner", "NO_OWNER"} {
		if _, err := prioritizer.ParseCode(bad); burnlist.CodeOf(err) != burnlist.Invalid {
			t.Errorf("%q is read as a code: %v", bad, err)
		}
	}
	if s := prioritizer.Code(200).String(); s != "" {
		t.Errorf("a code that does not exist is named %q", s)
	}
}

func TestASetOfCodesHoldsThemAll(t *testing.T) {
	var all []prioritizer.Code
	for _, d := range prioritizer.Definitions() {
		all = append(all, d.Code)
	}
	if diff := cmp.Diff(all, slices.Collect(prioritizer.CodesOf(all...).All())); diff != "" {
		t.Errorf("codes of the full set (-want +got):\n%s", diff)
	}
	for _, c := range all {
		if got := slices.Collect(prioritizer.CodesOf(c).All()); !slices.Equal(got, []prioritizer.Code{c}) {
			t.Errorf("the set of %s holds %v", c, got)
		}
	}
}

var codeHeading = regexp.MustCompile("^### `([a-z_]+)`$")

// TestThePageOfWarningsHasEveryCode holds docs/warnings.md against the codes:
// the same ones in the same order, each in the section of its subject.
func TestThePageOfWarningsHasEveryCode(t *testing.T) {
	page, err := os.ReadFile("../docs/warnings.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{"## Items": "item", "## Services": "service", "## Reviews": "review", "## Products": "product"}
	var want, got []string
	for _, d := range prioritizer.Definitions() {
		want = append(want, d.Subject+" "+d.Code.String())
	}
	section := ""
	for line := range strings.Lines(string(page)) {
		line = strings.TrimSpace(line)
		switch m := codeHeading.FindStringSubmatch(line); {
		case m != nil:
			got = append(got, section+" "+m[1])
		case strings.HasPrefix(line, "###"):
			t.Errorf("the heading %q is not that of a code", line)
		case strings.HasPrefix(line, "## "):
			section = sections[line]
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headings of docs/warnings.md (-codes +page):\n%s", diff)
	}
}

func TestThePageOfWarningsNamesThePolicysKeys(t *testing.T) {
	page, err := os.ReadFile("../docs/warnings.md")
	if err != nil {
		t.Fatal(err)
	}
	p := burnlist.DefaultPolicy()
	for key, n := range map[string]int{
		"rollover_alarm": p.RolloverAlarm, "overdue_alarmed_days": p.OverdueAlarmedDays, "slip_alarm": p.SlipAlarm,
		"never_reviewed_days": p.NeverReviewedDays, "untouched_days": p.UntouchedDays, "horizon_days": p.HorizonDays,
		"always_exhausted": p.AlwaysExhausted, "nothing_closed": p.NothingClosed,
		"overload_meetings": p.OverloadMeetings, "meeting_items": p.MeetingItems,
	} {
		if want := fmt.Sprintf("%#q (%d)", key, n); !strings.Contains(string(page), want) {
			t.Errorf("the page does not say %s", want)
		}
	}
}
