"""The two tables of the on-device lab, as its lab file describes them."""

import tomllib
from pathlib import Path

from grader.labs.write_up_table import WriteUpTable

CONTENT = tomllib.loads(Path(__file__).with_name("lab_tables.toml").read_text(encoding="utf-8"))
QUANTIZATION, PRUNING = (WriteUpTable.model_validate(each) for each in CONTENT["tables"])
