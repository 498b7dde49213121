"""A lab file is read as its kind."""

import tomllib
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.labs.hand_in_limits import ArchiveLimits
from grader.labs.kinds import (
    as_network_lab,
    as_write_up_lab,
    kind_of,
    load_lab,
    network_lab,
)
from grader.labs.spec import LabSpec
from tests.labs.changes import DEFAULT, NAMES, written


def test_a_file_of_version_1_loads() -> None:
    """The lab of 2025 as it was written before `extends`, in one file, is the same lab.

    Only the questions' words came later.
    """
    lab = network_lab(NAMES[2])
    wordless = tuple(each.model_copy(update={"words": ()}) for each in lab.questions)
    first = network_lab(str(Path(__file__).parent / "version-1.toml"))
    assert first == lab.model_copy(update={"questions": wordless})


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("schema_version = 1", "schema_version = 2", "schema_version: "),
        ('name = "prune-mobilenet-2024"', 'name = "Prune me"', "name: "),
        ("entries = 4_096", "entires = 4_096", "limits.entires: "),
        ("entries = 4_096", "entries = 4_096\nextra = 1", "limits.extra: "),
        ("entries = 4_096", "entries = 0", "limits.entries: "),
        ("ratio = 200.0", "ratio = 1.0", "limits.ratio: "),
        ("[3, 224, 224]", "[3, 192, 224]", "network.input_shape[number 2]: "),
        ('judge = "pytorch"', 'judge = "student"', "accuracy.judge: "),
        ("accuracy_goal = 0.92", "accuracy_goal = 92", "score.accuracy_goal: "),
        ("accuracy_factor = 10.0", "accuracy_factor = -10.0", "score.accuracy_factor: "),
        ("mflops_goal = 45.0", "mflops_goal = nan", "score.mflops_goal: "),
        ("mflops_ceiling = 200.0", "mflops_ceiling = inf", "score.mflops_ceiling: "),
        (
            "mflops_ceiling = 200.0",
            "mflops_ceiling = 45.0",
            "score: mflops_ceiling",
        ),
        ("floor = 0.0", "floor = 0.0\ncap = -1.0", "score: cap"),
        (
            'files = ["checkpoint", "notebook"]',
            'files = ["checkpoint", "essay"]',
            "layout.forms[revised].files[number 2]: ",
        ),
        ('files = ["checkpoint", "notebook"]', "files = []", "layout.forms[revised].files: "),
        (
            'runner = "xnn_executor_runner"',
            "",
            "layout: form 'first' needs runner",
        ),
        ("accuracy>", "accuracy", "runner.accuracy_pattern: 'Accuracy"),
        ("?P<accuracy>", "", "runner.accuracy_pattern: the pattern needs a group"),
        ("?P<done>", "?P<images>", "runner.progress_pattern: the pattern needs a group"),
        (r"(?P<done>\d+)", r"(?P<done>\d+)+", "runner.progress_pattern: a group must"),
        (r"(?P<done>\d+)", r"(?P<done>(\d+){2})", "runner.progress_pattern: a group must"),
        ("tolerance = 0.005", "tolerance = 5", "runner.tolerance: "),
        ("[runner] ", "[device] ", "device: "),
        ('zone = "Asia/Taipei"', 'zone = "Mars/Base"', "deadline.zone: 'Mars/Base'"),
        ('zone = "Asia/Taipei"', 'zone = "Asia"', "deadline.zone: 'Asia'"),
        ('zone = "Asia/Taipei"', 'zone = "../etc"', "deadline.zone: '../etc'"),
        ("2024-04-04T23:55:00", "2024-04-04T23:55:00Z", "deadline.due: "),
        ('id = "part2.approach"', 'id = "part1"', "items: 2 items have the id part1"),
        (
            'blank_notebook = "prune-mobilenet.ipynb"',
            'blank_notebook = "../lab.ipynb"',
            "layout.blank_notebook: '../lab.ipynb'",
        ),
        ('id = "1.2"', 'id = "1.1"', "questions: 2 questions have the id 1.1"),
        ('id = "1.2"', 'id = "part1"', "questions: part1"),
        ('id = "1.2"', 'id = "One two"', "questions[One two].id: "),
        (
            'id = "1.2"\nitem = "part1"',
            'id = "1.2"\nitem = "part2.formula"',
            "questions[1.2].item: ",
        ),
        (
            'points = 50.0\nkind = "questions"',
            'points = 40.0\nkind = "questions"',
            "the questions of part1 add up to 50 points, the item has 40",
        ),
        (
            "zeros = 4.0",
            "zeros = 5.0",
            "questions[2]: the properties add up to 16 points, the question has 15",
        ),
        (
            "nonzeros = 5.0",
            "leftover = 5.0",
            "questions[3]: 'leftover'",
        ),
        (
            "[questions.properties]\nnonzeros = 5.0",
            "",
            "questions[3]: the properties add up to 0 points, the question has 5",
        ),
        (
            'title = "Question 1.2: how they help pruning"',
            'title = "Question 1.2: how they help pruning"\nproperties = { right = 3.0 }',
            "questions[1.2]: a question of kind text has no properties",
        ),
        (r"q)\s*1\.2(?!", r"q)\s*1\.2((", "questions[1.2].headings[number 1]: "),
        (
            r"(?:question|q)\s*1\.2",
            r"(?:question|q)*1\.2",
            "questions[1.2].headings[number 1]: a group",
        ),
        (
            'points = 45.0\nkind = "formula"',
            'points = 50.0\nkind = "formula"',
            "the item part2.formula has 50 points, score.points is 45",
        ),
        (
            'points = 45.0\nkind = "formula"',
            'points = 45.0\nkind = "manual"',
            "items: exactly one must be of kind formula",
        ),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    """The error has the file, the key and its fault; the help shows how to see a valid lab."""
    path = written(tmp_path, (old, new))
    with pytest.raises(GraderError) as caught:
        network_lab(path)
    assert named in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")
    assert "Value error" not in str(caught.value)
    assert caught.value.help
    assert "grader lab show" in caught.value.help


def test_a_lab_of_another_kind_is_refused_where_networks_are_needed() -> None:
    """The message names the lab; a lab of networks is returned as it is."""
    lab = network_lab()
    assert as_network_lab(lab) is lab
    content = tomllib.loads(DEFAULT)
    shared = {key: content[key] for key in LabSpec.model_fields if key in content}
    shared["limits"] = {key: content["limits"][key] for key in ArchiveLimits.model_fields}
    with pytest.raises(GraderError, match=lab.name):
        as_network_lab(LabSpec.model_validate(shared))


def test_a_lab_without_a_kind_is_one_of_networks(tmp_path: Path) -> None:
    """So is every lab file that was written before there were kinds; an unknown kind is a fault."""

    def of_kind(kind: str) -> str:
        return written(tmp_path, ("schema_version = 1", f'schema_version = 1\nkind = "{kind}"'))

    assert load_lab(of_kind("network")) == load_lab(written(tmp_path)) == network_lab()
    with pytest.raises(GraderError, match="kind"):
        load_lab(of_kind("essay"))


def test_a_lab_has_one_kind() -> None:
    """What needs another kind is refused."""
    networks, write_ups = load_lab(NAMES[0]), load_lab("on-device-2022")
    assert (kind_of(networks), kind_of(write_ups)) == ("network", "write-up")
    assert as_write_up_lab(write_ups) is write_ups
    with pytest.raises(GraderError, match="not write-ups"):
        as_write_up_lab(networks)
    with pytest.raises(GraderError, match="not networks"):
        as_network_lab(write_ups)
