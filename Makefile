# `make` prints what there is. Everything happens in a virtual environment in $(VENV), made from the lock files in requirements/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Arguments for the command behind a target, e.g. make test ARGS="-k offsets".
ARGS ?=
# The first Python that is new enough; name another one with make PYTHON=/path/to/python3.12 ...
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

RUN := $(VENV)/run.stamp
DEV := $(VENV)/dev.stamp
# An environment for development does for running as well.
ANY := $(if $(wildcard $(DEV)),$(DEV),$(RUN))

REPORT ?= out/report.html
# Arguments for the fuzzer, e.g. make fuzz FUZZ="--only webvtt srt --seed 7".
FUZZ ?=
FUZZ_S ?= 600

RECIPE ?= models/recipes/culture-en-corpus.toml
CURVE ?= models/recipes/tfidf.toml
# The released model comes last: its card compares the others.
COMPARED := tfidf-corpus tfidf culture-en-corpus culture-en-small

##@ Use
run: $(ANY) ## set up what is needed (no torch), show the sample teams' culture beside the truth, then serve them until Ctrl-C (ARGS=--once: don't)
	@mkdir -p $(dir $(REPORT))
	$(BIN)/python -m tools.show_samples --html $(REPORT) $(ARGS)

##@ Develop
test: $(DEV) ## set up everything and run all tests, a small real training included
	$(BIN)/python -m pytest $(ARGS)

check: lint test ## all that CI checks: lint, then all tests (the wheel's among them)

lint: $(DEV) ## format, lint, types and import contracts
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(DEV) ## bring the code into the house's format
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

fuzz: $(DEV) ## 10 million bytes of mutated samples through every reader, then the property tests with 5,000 inputs each
	$(BIN)/python -m tools.fuzz_reading $(FUZZ)
	$(BIN)/python -m pytest -m hypothesis --hypothesis-profile=fuzz $(ARGS)

fuzz-service: $(DEV) ## schemathesis over the whole OpenAPI document of a running service, FUZZ_S seconds on each database
	CS_NLP_FUZZ_S=$(FUZZ_S) $(BIN)/python -m pytest tests/service/reading/test_fuzz.py $(ARGS)

train: $(DEV) ## train a model from the project's own corpus alone, into models/ (or from another RECIPE=...)
	$(BIN)/cs-nlp train $(RECIPE) --out models/$(basename $(notdir $(RECIPE))) $(ARGS)

teacher: $(DEV) ## assemble all-mpnet-base-v2, fine-tune it and keep its answers in models/taught/ (an hour; needs the shared reference data)
	$(BIN)/python -m tools.get_teacher
	$(BIN)/cs-nlp teach models/recipes/culture-en-teacher.toml $(ARGS)

notebooks: $(DEV) ## execute the notebooks with the live model and save them in place, outputs included
	$(BIN)/python -m tools.run_notebooks $(ARGS)

compare: $(DEV) ## train all the models that the model card compares, into out/study/ (needs the shared reference data)
	for name in $(COMPARED); do $(BIN)/cs-nlp train models/recipes/$$name.toml --out out/study/$$name $(ARGS) || exit 1; done

learning-curve: $(DEV) ## what twice the data brings: train CURVE=... on parts of the real data, write models/README.md (needs the shared reference data)
	$(BIN)/python -m tools.learning_curve $(CURVE) --write $(ARGS)

study: $(DEV) ## measure prevalence and intervals on real text, write docs/study.md (needs the shared reference data; 15 minutes)
	$(BIN)/python -m tools.study $(ARGS)

bench: $(DEV) ## measure speed and memory of scoring against a transformers pipeline
	$(BIN)/python -m tools.bench $(ARGS)

bench-store: $(DEV) ## fill a database with a million made-up statements and measure how long a team's series takes to read
	$(BIN)/python -m tools.bench_store $(ARGS)

bench-service: $(DEV) ## measure the service under load: a server process, and this one as its client
	$(BIN)/python -m tools.bench_service $(ARGS)

lock: $(DEV) ## resolve the dependencies anew and write requirements/*.lock
	$(PIP) install --quiet "uv>=0.9,<1"
	$(BIN)/python -m tools.lock

wheel: $(DEV) ## build the wheel into dist/
	$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@ls -l dist/*.whl

clean: ## remove the virtual environment, results and caches
	@if [ -e "$(VENV)/pyvenv.cfg" ]; then rm -rf "$(VENV)"; fi
	rm -rf out dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

help:
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- set-up; the stamps make it happen again only when what it depends on has changed ----

$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "cs_nlp needs Python 3.11 or newer, but python3 is: $$(python3 --version 2>&1)." >&2; \
	  echo "Install one, or name the one you have: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; }
	@if [ -e "$(VENV)/pyvenv.cfg" ]; then rm -rf "$(VENV)"; fi
	"$(PYTHON)" -m venv "$(VENV)"

$(RUN): requirements/run.lock pyproject.toml hatch_build.py | $(BIN)/python
	@echo "Setting up $(VENV) with $$(grep -c '^[a-z]' $<) packages for scoring and the service (no torch). This happens once."
	$(PIP) install -r $<
	$(PIP) install --no-deps -e .
	@touch $@

$(DEV): requirements/dev.lock pyproject.toml hatch_build.py | $(BIN)/python
	@echo "Setting up $(VENV) with $$(grep -c '^[a-z]' $<) packages for training and tests, torch among them. This happens once."
	$(PIP) install -r $<
	$(PIP) install --no-deps -e .
	@touch $@

.PHONY: run test check lint format fuzz fuzz-service train teacher notebooks compare learning-curve study bench bench-store bench-service lock wheel clean help
