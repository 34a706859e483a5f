package api_test

// badBudgetInput are requests about SLOs, their budgets and the policy that are
// refused.
var badBudgetInput = map[string]badInput{
	"an exclusion that ends before it starts": {
		"POST", excludePath, `{"start": "2026-11-20T10:00:00Z", "end": "2026-11-20T09:00:00Z", "reason": "attack"}`, nil,
		422, "invalid",
		[]string{"body.end", "not after start"},
	},
	"an exclusion of two months": {
		"POST", excludePath, `{"start": "2026-09-20T10:00:00Z", "end": "2026-11-20T09:00:00Z", "reason": "attack"}`, nil,
		422, "invalid",
		[]string{"body.end", "31 days"},
	},
	"an exclusion of what nobody remembers": {
		"POST", excludePath, `{"start": "2025-10-01T10:00:00Z", "end": "2025-10-01T11:00:00Z", "reason": "attack"}`, nil,
		422, "invalid",
		[]string{"body.start", "13 months"},
	},
	"an exclusion of next year": {
		"POST", excludePath, `{"start": "2027-05-01T10:00:00Z", "end": "2027-05-01T11:00:00Z", "reason": "maintenance"}`, nil,
		422, "invalid",
		[]string{"body.start", "90 days ahead"},
	},
	"an exclusion for no reason there is": {
		"POST", excludePath, `{"start": "2026-11-20T10:00:00Z", "end": "2026-11-20T11:00:00Z", "reason": "embarrassing"}`, nil,
		422, "invalid",
		[]string{"body.reason", "load_test"},
	},
	"an exclusion for another reason that nobody says": {
		"POST", excludePath, `{"start": "2026-11-20T10:00:00Z", "end": "2026-11-20T11:00:00Z", "reason": "other"}`, nil,
		422, "invalid",
		[]string{"body.note", "say what the reason is"},
	},
	"an exclusion with control characters": {
		"POST", excludePath, `{"start": "2026-11-20T10:00:00Z", "end": "2026-11-20T11:00:00Z", "reason": "other", "note": "a\u0000b"}`, nil,
		422, "invalid",
		[]string{"body.note", "control characters"},
	},
	"an exclusion of a day without a time": {
		"POST", excludePath, `{"start": "2026-11-20", "end": "2026-11-21", "reason": "attack"}`, nil,
		422, "invalid",
		[]string{"body.start", "body.end", "date-time"},
	},
	"an exclusion without an end": {
		"POST", excludePath, `{"start": "2026-11-20T10:00:00Z", "reason": "attack"}`, nil,
		422, "invalid",
		[]string{"body.end", "is missing"},
	},
	"an exclusion that is every week": {
		"POST", excludePath, `{"start": "2026-11-20T10:00:00Z", "end": "2026-11-20T11:00:00Z", "reason": "maintenance", "every": "7d"}`, nil,
		422, "invalid",
		[]string{"body.every", "not a field"},
	},
	"an exclusion by nobody": {
		"POST", excludePath, `{"start": "2026-11-20T10:00:00Z", "end": "2026-11-20T11:00:00Z", "reason": "attack"}`,
		[]string{"Burnlist-Actor", ""},
		400, "bad_request",
		[]string{"header.Burnlist-Actor"},
	},
	"an exclusion of an SLO that is not there": {
		"POST", "/api/v1/slos/search-latency/exclusions", `{"start": "2026-11-20T10:00:00Z", "end": "2026-11-20T11:00:00Z", "reason": "attack"}`, nil,
		404, "not_found",
		[]string{"search-latency"},
	},
	"a preview of an exclusion that ends before it starts": {
		"POST", excludePath + "/preview", `{"start": "2026-11-20T10:00:00Z", "end": "2026-11-20T09:00:00Z", "reason": "attack"}`, nil,
		422, "invalid",
		[]string{"body.end", "not after start"},
	},
	"an exclusion taken back that was never made": {
		"POST", excludePath + "/7/remove", nil, nil,
		404, "not_found",
		[]string{"no exclusion 7"},
	},
	"an exclusion taken back that is no number": {
		"POST", excludePath + "/last/remove", nil, nil,
		422, "invalid",
		[]string{"path.id", "integer"},
	},
	"the exclusions of an SLO that is not there": {
		"GET", "/api/v1/slos/search-latency/exclusions", nil, nil,
		404, "not_found",
		[]string{"search-latency"},
	},
	"figures of an SLO that is not there": {
		"GET", "/api/v1/slos/search-latency/figures", nil, nil,
		404, "not_found",
		[]string{"search-latency"},
	},
	"a step that is none": {
		"GET", pastPath + "?step=hourly", nil, nil,
		422, "invalid",
		[]string{"query.step", "30d, 6h or 5m"},
	},
	"a step of no time": {
		"GET", pastPath + "?step=0s", nil, nil,
		422, "invalid",
		[]string{"query.step", "multiple of the slice width 5m"},
	},
	"a step between slices": {
		"GET", pastPath + "?step=7m", nil, nil,
		422, "invalid",
		[]string{"query.step", "multiple of the slice width 5m"},
	},
	"a history of very many points": {
		"GET", pastPath + "?step=5m", nil, nil,
		422, "invalid",
		[]string{"query.step", "8641 points", "at most 5000"},
	},
	"a history of the future": {
		"GET", pastPath + "?to=2026-11-24T00:00:00Z", nil, nil,
		422, "invalid",
		[]string{"query.to", "lies ahead"},
	},
	"a history of what nobody remembers": {
		"GET", pastPath + "?from=2025-10-01T00:00:00Z", nil, nil,
		422, "invalid",
		[]string{"query.from", "13 months"},
	},
	"a history that ends before it begins": {
		"GET", pastPath + "?from=2026-11-20T00:00:00Z&to=2026-11-19T00:00:00Z", nil, nil,
		422, "invalid",
		[]string{"query.from", "before to"},
	},
	"a history from the beginning of time": {
		"GET", pastPath + "?from=0001-01-01T00:00:00Z", nil, nil,
		422, "invalid",
		[]string{"query.from", "13 months"},
	},
	"a history to no second there is": {
		"GET", pastPath + "?to=2026-11-20T10:00:60Z", nil, nil,
		422, "invalid",
		[]string{"query.to"},
	},
	"a history from yesterday": {
		"GET", pastPath + "?from=yesterday", nil, nil,
		422, "invalid",
		[]string{"query.from"},
	},
	"a history as a picture that it is not": {
		"GET", pastPath + "?format=png", nil, nil,
		422, "invalid",
		[]string{"query.format", "svg"},
	},
	"budgets of a product that is not there": {
		"GET", "/api/v1/budgets?product=web", nil, nil,
		422, "invalid",
		[]string{"query.product", "look for it among the products"},
	},
	"budgets of a service that is not there": {
		"GET", "/api/v1/budgets?service=search", nil, nil,
		422, "invalid",
		[]string{"query.service", "look for it among the services"},
	},
	"SLOs of a service that is not there": {
		"GET", "/api/v1/slos?service=search", nil, nil,
		422, "invalid",
		[]string{"query.service"},
	},
	"SLOs of a product that is not there": {
		"GET", "/api/v1/slos?product=web", nil, nil,
		422, "invalid",
		[]string{"query.product"},
	},
	"services of a product that is not there": {
		"GET", "/api/v1/services?product=web", nil, nil,
		422, "invalid",
		[]string{"query.product"},
	},
	"a preview of a policy that is out of range": {
		"POST", policyPreview, `{"at_risk": 2}`, nil,
		422, "invalid",
		[]string{"body.at_risk", "0.01 to 1"},
	},
	"a preview of weights that do not sum to 100": {
		"POST", policyPreview, `{"weights": {"budget": 50, "priority": 50, "incident": 50, "overdue": 0, "rollovers": 0}}`, nil,
		422, "invalid",
		[]string{"body.weights", "150"},
	},
	"a preview of a threshold that is null": {
		"POST", policyPreview, `{"rollover_alarm": null}`, nil,
		422, "invalid",
		[]string{"body.rollover_alarm", "cannot be null"},
	},
	"a preview of a policy for a product that is not there": {
		"POST", policyPreview + "?product=web", `{}`, nil,
		422, "invalid",
		[]string{"query.product"},
	},
	"a preview of very many moves": {
		"POST", policyPreview + "?limit=501", `{}`, nil,
		422, "invalid",
		[]string{"query.limit", "500"},
	},
	"a preview of an SLO of 100 percent": {
		"POST", sloPreview, `{"name": "x", "service": "checkout", "objective": 1, "indicator": {"ratio": {"expression": "r"}}}`, nil,
		422, "invalid",
		[]string{"body.objective"},
	},
	"a preview of an SLO of no source": {
		"POST", sloPreview, `{"name": "x", "service": "checkout", "source": "us", "objective": 0.9, "indicator": {"ratio": {"expression": "r"}}}`, nil,
		422, "invalid",
		[]string{"body.source", "default, eu"},
	},
	"a preview of an SLO without a service": {
		"POST", sloPreview, `{"name": "x", "objective": 0.9, "indicator": {"ratio": {"expression": "r"}}}`, nil,
		422, "invalid",
		[]string{"body.service", "is missing"},
	},
	"a preview of an SLO with a name of blanks": {
		"POST", sloPreview, `{"name": "x y", "service": "shopping cart", "objective": 0.9, "indicator": {"ratio": {"expression": "r"}}}`, nil,
		422, "invalid",
		[]string{"body.name", "body.service"},
	},
	"a preview of an SLO of a service that holds a zero byte": {
		"POST", sloPreview, `{"name": "x", "service": "a\u0000", "objective": 0.9, "indicator": {"ratio": {"expression": "r"}}}`, nil,
		422, "invalid",
		[]string{"body.service"},
	},
	"a preview of an SLO in slices of no width": {
		"POST", sloPreview, `{"name": "x", "service": "checkout", "slice": "7m", "objective": 0.9, "indicator": {"ratio": {"expression": "r"}}}`, nil,
		422, "invalid",
		[]string{"body.slice", "15m"},
	},
	"an indicator of two kinds": {
		"POST", "/api/v1/slos", `{"name": "x", "service": "checkout", "objective": 0.9, "indicator": {"ratio": {"expression": "r"}, "gauge": {"selector": "up"}}}`, nil,
		422, "invalid",
		[]string{"body.indicator", "more than one kind"},
	},
	"an indicator of two kinds that lacks an interval": {
		"POST", "/api/v1/slos", `{"name": "x", "service": "checkout", "objective": 0.9, "indicator": {"ratio": {"expression": "r"}, "gauge": {"selector": "up", "missing_as": "bad"}}}`, nil,
		422, "invalid",
		[]string{"body.indicator", "more than one kind"},
	},
	"a threshold below 0": {
		"POST", "/api/v1/slos", `{"name": "x", "service": "checkout", "objective": 0.9, "indicator": {"latency": {"histogram": "h", "threshold": -1}}}`, nil,
		422, "invalid",
		[]string{"body.indicator.latency.threshold", "above 0"},
	},
	"missing samples that are neither": {
		"POST", "/api/v1/slos", `{"name": "x", "service": "checkout", "objective": 0.9, "indicator": {"gauge": {"selector": "up", "missing_as": "ugly"}}}`, nil,
		422, "invalid",
		[]string{"body.indicator.gauge.missing_as", "exclude, bad or good"},
	},
	"a ratio that is no PromQL": {
		"POST", "/api/v1/slos", `{"name": "x", "service": "checkout", "objective": 0.9, "indicator": {"ratio": {"expression": "a / / b"}}}`, nil,
		422, "invalid",
		[]string{"body.indicator.ratio.expression", "1:5"},
	},
	"a window that is changed to nothing": {
		"PATCH", "/api/v1/slos/checkout-availability", `{"window": "0d"}`,
		[]string{"If-Match", `"1"`},
		422, "invalid",
		[]string{"body.window", "1d to 90d"},
	},
	"an SLO changed that is not there": {
		"PATCH", "/api/v1/slos/search-latency", `{"objective": 0.9}`,
		[]string{"If-Match", `"1"`},
		404, "not_found",
		[]string{"search-latency"},
	},
	"an SLO changed at a version that is past": {
		"PATCH", "/api/v1/slos/checkout-availability", `{"indicator": {"ratio": {"expression": "r"}}}`,
		[]string{"If-Match", `"9"`},
		412, "precondition_failed",
		[]string{"version 1 now"},
	},
}

const (
	excludePath = "/api/v1/slos/checkout-availability/exclusions"
	pastPath    = "/api/v1/slos/checkout-availability/history"
	sloPreview  = "/api/v1/slos/preview"
)
