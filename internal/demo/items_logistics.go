package demo

// logisticsEntries are the items of the product logistics.
var logisticsEntries = []entry{
	{
		key: "PM-48/1", title: "Read stock from the primary when the replica lags by more than 5 s", service: "inventory",
		slo: "inventory-availability", owner: farid, priority: "P1", from: &stockReplica, opened: -3, due: []int{8}, ticket: "WH-204",
	},
	{
		key: "PM-48/2", title: "Alert on replica lag above 30 s", service: "inventory", owner: omar, priority: "P2", from: &stockReplica,
		opened: -3, due: []int{4}, ticket: "WH-205",
	},
	{
		key: "PM-48/3", title: "Decide whether stock may be a minute old on the product page", service: "inventory", priority: "P2",
		from: &stockReplica, opened: -3,
	},
	{
		title: "Document how to rebuild the stock replica from a snapshot", service: "inventory", owner: omar, priority: "P3",
		opened: -58, due: []int{-44}, ticket: "WH-171", touched: -45, decision: done("wiki.example.org/warehouse/rebuild-replica"),
	},
	{
		key: "PM-28/1", title: "Count a pallet again when its scan fails twice", service: "inventory", owner: omar, priority: "P2",
		opened: -110, due: []int{-89}, ticket: "WH-120",
	},
	{
		key: "PM-28/2", title: "Refuse a stock correction above 1,000 pieces without a second person", service: "inventory", owner: farid, priority: "P3",
		opened: -110, due: []int{-70}, ticket: "WH-121",
	},
	{
		key: "PM-32/1", title: "Ask the carrier's test service for a label before each of their releases", service: "shipping", slo: "shipping-labels",
		owner: grace, priority: "P1", from: &carrierMove, opened: -82, due: []int{-66}, ticket: "DLV-90",
	},
	{
		key: "PM-32/2", title: "Keep the carrier's addresses in the configuration, not in the code", service: "shipping", slo: "shipping-labels",
		owner: hana, priority: "P2", from: &carrierMove, opened: -82, due: []int{-60}, ticket: "DLV-91",
	},
	{
		key: "PM-32/3", title: "Make the address of the label service a setting", service: "shipping", slo: "shipping-labels",
		owner: grace, priority: "P3", from: &carrierMove, opened: -82, due: []int{-68},
	},
	{
		key: "PM-41/1", title: "Queue label requests for an hour when the carrier refuses them, instead of failing the parcel", service: "shipping",
		slo: "shipping-labels", owner: grace, priority: "P1", from: &labelPrinter, opened: -24, due: []int{-12}, ticket: "DLV-118", touched: -13,
	},
	{
		key: "PM-41/2", title: "Switch carriers by configuration, without a deployment", service: "shipping", slo: "shipping-labels",
		owner: hana, priority: "P2", from: &labelPrinter, opened: -24, due: []int{-10, 15}, ticket: "DLV-119", touched: -10,
	},
	{
		key: "PM-41/3", title: "Agree with the carrier on a notice of two weeks before their API changes", service: "shipping",
		owner: "delivery team", priority: "P3", from: &labelPrinter, opened: -24, due: []int{-1},
	},
	{
		key: "PM-41/4", title: "Print a test label every five minutes and alert when it fails twice", service: "shipping", slo: "shipping-labels",
		owner: grace, priority: "P2", from: &labelPrinter, opened: -24, due: []int{-11}, ticket: "DLV-121", touched: -9,
		decision: done("code.example.org/shipping/pull/640"),
	},
	{
		title: "Colour the warehouse map by carrier", service: "shipping", owner: grace, priority: "P4", opened: -77, due: []int{-50}, touched: -52,
		decision: dropped("Nice to have; nobody missed it during the outage."),
	},
	{
		key: "PM-45/1", title: "Buffer scans at the depot for two hours while the uplink is down", service: "depot-gateway",
		slo: "depot-gateway-availability", owner: omar, priority: "P1", from: &depotLink, opened: -14, due: []int{-1}, ticket: "WH-190", touched: -6,
	},
	{
		key: "PM-45/2", title: "Order a second uplink from another provider", service: "depot-gateway", owner: farid, priority: "P2", from: &depotLink,
		opened: -14, due: []int{45}, ticket: "WH-191",
	},
	{
		key: "PM-45/3", title: "Alert when the depot's Prometheus has not been seen for 15 minutes", service: "depot-gateway", priority: "P2",
		from: &depotLink, opened: -14, due: []int{-4}, ticket: "WH-192",
	},
	{
		key: "PM-39/1", title: "Refuse a second invoice run for the same month", service: "invoicing", owner: hana, priority: "P1", from: &invoiceRun,
		opened: -47, due: []int{-35}, ticket: "FIN-88", touched: -36, decision: done("code.example.org/invoicing/pull/77"),
	},
	{
		key: "PM-39/2", title: "Send the run's totals to the finance channel before the invoices go out", service: "invoicing",
		slo: "invoicing-availability", owner: hana, priority: "P2", from: &invoiceRun, opened: -47, due: []int{-34, -5}, ticket: "FIN-89", touched: -19,
	},
	{
		key: "PM-39/3", title: "Start the night's first instance ten minutes before the scheduler needs it", service: "invoicing", owner: luis,
		priority: "P3", from: &invoiceRun, opened: -47, due: []int{7}, ticket: "FIN-90", touched: -8,
	},
	{
		title: "Retry the tax office's interface with back-off", service: "invoicing", priority: "P3", opened: -29,
	},
}
