# The only door: people and CI call the same names.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

CARGO ?= cargo
VENV := target/venv
PYTHON := $(VENV)/bin/python
PYTHON_CLIENT := clients/python
TYPESCRIPT_CLIENT := clients/typescript
export ASKWELL_BIN := $(CURDIR)/target/debug/askwell

.PHONY: help run build web dev test lint fmt bench torture docs unit python wheel typescript package e2e browser screenshots fuzz fuzz-keep \
        doctor tools

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

doctor: ## Install or name what is missing on this machine
	@scripts/doctor build

tools: doctor
	@scripts/doctor test

run: doctor web ## Build and start on http://127.0.0.1:8096
	$(CARGO) run --locked --bin askwell -- serve $(ARGS)

build: doctor web ## Build the optimised program, target/release/askwell
	$(CARGO) build --locked --release --bin askwell

test: tools lint unit python typescript e2e browser ## Everything: lint, unit, property, contract, API, clients, end to end, browser
	@scripts/count target/unit.log target/web.log target/python.log target/typescript.log target/e2e.log target/javascript.log target/browser.log

lint: doctor web $(TYPESCRIPT_CLIENT)/node_modules/.stamp ## Formatting, clippy and types, warnings denied
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	cd web && npm run --silent check
	cd $(TYPESCRIPT_CLIENT) && npm run --silent stale

unit: tools web
	@mkdir -p target
	$(CARGO) nextest run --workspace --locked 2>&1 | tee target/unit.log
	$(CARGO) test --doc --workspace --locked --quiet
	cd web && npm run --silent test 2>&1 | tee $(CURDIR)/target/web.log

python: wheel ## Lint, types and tests of the Python client, as it is installed
	cd $(PYTHON_CLIENT) && $(CURDIR)/$(VENV)/bin/ruff format --check . && $(CURDIR)/$(VENV)/bin/ruff check .
	cd $(PYTHON_CLIENT) && $(CURDIR)/$(VENV)/bin/mypy
	cd $(PYTHON_CLIENT) && $(CURDIR)/$(PYTHON) -m pytest -ra 2>&1 | tee $(CURDIR)/target/python.log

wheel: tools
	@rm -rf target/wheels
	$(PYTHON) -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w target/wheels $(PYTHON_CLIENT)
	@# Twice: what it depends on only if that is missing, but itself always.
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check target/wheels/askwell-*.whl
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps target/wheels/askwell-*.whl

typescript: package ## Types and tests of the TypeScript client
	@mkdir -p target
	cd $(TYPESCRIPT_CLIENT) && npm run --silent check
	cd $(TYPESCRIPT_CLIENT) && npm run --silent test 2>&1 | tee $(CURDIR)/target/typescript.log

$(TYPESCRIPT_CLIENT)/node_modules/.stamp: $(TYPESCRIPT_CLIENT)/package-lock.json
	@scripts/doctor web
	cd $(TYPESCRIPT_CLIENT) && npm ci --no-audit --no-fund
	@touch $@

package: tools $(TYPESCRIPT_CLIENT)/node_modules/.stamp
	@rm -rf target/packages $(TYPESCRIPT_CLIENT)/dist e2e/javascript/node_modules/@askwell
	@mkdir -p target/packages e2e/javascript/node_modules/@askwell/client
	cd $(TYPESCRIPT_CLIENT) && npm run --silent build && npm pack --silent --pack-destination $(CURDIR)/target/packages
	@# As npm would unpack it: it depends on nothing.
	@tar -xzf target/packages/askwell-client-*.tgz --strip-components=1 -C e2e/javascript/node_modules/@askwell/client

e2e: tools wheel package web
	$(CARGO) build --locked --bin askwell
	$(PYTHON) -m pytest e2e -ra 2>&1 | tee target/e2e.log
	node --test --test-reporter=spec e2e/javascript/*.test.mjs 2>&1 | tee target/javascript.log

fuzz: doctor web ## Look for inputs that break something (TIME= seconds or RUNS= for each target, ONLY= some, JOBS= at once)
	@scripts/fuzz run $(ONLY)

fuzz-keep: doctor web ## Take over into the corpus what the fuzzer found and reaches more
	@scripts/fuzz keep $(ONLY)

fmt: tools ## Format everything
	$(CARGO) fmt --all
	cd $(PYTHON_CLIENT) && $(CURDIR)/$(VENV)/bin/ruff format .

bench: doctor ## Ratios of one run (QUICK=1 for a short one; docs/benchmarks.md)
	$(CARGO) bench --locked -p askwell --bench ratios

torture: doctor ## Kill it, cut its power, fill its disk (QUICK=1, MINUTES=4, SEED=, PLANT=); see docs/torture.md
	$(CARGO) build --locked -p askwell -p askwell-torture --bins
	target/debug/askwell-torture

docs: doctor web $(TYPESCRIPT_CLIENT)/node_modules/.stamp ## Write docs/reference anew from the code
	UPDATE_DOCS=1 $(CARGO) test --workspace --locked --quiet reference
	UPDATE_DOCS=1 $(CARGO) test --locked --quiet -p askwell-server --test rest openapi
	cd web && npm run --silent api
	cd $(TYPESCRIPT_CLIENT) && npm run --silent api

web/node_modules/.stamp: web/package-lock.json
	@scripts/doctor web
	cd web && npm ci --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.stamp web/index.html $(wildcard web/*.ts web/*.json) $(shell find web/src web/public locales -type f)
	cd web && npm run --silent build -- --logLevel warn

web: web/dist/index.html ## Build the page, web/dist, which the program carries

dev: web/node_modules/.stamp ## Work on the page with reload, beside a server that runs (ASKWELL_SERVER)
	cd web && npm run dev

browser: web wheel package ## Drive the page in a real browser; pictures in target/screenshots
	@scripts/doctor browser
	@mkdir -p target
	$(CARGO) build --locked --bin askwell
	cd web && npm run --silent browser 2>&1 | tee $(CURDIR)/target/browser.log

screenshots: web ## Take the pictures of docs/images anew
	@scripts/doctor browser
	$(CARGO) build --locked --bin askwell
	cd web && npm run --silent screenshots
