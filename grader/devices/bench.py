"""How fast boards are: the unpruned network's latency on each, and another program's beside it."""

from dataclasses import dataclass

import numpy as np

from grader.devices.health import Health
from grader.devices.pool import DeviceSpec
from grader.devices.reach import connect
from grader.devices.session import Programs, time_program


@dataclass(frozen=True, slots=True, kw_only=True)
class Benched:
    """Milliseconds of one image on one thread of one board, and its health around it.

    `p50`, `p90` and `p99` are the program's, `unpruned_p50` the unpruned network's, `speedup` the
    median of the pairs' ratios. `by` says what measured, `throttled` whether the board was held
    back; None where it does not tell.
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


def bench(spec: DeviceSpec, programs: Programs) -> Benched:
    """Time the programs on one board; nothing else should run there.

    Raises `GraderError`, `Skip` where it has nothing to time with, `Lost` and `HarnessError`.
    """
    with connect(spec) as connection:
        timing = time_program(connection, programs)
    program, unpruned = np.array(timing.times.program), np.array(timing.times.unpruned)
    p50, p90, p99 = (float(np.percentile(program, each)) for each in (50, 90, 99))
    return Benched(
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
