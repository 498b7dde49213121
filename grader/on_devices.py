"""A class on its boards: each hand-in that has come that far is measured on one of them."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from grader.devices.fleet import Fleet, Patience
from grader.devices.pool import DeviceSpec
from grader.errors import GraderError
from grader.lab import LabSpec
from grader.pipeline import Conditions, Measured, Watch
from grader.types import Event, Measurement, Status
from grader.verdicts import skipped
from grader.visit import DEVICE_LATENCY, Visit, is_settled, runner_is_owed

K = TypeVar("K")
NEEDED = "accuracy.executorch"  # with it there is a program of ours to be timed


@dataclass(frozen=True, slots=True, kw_only=True)
class Boards:
    """The devices that a class is put on, and how long one that went away is waited for."""

    devices: tuple[DeviceSpec, ...] = ()
    patience: Patience = field(default_factory=Patience)


def is_owed(measured: Measured, lab: LabSpec) -> bool:
    """Whether there is something to be said of this hand-in on a board that none has said yet."""
    known = {each.id: each for each in measured.measurements}
    latency = known.get(DEVICE_LATENCY)
    if not measured.passed(NEEDED):
        return latency is None and NEEDED in known
    return latency is None or not is_settled(latency) or runner_is_owed(measured, lab)


def put_on_devices(
    measured: Mapping[K, Measured], boards: Boards, conditions: Conditions, watch: Watch
) -> Generator[tuple[K, Measured], None, None]:
    """Put each hand-in on a board; yield its key and what is known of it then, first ended first.

    What no board could do is an ERROR of `latency.device`, and the rest stays as it was. `watch` is
    called in this thread. Raises `GraderError` for what stops every hand-in.
    """

    def hear(told: object) -> None:
        assert isinstance(told, Event)
        watch(told)

    for key, each in measured.items():
        if not each.passed(NEEDED):
            yield key, _with_latency(each, skipped(DEVICE_LATENCY, NEEDED, each.measurements))
    visit = Visit(conditions=conditions)
    fleet: Fleet[tuple[K, Measured], Measured] = Fleet(
        devices=boards.devices,
        visit=lambda connection, item, tell: visit(connection, item[1], tell),
        hear=hear,
        patience=boards.patience,
    )
    for came in fleet.run((key, each) for key, each in measured.items() if each.passed(NEEDED)):
        if isinstance(came.error, GraderError):
            raise came.error
        key, before = came.item
        yield key, came.result or _with_latency(before, _broken(came.error, came.device))


def _with_latency(measured: Measured, latency: Measurement) -> Measured:
    rest = tuple(each for each in measured.measurements if each.id != DEVICE_LATENCY)
    return replace(measured, measurements=(*rest, latency))


def _broken(error: Exception | None, device: str | None) -> Measurement:
    return Measurement(
        id=DEVICE_LATENCY,
        status=Status.ERROR,
        reason=f"The grader failed: {error}",
        help="This is not the hand-in's fault. Grade it again: only this is tried again.",
        evidence={"device": device},
    )
