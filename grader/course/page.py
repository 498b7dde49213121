"""totals.html: the totals of a term on one self-contained page."""

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from grader.course.totals import State, Totals
from grader.course.words import behind, lab_cell, legend, notes_of, rule, total_cell
from grader.report.pages.template import environment, policy, style

FIRST_ROWS = 100  # of the table; a browser needs seconds to draw thousands


@dataclass(frozen=True, slots=True, kw_only=True)
class Middle:
    """The mean and the median of the points that are known."""

    mean: float
    median: float


def page(totals: Totals) -> str:
    """Return the page as HTML; it names all students and is for the staff."""
    # Markup is safe: the script contains nothing from a hand-in.
    script = Markup(environment().get_template("table.js").render())  # noqa: S704
    middles = {lab.id: _middle(_points(totals, lab.id)) for lab in totals.course.labs}
    return (
        environment()
        .get_template("totals.html")
        .render(
            course=totals.course,
            totals=totals,
            rule=rule(totals),
            behind=behind(totals),
            legend=list(legend(totals)),
            notes=list(notes_of(totals.students)),
            lab_cell=lab_cell,
            total_cell=total_cell,
            first_rows=FIRST_ROWS,
            middles=middles,
            middle=_middle(each.total for each in totals.students),
            pending=sum(not each.is_final for each in totals.students),
            style=style(),
            script=script,
            policy=policy(script),
        )
    )


def _points(totals: Totals, lab: str) -> Iterator[float | None]:
    """Yield the points of the hand-ins in a lab."""
    scores = (each.score(lab) for each in totals.students)
    yield from (each.points for each in scores if each.state is State.GRADED)


def _middle(points: Iterable[float | None]) -> Middle | None:
    known = [each for each in points if each is not None]
    if not known:
        return None
    return Middle(mean=statistics.fmean(known), median=statistics.median(known))
