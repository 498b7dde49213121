"""A desk to receive hand-ins at."""

from pathlib import Path

import pytest

from grader.labs.spec import LabSpec, load_lab
from tests.intake.archives import Desk


@pytest.fixture(scope="session")
def lab() -> LabSpec:
    """The default lab."""
    return load_lab()


@pytest.fixture
def desk(tmp_path: Path, lab: LabSpec) -> Desk:
    """An empty inbox, and a work folder that is not there yet."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "one" / "two" / "three").mkdir(parents=True)
    return Desk(root=tmp_path, lab=lab)
