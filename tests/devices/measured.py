"""A timing as a device reports it, without a device."""

from grader.devices.health import Health, Throttling
from grader.devices.session import Timing
from grader.devices.times import Times


def look(throttled: bool | None = False, celsius: float | None = 48.0) -> Health:
    """The state of a device; None for one that does not report throttling."""
    now = ("frequency capped",) if throttled else ()
    told = None if throttled is None else Throttling(now=now, since_boot=())
    return Health(
        temperature_c=celsius,
        throttled=throttled,
        throttling=told,
        governor="performance",
        clock_mhz=1800.0,
        clocks=(),
    )


def timed(throttled: bool | None = False, attempts: int = 1, busy: bool = False) -> Timing:
    """Ten runs of about 5.5 ms (1 to 10 ms if busy), beside a network with three times as long."""
    step = 1.0 if busy else 0.1
    program = tuple(5.5 + step * (each - 4.5) for each in range(10))
    return Timing(
        times=Times(
            by="executorch",
            threads=1,
            warm_up=10,
            program=program,
            unpruned=tuple(3 * each for each in program),
        ),
        before=look(throttled),
        after=look(throttled, 51.0),
        attempts=attempts,
    )
