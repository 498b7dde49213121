"""Where hand-ins are graded: the commands `grader grade` and `grader check`."""

import os
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from grader import marking
from grader.errors import GraderError
from grader.labs import DEFAULT_LAB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.data import TestSet
    from grader.lab import LabSpec
    from grader.lms import TakenIn, Times
    from grader.lms.roster import Roster
    from grader.marks import AllMarks
    from grader.on_devices import Boards
    from grader.pipeline import Conditions, Measured
    from grader.types import Report, Submission

NOT_ACCEPTED, HARNESS_ERROR, INTERRUPTED = 1, 3, 130

screen = Console()
problems = Console(stderr=True)

LabName = Annotated[
    str, typer.Option("--lab", metavar="NAME", help="A lab's name, or its .toml file.")
]
DataFile = Annotated[
    Path | None,
    typer.Option("--data", envvar="GRADER_DATA", help="CIFAR-10's test_batch.bin."),
]
Quick = Annotated[
    bool,
    typer.Option("--quick", help="1,000 images instead of --data: seconds, and no grade."),
]
Unsandboxed = Annotated[
    bool,
    typer.Option("--unsandboxed", help="Run handed-in programs even without bubblewrap."),
]
Device = Annotated[
    list[str] | None,
    typer.Option(
        "--device",
        metavar="NAME",
        help="Also measure on this board: a name, label or address; `all` for the pool.",
    ),
]
DevicesFile = Annotated[
    Path | None,
    typer.Option(
        "--devices",
        envvar="GRADER_DEVICES",
        metavar="FILE",
        help="The pool; else ./devices.toml, else the user's.",
    ),
]


def grade(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Zips, unzipped hand-ins, folders of either, or an LMS's download of all."
        ),
    ],
    lab: LabName = DEFAULT_LAB,
    data: DataFile = None,
    out: Annotated[Path, typer.Option("--out", help="Where the results go.")] = Path("results"),
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, help="Hand-ins measured at a time.")
    ] = 1,
    fail_under: Annotated[
        float | None, typer.Option("--fail-under", help="Exit 1 if a score is below this.")
    ] = None,
    quick: Quick = False,
    unsandboxed: Unsandboxed = False,
    device: Device = None,
    devices: DevicesFile = None,
    roster: Annotated[
        Path | None,
        typer.Option("--roster", metavar="CSV", help="Who is in the class: who is missing?"),
    ] = None,
    submitted_at: Annotated[
        Path | None,
        typer.Option("--submitted-at", metavar="CSV", help="When each hand-in came."),
    ] = None,
    db: marking.Database = None,
) -> None:
    """Grade hand-ins and write the class's results.

    Exit codes: 0 every hand-in got its verdict, 1 a score is under --fail-under, 2 wrong usage,
    3 the grader itself failed on a hand-in.
    """
    from grader import results
    from grader.batch import Plan, grade_batch
    from grader.lab import load_lab
    from grader.lms import look_through, read_times, take_in
    from grader.lms.roster import read_roster
    from grader.report.console import class_table
    from grader.report.progress import progress_bars
    from grader.report.text import inert
    from grader.store import Store

    spec = load_lab(lab)
    times = read_times(submitted_at, spec.deadline.zone) if submitted_at else None
    people = read_roster(roster) if roster else None
    given = look_through(paths, spec)
    boards = _boards(device or [], devices)
    with Store.open(out / results.DATABASE) as store, results.scratch(out) as work:
        taken = take_in(given, spec, out, work, people)
        conditions = _conditions(spec, _test_set(data, quick), unsandboxed, jobs, work)
        conditions = replace(conditions, pages=out / results.PAGES)
        try:
            with progress_bars(screen) as bars:
                plan = Plan(conditions=conditions, jobs=jobs, boards=boards)
                measured = grade_batch(taken.sources, plan, store, bars)
        except KeyboardInterrupt:
            problems.print("Stopped. What was finished is kept: the same command goes on from it.")
            raise typer.Exit(INTERRUPTED) from None
        arrived = [_arrived(each, taken, times) for each in measured]
        scored = partial(_reports, conditions, arrived)
        absent = _attendance([each.submission for each in arrived], people, out)
        unknown = _unknown([each.submission for each in arrived], times)
        reports = results.write_class(scored, spec, out, db, conditions.data)
    _show_one(reports[0]) if len(reports) == 1 else screen.print(class_table(reports))
    for note in (*taken.notes, *unknown, *absent):
        problems.print(inert(note), highlight=False, markup=False, soft_wrap=True)
    screen.print(f"\nThe class at a glance: {out / results.PAGE}", highlight=False, markup=False)
    _leave(reports, fail_under)


def check(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
    path: Annotated[Path, typer.Argument(help="Your zip, or the folder you would zip.")],
    lab: LabName = DEFAULT_LAB,
    data: DataFile = None,
    quick: Quick = False,
    unsandboxed: Unsandboxed = False,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit's XML for CI.")
    ] = None,
    summary: Annotated[
        Path | None, typer.Option("--summary", metavar="FILE", help="Write a Markdown summary.")
    ] = None,
    gradescope: Annotated[
        Path | None, typer.Option("--gradescope", metavar="FILE", help="Write results.json.")
    ] = None,
) -> None:
    """Check one hand-in before it is handed in.

    Exit codes: 0 it would be accepted, 1 it would not, 2 wrong usage, 3 the grader itself failed.
    """
    from grader.lab import load_lab
    from grader.lms.export import RENDERERS
    from grader.pipeline import measure_one, time_one
    from grader.report.progress import progress_bars
    from grader.report.row import verdict
    from grader.results import write_file
    from grader.types import Status

    if not path.exists():
        raise GraderError(f"{path} does not exist.", help="Give the path of your zip.")
    with tempfile.TemporaryDirectory(prefix="grader-") as work:
        conditions = _conditions(load_lab(lab), _test_set(data, quick), unsandboxed, 1, Path(work))
        with progress_bars(screen) as bars:
            measured = measure_one(path, conditions, bars)
            measured = time_one(measured, conditions, bars)
        (report,) = _reports(conditions, [measured])
    _show_one(report)
    for kind, file in (("junit", junit), ("summary", summary), ("gradescope", gradescope)):
        if file is not None:
            write_file(file, RENDERERS[kind]([report]), help="")
    exits = {Status.PASSED: 0, Status.ERROR: HARNESS_ERROR}
    raise typer.Exit(exits.get(verdict(report), NOT_ACCEPTED))


def _test_set(data_file: Path | None, quick: bool) -> "TestSet":
    from grader import data

    found = data.verify(data.sample_path()) if quick else data.find(data_file)
    if quick:
        problems.print(f"Quick: {found.images:,} images, a sample, not the grade.")
    elif found.is_sample:
        problems.print(
            f"No test set: {found.images:,} images stand in for it. This is a sample, not the "
            "grade. `grader data fetch` gets the whole."
        )
    return found


def _boards(wanted: "Sequence[str]", pool: Path | None) -> "Boards":
    """The boards asked for, but for those that do not let us in.

    Raises `GraderError` where none does. One that is away may be back when its turn comes.
    """
    from grader.devices.pool import load_pool
    from grader.devices.roll_call import roll_call
    from grader.on_devices import Boards

    told = roll_call(load_pool(pool).chosen(wanted) if wanted else ())
    usable = (*told.there, *(device for device, _ in told.away))
    if told.refused and not usable:
        raise told.refused[0]
    boards = Boards(devices=usable)
    for error in told.refused:
        problems.print(f"Without one board: {error}", markup=False)
    for _, why in told.away:
        problems.print(
            f"{why.rstrip('.')}. It is tried again when everything else has been measured, for "
            f"{boards.patience.seconds / 60:.0f} minutes.",
            markup=False,
        )
    return boards


def _conditions(
    lab: "LabSpec", test_set: "TestSet", unsandboxed: bool, jobs: int, work: Path
) -> "Conditions":
    from grader.pipeline import Conditions
    from grader.sandbox import Isolation, best_isolation, bubblewrap_fault

    isolation = best_isolation()
    if isolation is Isolation.PROCESS:
        isolation = Isolation.UNSANDBOXED if unsandboxed else isolation
        programs = "run unprotected" if unsandboxed else "are skipped"
        problems.print(
            f"No bubblewrap: {bubblewrap_fault()}. Checkpoints are read in a child with limits, "
            f"handed-in programs {programs}. `grader doctor` says more.",
            markup=False,
        )
    threads = max(1, (os.cpu_count() or 1) // jobs)
    return Conditions(lab=lab, data=test_set, isolation=isolation, threads=threads, work=work)


def _reports(
    conditions: "Conditions", measured: "Sequence[Measured]", marks: "AllMarks | None" = None
) -> "tuple[Report, ...]":
    from datetime import UTC, datetime

    from grader.marks import marks_for
    from grader.pipeline import report_of

    now = datetime.now(UTC).isoformat(timespec="seconds")
    return tuple(
        report_of(each, conditions, now, marks_for(each.submission.id, marks or {}))
        for each in measured
    )


def _arrived(each: "Measured", taken: "TakenIn", times: "Times | None") -> "Measured":
    from grader.lms import arrival

    handed_in = arrival(each.submission.source, taken, times)
    return replace(each, submission=replace(each.submission, handed_in=handed_in))


def _unknown(hand_ins: "Sequence[Submission]", times: "Times | None") -> "tuple[str, ...]":
    """Whose time of arrival the sheet of times does not say, in words."""
    from grader.intake import student_id

    if times is None:
        return ()
    known = [(student_id(each.source), each.handed_in) for each in hand_ins]
    return (*times.unread, *times.unknown(known))


def _attendance(
    hand_ins: "Sequence[Submission]", people: "Roster | None", out: Path
) -> "tuple[str, ...]":
    """Keep who handed in nothing, or drop what an earlier run has kept; returns it in words."""
    from grader import intake, results
    from grader.lms import roster

    if people is None:
        (out / results.ROSTER).unlink(missing_ok=True)
        return ()
    found = roster.attendance(
        people, [(intake.student_id(each.source), each.handed_in) for each in hand_ins]
    )
    results.write_file(out / results.ROSTER, roster.render(found))
    return roster.said(found)


def _show_one(report: "Report") -> None:
    from grader.report.detail import detail

    screen.print(detail(report))


def _leave(reports: "Sequence[Report]", fail_under: float | None) -> None:
    from grader.types import Status

    if any(each.status is Status.ERROR for report in reports for each in report.measurements):
        raise typer.Exit(HARNESS_ERROR)
    if fail_under is None:
        return
    for report in reports:
        total = report.grade.total
        if total is None or total < fail_under:
            scored = "has no score" if total is None else f"scores {total:.2f}"
            problems.print(f"{report.submission.id} {scored}, under {fail_under:g}.", markup=False)
            raise typer.Exit(NOT_ACCEPTED)
