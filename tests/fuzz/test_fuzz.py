"""A minute of fuzzing, the same in every run; `make fuzz` goes on from there."""

from pathlib import Path

import pytest

from tests.fuzz.target import FOUND, Target, suite_profile, try_many, try_once
from tests.fuzz.targets import TARGETS


@pytest.fixture(autouse=True)
def able(target: Target) -> None:
    """Skip what this machine cannot run."""
    if reason := target.missing():
        pytest.skip(reason)


@pytest.mark.slow
@pytest.mark.system
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_hostile_inputs_get_a_typed_answer(target: Target) -> None:
    """Whatever is made for a target, its promise holds."""
    try_many(target, suite_profile(target))


def _found() -> list[object]:
    return [
        pytest.param(target, path, id=f"{target.name}-{path.name}")
        for target in TARGETS
        for path in sorted((FOUND / target.name).glob("*"))
    ]


@pytest.mark.system
@pytest.mark.parametrize(("target", "path"), _found())
def test_what_once_failed_fails_no_more(target: Target, path: Path) -> None:
    """Every input that fuzzing has found is tried again."""
    try_once(target, path.read_bytes())
