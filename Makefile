# `make demo` to see it, `make test` to check it, `make help` for the rest.

PYTHON ?= python3
SANDBOX_PORT ?= 4000
MAILROOM_PORT ?= 3978
PLAYGROUND_PORT ?= 56150
SPEED ?= 60
APP_ID ?=
DOMAIN ?=
ARGS ?=
# More than there are cores: many tests wait for a process to start, or for something to happen.
WORKERS ?= $(shell echo $$((2 * $$(nproc))))
BIN := .venv/bin
PORTS := --port $(SANDBOX_PORT) --bot-port $(MAILROOM_PORT) --speed $(SPEED)
UV_COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url
export PYTHON
# Set-up leaves bytecode to the first import, so it must be kept then, whatever the environment says.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo playground package test lint format lock audit-deps translations screenshot bench clean

help:  ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup:  ## Make .venv with what Mailroom runs on
	@scripts/setup requirements.txt

setup-dev:  ## The same, with what tests and tools need
	@scripts/setup requirements-dev.txt

demo: setup  ## Start a simulated tenant, its chat page and the bot (SANDBOX_PORT, MAILROOM_PORT, SPEED)
	@$(BIN)/python -m sandbox.demo $(PORTS) $(ARGS)

playground: setup  ## Fetch and start Microsoft's Agents Playground with the bot (PLAYGROUND_PORT and as above)
	@$(BIN)/python -m sandbox.playground $(PORTS) --playground-port $(PLAYGROUND_PORT) $(ARGS)

package: setup-dev  ## Make the Teams app package of an environment (APP_ID, DOMAIN; ARGS for more)
	@$(BIN)/python -m manifest.package --app-id "$(APP_ID)" --domain "$(DOMAIN)" $(ARGS)

test: lint  ## Linters, types, import rules and all tests (ARGS="-k grammar" for some)
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: setup-dev  ## Style, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup-dev  ## Put the code in shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock:  ## Pin the requirements again (needs uv)
	$(UV_COMPILE) requirements-dev.in -o requirements-dev.txt
	$(UV_COMPILE) requirements.in -c requirements-dev.txt -o requirements.txt
	$(UV_COMPILE) requirements-agents.in -c requirements-dev.txt -o requirements-agents.txt
	$(UV_COMPILE) bench/requirements-bench.in -c requirements-dev.txt -o bench/requirements-bench.txt
	$(UV_COMPILE) requirements-telemetry.in -o requirements-telemetry.txt
	$(UV_COMPILE) requirements-audit.in -o requirements-audit.txt

audit-deps:  ## Look the locked requirements up among the known vulnerabilities
	@scripts/setup requirements-audit.txt .venv-audit
	@.venv-audit/bin/python scripts/audit_deps.py requirements.txt

translations: setup-dev  ## Bring cards/locale up to date with the sentences in the code
	@$(BIN)/python scripts/translations.py $(ARGS)

screenshot: setup-dev  ## Make docs/screenshot.png anew (needs Chromium)
	$(BIN)/python scripts/screenshot.py

bench: setup  ## Measure starts, turns, diagnoses, load and bad days; results in bench/README.md
	$(BIN)/python bench/start.py $(ARGS)
	$(BIN)/python bench/turns.py $(ARGS)
	$(BIN)/python bench/diagnose.py $(ARGS)
	$(BIN)/python bench/causes.py $(ARGS)
	$(BIN)/python bench/load.py $(ARGS)
	$(BIN)/python bench/chaos.py $(ARGS)

clean:  ## Remove .venv, var and every cache
	rm -rf .venv .venv-audit var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
