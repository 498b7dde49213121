"""One lab as data: a TOML file, validated once, holding every constant the code does not."""

import hashlib
import json
from math import isclose
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from grader.errors import GraderError
from grader.labs import DEFAULT_LAB, LAB_FOLDER
from grader.labs.deadline import Deadline
from grader.labs.landmark import Landmark
from grader.labs.layout import Form, Layout
from grader.labs.question import Fraction, Points, Positive, Question, compiled
from grader.labs.table import Table, read_table
from grader.types import Role

__all__ = ["LAB_FOLDER", "Form", "LabSpec", "Question", "lab_names", "lab_path", "load_lab"]

_GROUPS = {"accuracy_pattern": "accuracy", "progress_pattern": "done"}


class Limits(Table):
    """Sizes in bytes above which a hand-in is refused before anything reads it.

    And processor time, in seconds, after which what it brought is stopped: a program or a runner
    over all images, a notebook's cells one question at a time.
    """

    archive_bytes: Positive
    unpacked_bytes: Positive
    entries: Positive
    ratio: Annotated[float, Field(gt=1)]
    checkpoint_bytes: Positive
    program_bytes: Positive
    runner_bytes: Positive
    notebook_bytes: Positive
    program_seconds: Positive
    runner_seconds: Positive
    notebook_seconds: Positive

    def of(self, role: Role) -> int:
        """The most bytes a file handed in for `role` may have."""
        return {
            Role.CHECKPOINT: self.checkpoint_bytes,
            Role.PROGRAM: self.program_bytes,
            Role.RUNNER: self.runner_bytes,
            Role.NOTEBOOK: self.notebook_bytes,
        }[role]


class NetworkSpec(Table):
    """The unpruned network that hand-ins start from."""

    family: str = "mobilenet-v2"
    classes: Positive
    input_shape: tuple[Literal[3], Literal[224], Literal[224]]  # what the preprocessing makes
    unpruned_mflops: Annotated[float, Field(gt=0)]


class AccuracySpec(Table):
    """Whose accuracy counts, over how many images, and when two files are the same network."""

    judge: Literal["pytorch", "runner"]
    images: Positive
    notebook_images: Positive
    same_network_agreement: Fraction


class RunnerSpec(Table):
    """How the lab starts the hand-in's runner, and how what it prints is read.

    `data` is where the test images lie, relative to the hand-in's folder. The patterns are Python's
    and looked for in each line: `accuracy_pattern` names the group `accuracy`, `progress_pattern`
    the group `done`, the images looked at so far. `tolerance` is how far the printed accuracy, a
    fraction, may be from ours before a person should look. Where the runner is for another
    processor and only an emulator can run it, it looks at the first `emulated_images`.
    """

    arguments: tuple[str, ...]
    data: str
    accuracy_pattern: str
    progress_pattern: str
    tolerance: Fraction
    emulated_images: Positive

    @field_validator("accuracy_pattern", "progress_pattern")
    @classmethod
    def _pattern_is_usable(cls, pattern: str, info: ValidationInfo) -> str:
        group = _GROUPS[info.field_name or ""]
        if group not in compiled(pattern).groupindex:
            raise ValueError(f"it needs a group (?P<{group}>...)")
        return pattern


class ScoreSpec(Table):
    """The constants of `((ceiling - MFLOPs)/(ceiling - goal) - factor*clamp(...))*points`."""

    mflops_ceiling: float
    mflops_goal: float
    accuracy_goal: Fraction
    accuracy_factor: Annotated[float, Field(ge=0)]
    points: Annotated[float, Field(ge=0)]
    floor: float | None = None
    cap: float | None = None

    @model_validator(mode="after")
    def _formula_is_defined(self) -> Self:
        if self.mflops_ceiling <= self.mflops_goal:
            raise ValueError("mflops_ceiling must be above mflops_goal")
        if self.floor is not None and self.cap is not None and self.cap < self.floor:
            raise ValueError("cap must not be below floor")
        return self


class Item(Table):
    """Points given for one part: by the formula, by a person, or by question."""

    id: str
    title: str
    points: Points
    kind: Literal["formula", "manual", "questions"]


class LabSpec(Table):
    """Everything that tells one lab from another."""

    schema_version: Literal[1]
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    title: str
    summary: str
    deadline: Deadline
    layout: Layout
    limits: Limits
    dataset: str = "cifar10"
    network: NetworkSpec
    accuracy: AccuracySpec
    runner: RunnerSpec | None = None
    score: ScoreSpec
    items: tuple[Item, ...] = Field(min_length=1)
    questions: tuple[Question, ...] = ()
    landmarks: tuple[Landmark, ...] = ()

    @model_validator(mode="after")
    def _items_are_told_apart(self) -> Self:
        if len({item.id for item in self.items}) != len(self.items):
            raise ValueError("two items have the same id")
        return self

    @model_validator(mode="after")
    def _questions_fill_their_items(self) -> Self:
        parts = [item.id for item in self.items] + [each.id for each in self.questions]
        if len(set(parts)) != len(parts):
            raise ValueError("questions: two have the same id, or one that of an item")
        homes = {item.id: item.points for item in self.items if item.kind == "questions"}
        for question in self.questions:
            if question.item not in homes:
                raise ValueError(f"questions: no item of kind questions is {question.item!r}")
        for id, points in homes.items():
            if not isclose(sum(each.points for each in self.questions_of(id)), points):
                raise ValueError(f"questions: those of {id} must add up to its points")
        return self

    @model_validator(mode="after")
    def _the_formula_fills_one_item(self) -> Self:
        points = [item.points for item in self.items if item.kind == "formula"]
        if points != [self.score.points]:
            raise ValueError("items: one must be of kind formula, and its points be score.points")
        return self

    @model_validator(mode="after")
    def _a_runner_can_be_started(self) -> Self:
        if Role.RUNNER in self.layout.paths and self.runner is None:
            raise ValueError("runner: layout.paths has one, so there must be a table for it")
        if self.runner and not {Role.RUNNER, Role.PROGRAM} <= set(self.layout.paths):
            raise ValueError("runner: layout.paths needs a path for it, and one for its program")
        return self

    def questions_of(self, item: str) -> tuple[Question, ...]:
        """The questions whose points make up `item`."""
        return tuple(each for each in self.questions if each.item == item)

    @property
    def blank(self) -> bytes | None:
        """The blank notebook's bytes, if the lab has one."""
        name = self.layout.blank_notebook
        return None if name is None else (LAB_FOLDER / name).read_bytes()

    @property
    def sha256(self) -> str:
        """Identifies the lab by content: comments and the order of keys do not count."""
        return _sha256(self.model_dump(mode="json"))

    @property
    def measured_sha256(self) -> str:
        """As `sha256`, over what measurements depend on: a new formula measures nothing again."""
        measured = self.model_dump(
            mode="json",
            include={
                "layout": True,
                "limits": True,
                "dataset": True,
                "network": True,
                "accuracy": {"images", "notebook_images", "same_network_agreement"},
                "runner": True,
                "questions": {"__all__": {"id", "kind", "headings", "takes", "settings"}},
            },
        )
        return _sha256({**measured, "blank": self.blank and hashlib.sha256(self.blank).hexdigest()})


def _sha256(content: dict[str, Any]) -> str:
    # Lab files did not name these two at first: at their default the hashes stay as they were.
    content = {**content, "network": dict(content["network"])}
    for table, name, default in (
        (content, "dataset", "cifar10"),
        (content["network"], "family", "mobilenet-v2"),
    ):
        if table[name] == default:
            del table[name]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def lab_names() -> tuple[str, ...]:
    """The labs that come with the grader, the default first."""
    names = sorted(path.stem for path in LAB_FOLDER.glob("*.toml"))
    return (DEFAULT_LAB, *(name for name in names if name != DEFAULT_LAB))


def lab_path(name: str) -> Path:
    """The TOML file of a lab that comes with the grader, or the file `name` itself points to.

    Raises `GraderError` where there is none.
    """
    if name in lab_names():
        return LAB_FOLDER / f"{name}.toml"
    if name.endswith(".toml") and Path(name).is_file():
        return Path(name)
    raise GraderError(
        f"There is no lab {name!r}.",
        help=f"Use one of {', '.join(lab_names())}, or the path of a lab's .toml file.",
    )


def load_lab(name: str = DEFAULT_LAB) -> LabSpec:
    """Read and validate a lab, by its name or the path of its file.

    Raises `GraderError` that names the first wrong key and says what is wrong with it.
    """
    return read_table(lab_path(name), LabSpec, help="`grader lab show` prints a lab that is valid.")
