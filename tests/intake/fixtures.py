"""The lab, and an inbox to receive hand-ins from."""

from pathlib import Path

import pytest

from grader.labs.spec import LabSpec, load_lab
from tests.intake.archives import Bench


@pytest.fixture(scope="session")
def lab() -> LabSpec:
    """The default lab."""
    return load_lab()


@pytest.fixture
def bench(tmp_path: Path, lab: LabSpec) -> Bench:
    """An empty inbox, and a work folder that does not exist yet."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "one" / "two" / "three").mkdir(parents=True)
    return Bench(root=tmp_path, lab=lab)
