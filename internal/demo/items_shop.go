package demo

// shopEntries are the items of the product shop. Those of checkout and
// payments are old and nobody defends them; those of search are new, and
// everybody does.
var shopEntries = []entry{
	{
		key: "PM-31/1", title: "Retry card token lookups once against the second region before failing the checkout",
		service: "checkout", slo: "checkout-availability", owner: ana, priority: "P1", from: &cardTokens,
		opened: -95, due: []int{-83, -41}, ticket: "PAY-812", touched: -62,
	},
	{
		key: "PM-31/2", title: "Alert when more than 0.1 % of confirm calls fail for ten minutes, not only when 5 % do",
		service: "checkout", slo: "checkout-availability", priority: "P2", from: &cardTokens,
		opened: -95, due: []int{-82}, ticket: "PAY-813", touched: -74,
	},
	{
		key: "PM-31/3", title: "Rehearse the card token rotation on staging every quarter",
		service: "checkout", owner: "payments", priority: "P3", from: &cardTokens,
		opened: -95, ticket: "PAY-814",
	},
	{
		key: "PM-31/4", title: "Keep a second copy of the card tokens in the other region",
		service: "checkout", slo: "checkout-availability", owner: ben, priority: "P2", from: &cardTokens,
		opened: -95, due: []int{-80}, ticket: "PAY-815",
	},
	{
		key: "PM-35/1", title: "Give up on a dead-locked basket update after two retries and tell the customer",
		service: "checkout", slo: "checkout-availability", owner: ben, priority: "P2", from: &basketLocks,
		opened: -69, due: []int{-57, -36, -22, -9}, ticket: "PAY-877", touched: -24,
	},
	{
		key: "PM-35/2", title: "Look into database locking",
		service: "checkout", priority: "P3", from: &basketLocks, opened: -69,
	},
	{
		key: "PM-35/3", title: "Log which two basket updates wait for each other when the database breaks a dead-lock",
		service: "checkout", slo: "checkout-availability", owner: ben, priority: "P3", from: &basketLocks,
		opened: -69, due: []int{-48}, ticket: "PAY-878",
	},
	{
		key: "PM-35/4", title: "Stop the endless retries of basket updates",
		service: "checkout", slo: "checkout-availability", owner: jonas, priority: "P2", from: &basketLocks, opened: -69, due: []int{-55},
	},
	{
		key: "PM-44/1", title: "Send 1 % of confirm traffic to a new release for 30 minutes, and roll back by itself above 0.2 % errors",
		service: "checkout", slo: "checkout-availability", owner: "ana@example.org, ben@example.org", priority: "P2", from: &confirmRelease,
		opened: -18, due: []int{-5}, ticket: "PAY-931", touched: -15,
	},
	{
		key: "PM-44/2", title: "Add the confirm step's error ratio to the release dashboard",
		service: "checkout", owner: ben, priority: "P3", from: &confirmRelease, opened: -18, due: []int{-4}, ticket: "PAY-932",
	},
	{
		key: "PM-44/3", title: "Trim the product images on the basket page below 40 kB",
		service: "checkout", slo: "checkout-latency", owner: jonas, priority: "P3", from: &confirmRelease,
		opened: -18, due: []int{-2}, ticket: "PAY-933",
	},
	{
		key: "PM-33/1", title: "Check at start-up that the acquirer's certificate is issued for production",
		service: "payments", slo: "payments-authorisation", owner: jonas, priority: "P1", from: &acquirer,
		opened: -82, due: []int{-70, -33}, ticket: "PAY-840", touched: -52,
	},
	{
		key: "PM-33/2", title: "Send authorisations to the second acquirer when the first fails 20 of 1,000",
		service: "payments", slo: "payments-authorisation", priority: "P2", from: &acquirer,
		opened: -82, due: []int{-40}, ticket: "PAY-841", touched: -61,
	},
	{
		key: "PM-33/3", title: "Be more careful with certificates",
		service: "payments", owner: "everyone", priority: "P4", from: &acquirer, opened: -82,
	},
	{
		key: "PM-33/4", title: "Keep the acquirer's test and production keys in different vaults",
		service: "payments", slo: "payments-authorisation", owner: jonas, priority: "P2", from: &acquirer,
		opened: -82, due: []int{-50}, ticket: "PAY-842",
	},
	{
		key: "PM-47/1", title: "Lower the time-out towards the card network from 30 s to 8 s",
		service: "payments", owner: ana, priority: "P2", from: &authTimeouts, opened: -7, due: []int{6}, ticket: "PAY-955", touched: -2,
	},
	{
		key: "PM-47/2", title: "Show the acquirers' own status pages on the on-call dashboard",
		service: "payments", owner: ben, priority: "P4", from: &authTimeouts, opened: -7, due: []int{30}, ticket: "PAY-956",
	},
	{
		title:   "Make refunds idempotent, so that support may press the button twice",
		service: "payments", slo: "payments-refunds", owner: jonas, priority: "P2", opened: -38, due: []int{-26}, ticket: "PAY-860", touched: -20,
	},
	{
		title: "Write down who may trigger a refund by hand", service: "payments", slo: "payments-refunds", owner: "#payments-oncall", priority: "P3", opened: -30,
	},
	{
		key: "PM-49/1", title: "Cap the query cache at 60 % of the memory, so that one query cannot take the node down",
		service: "search", slo: "search-availability", owner: chiara, priority: "P0", from: &searchOutage,
		opened: -1, due: []int{5}, ticket: "DSC-410",
	},
	{
		key: "PM-49/2", title: "Serve yesterday's popular results when the index does not answer within 800 ms",
		service: "search", slo: "search-availability", owner: dmitri, priority: "P0", from: &searchOutage,
		opened: -1, due: []int{11}, ticket: "DSC-411",
	},
	{
		key: "PM-49/3", title: "Page the discovery team, not the platform team, when search fails",
		service: "search", owner: elif, priority: "P1", from: &searchOutage, opened: -1, due: []int{3}, ticket: "DSC-412",
	},
	{
		key: "PM-49/4", title: "Add a load test of the evening peak to the weekly build",
		service: "search", owner: chiara, priority: "P1", from: &searchOutage, opened: -1, due: []int{13}, ticket: "DSC-413",
	},
	{
		key: "PM-49/5", title: "Tell the shop's front page when search is down, so that it hides the box",
		service: "search", owner: elif, priority: "P1", from: &searchOutage, opened: -1, due: []int{9}, ticket: "DSC-414",
	},
	{
		key: "PM-40/1", title: "Alert at 80 % disk on each shard of the index", service: "search", owner: dmitri, priority: "P2", from: &searchShards,
		opened: -32, due: []int{-20}, ticket: "DSC-377", touched: -18, decision: done("code.example.org/search/pull/2291"),
	},
	{
		key: "PM-40/2", title: "Move the largest shard to its own volume", service: "search", owner: dmitri, priority: "P3", from: &searchShards,
		opened: -32, due: []int{-19, 12}, ticket: "DSC-378", touched: -12,
	},
	{
		key: "PM-46/1", title: "Renew the image proxy's certificates 30 days before they expire", service: "catalog", owner: elif, priority: "P2",
		from: &catalogImages, opened: -11, due: []int{0}, ticket: "DSC-399", touched: -4,
	},
	{
		key: "PM-46/2", title: "Probe one image of each supplier every minute from outside", service: "catalog", owner: chiara, priority: "P3",
		from: &catalogImages, opened: -11, due: []int{-1}, ticket: "DSC-400",
	},
	{
		key: "PM-27/1", title: "Check the price feed's checksum before it is loaded", service: "catalog", owner: dmitri, priority: "P2",
		opened: -118, due: []int{-95}, ticket: "DSC-301",
	},
	{
		title: "Rewrite the catalog importer", service: "catalog", owner: dmitri, priority: "P3", opened: -120, due: []int{-60}, touched: -63,
		decision: dropped("The importer fails twice a year and is restarted by hand in a minute; the rewrite would take a quarter."),
	},
	{
		key: "PM-38/1", title: "Keep the last three models on disk and switch between them by a flag", service: "recommendations", owner: dmitri,
		priority: "P1", from: &modelRollback, opened: -50, due: []int{-38}, ticket: "DSC-351", touched: -40,
	},
	{
		key: "PM-38/2", title: "Fail the deployment if a model returns nothing for the ten test baskets", service: "recommendations",
		priority: "P2", from: &modelRollback, opened: -50, due: []int{-36}, touched: -49,
	},
	{
		key: "PM-38/3", title: "Improve monitoring", service: "recommendations", owner: "discovery", priority: "P2", from: &modelRollback, opened: -50,
	},
}
