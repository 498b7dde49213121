"""`grader lab`: list, show, check and create labs."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli import app
from grader.labs import LAB_FOLDER
from grader.labs.files import lab_names
from grader.labs.kinds import load_lab, network_lab

WRONG = """
extends = "prune-mobilenet-2024"
name = "wrong"
[limits]
entires = 3
[accuracy]
judge = "nobody"
[score]
points = 40.0
[[questions]]
id = "4.1"
points = 3.0
tilte = "x"
[[questions]]
id = "2"
points = 14.0
"""


def lab(*arguments: object) -> Result:
    """Run `grader lab …` to its end."""
    return CliRunner().invoke(app, ["lab", *map(str, arguments)], env={"COLUMNS": "60"})


def test_all_labs_are_listed_by_their_whole_names() -> None:
    """In a narrow terminal too, with the due date if there is one."""
    ran = lab("list")
    assert ran.exit_code == 0, ran.output
    lines = ran.output.splitlines()
    for name in lab_names():
        (line,) = (line for line in lines if line.split(" ")[0] == name)
        assert ("2024-04-04" in line) is ("2024" in name)


@pytest.mark.parametrize("name", lab_names())
def test_a_lab_is_shown_resolved(name: str, tmp_path: Path) -> None:
    """The output extends nothing, and loads to an equal lab with the same hashes."""
    ran = lab("show", name)
    assert ran.exit_code == 0, ran.output
    assert not {"extends", "remove"} & tomllib.loads(ran.output).keys()
    path = tmp_path / "shown.toml"
    path.write_text(ran.output, encoding="utf-8")
    again, known = load_lab(str(path)), load_lab(name)
    assert again == known
    assert (again.sha256, again.measured_sha256) == (known.sha256, known.measured_sha256)


@pytest.mark.parametrize("name", lab_names())
def test_the_source_is_shown_as_written(name: str) -> None:
    """With its comments."""
    ran = lab("show", name, "--source")
    assert ran.output == (LAB_FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def test_every_fault_is_listed_at_once(tmp_path: Path) -> None:
    """Questions are named by id, unknown keys come with the nearest key, sums with both numbers."""
    path = tmp_path / "wrong.toml"
    path.write_text(WRONG, encoding="utf-8")
    ran = lab("check", path)
    assert ran.exit_code == 2
    found = [line.strip() for line in ran.stderr.splitlines()[1:]]
    expected = (
        r"limits\.entires: .* entries",
        r"accuracy\.judge: .*'pytorch' or 'runner'",
        r"questions\[4\.1\]\.tilte: .* title",
        r"questions\[2\]: .*15.*14",
        r".*\bpart1\b.*47.*50",
        r".*\bpart2\.formula\b.*45.*40",
    )
    assert len(found) == len(expected)
    for pattern in expected:
        assert sum(bool(re.match(pattern, fault)) for fault in found) == 1, pattern


def test_a_misspelt_extends_is_recognised(tmp_path: Path) -> None:
    """`extends` is not a field of the lab, and still the nearest key."""
    path = tmp_path / "wrong.toml"
    path.write_text('extend = "prune-mobilenet-2024"\n', encoding="utf-8")
    assert re.search("extend: .* extends", lab("check", path).stderr)


def test_what_cannot_be_read_is_wrong_usage(tmp_path: Path) -> None:
    """A file that is not TOML, and a missing file."""
    path = tmp_path / "wrong.toml"
    path.write_text("[", encoding="utf-8")
    for given in (path, tmp_path / "none.toml"):
        ran = lab("check", given)
        assert ran.exit_code != 0
        assert ran.exception


def test_a_new_lab_is_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no due date, and is never overwritten."""
    monkeypatch.chdir(tmp_path)
    assert lab("new", "prune-2027").exit_code == 0
    written = (tmp_path / "prune-2027.toml").read_bytes()
    ran = lab("check", "prune-2027.toml")
    assert ran.exit_code == 0, ran.output
    assert "100 points" in ran.output
    assert network_lab("prune-2027.toml").deadline.moment is None
    assert lab("new", "prune-2027.toml").exit_code != 0
    assert (tmp_path / "prune-2027.toml").read_bytes() == written


def test_a_new_lab_of_write_ups_is_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another kind is wrong usage, and writes nothing."""
    monkeypatch.chdir(tmp_path)
    assert lab("new", "report-2027", "--kind", "write-up").exit_code == 0
    ran = lab("check", "report-2027.toml")
    assert ran.exit_code == 0, ran.output
    assert "10 points" in ran.output
    assert lab("new", "other", "--kind", "essay").exit_code != 0
    assert not (tmp_path / "other.toml").exists()


@pytest.mark.parametrize("name", ["../x", "Prune", "", "prune-mobilenet-2024", "a/b", "a\n"])
def test_a_name_that_no_lab_can_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Nothing is written."""
    monkeypatch.chdir(tmp_path)
    assert lab("new", name).exit_code != 0
    assert list(tmp_path.iterdir()) == []
