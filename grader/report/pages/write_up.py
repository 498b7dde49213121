"""The pages of a lab of write-ups: what was found in them, and the levels that were given."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from grader import text
from grader.datasets.dataset import TestSet
from grader.evidence import ids
from grader.labs.item import Item
from grader.labs.kinds import as_write_up_lab
from grader.labs.spec import LabSpec
from grader.labs.write_up_lab import WriteUpLab
from grader.report.charts.drawing import Spec
from grader.report.class_row import ClassRow
from grader.report.pages.parts import Draw
from grader.report.write_up_counts import WriteUpCounts, write_up_counts
from grader.types import GradeItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The hand-ins with one level of a rubric; `share` is a percentage of the longest bar."""

    points: str
    words: str
    count: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """The levels of one rubric item; `pending` hand-ins have no points for it yet."""

    id: str
    title: str
    bars: tuple[Bar, ...]
    pending: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUpClass:
    """What was found in each write-up, by student, and a histogram for each rubric."""

    counts: Mapping[str, WriteUpCounts]
    histograms: tuple[Histogram, ...]
    specs: Mapping[str, Spec] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUpStudent:
    """The words of a student's page.

    `names` has the titles of the lab's answers and tables by the id of their measurement, `levels`
    the words of the levels that the student's points stand for, by item.
    """

    names: Mapping[str, str]
    levels: Mapping[str, str]
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUpShared:
    """The lab: the pages of two students share nothing else."""

    lab: WriteUpLab
    depends_on: tuple[str, ...] = ()

    def student(self, row: ClassRow, _: Draw) -> WriteUpStudent:
        """Return the titles of the lab's answers and tables, and the words of the levels."""
        graded = {item.id: item for item in row.report.grade.items}
        found = ((each.id, level_words(each, graded.get(each.id))) for each in self.lab.items)
        return WriteUpStudent(
            names=dict(_names(self.lab)), levels={id: words for id, words in found if words}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUpPages:
    """The pages of a lab of write-ups."""

    class_template: str = "write_up_class.html"
    student_template: str = "write_up_feedback.html"

    def of_class(self, rows: Sequence[ClassRow], lab: LabSpec) -> WriteUpClass:
        """Return the counts of each student and the histograms."""
        rubrics = [item for item in lab.items if item.kind == "rubric"]
        return WriteUpClass(
            counts={row.student: write_up_counts(row.report) for row in rows},
            histograms=tuple(histogram(rows, item) for item in rubrics),
        )

    def shared(
        self, _: Sequence[ClassRow], lab: LabSpec, __: Draw, ___: TestSet | None
    ) -> WriteUpShared:
        """Return the lab."""
        return WriteUpShared(lab=as_write_up_lab(lab))


def histogram(rows: Sequence[ClassRow], item: Item) -> Histogram:
    """Return how many hand-ins have each level of a rubric, the most points first.

    Points that are no level, for example half of one, have a bar of their own.
    """
    graded = [each for row in rows for each in row.report.grade.items if each.id == item.id]
    given = Counter(each.earned for each in graded if each.earned is not None)
    words = {level.points: level.words for level in item.levels}
    most = max(given.values(), default=0)
    return Histogram(
        id=item.id,
        title=item.title,
        bars=tuple(
            Bar(
                points=text.whole(points),
                words=words.get(points, "between two levels"),
                count=given[points],
                share=100 * given[points] / most if most else 0.0,
            )
            for points in sorted({*words, *given}, reverse=True)
        ),
        pending=len(rows) - sum(given.values()),
    )


def level_words(item: Item, graded: GradeItem | None) -> str | None:
    """Return the words of the level that the points stand for; None if they are no level."""
    if graded is None or graded.earned is None:
        return None
    return next((each.words for each in item.levels if each.points == graded.earned), None)


def _names(lab: WriteUpLab) -> Iterator[tuple[str, str]]:
    for answer in lab.answers:
        yield ids.answer_id(answer.id), answer.title
    for table in lab.tables:
        if not table.variants:
            yield ids.table_id(table.id), table.title
        for variant in table.variants:
            yield ids.table_id(table.id, variant.id), f"{table.title}, {variant.title}"
