package api

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// get describes an operation that reads.
func get(id, path, tag, summary string) huma.Operation {
	return operation(http.MethodGet, id, path, tag, summary)
}

// post describes an operation that creates something.
func post(id, path, tag, summary string) huma.Operation {
	op := decide(id, path, tag, summary)
	op.DefaultStatus = http.StatusCreated
	return op
}

// decide describes an operation that acts on something that is there.
func decide(id, path, tag, summary string) huma.Operation {
	return operation(http.MethodPost, id, path, tag, summary, http.StatusConflict)
}

// preview describes an operation that works out what a write would do, and
// changes nothing. Some of what a write fails with may be among its failures.
func preview(id, path, tag, summary string, failures ...int) huma.Operation {
	return operation(http.MethodPost, id, path, tag, summary, failures...)
}

// patch describes an operation that changes some fields.
func patch(id, path, tag, summary string) huma.Operation {
	return operation(http.MethodPatch, id, path, tag, summary, http.StatusConflict)
}

// operation describes an operation with the failures that it has beside those
// of its method and path.
func operation(method, id, path, tag, summary string, failures ...int) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: method, Path: path, Tags: []string{tag}, Summary: summary,
		Description: descriptions[id], Errors: failures,
		// One byte more than readBody lets through, so that it is the one to say so.
		MaxBodyBytes: maxBody + 1,
	}
}

// statuses are the failures that an operation declares. One that is matched
// takes If-Match; to change fields, it must be there.
func statuses(op huma.Operation, matched bool) []int {
	all := []int{http.StatusMisdirectedRequest, http.StatusUnprocessableEntity, http.StatusInternalServerError}
	if op.OperationID != "livez" { // which needs nothing
		all = append(all, http.StatusServiceUnavailable)
	}
	if strings.HasPrefix(op.Path, "/api/") {
		all = append(all, http.StatusBadRequest)
	}
	all = append(all, op.Errors...)
	if strings.Contains(op.Path, "{") {
		all = append(all, http.StatusNotFound)
	}
	if op.Method == http.MethodGet {
		return all
	}
	all = append(all, http.StatusForbidden, http.StatusRequestTimeout,
		http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	if matched {
		all = append(all, http.StatusPreconditionFailed)
	}
	if op.Method == http.MethodPatch {
		all = append(all, http.StatusPreconditionRequired)
	}
	return all
}

// add registers an operation: its failures are declared, and the errors of its
// handler become problems.
func add[I, O any](s *server, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "")
	_, matched := reflect.TypeFor[I]().FieldByName("Matched")
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	for _, status := range statuses(op, matched) {
		op.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status),
			Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
		}
	}
	reads := op.Method == http.MethodGet && strings.HasPrefix(op.Path, "/api/") && op.Path != eventsPath
	if reads {
		compares(&op)
	}
	op.Errors = nil // they are declared; huma would do it in its own form
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, s.fail(ctx, err)
		}
		return out, nil
	})
	if ok := op.Responses["200"]; reads && ok != nil {
		if ok.Headers == nil {
			ok.Headers = map[string]*huma.Param{}
		}
		if ok.Headers["ETag"] == nil {
			ok.Headers["ETag"] = tagHeader()
		}
	}
}

// descriptions say what an operation does beyond its summary.
var descriptions = map[string]string{
	"list-products":     "All products by name, the retired ones included. The list is always whole.",
	"create-product":    "A product is what a weekly review is held for. Its zone decides when a day ends.",
	"get-product":       "One product, with its version as ETag.",
	"update-product":    "Changes the fields that are given; retired: true retires the product, which needs all its services retired first, and retired: false brings it back.",
	"list-services":     "All services by name, the retired ones included. The list is always whole.",
	"create-service":    "A service is something users depend on. It belongs to a product that is in force.",
	"get-service":       "One service, with its version as ETag.",
	"update-service":    "Changes the fields that are given; another product moves the service there. retired: true retires it, which needs its SLOs retired and its items closed first.",
	"list-slos":         "All SLOs by name, the retired ones included. The list is always whole.",
	"create-slo":        "An SLO is a promise about a service. Its source is asked for up to five seconds what it makes of the indicator: what can never be measured is refused, what is odd is said in notes. If the source does not answer, the SLO is created unseen, and a note says so; but a gauge of which missing samples count needs its interval then, because nobody else can tell how many there should be. Its budget is filled in from Prometheus over the whole window in the background.",
	"get-slo":           "One SLO, with its version as ETag.",
	"update-slo":        "Changes the fields that are given. Another indicator, source or slice width is checked like a new SLO and starts a new ledger, filled in again from Prometheus as far as that goes back; the old one is kept. Objective, window and advisory judge the same ledger anew.",
	"preview-slo":       "Asks the source what the SLO would be: its figures and state now, at each of the product's last 12 weekly slots (of the last 12 weeks if there is no such service yet), what is asked and what it costs. Changes nothing and needs no actor. While the source does not answer, the SLO can only be created unseen.",
	"get-slo-figures":   "The figures of the newest refresh, with what the policy in force makes of them and why. Served from memory. Of an SLO that is not measured yet the state is unknown, and the reason says why.",
	"get-slo-history":   "The figures at past instants, each as judged by the objective, the window, the policy and the exclusions of now, whatever was in force then. svg draws what remained of the budget, from all of it at the top to as much overspent at the bottom, with gaps where nothing is known.",
	"list-exclusions":   "All intervals that were taken out of the budget of the SLO, the newest first, those that were taken back included. The list is always whole.",
	"create-exclusion":  "Takes an interval out of the budget, forward or backward in time: its events count neither as bad nor as total, and the budget stays that of a whole window. It is rounded outward to slices, and to hours or days where only those are kept. What was measured stays, and the exclusion can be taken back. The figures follow with the next refresh. The same one that holds already conflicts.",
	"preview-exclusion": "The figures and the state now, and as they would be with the exclusion, with what it takes out. The same one that holds already conflicts, as it does when it is created. Changes nothing and needs no actor.",
	"remove-exclusion":  "Takes an exclusion back, so that its interval counts again with the next refresh. Twice is the same as once. The body is empty.",
	"list-items":        "Action items by id, whatever their status. next_cursor, given as after, continues the list.",
	"create-item":       "An action item is one thing that a postmortem asked for. Without an owner or a due date it is a wish, and the queue says so.",
	"get-item":          "One action item, with its version as ETag.",
	"update-item":       "Changes the fields that are given; null clears a field that may be empty. The status changes by decisions only.",
	"decide-item":       "Decides of an item by itself, outside of any review. done closes the item, evidence may show it; commit gives it an owner and a due date that hold, and with a reason may move the promised date, once; carry leaves it as it is; deprioritise needs a reason and takes it out of the queue until revisit; snooze needs a reason and keeps it out of the way until a day; reassign needs an owner; reopen needs a reason; duplicate names the open item that goes on; split makes new items of parts, which the history of each names. Closing the same twice is the same as once.",
	"get-history":       "Who did what to the item, when, why, and in which review, the oldest first.",
	"list-reviews":      "Reviews, the newest first: open, attended, skipped and cancelled ones. next_cursor, given as before, continues the list.",
	"open-review":       "Opens a review of the product now and freezes its agenda. The slot that is near adopts it. Conflicts with a review of the product that is open.",
	"cancel-slot":       "Cancels a slot to come, or the one whose review is open and has decided nothing. Nobody is said to have skipped it.",
	"get-review":        "The review with the first five items of each service as they were frozen, how many more there are, and what was decided of them. The rest is on the agenda.",
	"refreeze-review":   "Freezes the agenda of an open review anew from the queue as it is now. Conflicts once anything was decided in the review.",
	"conclude-review":   "Ends the review: it was attended if somebody decided anything that stands, else skipped. Writes what it found into its items, and its digest. Concluding twice is the same as once.",
	"get-agenda":        "All entries of the agenda by position: as they were frozen, and what was decided of them. next_cursor, given as after, continues the list.",
	"add-to-agenda":     "Puts an open item of the product behind the others, such as one that was reported in the meeting.",
	"list-decisions":    "All decisions of the review, the oldest first, those that were taken back included. The list is always whole.",
	"decide-in-review":  "Decides of an item on the agenda, as a decision by itself does, and records it with the review. Once something was decided of the item in this review, another decision needs the item's current version as If-Match; without, it conflicts. A refusal shows how the item is now, under current. The same decision sent again is answered like the first time and recorded once.",
	"undo-decision":     "Takes a decision of an open review back: the items are as they were before, and those that a split had made become duplicates. Conflicts if any of them was changed since. The body is empty.",
	"get-digest":        "What those who were not there have to know, as JSON, Markdown, HTML or in Slack's markup. Of a concluded review it stays as it was written at the conclusion; of an open one it is what it would be now.",
	"preview-digest":    "The digest of the product as of now, without anything being sent. While a review is open it has that one's decisions.",
	"get-figures":       "What the product's reviews came to by week, what became of its items by the month in which they were opened, and how old the open ones are. Nothing in it counts by person.",
	"get-queue":         "The open items in the order in which to work on them: tier, then score, then due date, then opened_on, then id. Served from memory, also while the database is away. as_of is the moment at which dates and budgets were judged; refreshed_at says from when the figures are. next_cursor continues behind the last entry in the order that then holds.",
	"list-budgets":      "The error budgets of the services in force with all their SLOs, the most urgent first. Unknown is never shown as healthy.",
	"listen":            "Server-Sent Events: each change of the log as one event, once the queue shows it, in order and without one missing. An event only says what changed; read again what you show of it. The first event, hello, names the revision behind which the stream goes on. Who was cut off resumes with the id of the last event that arrived; if the log does not have that revision, as after the restore of a backup, reset says from which one the stream goes on, and everything is to be read again. A comment comes every 15 seconds. Who takes nothing for 10 seconds is cut off.",
	"list-warnings":     "Signs that promises are not meant: of products and their reviews, then of services, then of items in the order of the queue. next_cursor continues behind the last one; what moves meanwhile may be seen twice or not at all.",
	"get-policy":        "The numbers that judge and rank, with their version as ETag.",
	"update-policy":     "Changes the numbers that are given. The weights are given all together and sum to 100.",
	"preview-policy":    "Ranks the queue of now twice, by the policy in force and by the one that the change would make, and lists what would stand elsewhere: the items that move, the one that moves most first, and the services whose state would be another. Changes nothing and needs no actor.",
	"list-changes":      "Every write that changed anything, in the order in which they were made, without gaps: who, when, what kind, and what it touched. What the things became is read from them. A revision beyond the newest finds nothing yet. next_cursor, given as after, continues the list.",
	"livez":             "Answers as long as the process runs.",
	"readyz":            "Answers 200 when the queue is loaded and the database answers, else 503 with the parts that are not ready.",
}
