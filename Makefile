# Two commands do everything on a machine with Python 3.11 or newer: `make serve` and `make test`.
PYTHON ?= python3
PORT ?= 8000
VENV ?= .venv
BIN := $(VENV)/bin
# what the scripts of the pages are made from, when the package is installed
FRONTEND := hatch_build.py $(wildcard src/diplograph/web/frontend/* src/diplograph/web/frontend/src/*)

.PHONY: serve test test-fast lint bench clean

$(BIN)/.installed: pyproject.toml $(FRONTEND)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "diplograph needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(BIN)/.tested: $(BIN)/.installed
	$(BIN)/python -m pip install --quiet --editable ".[notebook,reasoner]" --group dev
	touch $@

serve: $(BIN)/.installed  ## build what changed and serve it
	$(BIN)/diplograph serve --port $(PORT)

lint: $(BIN)/.tested
	$(BIN)/ruff check src tests hatch_build.py
	$(BIN)/ruff format --check src tests hatch_build.py
	$(BIN)/mypy

test: lint  ## lint, types and every test
	$(BIN)/python -m pytest

test-fast: $(BIN)/.tested  ## the broad base of the pyramid
	$(BIN)/python -m pytest -m "not slow and not install"

bench: $(BIN)/.installed  ## this service beside its peers; BENCH="--quick" takes under three minutes
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python -m benchmarks measure $(BENCH)

clean:
	rm -rf $(VENV) .diplograph build src/diplograph/web/static/built
