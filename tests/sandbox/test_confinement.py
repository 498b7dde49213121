"""The options that bubblewrap needs in a container, in containers made here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox.confinement import APPARMOR, SECCOMP, SYSTEM_PATHS, missing_options
from tests.places import ROOT
from tests.sandbox.tiers import needs_bubblewrap

_ASK = (
    "from grader.sandbox.start import bubblewrap_fault; "
    "from grader.sandbox.diagnosis import _cure; "
    "fault = bubblewrap_fault(); print(fault); print(fault and _cure(fault))"
)
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root may confine itself like this")


def confined(*confinements: str) -> tuple[str, str]:
    """Return bubblewrap's fault in a container with these confinements, and what cures it."""
    command = [sys.executable, "-m", "tests.sandbox.container", *confinements, "--"]
    ran = subprocess.run(
        [*command, sys.executable, "-c", _ASK],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if "tests.sandbox.container" in ran.stderr:
        pytest.skip(f"no such container can be made here: {ran.stderr.splitlines()[-1]}")
    fault, cure = ran.stdout.splitlines()
    return fault, cure


@pytest.mark.system
@needs_root
@needs_bubblewrap
@pytest.mark.parametrize(
    ("confinements", "options"),
    [
        (("capabilities", "seccomp", "read-only", "masked"), (SECCOMP, SYSTEM_PATHS)),  # default
        (("capabilities", "read-only", "masked"), (SYSTEM_PATHS,)),  # with SECCOMP
        (("capabilities", "seccomp"), (SECCOMP,)),  # with SYSTEM_PATHS
        (("read-only",), (SYSTEM_PATHS,)),
        (("masked",), (SYSTEM_PATHS,)),
    ],
)
def test_a_container_is_recognised_with_what_cures_it(
    confinements: tuple[str, ...], options: tuple[str, ...]
) -> None:
    """Each option removes one confinement; all options are named at once."""
    fault, cure = confined(*confinements)
    assert fault != "None"
    assert {each for each in (SECCOMP, SYSTEM_PATHS, APPARMOR) if each in cure} == {*options}
    assert f"docker run`: {' '.join(options)}" in cure


@pytest.mark.system
@needs_root
@needs_bubblewrap
def test_the_options_are_enough() -> None:
    """With both, Docker's default capabilities remain, and bubblewrap works with them."""
    assert confined("capabilities") == ("None", "None")


def test_what_confines_is_read_from_the_process(tmp_path: Path) -> None:
    """The filter, the mounts over /proc and AppArmor's profile; binfmt_misc covers nothing."""
    (tmp_path / "attr").mkdir()
    (tmp_path / "attr" / "current").write_text("docker-default (enforce)\n", encoding="ascii")
    (tmp_path / "status").write_text("Name:\tx\nSeccomp:\t2\n", encoding="ascii")
    usual = "31 20 0:30 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw\n"
    covered = "32 20 0:31 / /proc/sys ro,nosuid - proc proc rw\n"
    (tmp_path / "mountinfo").write_text(usual + covered, encoding="ascii")
    assert missing_options("no namespace", tmp_path) == (SECCOMP, SYSTEM_PATHS, APPARMOR)
    assert missing_options("Can't mount proc on", tmp_path) == (SYSTEM_PATHS, APPARMOR)
    (tmp_path / "mountinfo").write_text(usual, encoding="ascii")
    (tmp_path / "attr" / "current").write_text("unconfined\n", encoding="ascii")
    (tmp_path / "status").write_text("Seccomp:\t0\n", encoding="ascii")
    assert missing_options("no namespace", tmp_path) == ()
    assert missing_options("no namespace", tmp_path / "nowhere") == ()
