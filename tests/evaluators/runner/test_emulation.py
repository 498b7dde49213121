"""A runner for a device's processor, tried without a device; a real one, in a real emulator."""

import dataclasses
import os
import platform
import shutil
import subprocess
from pathlib import Path

import pytest

from grader.errors import Skip
from grader.evaluators.rebuilt import RebuiltSubmission
from grader.evaluators.runner.emulation import emulator
from grader.evaluators.runner.executable import identify
from grader.evaluators.runner.here import measure_runner
from grader.sandbox.start import Isolation
from grader.types import Role
from tests.evaluators.runner.test_executable import elf
from tests.evaluators.runner.test_here import asked
from tests.sandbox.tiers import BEST, needs_rlimits
from tests.small_networks import handed_in

LAB_IMAGES = 3  # of the twenty that `asked` has
COMPILER = "aarch64-linux-gnu-gcc"

pytestmark = [pytest.mark.system, needs_rlimits]

needs_emulator = pytest.mark.skipif(
    platform.machine() == "aarch64" or emulator("aarch64", Isolation.UNSANDBOXED) is None,
    reason="qemu-user-static is not installed, or this is an aarch64 machine",
)

# It does what its last argument says; the rest is a runner that counts its images.
SOURCE = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int main(int count, char **arguments) {
    struct stat data;
    if (stat(arguments[2], &data) || stat("data/test_batch.bin", &data)) return 4;
    int images = data.st_size / 3073;
    const char *how = arguments[count - 1];
    if (!strcmp(how, "crash")) abort();
    while (!strcmp(how, "print")) puts("and on");
    while (!strcmp(how, "loop")) ;
    printf("Done testing: %d/%d\nAccuracy: 1.0\n", images, images);
    return 0;
}
"""


@pytest.fixture(scope="session")
def aarch64_runner(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A static program for a Raspberry Pi; skips where it cannot be compiled."""
    if shutil.which(COMPILER) is None:
        pytest.skip("gcc-aarch64-linux-gnu is not installed")
    folder = tmp_path_factory.mktemp("aarch64")
    (folder / "runner.c").write_text(SOURCE)
    command = [COMPILER, "-static", "-O1", "-o", str(folder / "runner"), str(folder / "runner.c")]
    subprocess.run(command, check=True)
    return (folder / "runner").read_bytes()


def tried(work: Path, content: bytes, how: str = "", seconds: int = 60) -> Skip:
    """What is said of a runner that this machine cannot run by itself."""
    with pytest.raises(Skip) as caught:
        measure_runner(with_orders(asked(work, content), how, seconds))
    assert caught.value.help
    assert "grader grade --device" in caught.value.help
    return caught.value


def with_orders(made: RebuiltSubmission, how: str, seconds: int) -> RebuiltSubmission:
    """`made` in the sandbox, in a lab of few images to emulate, with an order for its runner."""
    assert made.lab.runner
    arguments = (*made.lab.runner.arguments, how)
    spec = made.lab.runner.model_copy(
        update={"emulated_images": LAB_IMAGES, "arguments": arguments}
    )
    limits = made.lab.limits.model_copy(update={"runner_seconds": seconds})
    lab = made.lab.model_copy(update={"runner": spec, "limits": limits})
    other = dataclasses.replace(made, lab=lab, isolation=BEST)
    vars(other).update({each: vars(made)[each] for each in ("decided", "submitted")})
    return other


@needs_emulator
def test_a_few_images_are_tried_under_emulation(tmp_path: Path, aarch64_runner: bytes) -> None:
    """Its number is shown beside ours of the same images, and it still needs a device."""
    if not BEST.runs_programs:
        pytest.skip("bubblewrap is not here, and programs need it")
    skip = tried(tmp_path, aarch64_runner)
    assert "aarch64" in skip.reason
    assert "1.0000" in skip.reason
    shown = skip.evidence
    assert (shown["printed"], shown["looked_at"], shown["total"]) == ("1.0", LAB_IMAGES, LAB_IMAGES)
    assert shown["sample"] is True
    assert str(shown["emulated"]).startswith("qemu-aarch64")
    assert (tmp_path / "data.bin").stat().st_size == LAB_IMAGES * 3073
    assert not any(each.name.startswith("child-") for each in tmp_path.iterdir())


@needs_emulator
@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("crash", "SIGABRT"),
        ("print", "8388608"),
        ("loop", "time"),
    ],
)
def test_what_fails_under_emulation_is_never_a_zero(
    tmp_path: Path, aarch64_runner: bytes, how: str, says: str
) -> None:
    """The emulator may be to blame for it: the verdict is a device's to give."""
    if not BEST.runs_programs:
        pytest.skip("bubblewrap is not here, and programs need it")
    skip = tried(tmp_path, aarch64_runner, how, seconds=1 if how == "loop" else 60)
    assert says in skip.reason
    assert "ended" in skip.evidence


def test_without_an_emulator_it_needs_a_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the help says what to install, for a look at a few images."""
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    foreign = 62 if platform.machine() == "aarch64" else 183
    skip = tried(tmp_path, elf(foreign))
    assert "device" in skip.reason
    assert "qemu-user-static" in str(skip.help)
    assert skip.evidence == {}


def test_an_emulator_is_for_its_processor_and_visible_in_the_sandbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One in a home folder is none inside the box; one for another processor is none at all."""
    program = tmp_path / "qemu-aarch64"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = emulator("aarch64", Isolation.UNSANDBOXED)
    assert found
    assert found.command[0] == str(program)
    assert emulator("aarch64", Isolation.BUBBLEWRAP) is None
    assert emulator("x86_64", Isolation.UNSANDBOXED) is None


def test_the_device_programs_header_is_known(tmp_path: Path, aarch64_runner: bytes) -> None:
    """What the cross compiler makes is told from its first bytes."""
    (tmp_path / "runner").write_bytes(aarch64_runner)
    file = handed_in(Role.RUNNER, "xnn_executor_runner", tmp_path / "runner")
    assert identify(file).machine == "aarch64"
