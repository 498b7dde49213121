"""The limits on a hand-in's size and time: the table `[limits]` of a lab file."""

from typing import Annotated

from pydantic import Field

from grader.labs.question import Positive
from grader.labs.table import Table
from grader.types import Role


class ArchiveLimits(Table):
    """The largest sizes of a hand-in, in bytes: a larger one is refused before anything reads it.

    `ratio` is the largest unpacked size over packed size.
    """

    archive_bytes: Positive
    unpacked_bytes: Positive
    entries: Positive
    ratio: Annotated[float, Field(gt=1)]


class HandInLimits(ArchiveLimits):
    """The limits on a hand-in with a network: its files too, and its processor time, in seconds.

    A program or a runner is stopped when it exceeds its time over all images; the cells of a
    notebook have the time for each question.
    """

    checkpoint_bytes: Positive
    program_bytes: Positive
    runner_bytes: Positive
    notebook_bytes: Positive
    program_seconds: Positive
    runner_seconds: Positive
    notebook_seconds: Positive

    def of(self, role: Role) -> int:
        """The largest size of the file for `role`, in bytes."""
        return {
            Role.CHECKPOINT: self.checkpoint_bytes,
            Role.PROGRAM: self.program_bytes,
            Role.RUNNER: self.runner_bytes,
            Role.NOTEBOOK: self.notebook_bytes,
        }[role]
