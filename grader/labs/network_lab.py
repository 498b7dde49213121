"""A lab whose hand-ins are networks: the tables that only such a lab has."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from grader.labs.blank_cells import blank_cells
from grader.labs.consistency import formula_fills_one_item, runner_can_be_started
from grader.labs.files import path_beside
from grader.labs.hand_in_files import NETWORK_FILES
from grader.labs.hand_in_limits import HandInLimits
from grader.labs.item import Item
from grader.labs.landmark import Landmark
from grader.labs.layout import Layout
from grader.labs.question import Fraction, Positive, compiled
from grader.labs.spec import LabSpec
from grader.labs.table import Table, refuse

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


class NetworkLab(LabSpec):
    """A lab whose hand-ins are networks, with a notebook.

    Pydantic's context of the validation is the folders to search for the blank notebook.
    """

    packages: ClassVar = ("torch", "torchvision", "torch-pruning", "executorch")
    is_timed: ClassVar = True
    hand_in_files: ClassVar = NETWORK_FILES

    _blank: bytes | None = PrivateAttr(default=None)

    kind: Literal["network"] = "network"
    layout: Layout
    limits: HandInLimits
    dataset: str = "cifar10"
    network: NetworkSpec
    accuracy: AccuracySpec
    runner: RunnerSpec | None = None
    score: ScoreSpec
    landmarks: tuple[Landmark, ...] = ()

    @model_validator(mode="after")
    def _blank_is_read(self, info: ValidationInfo) -> Self:
        if self.layout.blank_notebook is not None:
            path = path_beside(self.layout.blank_notebook, info.context or (), ".ipynb")
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
    def faults_of_parts(cls, parts: Mapping[str, Any]) -> Iterator[str]:
        """Yield the faults between those parts of the lab that are in `parts`."""
        yield from super().faults_of_parts(parts)
        if {"items", "score"} <= parts.keys():
            yield from formula_fills_one_item(parts["items"], parts["score"].points)
        if {"layout", "runner"} <= parts.keys():
            yield from runner_can_be_started(parts["layout"].paths, parts["runner"] is not None)

    def most(self, item: Item) -> float | None:
        """As for every lab; the formula's item has no bound but the cap of its score."""
        return self.score.cap if item.kind == "formula" else item.points

    @property
    def blank(self) -> bytes | None:
        """The bytes of the blank notebook, None if the lab has none."""
        return None if self.layout.blank_notebook is None else self._blank

    @property
    def template_name(self) -> str:
        """The name of the notebook that students get and fill in."""
        return self.layout.template_notebook

    @property
    def files_beside(self) -> Mapping[str, bytes]:
        """The blank notebook, by its name; empty if the lab has none."""
        name, content = self.layout.blank_notebook, self.blank
        return {} if name is None or content is None else {name: content}
