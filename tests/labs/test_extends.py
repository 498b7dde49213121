"""A lab file that extends another: what is merged, removed and refused."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GraderError
from grader.labs import DEFAULT_LAB, LAB_FOLDER
from grader.labs.extends import LONGEST_CHAIN, merged, resolve
from grader.labs.files import WrongTable, lab_names
from grader.labs.kinds import network_lab
from grader.labs.network_lab import NetworkLab

HEAD = f'extends = "{DEFAULT_LAB}"\nname = "own"\n'

BLANK = b'{"cells": [], "metadata": {"number": %d}}'


def written(folder: Path, text: str, name: str = "own.toml") -> Path:
    """A lab file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def own(folder: Path, text: str) -> NetworkLab:
    """The lab that differs from the default one by `text`."""
    return network_lab(str(written(folder, HEAD + text)))


def refused(folder: Path, text: str) -> tuple[str, ...]:
    """The faults of the lab that differs from the default one by `text`."""
    with pytest.raises(WrongTable) as caught:
        own(folder, text)
    return caught.value.faults


def test_only_what_differs_is_in_the_file(tmp_path: Path) -> None:
    """One key of a table changes, its other keys stay, and the name is the lab's own."""
    base, lab = network_lab(), own(tmp_path, "[score]\nmflops_goal = 40.0\n")
    score = base.score.model_copy(update={"mflops_goal": 40.0})
    assert lab == base.model_copy(update={"name": "own", "score": score})
    assert lab.measured_sha256 == base.measured_sha256


def test_a_question_is_changed_by_its_id_and_a_new_one_comes_last(tmp_path: Path) -> None:
    """Its other keys and its position stay; the sums are those of the merged lab."""
    text = """
[[questions]]
id = "1.2"
points = 1.0
[[questions]]
id = "new"
item = "part1"
title = "New"
points = 2.0
kind = "text"
headings = ["New"]
takes = "answer"
"""
    base, lab = network_lab(), own(tmp_path, text)
    assert [each.id for each in lab.questions] == [*(each.id for each in base.questions), "new"]
    assert lab.questions[1] == base.questions[1].model_copy(update={"points": 1.0})
    assert lab.questions[0] == base.questions[0]


def test_another_list_is_replaced(tmp_path: Path) -> None:
    """Forms and landmarks have no id, so the file's list replaces the extended lab's."""
    lab = own(
        tmp_path,
        '[[layout.forms]]\nname = "one"\nfiles = ["notebook"]\n[[landmarks]]\n'
        'name = "one"\nmflops = 1.0\naccuracy = 0.5\n',
    )
    assert [form.name for form in lab.layout.forms] == ["one"]
    assert [each.name for each in lab.landmarks] == ["one"]


def test_keys_and_questions_are_removed(tmp_path: Path) -> None:
    """A key by its path, a question by its id, which contains dots."""
    lab = own(
        tmp_path,
        'remove = ["landmarks", "score.floor", "questions.1.1"]\n[[questions]]\nid = "1.2"\n'
        "points = 5.0\n",
    )
    assert (lab.landmarks, lab.score.floor) == ((), None)
    assert [each.id for each in lab.questions][:2] == ["1.2", "2"]


def test_a_removed_key_must_exist(tmp_path: Path) -> None:
    """Each missing key is reported, with the other faults."""
    faults = refused(
        tmp_path,
        'remove = ["runnr", "questions.9", "name.first"]\n[limits]\nentires = 1\n',
    )
    for fault, key in zip(faults, ("runnr", "questions.9", "name.first"), strict=False):
        assert fault.startswith("remove: ")
        assert fault.endswith(key)
    assert any("limits.entires" in fault for fault in faults)


def test_the_name_is_not_inherited(tmp_path: Path) -> None:
    """Reports could not distinguish two labs of the same name."""
    path = written(tmp_path, f'extends = "{DEFAULT_LAB}"\n')
    with pytest.raises(WrongTable, match="name: "):
        network_lab(str(path))


def test_a_question_given_twice_is_refused(tmp_path: Path) -> None:
    """The second one is not merged into the first."""
    question = '[[questions]]\nid = "1.1"\npoints = 2.0\n'
    assert re.search(
        r"questions: .*2.*\b1\.1\b",
        " ".join(
            refused(
                tmp_path,
                question
                + question.replace(
                    "points",
                    "title = 'x'\nkind = 'text'\n"
                    "item = 'part1'\nheadings = ['x']\ntakes = 'answer'\npoints",
                ),
            )
        ),
    )


def test_a_chain_of_files_beside_each_other(tmp_path: Path) -> None:
    """A path is relative to the folder of the file that contains it."""
    (tmp_path / "base").mkdir()
    written(tmp_path / "base", HEAD + "[score]\ncap = 50.0\n", "first.toml")
    path = written(tmp_path, 'extends = "base/first.toml"\nname = "second"\n[score]\nfloor = 1.0\n')
    lab = network_lab(str(path))
    assert (lab.name, lab.score.cap, lab.score.floor) == ("second", 50.0, 1.0)


def test_the_blank_notebook_is_beside_the_file_or_comes_with_the_grader(tmp_path: Path) -> None:
    """Search order: beside the file, beside the file that it extends, then the shipped labs."""
    shipped = network_lab().blank
    (tmp_path / "base").mkdir()
    written(tmp_path / "base", HEAD, "first.toml")
    path = written(tmp_path, 'extends = "base/first.toml"\nname = "second"\n')
    assert network_lab(str(path)).blank == shipped
    for number, folder in enumerate((tmp_path / "base", tmp_path)):
        (folder / "prune-mobilenet.ipynb").write_bytes(BLANK % number)
        lab = network_lab(str(path))
        assert lab.blank == BLANK % number
        assert lab.measured_sha256 != network_lab().measured_sha256
        assert lab.sha256 == network_lab(str(path)).sha256


@pytest.mark.parametrize("name", ["none.ipynb", "spec.py", "../own.ipynb", "/etc/passwd", ""])
def test_a_blank_notebook_that_is_not_there(tmp_path: Path, name: str) -> None:
    """Only a notebook's name is accepted, and no other folder is searched."""
    (tmp_path.parent / "own.ipynb").write_bytes(b"{}")
    (fault,) = refused(tmp_path, f'[layout]\nblank_notebook = "{name}"\n')
    assert fault.startswith("layout.blank_notebook: ")


def test_a_circle_is_refused(tmp_path: Path) -> None:
    """The error lists the files of the circle."""
    written(tmp_path, 'extends = "b.toml"\nname = "a"\n', "a.toml")
    path = written(tmp_path, 'extends = "./a.toml"\nname = "b"\n', "b.toml")
    with pytest.raises(GraderError, match=r"circle: b\.toml -> a\.toml -> b\.toml"):
        network_lab(str(path))


def test_a_chain_has_a_longest_length(tmp_path: Path) -> None:
    """The longest allowed chain loads, a longer one does not."""
    base = DEFAULT_LAB
    for number in range(1, LONGEST_CHAIN):
        path = written(tmp_path, f'extends = "{base}"\nname = "n{number}"\n', f"{number}.toml")
        base = path.name
    assert network_lab(str(path)).name == f"n{LONGEST_CHAIN - 1}"
    path = written(tmp_path, f'extends = "{base}"\nname = "too-long"\n')
    with pytest.raises(GraderError, match="chain"):
        network_lab(str(path))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('extends = "no-such-lab"', "extends: .*no-such-lab"),
        ('extends = "none.toml"', "extends: .*none.toml"),
        ("extends = 3", "extends: .*3"),
        ('remove = "runner"', "remove.* list"),
        ("remove = [1]", "remove.* list"),
        ('remove = ["runner"]', "remove: .*extends"),
    ],
)
def test_a_wrong_extends_or_remove_is_named(tmp_path: Path, text: str, named: str) -> None:
    """The error names the key and the file."""
    path = written(tmp_path, text)
    with pytest.raises(GraderError, match=named) as caught:
        network_lab(str(path))
    assert str(path) in str(caught.value)


KEYS = st.sampled_from(("a", "b", "c"))
TABLES = st.dictionaries(
    KEYS, st.integers(0, 9) | st.dictionaries(KEYS, st.integers(0, 9)), max_size=3
)


@given(TABLES, TABLES)
def test_laws_of_merging(base: dict[str, Any], own: dict[str, Any]) -> None:
    """An empty table changes nothing, own values win, and merging is idempotent."""
    assert merged(base, {}) == base
    assert merged({}, own) == own
    assert merged(merged(base, own), own) == merged(base, own)
    assert base.keys() | own.keys() == merged(base, own).keys()
    assert all(merged(base, own)[key] == value for key, value in own.items() if value in range(10))


@pytest.mark.parametrize("name", lab_names())
def test_a_shipped_lab_that_extends_is_short(name: str) -> None:
    """It has at most 25 lines, and resolving it does not change the lab that it extends."""
    text = (LAB_FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    if "extends" in tomllib.loads(text):
        assert len(text.splitlines()) <= 25
    before = resolve(LAB_FOLDER / f"{DEFAULT_LAB}.toml").content
    resolve(LAB_FOLDER / f"{name}.toml")
    assert resolve(LAB_FOLDER / f"{DEFAULT_LAB}.toml").content == before
