"""results/<id>/feedback.html, and the content that feedback.md shares with it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from grader.datasets.dataset import TestSet
from grader.datasets.registry import dataset_named
from grader.evidence import ids
from grader.evidence.accuracy import CheckpointEvidence
from grader.evidence.lineage import BlockWidths, LineageEvidence
from grader.labs.network_lab import NetworkLab
from grader.report.charts import figures as charts
from grader.report.charts.drawing import Spec, singled_out
from grader.report.charts.score_plot import judged
from grader.report.class_row import ClassRow, class_row, class_rows, formula_item
from grader.report.pages.pictures import Mistake, mistakes
from grader.report.pages.template import environment, policy, style
from grader.scoring.next_point import FormulaInput, advice
from grader.types import Report

Draw = Callable[[Spec], str]  # a chart as SVG
SHADES = 9  # the darkest shade of the confusion matrix in style.css


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassContext:
    """The part that all students' pages of a class share.

    `drawn` is the chart of the latencies as SVG, `labels` the label of each student's point in it,
    `latencies` are in ms, without those of a busy machine.
    """

    lab: NetworkLab
    drawn: str
    labels: dict[str, str]
    latencies: tuple[float, ...]
    images: TestSet | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """The content of one student's page; `notebook` is the URL of the notebook's page, or empty."""

    row: ClassRow
    lab: NetworkLab
    notebook: str
    advice: tuple[str, ...]
    blocks: tuple[BlockWidths, ...]
    widths: Markup
    matrix: tuple[Markup, ...]
    mistakes: tuple[Mistake, ...]
    beside: Markup
    slower: int | None
    others: int


def class_context(
    reports: Iterable[Report], lab: NetworkLab, draw: Draw, images: TestSet | None = None
) -> ClassContext:
    """Return the part that all pages of a class share."""
    rows = class_rows(reports)
    spec = charts.anonymous_latencies(rows) if len(rows) > 1 else None
    return ClassContext(
        lab=lab,
        drawn=draw(spec) if spec else "",
        labels=charts.point_labels(rows),
        latencies=tuple(each.comparable_latency.p50 for each in rows if each.comparable_latency),
        images=images,
    )


def feedback(report: Report, context: ClassContext, draw: Draw, notebook: str = "") -> Feedback:
    """Return the content of one student's page."""
    mine = class_row(report)
    kept = LineageEvidence.read(report.measurement(ids.LINEAGE)).blocks
    spec = charts.widths(kept)
    label = context.labels.get(mine.student)
    drawn = singled_out(context.drawn, label) if label else ""
    p50 = mine.comparable_latency.p50 if mine.comparable_latency else None
    # Markup is safe: it contains only numbers, and layer names that the grader made.
    return Feedback(
        row=mine,
        lab=context.lab,
        notebook=quote(notebook, errors="surrogateescape"),
        advice=_advice(report, context.lab),
        blocks=kept,
        widths=Markup(singled_out(draw(spec), None) if spec else ""),  # noqa: S704
        matrix=_matrix(CheckpointEvidence.read(report.measurement(ids.ACCURACY)).matrix),
        mistakes=mistakes(report, dataset_named(context.lab.dataset), context.images),
        beside=Markup(drawn),  # noqa: S704
        slower=None if p50 is None else sum(each > p50 for each in context.latencies),
        others=max(0, len(context.latencies) - 1),
    )


def page(content: Feedback) -> str:
    """Return the page as HTML, without scripts, requests and other students' names."""
    return (
        environment()
        .get_template("feedback.html")
        .render(
            feedback=content,
            lab=content.lab,
            row=content.row,
            report=content.row.report,
            notebook=content.notebook,
            classes=dataset_named(content.lab.dataset).classes,
            style=style(),
            policy=policy(images=True),
        )
    )


def _advice(report: Report, lab: NetworkLab) -> tuple[str, ...]:
    item, found, counted = formula_item(report), judged(report, lab), report.measurement(ids.MFLOPS)
    if item is None or not item.terms or found is None or counted is None:
        return ()
    if found.correct is None or not found.total or counted.value is None:
        return ()
    standing = FormulaInput(mflops=counted.value, correct=found.correct, images=found.total)
    return advice(lab.score, standing)


def _matrix(counts: Sequence[Sequence[int]]) -> tuple[Markup, ...]:
    """Return the HTML cells of each row; a template would take three times as long.

    A cell's shade depends on its share of the row; the scale of wrong predictions is ten times as
    fine as that of correct ones.
    """
    return tuple(
        Markup(  # noqa: S704 - it contains only whole numbers
            "".join(
                f'<td class="{"right" if true == answer else "wrong"}'
                f' s{_shade(count, sum(line), true == answer)}">{count}</td>'
                for answer, count in enumerate(line)
            )
        )
        for true, line in enumerate(counts)
    )


def _shade(count: int, of: int, right: bool) -> int:
    # On the scale of correct predictions, a mistake on one image in a hundred would be invisible.
    share = count / of if of else 0.0
    return min(SHADES, round(share * (SHADES if right else 10 * SHADES)))
