"""Labs of networks: the shipped ones, and what their keys change."""

import re

import pytest

from grader.labs.kinds import network_lab
from grader.types import Role
from tests.labs.changes import NAMES, Change, changed, marked, setting, without

OF_NETWORKS = tuple(role for role in Role if role is not Role.WRITE_UP)


@pytest.mark.parametrize("name", NAMES)
def test_each_lab_has_the_formula_of_the_text(name: str) -> None:
    """((200 - MFLOPs)/(200 - 45) - 10 clamp(0.92 - accuracy, 0, 1)) 45, at least 0, no cap."""
    lab = network_lab(name)
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
    lab = network_lab(name)
    assert [(each.id, each.points) for each in lab.questions_of("part1")] == [
        *(("1.1", 2), ("1.2", 3), ("2", 15), ("3", 5)),
        *(("4.1", 5), ("4.2", 5), ("4.3", 5), ("5", 10)),
    ]
    assert [each.id for each in lab.questions_of("part2.approach")] == ["approach"]
    assert [each.id for each in lab.questions if each.checked] == ["2", "3", "5"]


def test_what_tells_the_labs_apart() -> None:
    """The judge, the forms and the notebook's name are as each year's text has them."""
    updated, original, next_year = (network_lab(name) for name in NAMES)
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
    runner = network_lab(name).runner
    assert runner
    assert runner.arguments == ("--model_path", "./model/mobilenet.pte")
    assert runner.data == "data/test_batch.bin"
    accuracy = re.search(runner.accuracy_pattern, "Accuracy: 0.9234")
    progress = re.search(runner.progress_pattern, "Done testing: 500/10000")
    assert accuracy
    assert progress
    assert (accuracy["accuracy"], progress["done"]) == ("0.9234", "500")
    assert network_lab("prune-mobilenet-2025").runner is None


def test_a_path_contains_the_students_id() -> None:
    """`{id}` becomes the student's id; a path without it is the same for all students."""
    layout = network_lab().layout
    assert layout.path(Role.NOTEBOOK, "312551001") == "312551001.ipynb"
    assert layout.path(Role.CHECKPOINT, "312551001") == "model/mobilenet.pth"


@pytest.mark.parametrize("role", OF_NETWORKS)
def test_each_role_has_its_own_limit(role: Role) -> None:
    """The limit of a role is the lab's `<role>_bytes`."""
    limits = changed(setting(f"limits.{role.value}_bytes", 12_345)).limits
    assert limits.of(role) == 12_345
    assert all(limits.of(other) != 12_345 for other in OF_NETWORKS if other is not role)


def test_a_lab_with_a_runner_says_how_to_start_it() -> None:
    """A path without the table, the table without a path, and a runner without a program."""
    with pytest.raises(ValueError, match=r"runner: .*missing"):
        changed(lambda content: content.pop("runner"))
    for role in ("runner", "program"):
        with pytest.raises(ValueError, match=r"runner: layout\.paths needs"):
            changed(without("layout.paths", role), setting("layout.forms.0.files", ["notebook"]))


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
    assert changed(change).measured_sha256 == network_lab().measured_sha256
    assert changed(change).sha256 != network_lab().sha256


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
    assert changed(change).measured_sha256 != network_lab().measured_sha256
