"""Latency per image on a device, beside the unpruned network in the same run."""

import numpy as np

from grader.devices.connection import Connection
from grader.devices.health import Health
from grader.devices.session import Programs, time_program
from grader.evaluators.latency import Timed, row
from grader.types import Finding, Json


def measure_latency_on_device(connection: Connection, programs: Programs) -> Finding:
    """Return the median milliseconds per image on one thread of the device.

    The evidence has p90 and p99.

    Raises the errors of `time_program`.
    """
    timing = time_program(connection, programs)
    times = timing.times
    timed = Timed(pruned=np.array(times.program), unpruned=np.array(times.unpruned))
    of_threads = row(times.threads, timed)
    p50 = of_threads["p50"]
    assert isinstance(p50, float)
    held_back = f"{connection.spec.name} was throttled in both measurements of latency"
    return Finding(
        value=p50,
        unit="ms",
        evidence={
            "measured_by": times.by,
            "attempts": timing.attempts,
            "warm_up": times.warm_up,
            "runs": len(times.program),
            "threads": [of_threads],
            "health": [health_evidence(timing.before), health_evidence(timing.after)],
        },
        review=held_back if timing.throttled else None,
    )


def health_evidence(health: Health) -> Json:
    """Return the health of a device as a report shows it."""
    return {
        "temperature_c": health.temperature_c,
        "throttled": health.throttled,
        "governor": health.governor,
        "clock_mhz": health.clock_mhz,
    }
