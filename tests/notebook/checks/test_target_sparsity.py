from pathlib import Path

import pytest

from grader.sandbox.start import Isolation, best_isolation, bubblewrap_fault
from tests.notebooks.filled import honest
from tests.notebooks.points import measured, points

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(
        best_isolation() is not Isolation.BUBBLEWRAP, reason=f"no bubblewrap: {bubblewrap_fault()}"
    ),
]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.6", 5),
        ("15/25", 5),
        ("1 - 10 / 25", 5),
        ("0.61", 5),  # round(15.25) zeros
        ("math.ceil(14.2) / 25", 5),  # worked out in the sandbox
        ("0.4", 0),
        ("10/25", 0),
        ("60", 0),  # in percent: everything goes
        ("undefined", None),
        ("'0.6'", None),
        ("10.0**400", None),
    ],
)
def test_question_3_is_worked_out(tmp_path: Path, value: str, expected: float | None) -> None:
    """10 of 25 weights have to be left; what nobody can work out is a person's."""
    assert points(measured(tmp_path, honest().target(value).bytes()))["3"] == expected
