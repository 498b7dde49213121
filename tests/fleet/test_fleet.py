"""Devices that share a queue: this machine, loopback servers, or an address without a server."""

import threading
from collections.abc import Callable

import pytest

from grader.devices.connection import Command, Connection, ConnectionLost
from grader.devices.pool import DeviceSpec
from grader.errors import HarnessError
from grader.fleet.fleet import (
    Compromised,
    Declined,
    Fleet,
    ReconnectPolicy,
    TaskResult,
    WaitingForDevice,
)
from grader.fleet.queue import MAX_LOSSES
from tests.devices.loopback_device import LoopbackDevice

HERE = (DeviceSpec(name="first"), DeviceSpec(name="second"))
AWAY = DeviceSpec(name="away", address="ssh://nobody@127.0.0.1:9")  # the port of discard
SHORT = ReconnectPolicy(give_up_seconds=0.2, interval_seconds=0.02)

Tell = Callable[[object], None]
DeviceRun = Callable[[Connection, int, Tell], int]

pytestmark = pytest.mark.system


def double(connection: Connection, item: int, tell: Tell) -> int:
    """Twice the item, worked out on the device."""
    tell(item)
    command = Command(arguments=("sh", "-c", f"echo $((2 * {item}))"), seconds=30)
    return int(connection.run(command).output)


def come(
    run_task: DeviceRun, *devices: DeviceSpec, items: int = 6, on_news: Tell = lambda _told: None
) -> list[TaskResult[int, int]]:
    """What came of the items from 0 on."""
    fleet = Fleet(devices=devices, run_task=run_task, on_news=on_news, reconnect=SHORT)
    return sorted(fleet.run(range(items)), key=lambda done: done.item)


@pytest.mark.parametrize("devices", [1, 2])
def test_every_task_is_done_once(devices: int) -> None:
    """Two devices give what one gives, and everything they tell is heard."""
    heard: list[object] = []
    found = come(double, *HERE[:devices], on_news=heard.append)
    assert [(each.item, each.result, each.error) for each in found] == [
        (item, 2 * item, None) for item in range(6)
    ]
    assert sorted(map(str, heard)) == [str(item) for item in range(6)]


def test_a_device_runs_one_task_at_a_time() -> None:
    """Two devices are at work at once, and neither on two pieces."""
    together = threading.Barrier(2, timeout=30)
    busy: set[str] = set()

    def run_task(connection: Connection, item: int, _tell: Tell) -> int:
        assert connection.spec.name not in busy
        busy.add(connection.spec.name)
        together.wait()
        busy.discard(connection.spec.name)
        together.wait()
        return item

    found = come(run_task, *HERE)
    assert {each.device for each in found} == {"first", "second"}
    assert not any(each.error for each in found)


def test_what_a_lost_device_was_at_goes_to_another() -> None:
    """The task is done by another device, although the first never returns."""
    lost: list[int] = []

    def run_task(connection: Connection, item: int, _tell: Tell) -> int:
        if connection.spec.name == "first" and not lost:
            lost.append(item)
            raise ConnectionLost("first: the connection broke")
        return item

    found = come(run_task, *HERE)
    assert [each.result for each in found] == list(range(6))
    assert len(lost) == 1


def test_a_lost_device_goes_on_when_it_is_back() -> None:
    """A single device repeats the lost task."""
    seen: list[int] = []

    def run_task(_connection: Connection, item: int, _tell: Tell) -> int:
        seen.append(item)
        if len(seen) == 2:
            raise ConnectionLost("first: the connection broke")
        return item

    assert [each.result for each in come(run_task, HERE[0], items=3)] == [0, 1, 2]
    assert seen == [0, 1, 1, 2]


def test_a_device_that_restarts_in_the_middle_goes_on(own_ssh_device: LoopbackDevice) -> None:
    """A real one: what it was at is done again once it answers, and nothing is lost."""
    restarted: list[int] = []

    def run_task(connection: Connection, item: int, tell: Tell) -> int:
        if item == 1 and not restarted:
            restarted.append(item)
            own_ssh_device.kill()
            own_ssh_device.start()
        return double(connection, item, tell)

    found = come(run_task, own_ssh_device.spec(), items=3)
    assert [(each.result, each.device) for each in found] == [(0, "own"), (2, "own"), (4, "own")]
    assert restarted == [1]


def test_a_task_that_loses_devices_is_given_up() -> None:
    """After two losses it is an error that names the last device; the others are done."""

    def run_task(_connection: Connection, item: int, _tell: Tell) -> int:
        if item == 1:
            raise ConnectionLost("the device is gone")
        return item

    good, bad, *rest = come(run_task, HERE[0], items=4)
    assert [each.result for each in (good, *rest)] == [0, 2, 3]
    assert isinstance(bad.error, HarnessError)
    assert str(MAX_LOSSES) in str(bad.error)
    assert bad.device == "first"


def test_a_task_that_fails_stops_nothing() -> None:
    """Any other error is that piece's alone, and the device goes on."""

    def run_task(_connection: Connection, item: int, _tell: Tell) -> int:
        return 1 // item

    broken, *rest = come(run_task, HERE[0], items=3)
    assert isinstance(broken.error, ZeroDivisionError)
    assert [each.result for each in rest] == [1, 0]


def test_devices_that_stay_away_leave_their_work_undone_with_the_reason() -> None:
    """Each task has an error with the reason."""
    found = come(double, AWAY, items=2)
    assert [each.device for each in found] == [None, None]
    assert all("away: " in str(each.error) for each in found)


def test_a_device_that_is_away_costs_the_others_nothing() -> None:
    """The others do all tasks, and `run` does not wait for it."""
    assert [each.result for each in come(double, AWAY, HERE[0])] == [2 * item for item in range(6)]


def test_no_task_starts_after_closing() -> None:
    """After the first result was enough, no further piece is handed out."""
    begun: list[int] = []
    go_on = threading.Event()

    def run_task(_connection: Connection, item: int, _tell: Tell) -> int:
        begun.append(item)
        if item:
            go_on.wait(30)
        return item

    fleet = Fleet(devices=HERE[:1], run_task=run_task, reconnect=SHORT)
    results = fleet.run(range(5))
    assert next(results).result == 0
    threading.Timer(0.1, go_on.set).start()
    results.close()
    assert begun in ([0], [0, 1])


def test_what_one_device_cannot_do_goes_to_one_that_can() -> None:
    """However often it was free: only the second does odd ones, and neither waits for the other."""

    def run_task(connection: Connection, item: int, _tell: Tell) -> int:
        if item % 2 and connection.spec.name == "first":
            raise Declined(-item)
        return item

    found = come(run_task, *HERE)
    assert [each.result for each in found] == list(range(6))
    assert {each.device for each in found if each.item % 2} == {"second"}


def test_what_no_device_can_do_is_said_once() -> None:
    """With what the last of them made of it; no device is waited for."""

    def run_task(_connection: Connection, item: int, _tell: Tell) -> int:
        raise Declined(-item)

    found = come(run_task, *HERE, items=3)
    assert [(each.result, each.error) for each in found] == [(0, None), (-1, None), (-2, None)]


def test_what_only_a_device_that_is_away_could_do_is_left_undone() -> None:
    """It is an error that says who is away."""

    def run_task(_connection: Connection, item: int, _tell: Tell) -> int:
        raise Declined(item)

    (found,) = come(run_task, HERE[0], AWAY, items=1)
    assert found.result is None
    assert "away: " in str(found.error)


def test_a_device_that_was_spoiled_does_nothing_more() -> None:
    """What spoiled it has its result, and the rest is left with the reason."""

    def run_task(_connection: Connection, item: int, _tell: Tell) -> int:
        raise Compromised(item, "B1 left ~/kept")

    first, second = come(run_task, HERE[0], items=2)
    assert (first.result, first.error) == (0, None)
    assert "first: B1 left ~/kept" in str(second.error)


def test_a_device_that_was_killed_while_idle_is_no_loss(
    own_ssh_device: LoopbackDevice,
) -> None:
    """It is reached again before the next, and that is no loss."""
    seen: list[int] = []

    def run_task(connection: Connection, item: int, tell: Tell) -> int:
        seen.append(item)
        done = double(connection, item, tell)
        own_ssh_device.kill()
        own_ssh_device.start()
        while connection.is_open:
            pass
        return done

    assert [each.result for each in come(run_task, own_ssh_device.spec(), items=2)] == [0, 2]
    assert seen == [0, 1]


def test_a_device_that_is_waited_for_is_told_of() -> None:
    """Each attempt is reported with the name of the device."""
    heard: list[object] = []
    come(double, AWAY, items=1, on_news=heard.append)
    assert all(isinstance(each, WaitingForDevice) and each.device == "away" for each in heard)
    assert heard
