# Two commands for a fresh machine with Python 3.11 or newer: `make demo` and `make test`.
# They keep to a virtual environment of their own and install again only when pyproject.toml has changed.
# Nothing is compiled in advance (--no-compile): most of the libraries is never imported.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || command -v python)
VENV ?= .venv
BIN := $(VENV)/bin
DEMO ?=
# A file's tests stay together, so that what they share is made once.
PYTEST_ARGS ?= --numprocesses auto --dist loadfile --no-loadscope-reorder
FAULTS ?=

.PHONY: help demo test check lint format bench faults fuzz corpus laws tamper clean

help:
	@echo "make demo    sample workbooks in, ledgers and invoices out, in ./demo"
	@echo "make test    all tests"
	@echo "make check   everything that a change must pass: lint, types, floors, tests with coverage"
	@echo "make lint    only lint, types and floors"
	@echo "make format  put the code into its form"
	@echo "make bench   what a run costs, beside the floors of its building blocks"
	@echo "make faults  breaks the disk at every call, kills runs, lets them race; FAULTS='matrix --every 10' for less"
	@echo "make fuzz    thousands of mutated files through the whole program (RUNS=5000 SEED=1)"
	@echo "make corpus  other projects' workbooks and bank files, where there are any (DATA=../shared/data)"
	@echo "make laws    random stories against a plain calculation and Beancount (STORIES=50 SEED=1)"
	@echo "make tamper  every small change of a small book, each of which must be noticed"
	@echo "make clean   delete the virtual environment and what the tools left behind"

demo: $(VENV)/.installed
	$(BIN)/salesbatch demo $(DEMO)

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: lint
	$(BIN)/python -m pytest --cov --cov-branch $(PYTEST_ARGS)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/throughput.py --lines 30000
	$(BIN)/python benchmarks/growth.py --history 30000

faults: $(VENV)/.installed-test
	$(BIN)/python tests/faults $(FAULTS)

RUNS ?= 5000
SEED ?= 1
STORIES ?= 50
DATA ?= ../shared/data

fuzz: $(VENV)/.installed-test
	PYTHONPATH=tests $(BIN)/python -m fuzz.command --runs $(RUNS) --seed $(SEED)

corpus: $(VENV)/.installed-test
	PYTHONPATH=tests $(BIN)/python -m fuzz.corpus --data $(DATA)

laws: $(VENV)/.installed-test
	PYTHONPATH=tests $(BIN)/python -m laws.command --broken
	PYTHONPATH=tests $(BIN)/python -m laws.command --stories $(STORIES) --seed $(SEED)

tamper: $(VENV)/.installed-test
	PYTHONPATH=tests $(BIN)/python -m tamper.command

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.*

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --editable '.[test]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.installed-test $(VENV)/.installed
