# Cubby. "make help" explains the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

GO   := $(or $(shell command -v go),/usr/local/go/bin/go)
TAGS := x11,migrated_fynedo
export GO

# The commit is recorded in the programs where git can be asked for it.
STAMP := -buildvcs=$(shell git rev-parse HEAD >/dev/null 2>&1 && echo true || echo false)
BUILD := $(GO) build $(STAMP)

# Packages that never need a window, and those that draw.
PLAIN   = $$($(GO) list ./... | grep -v -e '^cubby/app' -e '^cubby/cmd/cubby$$' -e '^cubby/cmd/internal/e2e' -e '^cubby/cmd/internal/bench')
WINDOWS = ./app/... ./cmd/cubby/
# Folders with parsers of what comes from outside; forty seconds of fuzzing go to them.
PARSERS = hardware locker/label sync/feed sync/strict

##@ To try it

.PHONY: run
run: ## start the demo station with its screen (Ctrl-C ends it)
	@packaging/install-deps.sh build run $(if $(DISPLAY),,display)
	@$(MAKE) build
	@exec packaging/run-demo.sh

.PHONY: demo-reset
demo-reset: ## forget the demo station's parcels, couriers and keys
	@packaging/run-demo.sh --reset

##@ To work on it

.PHONY: build
build: ## build the programs into bin/
	@packaging/install-deps.sh build
	@mkdir -p bin
	CGO_ENABLED=0 $(BUILD) -o bin/ ./cmd/cubbyd ./cmd/cubbyctl ./cmd/cubbysim ./cmd/cubbyhub
	$(BUILD) -tags $(TAGS) -o bin/ ./cmd/cubby

.PHONY: test
test: ## check everything: form, rules, programs, whole visits; ROOM=parcel: one room alone
	@packaging/install-deps.sh build run test display
ifneq ($(ROOM),)
	@packaging/test-room.sh "$(ROOM)"
else
	@rm -rf build/test && mkdir -p build/test
	@status=0; \
	$(MAKE) lint || status=1; \
	$(MAKE) build cross || exit 1; \
	packaging/go-test.sh rules "$(PLAIN)" -race -short -p 3 -timeout 15m || status=1; \
	packaging/go-test.sh line ./sync/uplink -run NothingIsLost -timeout 15m || status=1; \
	packaging/go-test.sh pages "$(WINDOWS)" -tags $(TAGS) -timeout 10m || status=1; \
	CUBBY_BIN="$(CURDIR)/bin" packaging/go-test.sh visits "./cmd/internal/e2e/..." -tags $(TAGS) -timeout 15m || status=1; \
	packaging/fuzz.sh 40 $(PARSERS) || status=1; \
	packaging/go-test.sh --summary || status=1; exit $$status
endif

.PHONY: fuzz
fuzz: ## fuzz every parser for ten minutes, one after the other
	packaging/fuzz.sh $$((600 * $$(grep -rhoE --include='*_test.go' '^func Fuzz' $(PARSERS) locker/secret sync/api/parcels | wc -l))) $(PARSERS) locker/secret sync/api/parcels

# "make test" plays about a tenth of this (go test -short).
.PHONY: soak
soak: build ## play in full what "make test" plays a tenth of, then visits with vandals; CHECKS=200 VISITS=300 SEED=1
	@status=0; \
	packaging/soak-tests.sh $(or $(CHECKS),200) || status=1; \
	$(GO) test -count=1 -v -timeout 60m ./sync/uplink -run NothingIsLost -schedules=10000 || status=1; \
	CUBBY_BIN="$(CURDIR)/bin" $(GO) test -count=1 -v -timeout 60m -tags $(TAGS) ./cmd/internal/e2e \
	  -run 'TestALineWithFaults|TestThirtyDays' -args -line=5m -drain=200000 || status=1; \
	packaging/soak.sh $(or $(VISITS),300) $(SEED) || status=1; exit $$status

.PHONY: lint
lint: ## gofmt, go vet, staticcheck, checksums of what is depended on
	@unformatted=$$(gofmt -l $$(git ls-files '*.go' 2>/dev/null || find . -name '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not formatted (make fmt does it):"; echo "$$unformatted"; exit 1; fi
	$(GO) mod verify
	$(GO) vet -tags $(TAGS) ./...
	$(GO) tool staticcheck -tags $(TAGS) ./...

.PHONY: cross
cross: ## build the core for the machines stations are made of, without cgo
	@for arch in amd64 arm64; do \
		echo "cubbyd for linux/$$arch"; \
		CGO_ENABLED=0 GOOS=linux GOARCH=$$arch $(BUILD) -o build/cubbyd-linux-$$arch ./cmd/cubbyd; \
	done

.PHONY: bench
bench: build ## print figures beside their baselines; nothing fails on a stopwatch
	@packaging/install-deps.sh run test
	pocketbase="$(CURDIR)/build/pocketbase"; \
	CGO_ENABLED=0 $(GO) build -C cmd/internal/bench/pocketbase -buildvcs=false -o "$$pocketbase" . || pocketbase=; \
	$(GO) run ./cmd/internal/bench -bin bin -pocketbase "$$pocketbase"
	$(GO) test -tags $(TAGS) -run '^$$' -bench . -benchtime $(BENCHTIME) \
		$$(grep -rl --include='*_test.go' '^func Benchmark' . | xargs -n 1 dirname | sort -u)
BENCHTIME ?= 1s

.PHONY: fmt
fmt: ## format all Go files
	@gofmt -w $$(git ls-files '*.go')

.PHONY: clean
clean: ## remove what was built; the demo station keeps its data
	@rm -rf bin build

.PHONY: help
help: ## explain the targets
	@awk -F ':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } /^[a-z][a-z-]*:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
