"""Times whole commands of this grader, from the start of the process to its end."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import torch

from grader.batch.fingerprint import fingerprint
from grader.batch.sources import identify
from grader.batch.store import Store
from grader.datasets.cifar10 import CIFAR10
from grader.evaluators.conditions import NetworkConditions
from grader.labs.files import lab_path
from grader.labs.kinds import network_lab
from grader.networks.mobilenet_v2 import vision  # noqa: F401 - before anything unpickles a torchvision model
from grader.results.folder import DATABASE
from grader.sandbox.start import best_isolation

JOBS = os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command's wall time in seconds, and the largest peak memory of its processes in bytes.

    `processor` are the seconds of all processors, in all its processes.
    """

    seconds: float
    processor: float
    memory: int


def run(*arguments: str | Path) -> Ran:
    """Run `python -m grader` with `arguments`, without its output; raises as `timed` does."""
    return timed([sys.executable, "-m", "grader", *map(str, arguments)])


def timed(command: list[str], typed: bytes = b"", ends: int = 0) -> Ran:
    """Run a command with `typed` as stdin. Raises `CalledProcessError` unless it exits `ends`."""
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(typed)
        process.stdin.close()
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode != ends:
        raise subprocess.CalledProcessError(process.returncode, command, stderr=said)
    scale = 1 if sys.platform == "darwin" else 1024
    processor = usage.ru_utime + usage.ru_stime
    return Ran(seconds=seconds, processor=processor, memory=usage.ru_maxrss * scale)


def hand_ins(folder: Path, checkpoint: Path, count: int, *, alike: bool = False) -> Path:
    """Write `count` zips below `folder`; their networks differ in one bias unless `alike`."""
    folder.mkdir(parents=True)
    content = checkpoint.read_bytes()
    model = torch.load(checkpoint, map_location="cpu", weights_only=False)
    for number in range(count):
        student = f"S{number:04}"
        with zipfile.ZipFile(folder / f"{student}.zip", "w") as archive:
            if alike:
                archive.writestr("model/mobilenet.pth", content)
            else:
                with torch.no_grad():
                    model.classifier[1].bias[0] += 1e-4
                with archive.open("model/mobilenet.pth", "w") as file:
                    torch.save(model, file)
            metadata = {"student": number}  # so that no two zips have the same hash
            notebook = {"cells": [], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
            archive.writestr(f"{student}.ipynb", json.dumps(notebook))
    return folder


def batch(work: Path, checkpoint: Path, data: Path, count: int) -> Ran:
    """`grader grade` of `count` different hand-ins, everything measured."""
    inbox = hand_ins(work / "batch", checkpoint, count)
    return run("grade", inbox, "--data", data, "--out", work / "batch-out", "--jobs", str(JOBS))


def again(work: Path, checkpoint: Path, data: Path, count: int) -> tuple[Ran, Ran]:
    """Grade a class of `count` stored hand-ins again, and score it by another rule.

    The second command is measured up to its question whether to write, answered with no. Only one
    hand-in is measured; the others' rows in the database are copies of its row.
    """
    inbox, out = hand_ins(work / "class", checkpoint, count, alike=True), work / "class-out"
    shutil.copy(inbox / "S0000.zip", work / "S0000.zip")
    run("grade", work / "S0000.zip", "--data", data, "--out", out)
    conditions = NetworkConditions(
        lab=network_lab(),
        data=CIFAR10.verify(data),
        isolation=best_isolation(),
        threads=1,
        work=work,
    )
    with Store.open(out / DATABASE) as store:
        found = identify(tuple(inbox.glob("*.zip")), conditions.lab)
        known = next(
            store.measured(each.name, fingerprint(each.sha256, conditions)) for each in found
        )
        assert known is not None
        for each in found[1:]:
            submission = dataclasses.replace(
                known.submission, id=each.name, source=each.path, sha256=each.sha256
            )
            copy = dataclasses.replace(known, submission=submission)
            store.save(each.name, fingerprint(each.sha256, conditions), copy)
    unchanged = ("grade", inbox, "--data", data, "--out", out)
    run(*unchanged)  # writes the 200 reports for the first time
    rule = work / "other-rule.toml"
    text = lab_path(network_lab().name).read_text(encoding="utf-8")
    rule.write_text(text.replace("mflops_goal = 45.0", "mflops_goal = 40.0"), encoding="utf-8")
    rescore = [sys.executable, "-m", "grader", "rescore", "--lab", str(rule), str(out)]
    return run(*unchanged), timed(rescore, typed=b"n\n", ends=1)
