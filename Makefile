# Everything goes through here: people and CI run the same commands.
# `make demo` and `make test` set up all they need from nothing; the second time that costs nothing.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: help setup demo test check lint fmt bench docs clean

help:    ## what can be made
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/: .*## /	/' | expand -t 12

setup: $(READY) ## the virtual environment, with exactly the versions of constraints.txt

$(READY): pyproject.toml constraints.txt
	@echo "Setting up $(VENV). PyTorch is large: the first time this takes a minute or several."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
		--editable '.[digits,export,search,serve,watch]' --group dev
	@# Without their dependencies: some builds of torchvision ask for a torch with CUDA, and would replace the one just
	@# installed; what else timm asks for, it needs only to download weights, which paribus does itself. Of
	@# axe-playwright-python the tests use the script inside, axe-core, which asks for nothing.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --constraint constraints.txt \
		torchvision timm axe-playwright-python
	@touch $@

demo: $(READY) ## a study of 4 arms x 8 seeds on drawn house numbers: verdicts, and demo/report.html
	@mkdir -p demo && cp examples/demo.toml demo/demo.toml
	$(BIN)/paribus run demo/demo.toml --report demo/report.html

test: $(READY) ## all the tests, files side by side
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: $(READY) ## ruff, mypy, the layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config layers.toml --no-logo

check: lint $(if $(TESTED),,test) ## what CI runs

fmt: $(READY) ## mend the format and what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## speed, as ratios against the bare loop and against others in the same run
	@test -d build/kornia || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--target build/kornia kornia==0.8.3 kornia-rs==0.1.9
	$(BIN)/python benchmarks/augment.py
	$(BIN)/python benchmarks/step.py
	$(BIN)/python benchmarks/layouts.py
	$(BIN)/python benchmarks/sweep.py
	$(BIN)/python benchmarks/data.py
	$(BIN)/python benchmarks/report.py
	$(BIN)/python benchmarks/watch.py

docs: $(READY) ## checks that what the documents show is what the program prints
	$(BIN)/python -m pytest tests/docs

clean: ## removes what was made here, the demo and its ledger too
	rm -rf $(VENV) demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
