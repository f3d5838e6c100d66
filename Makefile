# Two commands do everything on a machine with Python 3.11 or newer: `make serve` and `make test`.
PYTHON ?= python3
PORT ?= 8000
VENV ?= .venv
BIN := $(VENV)/bin
# what the scripts of the pages are made from, when the package is installed
FRONTEND := hatch_build.py $(wildcard src/diplograph/web/frontend/* src/diplograph/web/frontend/src/*)

# two processes run the tests: one has all that speaks to the knowledge base as a service, so that it starts once,
# and the kills, so that both take as long
SERVED := $(addprefix tests/,browser cli client faults replicas web)
PYTEST := $(BIN)/python -m pytest

.PHONY: serve test test-served test-rest test-fast lint messages bench clean

$(BIN)/.installed: pyproject.toml $(FRONTEND)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "diplograph needs Python 3.11 or newer; set PYTHON=")'
	@echo "Installing diplograph and what it needs into $(VENV), once: a minute or two, in which pip says nothing."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(BIN)/.tested: $(BIN)/.installed
	@echo "Installing what the tests need, once: pip says nothing meanwhile."
	$(BIN)/python -m pip install --quiet --editable ".[notebook,reasoner]" --group dev
	touch $@

serve: $(BIN)/.installed  ## build what changed and serve it
	$(BIN)/diplograph serve --port $(PORT)

lint: $(BIN)/.tested
	$(BIN)/ruff check src tests benchmarks reference hatch_build.py
	$(BIN)/ruff format --check src tests benchmarks reference hatch_build.py
	$(BIN)/mypy

test: $(BIN)/.tested  ## lint, types and every test; the package is installed and timed when nothing else runs
	$(MAKE) --jobs=2 --output-sync=target lint test-served test-rest
	$(PYTEST) -m install

test-served: $(BIN)/.tested
	$(PYTEST) -m "not install" $(SERVED)

test-rest: $(BIN)/.tested
	$(PYTEST) -m "not install" $(addprefix --ignore=,$(SERVED)) tests

test-fast: $(BIN)/.tested  ## the broad base of the pyramid
	$(PYTEST) -m "not slow and not install"

messages: $(BIN)/.tested  ## bring the catalogues up to date with the texts of the interface
	mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping pyproject.toml --keywords "t tn:1,2" --no-wrap \
	  --add-location=file --sort-output --omit-header --output build/messages.pot src/diplograph queries/canned
	for language in ja ru; do $(BIN)/pybabel --quiet update --input-file build/messages.pot --no-wrap \
	  --output-file src/diplograph/translations/$$language.po --locale $$language --ignore-obsolete \
	  --no-fuzzy-matching --omit-header; done

bench: $(BIN)/.installed  ## this service beside its peers; BENCH="--quick" takes under three minutes
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python -m benchmarks measure $(BENCH)

clean:
	rm -rf $(VENV) .diplograph build src/diplograph/web/static/built
