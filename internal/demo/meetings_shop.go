package demo

// refunds is an item without a key.
const refunds = "Make refunds idempotent, so that support may press the button twice"

// shopMeetings are held well, and yet what burns is carried from one to the
// next. The latest one goes on.
var shopMeetings = []Meeting{
	{Product: "shop", Weeks: 12, Chair: ana, Choices: []Choice{
		carry("PM-31/1", ana),
		commit("PM-27/1", dmitri, 9, ""),
	}},
	{Product: "shop", Weeks: 11, Chair: ana, Choices: []Choice{
		finish("PM-27/1", dmitri, "code.example.org/catalog/pull/1604"),
		carry("PM-31/2", ben),
	}},
	{Product: "shop", Weeks: 10, Chair: chiara, Choices: []Choice{
		carry("PM-31/1", ana),
		carry("PM-33/1", jonas),
	}},
	// At 9 nobody came.
	{Product: "shop", Weeks: 8, Chair: ana, Choices: []Choice{
		drop("PM-31/4", ben, "The tokens failed once in two years; a second copy doubles what the store costs."),
		carry("PM-33/1", jonas),
		carry("PM-31/1", ana),
	}},
	{Product: "shop", Weeks: 7, Chair: ana, Choices: []Choice{
		duplicate("PM-35/4", ben, "PM-35/1"),
		carry("PM-31/1", ana),
	}},
	{Product: "shop", Weeks: 6, Cancelled: "All teams of the shop are at their yearly offsite"},
	{Product: "shop", Weeks: 5, Chair: chiara, Choices: []Choice{
		finish("PM-35/3", ben, "code.example.org/checkout/pull/3380"),
		carry("PM-33/2", jonas),
	}},
	{Product: "shop", Weeks: 4, Chair: ana, Choices: []Choice{
		split("PM-33/2", jonas, "Measure once a month how long the second acquirer takes to take over", 10),
		carry("PM-31/1", ana),
	}},
	{Product: "shop", Weeks: 3, Chair: chiara, Choices: []Choice{
		commit("PM-38/1", dmitri, 33, "The models have to be moved to the new store first; agreed with the shop's leads."),
		snooze("PM-40/2", dmitri, 14, "The storage team is replacing the disks."),
		carry(refunds, jonas),
	}},
	{Product: "shop", Weeks: 2, Chair: ana, Choices: []Choice{
		reassign("PM-38/2", chiara, elif),
		carry("PM-31/1", ana),
		carry("PM-33/1", jonas),
	}},
	{Product: "shop", Weeks: 1, Chair: ana, Choices: []Choice{
		finish("PM-33/4", jonas, "wiki.example.org/payments/vaults"),
		snooze("PM-40/2", dmitri, 21, "The storage team needs three more weeks for the disks."),
		carry("PM-31/1", ana),
	}},
	{Product: "shop", Weeks: 0, Choices: []Choice{
		carry("PM-31/1", ana),
		commit(refunds, jonas, 12, "Support had to be asked first which button it means."),
		drop("PM-38/3", chiara, "Too vague to be finished: PM-38/2 says what there is to be watched."),
	}},
}
