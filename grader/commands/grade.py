"""`grader grade`: measure and score a class of hand-ins, and write its results."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from grader import intake
from grader.batch.dask_engine import DaskCluster
from grader.batch.measure import Plan
from grader.batch.workers import Engine
from grader.commands.class_devices import boards_of, class_devices_of
from grader.commands.collected import RecordOptions, measured_class
from grader.commands.conditions import MeasuringOptions, conditions_for
from grader.commands.console import problems, say, screen, warn
from grader.commands.extended import Sheets, class_extensions, outdated_notes
from grader.commands.in_course import course_lab, hand_ins_of, zone_of_sheets
from grader.commands.interrupt import INTERRUPTED
from grader.commands.options import (
    CheckpointKey,
    Database,
    DataFile,
    ExtensionSheet,
    Jobs,
    LabName,
    Out,
    PoolFile,
    Quick,
    Roster,
    Unsandboxed,
)
from grader.errors import GraderError
from grader.evaluators.conditions import Watch
from grader.intake.person import person_of
from grader.labs import DEFAULT_LAB
from grader.labs.kinds import load_lab
from grader.labs.spec import LabSpec
from grader.lms import (
    Imported,
    Times,
    arrival,
    classify_paths,
    import_downloads,
    read_times,
)
from grader.lms.roster import read_roster
from grader.marks.decisions import Given
from grader.marks.of_nobody import marks_of_nobody
from grader.marks.rules import scoring
from grader.report.terminal.class_table import class_table
from grader.report.terminal.detail import detail
from grader.report.terminal.progress import progress_bars
from grader.results.attendance import kept_roster, people_of_class, write_attendance
from grader.results.boards import keep_boards
from grader.results.choice import counted, keep_several
from grader.results.class_list import (
    ClassList,
    joined,
    measured_of,
    with_extensions,
    with_known_times,
)
from grader.results.earlier import keep_copy, remove_others
from grader.results.folder import PAGE, PAGES, SHEET, scratch
from grader.results.graded_class import check_same_lab, graded_class
from grader.results.kept_extensions import keep_extensions
from grader.results.scored import reports_of
from grader.types import Measured, Report, Status, Submission

UNDER, HARNESS_ERROR = 1, 3

app = typer.Typer(add_completion=False)

Device = Annotated[
    list[str] | None,
    typer.Option(
        "--device",
        metavar="NAME",
        help="Also measure on this device, or compare write-ups with it: a name, label or address; "
        "`all` for the pool.",
    ),
]


@app.command()
def grade(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
    ctx: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Zips, unzipped hand-ins, folders of them, or an LMS download; default in a "
            "course: the lab's folder hand-ins."
        ),
    ] = None,
    lab: LabName = DEFAULT_LAB,
    data: DataFile = None,
    out: Out = Path("results"),
    jobs: Jobs = 1,
    fail_under: Annotated[
        float | None, typer.Option("--fail-under", help="Exit with 1 if a score is below this.")
    ] = None,
    quick: Quick = False,
    unsandboxed: Unsandboxed = False,
    checkpoint_key: CheckpointKey = None,
    device: Device = None,
    devices: PoolFile = None,
    roster: Roster = None,
    extensions: ExtensionSheet = None,
    submitted_at: Annotated[
        Path | None,
        typer.Option("--submitted-at", metavar="CSV", help="The arrival time of each hand-in."),
    ] = None,
    db: Database = None,
    records: Annotated[
        Path | None,
        typer.Option(
            "--records",
            metavar="DIR",
            help="Take what `grader measure` has put there; without PATHS, all of it.",
        ),
    ] = None,
    no_measure: Annotated[
        bool,
        typer.Option("--no-measure", help="Only list the hand-ins that --records does not have."),
    ] = False,
    no_latency: Annotated[
        bool, typer.Option("--no-latency", help="Do not time the hand-ins.")
    ] = False,
    dask: Annotated[
        str | None,
        typer.Option(
            "--dask", metavar="ADDRESS", help="Measure on the workers of this Dask scheduler."
        ),
    ] = None,
    only: Annotated[
        bool, typer.Option("--only", help="Replace the class in --out; a copy is kept.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before --only.")] = False,
) -> None:
    """Grade hand-ins and write the results of the class.

    In a folder that has a class, new students are added, changed hand-ins are graded again, and the
    others stay.

    Exit codes: 0 every hand-in was graded, 1 a score is below --fail-under,
    2 wrong usage, 3 the grader failed on a hand-in.
    """
    # Altair and SQLAlchemy take half a second: --help and usage errors must not wait for them.
    from grader.results.write import Place, open_store, write_class

    paths = paths or (None if records else hand_ins_of(course_lab(ctx)))
    taken_from = _record_options(paths, records, no_measure)
    spec = load_lab(lab)
    options = MeasuringOptions(
        data=data,
        quick=quick,
        unsandboxed=unsandboxed,
        jobs=jobs,
        checkpoint_key=checkpoint_key,
        is_timed=not no_latency,
    )
    times = read_times(submitted_at, zone_of_sheets(ctx, spec)) if submitted_at else None
    people = read_roster(roster) if roster else None
    sheets = Sheets(roster=roster, extensions=extensions, kept=None if only else out)
    allowed = class_extensions(ctx, spec, sheets)
    given = classify_paths(paths or (), spec)
    class_devices = class_devices_of(device or [], devices)
    _check_class(spec, out, only, yes)
    with open_store(out) as store, scratch(out) as work:
        before = graded_class(out)
        people = people or (None if only else kept_roster(out))
        taken = import_downloads(given, spec, out, work, people)
        conditions = replace(conditions_for(spec, options, work), pages=out / PAGES)
        try:
            with progress_bars(screen) as bars:
                plan = Plan(
                    conditions=conditions,
                    is_timed=not no_latency,
                    jobs=jobs,
                    devices=class_devices,
                    elsewhere=_elsewhere(dask),
                )
                measured = measured_class(taken.sources, plan, taken_from, store, bars)
        except KeyboardInterrupt:
            problems.print("Interrupted. Run the same command to resume.")
            raise typer.Exit(INTERRUPTED) from None
        now = with_known_times(
            [each.submission for each in before.hand_ins],
            (_arrived(each, taken, times) for each in measured.hand_ins),
        )
        class_ = joined([] if only else [measured_of(each) for each in before.hand_ins], now)
        class_ = with_extensions(class_, allowed.extended)
        submissions = [each.submission for each in class_.hand_ins]
        absent = write_attendance(
            submissions, people, out, allowed.excused_without(submissions, people)
        )
        keep_extensions(allowed.extensions, out)

        def scored(given: Given) -> tuple[Report, ...]:
            by = scoring(spec, datetime.now(UTC).isoformat(timespec="seconds"))
            reports = reports_of(class_.hand_ins, conditions, given)
            keep_several(reports, out)
            return counted(reports, by, given)

        copy = keep_copy(out, before.folders) if only and before.hand_ins else None
        place = Place(out=out, db=db, class_=submissions)
        if class_devices.devices and not spec.is_timed:
            keep_boards(tuple(boards_of(class_devices)), out)
        written = write_class(scored, spec, place, conditions.data)
        reports = written.reports
        if only:
            remove_others(out, reports)
        lost = marks_of_nobody(written.given, submissions)
    about = (*allowed.notes_on(submissions, people), *outdated_notes(ctx))
    unknown = _unknown([each.submission for each in now], times)
    screen.print(
        detail(reports[0], spec)
        if len(reports) == 1
        else class_table(reports, people_of_class(reports, out))
    )
    for note in (*taken.notes, *measured.notes, *unknown, *absent, *about, *lost):
        warn(note)
    _tell_of(class_, copy, out)
    _leave(_of_this_run(reports, now), fail_under)


def _record_options(
    paths: Sequence[Path] | None, records: Path | None, no_measure: bool
) -> RecordOptions:
    """Return what is taken from records. Raises `typer.BadParameter`."""
    if not paths and records is None:
        raise typer.BadParameter(
            "Give the hand-ins, or --records DIR; in a course, put them into the lab's folder "
            "hand-ins."
        )
    if no_measure and (records is None or not paths):
        raise typer.BadParameter("--no-measure needs the hand-ins and --records DIR.")
    if records is not None and not records.is_dir():
        raise typer.BadParameter(f"{records} is not a folder.")
    return RecordOptions(folder=records, is_measured=not no_measure)


def _check_class(lab: LabSpec, out: Path, only: bool, yes: bool) -> None:
    """Ask whether `only` may replace the class in `out`; otherwise it must be of the same lab.

    Raises `GraderError` if it is not, or if nobody can be asked.
    """
    if only:
        _ask_to_replace(out, yes)
    else:
        check_same_lab(out, lab)


def _elsewhere(address: str | None) -> Callable[[Watch], Engine] | None:
    """Return what measures on a Dask cluster, None to measure here."""
    return None if address is None else DaskCluster(address=address, tell=warn).engine


def _tell_of(class_: ClassList, copy: Path | None, out: Path) -> None:
    say(f"\nAdded {class_.added}, graded again {class_.again}, kept {class_.kept}.")
    if copy is not None:
        say(f"The class before is in {copy}.")
    say(f"Wrote {out / PAGE}.")


def can_answer() -> bool:
    """True if somebody sits at a terminal."""
    return sys.stdin.isatty()


def _ask_to_replace(out: Path, yes: bool) -> None:
    """Ask whether the class in `out` may be replaced, if there is one.

    Raises `GraderError` if nobody can answer and `yes` is False.
    """
    if yes or not (out / SHEET).is_file():
        return
    if not can_answer():
        raise GraderError(
            f"--only replaces the class in {out}, and nobody can be asked here.",
            help="Add --yes to replace it; a copy is kept.",
        )
    typer.confirm(f"Replace the class in {out}? A copy is kept.", abort=True)


def _arrived(each: Measured, taken: Imported, times: Times | None) -> Measured:
    handed_in = arrival(each.submission.source, taken, times)
    return replace(each, submission=replace(each.submission, handed_in=handed_in))


def _unknown(hand_ins: Sequence[Submission], times: Times | None) -> tuple[str, ...]:
    """The messages about hand-ins without a readable time in the sheet of times."""
    if times is None:
        return ()
    known = [(intake.student_id(each.source), each.handed_in) for each in hand_ins]
    return (*times.unread, *times.unknown(known))


def _of_this_run(reports: Sequence[Report], now: Sequence[Measured]) -> list[Report]:
    """Return the reports of the people whose hand-ins were given in this run."""
    people = {person_of(each.submission) for each in now}
    return [each for each in reports if person_of(each.submission) in people]


def _leave(reports: Sequence[Report], fail_under: float | None) -> None:
    if any(each.status is Status.ERROR for report in reports for each in report.measurements):
        raise typer.Exit(HARNESS_ERROR)
    if fail_under is None:
        return
    for report in reports:
        total = report.grade.total
        if total is None or total < fail_under:
            scored = "has no score" if total is None else f"has {total:.2f} points"
            problems.print(f"{report.submission.id} {scored}: below {fail_under:g}.", markup=False)
            raise typer.Exit(UNDER)
