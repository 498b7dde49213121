"""The report formats of `grader export` by name; `commands/export.py` has the command of each."""

from collections.abc import Callable, Mapping, Sequence

from grader.report import github_summary as summary
from grader.report import gradescope_results as gradescope
from grader.report import junit
from grader.types import Report

Renderer = Callable[[Sequence[Report]], str]


def _only(reports: Sequence[Report]) -> str:
    (report,) = reports  # Gradescope grades one submission at a time
    return gradescope.render(report)


RENDERERS: Mapping[str, Renderer] = {
    "junit": junit.render,
    "summary": summary.render,
    "gradescope": _only,
}
