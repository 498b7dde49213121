"""`grader similar`: list similar hand-ins."""

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group
from rich.progress import track

from grader.commands.classroom import classroom_in
from grader.commands.console import problems, screen
from grader.commands.options import Database, LabOfResults, Results
from grader.errors import GraderError
from grader.evidence import ids
from grader.intake.person import person_of
from grader.labs.kinds import as_network_lab, as_write_up_lab, kind_of
from grader.labs.spec import LabSpec
from grader.marks.decisions import Given
from grader.marks.rules import MARKS
from grader.results.read import lab_of, read_results
from grader.sandbox.start import best_isolation
from grader.similarity.kept import KeptSimilar, keep_similar, render
from grader.similarity.listing import Found, listing
from grader.similarity.pairs import Given as ClassGiven
from grader.similarity.pairs import similarities
from grader.similarity.sketch import GradedSource, Reader, Sketch, read_base, sketch_of
from grader.similarity.table import listed_of as network_list
from grader.similarity.wording import template_of
from grader.similarity.write_up_table import listed_of as write_up_list
from grader.similarity.write_ups import similar_write_ups
from grader.text import storable
from grader.types import Report, Status

app = typer.Typer(add_completion=False)


@app.command()
def similar(
    out: Results = Path("results"),
    base: Annotated[
        Path | None,
        typer.Option("--base", help="The unpruned .pth that the class started from."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    db: Database = None,
    lab: LabOfResults = None,
) -> None:
    """List pairs and groups that share weights, mistakes or answers, with the evidence.

    Networks are read again from the paths at which they were graded. Kept channels are compared
    only with --base. Of write-ups, latencies and paragraphs are compared. The list is kept for
    `grader review`, which shows two hand-ins side by side; no grade changes.
    """
    reports = read_results(out)
    spec = lab_of(reports, out, lab)
    listed = COMPARISONS[kind_of(spec)](reports, spec, base)
    found = KeptSimilar.of(listed, reports, _decided(listed, out, db, lab))
    keep_similar(found, out)
    if as_json:
        typer.echo(render(found), nl=False)
    else:
        screen.print(Group(*listing(found.listed)))


def _decided(listed: Found, out: Path, db: str | None, lab: str | None) -> Given:
    """Return what people decided on the students of the listed pairs."""
    if db is None and not (out / MARKS).is_file():  # listing alone creates no database of marks
        return Given()
    students = {student for pair in listed.pairs for student in pair.students}
    with classroom_in(out, db, lab) as classroom:
        reports = [each for each in classroom.reports() if each.submission.id in students]
        return Given(
            decisions={
                storable(person_of(each.submission)): {
                    decision.subject: decision for decision in classroom.decisions(each)
                }
                for each in reports
            }
        )


def _networks(reports: Sequence[Report], lab: LabSpec, base: Path | None) -> Found:
    """Compare the networks and the notebooks of a class."""
    sources, left_out = [], {}
    for each in reports:
        handed_in, lineage = each.submission, each.measurement(ids.LINEAGE)
        if lineage is not None and lineage.status is Status.PASSED:
            sources.append(
                GradedSource(student=handed_in.id, path=handed_in.source, sha256=handed_in.sha256)
            )
        else:
            reason = lineage.reason if lineage else None
            left_out[handed_in.id] = reason or "the grader has read no network in it"
    with tempfile.TemporaryDirectory(prefix="grader-") as work:
        reader = Reader(lab=as_network_lab(lab), isolation=best_isolation(), work=Path(work))
        if base is not None:
            reader = replace(reader, base=read_base(base, reader))
        found = _sketches(sources, reader)
    sketches = [each for each in found.values() if isinstance(each, Sketch)]
    left_out |= {student: each for student, each in found.items() if isinstance(each, str)}
    with problems.status("Comparing"):
        given = ClassGiven(base=sketch_of("", reader.base or {}), template=template_of(reader.lab))
        resembling = similarities(sketches, reports, given)
    return network_list(resembling, left_out, len(sketches))


def _write_ups(reports: Sequence[Report], lab: LabSpec, base: Path | None) -> Found:
    """Compare the latencies and the text that were read of each write-up."""
    if base is not None:
        raise GraderError(f"The hand-ins of {lab.name} have no networks.", help="Omit --base.")
    compared, left_out = [], {}
    for each in reports:
        read = each.measurement(ids.WRITE_UP)
        if read is not None and read.passed:
            compared.append(each)
        else:
            reason = read.reason if read else None
            left_out[each.submission.id] = reason or "the grader has read no write-up in it"
    with problems.status("Comparing"):
        found = similar_write_ups(compared, as_write_up_lab(lab))
    return write_up_list(found, left_out, len(compared))


COMPARISONS: Mapping[str, Callable[[Sequence[Report], LabSpec, Path | None], Found]] = {
    "network": _networks,
    "write-up": _write_ups,
}


def _sketches(sources: list[GradedSource], reader: Reader) -> dict[str, Sketch | str]:
    """Return each hand-in's sketch, or why there is none; children work in parallel."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        sketched = pool.map(reader.sketch, sources)
        told = track(sketched, "Reading", total=len(sources), console=problems, transient=True)
        return {source.student: each for source, each in zip(sources, told, strict=True)}
