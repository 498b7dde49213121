"""Latency of the unpruned network on each device, and of another program beside it."""

from dataclasses import dataclass

from grader.devices.health import Health
from grader.devices.pool import DeviceSpec
from grader.devices.reach import connect
from grader.devices.session import Programs, time_program
from grader.evidence.latency import Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchResult:
    """The latency of a program per image on one device, and the device's health before and after.

    `by` names the program that measured. `throttled` is None if the device does not report it.
    """

    device: str
    by: str
    latency: Timing
    before: Health
    after: Health
    throttled: bool | None


def bench(spec: DeviceSpec, programs: Programs) -> BenchResult:
    """Time the programs on one device; nothing else should run there.

    Raises `GraderError`, `ConnectionLost`, `HarnessError`, and `Skip` if the device has no program
    that can measure.
    """
    with connect(spec) as connection:
        timing = time_program(connection, programs)
    return BenchResult(
        device=spec.name,
        by=timing.times.by,
        latency=timing.times.latency,
        before=timing.before,
        after=timing.after,
        throttled=timing.throttled,
    )
