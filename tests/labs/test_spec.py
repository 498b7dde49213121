import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from grader.errors import GraderError
from grader.labs import DEFAULT_LAB, LAB_FOLDER
from grader.labs.spec import LabSpec, load_lab
from grader.types import Role

NAMES = ("prune-mobilenet-2024", "prune-mobilenet-2024-original", "prune-mobilenet-2025")
DEFAULT = (LAB_FOLDER / f"{DEFAULT_LAB}.toml").read_text(encoding="utf-8")

Change = Callable[[dict[str, Any]], None]


def setting(path: str, value: object) -> Change:
    """Set the key at `path`, for example `score.points`, to `value`."""

    def change(content: dict[str, Any]) -> None:
        *tables, key = path.split(".")
        for table in tables:
            content = content[int(table) if table.isdigit() else table]  # type: ignore[index]  # a list of tables
        content[key] = value

    return change


def without(table: str, key: str) -> Change:
    """Delete `key` from `table`, for example from `layout.paths`."""

    def change(content: dict[str, Any]) -> None:
        for name in table.split("."):
            content = content[name]
        del content[key]

    return change


def changed(*changes: Change) -> LabSpec:
    """The default lab with some keys changed."""
    content = tomllib.loads(DEFAULT)
    for change in changes:
        change(content)
    return LabSpec.model_validate(content)


def marked(first: str, points: float, second: str, others: float) -> Change:
    """Give two questions other points."""

    def change(content: dict[str, Any]) -> None:
        given = {first: points, second: others}
        for question in content["questions"]:
            question["points"] = given.get(question["id"], question["points"])

    return change


def written(folder: Path, *replacements: tuple[str, str]) -> str:
    """Write the default lab file with parts replaced; return its path."""
    text = DEFAULT
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "lab.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", NAMES)
def test_each_lab_has_the_formula_of_the_text(name: str) -> None:
    """((200 - MFLOPs)/(200 - 45) - 10 clamp(0.92 - accuracy, 0, 1)) 45, at least 0, no cap."""
    lab = load_lab(name)
    assert lab.name == name
    assert lab.score.model_dump() == {
        "mflops_ceiling": 200,
        "mflops_goal": 45,
        "accuracy_goal": 0.92,
        "accuracy_factor": 10,
        "points": 45,
        "floor": 0,
        "cap": None,
    }
    assert [(item.id, item.points, item.kind) for item in lab.items] == [
        ("part1", 50, "questions"),
        ("part2.formula", 45, "formula"),
        ("part2.approach", 5, "questions"),
    ]
    assert (lab.accuracy.images, lab.accuracy.notebook_images) == (10_000, 9_984)
    assert (lab.network.classes, lab.network.input_shape) == (10, (3, 224, 224))


@pytest.mark.parametrize("name", NAMES)
def test_each_lab_asks_the_questions_of_the_notebook(name: str) -> None:
    """Part 1 has 50 points in eight questions; three of them have checks."""
    lab = load_lab(name)
    assert [(each.id, each.points) for each in lab.questions_of("part1")] == [
        *(("1.1", 2), ("1.2", 3), ("2", 15), ("3", 5)),
        *(("4.1", 5), ("4.2", 5), ("4.3", 5), ("5", 10)),
    ]
    assert [each.id for each in lab.questions_of("part2.approach")] == ["approach"]
    assert [each.id for each in lab.questions if each.checked] == ["2", "3", "5"]


# Graded classes store these hashes: if one changes, every class is measured again, or is reported
# as graded with another lab. CHANGELOG gives the reason of a change.
HASHES = {
    "prune-mobilenet-2024": (
        "36b849cbb7c19f859c0bd3bda5d03d1d55b0475b06a9a9e9b46287a9c02b36b5",
        "c3b353c36a4fda3800410a4760cfa22e73841f6d95e61b26103030219b0b6217",
    ),
    "prune-mobilenet-2024-original": (
        "f6506949e4b1289181d0818144fe18f8a4fd40ed7675096bc8494bd4d5ea3b55",
        "cb4b740f73f96af5a5db8e1433cade38442769bf5ae7f852dc3fcd2fcdebfaa3",
    ),
    "prune-mobilenet-2025": (
        "7fb76399a3943a7ad52933527c27fe5ee31abadd9bb9a9ce1acc69092668dd5d",
        "78eab1d9d69316542929cef4938214119eda1a62192c7d010e2f5c3ce2b9aec4",
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_the_hashes_are_those_of_graded_classes(name: str) -> None:
    """Both, since the labs have the words of their questions."""
    lab = load_lab(name)
    assert (lab.sha256, lab.measured_sha256) == HASHES[name]


def test_a_file_of_version_1_loads() -> None:
    """The lab of 2025 as it was written before `extends`, in one file, is the same lab.

    Only the questions' words came later.
    """
    lab = load_lab(NAMES[2])
    wordless = tuple(each.model_copy(update={"words": ()}) for each in lab.questions)
    first = load_lab(str(Path(__file__).parent / "version-1.toml"))
    assert first == lab.model_copy(update={"questions": wordless})


def test_what_tells_the_labs_apart() -> None:
    """The judge, the forms and the notebook's name are as each year's text has them."""
    updated, original, next_year = (load_lab(name) for name in NAMES)
    assert [lab.accuracy.judge for lab in (updated, original, next_year)] == [
        "pytorch",
        "runner",
        "pytorch",
    ]
    four = (Role.CHECKPOINT, Role.PROGRAM, Role.RUNNER, Role.NOTEBOOK)
    two = (Role.CHECKPOINT, Role.NOTEBOOK)
    assert [form.files for form in updated.layout.forms] == [four, two]
    assert [form.files for form in original.layout.forms] == [four]
    assert [form.files for form in next_year.layout.forms] == [two]
    assert next_year.layout.template_notebook == "lab1.ipynb"


@pytest.mark.parametrize("name", NAMES[:2])
def test_the_labs_runner_is_started_and_read_as_its_text_says(name: str) -> None:
    """`--model_path ./model/mobilenet.pte`, `Done testing: 500/10000`, last `Accuracy: 0.9234`."""
    runner = load_lab(name).runner
    assert runner
    assert runner.arguments == ("--model_path", "./model/mobilenet.pte")
    assert runner.data == "data/test_batch.bin"
    accuracy = re.search(runner.accuracy_pattern, "Accuracy: 0.9234")
    progress = re.search(runner.progress_pattern, "Done testing: 500/10000")
    assert accuracy
    assert progress
    assert (accuracy["accuracy"], progress["done"]) == ("0.9234", "500")
    assert load_lab("prune-mobilenet-2025").runner is None


def test_the_due_date_is_a_moment_in_taipei() -> None:
    """4 April 2024, 23:55, eight hours before UTC; the lab of 2025 has none."""
    moment = load_lab().deadline.moment
    assert moment is not None
    assert moment.isoformat() == "2024-04-04T23:55:00+08:00"
    assert moment.tzinfo == ZoneInfo("Asia/Taipei")
    assert load_lab("prune-mobilenet-2025").deadline.moment is None


def test_a_path_contains_the_students_id() -> None:
    """`{id}` becomes the student's id; a path without it is the same for all students."""
    layout = load_lab().layout
    assert layout.path(Role.NOTEBOOK, "312551001") == "312551001.ipynb"
    assert layout.path(Role.CHECKPOINT, "312551001") == "model/mobilenet.pth"


@pytest.mark.parametrize("role", list(Role))
def test_each_role_has_its_own_limit(role: Role) -> None:
    """The limit of a role is the lab's `<role>_bytes`."""
    limits = changed(setting(f"limits.{role.value}_bytes", 12_345)).limits
    assert limits.of(role) == 12_345
    assert all(limits.of(other) != 12_345 for other in Role if other is not role)


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
        load_lab(path)
    assert named in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")
    assert "Value error" not in str(caught.value)
    assert caught.value.help
    assert "grader lab show" in caught.value.help


def test_a_lab_with_a_runner_says_how_to_start_it() -> None:
    """A path without the table, the table without a path, and a runner without a program."""
    with pytest.raises(ValueError, match=r"runner: .*missing"):
        changed(lambda content: content.pop("runner"))
    for role in ("runner", "program"):
        with pytest.raises(ValueError, match=r"runner: layout\.paths needs"):
            changed(without("layout.paths", role), setting("layout.forms.0.files", ["notebook"]))


def test_a_loaded_lab_cannot_be_changed() -> None:
    """An assignment raises."""
    with pytest.raises(ValueError, match="frozen"):
        load_lab().score.points = 50


def test_a_lab_is_identified_by_content_alone(tmp_path: Path) -> None:
    """Comments and the order of tables and keys keep the hash; a constant changes it."""
    content = tomllib.loads(DEFAULT)
    paths = dict(reversed(content["layout"]["paths"].items()))
    reordered = {**dict(reversed(content.items())), "layout": {**content["layout"], "paths": paths}}
    assert LabSpec.model_validate(reordered).sha256 == load_lab().sha256
    assert LabSpec.model_validate(reordered).measured_sha256 == load_lab().measured_sha256
    commented = load_lab(written(tmp_path, ("[score]", "# The formula.\n[score]")))
    assert commented.sha256 == load_lab().sha256
    assert changed(setting("score.floor", 1.0)).sha256 != load_lab().sha256


@pytest.mark.parametrize(
    "change",
    [
        setting("score.mflops_goal", 40.0),
        setting("score.cap", 60.0),
        setting("items.2.title", "How it was done"),
        setting("questions.0.title", "The first"),
        marked("1.1", 3.0, "1.2", 2.0),
        setting("accuracy.judge", "runner"),
        setting("deadline.zone", "UTC"),
        setting("title", "Another"),
        without("score", "floor"),
    ],
)
def test_a_new_formula_measures_nothing_again(change: Change) -> None:
    """Measurements do not depend on the formula, the points, the judge and the date."""
    assert changed(change).measured_sha256 == load_lab().measured_sha256
    assert changed(change).sha256 != load_lab().sha256


@pytest.mark.parametrize(
    "change",
    [
        setting("limits.unpacked_bytes", 1_000),
        setting("layout.paths.checkpoint", "mobilenet.pth"),
        setting("network.classes", 100),
        setting("accuracy.same_network_agreement", 0.9),
        setting("accuracy.notebook_images", 9_000),
        setting("runner.arguments", []),
        setting("runner.accuracy_pattern", "acc=(?P<accuracy>.+)"),
        setting("runner.tolerance", 0.01),
        setting("limits.runner_seconds", 60),
        setting("questions.0.headings", ["Frage 1"]),
        setting("questions.0.takes", "code"),
        setting("questions.3.settings.nonzeros", 9),
        setting("questions.7.settings.size_ratio", 0.3),
    ],
)
def test_what_measurements_depend_on_measures_again(change: Change) -> None:
    """Measurements depend on limits, layout, network and images."""
    assert changed(change).measured_sha256 != load_lab().measured_sha256
