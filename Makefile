# Every target does its own set-up. `make demo` and `make test` are the two commands a newcomer needs.
VENV := .venv
BIN := $(VENV)/bin
# pip writes byte code with one core, most of it of the libraries' own tests: two thirds of the time
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile
COMPILE := $(BIN)/python -m compileall -q -j 0 -x '/tests?/' $(VENV)/lib
STAMPS := $(VENV)/.stamps
NAME ?=
PORT ?= 8000

.PHONY: help setup setup-dev setup-bench setup-spark demo run test test-fast test-spark check fix bench assurance

help:
	@echo "make demo        load the demonstration and serve it on this machine"
	@echo "make test        every test (browser tests where chromium is there)"
	@echo "make test-fast   under a minute: no browser, no slow test"
	@echo "make test-spark  the engine on Spark (needs Java)"
	@echo "make run         serve what is there"
	@echo "make check       format, lint, types, import contracts, migrations"
	@echo "make fix         put format and simple lint right"
	@echo "make bench       speed and size (NAME=quality: the judges' figures)"
	@echo "make assurance   the long reliability tests"
	@echo "make setup       install only"

# ---- installing: each stamp depends on its lock, so that a second run does nothing ----

$(STAMPS)/venv: scripts/find-python
	@python=$$(scripts/find-python) && echo "Making $(VENV) with $$python" && "$$python" -m venv --clear $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/base: $(STAMPS)/venv requirements/base.txt pyproject.toml
	@echo "Installing what Concord needs (first time: about a minute)"
	@$(PIP) --require-hashes -r requirements/base.txt
	@$(PIP) --no-deps --no-build-isolation --no-index -e .
	@$(COMPILE)
	@touch $@

$(STAMPS)/dev: $(STAMPS)/base requirements/dev.txt
	@echo "Installing what the tests need"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(COMPILE)
	@touch $@

$(STAMPS)/bench: $(STAMPS)/base requirements/bench.txt
	@$(PIP) --require-hashes -r requirements/bench.txt
	@touch $@

$(STAMPS)/spark: $(STAMPS)/dev requirements/spark.txt
	@$(PIP) --require-hashes -r requirements/spark.txt
	@touch $@

setup: $(STAMPS)/base
setup-dev: $(STAMPS)/dev
setup-bench: $(STAMPS)/bench
setup-spark: $(STAMPS)/spark

# ---- using ----

demo: $(STAMPS)/base
	@$(BIN)/concord demo --port $(PORT)

run: $(STAMPS)/base
	@$(BIN)/concord serve --port $(PORT)

# ---- testing ----

test: $(STAMPS)/dev
	$(BIN)/python -m pytest -n 2 -m "not spark and not assurance"

test-fast: $(STAMPS)/dev
	$(BIN)/python -m pytest -n 2 --no-migrations -m "not browser and not slow and not spark and not assurance"

test-spark: $(STAMPS)/spark
	$(BIN)/python -m pytest -m spark

check: export CONCORD_DATA := $(CURDIR)/$(VENV)/check-data
check: $(STAMPS)/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/concord manage makemigrations --check --dry-run

fix: $(STAMPS)/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMPS)/bench
	$(BIN)/python -m concord.commands.benchmarks $(NAME)

assurance: $(STAMPS)/dev
	$(BIN)/python -m pytest -n 2 -m "not spark"
