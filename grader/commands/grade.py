"""`grader grade`: measure and score a class of hand-ins, and write its results."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from grader import intake
from grader.batch.measure import Plan, grade_batch
from grader.commands.conditions import conditions_for, test_set
from grader.commands.console import problems, screen, warn
from grader.commands.interrupt import INTERRUPTED
from grader.commands.options import (
    CheckpointKey,
    Database,
    DataFile,
    LabName,
    PoolFile,
    Quick,
    Unsandboxed,
)
from grader.devices.pool import load_pool
from grader.fleet.availability import check_availability
from grader.fleet.measure import ClassDevices
from grader.labs import DEFAULT_LAB
from grader.labs.spec import load_lab
from grader.lms import (
    Imported,
    Times,
    arrival,
    classify_paths,
    import_downloads,
    read_times,
    roster,
)
from grader.lms.roster import Roster, read_roster
from grader.report.terminal.class_table import class_table
from grader.report.terminal.detail import detail
from grader.report.terminal.progress import progress_bars
from grader.results.folder import PAGE, PAGES, ROSTER, scratch, write_file
from grader.results.scored import reports_of
from grader.types import Measured, Report, Status, Submission

UNDER, HARNESS_ERROR = 1, 3

app = typer.Typer(add_completion=False)

Device = Annotated[
    list[str] | None,
    typer.Option(
        "--device",
        metavar="NAME",
        help="Also measure on this device: a name, label or address; `all` for the pool.",
    ),
]


@app.command()
def grade(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
    paths: Annotated[
        list[Path],
        typer.Argument(help="Zips, unzipped hand-ins, folders of them, or an LMS download."),
    ],
    lab: LabName = DEFAULT_LAB,
    data: DataFile = None,
    out: Annotated[Path, typer.Option("--out", help="The results folder.")] = Path("results"),
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, help="Hand-ins measured in parallel.")
    ] = 1,
    fail_under: Annotated[
        float | None, typer.Option("--fail-under", help="Exit with 1 if a score is below this.")
    ] = None,
    quick: Quick = False,
    unsandboxed: Unsandboxed = False,
    checkpoint_key: CheckpointKey = None,
    device: Device = None,
    devices: PoolFile = None,
    roster: Annotated[
        Path | None,
        typer.Option("--roster", metavar="CSV", help="The class list, to find missing hand-ins."),
    ] = None,
    submitted_at: Annotated[
        Path | None,
        typer.Option("--submitted-at", metavar="CSV", help="The arrival time of each hand-in."),
    ] = None,
    db: Database = None,
) -> None:
    """Grade hand-ins and write the results of the class.

    Exit codes: 0 every hand-in was graded, 1 a score is below --fail-under,
    2 wrong usage, 3 the grader failed on a hand-in.
    """
    # Altair and SQLAlchemy take half a second: --help and usage errors must not wait for them.
    from grader.results.write import open_store, write_class

    spec = load_lab(lab)
    times = read_times(submitted_at, spec.deadline.zone) if submitted_at else None
    people = read_roster(roster) if roster else None
    given = classify_paths(paths, spec)
    class_devices = _class_devices(device or [], devices)
    with open_store(out) as store, scratch(out) as work:
        taken = import_downloads(given, spec, out, work, people)
        conditions = conditions_for(spec, test_set(spec, data, quick), unsandboxed, jobs, work)
        conditions = replace(conditions, pages=out / PAGES, checkpoint_key=checkpoint_key)
        try:
            with progress_bars(screen) as bars:
                plan = Plan(conditions=conditions, jobs=jobs, devices=class_devices)
                measured = grade_batch(taken.sources, plan, store, bars)
        except KeyboardInterrupt:
            problems.print("Interrupted. Run the same command to resume.")
            raise typer.Exit(INTERRUPTED) from None
        arrived = [_arrived(each, taken, times) for each in measured]
        scored = partial(reports_of, arrived, conditions)
        absent = _attendance([each.submission for each in arrived], people, out)
        unknown = _unknown([each.submission for each in arrived], times)
        reports = write_class(scored, spec, out, db, conditions.data)
    screen.print(detail(reports[0]) if len(reports) == 1 else class_table(reports))
    for note in (*taken.notes, *unknown, *absent):
        warn(note)
    screen.print(f"\nWrote {out / PAGE}.", highlight=False, markup=False)
    _leave(reports, fail_under)


def _class_devices(wanted: Sequence[str], pool: Path | None) -> ClassDevices:
    """Return the requested devices, without those that refuse the connection.

    Raises `GraderError` if all refuse. A device that is away is tried again later.
    """
    found = check_availability(load_pool(pool).chosen(wanted) if wanted else ())
    usable = (*found.ready, *(device for device, _ in found.away))
    if found.refused and not usable:
        raise found.refused[0]
    class_devices = ClassDevices(devices=usable)
    for error in found.refused:
        problems.print(f"One device is not used: {error}", markup=False)
    for _, why in found.away:
        problems.print(
            f"{why.rstrip('.')}. It is tried again when everything else has been measured, for "
            f"{class_devices.reconnect.give_up_seconds / 60:.0f} minutes.",
            markup=False,
        )
    return class_devices


def _arrived(each: Measured, taken: Imported, times: Times | None) -> Measured:
    handed_in = arrival(each.submission.source, taken, times)
    return replace(each, submission=replace(each.submission, handed_in=handed_in))


def _unknown(hand_ins: Sequence[Submission], times: Times | None) -> tuple[str, ...]:
    """The messages about hand-ins without a readable time in the sheet of times."""
    if times is None:
        return ()
    known = [(intake.student_id(each.source), each.handed_in) for each in hand_ins]
    return (*times.unread, *times.unknown(known))


def _attendance(
    hand_ins: Sequence[Submission], people: Roster | None, out: Path
) -> tuple[str, ...]:
    """Write the list of missing hand-ins and return its messages; without a roster delete it."""
    if people is None:
        (out / ROSTER).unlink(missing_ok=True)
        return ()
    found = roster.attendance(
        people, [(intake.student_id(each.source), each.handed_in) for each in hand_ins]
    )
    write_file(out / ROSTER, roster.render(found))
    return roster.said(found)


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
