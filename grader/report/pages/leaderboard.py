"""The leaderboard: the class sorted by the formula's points, with names or pseudonyms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.labs.spec import LabSpec
from grader.report.class_row import ClassRow, class_rows, formula_heading, formula_item
from grader.report.pages.template import environment, policy, style
from grader.report.pseudonyms import pseudonym
from grader.types import Report, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One line of the leaderboard: equal points have the same rank, and the next is skipped."""

    rank: int
    name: str
    row: ClassRow


def leaders(rows: Iterable[ClassRow]) -> tuple[Ranked, ...]:
    """Return the students with points by the formula, the most points first, without estimates.

    A check that the formula does not need may have failed. Points that a person gave count.
    """
    settled = [
        (row.formula_points, row)
        for row in rows
        if row.formula_points is not None and not row.report.grade.estimate and _scored(row)
    ]
    settled.sort(key=lambda each: (-each[0], each[1].mflops or 0.0, each[1].student))
    ranking: list[Ranked] = []
    for number, (points, row) in enumerate(settled, start=1):
        same = ranking and ranking[-1].row.formula_points == points
        rank = ranking[-1].rank if same else number
        ranking.append(Ranked(rank=rank, name=row.student, row=row))
    return tuple(ranking)


def _scored(row: ClassRow) -> bool:
    item = formula_item(row.report)
    return item is not None and (item.by == "person" or item.status is Status.PASSED)


def page(reports: Iterable[Report], lab: LabSpec, secret: bytes | None = None) -> str:
    """Return the whole leaderboard as an HTML page for the class.

    With a `secret` the page has pseudonyms, which depend on the secret and the id: without the
    secret they cannot be assigned to students. Students find themselves by their own figures.
    """
    ranking = leaders(class_rows(reports))
    shown = ranking if secret is None else _hidden(ranking, secret)
    return (
        environment()
        .get_template("leaderboard.html")
        .render(
            lab=lab,
            ranking=shown,
            formula=formula_heading(each.row for each in shown),
            anonymous=secret is not None,
            style=style(),
            policy=policy(),
        )
    )


def _hidden(ranking: Sequence[Ranked], secret: bytes) -> tuple[Ranked, ...]:
    return tuple(
        Ranked(rank=each.rank, name=pseudonym(each.name, secret), row=each.row) for each in ranking
    )
