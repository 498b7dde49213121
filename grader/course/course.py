"""A course as course.toml describes it, with its labs loaded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from grader.course.find import COURSE_FILE
from grader.course.table import LAB_PLACE, CourseLabTable, CourseTable, TotalsTable
from grader.errors import GraderError
from grader.labs.files import WrongTable, lab_names, read_toml
from grader.labs.kinds import load_lab
from grader.labs.network_lab import NetworkLab
from grader.labs.spec import LabSpec
from grader.labs.table import TableFile, validated

HAND_INS, RESULTS = "hand-ins", "results"  # in a lab's folder
HELP = "`grader course check` lists the faults; docs/course.md explains the keys."
_FILES = ("roster", "extensions", "data", "devices")


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseLab:
    """A lab of a course: `file` is as `load_lab` takes it, `folder` has its hand-ins and results.

    `database` is the address or file of its marks, None for the file in its results.
    """

    id: str
    file: str
    spec: LabSpec
    folder: Path
    weight: float
    database: str | None

    @property
    def hand_ins(self) -> Path:
        """The folder of the hand-ins."""
        return self.folder / HAND_INS

    @property
    def results(self) -> Path:
        """The results folder."""
        return self.folder / RESULTS

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which a sheet can mean this lab."""
        return self.id, self.spec.name

    @property
    def has_test_set(self) -> bool:
        """True if hand-ins are measured on a test set."""
        return isinstance(self.spec, NetworkLab)

    @property
    def points(self) -> float:
        """The points of all items."""
        return sum(item.points for item in self.spec.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course; every path is relative to the current folder or absolute."""

    folder: Path
    title: str
    zone: str
    roster: Path | None
    extensions: Path | None
    data: Path | None
    devices: Path | None
    totals: TotalsTable
    labs: tuple[CourseLab, ...]

    def lab(self, name: str) -> CourseLab | None:
        """Return the lab with this id, or else with this lab file; None if there is none."""
        by_id = (each for each in self.labs if each.id == name)
        by_file = (each for each in self.labs if name in {each.file, each.spec.name})
        return next(by_id, None) or next(by_file, None)

    def lab_of(self, results: Path) -> CourseLab | None:
        """Return the lab with this results folder, None if there is none."""
        there = results.resolve()
        return next((each for each in self.labs if each.results.resolve() == there), None)

    def here(self) -> CourseLab | None:
        """Return the lab that a command means without naming one.

        It is the only lab, or the one in whose folder the command runs; None if there is neither.
        """
        if len(self.labs) == 1:
            return self.labs[0]
        folder = Path.cwd()
        within = (each for each in self.labs if folder.is_relative_to(each.folder.resolve()))
        return next(within, None)

    def chosen(self) -> CourseLab:
        """Return the same as `here`. Raises `GraderError` if the command must name the lab."""
        lab = self.here()
        if lab is None:
            raise GraderError(
                f"{self.title} has {len(self.labs)} labs: name one.",
                help=f"The labs are {', '.join(each.id for each in self.labs)}. Name one as in "
                f"`grader grade --lab {self.labs[0].id}` and `grader review {self.labs[0].id}`, or "
                "run the command in the lab's folder.",
            )
        return lab

    def by_deadline(self) -> tuple[CourseLab, ...]:
        """Return the labs in the order of their due dates; those without a date are the last."""
        return tuple(sorted(self.labs, key=_due))


def _due(lab: CourseLab) -> tuple[bool, float]:
    moment = lab.spec.deadline.moment
    return moment is None, moment.timestamp() if moment is not None else 0.0


def read_course(path: Path) -> Course:
    """Read and validate the file at `path`. Raises `WrongTable`, which lists all of its faults."""
    folder, content = path.parent, read_toml(path)
    labs: dict[str, LabSpec] = {}
    faults = (*_missing_files(content, folder), *_unknown_labs(content, folder, labs))
    table = validated(TableFile(path=path, content=content, faults=faults), CourseTable, help=HELP)

    def beside(file: Path | None) -> Path | None:
        return None if file is None else folder / file.expanduser()

    return Course(
        folder=folder,
        title=table.title,
        zone=table.zone,
        roster=beside(table.roster),
        extensions=beside(table.extensions),
        data=beside(table.data),
        devices=beside(table.devices),
        totals=table.totals,
        labs=tuple(
            _course_lab(each, folder, labs[each.lab], table.database) for each in table.labs
        ),
    )


def _course_lab(
    table: CourseLabTable, folder: Path, spec: LabSpec, database: str | None
) -> CourseLab:
    if database is not None:
        database = database.replace(LAB_PLACE, table.id)
        if "://" not in database:
            database = str(folder / Path(database).expanduser())
    return CourseLab(
        id=table.id,
        file=_lab_file(table.lab, folder),
        spec=spec,
        folder=folder / (table.folder or table.id),
        weight=table.weight,
        database=database,
    )


def _lab_file(name: str, folder: Path) -> str:
    return name if name in lab_names() else str(folder / name)


def _missing_files(content: Mapping[str, Any], folder: Path) -> Iterator[str]:
    for key in _FILES:
        name = content.get(key)
        if isinstance(name, str) and not (folder / Path(name).expanduser()).is_file():
            yield f"{key}: there is no file {name}"


def _unknown_labs(
    content: Mapping[str, Any], folder: Path, found: dict[str, LabSpec]
) -> Iterator[str]:
    """Yield the fault of each lab that cannot be loaded; put the others into `found` by name."""
    tables = content.get("labs")
    for number, each in enumerate(tables if isinstance(tables, list) else (), start=1):
        name = each.get("lab") if isinstance(each, dict) else None
        if not isinstance(name, str):
            continue  # the tables' own fault
        where = f"labs[{each.get('id') or f'number {number}'}].lab"
        try:
            found[name] = load_lab(_lab_file(name, folder))
        except WrongTable as error:
            yield (
                f"{where}: {name} has faults ({len(error.faults)}): `grader lab check "
                f"{_lab_file(name, folder)}` lists them"
            )
        except GraderError as error:
            yield f"{where}: {_no_such_lab(name, folder, error)}"


def _no_such_lab(name: str, folder: Path, error: GraderError) -> str:
    if name.endswith(".toml") and (folder / name).is_file():
        return str(error).rstrip(".")
    known = (*lab_names(), *(path.name for path in sorted(folder.glob("*.toml"))))
    known = tuple(each for each in known if each not in {COURSE_FILE, "devices.toml"})
    near = get_close_matches(name, known, n=1, cutoff=0.4) or known[:1]
    return f"there is no lab {name!r}; the nearest is {near[0]}"
