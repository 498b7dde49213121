"""Results on a disk that is full, that cannot be written, or that another grader is using."""

import csv
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fake_stages import TROUBLE, calls
from tests.faults.fixtures import Undisturbed
from tests.faults.running import (
    DONE,
    HARNESS_ERROR,
    QUIET,
    USAGE,
    Disk,
    Graders,
    class_of,
    read_only_disk,
    report,
    results,
    small_disk,
)
from tests.places import SAMPLE
from tests.system.hand_ins import hand_in

pytestmark = [pytest.mark.slow, pytest.mark.system]

SIZE = 4 << 20
MADE_ROOM = 96 << 10


def mountable(disk: Disk) -> Disk:
    """`disk`, or a skipped test where this user may mount nothing."""
    disk.place.mkdir(exist_ok=True)
    if fault := disk.fault():
        pytest.skip(f"no disk of our own: {fault}")
    return disk


def test_a_full_disk_that_is_made_room_on(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """However full, it is told in a line what to do; with room enough the results are all there.

    What was saved with less room is whole, or the last results would not be equal.
    """
    disk = mountable(small_disk(tmp_path / "disk", SIZE))
    with Graders(disk) as graders:
        seen = disk.seen_from(graders.process)
        filler = _filled(seen)
        said = []
        while (ended := graders.grade(undisturbed.class_, disk.place / "out")).status != DONE:
            assert ended.status == USAGE
            said.append(ended.said)
            assert filler.stat().st_size, "no room is enough"
            _shortened(filler, MADE_ROOM)
        filler.unlink()  # what just fitted may still wait in SQLite's log for room in its database
        assert graders.grade(undisturbed.class_, disk.place / "out").status == DONE
        shutil.copytree(seen / "out", tmp_path / "copy")
    assert results(tmp_path / "copy") == undisturbed.results
    assert all("disk" in each for each in said), said
    assert any("results.db" in each for each in said), said
    assert any("No space left on device" in each for each in said), said


def _filled(disk: Path) -> Path:
    """A file that takes all the room of a disk, which is surely the small one."""
    about = os.statvfs(disk)
    assert about.f_blocks * about.f_frsize == SIZE
    filler = disk / "filler"
    filler.write_bytes(bytes(about.f_bavail * about.f_frsize))
    return filler


def _shortened(filler: Path, by: int) -> None:
    with filler.open("r+b") as file:
        file.truncate(max(0, filler.stat().st_size - by))


def test_no_room_to_unpack_a_hand_in(tmp_path: Path) -> None:
    """The real grader, and a checkpoint larger than the disk: our ERROR, and no student's zero."""
    class_ = tmp_path / "in"
    class_.mkdir()
    hand_in(class_, "B1", bytes(5_000_000))
    disk = mountable(small_disk(tmp_path / "disk", SIZE))
    out = disk.place / "out"
    command = [sys.executable, "-m", "grader", "grade", str(class_), "--data", str(SAMPLE)]
    copied = ["sh", "-c", 'copy="$1"; shift; "$@"; ended=$?; cp -r "$0" "$copy"; exit $ended']
    ended = subprocess.run(
        [*disk.command, *copied, str(out), str(tmp_path / "copy"), *command, "--out", str(out)],
        env=QUIET,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == HARNESS_ERROR, ended.stderr
    told = report(tmp_path / "copy", "B1")
    assert told["grade"]["total"] is None
    assert told["grade"]["needs_review"]
    archive = told["measurements"][0]
    assert (archive["id"], archive["status"]) == ("intake.archive", "error")
    assert "No space left on device" in archive["reason"]
    (row,) = csv.DictReader((tmp_path / "copy" / "grades.csv").open())
    assert (row["status"], row["part2"], row["total"]) == ("error", "", "")


@pytest.mark.parametrize("used_before", [False, True])
def test_a_disk_that_cannot_be_written(
    undisturbed: Undisturbed, graders: Graders, tmp_path: Path, used_before: bool
) -> None:
    """A read-only results folder is told in a line, with what to do, and stays as it is."""
    disk = mountable(read_only_disk(tmp_path / "disk"))
    before: dict[str, object] = {}
    if used_before:
        graders.grade(undisturbed.class_, disk.place)
        before = results(disk.place)
    with Graders(disk) as refused:
        ended = refused.grade(undisturbed.class_, disk.place)
    assert ended.status == USAGE
    assert "Read-only file system" in ended.said
    assert "--out" in ended.said
    assert results(disk.place) == before


def test_two_graders_and_one_results_folder(tmp_path: Path, graders: Graders) -> None:
    """The second is told after a wait which process has it, and the first does not notice."""
    class_ = class_of(tmp_path / "in", 2, "measure wait")
    (alone, shared) = (tmp_path / name / "out" for name in ("alone", "shared"))
    assert graders.grade(class_, alone).status == DONE
    shared.parent.mkdir()
    waits = shared.with_name(TROUBLE)
    waits.touch()
    with Graders() as first:
        first.start(class_, shared)
        deadline = time.monotonic() + 120
        while not calls(shared.parent):
            assert time.monotonic() < deadline, "the first grader never came to measure"
            time.sleep(0.01)
        second = graders.grade(class_, shared)  # which ends while the first is held up
        waits.unlink()
        assert first.ended().status == DONE
    assert second.status == USAGE
    assert f"{shared} (process " in second.said
    assert results(shared) == results(alone)
    assert sorted(calls(shared.parent)) == ["measure B0", "measure B1", "time B0", "time B1"]
