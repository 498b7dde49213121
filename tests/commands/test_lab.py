"""`grader lab`: labs listed, shown resolved, checked, and begun."""

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli import app
from grader.labs import LAB_FOLDER
from grader.labs.files import lab_names
from grader.labs.spec import load_lab

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
    """In a narrow terminal too, with the due date where there is one."""
    ran = lab("list")
    assert ran.exit_code == 0, ran.output
    lines = ran.output.splitlines()
    for name in lab_names():
        (line,) = (line for line in lines if line.split(" ")[0] == name)
        assert ("2024-04-04" in line) is ("2024" in name)


@pytest.mark.parametrize("name", lab_names())
def test_a_lab_is_shown_resolved(name: str, tmp_path: Path) -> None:
    """It extends nothing, and loads again to the same lab with the same hashes."""
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
    """Comments and all."""
    ran = lab("show", name, "--source")
    assert ran.output == (LAB_FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def test_every_fault_is_listed_at_once(tmp_path: Path) -> None:
    """Questions by their ids, an unknown key with the nearest, a sum with what it should be."""
    path = tmp_path / "wrong.toml"
    path.write_text(WRONG, encoding="utf-8")
    ran = lab("check", path)
    assert ran.exit_code == 2
    assert [line.strip() for line in ran.stderr.splitlines()[1:]] == [
        "limits.entires: there is no such key, the nearest is entries",
        "accuracy.judge: Input should be 'pytorch' or 'runner'",
        "questions[4.1].tilte: there is no such key, the nearest is title",
        "questions[2]: the properties add up to 15, the question has 14 points",
        "the questions of part1 add up to 47, the item has 50 points",
        "the item part2.formula has 45 points, score.points is 40",
    ]


def test_a_key_of_ours_that_is_misspelt_is_known(tmp_path: Path) -> None:
    """`extends` is no key of the lab itself, and still the nearest one."""
    path = tmp_path / "wrong.toml"
    path.write_text('extend = "prune-mobilenet-2024"\n', encoding="utf-8")
    assert "extend: there is no such key, the nearest is extends" in lab("check", path).stderr


def test_what_cannot_be_read_is_wrong_usage(tmp_path: Path) -> None:
    """No TOML, and no file."""
    path = tmp_path / "wrong.toml"
    path.write_text("[", encoding="utf-8")
    for given in (path, tmp_path / "none.toml"):
        ran = lab("check", given)
        assert ran.exit_code != 0
        assert ran.exception


def test_a_lab_is_begun_and_can_be_used_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no due date of another year, and is never written over."""
    monkeypatch.chdir(tmp_path)
    assert lab("new", "prune-2027").exit_code == 0
    written = (tmp_path / "prune-2027.toml").read_bytes()
    ran = lab("check", "prune-2027.toml")
    assert ran.exit_code == 0, ran.output
    assert "100 points" in ran.output
    assert load_lab("prune-2027.toml").deadline.moment is None
    assert lab("new", "prune-2027.toml").exit_code != 0
    assert (tmp_path / "prune-2027.toml").read_bytes() == written


@pytest.mark.parametrize("name", ["../x", "Prune", "", "prune-mobilenet-2024", "a/b", "a\n"])
def test_a_name_that_no_lab_can_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Nothing is written."""
    monkeypatch.chdir(tmp_path)
    assert lab("new", name).exit_code != 0
    assert list(tmp_path.iterdir()) == []
