"""A lab as data: a TOML file with all constants of the lab, validated once."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    Field,
    PrivateAttr,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from grader.labs import DEFAULT_LAB
from grader.labs.blank_cells import blank_cells
from grader.labs.consistency import (
    formula_fills_one_item,
    questions_fill_items,
    runner_can_be_started,
)
from grader.labs.deadline import Deadline
from grader.labs.extends import EXTENDS, REMOVE, resolve
from grader.labs.files import NAME_PATTERN, blank_path, lab_path
from grader.labs.hand_in_limits import HandInLimits
from grader.labs.identity import content_sha256, measured_sha256
from grader.labs.item import Item
from grader.labs.landmark import Landmark
from grader.labs.layout import Form, Layout
from grader.labs.question import Fraction, Positive, Question, compiled
from grader.labs.table import Table, TableFile, refuse, validated

__all__ = ["Form", "Item", "LabSpec", "Question", "load_lab", "read_lab"]

_GROUPS = {"accuracy_pattern": "accuracy", "progress_pattern": "done"}


class NetworkSpec(Table):
    """The unpruned network from which hand-ins start."""

    family: str = "mobilenet-v2"
    classes: Positive
    input_shape: tuple[Literal[3], Literal[224], Literal[224]]  # the output of the preprocessing
    unpruned_mflops: Annotated[float, Field(gt=0)]


class AccuracySpec(Table):
    """Which accuracy counts, over how many images, and when two files are the same network.

    `same_network_agreement` is the fraction of the images with the same answer.
    """

    judge: Literal["pytorch", "runner"]
    images: Positive
    notebook_images: Positive
    same_network_agreement: Fraction


class RunnerSpec(Table):
    """How the lab starts the hand-in's runner, and how its output is read.

    `data` is the path of the test images, relative to the hand-in's folder. The patterns are Python
    regular expressions that are searched in each line: `accuracy_pattern` has the group `accuracy`,
    `progress_pattern` the group `done`, the number of finished images. If the printed accuracy, a
    fraction, differs from the measured one by more than `tolerance`, or is higher by more than ten
    images, the hand-in needs review. A runner for another processor runs in an emulator on the
    first `emulated_images`.
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
            raise ValueError(f"the pattern needs a group (?P<{group}>...)")
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
        faults = []
        if self.mflops_ceiling <= self.mflops_goal:
            faults.append("mflops_ceiling must be above mflops_goal")
        if self.floor is not None and self.cap is not None and self.cap < self.floor:
            faults.append("cap must not be below floor")
        refuse(faults)
        return self


class LabSpec(Table):
    """A lab.

    Pydantic's context of the validation is the folders to search for the blank notebook.
    """

    read_before: ClassVar = (EXTENDS, REMOVE)
    _blank: bytes | None = PrivateAttr(default=None)

    schema_version: Literal[1]
    name: Annotated[str, Field(pattern=NAME_PATTERN)]
    title: str
    summary: str
    deadline: Deadline
    layout: Layout
    limits: HandInLimits
    dataset: str = "cifar10"
    network: NetworkSpec
    accuracy: AccuracySpec
    runner: RunnerSpec | None = None
    score: ScoreSpec
    items: tuple[Item, ...] = Field(min_length=1)
    questions: tuple[Question, ...] = ()
    landmarks: tuple[Landmark, ...] = ()

    @model_validator(mode="after")
    def _tables_agree(self) -> Self:
        refuse(tuple(_faults_between(dict(self))))
        return self

    @model_validator(mode="after")
    def _blank_is_read(self, info: ValidationInfo) -> Self:
        if self.layout.blank_notebook is not None:
            path = blank_path(self.layout.blank_notebook, info.context or ())
            try:
                self._blank = path.read_bytes()
            except OSError as error:
                raise ValueError(f"{path} cannot be read: {error.strerror or error}") from error
            try:
                blank_cells(self._blank)
            except ValueError as error:
                raise ValueError(f"{path} cannot be the blank notebook: {error}") from error
        return self

    @classmethod
    def faults_between(cls, content: Any, context: Any) -> Iterator[str]:
        """Yield the faults between those parts of the lab that are valid: sums and ids."""
        parts = {}
        for name, field in cls.model_fields.items():
            if name in content or field.is_required():
                try:
                    reader = TypeAdapter[Any](field.rebuild_annotation())
                    parts[name] = reader.validate_python(content.get(name), context=context)
                except ValidationError:
                    continue
            else:
                parts[name] = field.get_default(call_default_factory=True)
        yield from _faults_between(parts)

    def questions_of(self, item: str) -> tuple[Question, ...]:
        """The questions of the item with the id `item`."""
        return tuple(each for each in self.questions if each.item == item)

    @property
    def blank(self) -> bytes | None:
        """The bytes of the blank notebook, None if the lab has none."""
        return None if self.layout.blank_notebook is None else self._blank

    @property
    def sha256(self) -> str:
        """The SHA-256 of the lab's content, without comments and the order of keys."""
        return content_sha256(self)

    @property
    def measured_sha256(self) -> str:
        """As `sha256`, of the keys on which measurements depend; the formula is not one of them."""
        return measured_sha256(self, self.blank)


def _faults_between(parts: Mapping[str, Any]) -> Iterator[str]:
    """Yield the faults between those parts of a lab that are in `parts`."""
    if {"items", "questions"} <= parts.keys():
        yield from questions_fill_items(parts["items"], parts["questions"])
    if {"items", "score"} <= parts.keys():
        yield from formula_fills_one_item(parts["items"], parts["score"].points)
    if {"layout", "runner"} <= parts.keys():
        yield from runner_can_be_started(parts["layout"].paths, parts["runner"] is not None)


def load_lab(name: str = DEFAULT_LAB) -> LabSpec:
    """Read and validate a lab, by its name or the path of its file.

    Raises `GraderError` that lists every wrong key with its fault.
    """
    return read_lab(lab_path(name))


def read_lab(path: Path) -> LabSpec:
    """Read and validate the lab file at `path`, with what it extends. Raises as `load_lab`."""
    found = resolve(path)
    file = TableFile(path=path, content=found.content, context=found.folders, faults=found.faults)
    return validated(file, LabSpec, help="`grader lab show` prints a valid lab.")
