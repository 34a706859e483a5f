package demo

// accountsEntries are the items of the product accounts. Login burns, and the
// only item that login has open is about something else.
var accountsEntries = []entry{
	{
		key: "PM-43/1", title: "Re-index the directory at night, not at noon", service: "login", slo: "login-latency", owner: ines, priority: "P2",
		from: &slowDirectory, opened: -20, due: []int{-8, 3}, ticket: "ID-301", touched: -8,
	},
	{
		key: "PM-34/1", title: "Warn 14 days before a signing key expires", service: "login", slo: "login-success", owner: ines, priority: "P1",
		from: &expiredKeys, opened: -77, due: []int{-65}, ticket: "ID-270", touched: -66, decision: done("code.example.org/login/pull/1180"),
	},
	{
		key: "PM-34/2", title: "Rotate signing keys by a job, with the old key valid for a day longer", service: "login", slo: "login-success",
		owner: mei, priority: "P2", from: &expiredKeys, opened: -77, due: []int{-49}, ticket: "ID-271", touched: -48,
		decision: done("code.example.org/login/pull/1203"),
	},
	{
		key: "PM-30/1", title: "Say which second factor was refused, and what to do", service: "login", slo: "login-success", owner: ines, priority: "P2",
		opened: -115, due: []int{-94}, ticket: "ID-241",
	},
	{
		key: "PM-30/2", title: "Refuse profile pictures above 5 MB before they are stored", service: "profile", owner: mei, priority: "P3",
		opened: -115, due: []int{-80}, ticket: "ID-242",
	},
	{
		key: "PM-37/1", title: "Key the picture cache by account, not by session", service: "profile", owner: mei, priority: "P0", from: &avatarLeak,
		opened: -55, due: []int{-53}, ticket: "ID-282", touched: -53, decision: done("code.example.org/profile/pull/412"),
	},
	{
		key: "PM-37/2", title: "Test that two accounts behind one proxy never share an answer", service: "profile", owner: mei, priority: "P1",
		from: &avatarLeak, opened: -55, due: []int{-43, -22}, ticket: "ID-283", touched: -37,
	},
	{
		key: "PM-37/3", title: "Set an SLO for profile", service: "profile", priority: "P2", from: &avatarLeak, opened: -55, due: []int{-41},
	},
	{
		key: "PM-37/4", title: "Review caching everywhere", service: "profile", owner: "identity", priority: "P3", from: &avatarLeak, opened: -55,
	},
	{
		key: "PM-42/1", title: "Spread campaign messages over an hour, so that the provider does not throttle receipts", service: "notifications",
		slo: "notifications-delivery", owner: kavya, priority: "P1", from: &pushProvider, opened: -22, due: []int{-10}, ticket: "MSG-66", touched: -11,
	},
	{
		key: "PM-42/2", title: "Send receipts by mail when push has failed three times", service: "notifications", slo: "notifications-delivery",
		owner: luis, priority: "P2", from: &pushProvider, opened: -22, due: []int{10}, ticket: "MSG-67", touched: -3,
	},
	{
		key: "PM-42/3", title: "Show the provider's quota next to our sending rate", service: "notifications", owner: "sre@example.org", priority: "P3",
		from: &pushProvider, opened: -22, due: []int{-9}, ticket: "MSG-68",
	},
	{
		key: "PM-44/4", title: "Send the order's confirmation only once the confirm step has answered", service: "notifications", owner: kavya, priority: "P2",
		from: &confirmRelease, whose: "shop", opened: -18, due: []int{8}, ticket: "MSG-75",
	},
	{
		key: "PM-36/1", title: "Give each help desk reply an id, and drop the second one with the same", service: "helpdesk", slo: "helpdesk-replies",
		owner: luis, priority: "P1", from: &doubleReplies, opened: -62, due: []int{-50, -15}, ticket: "CARE-41", touched: -28,
	},
	{
		key: "PM-36/2", title: "Remove the old reply counter once the dashboards use the new one", service: "helpdesk", owner: "tbd", priority: "P3",
		from: &doubleReplies, opened: -62, due: []int{-48}, ticket: "CARE-42",
	},
	{
		key: "PM-36/3", title: "Pause the outbox when the mail server answers 4xx for five minutes", service: "helpdesk", owner: luis, priority: "P2",
		from: &doubleReplies, opened: -62, ticket: "CARE-43", touched: -30,
	},
	{
		title: "Translate the canned replies", service: "helpdesk", owner: luis, priority: "P4", opened: -40, due: []int{-20}, touched: -22,
		decision: dropped("Not a reliability matter: moved to the care team's own list."),
	},
	{
		title: "Limit a wish list to 500 products", service: "wishlist", owner: kavya, priority: "P2", opened: -2, due: []int{9}, ticket: "MSG-80",
	},
	{
		title: "Add a read-only mode for wish lists", service: "wishlist", owner: jonas, priority: "P3", opened: -1, due: []int{40},
	},
}
