"""Records on the disk."""

from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.experiments.record import SeedResult, read_record, write_record
from tests.experiments.results import seed_result
from tests.experiments.tiny import lab_experiment


def test_a_record_comes_back(tmp_path: Path) -> None:
    """With its numbers to the last bit."""
    result = seed_result(lab_experiment(), 4, 1 / 3)
    write_record(tmp_path / "a" / "b.json", result)
    assert read_record(tmp_path / "a" / "b.json", SeedResult) == result


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[]", b"\xff"])
def test_a_damaged_record_is_told(content: bytes, tmp_path: Path) -> None:
    """With its path, and what to do."""
    (tmp_path / "b.json").write_bytes(content)
    with pytest.raises(GraderError, match=r"b\.json") as error:
        read_record(tmp_path / "b.json", SeedResult)
    assert "Delete" in str(error.value.help)
