package prioritizer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

func TestAVagueTitleIsWarnedOfUntilItIsRewritten(t *testing.T) {
	text := `"Improve" has no end: name what will be measured and the value it has to reach, as in "alert when pool usage exceeds 80 % for 5 minutes"`
	for name, test := range map[string]struct {
		change   func(*burnlist.Item)
		want     []string
		evidence string
	}{
		"a vague title": {
			func(i *burnlist.Item) { i.Title, i.Trail.TitleAt = "Improve monitoring", at(18, 23, 30) },
			[]string{"info vague 2026-11-19: " + text},
			`title has "Improve", and no done_when`,
		},
		"a vague title with a definition of done that is as vague": {
			func(i *burnlist.Item) { i.Title, i.DoneWhen = "Improve monitoring", "it is better" },
			[]string{"info vague 2026-11-17: " + text},
			`title has "Improve", and done_when has "better"`,
		},
		"a vague title with a definition of done that fits everything": {
			func(i *burnlist.Item) { i.Title, i.DoneWhen = "Improve monitoring", "the monitoring works" },
			[]string{"info vague 2026-11-17: " + text},
			`title has "Improve", and done_when names nothing in particular`,
		},
		"a vague title with a definition of done": {
			func(i *burnlist.Item) {
				i.Title, i.DoneWhen = "Improve monitoring", "the alert on replica lag has fired in a drill"
			}, []string{}, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := shop()
			addService(w, "checkout", "shop", "payments")
			addSLO(w, "checkout", "checkout-availability", spent(0.1, 0.2, 0.5))
			addItem(w, 1, "checkout", test.change)
			listed := prioritizer.Rank(w, now).Warnings()
			if diff := cmp.Diff(test.want, said(listed)); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			if len(listed) == 1 && listed[0].Evidence != test.evidence {
				t.Errorf("evidence is %q, want %q", listed[0].Evidence, test.evidence)
			}
		})
	}
}

func TestVaguenessRanksNothing(t *testing.T) {
	w := shop()
	addService(w, "checkout", "shop", "payments")
	addItem(w, 1, "checkout", func(i *burnlist.Item) { i.Title = "Improve monitoring" })
	addItem(w, 2, "checkout", nil)
	q := prioritizer.Rank(w, now)
	if entries(q)[0].Item.ID != 1 || entries(q)[0].Score != entries(q)[1].Score {
		t.Errorf("the vague item is not first by its id: %v, scores %v and %v", idsOf(q), entries(q)[0].Score, entries(q)[1].Score)
	}
}

func TestAdviceIsForOpenItemsOnly(t *testing.T) {
	w := shop()
	addService(w, "checkout", "shop", "payments")
	item := burnlist.Item{Status: burnlist.Open, ItemFields: burnlist.ItemFields{Title: "Improve monitoring", Service: "checkout", Owner: "Payments"}}
	var codes []prioritizer.Code
	for _, a := range prioritizer.Advise(item, w.Services) {
		codes = append(codes, a.Code)
		if a.Text == "" {
			t.Errorf("%s says nothing", a.Code)
		}
	}
	if diff := cmp.Diff([]prioritizer.Code{prioritizer.GroupOwner, prioritizer.Vague}, codes); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
	item.Status = burnlist.Done
	if advice := prioritizer.Advise(item, w.Services); advice == nil || len(advice) != 0 {
		t.Errorf("of something done: %v", advice)
	}
}
