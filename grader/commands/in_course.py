"""The defaults of options in a course: an option that is not given is that of course.toml.

A command line, or an environment variable, is stronger than the file. Without a course.toml in the
current folder or above it, nothing here changes anything.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer

from grader.course.find import find_course
from grader.results.folder import SHEET

if TYPE_CHECKING:
    from grader.course.course import Course, CourseLab  # as below
    from grader.labs.spec import LabSpec

_COURSE, _LAB = "grader.course", "grader.course.lab"  # keys of a command's context


def course(ctx: typer.Context) -> "Course | None":
    """Return the course of the current folder, None if there is none. Raises `GraderError`."""
    if _COURSE not in ctx.meta:
        file = find_course()
        # pydantic takes a quarter of a second: --help, and commands without a course, need it not.
        read = import_module("grader.course.course").read_course if file else None
        ctx.meta[_COURSE] = read(file) if read else None
    return cast("Course | None", ctx.meta[_COURSE])


def course_lab(ctx: typer.Context) -> "CourseLab | None":
    """Return the course's lab that this command is about, None if it is about none."""
    return cast("CourseLab | None", ctx.meta.get(_LAB))


def lab(ctx: typer.Context, param: typer.CallbackParam, value: str) -> str:
    """Return the lab's name or file: that of the course's lab if its id or nothing is given."""
    known = None if ctx.resilient_parsing else course(ctx)
    if known is None:
        return value
    chosen = known.chosen() if _is_default(ctx, param) else known.lab(value)
    ctx.meta[_LAB] = chosen
    return value if chosen is None else chosen.file


def other_lab(ctx: typer.Context, value: str | None) -> str | None:
    """Return the lab to use in place of that of the results; an id is that of the course's lab."""
    known = None if value is None or ctx.resilient_parsing else course(ctx)
    chosen = None if known is None or value is None else known.lab(value)
    return value if chosen is None else chosen.file


def results(ctx: typer.Context, param: typer.CallbackParam, value: Path) -> Path:
    """Return the results folder: that of the course's lab if its id or nothing is given."""
    known = None if ctx.resilient_parsing else course(ctx)
    if known is None:
        return value
    if not _is_default(ctx, param):
        named = None if (value / SHEET).is_file() else known.lab(str(value))
        ctx.meta.setdefault(_LAB, named or known.lab_of(value))
        return value if named is None else named.results
    if _LAB not in ctx.meta:
        ctx.meta[_LAB] = known.chosen()
    chosen = course_lab(ctx)
    return value if chosen is None else chosen.results


def database(ctx: typer.Context, value: str | None) -> str | None:
    """Return the database of marks: by default that of the course's lab."""
    chosen = course_lab(ctx)
    return chosen.database if value is None and chosen is not None else value


def data(ctx: typer.Context, value: Path | None) -> Path | None:
    """Return the file of the test set: by default the course's, but none for write-ups."""
    known = None if value is not None or ctx.resilient_parsing else course(ctx)
    chosen = course_lab(ctx)
    if known is None or (chosen is not None and not chosen.has_test_set):
        return value
    return known.data


def roster(ctx: typer.Context, value: Path | None) -> Path | None:
    """Return the class list: by default the course's."""
    return _file(ctx, value, "roster")


def extensions(ctx: typer.Context, value: Path | None) -> Path | None:
    """Return the sheet of extensions: by default the course's."""
    return _file(ctx, value, "extensions")


def devices(ctx: typer.Context, value: Path | None) -> Path | None:
    """Return the list of devices: by default the course's."""
    return _file(ctx, value, "devices")


def zone_of_sheets(ctx: typer.Context, spec: "LabSpec") -> str:
    """Return the zone of the times in sheets that have none: the course's, else the lab's."""
    known = course(ctx)
    return spec.deadline.zone if known is None else known.zone


def hand_ins_of(lab: "CourseLab | None") -> list[Path] | None:
    """Return the paths of a lab's hand-ins, None if there are none.

    It is the lab's folder of hand-ins, or what is in it if that is one thing: then it can be the
    download of an LMS, which must be named itself.
    """
    if lab is None or not lab.hand_ins.is_dir():
        return None
    inside = sorted(each for each in lab.hand_ins.iterdir() if not each.name.startswith("."))
    if not inside:
        return None
    return inside if len(inside) == 1 else [lab.hand_ins]


def _file(ctx: typer.Context, value: Path | None, name: str) -> Path | None:
    known = None if value is not None or ctx.resilient_parsing else course(ctx)
    return value if known is None else cast(Path | None, getattr(known, name))


def _is_default(ctx: typer.Context, param: typer.CallbackParam) -> bool:
    source: Any = ctx.get_parameter_source(str(param.name))
    return source is not None and source.name in {"DEFAULT", "DEFAULT_MAP"}
