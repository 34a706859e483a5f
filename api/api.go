// Package api serves burnlist over HTTP: the REST resources under /api/v1 with
// their OpenAPI document, health and metrics. It turns requests into calls of
// the store and reads of the board, and errors into problem documents; what the
// things mean is decided elsewhere. Echo and huma are known to this package
// only.
package api

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/review"
	"github.com/burnlist/burnlist/store"
)

// Options is what the API needs. Store, Board and Keeper are required.
type Options struct {
	Store *store.Store
	Board *prioritizer.Board
	// Keeper opens and concludes the reviews that clients ask for.
	Keeper *review.Keeper
	// Sources are the configured Prometheus sources; an SLO that names another
	// is refused.
	Sources []*budget.Source
	// AllowedHosts are the host names, without a port, that the server answers
	// for beside the loopback ones.
	AllowedHosts []string
	// Events are what listeners are told, published once the board shows it; nil
	// tells nothing.
	Events *Events
	// Page serves "/" and "/static/*", with its own security headers. It may be
	// nil.
	Page http.Handler
	// Metrics is what /metrics shows; nil leaves it out.
	Metrics *Metrics
	Version string
	// Deadline bounds each request to the API; 20 s if 0. Above 30 s the
	// connection ends first. A write waits a quarter of it for a source, a
	// preview three quarters.
	Deadline time.Duration
	Now      func() time.Time // time.Now if nil
	Log      *slog.Logger     // discarded if nil
}

// server is what the handlers share. It is not modified after New.
type server struct {
	Options
	api     huma.API
	buffers sync.Pool // of *bytes.Buffer, for answers that are long
}

// New returns the handler of the whole server. It is safe for concurrent use
// and holds nothing that needs closing.
func New(o Options) http.Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Deadline <= 0 {
		o.Deadline = 20 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Events == nil {
		o.Events = NewEvents()
	}
	strictNames()
	s := &server{Options: o, buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }}}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = s.writeError
	e.Use(s.observe, s.secure, s.checkHost, s.checkOrigin, s.bound, checkAddress, readBody, conditional)
	s.api = humaecho.NewV4(e, s.describe())
	s.routes()
	e.GET("/openapi.json", s.openAPI())
	s.docs(e)
	if o.Metrics != nil {
		e.GET("/metrics", echo.WrapHandler(o.Metrics.handler()))
	}
	if o.Page != nil {
		page := echo.WrapHandler(o.Page)
		e.GET("/", page)
		e.GET("/static/*", page)
	}
	return answerHead(e)
}

// routes is the whole API on one screen.
func (s *server) routes() {
	add(s, get("list-products", "/api/v1/products", "products", "List products"), s.listProducts)
	add(s, post("create-product", "/api/v1/products", "products", "Create a product"), s.createProduct)
	add(s, get("get-product", "/api/v1/products/{name}", "products", "Read a product"), s.getProduct)
	add(s, patch("update-product", "/api/v1/products/{name}", "products", "Change or retire a product"), s.patchProduct)
	add(s, s.digestIn(get("preview-digest", "/api/v1/products/{name}/digest", "reviews", "Read the digest of the week")), s.productDigest)
	add(s, get("get-figures", "/api/v1/products/{name}/figures", "reviews", "Read the figures of a product's reviews"), s.productFigures)

	add(s, get("list-services", "/api/v1/services", "services", "List services"), s.listServices)
	add(s, post("create-service", "/api/v1/services", "services", "Create a service"), s.createService)
	add(s, get("get-service", "/api/v1/services/{name}", "services", "Read a service"), s.getService)
	add(s, patch("update-service", "/api/v1/services/{name}", "services", "Change, move or retire a service"), s.patchService)

	add(s, get("list-slos", "/api/v1/slos", "slos", "List SLOs"), s.listSLOs)
	add(s, post("create-slo", "/api/v1/slos", "slos", "Create an SLO"), s.createSLO)
	add(s, get("get-slo", "/api/v1/slos/{name}", "slos", "Read an SLO"), s.getSLO)
	add(s, patch("update-slo", "/api/v1/slos/{name}", "slos", "Change or retire an SLO"), s.patchSLO)
	add(s, preview("preview-slo", "/api/v1/slos/preview", "slos", "Preview an SLO"), s.previewSLO)
	add(s, get("get-slo-figures", "/api/v1/slos/{name}/figures", "slos", "Read the figures of an SLO"), s.sloFigures)
	add(s, s.historyIn(get("get-slo-history", "/api/v1/slos/{name}/history", "slos", "Read how the budget of an SLO came to be")), s.sloHistory)
	add(s, get("list-exclusions", "/api/v1/slos/{name}/exclusions", "slos", "List what is excluded from a budget"), s.listExclusions)
	add(s, post("create-exclusion", "/api/v1/slos/{name}/exclusions", "slos", "Exclude an interval from a budget"), s.createExclusion)
	add(s, preview("preview-exclusion", "/api/v1/slos/{name}/exclusions/preview", "slos", "Preview an exclusion", http.StatusConflict), s.previewExclusion)
	add(s, operation(http.MethodPost, "remove-exclusion", "/api/v1/slos/{name}/exclusions/{id}/remove", "slos", "Take an exclusion back"), s.removeExclusion)

	add(s, get("list-items", "/api/v1/items", "items", "List action items"), s.listItems)
	add(s, post("create-item", "/api/v1/items", "items", "Report an action item"), s.createItem)
	add(s, get("get-item", "/api/v1/items/{id}", "items", "Read an action item"), s.getItem)
	add(s, patch("update-item", "/api/v1/items/{id}", "items", "Change an action item"), s.patchItem)
	add(s, decide("decide-item", "/api/v1/items/{id}/decisions", "items", "Decide about an action item"), s.decideItem)
	add(s, get("get-history", "/api/v1/items/{id}/history", "items", "Read what happened to an action item"), s.itemHistory)

	add(s, get("list-reviews", "/api/v1/reviews", "reviews", "List reviews"), s.listReviews)
	add(s, post("open-review", "/api/v1/reviews", "reviews", "Open a review"), s.openReview)
	add(s, post("cancel-slot", "/api/v1/reviews/cancel", "reviews", "Cancel a slot"), s.cancelSlot)
	add(s, get("get-review", "/api/v1/reviews/{id}", "reviews", "Read a review"), s.getReview)
	add(s, decide("refreeze-review", "/api/v1/reviews/{id}/refreeze", "reviews", "Freeze the agenda anew"), s.refreezeReview)
	add(s, decide("conclude-review", "/api/v1/reviews/{id}/conclude", "reviews", "Conclude a review"), s.concludeReview)
	add(s, get("get-agenda", "/api/v1/reviews/{id}/agenda", "reviews", "Read the whole agenda"), s.getAgenda)
	add(s, post("add-to-agenda", "/api/v1/reviews/{id}/agenda", "reviews", "Add an action item to the agenda"), s.addToAgenda)
	add(s, get("list-decisions", "/api/v1/reviews/{id}/decisions", "reviews", "Read what a review decided"), s.listDecisions)
	add(s, decide("decide-in-review", "/api/v1/reviews/{id}/decisions", "reviews", "Decide about an action item in a review"), s.decideInReview)
	add(s, decide("undo-decision", "/api/v1/reviews/{id}/decisions/{decision}/undo", "reviews", "Take a decision back"), s.undoDecision)
	add(s, s.digestIn(get("get-digest", "/api/v1/reviews/{id}/digest", "reviews", "Read the digest of a review")), s.reviewDigest)

	add(s, answersIn[QueueDocument](s, get("get-queue", "/api/v1/queue", "queue", "Read the ranked queue")), s.getQueue)
	add(s, get("list-budgets", "/api/v1/budgets", "budgets", "Read the error budgets"), s.listBudgets)
	add(s, s.eventsIn(get("listen", eventsPath, "events", "Listen to what changes")), s.listen)
	add(s, get("list-warnings", "/api/v1/warnings", "warnings", "Read the warnings"), s.listWarnings)

	add(s, get("get-policy", "/api/v1/policy", "policy", "Read the policy"), s.getPolicy)
	add(s, operation(http.MethodPatch, "update-policy", "/api/v1/policy", "policy", "Change the policy"), s.patchPolicy)
	add(s, preview("preview-policy", "/api/v1/policy/preview", "policy", "Preview another policy"), s.previewPolicy)

	add(s, get("list-changes", "/api/v1/changes", "changes", "Read the change log"), s.listChanges)

	add(s, get("livez", "/livez", "health", "Does the process answer?"), s.livez)
	add(s, get("readyz", "/readyz", "health", "Can the process serve?"), s.readyz)
}

// NewServer returns an HTTP server for h with bounds on how long a client may
// take and how much it may send in headers.
func NewServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
}

// answerHead answers HEAD like GET; net/http leaves the body out, because it
// still sees the original request.
func answerHead(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			r = r.WithContext(context.WithValue(r.Context(), headKey{}, true))
			r.Method = http.MethodGet // of a copy
		}
		h.ServeHTTP(w, r)
	})
}
