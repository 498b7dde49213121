"""An undisturbed run to compare with, and a function that starts graders; both once a module."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.fake_grader import Death
from tests.faults.running import DONE, Graders, class_of, results


@dataclass(frozen=True, slots=True, kw_only=True)
class Undisturbed:
    """The results of an undisturbed batch, and the number of lines in each phase."""

    class_: Path
    results: dict[str, object]
    lines: dict[str, int]


@pytest.fixture(scope="session")
def graders() -> Iterator[Graders]:
    """A starter of graders, without trouble of their own."""
    with Graders() as graders:
        yield graders


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, graders: Graders) -> Undisturbed:
    """Six hand-ins, graded in peace."""
    folder = tmp_path_factory.mktemp("undisturbed")
    class_ = class_of(folder / "in", 6, "measure sleep 0.02", "time sleep 0.01")
    counted = Death(moments=folder / "moments")
    ended = graders.grade(class_, folder / "out", counted.to_environment())
    assert ended.status == DONE, ended.said
    return Undisturbed(class_=class_, results=results(folder / "out"), lines=counted.counted())
