"""How fast a device is, by the times that it reports."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.devices import bench as benching
from grader.devices.bench import bench
from grader.devices.connection import Connection
from grader.devices.pool import DeviceSpec
from grader.devices.session import Programs, Timing
from grader.errors import Skip
from tests.devices.measured import timed

PI = DeviceSpec(name="pi")
PROGRAMS = Programs(program=Path("a.pte"), unpruned=Path("b.pte"), unpruned_sha256="ab")


@pytest.mark.parametrize("throttled", [False, True, None])
def test_percentiles_are_the_programs_and_the_speedup_is_that_of_both(
    monkeypatch: pytest.MonkeyPatch, throttled: bool | None
) -> None:
    """In milliseconds, with the board's two looks; what it does not tell stays unknown."""
    asked: list[str] = []

    def time_program(connection: Connection, programs: Programs) -> Timing:
        assert programs is PROGRAMS
        asked.append(connection.spec.name)
        return timed(throttled)

    monkeypatch.setattr(benching, "time_program", time_program)
    found = bench(PI, PROGRAMS)
    assert asked == ["pi"]
    assert (found.device, found.by, found.throttled) == ("pi", "executorch", throttled)
    times = found.latency
    assert (times.p50, times.p90, times.p99) == pytest.approx((5.5, 5.86, 5.941))
    assert (times.unpruned_p50, times.speedup) == pytest.approx((16.5, 3.0))
    assert (found.before.temperature_c, found.after.temperature_c) == (48.0, 51.0)


def test_the_connection_is_closed_where_nothing_can_be_timed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is raised goes on to whoever asked."""
    steps: list[str] = []

    @contextmanager
    def connect(spec: DeviceSpec) -> Iterator[str]:
        steps.append(f"open {spec.name}")
        try:
            yield "a connection"
        finally:
            steps.append("closed")

    def time_program(connection: str, _programs: Programs) -> Timing:
        steps.append(connection)
        raise Skip("pi has no ExecuTorch.")

    monkeypatch.setattr(benching, "connect", connect)
    monkeypatch.setattr(benching, "time_program", time_program)
    with pytest.raises(Skip, match="no ExecuTorch"):
        bench(PI, PROGRAMS)
    assert steps == ["open pi", "a connection", "closed"]
