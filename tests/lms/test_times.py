from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GraderError
from grader.lms.times import parse_time, read_times
from grader.types import Arrival
from tests.lms.people_sheets import JANE, sheet


def test_times_need_their_column(tmp_path: Path) -> None:
    """A sheet without a column of times is refused."""
    with pytest.raises(GraderError, match="time"):
        read_times(sheet(tmp_path, "ID,Name\nB1,Jane\n"), "UTC")


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2024-04-04 23:55:00", "2024-04-04T23:55:00+08:00"),
        ("2024-04-04T15:55:00Z", "2024-04-04T15:55:00+00:00"),
        ("2024-04-04 23:55:01 +0800", "2024-04-04T23:55:01+08:00"),
        ("2024-04-04 15:55:00 UTC", "2024-04-04T15:55:00+00:00"),
        ("Thursday, 4 April 2024, 11:55 PM", "2024-04-04T23:55:00+08:00"),
        ("Thursday, 4 April 2024, 23:55", "2024-04-04T23:55:00+08:00"),
        ("2024/04/04 23:55", "2024-04-04T23:55:00+08:00"),
        ("04/05/2024 23:55", None),
        ("yesterday", None),
        ("0001-01-01 10:00", None),
        ("2024-04-04", None),
        ("20240404", None),
        ("9999-12-31 23:59", None),
    ],
)
def test_times_as_lmss_write_them(cell: str, moment: str | None) -> None:
    """An ambiguous time, or one outside this century, is not read."""
    assert parse_time(cell, "Asia/Taipei") == moment


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 30)),
    st.sampled_from(["UTC", "Asia/Taipei", "America/New_York"]),
)
def test_a_time_reads_back_the_same(moment: datetime, zone: str) -> None:
    """In any time zone it is the same moment."""
    written = moment.replace(tzinfo=ZoneInfo(zone)).isoformat()
    read = parse_time(written, "Asia/Tokyo")
    assert read is not None
    assert datetime.fromisoformat(read) == datetime.fromisoformat(written)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Identifier,Full name,Time\nParticipant 101,Ann Other,2024-04-04 10:00\n", "names"),
        ("Student ID,Full name,Time\nB1,Ann Other,2024-04-04 10:00\n", "names"),
    ],
)
def test_a_contradicted_row_gives_no_time(tmp_path: Path, text: str, why: str) -> None:
    """A row with the same number or id and another name gives no time, and is listed."""
    times = read_times(sheet(tmp_path, text), "UTC")
    assert times.of("B1", JANE).submitted_at is None
    (line,) = times.unknown([("B1", JANE)])
    assert "B1" in line
    assert why in line


def test_whose_time_nobody_says_is_listed(tmp_path: Path) -> None:
    """With a sheet of times a hand-in that is not in it is unknown, and not beyond lateness."""
    times = read_times(sheet(tmp_path, "Student ID,Time\nB1,2024-04-04\n"), "UTC")
    assert times.of("P2", None) == Arrival()
    assert len(times.unread) == 1
    unknown = times.unknown([("B1", None), ("P2", None)])
    (line,) = unknown
    assert "(2): B1; P2" in line
