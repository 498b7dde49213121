"""The class by the formula's points, under names or without."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.labs.spec import LabSpec
from grader.report.class_row import ClassRow, class_rows, formula_heading, formula_item
from grader.report.pages.template import environment, policy, style
from grader.report.pseudonyms import pseudonym
from grader.types import Report, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One line: equal points share a `place`, and the next one is left out."""

    rank: int
    name: str
    row: ClassRow


def leaders(rows: Iterable[ClassRow]) -> tuple[Ranked, ...]:
    """Everybody who has points by the formula, the most first; an estimate is no result.

    What the formula does not need may fail, by whosever fault; and what a person gave counts.
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
    """The whole leaderboard as a page to hand out.

    With a `secret` nobody is named: pseudonyms follow from it and the id, the same for the same
    secret, and who does not know it cannot tell whose they are. Everybody finds themselves by their
    own figures.
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
