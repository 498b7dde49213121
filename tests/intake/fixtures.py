"""The lab, and an inbox to receive hand-ins from."""

from pathlib import Path

import pytest

from grader.labs.kinds import network_lab
from grader.labs.network_lab import NetworkLab
from tests.intake.archives import Bench


@pytest.fixture(scope="session")
def lab() -> NetworkLab:
    """The default lab."""
    return network_lab()


@pytest.fixture
def bench(tmp_path: Path, lab: NetworkLab) -> Bench:
    """An empty inbox, and a work folder that does not exist yet."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "one" / "two" / "three").mkdir(parents=True)
    return Bench(root=tmp_path, lab=lab)
