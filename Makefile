# Everything that a change is held against. `make test` is all of it, and does
# its own set-up; the other targets are parts of it, or too long for it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

FUZZTIME ?= 10m
LINT := .cache/golangci-lint
PROMETHEUS3 := .cache/prometheus
# Laws that are walked through every zone, day and history, or through the whole
# demo, take ten times longer under the race detector, which finds nothing in
# pure functions. They are walked in full without it; -short shortens them with
# it. It leaves out no test, but draws fewer cases of every property, so that it
# is for these packages alone. What only compares budgets with an oracle, with
# another engine or with a year is not built with the detector at all.
LAWS := . ./budget ./review ./internal/demo
# Most tests of the command run it as a process, into which the detector does
# not see.
PROCESSES := ./cmd/burnlist
# Most tests of the API ask one thing after the other, and so many that the
# detector takes minutes. They run without it, and those in which several ask at
# once, or something is streamed, with it as well.
API := ./api
CROWDS := 'Once|Many|Two|Listen|Event|Queue|Review'
# Looked up when it is used, because set-up may have installed the compiler.
RACE = $(if $(filter 1,$(shell go env CGO_ENABLED)),-race)

.PHONY: run test setup lint fmt bench fuzz compat openapi

run: ## Starts the demo at http://127.0.0.1:8080.
	go run ./cmd/burnlist demo

# Anything that is left out is named at the end. REQUIRE_ALL=1 makes it a failure.
test: setup lint
	go mod tidy -diff
	scripts/fuzz.sh 5s
	WORLDS=200 go test -shuffle=on -timeout 15m $(LAWS) $(PROCESSES) $(API)
	go test $(RACE) -short -shuffle=on -timeout 15m $(LAWS)
	go test $(RACE) -shuffle=on -timeout 15m -run $(CROWDS) $(API)
	go test $(RACE) -shuffle=on -timeout 15m $(filter-out $(shell go list $(LAWS) $(PROCESSES) $(API)),$(shell go list ./...))
	@scripts/servers.sh report

setup:
	scripts/servers.sh install

# Checks the format as well.
lint: $(LINT)
	$(LINT) run ./...

fmt: $(LINT)
	$(LINT) fmt ./...

# What `make test` holds the OpenAPI document against, and another linter, which
# needs Node.
openapi:
	mkdir -p .cache
	OPENAPI=$(CURDIR)/.cache/openapi.json go test -count=1 -run 'TestTheDocumentPassesAPublicLinter|TestAGeneratedClient' ./api
	@if command -v npx >/dev/null; then REDOCLY_TELEMETRY=off npx --yes @redocly/cli@2.77.0 lint .cache/openapi.json; \
	else echo "LEFT OUT: Redocly's linter. Install nodejs and npm."; fi

bench:
	go test -run '^$$' -bench . -benchmem -timeout 30m ./...

fuzz:
	scripts/fuzz.sh $(FUZZTIME)

# The same tests against Prometheus 3.x as `make test` runs against the
# installed one. The first build takes minutes.
compat: setup $(PROMETHEUS3)
	REQUIRE_ALL=1 PROMETHEUS_BIN=$(CURDIR)/$(PROMETHEUS3) go test -count=1 -timeout 15m ./budget/... ./internal/promtest/... ./cmd/...

$(LINT): tools/go.mod tools/go.sum
	cd tools && go build -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(PROMETHEUS3): tools/prometheus/go.mod tools/prometheus/go.sum
	cd tools/prometheus && go build -tags remove_all_sd -o ../../$@ github.com/prometheus/prometheus/cmd/prometheus
