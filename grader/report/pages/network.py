"""The pages of a lab of networks: their figures, charts, and what they say of one network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader import text
from grader.datasets.dataset import TestSet
from grader.datasets.registry import dataset_named
from grader.evidence import ids
from grader.evidence.accuracy import CheckpointEvidence
from grader.evidence.lineage import BlockWidths, LineageEvidence
from grader.labs.kinds import as_network_lab
from grader.labs.network_lab import NetworkLab
from grader.labs.spec import LabSpec
from grader.report.charts import figures as charts
from grader.report.charts import score_plot as plot
from grader.report.charts.block_widths import drawn_widths
from grader.report.charts.drawing import Spec
from grader.report.class_row import ClassRow, formula_heading
from grader.report.next_points import formula_advice
from grader.report.pages.class_latencies import ClassLatencies
from grader.report.pages.leaderboard import Ranked, leaders
from grader.report.pages.parts import Draw
from grader.report.pages.pictures import Mistake, images_of, mistakes

LEADERS = 10
SHADES = 9  # the darkest shade of the confusion matrix in style.css


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkClass:
    """The figures of a class: its charts, and the sentences and the ranking beside them.

    `formula` is the heading of the formula's points, `sampled` is true if a hand-in was measured on
    a sample, `disturbed` counts the latencies of a busy machine, `drawn` the points of the plot,
    `levels` are the points of its lines.
    """

    specs: Mapping[str, Spec]
    formula: str
    sampled: bool
    disturbed: int
    drawn: int
    levels: tuple[str, ...]
    leaders: tuple[Ranked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkStudent:
    """What a student's page says of the network.

    `classes` are the names of the data set's, `beside` is the chart of the class's latencies, which
    shows many of them as shaded cells if `in_cells`.
    """

    advice: tuple[str, ...]
    blocks: tuple[BlockWidths, ...]
    widths: Markup
    matrix: tuple[Markup, ...]
    mistakes: tuple[Mistake, ...]
    classes: tuple[str, ...]
    beside: Markup
    faster_than: str
    in_cells: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkShared:
    """What the students' pages share; without `images` they show none."""

    lab: NetworkLab
    latencies: ClassLatencies
    images: TestSet | None

    def depends_on(self, row: ClassRow) -> tuple[str, ...]:
        """The row's latency in the class, and the hash of the test set whose images are shown."""
        images = self.images.sha256 if self.images else ""
        shown = images if images == row.report.provenance.data_sha256 else ""
        return (*self.latencies.depends_on(row), shown)

    def student(self, row: ClassRow, draw: Draw) -> NetworkStudent:
        """Return what the page of the row's student says of the network."""
        report, dataset = row.report, dataset_named(self.lab.dataset)
        kept = LineageEvidence.read(report.measurement(ids.LINEAGE)).blocks
        # Markup is safe: it contains only numbers, and layer names that the grader made.
        return NetworkStudent(
            advice=formula_advice(report, self.lab),
            blocks=kept,
            widths=Markup(drawn_widths(kept, draw)),  # noqa: S704
            matrix=_matrix(CheckpointEvidence.read(report.measurement(ids.ACCURACY)).matrix),
            mistakes=mistakes(report, dataset, self.images),
            classes=dataset.classes,
            beside=self.latencies.chart(row),
            faster_than=self.latencies.faster_than(row),
            in_cells=self.latencies.cells is not None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPages:
    """The pages of a lab of networks."""

    class_template: str = "network_class.html"
    student_template: str = "network_feedback.html"

    def of_class(self, rows: Sequence[ClassRow], lab: LabSpec) -> NetworkClass:
        """Return the figures of the class."""
        network = as_network_lab(lab)
        whole = network.accuracy.images
        return NetworkClass(
            specs=_specs(rows, network),
            formula=formula_heading(rows),
            sampled=any(row.report.provenance.data_images < whole for row in rows),
            disturbed=sum(bool(row.latency and row.latency.busy) for row in rows),
            drawn=len(plot.measured(rows, network)),
            levels=tuple(text.whole(level) for level in plot.drawn_levels(rows, network)),
            leaders=tuple(each for each in leaders(rows) if each.rank <= LEADERS),
        )

    def shared(
        self, rows: Sequence[ClassRow], lab: LabSpec, draw: Draw, images: TestSet | None
    ) -> NetworkShared:
        """Return the chart of the latencies, and the test set of the misclassified images."""
        network = as_network_lab(lab)
        reports = [row.report for row in rows]
        return NetworkShared(
            lab=network,
            latencies=ClassLatencies.of(rows, draw),
            images=images or images_of(reports, dataset_named(network.dataset)),
        )


def _specs(rows: Sequence[ClassRow], lab: NetworkLab) -> dict[str, Spec]:
    """Return the charts that are not empty, by the id of their element on the page."""
    drawn = {"plot": plot.spec(rows, lab)}
    if len(rows) > 1:
        drawn |= {
            "distribution": charts.distribution(rows),
            "latency": charts.latencies(rows),
            "faults": charts.faults(rows),
        }
    return {name: spec for name, spec in drawn.items() if spec is not None}


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
