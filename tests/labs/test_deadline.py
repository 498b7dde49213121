from datetime import datetime

import pytest

from grader.labs.deadline import Deadline


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"policy": "percent"}, "percent_per_day goes with"),
        ({"policy": "refuse", "percent_per_day": 5}, "percent_per_day goes with"),
        ({"policy": "none", "most_percent": 5}, "most_percent goes with"),
        ({"policy": "percent", "percent_per_day": 0}, "greater than 0"),
        ({"policy": "harsh"}, "Input should be"),
        ({"grace_minutes": -1}, "greater than or equal"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(table: dict[str, object], why: str) -> None:
    """What a lab file may not say of lateness is named."""
    with pytest.raises(ValueError, match=why):
        Deadline.model_validate({"due": datetime(2024, 4, 4, 23, 55), "zone": "UTC", "late": table})


def test_a_policy_needs_a_date() -> None:
    """Without a due date nothing could ever be late."""
    with pytest.raises(ValueError, match="needs a due date"):
        Deadline.model_validate({"zone": "UTC", "late": {"policy": "refuse"}})
