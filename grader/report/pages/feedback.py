"""results/<id>/feedback.html and feedback.md: what one student is told, on a page of its own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from grader.datasets.dataset import TestSet
from grader.datasets.registry import dataset_named
from grader.evidence import ids
from grader.evidence.accuracy import CheckpointEvidence
from grader.evidence.lineage import BlockWidths, LineageEvidence
from grader.labs.spec import LabSpec
from grader.report.charts import figures as charts
from grader.report.charts.drawing import Spec, singled_out
from grader.report.charts.score_plot import judged
from grader.report.pages.pictures import Mistake, mistakes
from grader.report.pages.template import environment, policy, style
from grader.report.row import Row, formula_item, row, rows
from grader.scoring.next_point import FormulaInput, advice
from grader.types import Report

Draw = Callable[[Spec], str]  # a chart as SVG
SHADES = 9  # of the confusion matrix, as the style sheet has them


@dataclass(frozen=True, slots=True, kw_only=True)
class Backdrop:
    """The class that each student stands before: its latencies in ms, and their chart as SVG."""

    lab: LabSpec
    drawn: str
    labels: dict[str, str]
    latencies: tuple[float, ...]
    images: TestSet | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """All that a page for a student is made of; `notebook` is the address of their cells' page."""

    row: Row
    lab: LabSpec
    notebook: str
    advice: tuple[str, ...]
    blocks: tuple[BlockWidths, ...]
    widths: Markup
    matrix: tuple[Markup, ...]
    mistakes: tuple[Mistake, ...]
    beside: Markup
    slower: int | None
    others: int


def backdrop(
    reports: Iterable[Report], lab: LabSpec, draw: Draw, images: TestSet | None = None
) -> Backdrop:
    """What the pages of a class have in common, made once."""
    class_rows = rows(reports)
    spec = charts.beside(class_rows) if len(class_rows) > 1 else None
    return Backdrop(
        lab=lab,
        drawn=draw(spec) if spec else "",
        labels=charts.timed(class_rows),
        latencies=tuple(each.latency.p50 for each in class_rows if each.latency),
        images=images,
    )


def feedback(report: Report, behind: Backdrop, draw: Draw, notebook: str = "") -> Feedback:
    """What there is to tell one student."""
    mine = row(report)
    kept = LineageEvidence.read(report.measurement(ids.LINEAGE)).blocks
    spec = charts.widths(kept)
    label = behind.labels.get(mine.student)
    drawn = singled_out(behind.drawn, label) if label else ""
    p50 = mine.latency.p50 if mine.latency else None
    # Markup, because numbers and the names of layers that the grader itself gave are all there is.
    return Feedback(
        row=mine,
        lab=behind.lab,
        notebook=quote(notebook, errors="surrogateescape"),
        advice=_advice(report, behind.lab),
        blocks=kept,
        widths=Markup(singled_out(draw(spec), None) if spec else ""),  # noqa: S704
        matrix=_matrix(CheckpointEvidence.read(report.measurement(ids.ACCURACY)).matrix),
        mistakes=mistakes(report, dataset_named(behind.lab.dataset), behind.images),
        beside=Markup(drawn),  # noqa: S704
        slower=None if p50 is None else sum(each > p50 for each in behind.latencies),
        others=max(0, len(behind.latencies) - 1),
    )


def page(said: Feedback) -> str:
    """The page as HTML: no script, no request, and nobody else's name on it."""
    return (
        environment()
        .get_template("feedback.html")
        .render(
            feedback=said,
            lab=said.lab,
            row=said.row,
            report=said.row.report,
            notebook=said.notebook,
            classes=dataset_named(said.lab.dataset).classes,
            style=style(),
            policy=policy(images=True),
        )
    )


def _advice(report: Report, lab: LabSpec) -> tuple[str, ...]:
    item, found, counted = formula_item(report), judged(report, lab), report.measurement(ids.MFLOPS)
    if item is None or not item.terms or found is None or counted is None:
        return ()
    if found.correct is None or not found.total or counted.value is None:
        return ()
    standing = FormulaInput(mflops=counted.value, correct=found.correct, images=found.total)
    return advice(lab.score, standing)


def _matrix(counts: Sequence[Sequence[int]]) -> tuple[Markup, ...]:
    """The cells of each row; a template takes three times as long for a hundred of them.

    Shaded by the share of the row: a mistake made ten times is as dark as a tenth of a class.
    """
    return tuple(
        Markup(  # noqa: S704 - whole numbers are all there is
            "".join(
                f'<td class="{"right" if true == answer else "wrong"}'
                f' s{_shade(count, sum(line), true == answer)}">{count}</td>'
                for answer, count in enumerate(line)
            )
        )
        for true, line in enumerate(counts)
    )


def _shade(count: int, of: int, right: bool) -> int:
    # By the scale of what is right, a mistake made with one image in a hundred could not be seen.
    share = count / of if of else 0.0
    return min(SHADES, round(share * (SHADES if right else 10 * SHADES)))
