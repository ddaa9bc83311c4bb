# Two commands from a clone to a map: `make setup` is called by every other target.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
HOST ?= 127.0.0.1
PORT ?= 8501
DAYS ?= 30
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
QUICK := tests/house tests/geo tests/data tests/layers
PYTEST := $(BIN)/python -m pytest

.PHONY: setup setup-test setup-extra run test check prove screenshots lock tables clean browser
.DEFAULT_GOAL := check

setup: .venv/.run-time

.venv/.run-time: requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' || \
	  { echo "expected: Python 3.11 or later; found: $$("$(PYTHON)" --version 2>&1); to do: make setup PYTHON=/path/to/python3.11" >&2; exit 2; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv .venv || \
	  { rm -rf .venv; echo "expected: Python with its venv module; found: none; to do: apt-get install python3-venv" >&2; exit 2; }
	$(PIP) install --quiet --no-deps -r requirements.lock
	@$(PIP) install --quiet --no-deps -e . 2>.venv/install.log || { cat .venv/install.log >&2; exit 1; }
	@touch $@

setup-test: .venv/.test

.venv/.test: .venv/.run-time requirements-test.lock
	$(PIP) install --quiet --no-deps -r requirements-test.lock
	@touch $@

# Extras may be missing everywhere: where they cannot be installed the tests that need them are skipped.
setup-extra: setup-test
	@$(PIP) install --quiet --no-deps -r requirements-extra.txt || echo "without the extras: their tests are skipped"

browser:
	@sh tools/browser.sh

run: setup
	@test -f "$${WANGGE_HOME:-var}/main/store.sqlite" || $(BIN)/wangge demo --days $(DAYS)
	@echo "Wangge: http://$(HOST):$(PORT)  (stop with Ctrl+C)"
	@exec $(BIN)/wangge serve --host $(HOST) --port $(PORT)

check: setup-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(PYTEST) -q -m "not browser and not prove and not slow" $(wildcard $(QUICK)) geo

test: setup-test setup-extra browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(PYTEST) -n 2 --dist loadfile -m "not prove and not browser"
	$(PYTEST) -m "browser and not prove" tests

# `make prove ONLY=tests/prove/test_wall.py` measures a part again and keeps the other lines of docs/proof.md.
prove: setup-test browser
	WANGGE_PROVE=$(if $(ONLY),part,1) $(PYTEST) -m prove $(or $(ONLY),tests)

screenshots: setup-test browser
	WANGGE_SCREENSHOTS=1 $(PYTEST) -m browser tests/journeys

lock: setup-test
	$(BIN)/python tools/lock.py
	$(BIN)/python tools/licences.py

tables: setup
	$(BIN)/python tools/tables.py
	$(BIN)/python tools/licences.py

clean:
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
