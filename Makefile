.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("Rundan needs Python 3.11 or newer. With another one at hand: make PYTHON=python3.12 run" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv || { $(PYTHON) -m venv --without-pip .venv && $(PYTHON) -m pip --python $(BIN)/python install -q pip; }
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev-ready: .venv/ready requirements-dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

setup: .venv/ready ## Make the virtual environment with pinned dependencies

run: setup ## Start Rundan with its demo district (PORT moves it, Ctrl-C stops it)
	@$(BIN)/flask --app app serve

test: .venv/dev-ready ## Run the whole test suite on SQLite and PostgreSQL
	@$(BIN)/python -m pytest -n auto --dist loadgroup

sure: .venv/dev-ready ## Formatting, lint, types and tests: all a reviewer asks for
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(MAKE) test

tidy: .venv/dev-ready ## Put formatting right
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: .venv/dev-ready ## Measure against the raw engine; fails below a goal
	@$(BIN)/python -m bench

lock: .venv/dev-ready ## Lock requirements anew with hashes
	@$(BIN)/python -m pip install -q uv && for one in requirements requirements-dev; do $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header $$one.in -o $$one.txt; done

.PHONY: help setup run test sure tidy bench lock
