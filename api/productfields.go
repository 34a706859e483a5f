package api

// productTexts describe the fields of products and services, and what belongs
// to nothing else.
var productTexts = map[string]map[string]string{
	"Product": {
		"name":       "Name of the product, which stays.",
		"zone":       "IANA time zone; the dates of the product are civil dates there.",
		"slot":       "When the weekly review is held, in the product's zone.",
		"slots_from": "Only slots after it open reviews: when the product was created, came back, or got another weekday.",
		"retired_at": "When it was retired; null while it is in force.",
		"version":    "Counts up with each change, for If-Match.",
		"created_at": "When it was created.",
		"updated_at": "When it was changed last.",
	},
	"ProductList": {
		"products": "All of them, by name.",
	},
	"NewProduct": {
		"name": "1 to 100 letters, digits, dots, hyphens and underscores; it cannot be changed.",
	},
	"Slot": {
		"weekday": "The day of the week.",
		"time":    "The time of day as HH:MM, by the clocks of the product's zone.",
	},
	"Service": {
		"name":       "Name of the service, which stays.",
		"product":    "The product that it belongs to.",
		"team":       "Who runs it; null if that is not said.",
		"retired_at": "When it was retired; null while it is in force.",
		"version":    "Counts up with each change, for If-Match.",
		"created_at": "When it was created.",
		"updated_at": "When it was changed last.",
	},
	"ServiceList": {
		"services": "All of them, by name.",
	},
	"NewService": {
		"name":    "1 to 100 letters, digits, dots, hyphens and underscores; it cannot be changed.",
		"product": "The product that it belongs to; it must be in force.",
		"team":    "Who runs it.",
	},
	"Health": {
		"status": "Always ok: a process that is not well answers with a problem.",
	},
}

// parameterTexts describe parameters by name where an operation does not say
// more.
var parameterTexts = map[string]string{
	"path.name":     "The name of it.",
	"path.id":       "The number of it.",
	"path.decision": "The number of the decision, which counts up within the review.",
	"query.product": "Only those of this product.",
	"query.service": "Only those of this service.",
	"query.team":    "Only those of services that this team runs.",
	"query.owner":   "Only those of this owner.",
	"query.status":  "Only those with this status.",
	"query.state":   "Only those in this state.",
	"query.tier":    "Only those in this tier.",
	"query.code":    "Only those with this code.",
	"query.level":   "Only those of this level.",
	"query.limit":   "How many to answer with at most.",
	"query.format":  "The form of the answer.",
}
