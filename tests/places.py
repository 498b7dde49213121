"""Paths in the checkout that tests read."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample_batch.bin"
REFERENCE = ROOT / "reference"
