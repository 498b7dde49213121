import csv
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.batch.measure import Plan
from grader.cli import app
from tests.commands.test_grade import in_threads
from tests.writeup.pdfs import pdf, text

LAB = ("--lab", "on-device-2022")


@pytest.fixture(autouse=True)
def _quick_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    for command in ("measure", "grade"):
        monkeypatch.setattr(f"grader.commands.{command}.Plan", partial(Plan, executor=in_threads))


def run(*arguments: object) -> Result:
    """The end of a command in this process."""
    return CliRunner().invoke(app, [str(each) for each in (*arguments, *LAB)])


def write_ups(folder: Path, *students: str) -> Path:
    """A class of short write-ups, each with other bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for student in students:
        page = text("We used a Raspberry Pi 4 with 8 GB of memory.", f"Student {student}")
        (folder / f"{student}.pdf").write_bytes(pdf(page))
    return folder


def sheet(out: Path) -> list[list[str]]:
    """The rows of grades.csv."""
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


STUDENTS = [f"B{number}" for number in range(1, 9)]


def test_shards_and_records_give_the_grades_of_one_machine(tmp_path: Path) -> None:
    """Two shards, one of them twice, in other orders; then collected with and without hand-ins."""
    hand_ins = write_ups(tmp_path / "in", *STUDENTS)
    backwards = sorted(hand_ins.iterdir(), reverse=True)
    records = tmp_path / "records"
    assert run("grade", hand_ins, "--out", tmp_path / "local").exit_code == 0
    first = run("measure", hand_ins, "--into", records, "--shard", "1/2")
    assert first.exit_code == 0, first.output
    assert 0 < len(list(records.glob("*.json"))) < len(STUDENTS)
    assert run("measure", *backwards, "--into", records, "--shard", "2/2").exit_code == 0
    before = {each: each.stat().st_mtime_ns for each in records.glob("*.json")}
    assert len(before) == len(STUDENTS)
    assert run("measure", hand_ins, "--into", records, "--shard", "2/2").exit_code == 0
    assert {each: each.stat().st_mtime_ns for each in records.glob("*.json")} == before
    collected = run("grade", hand_ins, "--records", records, "--out", tmp_path / "a")
    assert collected.exit_code == 0, collected.output
    assert run("grade", "--records", records, "--out", tmp_path / "b").exit_code == 0
    assert sheet(tmp_path / "a") == sheet(tmp_path / "local")
    assert sheet(tmp_path / "b") == sheet(tmp_path / "local")
    assert (tmp_path / "a" / ".pages").is_dir()


def test_what_has_no_record_is_only_listed(tmp_path: Path) -> None:
    """With --no-measure; without it, the same command measures the rest."""
    hand_ins = write_ups(tmp_path / "in", *STUDENTS[:3])
    records = tmp_path / "records"
    run("measure", hand_ins / "B2.pdf", "--into", records)
    out = tmp_path / "out"
    ran = run("grade", hand_ins, "--records", records, "--no-measure", "--out", out)
    assert ran.exit_code == 0, ran.output
    assert "B1, B3" in ran.output
    assert [row[0] for row in sheet(out)][1:] == ["B2"]
    assert run("grade", hand_ins, "--records", records, "--out", out).exit_code == 0
    assert [row[0] for row in sheet(out)][1:] == STUDENTS[:3]


def test_a_class_without_any_record_is_an_error(tmp_path: Path) -> None:
    """Nothing is written."""
    hand_ins = write_ups(tmp_path / "in", "B1")
    (tmp_path / "records").mkdir()
    for asked in ([hand_ins, "--no-measure"], []):
        ran = run("grade", *asked, "--records", tmp_path / "records", "--out", tmp_path / "out")
        assert ran.exit_code != 0
        assert not (tmp_path / "out" / "grades.csv").exists()


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "1/0", "a/b", "-1/2", "1/2/3", ""])
def test_a_shard_that_is_none_is_wrong_usage(tmp_path: Path, shard: str) -> None:
    """Before anything is measured."""
    hand_ins = write_ups(tmp_path / "in", "B1")
    ran = run("measure", hand_ins, "--into", tmp_path / "records", "--shard", shard)
    assert ran.exit_code == 2
    assert not (tmp_path / "records").exists()


@pytest.mark.parametrize("options", [[], ["--no-measure"], ["--records", "no-such-folder"]])
def test_grade_without_hand_ins_needs_records(tmp_path: Path, options: list[str]) -> None:
    """Wrong usage, and no results folder."""
    ran = run("grade", *options, "--out", tmp_path / "out")
    assert ran.exit_code == 2
    assert not (tmp_path / "out").exists()
