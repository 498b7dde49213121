import json
from pathlib import Path

import pytest
import tomli_w
from pydantic import ValidationError

from grader.errors import GraderError
from grader.labs.kinds import as_network_lab, load_lab
from grader.labs.write_up_lab import WriteUpLab
from tests.labs.write_ups import CONTENT, write_up_lab


def test_a_file_of_this_kind_is_read_as_one(tmp_path: Path) -> None:
    """It is no lab of networks, and needs none of their tables."""
    path = tmp_path / "report.toml"
    path.write_text(tomli_w.dumps(json.loads(json.dumps(CONTENT))), encoding="utf-8")
    lab = load_lab(str(path))
    assert isinstance(lab, WriteUpLab)
    assert lab == write_up_lab()
    assert lab.sha256 != write_up_lab(title="Another").sha256
    with pytest.raises(GraderError, match="device-report"):
        as_network_lab(lab)


def test_there_is_no_formula() -> None:
    """An item of that kind is a fault of the file."""
    item = {"id": "part2", "title": "Part 2", "points": 45, "kind": "formula"}
    with pytest.raises(ValidationError, match="part2"):
        write_up_lab(items=[*CONTENT["items"], item])


def test_a_new_title_measures_nothing_again() -> None:
    """Other limits do."""
    lab = write_up_lab()
    assert lab.measured_sha256 == write_up_lab(title="Another").measured_sha256
    limits = {**CONTENT["limits"], "pdf_bytes": 1}
    assert lab.measured_sha256 != write_up_lab(limits=limits).measured_sha256
