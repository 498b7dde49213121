"""Lateness to the second in the lab's zone, and its penalty."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.labs.deadline import Deadline, LatePolicy
from grader.scoring.grade import grade
from grader.scoring.lateness import (
    assess,
    days_late,
    end_of_day,
    extended,
    format_span,
    penalised,
)
from grader.types import Arrival, Extension, Grade, Lateness
from tests.report.examples import LAB, passed

TAIPEI = Deadline(due=datetime(2024, 4, 4, 23, 55), zone="Asia/Taipei")
SECOND = timedelta(seconds=1)
ZONES = ("Asia/Taipei", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "Pacific/Apia")
DUE = st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1))
LATE_BY = st.integers(0, 400 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


def with_policy(deadline: Deadline = TAIPEI, **policy: object) -> Deadline:
    """The deadline with another policy for what is late."""
    return deadline.model_copy(update={"late": LatePolicy.model_validate(policy)})


def came(
    moment: datetime | None, *, late: bool | None = None, extension: Extension | None = None
) -> Arrival:
    """A hand-in that came at that moment."""
    at = moment.isoformat() if moment else None
    return Arrival(
        lms="canvas", lms_id="1", name="A", submitted_at=at, late=late, extension=extension
    )


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


def late_by(days: int, deadline: Deadline, extension: Extension) -> tuple[Grade, Lateness]:
    """The grade of 80 points of a student who came on that day, with an extension."""
    arrival = came(end_of_day(deadline, days), extension=extension)
    found = penalised(graded(80.0), assess(deadline, arrival), deadline)
    assert found.lateness is not None
    return found, found.lateness


TEN_PERCENT: dict[str, Any] = {"policy": "percent", "percent_per_day": 10}


def test_an_extension_moves_the_due_date_and_is_shown() -> None:
    """Of 3 days late 2 are allowed: one costs 10 percent; both numbers are in the text."""
    deadline = with_policy(**TEN_PERCENT)
    found, late = late_by(3, deadline, Extension(days=2))
    assert (found.total, late.days, late.due) == (72.0, 1, "2024-04-06T23:55:00+08:00")
    assert "extension to 2024-04-06 23:55" in late.text
    assert "days late: 1" in late.text
    within, late = late_by(2, deadline, Extension(days=2))
    assert (within.total, late.punctuality) == (80.0, "on time")
    assert "extension" in late.text


def test_an_extension_to_a_date_holds_in_any_zone_and_never_shortens() -> None:
    """18:00 in UTC is 02:00 of the next day in Taipei; an earlier date changes nothing."""
    until = extended(TAIPEI, Extension(until="2024-04-06T18:00:00+00:00"))
    assert until.due == datetime(2024, 4, 7, 2, 0)
    assert extended(TAIPEI, Extension(until="2024-04-01T00:00:00+08:00")) == TAIPEI
    both = Extension(days=1, until="2024-04-20T12:00:00+08:00")
    assert extended(TAIPEI, both).due == datetime(2024, 4, 20, 12)


def test_days_of_an_extension_end_at_the_same_time_of_the_clock() -> None:
    """Over a change of the clocks, too."""
    deadline = Deadline(due=datetime(2024, 3, 9, 23, 55), zone="America/New_York")
    moved = extended(deadline, Extension(days=1))
    assert moved.due == datetime(2024, 3, 10, 23, 55)
    assert end_of_day(moved, 0) == end_of_day(deadline, 1)


@pytest.mark.parametrize(
    ("policy", "days", "left", "used", "total"),
    [
        (TEN_PERCENT, 2, 3, 2, 80.0),  # all late days are covered
        (TEN_PERCENT, 3, 2, 2, 72.0),  # one is not
        ({**TEN_PERCENT, "most_percent": 20}, 5, 2, 0, 64.0),  # 3 days cost the same as 5
        ({**TEN_PERCENT, "most_percent": 20}, 5, 4, 4, 72.0),
        ({"policy": "refuse"}, 3, 2, 0, 0.0),  # it would be refused all the same
        ({"policy": "refuse"}, 3, 3, 3, 80.0),
        ({"policy": "none"}, 3, 3, 0, 80.0),  # lateness costs nothing
        (TEN_PERCENT, 0, 3, 0, 80.0),
    ],
)
def test_grace_days_are_used_only_where_they_help(
    policy: dict[str, Any], days: int, left: int, used: int, total: float
) -> None:
    """The fewest days that give the lowest penalty; the text says how many, and what is left."""
    deadline = with_policy(**policy)
    found, late = late_by(days, deadline, Extension(grace_budget=5, grace_left=left))
    assert (late.grace_used, late.days) == (used, days - used)
    assert found.total == pytest.approx(total)
    assert (f"used: {used}, left: {left - used} of 5" in late.text) is bool(used)


@given(days=st.integers(0, 40), left=st.integers(0, 40), percent=st.floats(1, 100))
def test_a_grace_budget_never_costs_more(days: int, left: int, percent: float) -> None:
    """No more days are used than are left, and no more than the hand-in is late."""
    deadline = with_policy(policy="percent", percent_per_day=percent)
    with_it, late = late_by(days, deadline, Extension(grace_budget=left, grace_left=left))
    without, _ = late_by(days, deadline, Extension())
    assert 0 <= late.grace_used <= min(days, left)
    assert with_it.total is not None
    assert without.total is not None
    assert with_it.total >= without.total


def test_an_excuse_costs_nothing_and_is_said() -> None:
    """Not even under refusal; an unknown time needs no review then."""
    deadline = with_policy(policy="refuse")
    found, late = late_by(9, deadline, Extension(excused=True, grace_budget=2, grace_left=2))
    assert (found.total, late.excused, late.grace_used) == (80.0, True, 0)
    assert "excused" in late.text
    in_time, late = late_by(0, deadline, Extension(excused=True))
    assert (in_time.total, late.excused, late.text) == (80.0, False, "on time")
    unknown = came(None, extension=Extension(excused=True))
    assert not penalised(graded(80.0), assess(deadline, unknown), deadline).needs_review


def test_grace_days_save_the_points_for_the_time() -> None:
    """A lab without a penalty, but with an item for being on time, uses them too."""
    arrival = came(end_of_day(TAIPEI, 2), extension=Extension(grace_budget=2, grace_left=2))
    found = assess(TAIPEI, arrival, costs_points=True)
    assert found is not None
    assert (found.punctuality, found.grace_used) == ("on time", 2)
    other = assess(TAIPEI, arrival)
    assert other is not None
    assert (other.punctuality, other.grace_used) == ("late", 0)


def test_what_could_not_be_read_of_an_extension_is_for_a_person() -> None:
    """The hand-in needs review, with the message about the sheet."""
    arrival = came(end_of_day(TAIPEI, 0), extension=Extension(unread="line 3: “two”"))
    report = passed("A1", 43.396277, 9311, 0.38)
    found = grade(LAB, report.measurements, handed_in=arrival)
    assert found.needs_review
    assert any("line 3" in why for why in found.review)
