"""The tables of course.toml, and the faults between them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from grader.labs.deadline import Zone
from grader.labs.files import NAME_PATTERN
from grader.labs.table import Table, refuse

LAB_PLACE = "{lab}"  # stands for the lab's id in the database's address
SERVERS = ("postgresql", "postgres", "postgresql+psycopg", "sqlite")

Points = Annotated[float, Field(gt=0)]


class CourseLabTable(Table):
    """One lab of a course: `lab` is a shipped lab's name or the path of a lab file.

    `folder` has its hand-ins and results; by default it is named by the `id`.
    """

    id: Annotated[str, Field(pattern=NAME_PATTERN)]
    lab: str
    folder: Annotated[str, Field(min_length=1)] | None = None
    weight: Annotated[float, Field(ge=0)] = 1


class TotalsTable(Table):
    """The totals of the term: of `points`, from the `best` labs of each student, or from all."""

    points: Points = 100
    best: Annotated[int, Field(ge=1)] | None = None


class CourseTable(Table):
    """The whole file; paths are relative to its folder."""

    title: Annotated[str, Field(min_length=1)]
    zone: Zone
    roster: Path | None = None
    extensions: Path | None = None
    data: Path | None = None
    devices: Path | None = None
    database: Annotated[str, Field(min_length=1)] | None = None
    totals: TotalsTable = TotalsTable()
    labs: tuple[CourseLabTable, ...]

    @field_validator("database")
    @classmethod
    def _database_is_known(cls, database: str | None) -> str | None:
        """Refuse another address; the message does not repeat it: it may have a password."""
        scheme, colon, _ = (database or "").partition("://")
        if colon and scheme not in SERVERS:
            raise ValueError("give postgresql://NAME@HOST/DATABASE, or the path of a file")
        return database

    @model_validator(mode="after")
    def _tables_agree(self) -> Self:
        refuse((*_no_labs(self.labs), *_faults_between(self.labs, self.totals, self.database)))
        return self

    @classmethod
    def faults_between(cls, content: Any, context: Any) -> Iterator[str]:  # noqa: ARG003
        """Yield the faults between the valid parts of `content`."""
        yield from _no_labs(content.get("labs"))  # a missing key is pydantic's own fault
        labs = [each for each in map(_lab, _tables(content.get("labs"))) if each is not None]
        try:
            totals = TotalsTable.model_validate(content.get("totals", {}))
        except ValidationError:
            totals = TotalsTable()
        database = content.get("database")
        yield from _faults_between(labs, totals, database if isinstance(database, str) else None)


def _no_labs(labs: object) -> Iterator[str]:
    if labs in ([], ()):
        yield "labs: list at least one lab, in a table [[labs]]"


def _tables(labs: object) -> list[Mapping[str, Any]]:
    return [each for each in labs if isinstance(each, dict)] if isinstance(labs, list) else []


def _lab(content: Mapping[str, Any]) -> CourseLabTable | None:
    try:
        return CourseLabTable.model_validate(content)
    except ValidationError:
        return None


def _faults_between(
    labs: Sequence[CourseLabTable], totals: TotalsTable, database: str | None
) -> Iterator[str]:
    for name, values in (
        ("id", [each.id for each in labs]),
        ("folder", [Path(each.folder or each.id).as_posix() for each in labs]),
    ):
        twice = [value for value, count in Counter(values).items() if count > 1]
        yield from (f"labs: two labs have the {name} {value!r}" for value in twice)
    if totals.best is not None and labs and totals.best > len(labs):
        yield f"totals.best: {totals.best} is more than the number of labs, {len(labs)}"
    if labs and not any(each.weight for each in labs):
        yield "labs: every weight is 0"
    if database is not None and len(labs) > 1 and LAB_PLACE not in database:
        yield (
            f"database: several labs need a database each; write {LAB_PLACE} where the lab's id is "
            "to stand"
        )
