"""Latency per image on a device, beside the unpruned network in the same run."""

import numpy as np

from grader.devices.connection import Connection
from grader.devices.health import Health
from grader.devices.session import Programs, time_program
from grader.evaluators.latency import Timed, timing
from grader.evidence.device import DeviceHealth, DeviceTimingEvidence, HealthEvidence
from grader.evidence.latency import LatencyEvidence
from grader.evidence.record import written
from grader.types import Finding


def measure_latency_on_device(connection: Connection, programs: Programs) -> Finding:
    """Return the median milliseconds per image on one thread of the device.

    The evidence has p90 and p99.

    Raises the errors of `time_program`.
    """
    ran = time_program(connection, programs)
    times = ran.times
    timed = Timed(pruned=np.array(times.program), unpruned=np.array(times.unpruned))
    of_threads = timing(times.threads, timed)
    held_back = f"{connection.spec.name} was throttled in both measurements of latency"
    return Finding(
        value=of_threads.p50,
        unit="ms",
        evidence=written(
            DeviceTimingEvidence(measured_by=times.by, attempts=ran.attempts),
            LatencyEvidence(warm_up=times.warm_up, runs=len(times.program), threads=(of_threads,)),
            health_around(ran.before, ran.after),
        ),
        review=held_back if ran.throttled else None,
    )


def health_around(before: Health, after: Health) -> HealthEvidence:
    """The health of a device before and after a measurement, as evidence."""
    return HealthEvidence(health=(_looked(before), _looked(after)))


def _looked(health: Health) -> DeviceHealth:
    return DeviceHealth(
        temperature_c=health.temperature_c,
        throttled=health.throttled,
        governor=health.governor,
        clock_mhz=health.clock_mhz,
    )
