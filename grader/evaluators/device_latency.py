"""Latency per image on a device, beside the unpruned network in the same run."""

from grader.devices.connection import Connection
from grader.devices.health import Health
from grader.devices.session import Programs, time_program
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
    times, latency = ran.times, ran.times.latency
    held_back = f"{connection.spec.name} was throttled in both measurements of latency"
    return Finding(
        value=latency.p50,
        unit="ms",
        evidence=written(
            DeviceTimingEvidence(measured_by=times.by, attempts=ran.attempts),
            LatencyEvidence(warm_up=times.warm_up, runs=len(times.program), threads=(latency,)),
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
