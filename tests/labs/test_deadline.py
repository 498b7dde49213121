from datetime import datetime

import pytest

from grader.labs.deadline import Deadline


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"policy": "percent"}, "percent_per_day"),
        ({"policy": "refuse", "percent_per_day": 5}, "percent_per_day"),
        ({"policy": "none", "most_percent": 5}, "most_percent"),
        ({"policy": "percent", "percent_per_day": 0}, "percent_per_day"),
        ({"policy": "harsh"}, r"late\.policy"),
        ({"grace_minutes": -1}, r"late\.grace_minutes"),
    ],
)
def test_an_invalid_policy_is_refused(table: dict[str, object], why: str) -> None:
    """The error names the wrong key."""
    with pytest.raises(ValueError, match=why):
        Deadline.model_validate({"due": datetime(2024, 4, 4, 23, 55), "zone": "UTC", "late": table})


def test_a_policy_needs_a_date() -> None:
    """Without a due date no hand-in can be late."""
    with pytest.raises(ValueError, match="due date"):
        Deadline.model_validate({"zone": "UTC", "late": {"policy": "refuse"}})
