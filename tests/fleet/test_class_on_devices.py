"""A class of six over two devices, which are OpenSSH servers on loopback, one of them killed."""

import dataclasses
import hashlib
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.batch.measure import Plan, grade_batch
from grader.batch.store import Store
from grader.datasets.cifar10 import CIFAR10
from grader.datasets.dataset import TestSet
from grader.devices import session
from grader.devices.pool import DeviceSpec
from grader.evaluators import latency
from grader.evaluators.conditions import NetworkConditions
from grader.evidence.ids import DEVICE_LATENCY, RUNNER
from grader.fleet.fleet import ReconnectPolicy
from grader.fleet.measure import ClassDevices
from grader.labs.kinds import network_lab
from grader.labs.layout import Form
from grader.labs.network_lab import NetworkLab
from grader.networks.mobilenet_v2.lowering import lower
from grader.sandbox.start import best_isolation
from grader.types import Event, Json, Measured, Measurement, Role, Status
from tests.devices.loopback_device import (
    SSHD,
    LoopbackDevice,
    carrying,
    emptied,
    make_loopback_device,
)
from tests.fake_stages import ignore, threads
from tests.places import ROOT
from tests.small_networks import Bare, state_dict
from tests.system.hand_ins import NOTEBOOK, hand_in, small_network

IMAGES = 40
REFERENCE = ROOT / "reference" / "xnn_executor_runner"
COUNTER = """\
#!/bin/sh
images=$(($(wc -c <data/test_batch.bin) / 3073))
echo "Done testing: $images/$images"
echo "Accuracy: 0.5"
"""
# What a device's own runner is asked for; the other device has the wheel.
DEVICE_RUNNER = """\
#!/bin/sh
[ "$*" = "--model_path program.pte --latency --beside unpruned.pte --runs 3 --threads 1" ] || exit 9
[ -s program.pte ] && [ -s unpruned.pte ] || exit 8
echo "Latency: p50 2.00 ms"
echo '{"threads": 1, "warm_up": 10, "program": [2.0, 2.0, 3.0], "beside": [8.0, 8.0, 9.0]}'
"""
# A new device's; its python3 has no wheel.
SYSTEMS = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
HAND_INS = Path(".cache", "edge-lab-grader", "hand-ins")
FIRST_FORM = ("B0", "B1", "B2")
REVISED = ("B3", "B4", "B5")
# What is another number each time, or says where it comes from.
TIMED = frozenset(
    {"run_seconds", "images_per_second", "device", "isolation", "health", "last_errors"}
)

pytestmark = [pytest.mark.slow, pytest.mark.system]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """Six hand-ins, the conditions they are measured under, and what this machine alone found."""

    sources: tuple[Path, ...]
    conditions: NetworkConditions
    here: tuple[Measured, ...]
    store: Store

    def plan(self, *devices: DeviceSpec) -> Plan:
        """How it is graded on these devices."""
        class_devices = ClassDevices(
            devices=devices, reconnect=ReconnectPolicy(give_up_seconds=2, interval_seconds=0.2)
        )
        return Plan(conditions=self.conditions, executor=threads, devices=class_devices)


def network(seed: int) -> Bare:
    """A small one, whose weights alone are handed in: those are read quickest."""
    return Bare(module=small_network(seed).requires_grad_(False))


def first_form(folder: Path, student: str, network: Bare, runner: bytes) -> Path:
    """`<student>.zip` with all four files."""
    path = folder / f"{student}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model/mobilenet.pth", state_dict(network))
        archive.writestr("model/mobilenet.pte", lower(network))
        archive.writestr("xnn_executor_runner", runner)
        archive.writestr(f"{student}.ipynb", NOTEBOOK)
    return path


def without_notebook(lab: NetworkLab) -> NetworkLab:
    """The lab as one that asks for no notebook: no device has anything to do with it."""
    paths = {role: path for role, path in lab.layout.paths.items() if role is not Role.NOTEBOOK}
    form = Form(name="first", files=tuple(paths))
    layout = lab.layout.model_copy(update={"paths": paths, "forms": (form,)})
    return lab.model_copy(update={"layout": layout, "questions": ()})


@pytest.fixture(scope="module")
def class_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """Three hand-ins of each layout, measured here, with the latency of none of them."""
    if not best_isolation().runs_programs:
        pytest.skip("bubblewrap is not here, and runners need it")
    folder = tmp_path_factory.mktemp("class")
    runners = (REFERENCE.read_bytes(), COUNTER.encode(), b"#!/bin/sh\nexit 3\n")
    sources = [
        first_form(folder, student, network(seed), runner)
        for seed, (student, runner) in enumerate(zip(FIRST_FORM, runners, strict=True))
    ]
    sources += [hand_in(folder, each, state_dict(network(int(each[1])))) for each in REVISED]
    content = CIFAR10.sample_path().read_bytes()[: IMAGES * CIFAR10.record]
    (folder / "images.bin").write_bytes(content)
    conditions = NetworkConditions(
        lab=without_notebook(network_lab("prune-mobilenet-2024-original")),
        data=TestSet(
            path=folder / "images.bin",
            sha256=hashlib.sha256(content).hexdigest(),
            images=IMAGES,
            is_sample=True,
        ),
        isolation=best_isolation(),
        threads=1,
        work=folder / "work",
    )
    with Store.open(folder / "results" / "results.db") as store:
        plan = Plan(conditions=conditions, executor=threads)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(latency, "WARM_UP", 1)
            patched.setattr(latency, "RUNS", 2)
            here = grade_batch(sources, plan, store, ignore)
        yield Class(sources=tuple(sources), conditions=conditions, here=here, store=store)


@pytest.fixture
def first(tmp_path: Path) -> Iterator[LoopbackDevice]:
    """A device of this test's own beside `own_ssh_device`, to be killed as well."""
    if not SSHD.is_file():
        pytest.skip("no OpenSSH server is installed (Debian: apt install openssh-server)")
    device = make_loopback_device("first", tmp_path / "first device")
    device.start()
    yield device
    device.kill()


def pool(
    first: LoopbackDevice, second: LoopbackDevice, tmp_path: Path
) -> tuple[DeviceSpec, DeviceSpec]:
    """Both set up as docs/devices.md says, with the system's own PATH.

    The first measures by a runner of its own, the second by its wheel; both have a Python with it.
    """
    runner = tmp_path / "device's own runner"
    runner.write_text(DEVICE_RUNNER)
    runner.chmod(0o755)
    return (
        first.spec(runner=str(runner), python=sys.executable, environment=SYSTEMS),
        second.spec(python=sys.executable, environment=SYSTEMS),
    )


def measurement(measured: Measured, id: str) -> Measurement:
    """The one with this id."""
    return next(each for each in measured.measurements if each.id == id)


def untimed(measured: Measured) -> dict[str, tuple[Status, float | None, dict[str, Json]]]:
    """What does not depend on where and how fast it was measured."""
    return {
        each.id: (
            each.status,
            each.value,
            {key: value for key, value in each.evidence.items() if key not in TIMED},
        )
        for each in measured.measurements
        if not each.id.startswith("latency")
    }


def test_two_devices_one_of_which_dies_give_what_one_machine_gives(
    class_: Class,
    first: LoopbackDevice,
    own_ssh_device: LoopbackDevice,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each hand-in gets a latency and a runner's accuracy, and nothing else changes.

    The second device is cut off amid its first hand-in. The same again asks no device for anything,
    and on neither is a hand-in's file or process left.
    """
    monkeypatch.setattr(session, "RUNS", 3)
    plan = class_.plan(*pool(first, own_ssh_device, tmp_path))

    def watch(event: Event) -> None:
        if event.step == "latency on own" and own_ssh_device.process:
            while not list(own_ssh_device.home.glob(f"{HAND_INS}/*/unpruned.pte")):
                assert own_ssh_device.process.poll() is None
            own_ssh_device.cut()

    graded = grade_batch(class_.sources, plan, class_.store, watch)
    assert own_ssh_device.process is None, "the second device was to take part"
    for here, there in zip(class_.here, graded, strict=True):
        assert untimed(there) == untimed(here)
        timed = measurement(there, DEVICE_LATENCY)
        assert (timed.status, timed.value, timed.unit) == (Status.PASSED, 2.0, "ms")
        assert timed.evidence["device"] == "first"
    ran = [measurement(each, RUNNER) for each in graded]
    assert [each.evidence.get("device") for each in ran] == ["first"] * 3 + [None] * 3
    assert ran[0].value == measurement(graded[0], "accuracy.program").value
    assert [each.status for each in ran[1:3]] == [Status.PASSED, Status.FAILED]

    first.kill()
    again = grade_batch(class_.sources, plan, class_.store, ignore)
    assert [each.measurements for each in again] == [each.measurements for each in graded]
    for device in (first, own_ssh_device):
        assert emptied(device.home / HAND_INS)
        assert not carrying(str(device.home))
