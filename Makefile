# make grade: the class table of submissions/.  make test: lint, types, tests.  make fuzz: attacks
# without end.  make bench: every claim of speed, beside others.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
INSTALLED := .venv/installed

FUZZ_MINUTES ?= 10
CHECKPOINTS ?= reference/solution/model/mobilenet.pth
TEST_BATCH ?= data/test_batch.bin

.PHONY: grade test fuzz bench data examples repeat-last-stage clean

grade: $(INSTALLED)
	@$(BIN)/grader data fetch || echo "Going on with the sample."
	@$(BIN)/grader grade submissions

test: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder --durations 12

# What fails is kept below build/fuzz/, and tried first the next time.
fuzz: $(INSTALLED)
	$(BIN)/python -m tests.fuzz --minutes $(FUZZ_MINUTES)

# Unpickles the checkpoints as the lab does: only files that you trust.
bench: $(INSTALLED) data
	$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[bench]'
	$(BIN)/python -m benchmarks $(TEST_BATCH) $(CHECKPOINTS)

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
