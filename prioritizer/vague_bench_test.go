package prioritizer

import (
	"testing"

	"github.com/burnlist/burnlist"
)

func BenchmarkVague(b *testing.B) {
	for name, title := range map[string]string{
		"short":   "Improve monitoring",
		"typical": "Send authorisations to the second acquirer when the first fails 20 of 1,000",
		"plain":   "Keep the acquirer's test and production keys in different vaults",
		"long": "Send 1 % of confirm traffic to a new release for 30 minutes, and roll back by itself above 0.2 % errors, " +
			"unless the release was made by the on-call engineer while an incident of the same service is open and its budget is spent",
	} {
		b.Run(name, func(b *testing.B) {
			item := &burnlist.Item{ItemFields: burnlist.ItemFields{Title: title}}
			b.ReportAllocs()
			for b.Loop() {
				vague(item)
			}
		})
	}
}
