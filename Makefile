# What people and CI run. PYTHON chooses the interpreter: make test PYTHON=python3.13
PYTHON ?= python3
# Each interpreter has an environment of its own.
VENV ?= .venv$(if $(filter-out python3,$(PYTHON)),-$(notdir $(PYTHON)))
BIN = $(VENV)/bin
DEMO = demo/random

.PHONY: demo test lint bench clean

demo: $(VENV)/.installed
	@echo "No trained model is part of this repository yet: the demo runs on RANDOM weights and"
	@echo "on synthetic tones. It shows that the suite works; its accuracy means nothing."
	$(BIN)/python -m bench.random_models $(DEMO)/models
	$(BIN)/python -m bench.synthetic_stems $(DEMO)
	$(BIN)/python analyze_dsd100.py $(DEMO)/DSD100 --restart --output $(DEMO)/results_dsd100.csv \
	    --model $(DEMO)/models/audio_mdl.pth \
	    --speech-model $(DEMO)/models/genre_rosamerica-vggish-audioset-1.pb
	$(BIN)/python analyze_moisesdb.py $(DEMO)/moisesdb --restart --output $(DEMO)/results_moises.csv \
	    --model $(DEMO)/models/audio_mdl.pth \
	    --speech-model $(DEMO)/models/genre_rosamerica-vggish-audioset-1.pb
	@echo "These figures come from random weights: they say nothing about AST."

test: lint
	$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.installed
	$(BIN)/python -m bench.throughput

clean:
	rm -rf $(VENV) $(DEMO) .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	touch $@

$(VENV)/.installed-dev: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	touch $@ $(VENV)/.installed
