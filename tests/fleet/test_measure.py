"""What becomes of each measurement that devices are to make, on several or none."""

import dataclasses
import hashlib
from pathlib import Path

import pytest

from grader.datasets.cifar10 import CIFAR10
from grader.datasets.dataset import TestSet
from grader.devices.connection import Connection
from grader.devices.pool import DeviceSpec
from grader.evidence.ids import DEVICE_LATENCY, RUNNER
from grader.fleet.device_run import DeviceRun
from grader.fleet.fleet import ReconnectPolicy
from grader.fleet.measure import ClassDevices, measure_on_devices
from grader.fleet.pending import pending_measurements, with_result
from grader.labs.kinds import network_lab
from grader.sandbox.start import Isolation
from grader.types import Json, Measured, Measurement, Status, Submission
from tests.devices.loopback_device import LoopbackDevice
from tests.fake_stages import NOTHING, conditions, ignore
from tests.fleet.test_class_on_devices import COUNTER, SYSTEMS, measurement
from tests.fleet.test_device_run import handed_in

AWAY = DeviceSpec(name="away", address="ssh://nobody@127.0.0.1:9")  # the port of discard
RUNNERS = network_lab("prune-mobilenet-2024-original")
# Ends the server's process that it was started by, as a runner could that sees it.
KILLER = """\
#!/bin/sh
pid=$$
while [ $pid -gt 1 ]; do
    case $(cat /proc/$pid/comm) in sshd*) kill -KILL $pid; exit 0 ;; esac
    pid=$(sed 's/.*) . \\([0-9]*\\) .*/\\1/' /proc/$pid/stat)
done
exit 5
"""

pytestmark = pytest.mark.system


def test_a_class_without_a_device_left_keeps_what_it_has(tmp_path: Path) -> None:
    """Latency on a device is then an ERROR with the reason, to be tried again; the rest stays."""
    exported = Measurement(id="accuracy.executorch", status=Status.PASSED, value=0.5)
    known = dataclasses.replace(NOTHING, measurements=(exported,))
    devices = ClassDevices(
        devices=(AWAY,), reconnect=ReconnectPolicy(give_up_seconds=0.1, interval_seconds=0.05)
    )
    found = measure_on_devices({"B1": known}, devices, conditions(tmp_path), ignore)
    ((key, after),) = found
    assert (key, after.measurements[0]) == ("B1", exported)
    latency = after.measurements[1]
    assert (latency.id, latency.status) == (DEVICE_LATENCY, Status.ERROR)
    assert "away: " in str(latency.reason)


def timed_by(device: str) -> Measurement:
    """A latency that a device has measured."""
    evidence: dict[str, Json] = {"device": device}
    return Measurement(id=DEVICE_LATENCY, status=Status.PASSED, value=2.0, evidence=evidence)


def put(tmp_path: Path, hand_ins: dict[str, Measured], *devices: DeviceSpec) -> list[Measured]:
    """What is known of each after the devices, by its key; what is timed passes at once."""
    images = tmp_path / "images"
    images.write_bytes(CIFAR10.sample_path().read_bytes()[: 5 * CIFAR10.record])
    data = TestSet(
        path=images,
        sha256=hashlib.sha256(images.read_bytes()).hexdigest(),
        images=5,
        is_sample=True,
    )
    under = dataclasses.replace(
        conditions(tmp_path / "work"), lab=RUNNERS, data=data, isolation=Isolation.BUBBLEWRAP
    )
    class_devices = ClassDevices(
        devices=devices, reconnect=ReconnectPolicy(give_up_seconds=0.1, interval_seconds=0.05)
    )
    known = hand_ins | dict(measure_on_devices(hand_ins, class_devices, under, ignore))
    return [known[key] for key in sorted(known)]


def at_once(
    _self: DeviceRun, connection: Connection, _submission: Submission, _work: Path
) -> Measurement:
    """Stands in the place of timing, which has tests of its own."""
    return timed_by(connection.spec.name)


@pytest.fixture(name="counted")
def _counted(tmp_path: Path) -> Measured:
    """A hand-in whose runner passed here, and that no device has seen yet."""
    known = handed_in(tmp_path, COUNTER.encode())
    passed = Measurement(id=RUNNER, status=Status.PASSED, value=1.0)
    kept = [each for each in known.measurements if each.id not in {RUNNER, DEVICE_LATENCY}]
    return dataclasses.replace(known, measurements=(*kept, passed))


def test_what_local_may_not_run_goes_to_the_device(
    ssh_device: LoopbackDevice, counted: Measured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is free first: every runner has run on the device, and every latency is measured."""
    monkeypatch.setattr(DeviceRun, "_measure_latency", at_once)
    local = DeviceSpec(name="local")
    found = put(tmp_path, dict.fromkeys(("B1", "B2", "B3"), counted), local, ssh_device.spec())
    assert {measurement(each, RUNNER).evidence["device"] for each in found} == {"first"}
    assert all(measurement(each, DEVICE_LATENCY).passed for each in found)


def test_devices_that_stay_away_change_no_verdict(counted: Measured, tmp_path: Path) -> None:
    """The latency that was measured stays, and so does the runner's number, with a note."""
    known = with_result(counted, timed_by("first"))
    (after,) = put(tmp_path, {"B1": known}, AWAY)
    assert measurement(after, DEVICE_LATENCY) == timed_by("first")
    ran = measurement(after, RUNNER)
    assert (ran.status, ran.value) == (Status.PASSED, 1.0)
    assert "away: " in str(ran.review)
    assert pending_measurements(after, RUNNERS) == (RUNNER,)


def test_a_runner_that_takes_devices_down_costs_no_latency(
    own_ssh_device: LoopbackDevice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was measured before is kept, and the blame is the runner's own."""
    monkeypatch.setattr(DeviceRun, "_measure_latency", at_once)
    known = handed_in(tmp_path, KILLER.encode())
    kept = tuple(each for each in known.measurements if each.id != DEVICE_LATENCY)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "unshare").write_text("#!/bin/sh\nexit 1\n")
    (tools / "unshare").chmod(0o755)
    spec = own_ssh_device.spec(environment={"PATH": f"{tools}:{SYSTEMS['PATH']}"})
    (after,) = put(tmp_path, {"B1": dataclasses.replace(known, measurements=kept)}, spec)
    assert measurement(after, DEVICE_LATENCY) == timed_by("own")
    ran = measurement(after, RUNNER)
    assert ran.status is Status.ERROR
    assert "own" in str(ran.reason)
