"""Lateness to the second in the lab's zone, and its penalty."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.labs.deadline import Deadline, LatePolicy
from grader.scoring.grade import grade
from grader.scoring.lateness import assess, days_late, end_of_day, format_span, penalised
from grader.types import Arrival, Grade
from tests.report.examples import LAB, passed

TAIPEI = Deadline(due=datetime(2024, 4, 4, 23, 55), zone="Asia/Taipei")
SECOND = timedelta(seconds=1)
ZONES = ("Asia/Taipei", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "Pacific/Apia")
DUE = st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1))
LATE_BY = st.integers(0, 400 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


def with_policy(deadline: Deadline = TAIPEI, **policy: object) -> Deadline:
    """The deadline with another policy for what is late."""
    return deadline.model_copy(update={"late": LatePolicy.model_validate(policy)})


def came(moment: datetime | None, *, late: bool | None = None) -> Arrival:
    """A hand-in that came at that moment."""
    at = moment.isoformat() if moment else None
    return Arrival(lms="canvas", lms_id="1", name="A", submitted_at=at, late=late)


def graded(total: float | None) -> Grade:
    """A grade of so many points."""
    return Grade(items=(), total=total, pending=0.0, needs_review=False)


def test_the_last_second_is_on_time_and_the_next_is_late() -> None:
    """23:55:00 in Taipei is 15:55:00 in UTC, whatever zone the LMS writes."""
    last = datetime(2024, 4, 4, 15, 55, tzinfo=UTC)
    for zone in map(ZoneInfo, ZONES):
        assert days_late(TAIPEI, last.astimezone(zone)) == 0
        assert days_late(TAIPEI, (last + SECOND).astimezone(zone)) == 1
    assert days_late(TAIPEI, last + timedelta(days=1)) == 1
    assert days_late(TAIPEI, last + timedelta(days=1) + SECOND) == 2


def test_a_part_of_a_second_is_not_late() -> None:
    """Half a second after 23:55:00 is on time."""
    half = datetime(2024, 4, 4, 15, 55, 0, 482_000, tzinfo=UTC)
    assert days_late(TAIPEI, half) == 0
    found = assess(TAIPEI, came(half))
    assert found is not None
    assert (found.punctuality, found.text) == ("on time", "on time")


@pytest.mark.parametrize(
    ("due", "zone", "hours"),
    [
        (datetime(2024, 3, 9, 23, 55), "America/New_York", 23),
        (datetime(2024, 11, 2, 23, 55), "America/New_York", 25),
        (datetime(2024, 4, 4, 23, 55), "Asia/Taipei", 24),
        (datetime(2011, 12, 29, 23, 55), "Pacific/Apia", 24),
    ],
)
def test_a_day_ends_at_the_same_time_of_the_clock(due: datetime, zone: str, hours: int) -> None:
    """If the clocks change, the first day of lateness has an hour less or more."""
    deadline = Deadline(due=due, zone=zone)
    assert end_of_day(deadline, 1) - end_of_day(deadline, 0) == timedelta(hours=hours)


def test_an_hour_that_is_shown_twice_counts_to_its_end() -> None:
    """01:30 comes twice when the clocks go back: the second is the deadline."""
    deadline = Deadline(due=datetime(2024, 11, 3, 1, 30), zone="America/New_York")
    assert end_of_day(deadline, 0) == datetime(2024, 11, 3, 6, 30, tzinfo=UTC)


@given(due=DUE, zone=st.sampled_from(ZONES), by=LATE_BY, grace=st.integers(0, 600))
def test_days_are_counted_without_gap_or_overlap(
    due: datetime, zone: str, by: timedelta, grace: int
) -> None:
    """N days late means after the end of day n - 1 and not after the end of day n."""
    deadline = with_policy(Deadline(due=due, zone=zone), grace_minutes=grace)
    moment = end_of_day(deadline, 0) + by
    days = days_late(deadline, moment)
    if by <= timedelta(minutes=grace):
        assert days == 0
    else:
        assert days >= 1
        assert moment <= end_of_day(deadline, days)
        assert days == 1 or moment > end_of_day(deadline, days - 1)


@given(
    total=st.floats(-50, 150),
    days=st.integers(0, 30),
    percent=st.floats(0.5, 100),
    most=st.floats(0.5, 100),
)
def test_a_penalty_stays_within_its_bounds(
    total: float, days: int, percent: float, most: float
) -> None:
    """It is at least 0 and at most the maximum, and the total before it is kept."""
    deadline = with_policy(policy="percent", percent_per_day=percent, most_percent=most)
    moment = end_of_day(deadline, days)
    found = penalised(graded(total), assess(deadline, came(moment)), deadline)
    assert found.total is not None
    assert found.lateness is not None
    if days == 0:
        assert found.total == total
        return
    assert found.lateness.unpenalised == total
    assert found.lateness.penalty is not None
    assert 0 <= found.lateness.penalty <= max(total, 0) * most / 100 + 1e-9
    assert found.total == total - found.lateness.penalty


def test_percent_for_each_day_begun() -> None:
    """Two days and a second at 10 percent cost 30 percent of what was earned."""
    deadline = with_policy(policy="percent", percent_per_day=10, most_percent=50)
    moment = end_of_day(deadline, 2) + SECOND
    found = penalised(graded(80.0), assess(deadline, came(moment)), deadline)
    assert found.total == pytest.approx(56.0)
    assert found.lateness is not None
    assert "2 d 1 s" in found.lateness.text
    assert "30 %" in found.lateness.text


def test_refusal_takes_everything_and_shows_what_it_was() -> None:
    """A refused hand-in has 0 points; the total before the penalty is kept."""
    deadline = with_policy(policy="refuse")
    found = penalised(graded(80.0), assess(deadline, came(end_of_day(deadline, 3))), deadline)
    assert found.total == 0.0
    assert found.lateness is not None
    assert found.lateness.unpenalised == 80.0


def test_grace_is_on_time_and_says_so() -> None:
    """Ten minutes of grace have no penalty; after them lateness counts from the due date."""
    deadline = with_policy(policy="percent", percent_per_day=10, grace_minutes=10)
    within = assess(deadline, came(end_of_day(deadline, 0) + timedelta(minutes=10)))
    assert within is not None
    assert (within.punctuality, within.days) == ("on time", 0)
    assert within.text.startswith("10 min late")
    assert "grace" in within.text
    assert days_late(deadline, end_of_day(deadline, 1)) == 1


def test_an_unknown_total_stays_unknown() -> None:
    """After an error of the grader the total stays unknown."""
    deadline = with_policy(policy="refuse")
    found = penalised(graded(None), assess(deadline, came(end_of_day(deadline, 1))), deadline)
    assert found.total is None
    assert found.lateness is not None
    assert found.lateness.penalty is None


@pytest.mark.parametrize("flag", [None, True])
def test_an_unknown_time_is_never_late(flag: bool | None) -> None:
    """It has no penalty even if the LMS marks it LATE, but needs review."""
    deadline = with_policy(policy="refuse")
    found = penalised(graded(80.0), assess(deadline, came(None, late=flag)), deadline)
    assert found.total == 80.0
    assert found.lateness is not None
    assert found.lateness.punctuality == "unknown"
    assert found.needs_review
    assert ("canvas" in found.review[-1]) is bool(flag)


def test_without_a_date_or_an_lms_nothing_is_said() -> None:
    """Without a due date or an arrival there is no lateness."""
    assert assess(TAIPEI, None) is None
    assert assess(Deadline(zone="UTC"), came(datetime(2024, 1, 1, tzinfo=UTC))) is None


def test_the_scorer_takes_lateness_off_the_total_only() -> None:
    """The items, and so the formula, show the points before the penalty."""
    lab = LAB.model_copy(update={"deadline": with_policy(policy="percent", percent_per_day=10)})
    report = passed("A1", 43.396277, 9311, 0.38)
    moment = came(end_of_day(lab.deadline, 1))
    on_time, late = (grade(lab, report.measurements, handed_in=each) for each in (None, moment))
    assert late.items == on_time.items
    assert on_time.total is not None
    assert late.total == pytest.approx(0.9 * on_time.total)
    assert replace(late, total=on_time.total, lateness=None) == on_time


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(microseconds=5), "less than a second"),
        (timedelta(seconds=61), "1 min 1 s"),
        (timedelta(days=2, minutes=3, seconds=9), "2 d 3 min"),
    ],
)
def test_spans_are_said_in_two_units(span: timedelta, said: str) -> None:
    """A duration has at most two units."""
    assert format_span(span) == said
