"""Whether a hand-in was late, and what that costs. Pure: times come in as data.

The due date is local time in the lab's zone, and so is every further day: with a due date of 23:55
the second day begins after 23:55 of the next, whatever the clocks were changed to in between.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from grader.labs.deadline import Deadline
from grader.types import Arrival, Grade, Lateness

DAY = timedelta(days=1)


def assess(deadline: Deadline, handed_in: Arrival | None) -> Lateness | None:
    """When the hand-in came beside when it was due; None where there is nothing to compare."""
    if handed_in is None or deadline.due is None:
        return None
    due = end_of_day(deadline, 0).astimezone(ZoneInfo(deadline.zone)).isoformat()
    if handed_in.submitted_at is None:
        return Lateness(punctuality="unknown", text=_unknown(handed_in), submitted_at=None, due=due)
    moment = datetime.fromisoformat(handed_in.submitted_at).replace(microsecond=0)
    days = days_late(deadline, moment)
    after = moment - end_of_day(deadline, 0)
    text = f"{format_span(after)} late" if after > timedelta(0) else "on time"
    if after > timedelta(0) and not days:
        text += f", within the {deadline.late.grace_minutes} minutes of grace"
    return Lateness(
        punctuality="late" if days else "on time",
        text=text,
        submitted_at=handed_in.submitted_at,
        due=due,
        days=days,
    )


def penalised(grade: Grade, late: Lateness | None, deadline: Deadline) -> Grade:
    """`grade` with what the lab's policy takes off its total, and the total without beside it.

    A total below zero has nothing that could be taken off, one that is not known stays unknown.
    """
    if late is None:
        return grade
    policy = deadline.late
    if late.punctuality == "unknown" and policy.policy != "none":
        review = (*grade.review, f"deadline: {late.text}")
        return replace(grade, lateness=late, review=review, needs_review=True)
    fraction = policy.fraction(late.days)
    if not fraction:
        return replace(grade, lateness=late)
    taken = f"{late.text}: {100 * fraction:g} %"
    if grade.total is None:
        return replace(grade, lateness=replace(late, text=f"{taken} of what it will come to"))
    penalty = max(grade.total, 0.0) * fraction
    shown = replace(
        late,
        text=f"{taken} of {grade.total:.2f} points",
        unpenalised=grade.total,
        penalty=penalty,
    )
    return replace(grade, total=grade.total - penalty, lateness=shown)


def days_late(deadline: Deadline, moment: datetime) -> int:
    """How many days have begun since the due date at `moment`; 0 up to the end of the grace.

    What is left of a second does not count: 23:55:00.5 is 23:55:00.
    """
    moment = moment.replace(microsecond=0)
    if moment <= end_of_day(deadline, 0) + timedelta(minutes=deadline.late.grace_minutes):
        return 0
    assert deadline.due is not None
    local = moment.astimezone(ZoneInfo(deadline.zone)).replace(tzinfo=None)
    days = max(1, (local - deadline.due) // DAY - 1)  # a zone may skip a day of the calendar
    while moment > end_of_day(deadline, days):
        days += 1
    return days


def end_of_day(deadline: Deadline, days: int) -> datetime:
    """The last moment, in UTC, at which a hand-in is `days` late and no more.

    Where the clock shows the time twice or not at all, the later reading counts.
    """
    assert deadline.due is not None
    zone = ZoneInfo(deadline.zone)
    local = deadline.due + days * DAY
    return max(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


def format_span(span: timedelta) -> str:
    """A length of time in its two largest units: `1 d 3 h`, `12 min 5 s`."""
    left = int(span.total_seconds())
    parts = []
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, left = divmod(left, seconds)
        parts += [f"{count} {unit}"] if count else []
    return " ".join(parts[:2]) or "less than a second"


def _unknown(handed_in: Arrival) -> str:
    says = f"; {handed_in.lms} calls it late" if handed_in.late else ""
    return f"nobody says when it was handed in{says}"
