package prioritizer_test

import (
	"testing"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

func TestAGroupIsNotAnOwner(t *testing.T) {
	groups := []string{
		"payments", "Payments", " PAYMENTS ", "payments@example.org", "Payments Core", "payments-core@example.org", "@payments",
		"the team", "Payments Team", "payments-team", "paymentsteam@example.org", "team-checkout@example.org", "Team 4", "team1@example.org",
		"DevOps", "devops@example.org", "SRE", "sre-leads", "ops", "oncall", "on-call", "On Call", "on_call@example.org", "platform", "backend",
		"Frontend Engineers", "infra", "engineering", "support@example.org", "everyone", "all", "all-hands@example.org",
		"TBD", "tbd", "nobody", "unknown", "unassigned", "n/a", "N/A", "none", "?", "-", "???",
		"#payments-alerts", "#ana", "@team-payments", "@here", "@channel", "admin@example.org", "dev",
		"ana, ben", "ana,ben2, Carl", "ana;ben", "ana / ben", "Ana Lind/Ben King", "Ana Lind, Ben King", "@ana, @ben", "Ana & Ben", "ana and ben", "Ana AND Ben", "ana + ben", "ana+ben", "ana or ben", "ana|ben",
		"ana@example.org, ben@example.org", "ana@example.org ben@example.org", "Ana <ana@example.org>, Ben <ben@example.org>",
		"acme/payments", "@acme/payments-team", "the team, Ana", "Payments Core, Ana",
		"Payments Team <payments@example.org>", "Ana <payments-team@example.org>",
	}
	people := []string{
		"ana", "ana@example.org", "Ana Lind", "Anders Teamer", "callum@example.org", "allison", "Allison Oncalla", "Callum Allman",
		"@ana", "@ana@social.example.org", "ana.lind@team.example.org", "ana@sre.example.org", "ana+oncall@example.org",
		"Dev Patel", "dev.patel@example.org", "Sandy Anderson", "Orlando Andrews", "Andor Bandorf", "Steam Opsahl", "Ana (payments team)", "Ana Lind [SRE]",
		"Ana Lind <ana@example.org>", `"Ana Lind" <ana@example.org>`, "<ana@example.org>", "Jean-Luc O'Neill", "José María Núñez", "李小龍", "Zoë van der Berg", "u12345", "12345",
		"https://example.org/people/ana", "Ana-", "mona@payments.example.org",
		"Lind, Ana", "Lind, Ana Maria", "van der Berg, Zoë", "李, 小龍", "Lind, Ana <ana@example.org>", "Dr. Ana Lind, PhD", "King, Jr.", "Martin King, Jr.",
		"Ana Lind, SRE", "acme/ana", "@acme/ana", "platform/ana", "ana, Ben Lind",
	}
	check := func(owner string, want bool) {
		t.Helper()
		w := shop()
		addService(w, "checkout", "shop", "payments")
		addService(w, "cart", "shop", "Payments Core")
		addItem(w, 1, "checkout", func(i *burnlist.Item) { i.Owner = burnlist.NullString(owner) })
		if got := entries(prioritizer.Rank(w, now))[0].Warnings.Has(prioritizer.GroupOwner); got != want {
			t.Errorf("%q is taken for a group: %t, want %t", owner, got, want)
		}
	}
	for _, owner := range groups {
		check(owner, true)
	}
	for _, owner := range people {
		check(owner, false)
	}
}

func FuzzAnyOwnerIsJudged(f *testing.F) {
	for _, s := range []string{"", " ", "+", "@", "@@", "<>", "a<", "<@>", "()", "(a)", ",", "a+", "\xff", `"" <ana@example.org>`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, owner string) {
		w := shop()
		addService(w, "checkout", "shop", "payments")
		addItem(w, 1, "checkout", func(i *burnlist.Item) { i.Owner = burnlist.NullString(owner) })
		codes := entries(prioritizer.Rank(w, now))[0].Warnings
		if codes.Has(prioritizer.NoOwner) && codes.Has(prioritizer.GroupOwner) {
			t.Errorf("%q is nobody and a group at once", owner)
		}
	})
}
