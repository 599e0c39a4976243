# Two commands do all the set-up: `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
CUTTINGS := $(RUN)/cuttings
INSTALLED := $(VENV)/.installed

.PHONY: demo test check eval bench stress train clean

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Cuttings needs Python 3.11 or newer; say which with: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

# torch first, by itself: left to the resolver, it brings gigabytes of CUDA along.
$(INSTALLED): $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing what is pinned in constraints.txt (some minutes the first time)…"
	@$(RUN)/python -m pip install -q --disable-pip-version-check -c constraints.txt torch==2.13.0 2>&1 | { grep -v 'Location .* is ignored' || true; }
	@$(RUN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]' 2>&1 | { grep -v 'Location .* is ignored' || true; }
	@$(CUTTINGS) --version
	@touch $@

demo: $(INSTALLED)
	@CUTTINGS="$(CUTTINGS)" sh examples/demo.sh

test: $(INSTALLED)
	$(RUN)/python -m pytest -m "not slow" --cov --cov-report=term $(ARGS)

check: $(INSTALLED)
	$(RUN)/ruff check . && $(RUN)/ruff format --check . && $(RUN)/mypy

$(VENV)/.evaluating: $(INSTALLED)
	@$(RUN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[eval]' 2>&1 | { grep -v 'Location .* is ignored' || true; }
	@touch $@

eval: $(VENV)/.evaluating
	$(RUN)/python -m evals.retrieval && $(RUN)/python -m evals.answers && $(RUN)/python -m evals.seed
	$(RUN)/python -m evals.reading && $(RUN)/python -m evals.refusals
	$(RUN)/python -m evals.citation_check
	$(RUN)/python -m evals.follow_ups
	$(RUN)/python -m evals.report

bench: $(VENV)/.evaluating
	$(RUN)/python -m evals.ingest_speed && $(RUN)/python -m evals.question_speed
	$(RUN)/python -m evals.reading_speed
	$(RUN)/python -m evals.report

stress: $(VENV)/.evaluating
	$(RUN)/python -m evals.kills && $(RUN)/python -m evals.damage && $(RUN)/python -m evals.writers
	$(RUN)/python -m evals.malformed_http && $(RUN)/python -m evals.hostile_files
	$(RUN)/python -m evals.streaming
	$(RUN)/python -m evals.report

MINUTES ?= 100
train: $(INSTALLED)
	$(RUN)/python -m training.preparing && $(RUN)/python -m training.train --minutes $(MINUTES)
	$(RUN)/python -m training.export qa/weights

clean:
	rm -rf $(VENV) .demo-library
