"""A hand-in as it lies unpacked: what evaluators of single files are asked about."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.lab import LabSpec
from grader.sandbox import Isolation
from grader.types import Submission


@dataclass(frozen=True, kw_only=True)  # no slots: a Subject, which is one, keeps things in __dict__
class Opened:
    """A hand-in on disk, not yet looked into, and the means to do so.

    `work` is this hand-in's own scratch folder; `pages` is where the pages made of notebooks are
    kept, None where nobody will look at them; `watch` hears (step, parts done, parts in all).
    """

    submission: Submission
    lab: LabSpec
    isolation: Isolation
    threads: int
    work: Path
    watch: Callable[[str, int, int], None]
    pages: Path | None = None
