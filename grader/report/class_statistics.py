"""Statistics of a class: its points by question, the time of its checks, what failed most.

They name no student.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from grader.labs.spec import LabSpec
from grader.report.class_row import class_rows
from grader.report.local_time import in_zone
from grader.report.part_statistics import PartStatistics, part_statistics
from grader.report.problems import problems
from grader.types import Report, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTime:
    """The seconds that one check took: in all, of the median and of the longest hand-in."""

    id: str
    hand_ins: int
    seconds: float
    median: float
    longest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A reason why a check did not pass, and the number of hand-ins with it."""

    check: str
    status: Status
    reason: str
    hand_ins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassStatistics:
    """The statistics of one class.

    `seconds` is the sum of all checks of all hand-ins, on however many machines at once; `began`
    and `ended` are the first and last time of a measurement, local time in `zone`, both empty
    without hand-ins. `times` has the longest check first, `failures` the most frequent reason.
    """

    lab: str
    title: str
    hand_ins: int
    zone: str
    began: str
    ended: str
    seconds: float
    parts: tuple[PartStatistics, ...]
    times: tuple[CheckTime, ...]
    failures: tuple[Failure, ...]


def class_statistics(reports: Sequence[Report], lab: LabSpec) -> ClassStatistics:
    """Return the statistics of a class that was graded by `lab`."""
    zone = lab.deadline.zone
    moments = sorted(in_zone(each.provenance.measured_at, zone) for each in reports)
    times = _times(reports)
    return ClassStatistics(
        lab=lab.name,
        title=lab.title,
        hand_ins=len(reports),
        zone=zone,
        began=moments[0] if moments else "",
        ended=moments[-1] if moments else "",
        seconds=sum(each.seconds for each in times),
        parts=part_statistics(reports),
        times=times,
        failures=tuple(
            Failure(check=each.check, status=each.status, reason=each.reason, hand_ins=each.count)
            for each in problems(class_rows(reports))
        ),
    )


def _times(reports: Sequence[Report]) -> tuple[CheckTime, ...]:
    taken: defaultdict[str, list[float]] = defaultdict(list)
    for report in reports:
        for each in report.measurements:
            if each.seconds > 0:  # a skipped check took no time
                taken[each.id].append(each.seconds)
    found = (
        CheckTime(
            id=id,
            hand_ins=len(seconds),
            seconds=sum(seconds),
            median=median(seconds),
            longest=max(seconds),
        )
        for id, seconds in taken.items()
    )
    return tuple(sorted(found, key=lambda each: (-each.seconds, each.id)))
