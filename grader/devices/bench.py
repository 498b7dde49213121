"""Latency of the unpruned network on each device, and of another program beside it."""

from dataclasses import dataclass

import numpy as np

from grader.devices.health import Health
from grader.devices.pool import DeviceSpec
from grader.devices.reach import connect
from grader.devices.session import Programs, time_program


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchResult:
    """Milliseconds per image on one thread of one device, and its health before and after.

    `p50`, `p90` and `p99` belong to the program, `unpruned_p50` to the unpruned network; `speedup`
    is the median of the pairs' ratios. `by` names the program that measured. `throttled` is None
    if the device does not report it.
    """

    device: str
    by: str
    p50: float
    p90: float
    p99: float
    unpruned_p50: float
    speedup: float
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
    program, unpruned = np.array(timing.times.program), np.array(timing.times.unpruned)
    p50, p90, p99 = (float(np.percentile(program, each)) for each in (50, 90, 99))
    return BenchResult(
        device=spec.name,
        by=timing.times.by,
        p50=p50,
        p90=p90,
        p99=p99,
        unpruned_p50=float(np.median(unpruned)),
        speedup=float(np.median(unpruned / program)),
        before=timing.before,
        after=timing.after,
        throttled=timing.throttled,
    )
