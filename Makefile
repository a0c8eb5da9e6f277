# What people and CI run. PYTHON chooses the interpreter: make test PYTHON=python3.13
PYTHON ?= python3
# Each interpreter has its own environment.
VENV ?= .venv$(if $(filter-out python3,$(PYTHON)),-$(notdir $(PYTHON)))
BIN = $(VENV)/bin
# The demo writes here. It compares with the results that are in the repository, and leaves them alone.
RESULTS = build/demo

.PHONY: demo verify test test-ranges lint doc bench performance fuzz clean

demo: $(VENV)/.installed
	@echo "The SMALL EMBEDDED models on songs that were made for this demo:"
	rm -rf $(RESULTS) && mkdir -p $(RESULTS)
	$(BIN)/python analyze_dsd100.py demo/DSD100 --model tiny --output $(RESULTS)/results_dsd100.csv
	$(BIN)/python analyze_moisesdb.py demo/moisesdb --model tiny --output $(RESULTS)/results_moises.csv
	@echo "These figures are of the small embedded models. They say nothing about the published AST."
	@code=0; for name in results_dsd100.csv results_moises.csv; do \
	    if cmp -s $(RESULTS)/$$name $$name; then echo "$$name: same as $(RESULTS)/$$name"; \
	    else echo "$$name: differs from $(RESULTS)/$$name"; code=1; fi; \
	done; \
	echo "Pages to open in a browser:"; for name in dsd100 moises; do \
	    $(BIN)/python computeaccuracy.py $(RESULTS)/results_$$name.csv \
	        --report $(RESULTS)/report_$$name.html > build/figures.txt || code=1; \
	done; exit $$code

# Whether the published models give their public figures here; fetches them (635 MB).
verify: $(VENV)/.installed
	mkdir -p build && $(BIN)/python -m AST.weights --verify --output build/verified.json

# Two processes with one thread each: most tests wait for Python to start.
test: lint
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 2

# The tests with versions that are not in requirements.txt but in the ranges of pyproject.toml, such as those of
# Hi-Audio's back-end. Python 3.10 to 3.12; four minutes for each line, and the installation.
test-ranges:
	mkdir -p build && grep -v -e '^-r' -e '^timm' -e '^torchvision' requirements-dev.txt > build/tools.txt
	@for versions in \
	    "numpy==1.26.4 timm==0.4.5 torch==2.11.0" \
	    "numpy==1.26.4 timm==1.0.31 torch==2.14.1"; do \
	    echo "== $$versions"; \
	    rm -rf build/ranges && $(PYTHON) -m venv build/ranges && \
	    build/ranges/bin/python -m pip install --quiet . $$versions --requirement build/tools.txt && \
	    OMP_NUM_THREADS=1 build/ranges/bin/python -m pytest --numprocesses 2 || exit 1; \
	done

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The pictures in doc/, from the demo's results, and the schema of --json; needs Chromium. Checks that figures,
# pictures and models fit.
doc: $(VENV)/.installed-dev demo
	$(BIN)/python -m doc.make_schema
	$(BIN)/python -m doc.make_pictures

bench: $(VENV)/.installed-dev
	$(BIN)/python -m bench.throughput

# The tables in doc/performance.md and doc/statistics.md; about an hour on two idle cores.
performance: $(VENV)/.installed-dev
	$(BIN)/python -m bench.throughput --write
	$(BIN)/python -m bench.precision --write
	$(BIN)/python -m bench.scaling --write
	OMP_NUM_THREADS=1 $(BIN)/python -m bench.windows --write
	$(BIN)/python -m bench.calls --write
	$(BIN)/python -m bench.cluster --write
	$(BIN)/python -m bench.ray_scale --write
	OMP_NUM_THREADS=1 $(BIN)/python -m bench.driver_scale --write
	$(BIN)/python -m bench.report_scale --write
	$(BIN)/python -m bench.coverage --write

# The tests of damaged files, with more of them: FUZZ_COUNT=5000 FUZZ_SEED=7 make fuzz
fuzz: $(VENV)/.installed-dev
	FUZZ_COUNT=$${FUZZ_COUNT:-3000} FUZZ_SEED=$${FUZZ_SEED:-$$(date +%s)} \
	    $(BIN)/python -m pytest tests/run/test_damaged_folder.py

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build *.egg-info

$(BIN)/python:
	$(PYTHON) AST/supported.py
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	touch $@

$(VENV)/.installed-dev: requirements.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	touch $@ $(VENV)/.installed
