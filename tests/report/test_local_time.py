import pytest

from grader.report.local_time import in_zone


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2024-04-04T16:30:00+00:00", "2024-04-05 00:30"),
        ("2024-04-04T16:30:59.9+08:00", "2024-04-04 16:30"),
        ("2024-04-04T16:30:00Z", "2024-04-05 00:30"),
        ("2024-04-04T16:30:00", "2024-04-04T16:30:00"),
        ("yesterday", "yesterday"),
    ],
)
def test_a_moment_is_in_the_labs_zone(moment: str, shown: str) -> None:
    """Without an offset, or without a time at all, the text stays as it is."""
    assert in_zone(moment, "Asia/Taipei") == shown
