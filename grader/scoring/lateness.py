"""Decide if a hand-in is late, and apply the penalty. Pure: times and extensions are arguments.

The due date is local time in the lab's zone, and so is every further day: with a due date of 23:55
the second day begins after 23:55 of the next day, also if the clocks change in between.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from grader.labs.deadline import Deadline, LatePolicy
from grader.types import Arrival, Extension, Grade, Lateness

DAY = timedelta(days=1)
NO_EXTENSION = Extension()


def assess(
    deadline: Deadline, handed_in: Arrival | None, *, costs_points: bool = False
) -> Lateness | None:
    """Compare the submission time with the due date; return None if there is no due date or LMS.

    The student's extension moves the due date. Of the grace days that are left, the fewest that
    give the lowest penalty are used. If lateness `costs_points` of the lab, a hand-in on time is
    better than a late one without a penalty.
    """
    if handed_in is None or deadline.due is None:
        return None
    extension = handed_in.extension or NO_EXTENSION
    allowed = extended(deadline, extension)
    due = end_of_day(allowed, 0).astimezone(ZoneInfo(deadline.zone)).isoformat()
    if handed_in.submitted_at is None:
        return Lateness(
            punctuality="unknown",
            text=_unknown(handed_in),
            submitted_at=None,
            due=due,
            excused=extension.excused,
        )
    moment = datetime.fromisoformat(handed_in.submitted_at).replace(microsecond=0)
    late = 0 if extension.excused else days_late(allowed, moment)
    used = _grace_used(late, extension.grace_left, deadline.late, costs_points)
    said = Lateness(
        punctuality="late" if late > used else "on time",
        text="",
        submitted_at=handed_in.submitted_at,
        due=due,
        days=late - used,
        grace_used=used,
        excused=extension.excused and moment > end_of_day(deadline, 0),
    )
    return replace(said, text="; ".join(_statements(said, deadline, extension)))


def extended(deadline: Deadline, extension: Extension) -> Deadline:
    """Return `deadline` with the due date of a student who has `extension`: it is never earlier."""
    assert deadline.due is not None
    dues = [deadline.due, deadline.due + extension.days * DAY]
    if extension.until is not None:
        until = datetime.fromisoformat(extension.until).astimezone(ZoneInfo(deadline.zone))
        dues.append(until.replace(tzinfo=None))
    return deadline.model_copy(update={"due": max(dues)})


def _grace_used(late: int, left: int, policy: LatePolicy, costs_points: bool) -> int:
    """Return the fewest grace days that give the lowest penalty for so many late days."""

    def cost(used: int) -> tuple[float, bool, int]:
        return policy.fraction(late - used), costs_points and late > used, used

    return min(range(min(late, left) + 1), key=cost)


def _statements(late: Lateness, deadline: Deadline, extension: Extension) -> Iterator[str]:
    """Yield what a student reads about the time of the hand-in, each a whole statement."""
    assert late.submitted_at is not None
    moment = datetime.fromisoformat(late.submitted_at).replace(microsecond=0)
    after = moment - end_of_day(deadline, 0)
    if after <= timedelta(0):
        yield "on time"
        return
    allowed = extended(deadline, extension)
    has_more_time = late.excused or late.grace_used or allowed.due != deadline.due
    if not has_more_time:
        yield f"{format_span(after)} late"
    else:
        yield f"{format_span(after)} after the due date"
    if late.excused:
        yield "excused"
        return
    if allowed.due != deadline.due:
        yield f"extension to {allowed.due:%Y-%m-%d %H:%M}"
    if not late.days and not late.grace_used and moment > end_of_day(allowed, 0):
        yield f"within the grace period of {deadline.late.grace_minutes} min"
    if late.grace_used:
        left = extension.grace_left - late.grace_used
        yield f"grace days used: {late.grace_used}, left: {left} of {extension.grace_budget}"
    if late.days and has_more_time:
        yield f"days late: {late.days}"


def penalised(grade: Grade, late: Lateness | None, deadline: Deadline) -> Grade:
    """Return `grade` with the penalty of the lab's policy; the total before it is kept, too.

    A total below zero has no penalty; an unknown total stays unknown.
    """
    if late is None:
        return grade
    policy = deadline.late
    if late.punctuality == "unknown" and policy.policy != "none" and not late.excused:
        review = (*grade.review, f"deadline: {late.text}")
        return replace(grade, lateness=late, review=review, needs_review=True)
    fraction = policy.fraction(late.days)
    if not fraction:
        return replace(grade, lateness=late)
    taken = f"{late.text}; penalty {100 * fraction:g} %"
    if grade.total is None:
        return replace(grade, lateness=replace(late, text=f"{taken} of the final total"))
    penalty = max(grade.total, 0.0) * fraction
    shown = replace(
        late,
        text=f"{taken} of {grade.total:.2f} points",
        unpenalised=grade.total,
        penalty=penalty,
    )
    return replace(grade, total=grade.total - penalty, lateness=shown)


def days_late(deadline: Deadline, moment: datetime) -> int:
    """Return the number of days begun since the due date; 0 until the grace period ends.

    Fractions of a second do not count: 23:55:00.5 is 23:55:00.
    """
    moment = moment.replace(microsecond=0)
    if moment <= end_of_day(deadline, 0) + timedelta(minutes=deadline.late.grace_minutes):
        return 0
    assert deadline.due is not None
    local = moment.astimezone(ZoneInfo(deadline.zone)).replace(tzinfo=None)
    days = max(1, (local - deadline.due) // DAY - 1)  # a zone can skip a calendar day
    while moment > end_of_day(deadline, days):
        days += 1
    return days


def end_of_day(deadline: Deadline, days: int) -> datetime:
    """Return the last moment, in UTC, at which a hand-in is no more than `days` days late.

    If the clock shows that time twice or not at all, the later moment counts.
    """
    assert deadline.due is not None
    zone = ZoneInfo(deadline.zone)
    local = deadline.due + days * DAY
    return max(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


def format_span(span: timedelta) -> str:
    """Return a duration in its two largest units: `1 d 3 h`, `12 min 5 s`."""
    left = int(span.total_seconds())
    parts = []
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, left = divmod(left, seconds)
        parts += [f"{count} {unit}"] if count else []
    return " ".join(parts[:2]) or "less than a second"


def _unknown(handed_in: Arrival) -> str:
    says = f"; {handed_in.lms} marks it as late" if handed_in.late else ""
    return f"the submission time is unknown{says}"
