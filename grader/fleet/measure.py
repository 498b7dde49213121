"""Measures the hand-ins of a class on devices."""

from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import TypeVar

from grader.devices.pool import DeviceSpec
from grader.errors import GraderError
from grader.evaluators.conditions import NetworkConditions, Watch
from grader.evidence.device import DeviceEvidence
from grader.evidence.ids import DEVICE_LATENCY, RUNNER
from grader.evidence.run_check import skipped
from grader.fleet.fleet import Fleet, ReconnectPolicy, WaitingForDevice
from grader.fleet.pending import REQUIRED, Task, pending_measurements, with_result
from grader.types import Event, Measured, Measurement, Status

K = TypeVar("K")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassDevices:
    """The devices that measure a class, and how connections to them are retried."""

    devices: tuple[DeviceSpec, ...] = ()
    reconnect: ReconnectPolicy = field(default_factory=ReconnectPolicy)


def measure_on_devices(
    measured: Mapping[K, Measured],
    devices: ClassDevices,
    conditions: NetworkConditions,
    watch: Watch,
) -> Generator[tuple[K, Measured], None, None]:
    """Make the pending measurements of the hand-ins on devices.

    Yields the key of a hand-in and its updated record after each measurement, in the order in which
    they finish, so that each can be saved at once. All latencies are measured before any handed-in
    runner is started. A measurement that no device could make is an ERROR, merged with the known
    results. `watch` is called in this thread. Raises `GraderError` for a fault that stops every
    hand-in.
    """
    # It imports torch (two seconds), which only runs with devices need.
    from grader.fleet.device_run import DeviceRun

    known = dict(measured)
    tasks: list[tuple[K, Task]] = []
    for id in (DEVICE_LATENCY, RUNNER):
        for key, each in measured.items():
            if id not in pending_measurements(each, conditions.lab):
                continue
            if each.passed(REQUIRED):
                tasks.append((key, Task(measured=each, id=id)))
            else:
                yield key, with_result(each, skipped(id, REQUIRED, each.measurements))
    device_run = DeviceRun(conditions=conditions)
    fleet: Fleet[tuple[K, Task], Measurement | None] = Fleet(
        devices=devices.devices,
        run_task=lambda connection, item, tell: device_run(connection, item[1], tell),
        on_news=lambda news: watch(_event(news)),
        reconnect=devices.reconnect,
    )
    with closing(fleet.run(tasks)) as results:
        for done in results:
            if isinstance(done.error, GraderError):
                raise done.error
            key, task = done.item
            found = _broken(task.id, done.error, done.device) if done.error else done.result
            known[key] = with_result(known[key], found) if found else known[key]
            yield key, known[key]


def _event(news: object) -> Event:
    if isinstance(news, WaitingForDevice):
        return Event(student="", step=f"waiting for {news.device}", done=0, of=1)
    assert isinstance(news, Event)
    return news


def _broken(id: str, error: Exception, device: str | None) -> Measurement:
    return Measurement(
        id=id,
        status=Status.ERROR,
        reason=f"The grader failed: {error}",
        help="This is not the hand-in's fault. Grade it again: only this is tried again.",
        evidence=DeviceEvidence(device=device).json(),
    )
