package api_test

import (
	"encoding/base64"
	"strings"
)

// forged returns a cursor that the server did not make.
func forged(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// badFormInput is what testBadInput refuses for the form in which it comes:
// JSON, texts, numbers, dates, links, headers, paths, queries and methods.
var badFormInput = map[string]badInput{
	"a comment in JSON": {
		"POST", "/api/v1/items", `{"title": "x", /* why */ "service": "checkout"}`, nil,
		400, "bad_request",
		[]string{"body", "line 1, column 16"},
	},
	"a comma behind the last field": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout",}`, nil,
		400, "bad_request",
		[]string{"body", "line 1, column 38"},
	},
	"a byte order mark": {
		"POST", "/api/v1/items", "\ufeff{}", nil,
		400, "bad_request",
		[]string{"body", "line 1, column 1"},
	},
	"single quotes": {
		"POST", "/api/v1/items", `{'title': 'x'}`, nil,
		400, "bad_request",
		[]string{"body", "column 2"},
	},
	"a line end inside a text": {
		"POST", "/api/v1/items", "{\"title\": \"a\nb\"}", nil,
		400, "bad_request",
		[]string{"body", "line 2, column 0"},
	},
	"a body of blanks": {
		"POST", "/api/v1/items", " \n ", nil,
		400, "bad_request",
		[]string{"body", "unexpected end"},
	},
	"a number that is none": {
		"POST", "/api/v1/slos", `{"name":"x","service":"checkout","objective":NaN,"indicator":{"events":{"total":"a{b=\"c\"}","bad":"a{b=\"d\"}"}}}`, nil,
		400, "bad_request",
		[]string{"body", "character 'N'"},
	},
	"null instead of an object": {
		"POST", "/api/v1/items", `null`, nil,
		422, "invalid",
		[]string{"body", "expected object"},
	},
	"a number instead of an object": {
		"POST", "/api/v1/items", `7`, nil,
		422, "invalid",
		[]string{"body", "expected object"},
	},
	"a text instead of an object": {
		"POST", "/api/v1/items", `"title"`, nil,
		422, "invalid",
		[]string{"body", "expected object"},
	},
	"null where nothing is to be said": {
		"POST", "/api/v1/reviews/1/refreeze", `null`, nil,
		422, "invalid",
		[]string{"body"},
	},
	"a field given twice, once in escapes": {
		"POST", "/api/v1/items", `{"title": "x", "\u0074itle": "y", "service": "checkout"}`, nil,
		400, "bad_request",
		[]string{"body.title", "more than once"},
	},
	"a field without a name": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "": 1}`, nil,
		422, "invalid",
		[]string{"body.", "not a field"},
	},
	"a list of changes instead of a change": {
		"PATCH", "/api/v1/items/1", `[{"op": "replace", "path": "/title", "value": "y"}]`,
		[]string{"If-Match", `"1"`, "Content-Type", "application/json-patch+json"},
		422, "invalid",
		[]string{"body", "expected object"},
	},
	"half of a character": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "owner": "a\ud800b"}`, nil,
		400, "bad_request",
		[]string{"body.owner", "half of a character"},
	},
	"half of a character in the name of a field": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "a\udc00": 1}`, nil,
		400, "bad_request",
		[]string{"half of a character"},
	},
	"an owner who is written backwards": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "owner": "ana\u202ejpg"}`, nil,
		422, "invalid",
		[]string{"body.owner", "plain text"},
	},
	"an owner who ends in nothing visible": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "owner": "ana\u200b"}`, nil,
		422, "invalid",
		[]string{"body.owner", "invisible"},
	},
	"a title of which nothing is visible": {
		"POST", "/api/v1/items", `{"title": "\u200b\ufeff", "service": "checkout"}`, nil,
		422, "invalid",
		[]string{"body.title", "invisible"},
	},
	"a title of a blank that is no space": {
		"POST", "/api/v1/items", `{"title": "\u00a0", "service": "checkout"}`, nil,
		422, "invalid",
		[]string{"body.title", "is empty"},
	},
	"an owner of two lines by another line end": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "owner": "ana\u2028bob"}`, nil,
		422, "invalid",
		[]string{"body.owner", "one line"},
	},
	"a title of 301 characters that are wide": {
		"POST", "/api/v1/items", `{"title": "` + strings.Repeat("🔥", 301) + `", "service": "checkout"}`, nil,
		422, "invalid",
		[]string{"body.title", "300"},
	},
	"a name in letters of full width": {
		"POST", "/api/v1/products", `{"name": "ｓｈｏｐ", "zone": "UTC"}`, nil,
		422, "invalid",
		[]string{"body.name", "letters"},
	},
	"a name with a letter and its accent": {
		"POST", "/api/v1/products", `{"name": "cafe\u0301", "zone": "UTC"}`, nil,
		422, "invalid",
		[]string{"body.name", "letters"},
	},
	"a name that is a way up": {
		"POST", "/api/v1/products", `{"name": "..", "zone": "UTC"}`, nil,
		422, "invalid",
		[]string{"body.name", "letters"},
	},
	"a zone that is a file": {
		"POST", "/api/v1/products", `{"name": "x", "zone": "../../etc/passwd"}`, nil,
		422, "invalid",
		[]string{"body.zone", "Europe/Berlin"},
	},
	"the zone of the machine": {
		"POST", "/api/v1/products", `{"name": "x", "zone": "Local"}`, nil,
		422, "invalid",
		[]string{"body.zone", "Europe/Berlin"},
	},
	"a time of day without its zero": {
		"POST", "/api/v1/products", `{"name": "x", "zone": "UTC", "slot": {"weekday": "monday", "time": "9:00"}}`, nil,
		422, "invalid",
		[]string{"body.slot.time"},
	},
	"a whole number with a point": {
		"POST", "/api/v1/reviews/1/agenda", `{"item": 1.0}`, nil,
		422, "invalid",
		[]string{"body.item", "without a point"},
	},
	"a whole number with an exponent": {
		"POST", "/api/v1/reviews/1/agenda", `{"item": 1e0}`, nil,
		422, "invalid",
		[]string{"body.item", "without a point or an exponent"},
	},
	"half an item": {
		"POST", "/api/v1/reviews/1/agenda", `{"item": 1.5}`, nil,
		422, "invalid",
		[]string{"body.item", "whole number"},
	},
	"a number of an item that is a text": {
		"POST", "/api/v1/reviews/1/agenda", `{"item": "1"}`, nil,
		422, "invalid",
		[]string{"body.item", "whole number"},
	},
	"a whole number that no machine holds": {
		"POST", "/api/v1/reviews/1/agenda", `{"item": 99999999999999999999}`, nil,
		422, "invalid",
		[]string{"body.item", "too large"},
	},
	"a whole number behind all others": {
		"POST", "/api/v1/reviews/1/agenda", `{"item": 1e999}`, nil,
		400, "bad_request",
		[]string{"body.item", "1e999"},
	},
	"zero below zero": {
		"POST", "/api/v1/reviews/1/agenda", `{"item": -0}`, nil,
		422, "invalid",
		[]string{"body.item", ">= 1"},
	},
	"a number with a zero before it": {
		"POST", "/api/v1/reviews/1/agenda", `{"item": 01}`, nil,
		400, "bad_request",
		[]string{"body", "column 11"},
	},
	"an objective below zero by nothing": {
		"POST", "/api/v1/slos", `{"name":"x","service":"checkout","objective":-0,"indicator":{"events":{"total":"a{b=\"c\"}","bad":"a{b=\"d\"}"}}}`, nil,
		422, "invalid",
		[]string{"body.objective"},
	},
	"an objective that rounds to 100 percent": {
		"POST", "/api/v1/slos", `{"name":"x","service":"checkout","objective":0.99999999999999999,"indicator":{"events":{"total":"a{b=\"c\"}","bad":"a{b=\"d\"}"}}}`, nil,
		422, "invalid",
		[]string{"body.objective"},
	},
	"an objective that rounds to nothing": {
		"POST", "/api/v1/slos", `{"name":"x","service":"checkout","objective":1e-400,"indicator":{"events":{"total":"a{b=\"c\"}","bad":"a{b=\"d\"}"}}}`, nil,
		422, "invalid",
		[]string{"body.objective"},
	},
	"an objective that is true": {
		"POST", "/api/v1/slos", `{"name":"x","service":"checkout","objective":true,"indicator":{"events":{"total":"a{b=\"c\"}","bad":"a{b=\"d\"}"}}}`, nil,
		422, "invalid",
		[]string{"body.objective", "number"},
	},
	"a window of a day and a half": {
		"POST", "/api/v1/slos", `{"name":"x","service":"checkout","objective":0.9, "window": "36h","indicator":{"events":{"total":"a{b=\"c\"}","bad":"a{b=\"d\"}"}}}`, nil,
		422, "invalid",
		[]string{"body.window", "1d to 90d"},
	},
	"a window below zero": {
		"POST", "/api/v1/slos", `{"name":"x","service":"checkout","objective":0.9, "window": "-1d","indicator":{"events":{"total":"a{b=\"c\"}","bad":"a{b=\"d\"}"}}}`, nil,
		422, "invalid",
		[]string{"body.window", "30d"},
	},
	"a window of ages": {
		"POST", "/api/v1/slos", `{"name":"x","service":"checkout","objective":0.9, "window": "99999999d","indicator":{"events":{"total":"a{b=\"c\"}","bad":"a{b=\"d\"}"}}}`, nil,
		422, "invalid",
		[]string{"body.window", "30d"},
	},
	"a slice between the widths": {
		"POST", "/api/v1/slos", `{"name":"x","service":"checkout","objective":0.9, "slice": "7m","indicator":{"events":{"total":"a{b=\"c\"}","bad":"a{b=\"d\"}"}}}`, nil,
		422, "invalid",
		[]string{"body.slice", "5m"},
	},
	"weights that nearly sum to 100": {
		"PATCH", "/api/v1/policy", `{"weights": {"budget": 29.999, "priority": 25, "incident": 15, "overdue": 15, "rollovers": 15}}`,
		[]string{"If-Match", `"1"`},
		422, "invalid",
		[]string{"body.weights", "99.999"},
	},
	"a weight below zero": {
		"PATCH", "/api/v1/policy", `{"weights": {"budget": -1, "priority": 101, "incident": 0, "overdue": 0, "rollovers": 0}}`,
		[]string{"If-Match", `"1"`},
		422, "invalid",
		[]string{"body.weights.budget", "body.weights.priority", "0 to 100"},
	},
	"a weight that is null": {
		"PATCH", "/api/v1/policy", `{"weights": {"budget": null, "priority": 25, "incident": 15, "overdue": 15, "rollovers": 15}}`,
		[]string{"If-Match", `"1"`},
		422, "invalid",
		[]string{"body.weights.budget", "number"},
	},
	"a weight that is no number": {
		"PATCH", "/api/v1/policy", `{"weights": {"budget": "NaN", "priority": 25, "incident": 15, "overdue": 15, "rollovers": 15}}`,
		[]string{"If-Match", `"1"`},
		422, "invalid",
		[]string{"body.weights.budget", "number"},
	},
	"a weight behind all numbers": {
		"PATCH", "/api/v1/policy", `{"weights": {"budget": 1e400, "priority": 25, "incident": 15, "overdue": 15, "rollovers": 15}}`,
		[]string{"If-Match", `"1"`},
		400, "bad_request",
		[]string{"body.weights.budget", "1e400"},
	},
	"weights as a list": {
		"PATCH", "/api/v1/policy", `{"weights": [30, 25, 15, 15, 15]}`,
		[]string{"If-Match", `"1"`},
		422, "invalid",
		[]string{"body.weights", "object"},
	},
	"a number of days with a half": {
		"PATCH", "/api/v1/policy", `{"snooze_days": 2.5}`,
		[]string{"If-Match", `"1"`},
		422, "invalid",
		[]string{"body.snooze_days", "whole number"},
	},
	"a number of days that nobody lives": {
		"PATCH", "/api/v1/policy", `{"horizon_days": 9223372036854775807}`,
		[]string{"If-Match", `"1"`},
		422, "invalid",
		[]string{"body.horizon_days", "1000"},
	},
	"a date in the year 0": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "due": "0000-01-01"}`, nil,
		422, "invalid",
		[]string{"body.due", "YYYY-MM-DD"},
	},
	"a year of five digits": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "due": "12026-01-01"}`, nil,
		422, "invalid",
		[]string{"body.due", "YYYY-MM-DD"},
	},
	"a year before our era": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "due": "-2026-01-01"}`, nil,
		422, "invalid",
		[]string{"body.due", "YYYY-MM-DD"},
	},
	"a date without its zeros": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "due": "2026-1-1"}`, nil,
		422, "invalid",
		[]string{"body.due", "YYYY-MM-DD"},
	},
	"a date that is empty": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "due": ""}`, nil,
		422, "invalid",
		[]string{"body.due", "YYYY-MM-DD"},
	},
	"a date in other digits": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "due": "٢٠٢٦-١١-٣٠"}`, nil,
		422, "invalid",
		[]string{"body.due", "YYYY-MM-DD"},
	},
	"a date with a time": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "due": "2026-11-30T00:00:00Z"}`, nil,
		422, "invalid",
		[]string{"body.due", "YYYY-MM-DD"},
	},
	"a date that is a number": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "due": 20261130}`, nil,
		422, "invalid",
		[]string{"body.due", "expected string"},
	},
	"a second that is too many": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"start": "2016-12-31T23:59:60Z", "end": "2017-01-01T00:00:00Z"}}`, nil,
		422, "invalid",
		[]string{"body.source.start", "2026-11-23T09:00:00Z"},
	},
	"an hour that is too many": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"start": "2016-12-31T24:00:00Z", "end": "2017-01-02T00:00:00Z"}}`, nil,
		422, "invalid",
		[]string{"body.source.start", "2026-11-23T09:00:00Z"},
	},
	"a time without a zone": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"start": "2016-12-31T23:59:00", "end": "2017-01-02T00:00:00Z"}}`, nil,
		422, "invalid",
		[]string{"body.source.start", "2026-11-23T09:00:00Z"},
	},
	"a time in the year 10000": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"start": "9999-12-31T23:00:00-05:00", "end": "9999-12-31T23:30:00-05:00"}}`, nil,
		422, "invalid",
		[]string{"body.source.start", "10000"},
	},
	"a link without a scheme": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"url": "wiki.example.org/31"}}`, nil,
		422, "invalid",
		[]string{"body.source.url", "https://"},
	},
	"a link that leaves the scheme open": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"url": "//wiki.example.org/31"}}`, nil,
		422, "invalid",
		[]string{"body.source.url", "https://"},
	},
	"a link that holds what it shows": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"url": "data:text/html,x"}}`, nil,
		422, "invalid",
		[]string{"body.source.url", "https://"},
	},
	"a link to nowhere": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"url": "https://"}}`, nil,
		422, "invalid",
		[]string{"body.source.url", "https://"},
	},
	"a link to a port of nobody": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"url": "https://:443/x"}}`, nil,
		422, "invalid",
		[]string{"body.source.url", "https://"},
	},
	"a link to a file": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"url": "file:///etc/passwd"}}`, nil,
		422, "invalid",
		[]string{"body.source.url", "https://"},
	},
	"a link of blanks": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"url": "https://exa mple.org/"}}`, nil,
		422, "invalid",
		[]string{"body.source.url", "https://"},
	},
	"a link with a tab in its scheme": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "source": {"url": "java\tscript:alert(1)"}}`, nil,
		422, "invalid",
		[]string{"body.source.url", "plain text"},
	},
	"a priority in small letters": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "priority": "p1"}`, nil,
		422, "invalid",
		[]string{"body.priority", "P0, P1"},
	},
	"an owner that is a list": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout", "owner": ["ana", "bob"]}`, nil,
		422, "invalid",
		[]string{"body.owner", "string"},
	},
	"a body that says that it is compressed": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout"}`,
		[]string{"Content-Encoding", "gzip"},
		415, "unsupported_media_type",
		[]string{"without Content-Encoding"},
	},
	"a body in another character set": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout"}`,
		[]string{"Content-Type", "application/json; charset=latin1"},
		415, "unsupported_media_type",
		[]string{"UTF-8"},
	},
	"a type of the body that cannot be read": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout"}`,
		[]string{"Content-Type", ";;;"},
		415, "unsupported_media_type",
		[]string{"Content-Type: application/json"},
	},
	"a body that says that it is XML": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout"}`,
		[]string{"Content-Type", "application/xml"},
		415, "unsupported_media_type",
		[]string{"Content-Type: application/json"},
	},
	"an actor who is written backwards": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout"}`,
		[]string{"Burnlist-Actor", "ana\u202e"},
		400, "bad_request",
		[]string{"header.Burnlist-Actor", "plain text"},
	},
	"an actor in another character set": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout"}`,
		[]string{"Burnlist-Actor", "Jos\xe9"},
		400, "bad_request",
		[]string{"header.Burnlist-Actor", "UTF-8"},
	},
	"an actor who looks like burnlist": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout"}`,
		[]string{"Burnlist-Actor", "burnlist\u200b"},
		400, "bad_request",
		[]string{"header.Burnlist-Actor", "invisible"},
	},
	"burnlist in capitals as actor": {
		"POST", "/api/v1/items", `{"title": "x", "service": "checkout"}`,
		[]string{"Burnlist-Actor", " BurnList "},
		400, "bad_request",
		[]string{"header.Burnlist-Actor", "use another name"},
	},
	"a list of versions": {
		"PATCH", "/api/v1/items/1", `{"title": "y"}`,
		[]string{"If-Match", `"1", "2"`},
		400, "bad_request",
		[]string{"header.If-Match", `If-Match: \"7\"`},
	},
	"a version that is weak in small letters": {
		"PATCH", "/api/v1/items/1", `{"title": "y"}`,
		[]string{"If-Match", `w/"1"`},
		400, "bad_request",
		[]string{"header.If-Match", `If-Match: \"7\"`},
	},
	"a version that no machine holds": {
		"PATCH", "/api/v1/items/1", `{"title": "y"}`,
		[]string{"If-Match", `"99999999999999999999"`},
		400, "bad_request",
		[]string{"header.If-Match", `If-Match: \"7\"`},
	},
	"a version of 5000 digits": {
		"PATCH", "/api/v1/items/1", `{"title": "y"}`,
		[]string{"If-Match", `"` + strings.Repeat("1", 5000) + `"`},
		400, "bad_request",
		[]string{"header.If-Match", `If-Match: \"7\"`},
	},
	"a version below zero": {
		"PATCH", "/api/v1/items/1", `{"title": "y"}`,
		[]string{"If-Match", `"-1"`},
		400, "bad_request",
		[]string{"header.If-Match", `If-Match: \"7\"`},
	},
	"version zero": {
		"PATCH", "/api/v1/items/1", `{"title": "y"}`,
		[]string{"If-Match", `"0"`},
		400, "bad_request",
		[]string{"header.If-Match", `If-Match: \"7\"`},
	},
	"a version with a zero before it": {
		"PATCH", "/api/v1/items/1", `{"title": "y"}`,
		[]string{"If-Match", `"01"`},
		400, "bad_request",
		[]string{"header.If-Match", `If-Match: \"7\"`},
	},
	"a version with a sign": {
		"PATCH", "/api/v1/items/1", `{"title": "y"}`,
		[]string{"If-Match", `"+1"`},
		400, "bad_request",
		[]string{"header.If-Match", `If-Match: \"7\"`},
	},
	"a version in too many quotes": {
		"PATCH", "/api/v1/items/1", `{"title": "y"}`,
		[]string{"If-Match", `""1""`},
		400, "bad_request",
		[]string{"header.If-Match", `If-Match: \"7\"`},
	},
	"a version with a tail of nothing": {
		"PATCH", "/api/v1/items/1", `{"title": "y"}`,
		[]string{"If-Match", `"1-"`},
		400, "bad_request",
		[]string{"header.If-Match", `If-Match: \"7\"`},
	},
	"a version with a tail of its own": {
		"PATCH", "/api/v1/items/1", `{"title": "y"}`,
		[]string{"If-Match", `"1-xyz"`},
		400, "bad_request",
		[]string{"header.If-Match", `If-Match: \"7\"`},
	},
	"the tag of a list as version": {
		"PATCH", "/api/v1/items/1", `{"title": "y"}`,
		[]string{"If-Match", `W/"dGhlIHRhZyBvZiBh"`},
		400, "bad_request",
		[]string{"header.If-Match", `If-Match: \"7\"`},
	},
	"any version for a decision": {
		"POST", "/api/v1/items/1/decisions", `{"kind": "carry"}`,
		[]string{"If-Match", "*"},
		400, "bad_request",
		[]string{"header.If-Match"},
	},
	"a name with a slash in it": {
		"GET", "/api/v1/products/a%2Fb", nil, nil,
		404, "not_found",
		[]string{"products"},
	},
	"a way up": {
		"GET", "/api/v1/products/..", nil, nil,
		404, "not_found",
		[]string{"products"},
	},
	"a way up in escapes": {
		"GET", "/api/v1/products/%2e%2e", nil, nil,
		404, "not_found",
		[]string{"products"},
	},
	"a name that is empty": {
		"GET", "/api/v1/products//figures", nil, nil,
		404, "not_found",
		[]string{"/openapi.json"},
	},
	"two slashes": {
		"GET", "//api/v1/products", nil, nil,
		404, "not_found",
		[]string{"/openapi.json"},
	},
	"a slash at the end": {
		"GET", "/api/v1/products/", nil, nil,
		404, "not_found",
		[]string{"/openapi.json"},
	},
	"an address in capitals": {
		"GET", "/API/v1/products", nil, nil,
		404, "not_found",
		[]string{"/openapi.json"},
	},
	"an id with a point": {
		"GET", "/api/v1/items/1.0", nil, nil,
		422, "invalid",
		[]string{"path.id", "whole number"},
	},
	"an id in sixteens": {
		"GET", "/api/v1/items/0x1", nil, nil,
		422, "invalid",
		[]string{"path.id", "whole number"},
	},
	"an id that no machine holds": {
		"GET", "/api/v1/items/99999999999999999999", nil, nil,
		422, "invalid",
		[]string{"path.id"},
	},
	"an id below zero": {
		"GET", "/api/v1/items/-1", nil, nil,
		422, "invalid",
		[]string{"path.id"},
	},
	"an id with a matrix": {
		"GET", "/api/v1/items/1;x=y", nil, nil,
		422, "invalid",
		[]string{"path.id"},
	},
	"a parameter as a list": {
		"GET", "/api/v1/items?product[]=shop", nil, nil,
		422, "invalid",
		[]string{"query.product[]", "not a parameter"},
	},
	"a parameter in capitals": {
		"GET", "/api/v1/items?Product=shop", nil, nil,
		422, "invalid",
		[]string{"query.Product", "not a parameter"},
	},
	"a parameter without a name": {
		"GET", "/api/v1/items?=shop", nil, nil,
		422, "invalid",
		[]string{"query.", "not a parameter"},
	},
	"parameters parted by a semicolon": {
		"GET", "/api/v1/items?product=shop;owner=x", nil, nil,
		400, "bad_request",
		[]string{"cannot be read"},
	},
	"an owner of whom nothing is visible": {
		"GET", "/api/v1/items?owner=%E2%80%8B", nil, nil,
		400, "bad_request",
		[]string{"query.owner", "invisible"},
	},
	"a list of nothing": {
		"GET", "/api/v1/items?limit=0", nil, nil,
		422, "invalid",
		[]string{"query.limit", ">= 1"},
	},
	"a list of less than nothing": {
		"GET", "/api/v1/items?limit=-1", nil, nil,
		422, "invalid",
		[]string{"query.limit", ">= 1"},
	},
	"a limit with an exponent": {
		"GET", "/api/v1/items?limit=1e2", nil, nil,
		422, "invalid",
		[]string{"query.limit", "whole number"},
	},
	"a limit that no machine holds": {
		"GET", "/api/v1/items?limit=99999999999999999999", nil, nil,
		422, "invalid",
		[]string{"query.limit"},
	},
	"a page before the first": {
		"GET", "/api/v1/items?after=-1", nil, nil,
		422, "invalid",
		[]string{"query.after"},
	},
	"a cursor that is too long": {
		"GET", "/api/v1/warnings?cursor=" + strings.Repeat("a", 1001), nil, nil,
		422, "invalid",
		[]string{"query.cursor", "1000"},
	},
	"a cursor of null": {
		"GET", "/api/v1/warnings?cursor=bnVsbA", nil, nil,
		400, "bad_request",
		[]string{"query.cursor", "next_cursor"},
	},
	"a cursor from before the beginning": {
		"GET", "/api/v1/warnings?cursor=" + forged(`{"s":"item/1","c":"no_owner","p":-1,"f":""}`), nil, nil,
		400, "bad_request",
		[]string{"query.cursor", "next_cursor"},
	},
	"a cursor with a field of its own": {
		"GET", "/api/v1/warnings?cursor=" + forged(`{"s":"item/1","c":"no_owner","p":1,"f":"","x":1}`), nil, nil,
		400, "bad_request",
		[]string{"query.cursor", "next_cursor"},
	},
	"a cursor with a code that is none": {
		"GET", "/api/v1/warnings?cursor=" + forged(`{"s":"item/1","c":"lazy","p":1,"f":""}`), nil, nil,
		400, "bad_request",
		[]string{"query.cursor", "next_cursor"},
	},
	"a cursor with a filter of its own": {
		"GET", "/api/v1/warnings?cursor=" + forged(`{"s":"item/1","c":"no_owner","p":1,"f":"x"}`), nil, nil,
		400, "bad_request",
		[]string{"query.cursor", "another filter"},
	},
	"a method that changes a list": {
		"PUT", "/api/v1/items", nil, nil,
		405, "method_not_allowed",
		[]string{"Allow"},
	},
	"a method that removes a list": {
		"DELETE", "/api/v1/products", nil, nil,
		405, "method_not_allowed",
		[]string{"Allow"},
	},
	"a method that echoes": {
		"TRACE", "/api/v1/items", nil, nil,
		405, "method_not_allowed",
		[]string{"Allow"},
	},
	"a method of nobody": {
		"FROB", "/api/v1/items", nil, nil,
		405, "method_not_allowed",
		[]string{"Allow"},
	},
	"another method in a header": {
		"POST", "/api/v1/items/1", `{}`,
		[]string{"X-HTTP-Method-Override", "PATCH"},
		405, "method_not_allowed",
		[]string{"Allow"},
	},
	"an SLO of which there is one": {
		"POST", "/api/v1/slos", sloBody("checkout-availability"), nil,
		409, "exists",
		[]string{"choose another name"},
	},
	"a service of which there is one": {
		"POST", "/api/v1/services", `{"name": "checkout", "product": "shop"}`, nil,
		409, "exists",
		[]string{"choose another name"},
	},
	"a key of another item": {
		"PATCH", "/api/v1/items/3", `{"key": "PM-1"}`,
		[]string{"If-Match", `"1"`},
		409, "exists",
		[]string{"item 1"},
	},
}
