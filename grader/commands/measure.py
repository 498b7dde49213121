"""`grader measure`: measure hand-ins into records, which `grader grade --records` collects."""

import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from grader.batch.measure import Plan, grade_batch, has_errors
from grader.batch.record_folder import RecordFolder
from grader.batch.shard import Shard
from grader.commands.conditions import MeasuringOptions, conditions_for
from grader.commands.console import problems, say, screen, warn
from grader.commands.interrupt import INTERRUPTED
from grader.commands.options import (
    CheckpointKey,
    DataFile,
    Jobs,
    LabName,
    Quick,
    Roster,
    Unsandboxed,
)
from grader.labs import DEFAULT_LAB
from grader.labs.kinds import load_lab
from grader.lms import classify_paths, import_downloads
from grader.lms.roster import read_roster
from grader.report.terminal.progress import progress_bars
from grader.text import counted

HARNESS_ERROR = 3
ONE_SOURCE = "{measured} of 1 hand-in is in {into}."
SEVERAL_SOURCES = "{measured} of {count} hand-ins are in {into}."

app = typer.Typer(add_completion=False)


@app.command()
def measure(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
    paths: Annotated[
        list[Path],
        typer.Argument(help="Zips, unzipped hand-ins, folders of them, or an LMS download."),
    ],
    into: Annotated[Path, typer.Option("--into", metavar="DIR", help="The folder of records.")],
    shard: Annotated[
        str,
        typer.Option("--shard", metavar="I/N", help="Measure part I of N; the bytes decide."),
    ] = "1/1",
    lab: LabName = DEFAULT_LAB,
    data: DataFile = None,
    jobs: Jobs = 1,
    quick: Quick = False,
    unsandboxed: Unsandboxed = False,
    checkpoint_key: CheckpointKey = None,
    roster: Roster = None,
) -> None:
    """Measure hand-ins into records, on this machine, for `grader grade --records`.

    Each hand-in becomes one file in DIR. What is there already is not measured again, so the same
    command goes on after any end. The latency is not measured: the machine that grades does that.

    Exit codes: 0 all were measured, 2 wrong usage, 3 the grader failed on a hand-in.
    """
    part = _shard(shard)
    spec = load_lab(lab)
    options = MeasuringOptions(
        data=data,
        quick=quick,
        unsandboxed=unsandboxed,
        jobs=jobs,
        checkpoint_key=checkpoint_key,
        is_timed=False,
    )
    given = classify_paths(paths, spec)
    people = read_roster(roster) if roster else None
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        work = Path(folder)
        taken = import_downloads(given, spec, work / "downloads", work / "unpack", people)
        records = RecordFolder(folder=into, lab=spec)
        conditions = replace(conditions_for(spec, options, work / "measure"), pages=records.pages)
        mine = part.of_class(taken.sources, spec)
        try:
            with progress_bars(screen) as bars:
                plan = Plan(conditions=conditions, is_timed=False, jobs=jobs)
                measured = grade_batch(mine, plan, records, bars)
        except KeyboardInterrupt:
            problems.print("Interrupted. Run the same command to resume.")
            raise typer.Exit(INTERRUPTED) from None
    for note in taken.notes:
        warn(note)
    fields = {"measured": len(measured), "into": into}
    say(counted(len(taken.sources), ONE_SOURCE, SEVERAL_SOURCES, **fields))
    failed = [each.submission.id for each in measured if has_errors(each)]
    if failed:
        warn(f"The grader failed on {', '.join(failed)}: the next run tries again.")
        raise typer.Exit(HARNESS_ERROR)


def _shard(text: str) -> Shard:
    found = re.fullmatch(r"([1-9]\d{0,6})/([1-9]\d{0,6})", text)
    if found is None or int(found[1]) > int(found[2]):
        raise typer.BadParameter(f"--shard {text}: write I/N, with I from 1 to N.")
    return Shard(number=int(found[1]), of=int(found[2]))
