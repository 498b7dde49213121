# make grade: the class table of submissions/.  make test: lint, types, tests.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
INSTALLED := .venv/installed

.PHONY: grade test data examples repeat-last-stage clean

grade: $(INSTALLED)
	@$(BIN)/grader data fetch || echo "Going on with the sample."
	@$(BIN)/grader grade submissions

test: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest

data: $(INSTALLED)
	$(BIN)/grader data fetch

# The reference solution's last fine-tune again, from what the stage before it left.
repeat-last-stage: $(INSTALLED)
	$(BIN)/python -m reference data
	$(BIN)/python -m reference stage whole --run build/repeat
	$(BIN)/python -m reference plot --run build/repeat --out build/repeat/curve.png

examples: $(INSTALLED)
	$(BIN)/python submissions/make.py

clean:
	rm -rf .venv results

$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[test]'
	@touch $@
