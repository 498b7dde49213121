"""A class on its boards: each hand-in that has come that far is measured on one of them."""

from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import TypeVar

from grader.devices.pool import DeviceSpec
from grader.errors import GraderError
from grader.evaluators.conditions import Conditions, Watch
from grader.evidence.device import DeviceEvidence
from grader.evidence.ids import DEVICE_LATENCY, RUNNER
from grader.evidence.run_check import skipped
from grader.fleet.fleet import Fleet, Patience, Waiting
from grader.fleet.pending import NEEDED, Task, answered, owed
from grader.types import Event, Measured, Measurement, Status

K = TypeVar("K")


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """The devices that a class is put on, and how long one that went away is waited for."""

    devices: tuple[DeviceSpec, ...] = ()
    patience: Patience = field(default_factory=Patience)


def put_on_devices(
    measured: Mapping[K, Measured], boards: Devices, conditions: Conditions, watch: Watch
) -> Generator[tuple[K, Measured], None, None]:
    """Put on boards what they owe each hand-in; yield its key and what is known of it, each time.

    That is once for each of `owed`, first ended first: whatever comes can be kept at once. All is
    timed before any of the hand-ins' own programs is run. What no board could do is an ERROR,
    beside whatever is known already. `watch` is called in this thread. Raises `GraderError` for
    what stops every hand-in.
    """
    from grader.fleet.device_run import DeviceRun  # torch: two seconds that only devices cost

    known = dict(measured)
    tasks: list[tuple[K, Task]] = []
    for id in (DEVICE_LATENCY, RUNNER):
        for key, each in measured.items():
            if id not in owed(each, conditions.lab):
                continue
            if each.passed(NEEDED):
                tasks.append((key, Task(measured=each, id=id)))
            else:
                yield key, answered(each, skipped(id, NEEDED, each.measurements))
    visit = DeviceRun(conditions=conditions)
    fleet: Fleet[tuple[K, Task], Measurement | None] = Fleet(
        devices=boards.devices,
        visit=lambda connection, item, tell: visit(connection, item[1], tell),
        hear=lambda told: watch(_event(told)),
        patience=boards.patience,
    )
    with closing(fleet.run(tasks)) as results:
        for came in results:
            if isinstance(came.error, GraderError):
                raise came.error
            key, task = came.item
            found = _broken(task.id, came.error, came.device) if came.error else came.result
            known[key] = answered(known[key], found) if found else known[key]
            yield key, known[key]


def _event(told: object) -> Event:
    if isinstance(told, Waiting):
        return Event(student="", step=f"waiting for {told.device}", done=0, of=1)
    assert isinstance(told, Event)
    return told


def _broken(id: str, error: Exception, device: str | None) -> Measurement:
    return Measurement(
        id=id,
        status=Status.ERROR,
        reason=f"The grader failed: {error}",
        help="This is not the hand-in's fault. Grade it again: only this is tried again.",
        evidence=DeviceEvidence(device=device).json(),
    )
