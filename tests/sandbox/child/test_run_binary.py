"""A runner's own view of how it is started; tests/hostile starts those that mean harm."""

import os
import sys
from pathlib import Path

import pytest

from grader.sandbox.child.run_binary import link
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.start import Child, Isolation, run
from grader.sandbox.supervise import Outcome
from tests.sandbox.tiers import BOTH, needs_rlimits

PLACES = ["xnn_executor_runner", "model/mobilenet.pte", "data/test_batch.bin"]
ARGUMENTS = ["--model_path", "./model/mobilenet.pte"]

pytestmark = [pytest.mark.system, needs_rlimits]


def started(folder: Path, runner: bytes, isolation: Isolation, mode: int = 0o755) -> Outcome:
    """Run `runner` with two small files and return its outcome."""
    for name, content in (("runner", runner), ("program", b"a program"), ("data", b"images")):
        (folder / name).write_bytes(content)
    (folder / "runner").chmod(mode)
    child = Child(
        program="run_binary",
        inputs=(folder / "runner", folder / "program", folder / "data"),
        settings={"places": PLACES, "arguments": ARGUMENTS},
        limits=SandboxLimits(wall_seconds=60, cpu_seconds=20),
    )
    return run(child, isolation)


@pytest.mark.parametrize("isolation", BOTH)
def test_it_is_started_as_the_lab_starts_it(tmp_path: Path, isolation: Isolation) -> None:
    """Under its name, with the lab's arguments, in a folder that is the lab's tree."""
    script = b'#!/bin/sh\necho "$0" "$@"\ncat model/mobilenet.pte data/test_batch.bin\necho; ls\n'
    outcome = started(tmp_path, script, isolation)
    assert outcome.ended_well, outcome.stderr
    assert outcome.message.decode().splitlines() == [
        "./xnn_executor_runner --model_path ./model/mobilenet.pte",
        "a programimages",
        "data",
        "model",
        "xnn_executor_runner",
    ]


@pytest.mark.parametrize("isolation", BOTH)
def test_its_two_streams_stay_apart(tmp_path: Path, isolation: Isolation) -> None:
    """A line of the log never comes in the middle of a line of the answer."""
    outcome = started(tmp_path, b"#!/bin/sh\necho answer; echo log >&2\n", isolation)
    assert (outcome.message, outcome.stderr) == (b"answer\n", "log\n")


@pytest.mark.parametrize("isolation", BOTH)
def test_a_script_for_python_finds_this_one(tmp_path: Path, isolation: Isolation) -> None:
    """The reference's runner needs the executorch that the grader has."""
    script = b"#!/usr/bin/env python3\nimport sys; print(sys.prefix)\n"
    assert started(tmp_path, script, isolation).message.decode().strip() == sys.prefix


@pytest.mark.parametrize("isolation", BOTH)
@pytest.mark.parametrize(
    ("runner", "mode", "word"),
    [
        (b"#!/opt/no/such/shell\n", 0o755, "ENOENT"),
        (b"\x7fELF" + bytes(60), 0o755, "ENOEXEC"),
        (b"#!/bin/sh\n", 0o644, "EACCES"),
    ],
)
def test_what_cannot_be_started_is_told_in_one_word(
    tmp_path: Path, isolation: Isolation, runner: bytes, mode: int, word: str
) -> None:
    """The system's own word for it, and a shell's exit code."""
    outcome = started(tmp_path, runner, isolation, mode)
    assert (outcome.message, outcome.stderr) == (b"", f"run_binary: {word}\n")
    assert outcome.returncode == 126


def test_a_place_may_lie_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file is a link where the lab has it, and two may share a folder."""
    monkeypatch.chdir(tmp_path)
    file = str(tmp_path / "file")
    Path(file).write_text("content")
    link([file, file, file], ["a/b/one", "a/b/two", "three"])
    assert [os.readlink(place) for place in ("a/b/one", "a/b/two", "three")] == [file] * 3  # noqa: PTH115
