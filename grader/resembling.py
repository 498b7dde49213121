"""Who may have worked together: the command `grader similar`."""

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from grader import marking

if TYPE_CHECKING:
    from grader.similarity.sketch import Reader, Sketch, Source

screen = Console()
problems = Console(stderr=True)


def similar(
    out: marking.Results = Path("results"),
    base: Annotated[
        Path | None,
        typer.Option("--base", help="The unpruned .pth that the class began from."),
    ] = None,
    lab: marking.Lab = None,
) -> None:
    """List pairs that share tensors, kept channels or answers, with the evidence.

    The hand-ins are read again where they lay when they were graded. Kept channels are compared
    only with --base. Nothing is written, and nothing is scored from it.
    """
    from grader.results import lab_of, read_results
    from grader.sandbox import best_isolation
    from grader.similarity.pairs import alike
    from grader.similarity.sketch import Reader, Sketch, Source, read_base
    from grader.similarity.table import table
    from grader.types import Status

    reports = read_results(out)
    sources = [
        Source(
            student=each.submission.id, path=each.submission.source, sha256=each.submission.sha256
        )
        for each in reports
        if (lineage := each.measurement("structure.lineage")) and lineage.status is Status.PASSED
    ]
    with tempfile.TemporaryDirectory(prefix="grader-") as work:
        reader = Reader(lab=lab_of(reports, lab), isolation=best_isolation(), work=Path(work))
        if base is not None:
            reader = replace(reader, base=read_base(base, reader))
        found = _sketches(sources, reader)
    sketches = [each for each in found.values() if isinstance(each, Sketch)]
    left_out = {student: each for student, each in found.items() if isinstance(each, str)}
    screen.print(table(alike(sketches, reports), left_out, len(sketches)))


def _sketches(sources: "list[Source]", reader: "Reader") -> "dict[str, Sketch | str]":
    """Each hand-in's sketch, or why there is none; children do the work, beside each other."""
    from rich.progress import track

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        sketched = pool.map(reader.sketch, sources)
        told = track(sketched, "Reading", total=len(sources), console=problems, transient=True)
        return {source.student: each for source, each in zip(sources, told, strict=True)}
