"""Whole commands of this grader, timed from the start of the process to its end."""

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

from grader.batch.measure import fingerprint
from grader.batch.sources import identify
from grader.batch.store import Store
from grader.datasets.cifar10 import CIFAR10
from grader.evaluators.conditions import Conditions
from grader.labs.files import lab_path
from grader.labs.spec import load_lab
from grader.networks.mobilenet_v2 import vision  # noqa: F401 - before anything unpickles a torchvision model
from grader.results.folder import DATABASE
from grader.sandbox import best_isolation

JOBS = os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command's wall time, and the most memory that any one process of it had, in bytes."""

    seconds: float
    memory: int


def run(*arguments: str | Path) -> Ran:
    """`python -m grader` with `arguments`, its screen thrown away; raises if it fails."""
    return timed([sys.executable, "-m", "grader", *map(str, arguments)])


def timed(command: list[str], typed: bytes = b"", ends: int = 0) -> Ran:
    """Any command, to its end, with what is typed. Raises `CalledProcessError` where it fails."""
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
    return Ran(seconds=seconds, memory=usage.ru_maxrss * scale)


def hand_ins(folder: Path, checkpoint: Path, count: int, *, alike: bool = False) -> Path:
    """`count` zips below `folder`, each of another network unless `alike`: one bias is moved."""
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
    """A class of `count` hand-ins that are in the database: graded again, and scored anew.

    The latter by another rule, up to the question whether to write it, which is answered with no.
    One of them is measured; the others' lines in the database are copies of its.
    """
    inbox, out = hand_ins(work / "class", checkpoint, count, alike=True), work / "class-out"
    shutil.copy(inbox / "S0000.zip", work / "S0000.zip")
    run("grade", work / "S0000.zip", "--data", data, "--out", out)
    conditions = Conditions(
        lab=load_lab(), data=CIFAR10.verify(data), isolation=best_isolation(), threads=1, work=work
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
    run(*unchanged)  # which writes the 200 reports for the first time
    rule = work / "other-rule.toml"
    text = lab_path(load_lab().name).read_text(encoding="utf-8")
    rule.write_text(text.replace("mflops_goal = 45.0", "mflops_goal = 40.0"), encoding="utf-8")
    rescore = [sys.executable, "-m", "grader", "rescore", "--lab", str(rule), str(out)]
    return run(*unchanged), timed(rescore, typed=b"n\n", ends=1)
