# Yinde: `make` alone prints this help.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python manage.py
STAMPS := $(VENV)/.stamps
SOURCES := manage.py config archive search tests benchmarks
TEMPLATES := templates search/templates tests/second_site
# What touches the database, by files and folders: what continuous integration runs on PostgreSQL, too.
ON_DATABASE := $(addprefix tests/archive/, models ingest/store commands/test_import_speeches.py \
		admin/test_desk.py admin/test_guard.py admin/test_proposals.py admin/test_source.py admin/test_speech.py admin/test_versions.py \
		test_revert.py test_roles.py) \
	$(addprefix tests/search/, test_commands.py test_failures.py test_followers.py test_indexing.py) \
	$(addprefix tests/config/, test_login.py test_throttle.py test_trouble.py) \
	$(addprefix tests/faults/, test_backlog.py test_machines.py)
# Who has done its own tests takes from the others (how many run: tests/conftest.py).
PARALLEL := --numprocesses auto --dist worksteal
# One declaration a line.
CSS := $(BIN)/css-beautify --indent-size=2 --end-with-newline --disable-selector-separator-newline
export PYTHONUTF8 := 1
# Each of the many processes of a run would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install install-dev browser postgres serve test test-postgres on-postgres coverage check format fix lint types imports migrations templates statics bench bench-ranking lock messages clean

help: ## Print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

$(STAMPS)/python:
	@PYTHON="$(PYTHON)" sh scripts/make-venv "$(VENV)"
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/runtime: $(STAMPS)/python requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(STAMPS)/dev: $(STAMPS)/runtime requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

install: $(STAMPS)/runtime ## Set up the virtual environment with all that the site needs

install-dev: $(STAMPS)/dev ## Add what tests and checks need

browser: install-dev ## Make sure that there is a Chromium for the browser tests
	@$(BIN)/python scripts/find-browser > /dev/null

test-postgres: install-dev browser postgres ## Run all tests on a PostgreSQL server that is started for them
	@CHROMIUM="$$($(BIN)/python scripts/find-browser)" YINDE_DATABASE=postgres \
		$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

postgres: install-dev ## Make sure that there is a PostgreSQL server for the tests
	@$(BIN)/python scripts/find-postgres > /dev/null

serve: install ## Set everything up and serve the site on 127.0.0.1:8000 (PORT=… for another port)
	@$(RUN) migrate --verbosity 0
	@$(RUN) load_demonstration --if-empty
	@$(RUN) rebuild_search --if-needed
	@PORT=$(PORT) exec $(RUN) serve

test: install-dev browser ## Run all tests, those in a real browser too (CI=true tries longer)
	@$(MAKE) --silent postgres || echo "WARNING: what needs a PostgreSQL server is NOT tested here."
	@CHROMIUM="$$($(BIN)/python scripts/find-browser)" $(BIN)/python -m pytest $(PARALLEL) $(ARGS)

on-postgres: install-dev ## Run on PostgreSQL the tests of what touches the database
	@if $(MAKE) --silent postgres; then \
		CI= YINDE_EXAMPLES=8 YINDE_CHANGES=10 YINDE_KILLS=2 YINDE_DATABASE=postgres $(BIN)/python -m pytest $(PARALLEL) --long -m "not browser" $(ON_DATABASE); \
	else \
		echo "WARNING: there is no PostgreSQL server and none can be installed: NOTHING was tested on it."; \
	fi

coverage: override ARGS += --cov --cov-report=term-missing:skip-covered
coverage: test ## The same, and say which lines no test runs

check: format lint types imports migrations templates statics coverage on-postgres ## All that continuous integration checks

format: install-dev ## Check the format (make fix mends it)
	@$(BIN)/ruff format --check --quiet $(SOURCES) || { echo "Run: make fix"; exit 1; }

fix: install-dev ## Mend format and what the linter can mend
	@$(BIN)/ruff format --quiet $(SOURCES)
	@$(BIN)/ruff check --fix --quiet $(SOURCES)
	@said=$$($(BIN)/djangofmt $(TEMPLATES) 2>&1) || { echo "$$said"; exit 1; }
	@$(CSS) --replace static/*.css

lint: install-dev ## Lint
	@$(BIN)/ruff check --quiet $(SOURCES)

types: install-dev ## Check types
	@$(BIN)/mypy --no-error-summary config archive search

imports: install-dev ## Check that imports go one way: config -> archive -> search
	@$(BIN)/lint-imports > .imports.log || { cat .imports.log; exit 1; }
	@rm -f .imports.log

migrations: install-dev ## Check that the migrations say what the models say
	@$(RUN) makemigrations --check --dry-run --verbosity 1

templates: install-dev ## Check the format of the templates (make fix mends it), lint them
	@said=$$($(BIN)/djangofmt --check $(TEMPLATES) 2>&1) || { echo "$$said"; echo "Run: make fix"; exit 1; }
	@$(BIN)/djlint --quiet --lint $(TEMPLATES)

statics: install-dev ## Check the format of the style sheets (make fix mends it), lint the scripts
	@for sheet in static/*.css; do \
		$(CSS) $$sheet | cmp --silent - $$sheet || { echo "$$sheet: run make fix"; exit 1; }; \
	done
	@$(BIN)/oxlint --deny-warnings static

bench-ranking: install-dev ## Ask sets of questions (ARGS="folder …", each with queries.jsonl, corpus.jsonl, qrels.tsv)
	@$(BIN)/python -m benchmarks.questions $(ARGS)

bench: install-dev ## Measure (ARGS="corpus.jsonl.xz" for a corpus of your own)
	@$(BIN)/python -m benchmarks $(ARGS)

lock: $(STAMPS)/python ## Pin and lock the libraries anew after a change of requirements*.in
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes -o requirements.txt requirements.in
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes -o requirements-dev.txt requirements-dev.in

messages: install-dev ## Collect the interface's strings for translation, and compile them
	@$(RUN) makemessages --locale en --ignore .venv --ignore data --ignore fixtures --ignore tests --no-location
	@$(RUN) compilemessages --ignore .venv

clean: ## Remove what was set up (the archive in data/ stays)
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
