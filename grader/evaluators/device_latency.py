"""How long one image takes on a board, beside the unpruned network in the same run."""

import numpy as np

from grader.devices.connection import Connection
from grader.devices.health import Health
from grader.devices.session import Programs, time_program
from grader.evaluators.latency import Timed, row
from grader.types import Finding, Json


def measure_latency_on_device(connection: Connection, programs: Programs) -> Finding:
    """Median milliseconds per image on one thread of the board; p90 and p99 as evidence.

    Raises as `time_program`.
    """
    timing = time_program(connection, programs)
    times = timing.times
    timed = Timed(pruned=np.array(times.program), unpruned=np.array(times.unpruned))
    of_threads = row(times.threads, timed)
    p50 = of_threads["p50"]
    assert isinstance(p50, float)
    held_back = f"{connection.spec.name} was throttled while the latency was measured, twice"
    return Finding(
        value=p50,
        unit="ms",
        evidence={
            "measured_by": times.by,
            "attempts": timing.attempts,
            "warm_up": times.warm_up,
            "runs": len(times.program),
            "threads": [of_threads],
            "health": [looked(timing.before), looked(timing.after)],
        },
        review=held_back if timing.throttled else None,
    )


def looked(health: Health) -> Json:
    """What a report says of one look at a board."""
    return {
        "temperature_c": health.temperature_c,
        "throttled": health.throttled,
        "governor": health.governor,
        "clock_mhz": health.clock_mhz,
    }
