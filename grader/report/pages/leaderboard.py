"""The class by the formula's points, under names or without."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.labs.spec import LabSpec
from grader.report.pages.template import environment, policy, style
from grader.report.pseudonyms import pseudonym
from grader.report.row import Row, formula_heading, formula_item, rows
from grader.types import Report, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One line: equal points share a `place`, and the next one is left out."""

    place: int
    name: str
    row: Row


def leaders(class_rows: Iterable[Row]) -> tuple[Place, ...]:
    """Everybody who has points by the formula, the most first; an estimate is no result.

    What the formula does not need may fail, by whosever fault; and what a person gave counts.
    """
    settled = [
        (row.formula_points, row)
        for row in class_rows
        if row.formula_points is not None and not row.report.grade.estimate and _scored(row)
    ]
    settled.sort(key=lambda each: (-each[0], each[1].mflops or 0.0, each[1].student))
    places: list[Place] = []
    for number, (points, row) in enumerate(settled, start=1):
        same = places and places[-1].row.formula_points == points
        place = places[-1].place if same else number
        places.append(Place(place=place, name=row.student, row=row))
    return tuple(places)


def _scored(row: Row) -> bool:
    item = formula_item(row.report)
    return item is not None and (item.by == "person" or item.status is Status.PASSED)


def page(reports: Iterable[Report], lab: LabSpec, secret: bytes | None = None) -> str:
    """The whole leaderboard as a page to hand out.

    With a `secret` nobody is named: pseudonyms follow from it and the id, the same for the same
    secret, and who does not know it cannot tell whose they are. Everybody finds themselves by their
    own figures.
    """
    places = leaders(rows(reports))
    shown = places if secret is None else _hidden(places, secret)
    return (
        environment()
        .get_template("leaderboard.html")
        .render(
            lab=lab,
            places=shown,
            formula=formula_heading(place.row for place in shown),
            anonymous=secret is not None,
            style=style(),
            policy=policy(),
        )
    )


def _hidden(places: Sequence[Place], secret: bytes) -> tuple[Place, ...]:
    return tuple(
        Place(place=each.place, name=pseudonym(each.name, secret), row=each.row) for each in places
    )
