package api_test

import "strings"

// badReviewInput is what testBadInput refuses of reviews and decisions.
var badReviewInput = map[string]badInput{
	"a decision in a review that is none": {
		"POST", "/api/v1/reviews/1/decisions", `{"item": 1, "kind": "forget"}`, nil,
		422, "invalid",
		[]string{"body.kind", "deprioritise"},
	},
	"a decision about nothing": {
		"POST", "/api/v1/reviews/1/decisions", `{"kind": "carry"}`, nil,
		422, "invalid",
		[]string{"body.item", "is missing"},
	},
	"a decision about item zero": {
		"POST", "/api/v1/reviews/1/decisions", `{"item": 0, "kind": "carry"}`, nil,
		422, "invalid",
		[]string{"body.item"},
	},
	"a decision about an item that is not there": {
		"POST", "/api/v1/reviews/1/decisions", `{"item": 4711, "kind": "carry"}`, nil,
		422, "invalid",
		[]string{"body.item", "no item 4711"},
	},
	"a decision in a review that is not there": {
		"POST", "/api/v1/reviews/99/decisions", `{"item": 1, "kind": "carry"}`, nil,
		404, "not_found",
		[]string{"99"},
	},
	"a decision about an item that is not on the agenda": {
		"POST", "/api/v1/reviews/1/decisions", `{"item": 3, "kind": "carry"}`, nil,
		409, "conflict",
		[]string{"add it to the agenda first", `"current"`},
	},
	"a decision about an item of another product": {
		"POST", "/api/v1/reviews/1/decisions", `{"item": 2, "kind": "carry"}`, nil,
		409, "conflict",
		[]string{"belongs to product ops"},
	},
	"a decision in a review that is over": {
		"POST", "/api/v1/reviews/2/decisions", `{"item": 2, "kind": "carry"}`, nil,
		409, "conflict",
		[]string{"review 2 is skipped"},
	},
	"a decision in a review about a version that is past": {
		"POST", "/api/v1/reviews/1/decisions", `{"item": 1, "kind": "carry"}`,
		[]string{"If-Match", `"9"`},
		412, "precondition_failed",
		[]string{"version 1 now", `"current"`},
	},
	"a decision in a review about a version that is none": {
		"POST", "/api/v1/reviews/1/decisions", `{"item": 1, "kind": "carry"}`,
		[]string{"If-Match", "one"},
		400, "bad_request",
		[]string{"header.If-Match"},
	},
	"a snooze without an end": {
		"POST", "/api/v1/reviews/1/decisions", `{"item": 1, "kind": "snooze", "reason": "r"}`, nil,
		422, "invalid",
		[]string{"body.until"},
	},
	"a snooze without its reason": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "snooze", "until": "2026-12-01"}`, nil,
		422, "invalid",
		[]string{"body.reason", "say why"},
	},
	"a snooze that is too long": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "snooze", "reason": "r", "until": "2026-12-22"}`, nil,
		422, "invalid",
		[]string{"body.until", "not after 2026-12-21"},
	},
	"a snooze until a date that does not exist": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "snooze", "reason": "r", "until": "2026-11-31"}`, nil,
		422, "invalid",
		[]string{"body.until"},
	},
	"a duplicate of nothing": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "duplicate"}`, nil,
		422, "invalid",
		[]string{"body.of"},
	},
	"a duplicate of item zero": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "duplicate", "of": 0}`, nil,
		422, "invalid",
		[]string{"body.of"},
	},
	"a duplicate of itself": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "duplicate", "of": 1}`, nil,
		409, "conflict",
		[]string{"its own duplicate"},
	},
	"a duplicate of an item that is not there": {
		"POST", "/api/v1/reviews/1/decisions", `{"item": 1, "kind": "duplicate", "of": 4711}`, nil,
		422, "invalid",
		[]string{"body.of", "no such item"},
	},
	"a split into nothing": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "split", "parts": []}`, nil,
		422, "invalid",
		[]string{"body.parts"},
	},
	"a split into too many parts": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "split", "parts": [` + strings.Repeat(`{"title": "p"}, `, 20) + `{"title": "p"}]}`, nil,
		422, "invalid",
		[]string{"body.parts", "20"},
	},
	"a part without a title": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "split", "parts": [{"owner": "ana"}]}`, nil,
		422, "invalid",
		[]string{"body.parts[0].title", "is missing"},
	},
	"a part with a field that is none": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "split", "parts": [{"title": "p", "service": "search"}]}`, nil,
		422, "invalid",
		[]string{"body.parts[0].service", "not a field"},
	},
	"a part that is due before the item was opened": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "split", "parts": [{"title": "p", "due": "2020-01-01"}]}`, nil,
		422, "invalid",
		[]string{"2020-01-01"},
	},
	"a commitment of nobody": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "commit"}`, nil,
		422, "invalid",
		[]string{"body.owner", "one person", "body.due"},
	},
	"a commitment to yesterday": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "commit", "owner": "ana", "due": "2026-11-22"}`, nil,
		422, "invalid",
		[]string{"body.due", "today is 2026-11-23"},
	},
	"a due date beside done": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "done", "due": "2026-12-01"}`, nil,
		422, "invalid",
		[]string{"body.due", "belongs to commit only"},
	},
	"a reason of two lines": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "deprioritise", "reason": "a\nb"}`, nil,
		422, "invalid",
		[]string{"body.reason", "control characters"},
	},
	"evidence that is no link": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "done", "evidence": "trust me"}`, nil,
		422, "invalid",
		[]string{"body.evidence", "https://"},
	},
	"a decision to undo that is not there": {
		"POST", "/api/v1/reviews/1/decisions/7/undo", nil, nil,
		404, "not_found",
		[]string{"7"},
	},
	"a decision to undo that is no number": {
		"POST", "/api/v1/reviews/1/decisions/last/undo", nil, nil,
		422, "invalid",
		[]string{"path.decision", "integer"},
	},
	"a review of nothing": {
		"POST", "/api/v1/reviews", `{}`, nil,
		422, "invalid",
		[]string{"body.product", "is missing"},
	},
	"a review of a product that is not there": {
		"POST", "/api/v1/reviews", `{"product": "web"}`, nil,
		422, "invalid",
		[]string{"body.product", "web"},
	},
	"a review beside one that is open": {
		"POST", "/api/v1/reviews", `{"product": "shop"}`, nil,
		409, "conflict",
		[]string{"review 1"},
	},
	"a slot that is cancelled without a reason": {
		"POST", "/api/v1/reviews/cancel", `{"product": "shop", "slot": "2026-11-30"}`, nil,
		422, "invalid",
		[]string{"body.reason", "is missing"},
	},
	"a slot that is cancelled for no reason": {
		"POST", "/api/v1/reviews/cancel", `{"product": "shop", "slot": "2026-11-30", "reason": " "}`, nil,
		422, "invalid",
		[]string{"body.reason", "say why"},
	},
	"a slot that is cancelled in two lines": {
		"POST", "/api/v1/reviews/cancel", `{"product": "shop", "slot": "2026-11-30", "reason": "a\nb"}`, nil,
		422, "invalid",
		[]string{"body.reason"},
	},
	"a slot on a day that has none": {
		"POST", "/api/v1/reviews/cancel", `{"product": "shop", "slot": "2026-12-01", "reason": "r"}`, nil,
		422, "invalid",
		[]string{"body.slot", "2026-11-30"},
	},
	"a slot that is past": {
		"POST", "/api/v1/reviews/cancel", `{"product": "shop", "slot": "2026-11-09", "reason": "r"}`, nil,
		422, "invalid",
		[]string{"body.slot", "no slot to come"},
	},
	"a slot that is no date": {
		"POST", "/api/v1/reviews/cancel", `{"product": "shop", "slot": "next", "reason": "r"}`, nil,
		422, "invalid",
		[]string{"body.slot"},
	},
	"a slot of no date": {
		"POST", "/api/v1/reviews/cancel", `{"product": "shop", "slot": "", "reason": "r"}`, nil,
		422, "invalid",
		[]string{"body.slot"},
	},
	"a slot of a product that is not there": {
		"POST", "/api/v1/reviews/cancel", `{"product": "web", "slot": "2026-11-30", "reason": "r"}`, nil,
		422, "invalid",
		[]string{"body.product", "web"},
	},
	"an item for the agenda that is not there": {
		"POST", "/api/v1/reviews/1/agenda", `{"item": 4711}`, nil,
		422, "invalid",
		[]string{"body.item", "4711"},
	},
	"an item that is on the agenda": {
		"POST", "/api/v1/reviews/1/agenda", `{"item": 1}`, nil,
		409, "conflict",
		[]string{"item 1"},
	},
	"an item of another product for the agenda": {
		"POST", "/api/v1/reviews/1/agenda", `{"item": 2}`, nil,
		409, "conflict",
		[]string{"item 2"},
	},
	"an item for the agenda of a review that is over": {
		"POST", "/api/v1/reviews/2/agenda", `{"item": 3}`, nil,
		409, "conflict",
		[]string{"review 2"},
	},
	"an agenda that is frozen anew when it is over": {
		"POST", "/api/v1/reviews/2/refreeze", nil, nil,
		409, "conflict",
		[]string{"review 2"},
	},
	"a review to freeze anew that is not there": {
		"POST", "/api/v1/reviews/99/refreeze", nil, nil,
		404, "not_found",
		[]string{"99"},
	},
	"a review to conclude that is not there": {
		"POST", "/api/v1/reviews/99/conclude", nil, nil,
		404, "not_found",
		[]string{"99"},
	},
	"a review that is nowhere": {
		"GET", "/api/v1/reviews/99", nil, nil,
		404, "not_found",
		[]string{"99"},
	},
	"a review that is no number": {
		"GET", "/api/v1/reviews/latest", nil, nil,
		422, "invalid",
		[]string{"path.id", "integer"},
	},
	"an agenda of a review that is nowhere": {
		"GET", "/api/v1/reviews/99/agenda", nil, nil,
		404, "not_found",
		[]string{"99"},
	},
	"an agenda from before its beginning": {
		"GET", "/api/v1/reviews/1/agenda?after=-1", nil, nil,
		422, "invalid",
		[]string{"query.after"},
	},
	"decisions of a review that is nowhere": {
		"GET", "/api/v1/reviews/99/decisions", nil, nil,
		404, "not_found",
		[]string{"99"},
	},
	"a digest of a review that is nowhere": {
		"GET", "/api/v1/reviews/99/digest", nil, nil,
		404, "not_found",
		[]string{"99"},
	},
	"a digest in a form that is none": {
		"GET", "/api/v1/reviews/1/digest?format=pdf", nil, nil,
		422, "invalid",
		[]string{"query.format", "markdown"},
	},
	"a digest of a product that is nowhere": {
		"GET", "/api/v1/products/web/digest", nil, nil,
		404, "not_found",
		[]string{"web"},
	},
	"figures of a product that is nowhere": {
		"GET", "/api/v1/products/web/figures", nil, nil,
		404, "not_found",
		[]string{"web"},
	},
	"a history of an item that is nowhere": {
		"GET", "/api/v1/items/4711/history", nil, nil,
		404, "not_found",
		[]string{"4711"},
	},
	"reviews in a state that is none": {
		"GET", "/api/v1/reviews?state=closed", nil, nil,
		422, "invalid",
		[]string{"query.state", "attended"},
	},
	"reviews before the first": {
		"GET", "/api/v1/reviews?before=0", nil, nil,
		422, "invalid",
		[]string{"query.before"},
	},
	"warnings of an item that is no number": {
		"GET", "/api/v1/warnings?item=first", nil, nil,
		422, "invalid",
		[]string{"query.item", "integer"},
	},
	"an incident of a product that is not there": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"product": "web"}}`, nil,
		422, "invalid",
		[]string{"body.source.product", "web"},
	},
	"warnings of a product that is nowhere": {
		"GET", "/api/v1/warnings?product=web", nil, nil,
		422, "invalid",
		[]string{"query.product", `there is no product \"web\": look for it among the products`},
	},
	"warnings of a service that is nowhere": {
		"GET", "/api/v1/warnings?service=web", nil, nil,
		422, "invalid",
		[]string{"query.service", `there is no service \"web\": look for it among the services`},
	},
	"a queue of a product that is nowhere": {
		"GET", "/api/v1/queue?product=web", nil, nil,
		422, "invalid",
		[]string{"query.product", `there is no product \"web\": look for it among the products`},
	},
	"a queue of a service that is nowhere": {
		"GET", "/api/v1/queue?service=web", nil, nil,
		422, "invalid",
		[]string{"query.service", `there is no service \"web\": look for it among the services`},
	},
	"reviews of a product that is nowhere": {
		"GET", "/api/v1/reviews?product=web", nil, nil,
		422, "invalid",
		[]string{"query.product", `there is no product \"web\": look for it among the products`},
	},
	"items of a product that is nowhere": {
		"GET", "/api/v1/items?product=web", nil, nil,
		422, "invalid",
		[]string{"query.product", `there is no product \"web\": look for it among the products`},
	},
	"items of a service that is nowhere": {
		"GET", "/api/v1/items?service=web", nil, nil,
		422, "invalid",
		[]string{"query.service", `there is no service \"web\": look for it among the services`},
	},
	"an agenda of a service that is nowhere": {
		"GET", "/api/v1/reviews/1/agenda?service=web", nil, nil,
		422, "invalid",
		[]string{"query.service", `there is no service \"web\": look for it among the services`},
	},
	"warnings of a subject without a kind": {
		"GET", "/api/v1/warnings?subject=checkout", nil, nil,
		422, "invalid",
		[]string{"query.subject", "item/142"},
	},
	"warnings of a subject of another kind": {
		"GET", "/api/v1/warnings?subject=slo/checkout", nil, nil,
		422, "invalid",
		[]string{"query.subject", "item/142"},
	},
	"warnings of a subject without a name": {
		"GET", "/api/v1/warnings?subject=service/", nil, nil,
		422, "invalid",
		[]string{"query.subject", "item/142"},
	},
	"warnings of an item by a name": {
		"GET", "/api/v1/warnings?subject=item/first", nil, nil,
		422, "invalid",
		[]string{"query.subject", "item/142"},
	},
	"warnings of a product as subject that is nowhere": {
		"GET", "/api/v1/warnings?subject=product/web", nil, nil,
		422, "invalid",
		[]string{"query.subject", `there is no product \"web\": look for it among the products`},
	},
	"warnings of a service as subject that is nowhere": {
		"GET", "/api/v1/warnings?subject=service/web", nil, nil,
		422, "invalid",
		[]string{"query.subject", `there is no service \"web\": look for it among the services`},
	},
	"a conclusion with a field that says nothing": {
		"POST", "/api/v1/reviews/1/conclude", `{"x": 1}`, nil,
		422, "invalid",
		[]string{"body.x", "not a field"},
	},
	"a refreeze with a field that says nothing": {
		"POST", "/api/v1/reviews/1/refreeze", `{"x": 1}`, nil,
		422, "invalid",
		[]string{"body.x", "not a field"},
	},
	"an undo with a field that says nothing": {
		"POST", "/api/v1/reviews/1/decisions/1/undo", `{"x": 1}`, nil,
		422, "invalid",
		[]string{"body.x", "not a field"},
	},
}
