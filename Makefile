# Two targets for everybody: `make demo` shows the product, `make test` runs what CI runs.
PYTHON ?= python3
ENV := .venv
BIN := $(ENV)/bin
SUITE ?= scenarios/suites/cstr_predeployment.yaml
SOURCES := pyproject.toml $(shell find simulator plant_models scenarios -name '*.py' -o -name '*.yaml' -o -name '*.onnx' -o -name '*.csv' -o -name '*.j2')

.PHONY: demo test lint reproduce bench commission interop clean

# Exit code 1 means that a requirement failed: a finding, not an error of the demonstration.
demo: $(ENV)/.installed
	@$(BIN)/plantproof run $(SUITE); code=$$?; \
	case $$code in \
	  0) echo "exit code 0: every requirement passed" ;; \
	  1) echo "exit code 1: at least one requirement failed (a finding to read, not an error)" ;; \
	  *) echo "exit code $$code"; exit $$code ;; \
	esac

test: $(ENV)/.tools lint
	$(BIN)/python -m pytest -n 2

lint: $(ENV)/.tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# Trains every policy again and compares it, byte for byte, with the one that is shipped.
reproduce: $(ENV)/.installed
	$(BIN)/python -m plant_models.cstr.train --check
	$(BIN)/python -m plant_models.quadruple_tank.train --check

bench: $(ENV)/.installed $(ENV)/peers/.installed
	$(BIN)/python benchmarks/loop.py
	$(BIN)/python benchmarks/throughput.py --peers $(ENV)/peers/bin/python
	$(BIN)/python benchmarks/modbus.py
	$(BIN)/python benchmarks/transport.py
	$(BIN)/python benchmarks/monitors.py
	$(BIN)/python benchmarks/condenser.py
	$(BIN)/python benchmarks/falsification.py --peers $(ENV)/peers/bin/python
	$(BIN)/python benchmarks/resonance.py --peers $(ENV)/peers/bin/python
	$(BIN)/python benchmarks/rare.py

# Peers in an environment of their own; without it their published figures are used, and said to be.
$(ENV)/peers/.installed: benchmarks/peers/requirements.txt benchmarks/peers/requirements-alone.txt | $(ENV)/.python
	$(PYTHON) -m venv $(ENV)/peers
	-$(ENV)/peers/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/peers/requirements.txt && \
	  $(ENV)/peers/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r benchmarks/peers/requirements-alone.txt && touch $@

# Modbus clients that other people wrote, against `plantproof serve`.
interop: $(ENV)/.tools
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(ls dist/plantproof-*.whl)[interop]"
	bash tests/interop/install.sh $(ENV)/interop
	$(BIN)/python -m pytest -m interop tests/interop

# Measures the reactor again: after a change of its plant file, physics or policies.
commission: $(ENV)/.installed
	$(BIN)/plantproof commission plant_models/cstr/plant.yaml --force
	$(BIN)/plantproof commission benchmarks/plants/cstr_second/plant.yaml --force

$(ENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "plantproof needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 2; }
	$(PYTHON) -m venv $(ENV)
	@touch $@

# The wheel is what a user installs, so the wheel is what is shown.
$(ENV)/.installed: $(ENV)/.python $(SOURCES)
	rm -rf dist
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps dist/plantproof-*.whl
	$(BIN)/python -m pip install --quiet --disable-pip-version-check dist/plantproof-*.whl
	@touch $@

$(ENV)/.tools: $(ENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(ls dist/plantproof-*.whl)[test,lint]"
	@touch $@

clean:
	rm -rf $(ENV) dist
