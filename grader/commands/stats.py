"""`grader stats`: statistics of a class."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.console import say, screen, warn
from grader.commands.options import LabOfResults, Results
from grader.report import statistics_csv, statistics_json
from grader.report.class_statistics import class_statistics
from grader.report.pages.statistics import page
from grader.report.terminal.statistics import statistics
from grader.results.folder import write_file
from grader.results.read import lab_of, read_results

AGAIN = "Choose another file."

app = typer.Typer(add_completion=False)


@app.command()
def stats(
    out: Results = Path("results"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    sheet: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write a CSV sheet.")
    ] = None,
    web_page: Annotated[
        Path | None, typer.Option("--page", metavar="FILE", help="Write a page (HTML).")
    ] = None,
    lab: LabOfResults = None,
) -> None:
    """Show mean, median, distribution and discrimination by question, times and failures.

    No student is named. Without --csv and --page nothing is written.
    """
    reports = read_results(out)
    found = class_statistics(reports, lab_of(reports, out, lab))
    if as_json:
        typer.echo(statistics_json.render(found), nl=False)
    elif sheet is None and web_page is None:
        screen.print(statistics(found))
    for path, render in ((sheet, statistics_csv.render), (web_page, page)):
        if path is not None:
            write_file(path, render(found), help=AGAIN)
            (warn if as_json else say)(f"Wrote {path}.")
