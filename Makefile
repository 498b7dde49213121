# make grade: grade submissions/.  make test: lint, types, tests.  make fuzz: fuzz tests for
# FUZZ_MINUTES.  make bench: every claim of speed, compared with other tools.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
INSTALLED := .venv/installed
# The releases of constraints.txt; the package's own ranges are wide.
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt

FUZZ_MINUTES ?= 10
TEST_PROCESSES ?= $(shell $(PYTHON) -c 'import os; print(1 + (os.cpu_count() or 1))')
CHECKPOINTS ?= reference/solution/model/mobilenet.pth
TEST_BATCH ?= data/test_batch.bin
EXAMPLES := build/examples

.PHONY: grade test fuzz bench data examples repeat-last-stage clean

grade: $(INSTALLED)
	@$(BIN)/grader data fetch || echo "The sample is used instead."
	@$(BIN)/grader grade submissions --out $(EXAMPLES)

# One process more than there are processors: tests wait for timeouts and for each other's children.
# Every process of the tests imports the same modules, so compiled ones are kept.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder --durations 12

# Failing inputs are stored in build/fuzz/, and run first the next time.
fuzz: $(INSTALLED)
	$(BIN)/python -m tests.fuzz --minutes $(FUZZ_MINUTES)

# Unpickles the checkpoints as the lab does: use only files that you trust.
bench: $(INSTALLED) data
	$(INSTALL) --editable '.[bench]'
	$(BIN)/python -m benchmarks $(TEST_BATCH) $(CHECKPOINTS)

data: $(INSTALLED)
	$(BIN)/grader data fetch

# Repeat the last fine-tuning of the reference solution, from the result of the stage before it.
repeat-last-stage: $(INSTALLED)
	$(BIN)/python -m reference data
	$(BIN)/python -m reference stage whole --run build/repeat
	$(BIN)/python -m reference plot --run build/repeat --out build/repeat/curve.png

examples: $(INSTALLED)
	$(BIN)/python submissions/make.py

clean:
	rm -rf .venv $(EXAMPLES)

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear .venv
	$(INSTALL) --editable '.[executorch,test]'
	@touch $@
