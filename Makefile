# What people and CI run. PYTHON chooses the interpreter: make test PYTHON=python3.13
PYTHON ?= python3
# Each interpreter has an environment of its own.
VENV ?= .venv$(if $(filter-out python3,$(PYTHON)),-$(notdir $(PYTHON)))
BIN = $(VENV)/bin
WORK = training/build
PACKAGES = $(WORK)/packages
# A folder of recorded notes for the training, and a trial instead of hours; see training/README.md.
SAMPLES ?=
QUICK ?=

.PHONY: demo demo-songs train-tiny test lint doc bench clean

demo: $(VENV)/.installed
	@echo "SMALL EMBEDDED models on songs made for this demo. Its figures say nothing about the"
	@echo "published AST."
	$(BIN)/python analyze_dsd100.py demo/DSD100 --model tiny
	$(BIN)/python analyze_moisesdb.py demo/moisesdb --model tiny
	@echo "These figures are of the small embedded models: they say nothing about the published AST."

demo-songs: $(VENV)/.installed-dev $(PACKAGES)/.installed
	$(BIN)/python -m training.speak $(WORK)/speech
	$(BIN)/python -m training.demo_songs demo --packages $(PACKAGES) --speech $(WORK)/speech \
	    $(if $(SAMPLES),--samples $(SAMPLES))

train-tiny: $(VENV)/.installed-dev $(if $(QUICK),,$(PACKAGES)/.installed)
	$(BIN)/python -m training $(WORK) $(if $(QUICK),--quick,--packages $(PACKAGES)) \
	    $(if $(SAMPLES),--samples $(SAMPLES))

test: lint
	$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

doc: $(VENV)/.installed-dev demo
	$(BIN)/python -m doc.make_pictures

bench: $(VENV)/.installed-dev
	$(BIN)/python -m bench.throughput

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	touch $@

$(PACKAGES)/.installed: training/package.json
	mkdir -p $(PACKAGES)
	cp $< $(PACKAGES)
	npm install --silent --no-audit --no-fund --prefix $(PACKAGES)
	touch $@

$(VENV)/.installed-dev: requirements.txt requirements-training.txt requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	touch $@ $(VENV)/.installed
