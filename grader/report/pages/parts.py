"""What each kind of lab adds to the pages of a class."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from grader.datasets.dataset import TestSet
from grader.labs.spec import LabSpec
from grader.report.charts.drawing import Spec
from grader.report.class_row import ClassRow

Draw = Callable[[Spec], str]  # a chart as SVG


class ClassParts(Protocol):
    """The parts of the class's page that only one kind of lab has; its template shows them."""

    @property
    def specs(self) -> Mapping[str, Spec]:
        """The charts, by the id of their element on the page."""


class StudentParts(Protocol):
    """The parts of a student's page that only one kind of lab has; its template shows them."""

    @property
    def advice(self) -> tuple[str, ...]:
        """How to get more points by the formula; empty without a formula."""


class SharedParts(Protocol):
    """What all students' pages of a class share."""

    def depends_on(self, row: ClassRow) -> tuple[str, ...]:
        """Return texts that change whenever the shared content of the row's page changes."""

    def student(self, row: ClassRow, draw: Draw) -> StudentParts:
        """Return the parts of one student's page."""


class KindPages(Protocol):
    """The pages of one kind of lab: their templates, and the parts that these show."""

    @property
    def class_template(self) -> str:
        """The template of the class's page, which extends `index.html`."""

    @property
    def student_template(self) -> str:
        """The template of a student's page, which extends `feedback.html`."""

    def of_class(self, rows: Sequence[ClassRow], lab: LabSpec) -> ClassParts:
        """Return the parts of the class's page."""

    def shared(
        self, rows: Sequence[ClassRow], lab: LabSpec, draw: Draw, images: TestSet | None
    ) -> SharedParts:
        """Return what the students' pages share; without `images`, the test set is looked up."""
