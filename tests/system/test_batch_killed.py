"""A class of six, graded by the real program and killed in the middle."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from grader.evidence.ids import LATENCY
from grader.results.folder import CHARTS, DATABASE, PAGE, SHEET
from tests.faults.running import results
from tests.places import SAMPLE
from tests.system.hand_ins import hand_in, pickled, small_network

pytestmark = [pytest.mark.slow, pytest.mark.system]


@pytest.fixture(scope="module")
def class_of_six(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small networks among four hand-ins that fail."""
    folder = tmp_path_factory.mktemp("class")
    for number in range(6):
        network = pickled(small_network(number)) if number in {1, 4} else b"no checkpoint"
        hand_in(folder, f"B{number}", network)
    return folder


def start(class_: Path, out: Path) -> subprocess.Popen[bytes]:
    """`grader grade`, in a process group of its own, as a shell starts it."""
    command = [sys.executable, "-m", "grader", "grade", str(class_), "--out", str(out)]
    return subprocess.Popen(
        [*command, "--data", str(SAMPLE)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def test_a_killed_batch_goes_on_to_the_same_results(class_of_six: Path, tmp_path: Path) -> None:
    """SIGKILL in the middle of six, then the same command: results equal an undisturbed run's.

    What was finished before the kill is not measured again.
    """
    undisturbed = start(class_of_six, tmp_path / "whole")
    _, noise = undisturbed.communicate(timeout=300)
    assert undisturbed.returncode == 0, noise.decode()

    out = tmp_path / "killed"
    killed = start(class_of_six, out)
    finished = _wait_for_some(out, at_least=3)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=60)
    assert not (out / SHEET).exists()

    resumed = start(class_of_six, out)
    _, noise = resumed.communicate(timeout=300)
    assert resumed.returncode == 0, noise.decode()
    assert _untimed(results(out)) == _untimed(results(tmp_path / "whole"))
    assert (out / SHEET).read_bytes().count(b"\n") == 7
    assert finished.items() <= _seconds(out).items()


def _untimed(found: dict[str, object]) -> dict[str, object]:
    """Results without the pages, charts and database, which show latencies; the reports without."""
    timed = (PAGE, DATABASE, CHARTS)
    kept = {
        name: each
        for name, each in found.items()
        if not name.startswith(timed) and Path(name).stem != "feedback"
    }
    for report in kept.values():
        if isinstance(report, dict) and "measurements" in report:
            report["measurements"] = [m for m in report["measurements"] if m["id"] != LATENCY]
    return kept


def test_an_interrupted_batch_says_how_to_go_on(class_of_six: Path, tmp_path: Path) -> None:
    """Ctrl-C ends with 130 and a sentence, no traceback, and what was finished is kept."""
    interrupted = start(class_of_six, tmp_path)
    _wait_for_some(tmp_path, at_least=1)
    interrupted.send_signal(signal.SIGINT)
    _, noise = interrupted.communicate(timeout=60)
    assert interrupted.returncode == 130
    assert b"Interrupted" in noise
    assert b"Traceback" not in noise
    assert _seconds(tmp_path)


def _wait_for_some(out: Path, at_least: int) -> dict[str, float]:
    """Wait until `at_least` hand-ins are in the database, and say how long each took to measure."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        found = _seconds(out)
        if len(found) >= at_least:
            return found
        time.sleep(0.2)
    raise AssertionError("the batch finished nothing in four minutes")


def _seconds(out: Path) -> dict[str, float]:
    """How long each hand-in's lineage took: equal only if it was not measured again."""
    if not (out / DATABASE).exists():
        return {}
    try:
        with closing(sqlite3.connect(f"file:{out / DATABASE}?mode=ro", uri=True)) as database:
            rows = database.execute(
                "SELECT submissions.student, measurements.seconds FROM measurements "
                "JOIN submissions ON submissions.key = measurements.submission "
                "WHERE measurements.id = 'structure.lineage'"
            )
            return dict(rows.fetchall())
    except sqlite3.OperationalError:  # not created yet, or just being written
        return {}
