# Everything runs from .venv, made from uv.lock; nothing but Python 3.11+ and make is expected.
SHELL := /bin/bash
UV_VERSION := 0.13.8
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
FRENCH := config/locale/fr/LC_MESSAGES/django.po
UV_SYNC = UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv sync --quiet --frozen --inexact

.PHONY: help demo demo-reset test lint fmt bench soak screenshots messages clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(VENV)/run.stamp ## start the whole product with two simulated MSPs; Ctrl-C stops it
	@$(BIN)/python -m config.demo

demo-reset: $(VENV)/run.stamp ## forget the demo's data and start over at the next `make demo`
	@$(BIN)/python -m config.demo --reset

test: $(VENV)/dev.stamp ## the whole test suite, in parallel, on its own PostgreSQL
	@$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/dev.stamp ## ruff, mypy strict, import contracts
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy .

fmt: $(VENV)/dev.stamp ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: $(VENV)/bench.stamp ## figures side by side, with ratios and the machine
	@$(BIN)/python -m tests.bench $(ARGS)

soak: $(VENV)/dev.stamp ## 30 virtual days of failing vendors and killed workers; nothing may be lost
	@$(BIN)/python -m tests.soak $(ARGS)

screenshots: $(VENV)/dev.stamp ## pictures of the main pages for the README, of a demo of their own (needs Chromium)
	@$(BIN)/python -m tests.e2e.screenshots $(ARGS)

messages: ## compile the French texts after a change (needs msgfmt); the tests name those that are missing
	@msgfmt --check-format --output-file=$(FRENCH:.po=.mo) $(FRENCH)

clean: ## remove the environment (the data under var/ stays)
	rm -rf $(VENV)

$(BIN)/uv:
	@test -n "$(PYTHON)" || { echo "Deskmetry needs Python 3.11, 3.12 or 3.13, and none is on PATH. Install one, or name it: make PYTHON=/path/to/python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is incomplete here. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/run.stamp: pyproject.toml uv.lock | $(BIN)/uv
	@echo "Installing packages from uv.lock ..." && $(UV_SYNC) && touch $@

$(VENV)/dev.stamp: pyproject.toml uv.lock | $(BIN)/uv
	@echo "Installing packages from uv.lock ..." && $(UV_SYNC) --group dev && touch $@

$(VENV)/bench.stamp: pyproject.toml uv.lock | $(BIN)/uv
	@echo "Installing packages from uv.lock ..." && $(UV_SYNC) --group dev --group bench && touch $@
